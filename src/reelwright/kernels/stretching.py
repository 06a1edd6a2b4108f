"""Speech made slower or faster without changing its pitch: WSOLA, by a map of moments.

W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity (WSOLA) for
high quality time-scale modification of speech", ICASSP 1993. Half-overlapping Hann frames are laid
down at an even step, each taken from near where the map says, at the place that continues the last
one best (normalised cross-correlation). Where the map runs one to one the samples pass untouched.
The map may bend anywhere, so words of one sentence can have tempos of their own. It is made
for one voice: chords and drums would blur.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft
else:
    fft = lazy("scipy.fft")

Mono = NDArray[np.float32]

HOP_SECONDS = 0.0116  # two periods of a voice of 86 Hz lie under a frame
SEARCH_SECONDS = 0.007  # to each side: a whole period of a voice of 71 Hz is looked through
SILENT = 1e-9  # energy of a frame in which there is nothing to match


def stretched(samples: Mono, rate: int, moments: Sequence[tuple[float, float]]) -> Mono:
    """float32 [n] at `rate` Hz -> float32 [m], m the last target rounded.

    `moments`: (sample of the source, sample of the result), both rising, from the beginning to the end; linear
    between. A moment lies within `SEARCH_SECONDS` of where it was asked for, smeared by a frame's half.
    """
    sources, targets = (np.array(one, np.float64) for one in zip(*moments, strict=True))
    length = round(float(targets[-1]))
    hop = max(16, round(rate * HOP_SECONDS))
    if length <= 0 or not len(samples):
        return np.zeros(max(0, length), np.float32)
    if is_untouched(sources, targets):
        first = round(float(sources[0]))
        return _padded(samples[first : first + length], length)
    wanted = np.interp(np.arange(0, length + hop, hop), targets, sources)
    return _laid(samples.astype(np.float32, copy=False), _Seeker(samples, rate, hop), wanted, hop)[:length]


def is_untouched(sources: NDArray[np.float64], targets: NDArray[np.float64]) -> bool:
    """Does every stretch of the map run one to one, to half a sample?"""
    return bool(np.all(np.abs(np.diff(sources) - np.diff(targets)) < 0.5))


def _laid(samples: Mono, seeker: "_Seeker", wanted: NDArray[np.float64], hop: int) -> Mono:
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    out = np.zeros((len(wanted) + 1) * hop, np.float32)
    centre = round(float(wanted[0]))
    for index, moment in enumerate(wanted):
        if index:
            centre = seeker.next(centre, round(float(moment)))
        out[index * hop : (index + 2) * hop] += window * seeker.frame(centre)
    return out[hop:]


class _Seeker:
    """Frames of a sound by their centre, and the centre that goes on best from another."""

    def __init__(self, samples: Mono, rate: int, hop: int) -> None:
        self._hop, self._reach = hop, round(rate * SEARCH_SECONDS)
        self._margin = 3 * hop + 2 * self._reach
        self._samples = np.pad(samples, self._margin)
        self._last = len(samples)
        self._size = int(fft.next_fast_len(2 * (hop + self._reach) + 2 * hop, real=True))

    def frame(self, centre: int) -> Mono:
        """float32 [2 * hop]"""
        start = min(max(centre, -self._hop), self._last + self._hop) + self._margin - self._hop
        return self._samples[start : start + 2 * self._hop]

    def next(self, centre: int, wanted: int) -> int:
        natural = centre + self._hop
        if abs(natural - wanted) <= self._reach:
            return natural  # nothing continues a sound better than itself
        return wanted + self._best(self.frame(natural), min(max(wanted, 0), self._last))

    def _best(self, template: Mono, wanted: int) -> int:
        """The offset (within the reach) at which the frame around `wanted` is most like the template."""
        energy = float(template @ template)
        start = wanted + self._margin - self._hop - self._reach
        around = self._samples[start : start + 2 * (self._hop + self._reach)]
        powers = np.concatenate([[0.0], np.cumsum(np.square(around, dtype=np.float64))])
        there = powers[2 * self._hop :] - powers[: len(powers) - 2 * self._hop]
        if energy < SILENT or there.max() < SILENT:
            return 0
        spectrum = fft.rfft(around, self._size) * np.conj(fft.rfft(template, self._size))
        alike = fft.irfft(spectrum, self._size)[: len(there)] / np.sqrt(np.maximum(there, SILENT))
        return int(np.argmax(alike)) - self._reach


def _padded(samples: Mono, length: int) -> Mono:
    return np.pad(samples, (0, length - len(samples))).astype(np.float32, copy=False)
