"""`media.rereading`: the second time every frame comes, whether it was kept or is read again."""

import pytest

from reelwright.media import frames, probe, rereading
from reelwright.media.rereading import Twice

SIZE = 320 * 180 * 3 // 2  # bytes of a frame


@pytest.fixture(scope="module")
def clip(make_video):
    return make_video([("scene", 1), ("scene", 1)], size=(320, 180))


def fingerprints(many):
    return [(one.time, int(one.gray.sum())) for one in many]


@pytest.mark.parametrize(
    ("room", "kept"),
    [pytest.param(1 << 30, True, id="in-memory"), pytest.param(10 * SIZE, False, id="read-again")],
)
def test_every_frame_comes_the_second_time(clip, room, kept):
    film = Twice(probe.with_video(clip.path), room)
    assert film.is_kept == kept
    first = fingerprints(film.first())
    assert film.is_kept == kept

    every = fingerprints(frames.stream(clip.path))
    assert fingerprints(film.second()) == every
    assert len(every) == clip.frames
    if kept:
        assert first == every
    else:
        assert {time for time, _ in first} <= {time for time, _ in every}


@pytest.mark.parametrize("parcel", [1, 3 * SIZE, 1 << 30])
def test_frames_come_in_order_whatever_goes_into_a_parcel(clip, monkeypatch, parcel):
    monkeypatch.setattr(rereading, "PARCEL", parcel)
    film = Twice(probe.with_video(clip.path))
    first = fingerprints(film.first())
    assert first == fingerprints(frames.stream(clip.path))


def test_a_header_that_tells_too_little_does_not_fill_the_memory(clip, monkeypatch):
    monkeypatch.setattr(rereading, "_size", lambda media: 1.0)
    film = Twice(probe.with_video(clip.path), room=4 * SIZE)
    assert film.is_kept
    assert len(fingerprints(film.first())) == clip.frames
    assert not film.is_kept
    assert len(fingerprints(film.second())) == clip.frames


def test_frames_are_let_go_as_they_are_worked_on(clip):
    film = Twice(probe.with_video(clip.path))
    for _ in film.first():
        pass
    assert sum(1 for _ in film.second()) == clip.frames
    assert list(film.second()) == []
