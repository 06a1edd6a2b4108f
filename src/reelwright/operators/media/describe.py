"""Tell what a file holds: container, streams, codecs, rates and lengths; and make its pictures for a library.

Headers are read, and the packets counted where the container keeps no count; one picture is decoded, for the turn
of a phone's video. A file that is said to be a video, sound or picture must be one that can be read. Of a text or any
other file only the size is told.

A video's pictures: a cover (the given moment, or of pictures spread evenly the one with most to see),
snapshots at its full size, one for every ten seconds up to ten, and a sprite: one sheet of small pictures to
scroll through, one for every second up to a hundred.
"""

from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from reelwright.errors import NoAudio, NotMedia, NoVideo
from reelwright.kernels import stills
from reelwright.media import details, frames, images, moments, probe, thumbs
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

Kind = Literal["video", "audio", "image", "text", "other"]

LOOKED = 480  # px of the longer side of pictures that a cover is chosen from
LOOKS = 12  # of them, where no sprite needs more
TILE = 160  # px, longer side of a sprite's picture
MOST_TILES, COLUMNS = 100, 10
SNAPSHOT_EVERY, MOST_SNAPSHOTS = 10, 10  # seconds of video; pictures
SMALL_QUALITY = 80  # of sprites, as JPEG


class DescribeParams(Params):
    file: files.Any_ = param("File to look into.")
    kind: Literal["auto", "video", "audio", "image", "text", "other"] = param(
        "What it is said to be. `auto` goes by what is in it.", "auto"
    )
    cover: bool = param("Make a cover, if it is a video.", False)
    cover_time: float | None = param(
        "Where the cover stands in the video; by default the best moment.", None, ge=0, unit="s"
    )
    snapshots: bool = param("Make a cover and snapshots, if it is a video.", False)
    sprites: bool = param("Make a sprite, if it is a video.", False)


class Stream(Result):
    index: int = param("Its number in the file.")
    codec: str = param("Short name of the codec.")
    codec_name: str = param("The codec in words.")
    tag: str = param("The four characters that name the codec in the container.")
    tag_number: int = param("The same as a number.")
    profile: str | None = param("Profile of the codec.", None)
    level: int | None = param("Level of the codec, as it is coded: 31 is 3.1 in H.264.", None)
    language: str = param("ISO 639-2 code; `und` if the file does not tell.")
    start: float | None = param("Where it begins, on the file's own clock.", None, unit="s")
    duration: float | None = param("Its length.", None, unit="s")
    time_base: str | None = param("The unit of its time stamps, as a fraction of a second.", None)
    codec_time_base: str | None = param("One frame, field or sample, as a fraction of a second.", None)
    bit_rate: float | None = param("Its bits in a second.", None, unit="bit/s")
    frames: int | None = param("Coded frames in it.", None)


class VideoStream(Stream):
    width: int = param("As stored, before rotation.", unit="px")
    height: int = param("As stored, before rotation.", unit="px")
    sample_aspect_ratio: str = param("Width to height of a pixel.")
    display_aspect_ratio: str = param("Width to height of the stored picture as it is shown.")
    frame_rate: float | None = param("The rate that all its time stamps fit.", None, unit="1/s")
    average_frame_rate: float | None = param("Frames in a second, on average.", None, unit="1/s")
    reorder_depth: int = param("Frames that wait for a later one; 0 if it has no B frames.")
    pix_fmt: str = param("Pixel format, by FFmpeg's name.")
    rotation: int = param("By how much players turn it, clockwise.", unit="degrees")


class AudioStream(Stream):
    sample_rate: int = param("Samples in a second.", unit="Hz")
    channels: int = param("Channels.")
    layout: str = param("Layout of the channels.")
    sample_format: str = param("Sample format, by FFmpeg's name.")
    frame_rate: float | None = param("Coded frames in a second.", None, unit="1/s")


class DescribeResult(Result):
    kind: Kind = param("What the file is.")
    size: int = param("Its size.", unit="B")
    container: str | None = param("Container format, by FFmpeg's names.", None)
    duration: float | None = param("Length of the whole.", None, unit="s")
    bit_rate: float | None = param("Bits in a second of the whole file.", None, unit="bit/s")
    width: int | None = param("Of the picture that is shown, as stored.", None, unit="px")
    height: int | None = param("Of the picture that is shown, as stored.", None, unit="px")
    video: tuple[VideoStream, ...] = param("Video streams; a picture's is told by its size alone.", ())
    audio: tuple[AudioStream, ...] = param("Audio streams.", ())
    subtitles: tuple[Stream, ...] = param("Subtitle streams.", ())
    cover: files.Image | None = param("The cover.", None)
    snapshots: tuple[files.Image, ...] = param("Pictures from all over the video, at full size, in order.", ())
    sprite: files.Image | None = param("Small pictures in rows of ten, in order.", None)
    tiles: int = param("Pictures on the sprite.", 0)


@operator(version=2, quality=Quality("facts_right", at_least=1.0), phases={"look": 1, "pictures": 9})
def describe(params: DescribeParams, ctx: Context) -> DescribeResult:
    ctx.enter("look")
    size = Path(params.file).stat().st_size
    if params.kind in ("text", "other"):
        return DescribeResult(kind=params.kind, size=size)
    try:
        found = details.of(params.file)
    except NotMedia:
        if params.kind != "auto":
            raise
        return DescribeResult(kind="other", size=size)
    kind = _kind(params, found)
    shown = next((one for one in found.video if one.stream.index == found.shown), None)
    told = DescribeResult(
        kind=kind,
        size=size,
        container=found.container,
        duration=None if kind == "image" else _seconds(found.duration),
        bit_rate=None if kind == "image" else found.bit_rate,
        width=shown.width if shown else None,
        height=shown.height if shown else None,
        video=tuple(map(_video, found.video)) if kind != "image" else (),
        audio=tuple(map(_audio, found.audio)),
        subtitles=tuple(Stream(**_stream(one)) for one in found.subtitles),
    )
    ctx.report(1, 1, unit="file")
    return told if kind != "video" or not shown else told.model_copy(update=_pictures(params, ctx, found))


def _kind(params: DescribeParams, found: details.File) -> Kind:
    """What the file is; a fault if it is said to be another thing."""
    name, is_video = Path(params.file).name, found.shown is not None and not found.is_picture
    match params.kind:
        case "video" if not is_video:
            raise NoVideo(f"{name} is said to be a video, but it has no moving picture; mend the media type")
        case "audio" if not found.audio:
            raise NoAudio(f"{name} is said to be sound, but it has no audio stream; mend the media type")
        case "image" if found.shown is None:
            raise NotMedia(f"{name} is said to be a picture, but it has none; mend the media type")
        case "auto":
            return "video" if is_video else "image" if found.is_picture else "audio"
    assert params.kind in ("video", "audio", "image")
    return params.kind


# ---- streams


def _stream(one: details.Stream) -> dict[str, Any]:
    """The fields of `Stream`: fractions of a second stay exact as texts, lengths become seconds."""
    told: dict[str, Any] = {field.name: getattr(one, field.name) for field in fields(one)}
    for name in ("time_base", "codec_time_base"):
        told[name] = None if told[name] is None else str(told[name])
    return {**told, "start": _seconds(one.start), "duration": _seconds(one.duration)}


def _video(one: details.Video) -> VideoStream:
    shape = Fraction(one.width, one.height or 1) * one.sample_aspect_ratio
    return VideoStream(
        **_stream(one.stream),
        width=one.width,
        height=one.height,
        sample_aspect_ratio=_ratio(one.sample_aspect_ratio),
        display_aspect_ratio=_ratio(shape),
        frame_rate=_seconds(one.frame_rate),
        average_frame_rate=_seconds(one.average_frame_rate),
        reorder_depth=one.reorder_depth,
        pix_fmt=one.pix_fmt,
        rotation=one.rotation,
    )


def _audio(one: details.Audio) -> AudioStream:
    return AudioStream(
        **_stream(one.stream),
        sample_rate=one.sample_rate,
        channels=one.channels,
        layout=one.layout,
        sample_format=one.sample_format,
        frame_rate=_seconds(one.frame_rate),
    )


def _seconds(exact: Fraction | None) -> float | None:
    return None if exact is None else float(exact)


def _ratio(exact: Fraction) -> str:
    return f"{exact.numerator}:{exact.denominator}"


# ---- pictures


def _pictures(params: DescribeParams, ctx: Context, found: details.File) -> dict[str, object]:
    wants_cover = params.cover or params.snapshots or params.cover_time is not None
    if not (wants_cover or params.sprites):
        return {}
    ctx.enter("pictures")
    length = found.duration or moments.length_of(params.file)
    ctx.media(float(length))
    made: dict[str, object] = {}
    seen = _seen(params, ctx, length)
    if wants_cover:
        made["cover"] = _cover(params, ctx, length, seen)
    if params.snapshots:
        made["snapshots"] = _snapshots(params, ctx, length)
    if params.sprites and seen:
        made |= _sprite(ctx, [picture for _, picture in seen])
    return made


def _seen(params: DescribeParams, ctx: Context, length: Fraction) -> list[tuple[Fraction, images.Picture]]:
    """Pictures at an even step, with their times, at the size in which covers are judged."""
    if not params.sprites and params.cover_time is not None:
        return []
    video = probe.with_video(params.file).video
    assert video is not None  # with_video promised it
    count = max(1, min(MOST_TILES, -int(-length // 1))) if params.sprites else LOOKS
    times, size = thumbs.evenly(length, count), moments.fitting(video, LOOKED)
    pictures = ctx.track(thumbs.at(params.file, times, length, size), total=count, unit="picture", phase="pictures")
    return list(zip(times, pictures, strict=False))


def _cover(params: DescribeParams, ctx: Context, length: Fraction, seen: list[tuple[Fraction, images.Picture]]) -> str:
    if params.cover_time is not None:
        # Past its end a video has its last picture.
        time = min(Fraction(params.cover_time), length)
    else:
        every = max(1, len(seen) // LOOKS)
        measured = [(time, stills.measure(picture)) for time, picture in seen[::every]]
        level = stills.Level.of([still for _, still in measured])
        good = [one for one in measured if stills.fault(one[1], level) is None] or measured
        time = max(good, key=lambda one: stills.interest(one[1], level))[0]
    return images.save(frames.at(params.file, time).rgb, ctx.output("cover.jpg"))


def _snapshots(params: DescribeParams, ctx: Context, length: Fraction) -> tuple[str, ...]:
    count = max(1, min(MOST_SNAPSHOTS, int(length / SNAPSHOT_EVERY)))
    return tuple(
        images.save(frames.at(params.file, time).rgb, ctx.output(f"snapshot-{number:05}.jpg"))
        for number, time in enumerate(thumbs.evenly(length, count), 1)
    )


def _sprite(ctx: Context, pictures: list[images.Picture]) -> dict[str, object]:
    small = [images.fitted(picture, TILE, TILE) for picture in pictures]
    path = images.save(thumbs.tiled(small, COLUMNS), ctx.output("sprite-00001.jpg"), quality=SMALL_QUALITY)
    return {"sprite": path, "tiles": len(small)}
