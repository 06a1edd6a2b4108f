"""How fast the pulses of a piece are, and how each of them drifts.

Onsets are put on one scale (loud and soft passages count alike) and windows of ten seconds
are correlated with themselves. A pulse of period p shows at p and its multiples, so the
candidates are the peaks of such a comb, and what lies an octave, a third or a fifth away
from them: beat trackers fail at the choice between these, not at finding them (D. P. W.
Ellis, "Beat tracking by dynamic programming", JNMR 2007; G. Percival, G. Tzanetakis, "Streamlined
tempo estimation based on autocorrelation and cross-correlation with pulses", IEEE TASLP 2014).
The course of one pulse is the smoothest strong path through its neighbourhood (Viterbi).
Which pulse is the beat is for `kernels.levels` to say.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.onsets import FPS, Curve
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft, ndimage
else:
    fft, ndimage = lazy("scipy.fft"), lazy("scipy.ndimage")

Floats = NDArray[np.float64]

WINDOW, HOP = 10 * FPS, 2 * FPS  # frames
SMOOTHING = 1.5  # frames: strokes meant together come within 20 ms
LOUDNESS_SPAN = 3 * FPS  # frames over which loud and soft are evened out
LEAST_LOUDNESS = 0.15  # of the whole: what is softer is not raised to full height
SLOW_SPAN = int(0.4 * FPS)  # frames; what swells slower is no onset
STRONGEST = 4  # peaks of the comb that are looked at
RELATIVES = (1.0, 2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3)  # of the two strongest
SAME = 0.04  # periods nearer than this share are one
DRIFT = 1.4  # a pulse may be so much faster or slower in places; a new tempo in the middle of a song is seldom farther
DRIFT_STEPS = 149
DRIFT_COST = 30.0  # for a change by the factor e within HOP
MOST_COST = 5.0  # of any change: a new tempo comes at once, and then it may be far off


@dataclass(frozen=True, slots=True)
class Pulses:
    """What the tempo of a piece is read from."""

    novelty: Floats
    """[n], evened out, mean about 0; what beats are placed on."""
    correlation: Floats
    """[windows, WINDOW]: autocorrelation of each window by lag in frames, 1 at lag 0 on the mean."""


def pulses(strength: Curve) -> Pulses:
    """From onset strength, [n] at FPS."""
    novelty = _evened(strength.astype(np.float64))
    return Pulses(novelty, _correlated(np.maximum(novelty, 0)))


def candidates(found: Pulses, slowest: float, fastest: float) -> list[float]:
    """Periods in frames of pulses between `slowest` and `fastest` BPM, the strongest first."""
    grid = 60 * FPS / np.geomspace(0.9 * slowest, 1.1 * fastest, 400)
    strength = comb(found, grid, 2).mean(axis=0)
    inner = strength[1:-1]
    peaks = np.flatnonzero((inner >= strength[:-2]) & (inner > strength[2:])) + 1
    if not len(peaks):
        peaks = np.array([strength.argmax()])  # in a narrow range the strongest may be at its end
    strongest = peaks[np.argsort(-strength[peaks])][:STRONGEST]
    periods: list[float] = []
    for rank, peak in enumerate(strongest):
        for ratio in RELATIVES if rank < 2 else (1.0,):
            period = float(grid[peak] * ratio)
            is_new = all(abs(np.log(period / other)) > SAME for other in periods)
            if is_new and slowest <= 60 * FPS / period <= fastest:
                periods.append(period)
    return periods


def comb(found: Pulses, periods: Floats, teeth: int) -> Floats:
    """[windows, periods]: mean correlation at the first multiples of each period, in frames."""
    total = np.zeros((len(found.correlation), len(periods)))
    for multiple in range(1, teeth + 1):
        lag = np.minimum(periods * multiple, WINDOW - 2)
        below = lag.astype(int)
        part = lag - below
        total += found.correlation[:, below] * (1 - part) + found.correlation[:, below + 1] * part
    return total / teeth


def course(found: Pulses, period: float) -> Floats:
    """[n]: the period in frames at each frame, never further than DRIFT from `period`."""
    periods = period * DRIFT ** np.linspace(-1, 1, DRIFT_STEPS)
    strength = comb(found, periods, 4)
    strength = strength - strength.min(axis=1, keepdims=True)
    strength *= 2 / (strength.max() + 1e-9)
    cost = np.minimum(DRIFT_COST * np.abs(np.subtract.outer(np.log(periods), np.log(periods))), MOST_COST)
    path = _best_path(strength, cost)
    at = np.arange(len(path)) * HOP
    smooth: Floats = np.interp(np.arange(len(found.novelty)), at, periods[path])
    return smooth


def _best_path(strength: Floats, cost: Floats) -> NDArray[np.intp]:
    """Viterbi: states [steps] that gain most strength, [steps, states], after the cost, [states, states], of moves."""
    total, back = strength[0], []
    for row in strength[1:]:
        moved = total[:, None] - cost
        best = moved.argmax(axis=0)
        back.append(best)
        total = moved[best, np.arange(len(best))] + row
    path = [int(total.argmax())]
    for best in reversed(back):
        path.append(int(best[path[-1]]))
    return np.array(path[::-1])


def _evened(strength: Floats) -> Floats:
    smooth = ndimage.gaussian_filter1d(strength, SMOOTHING)
    loud = np.sqrt(ndimage.gaussian_filter1d(np.square(smooth), LOUDNESS_SPAN, truncate=2.5))
    even = smooth / (loud + LEAST_LOUDNESS * np.sqrt(np.mean(np.square(smooth))) + 1e-9)
    novelty: Floats = even - ndimage.uniform_filter1d(even, SLOW_SPAN)
    return novelty


def _correlated(novelty: Floats) -> Floats:
    padded = np.pad(novelty, WINDOW // 2)
    starts = np.arange(0, max(1, len(novelty)), HOP)
    window = np.hanning(WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[starts] * window
    size = 2 * WINDOW
    found = fft.irfft(np.square(np.abs(fft.rfft(frames, size, axis=1))), axis=1)[:, :WINDOW]
    # The window falls off to its ends: long lags would look weaker than they are.
    fall = fft.irfft(np.square(np.abs(fft.rfft(window, size))))[:WINDOW]
    found = found / np.maximum(fall, 0.02 * fall[0])
    even: Floats = found / (np.abs(found[:, 0]).mean() + 1e-12)
    return even
