"""Changing the sample rate of a stream: soxr's HQ, aligned with the first sample, flat in memory."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import soxr
else:
    soxr = lazy("soxr")

Samples = NDArray[np.float32]


class Resampler:
    """float32 [channels, n] at `rate` Hz in, [channels, about n * to / rate] out, later but aligned.

    After `flush` the outputs together have the length of the input times `to` / `rate`, give or take one.
    Equal rates pass through untouched.
    """

    def __init__(self, rate: int, to: int, channels: int) -> None:
        self._inner = soxr.ResampleStream(rate, to, channels, dtype="float32") if rate != to else None
        self._channels = channels

    def push(self, samples: Samples) -> Samples:
        if self._inner is None or samples.shape[1] == 0:
            return samples
        return self._resample(samples, last=False)

    def flush(self) -> Samples:
        nothing = np.zeros((self._channels, 0), np.float32)
        return nothing if self._inner is None else self._resample(nothing, last=True)

    def _resample(self, samples: Samples, *, last: bool) -> Samples:
        assert self._inner is not None
        frames = np.ascontiguousarray(samples.T)
        # soxr wants one axis for one channel.
        found = self._inner.resample_chunk(frames[:, 0] if self._channels == 1 else frames, last=last)
        shaped: Samples = found.reshape(-1, self._channels).T
        return shaped
