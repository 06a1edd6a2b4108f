"""`media.caption_reader`: lines of a film are found and read in the same way whatever thread is quick or slow."""

import threading
import time
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from reelwright.media import frames, probe
from reelwright.media.caption_reader import CaptionReader
from reelwright.media.making.captioned import Cue, captioned

CUES = (Cue(0.4, 1.2, "One two"), Cue(1.2, 2.0, "Three four five"), Cue(2.4, 3.2, "Six"))
LOWEST = ((0.75, 1.0), (0.0, 1.0))


@dataclass(frozen=True)
class Place:
    box: tuple[int, int, int, int]
    tilt: float = 0.0
    score: float = 1.0


@dataclass(frozen=True)
class Said:
    text: str
    score: float = 1.0

    @property
    def scores(self):
        return (self.score,) * len(self.text)


class Seeing:
    """Networks that find what is bright, and read how wide and how bright it is; each as slow as asked."""

    def __init__(self, *, finding=0.0, reading=0.0):
        self.finding, self.reading = finding, reading
        self.found_on, self.read_on = set(), set()

    def find(self, picture, *, longest):
        self.found_on.add(threading.get_ident())
        time.sleep(self.finding)
        rows, columns = np.nonzero(picture[..., 0] > 225)
        if not len(rows):
            return []
        return [Place((int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1))]

    def read(self, lines, *, letters):
        self.read_on.add(threading.get_ident())
        time.sleep(self.reading if lines else 0)
        return [Said(f"{line.shape[1]} wide {line.mean():.4f} bright") for line in lines]


@pytest.fixture(scope="module")
def film(made):
    return made("film", lambda path: captioned(path.with_suffix(".mp4"), CUES, size=(480, 270)), (CUES, "dark"))


@pytest.fixture
def reader_of(film):
    def make(networks):
        return CaptionReader.of(networks, probe.with_video(film.path).video.shown, LOWEST, "latin")

    return make


def told(reader):
    return [(one.start, one.end, one.box, one.text) for one in reader.lines], reader.looks, reader.reads, reader.frames


def followed(reader, film):
    seen = [(one.time, one.boxes, one.frame is not None) for one in reader.follow(frames.stream(film.path))]
    reader.finish(Fraction(4))
    return seen


@pytest.fixture
def pushed(reader_of, film):
    """What comes of the frames one after another, with nothing beside."""
    reader = reader_of(Seeing())
    for frame in frames.stream(film.path):
        reader.push(frame)
    reader.finish(Fraction(4))
    return told(reader)


@pytest.mark.parametrize(
    "slow", [{}, {"finding": 0.08}, {"reading": 0.2}], ids=["quick", "finding-is-slow", "reading-is-slow"]
)
def test_what_is_found_hangs_on_the_frames_and_not_on_the_pace_of_threads(reader_of, film, pushed, slow):
    reader = reader_of(Seeing(**slow))
    followed(reader, film)

    assert told(reader) == pushed
    assert [(round(25 * start), round(25 * end)) for start, end, *_ in pushed[0]] == [(10, 30), (30, 50), (60, 80)]


def test_lines_are_sought_on_one_thread_and_read_on_the_callers(reader_of, film):
    networks = Seeing()
    followed(reader_of(networks), film)

    assert networks.read_on == {threading.get_ident()}
    assert len(networks.found_on) == 1
    assert not networks.found_on & networks.read_on


def test_each_frame_comes_with_its_lines_and_some_with_their_picture(reader_of, film):
    reader = reader_of(Seeing())
    reader.shown = Fraction(1)
    seen = followed(reader, film)

    assert [time for time, *_ in seen] == [Fraction(index, 25) for index in range(film.frames)]
    assert [time for time, _, is_shown in seen if is_shown] == list(range(1 + int(seen[-1][0])))
    assert [len(boxes) for time, boxes, _ in seen if time in (0, 1, Fraction(44, 25), Fraction(56, 25))] == [0, 1, 1, 0]


def test_lines_are_read_before_their_frame_is_given(reader_of, film):
    reader = reader_of(Seeing())
    first = next(seen.time for seen in reader.follow(frames.stream(film.path)) if reader.lines)
    assert Fraction(30, 25) <= first <= Fraction(32, 25)


def test_who_leaves_early_leaves_no_thread_and_no_file_open(reader_of, film):
    closed = threading.Event()

    def opened():
        try:
            yield from frames.stream(film.path)
        finally:
            closed.set()

    following = reader_of(Seeing(finding=0.02)).follow(opened())
    next(following)
    following.close()
    assert closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


@pytest.mark.parametrize("where", ["find", "read"])
def test_what_goes_wrong_in_a_network_is_raised_where_frames_are_taken(reader_of, film, monkeypatch, where):
    def broken(*given, **named):
        raise ValueError("out of order")

    networks = Seeing()
    monkeypatch.setattr(networks, where, broken)
    with pytest.raises(ValueError, match="out of order"):
        followed(reader_of(networks), film)
