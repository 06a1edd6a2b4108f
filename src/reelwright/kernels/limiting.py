"""True peaks, and a look-ahead limiter that keeps them below a ceiling, in a stream.

Between two samples a sound can rise above both; ITU-R BS.1770-5, Annex 2 looks for that at
four times 48 kHz, and lower rates are looked at as finely here. The limiter turns down before
a peak comes, so that no edge is cut off: the gain each sample needs is spread forward over
the look-ahead by a sliding minimum, let go in a straight line of decibels, and rounded by a
window of the same length, which therefore reaches the needed gain just at the peak. All
channels share one gain, so that sounds keep their places. Where nothing is too loud the
samples pass untouched.
"""

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage, signal
else:
    ndimage, signal = lazy("scipy.ndimage"), lazy("scipy.signal")

Samples = NDArray[np.float32]

FINE_RATE = 176_400  # Hz, at the least: four times 44.1 kHz
REACH = 12  # samples on each side that an interpolated value is made of
KAISER = 6.0  # 65 dB of image rejection
LOOK_AHEAD = 0.005  # seconds
RELEASE = 60.0  # dB/s: 6 dB of reduction are gone after 0.1 s; faster lets the bass be heard as distortion
DEEPEST = -120.0  # dB: what a gain of zero is counted as


def oversampling(rate: int) -> int:
    """How many values stand for a sample of `rate` Hz: 4 from 44.1 kHz on, more below; always even."""
    return max(4, 2 * math.ceil(FINE_RATE / rate / 2))


@cache
def interpolator(times: int) -> NDArray[np.float32]:
    """A low-pass for `times` the rate, float32 [2 * times * REACH + 1], symmetric; phase 0 keeps the samples."""
    half = times * REACH
    at = np.arange(-half, half + 1)
    return (np.sinc(at / times) * np.kaiser(2 * half + 1, KAISER)).astype(np.float32)


class PeakScan:
    """True peak around each sample at `rate` Hz, over all channels, `REACH` samples late.

    `push` takes float32 [channels, n] and gives float32 [m]: the greatest magnitude between half a sample
    before and half a sample after; the outputs together, `flush` included, are as long as the input.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._times = oversampling(rate)
        self._held = np.zeros((channels, REACH), np.float32)

    def push(self, samples: Samples) -> Samples:
        held = np.concatenate([self._held, samples], axis=1)
        count = held.shape[1] - 2 * REACH
        if count <= 0:
            self._held = held
            return np.zeros(0, np.float32)
        self._held = held[:, count:]
        times = self._times
        fine = np.abs(signal.upfirdn(interpolator(times), held, up=times, axis=1)).max(axis=0)
        first = 2 * REACH * times - times // 2
        around = fine[first : first + count * times + 1]
        peaks: Samples = np.maximum(around[:-1].reshape(count, times).max(axis=1), around[times::times])
        return peaks

    def flush(self) -> Samples:
        return self.push(np.zeros((self._held.shape[0], REACH), np.float32))


class PeakMeter:
    """The true peak of all that was pushed, float32 [channels, n] at `rate` Hz."""

    def __init__(self, rate: int, channels: int) -> None:
        self._scan = PeakScan(rate, channels)
        self._most = 0.0

    def push(self, samples: Samples) -> None:
        self._most = max(self._most, float(self._scan.push(samples).max(initial=0.0)))

    def peak(self) -> float:
        """Linear, full scale is 1. Ends the meter."""
        return max(self._most, float(self._scan.flush().max(initial=0.0)))


class Limiter:
    """Hold float32 [channels, n] blocks at `rate` Hz below a true peak of `ceiling` (linear), after a `gain`.

    The outputs come late; together with `flush` they are as long as the input and aligned with it.
    `deepest` tells the greatest reduction so far (dB, 0 or less).
    """

    def __init__(self, rate: int, channels: int, *, ceiling: float, gain: float = 1.0) -> None:
        self._ceiling, self._gain = ceiling, np.float32(gain)
        self._scan = PeakScan(rate, channels)
        self._waiting = np.zeros((channels, 0), np.float32)
        self._envelope = GainEnvelope(rate)
        self.deepest = 0.0

    def push(self, samples: Samples) -> Samples:
        louder = samples * self._gain
        self._waiting = np.concatenate([self._waiting, louder], axis=1)
        return self._turned_down(self._needed(self._scan.push(louder)))

    def flush(self) -> Samples:
        rest = self._needed(self._scan.flush())
        # Silence for a future lets the last gains come out of the envelope.
        return self._turned_down(np.concatenate([rest, np.zeros(self._envelope.delay)]))

    def _needed(self, peaks: Samples) -> NDArray[np.float64]:
        """The gain (dB) that brings each peak to the ceiling; 0 where it is below."""
        return -20 * np.log10(np.maximum(peaks.astype(np.float64) / self._ceiling, 1.0))

    def _turned_down(self, needed: NDArray[np.float64]) -> Samples:
        gains = self._envelope.push(needed)
        out, self._waiting = self._waiting[:, : len(gains)], self._waiting[:, len(gains) :]
        if not len(gains) or gains.min() >= 0.0:
            return out
        self.deepest = min(self.deepest, float(gains.min()))
        turned: Samples = out * np.power(10.0, gains[: out.shape[1]] / 20).astype(np.float32)
        return turned


class GainEnvelope:
    """From needed gains (dB, 0 or less) to a smooth curve that is never above them; `delay` samples late."""

    def __init__(self, rate: int) -> None:
        self._reach = max(1, round(rate * LOOK_AHEAD))
        window = np.hanning(self._reach + 2)[1:-1]
        self._window = window / window.sum()
        self._slope = RELEASE / rate
        self._ahead = np.zeros(self._reach - 1)
        self._past = np.zeros(self._reach - 1)
        self._last = 0.0
        self._skipped = self._reach - 1

    @property
    def delay(self) -> int:
        return self._reach - 1

    def push(self, needed: NDArray[np.float64]) -> NDArray[np.float64]:
        """float64 [n] -> float64 [n], or less at the beginning."""
        held = np.concatenate([self._ahead, needed])
        self._ahead = held[len(needed) :]
        if not len(needed):
            return needed
        if self._last == 0.0 and not self._past.any() and not held.any():
            smooth = needed  # all 0: nothing near is too loud
        else:
            smooth = self._smoothed(self._released(_least_ahead(held, self._reach)))
        skipped = min(self._skipped, len(smooth))
        self._skipped -= skipped
        return smooth[skipped:]

    def _released(self, least: NDArray[np.float64]) -> NDArray[np.float64]:
        """Falls at once, rises by the slope: the lower hull of lines that rise from every value before."""
        rising = self._slope * np.arange(1, len(least) + 1)
        hull = np.minimum.accumulate(np.concatenate([[self._last], least - rising]))[1:] + rising
        self._last = float(hull[-1])
        held: NDArray[np.float64] = np.minimum(hull, 0.0)
        return held

    def _smoothed(self, gains: NDArray[np.float64]) -> NDArray[np.float64]:
        held = np.concatenate([self._past, gains])
        self._past = held[len(gains) :]
        # Rounding may leave a trace above 0, which would count as a gain.
        smooth: NDArray[np.float64] = signal.oaconvolve(held, self._window, "valid")
        return smooth.clip(max=0.0)


def _least_ahead(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """The least of each `size` values in a row: float64 [n + size - 1] -> float64 [n]."""
    if size == 1:
        return values
    least: NDArray[np.float64] = ndimage.minimum_filter1d(values, size, mode="nearest")
    return least[size // 2 : size // 2 + len(values) - size + 1]


def decibels(amplitude: float) -> float:
    """20 log10, `DEEPEST` at least."""
    return max(DEEPEST, 20 * math.log10(amplitude)) if amplitude > 0 else DEEPEST


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))
