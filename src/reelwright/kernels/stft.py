"""A stream of samples as overlapping spectra, and back without loss.

Frames lie half a frame apart under a sine window, on the way in and on the way out (J. Princen
and A. Bradley, 1986): the squares of two overlapping windows add up to 1, so spectra that
nobody touched give back the samples. Nothing is held but the samples of one frame.
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
Spectra = NDArray[np.complex64]

FRAME_SECONDS = 4096 / 44100  # harmonics of a voice 11 Hz apart are told from each other


def frame_length(rate: int) -> int:
    """The even number of samples near 93 ms that transforms fast; 4096 at 44.1 kHz."""
    return 2 * max(8, int(fft.next_fast_len(round(rate * FRAME_SECONDS / 2), real=True)))


def window(length: int) -> Samples:
    """Half a sine wave, sampled between its zeros: float32 [length]."""
    shape: Samples = np.sin(np.pi * (np.arange(length) + 0.5) / length).astype(np.float32)
    return shape


class Analysis:
    """float32 [channels, n] in, complex64 [channels, frames, length / 2 + 1] out, as frames fill up.

    Frame i is centred on sample i * length / 2; what lies before the first sample and after the last is silence.
    """

    def __init__(self, channels: int, length: int) -> None:
        self._length, self._hop = length, length // 2
        self._window = window(length)
        self._held = np.zeros((channels, self._hop), np.float32)

    def push(self, samples: Samples) -> Spectra:
        held = np.concatenate([self._held, samples], axis=1)
        count = max(0, held.shape[1] // self._hop - 1)
        self._held = held[:, count * self._hop :]
        if not count:
            return np.zeros((len(held), 0, self._hop + 1), np.complex64)
        frames = np.lib.stride_tricks.sliding_window_view(held, self._length, axis=1)[:, :: self._hop][:, :count]
        return np.asarray(fft.rfft(frames * self._window, axis=2), np.complex64)

    def flush(self) -> Spectra:
        """The last frames, filled up with silence until every sample lies under two windows."""
        silence = self._hop + -self._held.shape[1] % self._hop
        return self.push(np.zeros((len(self._held), silence), np.float32))


class Synthesis:
    """Spectra as `Analysis` gives them in, float32 [channels, frames * length / 2] out, aligned with its input.

    The first frame only opens the overlap, so half a frame less comes out than went in.
    """

    def __init__(self, channels: int, length: int) -> None:
        self._length, self._hop = length, length // 2
        self._window = window(length)
        self._tail = np.zeros((channels, self._hop), np.float32)
        self._is_first = True

    def push(self, spectra: Spectra) -> Samples:
        if not spectra.shape[1]:
            return self._tail[:, :0]
        frames = np.asarray(fft.irfft(spectra, self._length, axis=2), np.float32) * self._window
        heads, tails = frames[:, :, : self._hop], frames[:, :, self._hop :]
        heads[:, 1:] += tails[:, :-1]
        heads[:, 0] += self._tail
        self._tail = tails[:, -1].copy()
        joined = heads.reshape(len(heads), -1)
        skipped = self._hop if self._is_first else 0
        self._is_first = False
        samples: Samples = joined[:, skipped:]
        return samples
