"""`media.collect`: every file as it came, in its list, with its node."""

import os
from pathlib import Path

import pytest

from reelwright.errors import InvalidParameter
from reelwright.operators import Context
from reelwright.operators.media import collect as module
from reelwright.operators.media.collect import CollectParams, collect


@pytest.fixture
def given(tmp_path):
    def write(name: str) -> str:
        path = tmp_path / name
        path.write_bytes(name.encode() * 100)
        return str(path)

    return CollectParams(
        images=[
            {"file": write("a.PNG"), "node": "3", "title": "Save Image"},
            {"file": write("b.jpg"), "node": "12:4", "title": "成片"},
        ],
        videos=[{"file": write("c.mp4"), "node": "5", "title": ""}],
        texts=[{"file": write("d.srt"), "node": "6", "title": "../Captions"}],
    )


def everything(result):
    return [one for kind in ("images", "videos", "audios", "texts", "files") for one in getattr(result, kind)]


def test_files_come_out_as_they_went_in(given):
    result = collect(given)

    before = [*given.images, *given.videos, *given.texts]
    for one, made in zip(before, everything(result), strict=True):
        assert Path(made.file).read_bytes() == Path(one.file).read_bytes()
        assert (made.node, made.title) == (one.node, one.title)
    assert [Path(one.file).name for one in everything(result)] == [
        "image-001-Save-Image.png",
        "image-002.jpg",
        "video-001.mp4",
        "text-001-Captions.srt",
    ]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_disk_without_links_gets_copies(given, monkeypatch, has_links):
    def refused(*paths):
        raise OSError("no links here")

    if not has_links:
        monkeypatch.setattr(os, "link", refused)

    made = everything(collect(given))[0].file

    assert (Path(made).stat().st_ino == Path(given.images[0].file).stat().st_ino) is has_links
    assert Path(made).read_bytes() == Path(given.images[0].file).read_bytes()


def test_a_link_to_a_file_is_followed(tmp_path):
    (tmp_path / "real.wav").write_bytes(b"sound")
    (tmp_path / "link.wav").symlink_to(tmp_path / "real.wav")

    (made,) = collect(CollectParams(audios=[{"file": str(tmp_path / "link.wav")}])).audios

    assert not Path(made.file).is_symlink()
    assert Path(made.file).read_bytes() == b"sound"


def test_the_same_file_may_come_twice(given, tmp_path):
    twice = CollectParams(images=[given.images[0], given.images[0]])

    result = collect(twice, Context.local(out=tmp_path / "out"))

    assert len({one.file for one in result.images}) == 2


def test_nothing_makes_nothing():
    assert everything(collect(CollectParams())) == []


def test_names_hold_no_folder():
    assert module.UNFIT.sub("-", "../a b").strip("-") == "a-b"
    with pytest.raises(InvalidParameter):
        Context.local().output("../a")
