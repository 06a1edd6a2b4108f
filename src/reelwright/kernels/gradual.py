"""Changes of shots that take a while: fades by their contrast, dissolves as mixtures of their two ends.

A fade is a contrast that sinks to a flat picture, or rises from one; where the pictures themselves are flat,
a level that sinks to black and rises again. A dissolve is a span whose frames lie between its ends; in a wipe
(`kernels.wipes`) each part of a frame is of one of them.

Sources: a dissolve as a linear mixture (Hampapur, Jain & Weymouth, "Production model based digital video
segmentation", 1995); fades by contrast (Lienhart, "Comparison of automatic shot boundary detection algorithms", 1999).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import picture_changes, wipes
from reelwright.kernels.glances import Glance, Thumb, Vector, layout, likeness, moved, small_gray

Kind = Literal["start", "cut", "dissolve", "fade"]

MIX_STEP = Fraction(1, 26)  # seconds, at least, between frames looked at for dissolves
MIX_SPANS = (9, 14, 22, 34, 52)  # of those frames: 0.3 s to 2 s
MIX_DISTANCE = 9.0  # grey levels (root mean square) between the two ends, at least
MIX_RESIDUAL = 0.23  # how far the frames between may be from a mixture, relative to that distance
MIX_FAR = 2 * MIX_RESIDUAL  # …for a single one, with what moves through the picture
MIX_LIKENESS = 0.75  # correlation of the ends above which it is one scene whose light changes
MIX_CELLS = 0.8  # share of the cells that have to fit
MIX_FRAMES = 4  # truly mixed frames, at least
MIX_CLEAN = 0.08  # residual at which one less does, and where frames were left out…
MIX_FEW = 2  # …so many…
MIX_SPARSE = Fraction(3, 50)  # …so many seconds apart, on average
MIX_KEPT = 0.25  # share of the first picture still there in the last: something moves through one shot
MIX_TIGHT = 0.25  # power of the seconds by which of two spans of one dissolve the shorter is the surer
MIX_STEEPEST = 0.4  # of the way from one frame to the next, at most
MIX_UNEVEN = 4.0  # …and of an even step: a dissolve may begin and end gently
MIX_ABRUPT = 0.6  # …and on a first look, with what moves through the picture
MIX_EDGE = 0.1  # a mixture with less than this of the other shot counts as pure

WIPE_KEPT = 0.15  # share of the old picture still in the new one, at most
WIPE_CARRIED = 0.8  # and so surely found elsewhere in it (`picture_changes.carried`)

DRIFT = 0.6  # grey levels (root mean square) a frame; a dissolve of 2 s between like pictures moves faster
DRIFT_LIKENESS = 0.6  # cosine of two steps of one drift, at least
DRIFT_MOVED = 0.4  # a change that shift and zoom explain to this part is a moving camera

FLAT = 6.0  # grey levels of layout contrast (standard deviation) below which a picture shows nothing
FADE_LONGEST = Fraction(3)  # seconds from full contrast to flat
FADE_FRAMES = 3  # a contrast that sinks in fewer is a cut
FADE_STEEPEST = 0.6  # of the way in one frame, at most: a flash or a cut begins with a jump
FADE_TAIL = 0.2  # of a fade's mean speed; where it gets slower it has reached its flat end
LONG_FLAT = Fraction(4, 5)  # seconds; a flat picture that stays longer is a shot of its own
BLINK = Fraction(3, 5)  # seconds; flat for less between pictures that are alike is a flash, not a fade
BLINK_LIKENESS = 0.8  # correlation of their coarse grey pictures
BLACK = 12.0  # mean level of a plain picture that counts as black
BLACK_RISE = 40.0  # levels it must be above that before and after


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of shots. [start, end) holds the frames that belong to neither; empty for a hard cut.

    `at` is where one shot ends and the next begins: the middle of a dissolve, the flat moment of a fade.
    `since` is the time of the last frame seen before a hard cut: others may lie between that were left out.
    """

    start: Fraction
    end: Fraction
    kind: Kind
    at: Fraction
    since: Fraction
    change: float = 0.0
    """How far apart the frames on both sides of a hard cut are, 0 to 3."""


@dataclass(frozen=True, slots=True)
class Course:
    """How contrast and level run through a video: what fades are seen by. `cuts` are indices of frames."""

    times: Sequence[Fraction]
    contrast: NDArray[np.float64]
    level: NDArray[np.float64]
    looks: NDArray[np.uint8]
    """Coarse grey pictures (`Glance.coarse`), [frames, cells]."""
    cuts: frozenset[int]

    def fades(self) -> list[Transition]:
        """Flat spans together with the slopes of contrast that lead into and out of them."""
        found = []
        for first, last in _runs(self.contrast < FLAT):
            here = self._fades_at(first, last)
            found += here or self._dips(first, last)
        return found

    def _fades_at(self, first: int, last: int) -> list[Transition]:
        begin, end = self._slope(self.contrast, first, -1), self._slope(self.contrast, last, 1)
        into, out = self._is_gradual(self.contrast, begin, first), self._is_gradual(self.contrast, last, end)
        if not (into or out) or self._comes_back(begin if into else first - 1, end if out else last + 1):
            return []
        if not into and self._comes_back(first - 1, last + FADE_FRAMES):
            return []  # a flash, though what comes after it may grow brighter for longer
        after = min(end + 1, len(self.times) - 1)
        low = self._flat_from(first, last, begin) if into else first
        high = self._flat_from(last, first, end) if out else last
        if self.times[last] - self.times[first] > LONG_FLAT:
            found = [self._fade(begin, low, low)] if into else []
            return found + ([self._fade(high, after, high)] if out else [])
        # With a cut at one end of the flat span the shots change there.
        at = (low + high) // 2 if into and out else after if into else first
        return [self._fade(begin if into else first, after, at)]

    def _comes_back(self, before: int, after: int) -> bool:
        """Is the picture soon what it was: a flash that dies away?"""
        if before < 0 or after >= len(self.times) or self.times[after] - self.times[before] > BLINK:
            return False
        one, other = (self.looks[at].astype(np.float32) for at in (before, after))
        return likeness(one, other) > BLINK_LIKENESS

    def _fade(self, begin: int, end: int, at: int) -> Transition:
        return Transition(self.times[begin], self.times[end], "fade", self.times[at], self.times[max(0, begin - 1)])

    def _dips(self, first: int, last: int) -> list[Transition]:
        """Plain pictures that turn black and come back, both slowly."""
        found = []
        for low, high in _runs(self.level[first : last + 1] < BLACK):
            low, high = low + first, high + first
            begin, end = self._slope(self.level, low, -1), self._slope(self.level, high, 1)
            risen = min(self.level[begin], self.level[end]) >= BLACK + BLACK_RISE
            if risen and self._is_gradual(self.level, begin, low) and self._is_gradual(self.level, high, end):
                found.append(self._fade(begin, end, (low + high) // 2))
        return found

    def _slope(self, signal: NDArray[np.float64], index: int, step: int) -> int:
        """The last frame of the slope that climbs away from the flat frame `index`."""
        from_time = self.times[index]
        while 0 <= index + step < len(signal):
            there = index + step
            if (
                max(index, there) in self.cuts
                or signal[there] <= signal[index] * 1.01
                or abs(self.times[there] - from_time) > FADE_LONGEST
            ):
                break
            index = there
        return index

    def _is_gradual(self, signal: NDArray[np.float64], first: int, last: int) -> bool:
        if last - first < FADE_FRAMES:
            return False
        steps = np.abs(np.diff(signal[first : last + 1]))
        return bool(steps.max() < FADE_STEEPEST * abs(signal[last] - signal[first]))

    def _flat_from(self, index: int, until: int, slope_end: int) -> int:
        """The frame, going from `index` inwards to `until`, at which the fade is over."""
        step, least = 1 if until > index else -1, FADE_TAIL * self._speed(index, slope_end)
        while index != until and self._speed(index + step, index) > least:
            index += step
        return index

    def _speed(self, low: int, high: int) -> float:
        """Contrast won from one frame to another, for a second."""
        return float((self.contrast[high] - self.contrast[low]) / abs(float(self.times[high] - self.times[low])))


class Mixtures:
    """Finds dissolves among the last seconds of layouts."""

    def __init__(self, strictness: float = 1.0) -> None:
        self._strictness, self._count = strictness, 0
        self._recent: deque[Glance] = deque(maxlen=MIX_SPANS[-1] + 1)
        self._found: list[tuple[Fraction, Fraction, float]] = []

    def push(self, seen: Glance) -> None:
        if self._recent and seen.time - self._recent[-1].time < MIX_STEP:
            return
        self._recent.append(seen)
        self._count += 1
        recent = list(self._recent)
        for span in MIX_SPANS:
            if span >= len(recent):
                break
            # A long span that begins a frame or two later shows the same dissolve.
            if self._count % max(1, span // MIX_SPANS[0]) == 0:
                self._examine(recent[-span - 1 :])

    def found(self) -> list[Transition]:
        """Overlapping finds are one dissolve, seen best by the one with the greatest certainty."""
        chosen: list[tuple[Fraction, Fraction, float]] = []
        for one in sorted(self._found, key=lambda one: -one[2]):
            if all(one[1] <= other[0] or one[0] >= other[1] for other in chosen):
                chosen.append(one)
        return [Transition(start, end, "dissolve", (start + end) / 2, start) for start, end, _ in sorted(chosen)]

    def _examine(self, span: list[Glance]) -> None:
        # A fade has a flat end, and is found by its contrast.
        if min(span[0].contrast, span[-1].contrast) < FLAT:
            return
        if not self._differ(span[0].layout, span[-1].layout):
            return
        cells = np.stack([one.layout for one in span])
        self._examine_wipe(span, cells)
        few = cells[[0, len(span) // 2, -1]]
        # One frame is enough to rule out most of what only moves.
        _, rest = _unmixed(few)
        if _root_mean_square(rest[1]) > MIX_FAR * _root_mean_square(few[-1] - few[0]):
            return
        parts, rest = _unmixed(cells)
        if float(np.abs(np.diff(parts)).max()) > MIX_ABRUPT:
            return
        # What moves through the picture meanwhile is no mixture: leave out the cells that fit worst.
        fit = (rest * rest).mean(0)
        kept = int(MIX_CELLS * len(fit))
        cells = cells[:, fit <= np.partition(fit, kept)[kept]]
        if not self._differ(cells[0], cells[-1]):
            return
        parts, rest = _unmixed(cells)
        length = _root_mean_square(cells[-1] - cells[0])
        residual = _root_mean_square(rest, axis=1).max() / length
        # A hard cut is a mixture as well, but of no frames; motion leaves the line between the ends.
        mixed = np.flatnonzero((parts > MIX_EDGE) & (parts < 1 - MIX_EDGE))
        steps = np.diff(parts)
        if residual > MIX_RESIDUAL or steps.min() < -MIX_EDGE or steps.max() > MIX_STEEPEST:
            return
        sparse = residual < MIX_CLEAN and span[-1].time - span[0].time > MIX_SPARSE * (len(span) - 1)
        if len(mixed) < (MIX_FEW if sparse else MIX_FRAMES - (residual < MIX_CLEAN)):
            return
        if steps.max() > MIX_UNEVEN / (len(mixed) + 1):
            return
        first, last = int(mixed[0]), int(mixed[-1])
        moves = picture_changes.kept(span[0].gray, span[-1].gray) > MIX_KEPT
        if not moves and not _is_pan([one.gray for one in span[first : last + 1]]):
            self._add(span[first].time, span[last + 1].time, float(length * (1 - residual)))

    def _examine_wipe(self, span: list[Glance], cells: Vector) -> None:
        both = wipes.extent(cells)
        if both is None:
            return
        old, new = span[0].gray, span[-1].gray
        if picture_changes.kept(old, new) < WIPE_KEPT and picture_changes.carried(old, new) < WIPE_CARRIED:
            first, last = both
            self._add(span[first].time, span[last + 1].time, float(_root_mean_square(cells[-1] - cells[0])))

    def _add(self, start: Fraction, end: Fraction, certainty: float) -> None:
        # The tightest span around a dissolve has its whole change in the least time.
        self._found.append((start, end, certainty / float(end - start) ** MIX_TIGHT))

    def _differ(self, first: Vector, last: Vector) -> bool:
        """Are two layouts different enough to be of two scenes?"""
        way = last - first
        # A dot product: this is asked several times a frame, and a mean costs ten times as much.
        far = float(way @ way) > len(way) * (MIX_DISTANCE * self._strictness) ** 2
        return far and likeness(first, last) < MIX_LIKENESS


def _is_pan(grays: list[Vector]) -> bool:
    """Does a moving camera explain the changes? Slow pans over coarse cells look like mixtures."""
    steps = list(pairwise(grays))
    return median(moved(*step) for step in steps[:: max(1, len(steps) // MIX_FRAMES)]) > DRIFT_MOVED


def _unmixed(cells: Vector) -> tuple[Vector, Vector]:
    """Each row as first + part * (last - first) + rest: the parts [n], and the rests [n, cells]."""
    way = cells[-1] - cells[0]
    off = cells - cells[0]
    parts = off @ way / max(float(way @ way), 1e-6)
    return parts, off - parts[:, None] * way


def _root_mean_square(cells: Vector, axis: int | None = None) -> Vector:
    return np.asarray(np.sqrt((cells * cells).mean(axis)), np.float32)


class Drift:
    """Tells when the pictures of a stretch have stopped turning into others, as at the end of a dissolve or fade."""

    def __init__(self) -> None:
        self._cells: list[Vector] = []
        self._grays: list[Vector] = []

    def push(self, thumb: Thumb) -> None:
        """Take the next frame of a short stretch, as `Shots.push` does."""
        self._cells.append(layout(thumb))
        self._grays.append(small_gray(thumb))

    def settled(self) -> int:
        """Index of the first frame from which on nothing drifts; the number of frames if that never comes."""
        steps = [after - before for before, after in pairwise(self._cells)]
        for index, (one, another) in enumerate(pairwise(steps)):
            still = min(_root_mean_square(one), _root_mean_square(another)) < DRIFT
            # A mixture moves on by the same difference each frame; so does a slow pan, but along its own edges.
            onward = likeness(one, another, centred=False) > DRIFT_LIKENESS
            if still or not onward or moved(self._grays[index], self._grays[index + 1]) > DRIFT_MOVED:
                return index + 1 if index else 0
        return len(self._cells) if len(self._cells) > 2 else 0


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return [(int(a), int(b) - 1) for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)]
