"""Where a film may be cut without hurting a word: between shots, in pauses of speech, and at what cost elsewhere.

A pause is where the voice detector (`kernels.voice_activity`) hears no talk. Within talk there are gaps too short for
it, between words and before stops; they are the second choice. Where neither is to be had the quietest moment near by
must do, at a cost that makes every other place better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.voice_activity import runs
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Flags = NDArray[np.bool_]
Signal = NDArray[np.float64]
Span = tuple[float, float]

RATE = 100  # frames of sound in a second
TAIL, LEAD = 0.16, 0.1  # s left after a word and before the next one
GAP_DEPTH = 12.0  # dB below the loudest of half a second around: a gap within talk
GAP_AROUND = 25  # frames to each side
GAP_LEAST = 5  # frames
REACH = 0.12  # s that an edge of a shot may be moved inwards to a gap
MOSTLY = 0.5  # share of a tick that talk fills, if it is talk
GRID = 0.25  # s between the places for cuts where nobody talks
SEARCH = 1.0  # s: within talk one place in each
# Costs; the gain of a group that is shown well is 1.
AT_EDGE = 0.12  # of a shot, amid talk
IN_GAP, IN_TALK = 0.5, 1.0  # only where there is nothing else
INSIDE = 0.03  # a shot, where nobody talks: its edge would be the better place
UNALIGNED = 0.02  # beginning where the film has to be encoded anew


@dataclass(frozen=True, slots=True)
class Points:
    """Places to cut, in order: seconds, and what it costs to begin or to end there."""

    times: Signal
    begin: Signal
    end: Signal


@dataclass(frozen=True, slots=True)
class Voice:
    """Talk, bool [frames], and level in dB [frames], of 10 ms each. Both empty where there is no sound."""

    talk: Flags
    level: Signal

    def talks_at(self, time: float) -> bool:
        index = int(time * RATE)
        return bool(self.talk[index]) if 0 <= index < len(self.talk) else False

    def pauses(self) -> list[Span]:
        """Spans without talk, between talk."""
        return [(start / RATE, end / RATE) for start, end in runs(~self.talk)]

    def gaps(self) -> list[float]:
        """Middles of the short silences within talk."""
        if not len(self.level):
            return []
        loudest = ndimage.maximum_filter1d(self.level, 2 * GAP_AROUND + 1, mode="nearest")
        low = self.talk & (self.level < loudest - GAP_DEPTH)
        return [(start + end) / 2 / RATE for start, end in runs(low) if end - start >= GAP_LEAST]

    def quietest(self, start: float, end: float) -> float:
        """The middle of the quietest 10 ms of a span."""
        first, last = int(start * RATE), max(int(start * RATE) + 1, int(end * RATE))
        part = self.level[first:last]
        return (first + int(part.argmin()) + 0.5) / RATE if len(part) else (start + end) / 2

    def in_ticks(self, count: int, rate: int) -> tuple[Flags, Signal]:
        """Talk and level in `count` ticks, `rate` of them a second: talk if it fills half of one, the mean level."""
        each = RATE // rate
        missing = max(0, count * each - len(self.talk))
        talk = np.pad(self.talk, (0, missing))[: count * each].reshape(count, each)
        level = np.pad(self.level, (0, missing), constant_values=-np.inf)[: count * each].reshape(count, each)
        return talk.mean(axis=1) >= MOSTLY, level.mean(axis=1)


class Cutter:
    """Gives the places to cut in spans of a film. `keys`: times of its key frames, in order."""

    def __init__(self, voice: Voice, keys: Sequence[float], *, grid: float = GRID) -> None:
        self._voice, self._grid = voice, grid
        self._keys = np.asarray(keys, np.float64)
        self._gaps = np.asarray(voice.gaps(), np.float64)
        starts, ends = np.array(voice.pauses(), np.float64).reshape(-1, 2).T
        half = (ends - starts) / 2
        self._pauses = np.sort(np.concatenate([starts + np.minimum(TAIL, half), ends - np.minimum(LEAD, half)]))

    def points(self, start: float, end: float) -> Points:
        """The places within [start, end), its edges among them, moved inwards a little where that spares a word."""
        low, high = self._edge(start, min(start + REACH, end)), self._edge(end, max(end - REACH, start))
        found = {low[0]: low[1], high[0]: high[1]}
        for time in _within(self._gaps, start, end):
            found.setdefault(float(time), IN_GAP)
        for time in np.arange(start + SEARCH, end - SEARCH, SEARCH):
            if self._voice.talks_at(float(time)):
                found.setdefault(self._voice.quietest(float(time) - SEARCH / 2, float(time) + SEARCH / 2), IN_TALK)
        free = (np.arange(start + self._grid, end, self._grid), self._keys, self._pauses)
        for time in _within(np.concatenate(free), start, end):
            if not self._voice.talks_at(float(time)) and found.get(float(time), 1.0) > INSIDE:
                found[float(time)] = INSIDE
        times = np.array(sorted(found), np.float64)
        costs = np.array([found[float(time)] for time in times], np.float64)
        aligned = np.isin(times, self._keys)
        return Points(times, costs + np.where(aligned, 0.0, UNALIGNED), costs)

    def _edge(self, time: float, inwards: float) -> tuple[float, float]:
        """The edge of a shot, or a gap between words close by; and the cost."""
        if not (self._voice.talks_at(time) and self._voice.talks_at(time - 1 / RATE)):
            return time, 0.0
        low, high = sorted((time, inwards))
        free = [one for one in _within(self._pauses, low, high) if not self._voice.talks_at(float(one))]
        gaps = free or list(_within(self._gaps, low, high))
        if not gaps:
            return time, AT_EDGE
        return float(min(gaps, key=lambda one: abs(one - time))), 0.0 if free else AT_EDGE / 2


def _within(times: Signal, start: float, end: float) -> Signal:
    """Those of the times that lie inside, not at the edges."""
    inside: Signal = times[(times > start) & (times < end)]
    return inside
