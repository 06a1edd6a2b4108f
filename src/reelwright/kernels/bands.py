"""Bins of a spectrum gathered into bands: single ones where harmonics lie apart, eight at a time above.

A third of the cells is left to work on, and a mask made on bands sounds like one made on bins.
"""

import numpy as np
from numpy.typing import NDArray

Powers = NDArray[np.float32]
"""float32 [frames, bands]"""

SINGLE = 512  # bins that stay alone: up to 5.5 kHz with frames of 93 ms
GATHERED = 8


class Bands:
    """The bands of spectra with `bins` bins that are `step` Hz apart."""

    def __init__(self, bins: int, step: float) -> None:
        single = np.arange(min(SINGLE, bins))
        self._first = np.concatenate([single, np.arange(SINGLE, bins, GATHERED)])
        self._sizes = np.diff(np.append(self._first, bins))
        self.hertz: NDArray[np.float64] = (self._first + (self._sizes - 1) / 2) * step

    def mean(self, bins: Powers) -> Powers:
        """float32 [frames, bins] -> the mean of each band."""
        means: Powers = (np.add.reduceat(bins, self._first, axis=1) / self._sizes).astype(np.float32)
        return means

    def spread(self, bands: Powers) -> Powers:
        """float32 [frames, bands] -> [frames, bins], each bin with the value of its band."""
        return np.repeat(bands, self._sizes, axis=1)
