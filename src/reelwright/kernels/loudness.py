"""How loud a sound is to the ear: K-weighted power, gated, in a stream (ITU-R BS.1770-5).

Two filters stand for the head and for the ear's loss in the bass; the weighted power of all
channels is gathered in blocks of 400 ms every 100 ms, and blocks below -70 LUFS, then those
more than 10 LU below the mean of the rest, do not count. The blocks go into a histogram that
keeps the sum of each bin, so that memory is flat and only the gate's edge is rounded, to
a twentieth of a unit. The filters are the standard's analogue prototypes at any rate, not only 48 kHz.
Loudness range and the momentary display of meters (EBU Tech 3341, 3342) are not here.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import signal
else:
    signal = lazy("scipy.signal")

Samples = NDArray[np.float32]

STEP_SECONDS = 0.1
STEPS_IN_BLOCK = 4  # 400 ms, overlapping by three quarters
OFFSET = -0.691  # dB: a 997 Hz sine at full scale in one front channel reads -3.01 LUFS
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0  # LUFS, LU
LOUDEST, BIN = 20.0, 0.05  # LUFS, LU: far beyond full scale in eight channels
SURROUND = 1.41  # power weight of channels behind or beside the listener
SURROUNDS = frozenset({"BL", "BR", "SL", "SR", "DL", "DR"})
BASS_ONLY = frozenset({"LFE", "LFE2"})
# The standard's 48 kHz coefficients as analogue prototypes: corner (Hz), quality, gain (dB).
SHELF = (1681.974450955533, 0.7071752369554196, 3.999843853973347)
SHELF_BAND = 0.4996667741545416  # exponent of the band gain that gives the standard's middle coefficient
HIGH_PASS = (38.13547087602444, 0.5003270373238773)


def weights(names: Sequence[str]) -> NDArray[np.float64]:
    """Power weights [channels] by the speakers' names (FL, FR, FC, LFE, SL, …); unknown ones count as front."""
    return np.array([0.0 if one in BASS_ONLY else SURROUND if one in SURROUNDS else 1.0 for one in names])


class KWeighting:
    """The two filters, one state for each channel: float32 [channels, n] -> float64 [channels, n]."""

    def __init__(self, rate: int, channels: int) -> None:
        self._sections = sections(rate)
        self._state = np.zeros((len(self._sections), channels, 2))

    def push(self, samples: Samples) -> NDArray[np.float64]:
        heard: NDArray[np.float64]
        heard, self._state = signal.sosfilt(self._sections, samples.astype(np.float64), axis=1, zi=self._state)
        return heard


def sections(rate: int) -> NDArray[np.float64]:
    """Second-order sections [2, 6] at `rate` Hz, by the bilinear transform; at 48 kHz those of the standard."""
    hertz, quality, gain = SHELF
    corner = math.tan(math.pi * min(hertz, 0.49 * rate) / rate)
    high = 10 ** (gain / 20)
    band = high**SHELF_BAND
    norm = 1 + corner / quality + corner**2
    shelf = [
        (high + band * corner / quality + corner**2) / norm,
        2 * (corner**2 - high) / norm,
        (high - band * corner / quality + corner**2) / norm,
        1.0,
        2 * (corner**2 - 1) / norm,
        (1 - corner / quality + corner**2) / norm,
    ]
    hertz, quality = HIGH_PASS
    corner = math.tan(math.pi * hertz / rate)
    norm = 1 + corner / quality + corner**2
    # The standard leaves the numerator at 1, -2, 1: the gain at high frequencies is a hair above 0 dB.
    return np.array(
        [shelf, [1.0, -2.0, 1.0, 1.0, 2 * (corner**2 - 1) / norm, (1 - corner / quality + corner**2) / norm]]
    )


class Meter:
    """Integrated loudness of float32 [channels, n] blocks at `rate` Hz."""

    def __init__(self, rate: int, channel_weights: Sequence[float] | NDArray[np.float64]) -> None:
        self._weights = np.asarray(channel_weights, np.float64)
        self._filter = KWeighting(rate, len(self._weights))
        self._step = max(1, round(rate * STEP_SECONDS))
        self._rest = np.zeros(0)
        self._steps = np.zeros(0)
        self._gated = Gate()

    def push(self, samples: Samples) -> None:
        if not samples.shape[1]:
            return
        power = self._weights @ np.square(self._filter.push(samples))
        held = np.concatenate([self._rest, power])
        whole = len(held) - len(held) % self._step
        self._rest = held[whole:]
        steps = np.concatenate([self._steps, held[:whole].reshape(-1, self._step).mean(axis=1)])
        if len(steps) >= STEPS_IN_BLOCK:
            self._gated.add(np.convolve(steps, np.full(STEPS_IN_BLOCK, 1 / STEPS_IN_BLOCK), "valid"))
        self._steps = steps[max(0, len(steps) - STEPS_IN_BLOCK + 1) :]

    def integrated(self) -> float | None:
        """LUFS of all so far; None where nothing passes the gates. Under 400 ms, the mean of what there is."""
        if self._gated.blocks:
            return self._gated.loudness()
        power = np.concatenate([np.repeat(self._steps, self._step), self._rest])
        found = lufs(float(power.mean())) if len(power) else -math.inf
        return found if found > ABSOLUTE_GATE else None


class Gate:
    """Mean power of blocks [n] by the two gates of the standard, from a histogram of fixed size."""

    def __init__(self) -> None:
        size = round((LOUDEST - ABSOLUTE_GATE) / BIN)
        self._counts, self._sums = np.zeros(size, np.int64), np.zeros(size)
        self.blocks = 0
        """All that came, those below the absolute gate too."""

    def add(self, powers: NDArray[np.float64]) -> None:
        self.blocks += len(powers)
        levels = OFFSET + 10 * np.log10(np.maximum(powers, 1e-30))
        passed = levels > ABSOLUTE_GATE
        bins = np.minimum((levels[passed] - ABSOLUTE_GATE) / BIN, len(self._counts) - 1).astype(np.int64)
        self._counts += np.bincount(bins, minlength=len(self._counts))
        self._sums += np.bincount(bins, powers[passed], minlength=len(self._sums))

    def loudness(self) -> float | None:
        """LUFS; None if all blocks are below -70 LUFS."""
        count = int(self._counts.sum())
        if not count:
            return None
        edge = lufs(float(self._sums.sum()) / count) + RELATIVE_GATE
        first = max(0, math.ceil((edge - ABSOLUTE_GATE) / BIN - 0.5))
        return lufs(float(self._sums[first:].sum()) / int(self._counts[first:].sum()))


def lufs(power: float) -> float:
    """Loudness of a K-weighted mean square; -inf of nothing."""
    return OFFSET + 10 * math.log10(power) if power > 0 else -math.inf
