"""Where to part a film into clips: between its shots, in pauses of speech, never amid a word.

Edges of shots over which nobody talks are the best places. Where somebody talks on over an edge the clip ends in a
pause close by, or the shots stay together. Next come long pauses within a shot, then short ones. Which places are
taken is the cheapest way through the film: each clip costs what its end costs, and what it is too short or too long;
good edges cost less than nothing, so that no two shots stay together without need. The way is found by dynamic
programming and so is the best one, not a greedy one.

A clip gets longer than asked for rather than end within a word.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.cut_points import LEAD, RATE, TAIL, Voice

Signal = NDArray[np.float64]
Numbers = NDArray[np.int64]

Why = Literal["shot", "pause", "end"]
"""What a clip ends with: the edge of a shot, a pause of speech, the film."""

EDGE = -1.0  # the gain of an edge of a shot where nobody talks
PAUSE = 0.6  # cost of a pause within a shot…
LONG_PAUSE, RELIEF = 3.0, 0.4  # s; …and how much less it is in one so long
NEAR, NEARBY = 0.8, -0.35  # s from an edge amid talk to a pause that may stand for it; and what that gains
LEAST_PAUSE = 0.3  # s; shorter ones are between the words of a sentence
SHORT = 12.0  # cost of a clip of next to no length, where the shortest is asked for
LONG = 4.0  # cost of each multiple of the longest clip beyond it
GRID = 0.5  # s between places within pauses in which nothing tells one from another
PLACES = 400  # looked back from one place: more lie in no span that a clip could have


@dataclass(frozen=True, slots=True)
class Part:
    """A clip: [start, end) in seconds, and what it ends with."""

    start: float
    end: float
    why: Why


@dataclass(frozen=True, slots=True)
class _Place:
    time: float
    cost: float
    why: Why


def split(length: float, edges: Sequence[float], voice: Voice, *, least: float, most: float) -> list[Part]:
    """Part a film of `length` seconds whose shots begin at `edges`; all of it is in a part, in order.

    Parts are `least` to `most` seconds long where that is possible without cutting a word.
    """
    places = [_Place(0.0, 0.0, "end"), *_places(length, edges, voice), _Place(length, 0.0, "end")]
    best, before = np.full(len(places), np.inf), np.zeros(len(places), np.int64)
    best[0] = 0.0
    times = np.array([one.time for one in places])
    for at in range(1, len(places)):
        first = max(0, at - PLACES)
        lengths = times[at] - times[first:at]
        total = best[first:at] + places[at].cost + _misfit(lengths, least, most)
        before[at] = first + int(total.argmin())
        best[at] = total.min()
    return _way(places, before)


def _way(places: Sequence[_Place], before: Numbers) -> list[Part]:
    parts, at = list[Part](), len(places) - 1
    while at:
        since = int(before[at])
        parts.append(Part(places[since].time, places[at].time, places[at].why))
        at = since
    return parts[::-1]


def _misfit(lengths: Signal, least: float, most: float) -> Signal:
    short = SHORT * np.clip(1 - lengths / max(least, 1e-9), 0, 1)
    # Even the slightest shortness must weigh more than what a good edge gains.
    short = np.where(lengths < least - 1e-6, short - 2 * EDGE, 0.0)
    return np.asarray(short + LONG * np.maximum(0, lengths / most - 1), np.float64)


def _places(length: float, edges: Sequence[float], voice: Voice) -> list[_Place]:
    """Every place to end a clip, in order, the film's ends left out."""
    quiet = [time for time in map(float, edges) if not (voice.talks_at(time) or voice.talks_at(time - 1 / RATE))]
    found = [_Place(time, EDGE, "shot") for time in quiet if 0 < time < length]
    pauses = [span for span in voice.pauses() if span[1] - span[0] >= LEAST_PAUSE]
    loud = sorted(set(map(float, edges)) - set(quiet))
    for start, end in pauses if len(voice.talk) else [(0.0, length)]:
        cost = PAUSE - RELIEF * min(1.0, (end - start) / LONG_PAUSE)
        free = [time for time in _within(start, end) if not _is_near(time, quiet, GRID)]
        found += [_Place(time, NEARBY if _is_near(time, loud, NEAR) else cost, "pause") for time in free]
    return sorted((one for one in found if 0 < one.time < length), key=lambda one: one.time)


def _is_near(time: float, edges: Sequence[float], reach: float) -> bool:
    after = bisect_left(edges, time)
    return any(abs(time - edge) < reach for edge in edges[max(0, after - 1) : after + 1])


def _within(start: float, end: float) -> list[float]:
    """Places in a pause: after the sound of the last word, before the next one begins."""
    low, high = start + TAIL, end - LEAD
    if high - low < GRID:
        return [(low + high) / 2]
    return [float(time) for time in np.arange(low, high, GRID)]
