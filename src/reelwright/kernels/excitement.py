"""Which moments of a film are its highlights, by what moves and what is heard.

Six signs, each told against the film's own usual, because a match is louder than a play all the time: motion, level,
onsets, cheering, a raised voice, and the pace of cuts. What kind of film it is says how much each counts. A window's
score is the mean excitement within it; windows do not overlap, begin and end where a cut does no harm, and in sports
begin early enough to show what the crowd cheers about.

Source: highlights of sports by audio energy, cheering and excited speech (Y. Rui, A. Gupta and A. Acero,
"Automatically extracting highlights for TV baseball programs", ACM Multimedia 2000), with motion and pace of cuts as
A. Hanjalic ("Adaptive extraction of highlights from a sport video based on excitement modeling", IEEE Trans.
Multimedia 7, 2005). What happens is not understood. Where somebody else judged what is said, that is a seventh sign
(`Signs.with_words`), which weighs as much as all others together.

Signals are float64 [ticks] of a tenth of a second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.cut_points import Points
from reelwright.kernels.importance import TICKS
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["any", "drama", "sports"]
Sign = Literal["motion", "level", "onsets", "cheering", "raised voice", "pace", "words"]

WEIGHTS: Mapping[Kind, Mapping[Sign, float]] = {
    "any": {"motion": 0.25, "level": 0.2, "onsets": 0.1, "cheering": 0.2, "raised voice": 0.15, "pace": 0.1},
    "drama": {"motion": 0.2, "level": 0.25, "onsets": 0.1, "cheering": 0.0, "raised voice": 0.3, "pace": 0.15},
    "sports": {"motion": 0.2, "level": 0.15, "onsets": 0.05, "cheering": 0.4, "raised voice": 0.2, "pace": 0.0},
}
SAID = 0.5  # of the whole, where what is said was judged
LOUDER = 12.0  # dB above the film's usual that count in full
RAISED = 8.0  # dB above the usual level of talk that count as a raised voice
CHEERED = 10.0  # dB above the film's usual at which a noise is a cheer
FLAT_FROM, FLAT_TO = 0.35, 0.65  # noisiness: below a voice or a tune, above many at once
MOVED = 0.4  # of the scale of motion above the usual that counts in full
SUDDEN = 1.5  # times the usual strength of onsets, above it, that count in full
CUTS_AROUND, CUTS = 6.0, 3  # s; so many cuts within them, above the usual, are a quick pace
LASTING = 1.0  # s over which a sign is averaged: what is shorter is an accident
CARRIED = 0.5  # of one sign alone, so that two signs together count for more than their sum
LEAD = 5.0  # s before a cheer that show what it is for
PEAK = 0.35  # of a window's score that its best second makes up
REACH = 0.25  # of a window's length that its edges may move to a better place for a cut
COST, ODD = 0.15, 0.1  # what a bad cut costs of the score; what a length twice that wanted does
TELLING = 0.25  # of its full strength from which a sign is named as a reason
NOTHING = 0.02  # score below which nothing stands out


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for each moment, 0 to 1 each, by name."""

    found: Mapping[Sign, Signal]

    def excitement(self, kind: Kind) -> Signal:
        """All of them together, 0 to 1."""
        length = len(next(iter(self.found.values())))
        total, best = np.zeros(length), np.zeros(length)
        for name, weight in WEIGHTS[kind].items():
            signal = self._led(name) if kind == "sports" else self.found[name]
            total += weight * signal
            best = np.maximum(best, weight * signal)
        measured = np.asarray(total - CARRIED * best * (1 - total), np.float64)
        return measured if "words" not in self.found else (1 - SAID) * measured + SAID * self.found["words"]

    def with_words(self, passages: Sequence[tuple[float, float, float]]) -> "Signs":
        """The same with passages (start, end in seconds, score 0 to 1) of which somebody said that they tell much."""
        signal = np.zeros(len(next(iter(self.found.values()))))
        for start, end, score in passages:
            span = slice(round(start * TICKS), round(end * TICKS))
            signal[span] = np.maximum(signal[span], score)
        return Signs({**self.found, "words": signal})

    def _led(self, name: Sign) -> Signal:
        """The crowd cheers after the deed."""
        signal = self.found[name]
        if name not in ("cheering", "raised voice"):
            return signal
        ticks = round(LEAD * TICKS)
        ahead = ndimage.maximum_filter1d(signal, ticks, origin=-(ticks // 2), mode="constant")
        return np.asarray(np.maximum(signal, 0.6 * ahead), np.float64)

    def reasons(self, start: float, end: float, kind: Kind) -> tuple[Sign, ...]:
        """The signs that make a window stand out, the weightiest first; at least one."""
        span = slice(round(start * TICKS), max(round(start * TICKS) + 1, round(end * TICKS)))
        peaks = {name: float(signal[span].max(initial=0.0)) for name, signal in self.found.items()}
        weights = {"words": SAID, **WEIGHTS[kind]}
        weighed = sorted(peaks, key=lambda name: -weights[name] * peaks[name])
        telling = [name for name in weighed if peaks[name] >= TELLING and weights[name]]
        return tuple(telling or weighed[:1])


def signs(
    *,
    lively: Signal,
    talk: Flags,
    level: Signal,
    band: Signal,
    noisiness: Signal,
    onsets: Signal,
    cuts: Sequence[float],
) -> Signs:
    """`lively`: motion 0 to 1 (`importance.motion`). `talk`, `level` (dB, -inf where nothing is): what is heard.

    `band`, `noisiness`: of `kernels.crowd`. `onsets`: mean strength of each tick. `cuts`: seconds. All but `cuts` are
    of one length.
    """
    length = len(lively)
    heard = np.isfinite(level)
    loud = _above(level, heard, LOUDER)
    sudden = onsets / max(float(np.median(onsets[onsets > 0])) if (onsets > 0).any() else 0.0, 1e-9) - 1
    return Signs(
        {
            "motion": _lasting(np.clip((lively - _usual(lively)) / MOVED, 0, 1)),
            "level": _lasting(loud),
            "onsets": _lasting(np.clip(sudden / SUDDEN, 0, 1) * (loud > 0)),
            "cheering": cheering(band, noisiness, heard),
            "raised voice": _lasting(np.where(talk, _above(level, talk & heard, RAISED), 0.0)),
            "pace": _pace(cuts, length),
        }
    )


def cheering(band: Signal, noisiness: Signal, heard: Flags) -> Signal:
    """How much each tick sounds like a crowd louder than usual, 0 to 1. `band`, `noisiness`: of `kernels.crowd`."""
    noisy = np.clip((noisiness - FLAT_FROM) / (FLAT_TO - FLAT_FROM), 0, 1)
    return _lasting(noisy * _above(band, heard, CHEERED))


def _usual(signal: Signal) -> float:
    return float(np.median(signal)) if len(signal) else 0.0


def _above(level: Signal, counted: Flags, full: float) -> Signal:
    """How far a level is above its median where it counts: 0 to 1 at `full` dB."""
    if not counted.any():
        return np.zeros(len(level))
    usual = float(np.median(level[counted]))
    return np.asarray(np.clip((np.where(np.isfinite(level), level, usual) - usual) / full, 0, 1), np.float64)


def _lasting(signal: Signal) -> Signal:
    return np.asarray(ndimage.uniform_filter1d(signal, round(LASTING * TICKS), mode="nearest"), np.float64)


def _pace(cuts: Sequence[float], length: int) -> Signal:
    at = np.minimum((np.asarray(cuts, np.float64) * TICKS).astype(np.int64), max(0, length - 1))
    width = round(CUTS_AROUND * TICKS)
    around = ndimage.uniform_filter1d(np.bincount(at, minlength=length).astype(np.float64), width) * width
    return np.asarray(np.clip((around - _usual(around)) / CUTS, 0, 1), np.float64)


# ---- Windows


@dataclass(frozen=True, slots=True)
class Window:
    """A highlight: [start, end) in seconds and its score, 0 to 1."""

    start: float
    end: float
    score: float


def choose(excitement: Signal, points: Points, *, count: int, length: float) -> list[Window]:
    """Up to `count` windows of about `length` seconds, the best first; they do not overlap.

    `points`: the places where the film may be cut. A film that is shorter than a window is one; where nothing stands
    out the best window comes back alone.
    """
    scale = _Scale(excitement)
    whole = float(points.times[-1]) if len(points.times) else len(excitement) / TICKS
    if whole <= length * (1 + REACH):
        return [Window(0.0, whole, scale.score(0.0, whole))]
    free = np.ones(len(excitement), bool)
    found: list[Window] = []
    while len(found) < count:
        window = _best(scale, free, points, length)
        if window is None or (found and window.score < NOTHING):
            break
        found.append(window)
        free[max(0, int(window.start * TICKS)) : int(np.ceil(window.end * TICKS))] = False
    return found


class _Scale:
    """Scores windows: mean excitement and the best second."""

    def __init__(self, excitement: Signal) -> None:
        self._sums = np.concatenate([[0.0], np.cumsum(excitement)])
        self._lasting = _lasting(excitement)
        self.length = len(excitement)

    def score(self, start: float, end: float, wanted: float = 0.0) -> float:
        """`wanted`: the length a window should have; a shorter one is not better for leaving out what is around."""
        first = min(int(start * TICKS), max(0, self.length - 1))
        last = min(self.length, max(first + 1, int(end * TICKS)))
        if last <= first:
            return 0.0
        mean = (self._sums[last] - self._sums[first]) / max(last - first, wanted * TICKS)
        return float((1 - PEAK) * mean + PEAK * self._lasting[first:last].max())

    def around(self, ticks: int) -> Signal:
        """The score of the window around each tick."""
        mean = ndimage.uniform_filter1d(np.diff(self._sums), ticks, mode="constant")
        peak = ndimage.maximum_filter1d(self._lasting, ticks, mode="constant")
        return np.asarray((1 - PEAK) * mean + PEAK * peak, np.float64)


def _best(scale: _Scale, free: Flags, points: Points, length: float) -> Window | None:
    """The best window of free ticks, with its edges moved to where a cut does least harm."""
    ticks = round(length * TICKS)
    room = ndimage.minimum_filter1d(free, ticks, mode="constant", cval=0)
    score = np.where(room, scale.around(ticks), -1.0)
    if score.max(initial=-1.0) < 0:
        return None
    # Where many windows hold the same moment, the one that has it in its middle.
    best = np.flatnonzero(score >= score.max() - 1e-9)
    middle = float(best[len(best) // 2]) / TICKS
    return _moved(scale, points, middle - length / 2, middle + length / 2, _free_around(free, middle))


def _free_around(free: Flags, time: float) -> tuple[float, float]:
    at = min(len(free) - 1, int(time * TICKS))
    before, after = np.flatnonzero(~free[:at]), np.flatnonzero(~free[at:])
    low = (before[-1] + 1) / TICKS if len(before) else 0.0
    return low, (at + after[0]) / TICKS if len(after) else float("inf")


def _moved(scale: _Scale, points: Points, start: float, end: float, within: tuple[float, float]) -> Window:
    length, reach = end - start, REACH * (end - start)
    at = points.times
    inside = (at >= within[0] - 1e-9) & (at <= within[1] + 1e-9)
    begins = np.flatnonzero(inside & (np.abs(at - start) <= reach))
    ends = np.flatnonzero(inside & (np.abs(at - end) <= reach))
    low, high = max(within[0], start, 0.0), min(within[1], end, scale.length / TICKS)
    best, window = -np.inf, Window(low, high, scale.score(low, high))
    for first in begins:
        for last in ends[at[ends] - at[first] >= length / 2]:
            span = float(at[first]), float(at[last])
            odd = abs((span[1] - span[0]) / length - 1)
            value = scale.score(*span, length) - COST * float(points.begin[first] + points.end[last]) - ODD * odd
            if value > best:
                best, window = value, Window(*span, scale.score(*span))
    return window
