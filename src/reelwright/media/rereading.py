"""A film that is gone through twice: first to look at it, then to work on every frame.

A small film is decoded once: its frames stay in memory until they are worked on, which costs less than decoding them
again. One that is larger than `ROOM` is read twice, the first time without the frames no other frame needs and
without the loop filter, good enough to look at. So memory does not grow with the length.
"""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, islice

from reelwright.media import frames, probe
from reelwright.media.ahead import ahead

ROOM = 160 << 20  # bytes of frames; with more, getting fresh memory takes as long as decoding roughly
TRUST = 2  # headers may understate a film by this much
PARCEL = 4 << 20  # bytes of small frames handed from thread to thread at once…
PARCEL_FRAMES = 8  # …but no more than so many of them


class Twice:
    """Go through `first`, which decodes in a thread of its own, to its end, then through `second`."""

    def __init__(self, media: probe.Media, room: int = ROOM) -> None:
        self._path = media.path
        self._room = room
        self._kept: deque[frames.Frame] | None = deque() if 0 < _size(media) <= room else None
        self._most = 0

    @property
    def is_kept(self) -> bool:
        """Every frame is in memory, or will be."""
        return self._kept is not None

    def first(self) -> Iterator[frames.Frame]:
        """Frames to look at, in order; not all of them if the film is large."""
        if self._kept is None:
            yield from _ahead(frames.stream(self._path, skip="rough"))
            return
        for frame in _ahead(frames.stream(self._path)):
            self._keep(frame)
            yield frame

    def _keep(self, frame: frames.Frame) -> None:
        if self._kept is not None:
            self._most = self._most or TRUST * self._room // _bytes(frame)  # frames of one film are alike
            self._kept.append(frame)
            if len(self._kept) > self._most:
                self._kept = None

    def second(self) -> Iterator[frames.Frame]:
        """Every frame, in order, once. Frames kept are let go one by one."""
        if self._kept is None:
            yield from frames.stream(self._path)
            return
        while self._kept:
            yield self._kept.popleft()


def _ahead(decoded: Iterator[frames.Frame]) -> Iterator[frames.Frame]:
    """Decoded in a thread of its own; small frames in parcels, for to hand one over costs as much as to use it."""
    yield from chain.from_iterable(ahead(_parcels(decoded)))


def _parcels(decoded: Iterator[frames.Frame]) -> Iterator[list[frames.Frame]]:
    for frame in decoded:
        count = min(PARCEL_FRAMES, PARCEL // _bytes(frame))
        yield [frame, *islice(decoded, max(0, count - 1))]


def _size(media: probe.Media) -> float:
    """Bytes of all frames, as the header tells; 0 if it does not."""
    video = media.video
    assert video is not None  # asked for films only
    seconds = video.duration or media.duration or Fraction(0)
    count = video.frames or float(seconds * video.frame_rate)
    return count * video.width * video.height * 1.5 * (2 if video.bit_depth > 8 else 1)


def _bytes(frame: frames.Frame) -> int:
    return sum(plane.buffer_size for plane in frame.raw.planes)
