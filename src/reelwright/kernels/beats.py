"""Where the beats are: a dynamic program along the course of each pulse, then the choice between the pulses.

The program finds the beats that lie on the strongest onsets while their distance stays near
the period at that moment (D. P. W. Ellis, "Beat tracking by dynamic programming", JNMR 2007,
with a tempo that may drift). No beat depends on those less than half a period back, so whole
stretches are computed at once. Beats are moved to the peak of their onset by parabola, so
that they are exact to some milliseconds and not late by a constant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import levels
from reelwright.kernels.levels import Scene
from reelwright.kernels.onsets import FPS, Onsets
from reelwright.kernels.tempo import SMOOTHING, Floats, candidates, course, pulses
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

TIGHTNESS = 100.0  # cost of a gap e times too long, in heights of a usual onset; Ellis's value
SHORTEST_GAP, LONGEST_GAP = 0.6, 1.6  # of the period
LOCK = 1.0  # height by which the chosen phase is raised when beats are placed at last
REACH = 1  # frames a beat may move to the peak of its onset; further off lies another one
FAINT = 0.05  # of the stronger quarter of beats: weaker onsets at the ends are no beats
FEWEST_STRUCK, LEAST_STRUCK = 4, 0.3  # beats, and share of them, that something begins on
SILENT = 0.05  # of the median colour, about -78 dB
NOTHING = 1e-4  # onset strength of digital noise
SAME_TEMPO = 0.04
BEYOND = 1.1  # a drifting pulse may have its middle so much outside of the tempi asked for
PLACES = np.linspace(-0.2, 0.2, 21)  # of a gap, off its middle; triplets lie at 1/6
CLEAR = 0.3  # height, and height above the middle, from which on a place between beats counts; a beat has about 2
LEAN_ODDS, MOST_LEAN_ODDS = 30.0, 2.0  # log odds a gap of lean, and the most, for one phase and against the other


@dataclass(frozen=True, slots=True)
class Beats:
    times: Floats
    """Seconds."""
    bpm: float
    """The usual tempo."""
    level_confidence: float
    """0 to 1: is this the beat, and not its half or double?"""
    seen: Scene | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    beats: Floats
    course: Floats
    """The period at each frame, in frames."""
    is_shifted: bool
    lean: float = 0.0
    """How far off the middle between its beats most begins, in gaps."""


NONE = Beats(np.zeros(0), 0.0, 0.0)


def track(onsets: Onsets, *, slowest: float = 40.0, fastest: float = 240.0) -> Beats:
    """The beats of a piece whose tempo lies between `slowest` and `fastest` BPM; none if nothing begins in it."""
    if not len(onsets.strength) or float(onsets.strength.max()) < NOTHING:
        return NONE
    found = pulses(onsets.strength)
    seen = levels.scene(onsets, found)
    tried = tried_levels(seen, slowest, fastest)
    if not tried:
        return NONE
    shares = swung(levels.likelihoods(np.array([levels.evidence(seen, one.beats) for one in tried])), tried)
    best = tried[int(shares.argmax())]
    bpm = _bpm(best.beats)
    sure = sum(
        share for share, one in zip(shares, tried, strict=True) if abs(np.log(_bpm(one.beats) / bpm)) < SAME_TEMPO
    )
    times = _kept(onsets, _exact(onsets, _locked(found.novelty, best)))
    return Beats(times, _bpm(times), float(sure), seen) if len(times) > 1 else NONE


def tried_levels(seen: Scene, slowest: float, fastest: float) -> list[Candidate]:
    """The beats of every pulse that may be the beat, each followed by its other phase: what lies between them."""
    novelty = seen.pulses.novelty
    tried: list[Candidate] = []
    for period in candidates(seen.pulses, slowest, fastest):
        periods = course(seen.pulses, period)
        beats = placed(novelty, periods) / FPS
        is_new = all(abs(np.log(np.median(periods) / np.median(one.course))) > SAME_TEMPO for one in tried)
        usual = 60 * FPS / float(np.median(periods))
        is_inside = slowest / BEYOND <= usual <= fastest * BEYOND
        if len(beats) > levels.FEWEST and is_new and is_inside:
            lean = _lean(novelty, beats)
            others = beats[:-1] + (0.5 + lean) * np.diff(beats)
            tried += [Candidate(beats, periods, False, lean), Candidate(others, periods, True, -lean)]
    return tried


def _lean(novelty: Floats, beats: Floats) -> float:
    """How far off the middle between two beats most begins, in gaps; 0 where it is the middle, or no clear place.

    Eighths are swung late, never early: seen from the beat the others lean to the next one, seen from those the beats
    lean back.
    """
    moved = beats[:-1] + np.multiply.outer(0.5 + PLACES, np.diff(beats))
    frames = np.clip(np.round(moved * FPS).astype(int), 0, len(novelty) - 1)
    gain = ndimage.uniform_filter1d(novelty, 3)[frames].mean(axis=1)
    best = int(gain.argmax())
    is_peak = 0 < best < len(gain) - 1
    is_clear = gain[best] > CLEAR and gain[best] - gain[len(gain) // 2] > CLEAR
    return float(PLACES[best]) if is_peak and is_clear else 0.0


def swung(shares: Floats, tried: Sequence[Candidate]) -> Floats:
    """The likelihoods [candidates] with what `lean` tells of each pulse and its other phase; their sum stays."""
    told = np.clip(LEAN_ODDS * np.array([one.lean for one in tried]), -MOST_LEAN_ODDS, MOST_LEAN_ODDS)
    raised = (shares * np.exp(told)).reshape(-1, 2)
    whole = shares.reshape(-1, 2).sum(axis=1, keepdims=True)
    found: Floats = (raised * whole / np.maximum(raised.sum(axis=1, keepdims=True), 1e-300)).ravel()
    return found


def placed(novelty: Floats, periods: Floats) -> NDArray[np.intp]:
    """Frames of the beats: `novelty` [n] gained by them less the cost of gaps other than `periods` [n], in frames."""
    n = len(novelty)
    lags = np.arange(max(2, int(SHORTEST_GAP * periods.min())), int(LONGEST_GAP * periods.max()) + 2)
    least, most = int(lags[0]), int(lags[-1])
    total = np.full(n + most, -np.inf)  # `most` frames before the first, from which nothing can come
    back = np.full(n, -1)
    cost = np.log(lags)[None]
    for start in range(0, n, least):
        at = np.arange(start, min(n, start + least))
        came = total[most + at[:, None] - lags[None]] - TIGHTNESS * np.square(cost - np.log(periods[at])[:, None])
        best = came.argmax(axis=1)
        gain = came[np.arange(len(at)), best]
        is_first = (gain < 0) & (at < 2 * periods[at])
        total[most + at] = novelty[at] + np.where(is_first, 0.0, gain)
        back[at] = np.where(is_first, -1, at - lags[best])
    last = max(0, n - int(periods[-1]))
    beat = last + int(total[most + last :].argmax())
    beats = []
    while beat >= 0:
        beats.append(beat)
        beat = int(back[beat])
    return np.array(beats[::-1])


def _locked(novelty: Floats, chosen: Candidate) -> Floats:
    """Beats of the chosen phase, in seconds. Half-way ones are placed anew: they were only means so far."""
    if not chosen.is_shifted:
        return chosen.beats
    raised = np.zeros(len(novelty))
    raised[np.clip(np.round(chosen.beats * FPS).astype(int), 0, len(novelty) - 1)] = 1.0
    width = float(np.median(chosen.course)) / 12
    bumps = ndimage.gaussian_filter1d(raised, width) * width * np.sqrt(2 * np.pi)
    # What lies elsewhere is not seen: the other phase may be the louder one.
    return placed(bumps * (novelty + LOCK), chosen.course) / FPS


def _exact(onsets: Onsets, times: Floats) -> Floats:
    """Moved to the top of the onset nearby, between the frames too; beats without one stay."""
    smooth = ndimage.gaussian_filter1d(onsets.strength.astype(np.float64), SMOOTHING)
    frames = np.round(times * FPS).astype(int)
    around = np.clip(frames[:, None] + np.arange(-REACH, REACH + 1), 0, len(smooth) - 1)
    top = around[np.arange(len(frames)), smooth[around].argmax(axis=1)]
    left, middle, right = (smooth[np.clip(top + step, 0, len(smooth) - 1)] for step in (-1, 0, 1))
    is_peak = (middle >= left) & (middle >= right) & (middle > 0)
    bend = left - 2 * middle + right
    part = np.where(is_peak & (bend < 0), 0.5 * (left - right) / np.where(bend < 0, bend, -1.0), 0.0)
    moved: Floats = np.where(is_peak, (top + part) / FPS, times)
    return np.maximum(moved, 0.0)


def _kept(onsets: Onsets, times: Floats) -> Floats:
    """Without the faint ones at the ends and those in silence."""
    if not len(times):
        return times
    strength = ndimage.maximum_filter1d(onsets.strength, 2 * levels.NEAR + 1)
    at = strength[np.clip(np.round(times * FPS).astype(int), 0, len(strength) - 1)]
    usual = np.sort(at)[-(len(at) // 4 + 1) :].mean()
    clear = np.flatnonzero(at > FAINT * usual)
    if len(clear) < max(FEWEST_STRUCK, LEAST_STRUCK * len(at)):
        return times[:0]  # a steady sound begins and ends, and that is all
    inner = times[clear[0] : clear[-1] + 1]
    sound = onsets.colours.astype(np.float32).mean(axis=1)
    heard = ndimage.maximum_filter1d(sound, int(levels.COLOUR_FPS))
    is_heard = heard[np.clip((inner * levels.COLOUR_FPS).astype(int), 0, len(heard) - 1)] > SILENT * np.median(sound)
    kept: Floats = inner[is_heard]
    return kept


def pulse(onsets: Onsets, times: Floats) -> float:
    """How far the onsets on the beats stand out from the mean of all: 0 to 1."""
    if len(times) < 2:
        return 0.0
    near = ndimage.maximum_filter1d(onsets.strength, 2 * levels.NEAR + 1).astype(np.float64)
    inner = near[int(times[0] * FPS) : int(times[-1] * FPS) + 1]
    on, usual = near[np.clip(np.round(times * FPS).astype(int), 0, len(near) - 1)].mean(), inner.mean()
    return float(np.clip((on - usual) / (on + usual + 1e-12), 0, 1))


def _bpm(times: Floats) -> float:
    """From the mean of the middle half of the gaps: their median would be as coarse as the frames."""
    gaps = np.sort(np.diff(times))
    if not len(gaps):
        return 0.0
    quarter = len(gaps) // 4
    return float(60 / gaps[quarter : len(gaps) - quarter].mean())
