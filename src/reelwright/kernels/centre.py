"""Where in the stereo picture the voice stands: its direction, and what is left beside it.

A singer is mixed to one point, mostly the centre, and almost all of an accompaniment around
it. `Direction` is that point, `split` turns left and right into what is there and what is not
(mid and side, where the point is the centre). The direction is the peak of the histogram of
the principal axes of all cells, as in A. Jourjine, S. Rickard and O. Yilmaz, "Blind
separation of disjoint orthogonal signals", ICASSP 2000, with levels alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.stft import Analysis, Samples, Spectra, frame_length

VOICED = (200.0, 4000.0)  # Hz in which the direction is looked for
STEP = 0.5  # degrees of the histogram
CENTRE = 45.0
FARTHEST = 15.0  # degrees from the centre; farther out it is an instrument
SNAPPED = 1.0  # degrees around the centre that are the centre
SILENT = 1e-4  # of the power of the other channel, -40 dB
NARROW = 1e-4  # of the power in the direction: what is beside it tells nothing then


@dataclass(frozen=True, slots=True)
class Direction:
    """A point between the loudspeakers: 0 is left, 45 the centre, 90 right. `width`: power beside it, by that in it."""

    degrees: float = CENTRE
    width: float = 0.0

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROW

    @property
    def gains(self) -> tuple[float, float]:
        """Left and right of a sound of level 1 there; (1, 1) in the centre."""
        angle = np.radians(self.degrees)
        return float(np.sqrt(2) * np.cos(angle)), float(np.sqrt(2) * np.sin(angle))


def split(stereo: Spectra, direction: Direction) -> tuple[Spectra, Spectra]:
    """complex64 [2, frames, bins] -> (what is in the direction, what is beside it), [frames, bins] each."""
    left, right = (np.float32(gain / 2) for gain in direction.gains)
    return left * stereo[0] + right * stereo[1], right * stereo[0] - left * stereo[1]


class DirectionMeter:
    """Finds the direction of float32 [2, n] blocks; a few kilobytes for any length."""

    def __init__(self, rate: int) -> None:
        length = frame_length(rate)
        low, high = (round(hertz * length / rate) for hertz in VOICED)
        self._analysis = Analysis(2, length)
        self._voiced = slice(max(1, low), max(2, min(high, length // 2)))
        self._counts = np.zeros(round(2 * CENTRE / STEP) + 1)
        self._left = self._right = self._cross = 0.0

    def push(self, samples: Samples) -> None:
        left, right = samples.astype(np.float64)
        self._left += float(left @ left)
        self._right += float(right @ right)
        self._cross += float(left @ right)
        left, right = self._analysis.push(samples)[:, :, self._voiced]
        self._count(_power(left), _power(right), (left * right.conj()).real.astype(np.float64))

    def _count(self, left: NDArray[np.float64], right: NDArray[np.float64], cross: NDArray[np.float64]) -> None:
        degrees = np.degrees(np.arctan2(2 * cross, left - right)) / 2
        index = np.rint(degrees / STEP).astype(np.intp)
        is_between = (index >= 0) & (index < len(self._counts))  # below 0 the channels are in opposition
        weight = np.sqrt(left + right)
        self._counts += np.bincount(index[is_between], weight[is_between], minlength=len(self._counts))

    def direction(self) -> Direction:
        """What was found so far; silence has none, and stands in the centre."""
        degrees = self._degrees()
        left, right = Direction(degrees).gains
        inside = (left * left * self._left + right * right * self._right + 2 * left * right * self._cross) / 4
        beside = (right * right * self._left + left * left * self._right - 2 * left * right * self._cross) / 4
        return Direction(degrees, max(0.0, beside) / max(inside, 1e-30))

    def _degrees(self) -> float:
        if self._left <= SILENT * self._right or self._right <= SILENT * self._left:
            return CENTRE if self._left == self._right else 90.0 * (self._right > self._left)
        smooth = np.convolve(self._counts, np.hanning(7), mode="same")
        first, last = (round((CENTRE + off) / STEP) for off in (-FARTHEST, FARTHEST))
        peak = first + int(np.argmax(smooth[first : last + 1]))
        found = peak * STEP
        # At the border it is the slope of something farther out.
        return CENTRE if peak in (first, last) or abs(found - CENTRE) <= SNAPPED else found


def _power(spectra: Spectra) -> NDArray[np.float64]:
    return np.square(spectra.real, dtype=np.float64) + np.square(spectra.imag, dtype=np.float64)
