"""How much each moment of a film is worth showing, by what is seen, what moves and what is heard.

Four things speak for a moment: the picture is good to look at, something moves in it, somebody talks, it is louder than
the film usually is. Each is judged against the film's own level where that is what matters. Nothing here knows what
a film is about; which moments are chosen is decided in `kernels.selection`.

Moments are ticks of a tenth of a second, all arrays are float64 [ticks].
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import stills
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]

TICKS = 10  # a second
SEEN, LIVELY, SPOKEN, LOUD = 0.3, 0.35, 0.25, 0.1  # shares of the four; together 1
LEAST_SPREAD = 1.0  # of the scores of pictures, 0 to 10: below, all count as alike
STIR = 0.25  # change in a second, 0 to 3, that counts as half lively; 0.02 is a person who talks, 1 a chase
LOUDER = 12.0  # dB above the film's median that count as loud
SMOOTHING = 5  # ticks over which what is heard is averaged


def pictures(times: Sequence[float], found: Sequence[stills.Still], length: int) -> Signal:
    """How good the picture is to look at, 0 to 1 within this film: each measured one stands until the next."""
    if not found:
        return np.zeros(length)
    level = stills.Level.of(found)
    scores = np.array([stills.interest(one, level) for one in found])
    low, high = np.quantile(scores, (0.1, 0.9))
    middle, spread = (low + high) / 2, max(LEAST_SPREAD, high - low)
    worth = np.clip(0.5 + (scores - middle) / spread, 0, 1)
    at = np.searchsorted(np.asarray(times), np.arange(length) / TICKS, side="right") - 1
    return np.asarray(worth[np.maximum(at, 0)], np.float64)


def motion(times: Sequence[float], changes: Sequence[float], length: int, cuts: Sequence[float]) -> Signal:
    """How much moves, 0 to 1. `changes`: of each frame from the one before (`kernels.shots`); cuts are no motion."""
    stamps, moved = np.asarray(times, np.float64), np.asarray(changes, np.float64).copy()
    near = np.searchsorted(stamps, np.asarray(cuts, np.float64))
    for beside in (-1, 0, 1):
        index = near + beside
        moved[index[(index >= 0) & (index < len(moved))]] = 0
    ticks = np.minimum((stamps * TICKS).astype(np.int64), length - 1)
    # Means of a second, whatever the frame rate: the change of each frame is that of the time it took.
    in_second = ndimage.uniform_filter1d(np.bincount(ticks, moved, length) * TICKS, TICKS, mode="nearest")
    return np.asarray(in_second / (in_second + STIR), np.float64)


def sound(talk: Flags, level: Signal) -> tuple[Signal, Signal]:
    """How much of the time around each tick is talk, 0 to 1, and how much louder than usual it is, 0 to 1.

    `talk`: bool [ticks]; `level`: dB [ticks], -inf where nothing was recorded.
    """
    spoken = ndimage.uniform_filter1d(talk.astype(np.float64), SMOOTHING, mode="nearest")
    heard = level[np.isfinite(level)]
    if not len(heard):
        return spoken, np.zeros(len(level))
    above = np.where(np.isfinite(level), level - np.median(heard), 0)
    loud = np.clip(ndimage.uniform_filter1d(above, SMOOTHING, mode="nearest") / LOUDER, 0, 1)
    return spoken, np.asarray(loud, np.float64)


def worth(seen: Signal, lively: Signal, spoken: Signal, loud: Signal) -> Signal:
    """The four together, 0 to 1."""
    return SEEN * seen + LIVELY * lively + SPOKEN * spoken + LOUD * loud
