"""How loud a sound is, and how loud the noise under it: counted in a stream, a few kilobytes for any length.

Levels of 20 ms frames go into a histogram. The noise is the level that a tenth of the
frames do not reach, since speech leaves gaps; the estimated signal-to-noise ratio is what
the rest of the energy makes over it. Both are estimates: noise that comes and goes is
underrated, and in a sound without pauses the quietest speech counts as noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAME_SECONDS = 0.02
QUIET = 0.1  # share of the frames that counts as noise alone
LOWEST, STEP = -100.0, 0.25  # dBFS, dB: below 16 bits of silence; finer than any use
HIGHEST_SNR = 100.0
CLIPPED = 1.0 - 1.0 / 32768  # from the last step of 16 bits on


@dataclass(frozen=True, slots=True)
class Levels:
    """dBFS are of the root mean square of all channels, full scale 1; `peak` is linear."""

    noise_dbfs: float
    snr_db: float
    peak: float
    clipped: int
    """Samples at full scale."""


class Meter:
    """Counts float32 [channels, n] blocks at `rate` Hz."""

    def __init__(self, rate: int) -> None:
        self._frame = max(1, round(rate * FRAME_SECONDS))
        self._counts = np.zeros(round((3 - LOWEST) / STEP) + 1, np.int64)
        self._rest = np.zeros(0, np.float64)
        self._energy, self._samples = 0.0, 0
        self._peak, self._clipped = 0.0, 0

    def push(self, samples: NDArray[np.float32]) -> None:
        if not samples.size:
            return
        size = np.abs(samples)
        self._peak = max(self._peak, float(size.max()))
        self._clipped += int(np.count_nonzero(size >= CLIPPED))
        power = np.mean(np.square(samples, dtype=np.float64), axis=0)
        self._energy += float(power.sum())
        self._samples += len(power)
        held = np.concatenate([self._rest, power])
        whole = len(held) - len(held) % self._frame
        self._count(held[:whole].reshape(-1, self._frame).mean(axis=1))
        self._rest = held[whole:]

    def levels(self) -> Levels:
        """What was counted so far; silence has the lowest noise level and no ratio (0 dB)."""
        mean = self._energy / max(1, self._samples)
        noise = self._noise() if self._counts.any() else decibels(mean)
        power = 10 ** (noise / 10)
        speech = mean - power
        snr = decibels(speech) - noise if speech > power / 1000 else 0.0
        return Levels(noise, float(np.clip(snr, 0.0, HIGHEST_SNR)), self._peak, self._clipped)

    def _count(self, powers: NDArray[np.float64]) -> None:
        dbfs = 10 * np.log10(np.maximum(powers, 10 ** (LOWEST / 10)))
        index = np.clip(np.rint((dbfs - LOWEST) / STEP), 0, len(self._counts) - 1).astype(int)
        self._counts += np.bincount(index, minlength=len(self._counts))

    def _noise(self) -> float:
        below = np.searchsorted(np.cumsum(self._counts), QUIET * self._counts.sum())
        return LOWEST + STEP * float(below)


def decibels(power: float) -> float:
    """10 log10 of a power, `LOWEST` at least."""
    return max(LOWEST, 10 * float(np.log10(max(power, 1e-30))))
