"""Collect files as the result of a graph: pictures, films, sounds, texts, each with the node that it came from.

Nothing is read or changed. Where the disk allows it a file is linked, not copied.
"""

import os
import re
import shutil
from pathlib import Path

from reelwright.operators import Context, Params, Quality, Result, files, operator, param

UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
MOST = 1000


class From(Params):
    node: str = param("Id of the node that it came from.", "", max_length=200)
    title: str = param("Title of that node.", "", max_length=1000)


class ImageIn(From):
    file: files.Image = param("The picture.")


class VideoIn(From):
    file: files.Video = param("The film.")


class AudioIn(From):
    file: files.Audio = param("The sound.")


class TextIn(From):
    file: files.Text = param("The text file.")


class FileIn(From):
    file: files.Any_ = param("The file.")


class CollectParams(Params):
    images: tuple[ImageIn, ...] = param("Pictures.", (), max_length=MOST)
    videos: tuple[VideoIn, ...] = param("Films.", (), max_length=MOST)
    audios: tuple[AudioIn, ...] = param("Sounds.", (), max_length=MOST)
    texts: tuple[TextIn, ...] = param("Text files: subtitles, tables.", (), max_length=MOST)
    files: tuple[FileIn, ...] = param("Files of other kinds.", (), max_length=MOST)


class Collected(Result):
    node: str = param("Id of the node that it came from.")
    title: str = param("Title of that node.")


class CollectedImage(Collected):
    file: files.Image = param("The picture.")


class CollectedVideo(Collected):
    file: files.Video = param("The film.")


class CollectedAudio(Collected):
    file: files.Audio = param("The sound.")


class CollectedText(Collected):
    file: files.Text = param("The text file.")


class CollectedFile(Collected):
    file: files.Any_ = param("The file.")


class CollectResult(Result):
    images: tuple[CollectedImage, ...] = param("Pictures, in the order of the graph.")
    videos: tuple[CollectedVideo, ...] = param("Films.")
    audios: tuple[CollectedAudio, ...] = param("Sounds.")
    texts: tuple[CollectedText, ...] = param("Text files.")
    files: tuple[CollectedFile, ...] = param("Files of other kinds.")


Given = ImageIn | VideoIn | AudioIn | TextIn | FileIn


@operator(version=1, quality=Quality("bytes_changed", at_most=0))
def collect(params: CollectParams, ctx: Context) -> CollectResult:
    def kept(items: tuple[Given, ...], word: str) -> list[dict[str, str]]:
        return [
            {"file": _laid(one, ctx, f"{word}-{number:03}"), "node": one.node, "title": one.title}
            for number, one in enumerate(items, start=1)
        ]

    return CollectResult.model_validate(
        {
            "images": kept(params.images, "image"),
            "videos": kept(params.videos, "video"),
            "audios": kept(params.audios, "audio"),
            "texts": kept(params.texts, "text"),
            "files": kept(params.files, "file"),
        }
    )


def _laid(one: Given, ctx: Context, name: str) -> str:
    """The file among the outputs, named by its kind, number and title."""
    ctx.check()
    source = Path(one.file)
    title = UNFIT.sub("-", one.title).strip("-")[:40]
    target = ctx.output(f"{name}-{title}{source.suffix.lower()}" if title else f"{name}{source.suffix.lower()}")
    try:
        os.link(source.resolve(), target)
    except OSError:  # another disk, or one that has no links
        shutil.copyfile(source, target)
    return str(target)
