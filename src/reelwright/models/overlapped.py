"""What speech models of 16 kHz share: sound cut into overlapping windows, and added up again.

A model sees one window at a time, in order, and answers with one; its windows are added
at their hop. The stream starts one window less a hop early, in silence, so that the first
sample lies under as many windows as all others.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]


class Overlapped:
    """An estimator made of `answer`: float32 [window] -> float32 [window]. Aligned with its input."""

    def __init__(self, answer: Callable[[Mono], Mono], *, rate: int, window: int, hop: int) -> None:
        self.rate = rate
        self._answer = answer
        self._window, self._hop = window, hop
        self._early = window - hop
        self._held = np.zeros(self._early, np.float32)
        self._sum = np.zeros(window, np.float32)

    def push(self, samples: Mono) -> Mono:
        """float32 [n] at `rate`, ±1 -> float32 [m], from where the last call ended."""
        held = np.concatenate([self._held, samples])
        count = max(0, (len(held) - self._window) // self._hop + 1)
        out = np.empty(count * self._hop, np.float32)
        for start in range(0, count * self._hop, self._hop):
            self._sum += self._answer(held[start : start + self._window])
            out[start : start + self._hop] = self._sum[: self._hop]
            self._sum = np.concatenate([self._sum[self._hop :], np.zeros(self._hop, np.float32)])
        self._held = held[count * self._hop :]
        skipped = min(self._early, len(out))
        self._early -= skipped
        return out[skipped:]

    def flush(self) -> Mono:
        """The rest, as if silence followed."""
        return self.push(np.zeros(self._window, np.float32))
