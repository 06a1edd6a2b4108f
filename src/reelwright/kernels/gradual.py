"""Changes of shots that take a while: fades by their contrast, dissolves as mixtures of their two ends.

A fade is a contrast that sinks to a flat picture, or rises from one; where the pictures themselves are flat,
a level that sinks to black and rises again. A dissolve is a span whose frames lie between its ends.

Sources: a dissolve as a linear mixture (Hampapur, Jain & Weymouth, "Production model based digital video
segmentation", 1995); fades by contrast (Lienhart, "Comparison of automatic shot boundary detection algorithms", 1999).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.glances import Glance, Thumb, Vector, likeness, moved

Kind = Literal["start", "cut", "dissolve", "fade"]

MIX_STEP = Fraction(1, 26)  # seconds, at least, between frames looked at for dissolves
MIX_SPANS = (9, 14, 22, 34, 52)  # of those frames: 0.3 s to 2 s
MIX_DISTANCE = 9.0  # grey levels (root mean square) between the two ends, at least
MIX_RESIDUAL = 0.23  # how far the frames between may be from a mixture, relative to that distance
MIX_LIKENESS = 0.75  # correlation of the ends above which it is one scene whose light changes
MIX_CELLS = 0.8  # share of the cells that have to fit
MIX_FRAMES = 4  # truly mixed frames, at least
MIX_STEEPEST = 0.4  # of the way from one frame to the next, at most
MIX_EDGE = 0.1  # a mixture with less than this of the other shot counts as pure

DRIFT = 0.6  # grey levels (root mean square) a frame; a dissolve of 2 s between like pictures moves faster
DRIFT_LIKENESS = 0.6  # cosine of two steps of one drift, at least
DRIFT_MOVED = 0.4  # a change that shift and zoom explain to this part is a moving camera

FLAT = 6.0  # grey levels of layout contrast (standard deviation) below which a picture shows nothing
FADE_LONGEST = Fraction(3)  # seconds from full contrast to flat
FADE_FRAMES = 3  # a contrast that sinks in fewer is a cut
FADE_STILL = 0.1  # grey levels of contrast a frame; below it a fade has reached its flat end
LONG_FLAT = Fraction(1)  # seconds; a flat picture that stays longer is a shot of its own
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
        into, out = first - begin >= FADE_FRAMES, end - last >= FADE_FRAMES
        if not (into or out):
            return []
        after = min(end + 1, len(self.times) - 1)
        low, high = (self._flat_from(first, last, 1) if into else first), self._flat_from(last, first, -1)
        if self.times[last] - self.times[first] > LONG_FLAT:
            found = [self._fade(begin, low, low)] if into else []
            return found + ([self._fade(high, after, high)] if out else [])
        # With a cut at one end of the flat span the shots change there.
        at = (low + (high if out else last)) // 2 if into and out else after if into else first
        return [self._fade(begin if into else first, after, at)]

    def _fade(self, begin: int, end: int, at: int) -> Transition:
        return Transition(self.times[begin], self.times[end], "fade", self.times[at], self.times[max(0, begin - 1)])

    def _dips(self, first: int, last: int) -> list[Transition]:
        """Plain pictures that turn black and come back, both slowly."""
        found = []
        for low, high in _runs(self.level[first : last + 1] < BLACK):
            low, high = low + first, high + first
            begin, end = self._slope(self.level, low, -1), self._slope(self.level, high, 1)
            risen = min(self.level[begin], self.level[end]) >= BLACK + BLACK_RISE
            if risen and low - begin >= FADE_FRAMES and end - high >= FADE_FRAMES:
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

    def _flat_from(self, index: int, until: int, step: int) -> int:
        """The frame, going inwards, from which on the contrast stands still."""
        while index != until and self.contrast[index] - self.contrast[index + step] > FADE_STILL:
            index += step
        return index


