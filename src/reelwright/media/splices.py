"""Which packets of a video can be copied into an excerpt, and which frames have to be encoded anew.

A decoder can start at an entry point only: a key frame that no later packet reaches back across. Copying may end
after any packet that leaves no earlier picture open. So of a span the frames before its first entry point are
encoded, everything from there on is copied, and where the span ends amid pictures that refer to later ones, those
few are encoded too.

Packets are read, not decoded. What is held is a dozen bytes a frame of the span.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter, NothingFound
from reelwright.media import containers, frames, nal, probe

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream as AvVideo

Span = tuple[Fraction, Fraction]
"""[start, end) in seconds from the start of the file."""
Stamps = NDArray[np.int64]

LEAST_COPIED = 6  # frames; for fewer the change of encoders is not worth it
REORDERED = 34  # packets among which those are that are shown in another order: H.264 allows 16 frames, or 32 fields
TOUCHING = Fraction(1, 1000)  # s between spans that are taken for one
NEAR = Fraction(51, 100)  # of a frame: an edge is moved so far to where a frame begins
WITHOUT_SHOWING = frozenset({"avi"})  # containers that know the order of decoding only
NEVER = np.iinfo(np.int64).max


class Unsound(Exception):
    """The stream cannot be copied; the message says why, in words for the report."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a span: [start, end) in units of the stream's time base, as stamped in the file."""

    way: Literal["copy", "encode"]
    start: int
    end: int
    frames: int
    last: int
    """The stamp of the last frame shown."""


@dataclass(frozen=True, slots=True)
class Splice:
    """A span with its edges on those of frames, and the pieces it is made of. Units as in `Piece`.

    The first frame may be stamped earlier than `start`: it was on the screen already.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    depth: int = 0
    """Packets by which decoding runs ahead of showing in what is copied."""

    @property
    def is_whole(self) -> bool:
        """Nothing has to be encoded."""
        return all(piece.way == "copy" for piece in self.pieces)

    def encoded(self) -> "Splice":
        """The same with nothing copied."""
        count = sum(piece.frames for piece in self.pieces)
        first, last = self.pieces[0], self.pieces[-1]
        return replace(self, pieces=(Piece("encode", first.start, self.end, count, last.last),), depth=0)


def spans(wanted: Sequence[Span], length: Fraction | None) -> list[Span]:
    """The wanted spans, checked: in order, within the file, not empty. Those that touch become one."""
    kept: list[Span] = []
    for start, stop in wanted:
        end = stop if length is None else min(stop, length)
        if not 0 <= start < end:
            within = "" if length is None else f"; it lasts {float(length):.3f} s"
            raise InvalidParameter(f"{_told(start, stop)} is no part of the video{within}")
        if kept and start < kept[-1][1] - TOUCHING:
            raise InvalidParameter(f"{_told(start, stop)} begins before {_told(*kept[-1])} ends; give spans in order")
        if kept and start <= kept[-1][1] + TOUCHING:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    if not kept:
        raise InvalidParameter("there is nothing to cut out: give at least one span of time")
    return kept


def _told(start: Fraction, end: Fraction) -> str:
    return f"{float(start):.3f}-{float(end):.3f} s"


def splice(path: str | Path, span: Span, sets: nal.ParameterSets | None) -> Splice:
    """The span at the edges of frames, and what of it can be copied. `sets`: those of an H.264 stream.

    Raises NothingFound where nothing is shown in the span, and Unsound where packets do not tell enough.
    """
    with containers.opened(path) as container:
        video = probe.chosen(container)
        assert video is not None  # the caller has probed it
        if container.format.name in WITHOUT_SHOWING:
            raise Unsound(f"{container.format.name} files do not say when packets are shown")
        base = video.time_base or Fraction(1, 1_000_000)
        start, end = ((moment + probe.start_of(container)) / base for moment in span)
        log = _Log(sets, end)
        for packet in frames.packets_from(container, video, span[0], path):
            if packet.size and not log.take(packet):
                break
        rate = video.average_rate or video.guessed_rate or Fraction(25)
    if not log.stamps:
        raise NothingFound(f"{Path(path).name} shows nothing in {_told(*span)}")
    return log.packets().splice(start, end, 1 / (base * rate))


def unseen(video: probe.VideoStream, start: Fraction, span: Span) -> Splice:
    """The span as it was asked for, all of it to be encoded. `start`: that of the file."""
    begin, stop = (round((moment + start) / video.time_base) for moment in span)
    count = round((span[1] - span[0]) * (video.frame_rate or 0))
    return Splice(begin, stop, (Piece("encode", begin, stop, count, stop - 1),))


class _Log:
    """Notes what matters of each packet, until all that is shown before `end` has passed."""

    def __init__(self, sets: nal.ParameterSets | None, end: Fraction) -> None:
        self._sets, self._end = sets, end
        self.stamps, self._entries, self._hidden = array("q"), array("b"), array("b")
        self._after, self._lasts, self._latest = NEVER, 0, -NEVER
        self._decoded = -NEVER

    def take(self, packet: "Packet[AvVideo]") -> bool:
        """False once nothing more is wanted."""
        if packet.pts is None:
            raise Unsound("its packets do not say when they are shown")
        if packet.dts is not None:
            if packet.dts > self._after:
                return False
            if packet.dts < self._decoded:
                raise Unsound("its time stamps run back")
            self._decoded = packet.dts
        self.stamps.append(packet.pts)
        self._hidden.append(packet.is_discard)
        self._entries.append(self._is_entry(packet))
        if packet.pts >= self._end:
            self._after = min(self._after, packet.pts)
        if packet.pts > self._latest:
            self._latest, self._lasts = packet.pts, packet.duration or 0
        return True

    def packets(self) -> "_Packets":
        stamps, entries, hidden = (np.array(one) for one in (self.stamps, self._entries, self._hidden))
        return _Packets(stamps, entries, hidden, self._latest + self._lasts)

    def _is_entry(self, packet: "Packet[AvVideo]") -> bool:
        if self._sets is None:
            return bool(packet.is_keyframe)
        found = False
        for unit in nal.split(memoryview(packet), self._sets.length):
            if not self._sets.knows(unit):
                raise Unsound("its coding parameters change on the way")
            found |= nal.kind(unit) == nal.IDR
        return found


@dataclass(frozen=True, slots=True)
class _Packets:
    """The packets around a span, in order of decoding: stamps, entry points, those that are not shown; the end."""

    stamps: Stamps
    entries: NDArray[np.int8]
    hidden: NDArray[np.int8]
    end: int

    def splice(self, start: Fraction, end: Fraction, step: Fraction) -> Splice:
        shown = np.sort(self.stamps[self.hidden == 0])
        begin, stop = (_edge(np.append(shown, self.end), at, step) for at in (start, end))
        first = int(shown[max(0, int(np.searchsorted(shown, begin, side="right")) - 1)])
        begin, stop = max(begin, int(shown[0])), max(stop, begin + 1)
        entry, after = self._copied(first, stop)
        if after - entry < LEAST_COPIED:
            return Splice(begin, stop, (_piece("encode", shown, first, stop),))
        copied = self.stamps[entry:after]
        at, last = int(copied[0]), int(copied.max())
        till = min((int(one) for one in shown[np.searchsorted(shown, last, side="right") :][:1]), default=stop)
        parts = (
            _piece("encode", shown, first, at),
            _piece("copy", shown, at, min(till, stop)),
            _piece("encode", shown, min(till, stop), stop),
        )
        return Splice(begin, stop, tuple(one for one in parts if one.frames), _depth(copied))

    def _copied(self, first: int, stop: int) -> tuple[int, int]:
        """The packets [entry, after) that can be copied: from the first entry point in the span, as far as it goes."""
        stamps = self.stamps
        later = np.append(np.minimum.accumulate(stamps[::-1])[::-1][1:], NEVER)  # the least of all that follow
        inside = (stamps >= first) & (stamps < stop)
        outcast = np.flatnonzero((self.hidden != 0) & inside)
        after_outcast = np.arange(len(stamps)) > (outcast[-1] if len(outcast) else -1)
        entries = np.flatnonzero((self.entries != 0) & inside & after_outcast & (later > stamps))
        if not len(entries):
            return 0, 0
        entry = int(entries[0])
        latest = np.maximum.accumulate(stamps[entry:])
        ends = np.flatnonzero((latest < later[entry:]) & (latest < stop))
        return entry, entry + int(ends[-1]) + 1


def _edge(edges: Stamps, at: Fraction, step: Fraction) -> int:
    """The moment itself, or the edge of a frame that is nearly there. `edges` rise; the last one is the end of all."""
    nearest = min(edges[max(0, int(np.searchsorted(edges, float(at))) - 1) :][:2], key=lambda one: abs(int(one) - at))
    return int(nearest) if abs(int(nearest) - at) <= NEAR * step else min(round(at), int(edges[-1]))


def _piece(way: Literal["copy", "encode"], shown: Stamps, start: int, end: int) -> Piece:
    first, after = np.searchsorted(shown, (start, end))
    return Piece(way, start, end, int(after - first), int(shown[after - 1]))


def _depth(stamps: Stamps) -> int:
    """The most packets that come before one and are shown after it."""
    early = np.zeros(len(stamps), np.int64)
    for back in range(1, min(REORDERED, len(stamps))):
        early[back:] += stamps[:-back] > stamps[back:]
    return int(early.max())
