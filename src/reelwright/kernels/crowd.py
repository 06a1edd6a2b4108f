"""How much a sound is like a crowd that cheers: noise without pitch, all over the voice's band, that goes on.

Cheering, applause and roar are many voices or hands at once, so that neither a pitch nor the syllables of one voice
are left: the spectrum is flat and the level even over a tenth of a second. Spectral flatness (A. Gray and J. Markel,
"A spectral-flatness measure for studying the autocorrelation method of linear prediction", IEEE Trans. ASSP 22, 1974)
tells the first. That a fan or rain is such a noise too is no matter here: what counts as cheering is judged against
the film's own level in `kernels.excitement`.

Works in a stream; what is kept of each second is 160 bytes.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft
else:
    fft = lazy("scipy.fft")

Samples = NDArray[np.float32]
Signal = NDArray[np.float64]

RATE = 16000
TICK = RATE // 10  # samples: importance is told in tenths of a second
WINDOW, HOP = 512, 256
BAND = (400.0, 6000.0)  # Hz; where a crowd is heard
SMOOTH = 3  # bins averaged, so that chance leaves no holes in a noise's spectrum
QUIETEST = 1e-10  # of full scale's power


class CrowdMeter:
    """Push float32 [n] mono at 16 kHz; `finish` gives level and noisiness of each tenth of a second."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._window = np.hanning(WINDOW).astype(np.float32)
        hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
        self._band = slice(*np.searchsorted(hertz, BAND))
        self._found: list[Signal] = []

    def push(self, samples: Samples) -> None:
        held = np.concatenate([self._held, samples])
        count = len(held) // TICK
        self._held = held[count * TICK :]
        if count:
            self._measure(held[: count * TICK].reshape(count, TICK))

    def finish(self) -> tuple[Signal, Signal]:
        """(level in dB within the band, noisiness 0 to 1), float64 [ticks] each."""
        if len(self._held):
            self._measure(np.pad(self._held, (0, TICK - len(self._held)))[None])
            self._held = np.zeros(0, np.float32)
        found = np.concatenate(self._found, axis=1) if self._found else np.zeros((2, 0))
        return found[0], found[1]

    def _measure(self, ticks: NDArray[np.float32]) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(ticks, WINDOW, axis=1)[:, ::HOP]
        power = np.square(np.abs(fft.rfft(frames * self._window, axis=2)))[:, :, self._band].mean(axis=1)
        sums = np.cumsum(np.pad(power.astype(np.float64), ((0, 0), (1, 0))), axis=1)
        smooth = (sums[:, SMOOTH:] - sums[:, :-SMOOTH]) / SMOOTH + QUIETEST
        mean = smooth.mean(axis=1)
        flat = np.exp(np.log(smooth).mean(axis=1)) / mean
        level = 10 * np.log10(mean / np.square(self._window).sum() + QUIETEST)
        self._found.append(np.stack([level, flat]))
