"""Hard cuts while frames stream by, told at once and for next to nothing.

For those who only must not mix pictures of two shots: the coarse picture jumps, by more than motion explains. Not for
finding shots (`kernels.shots`): fades and dissolves are not seen, and a flash counts as a cut.
"""

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import looks

LEAST = 22.0  # grey levels by which the coarse picture jumps
RATIO = 4.0  # and times its usual change
USUAL = 12  # frames that tell the usual change
SPARSE = 4  # every so many rows and columns are looked at


class HardCuts:
    """Push the luma of every frame: uint8 or 10-bit uint16 [h, w]."""

    def __init__(self) -> None:
        self._last: NDArray[np.float32] | None = None
        self._changes: deque[float] = deque(maxlen=USUAL)

    def push(self, luma: NDArray[Any]) -> bool:
        """Does a shot begin with this picture? The first one does."""
        last, self._last = self._last, looks.cells(luma[::SPARSE, ::SPARSE])
        if last is None:
            return True
        change = float(np.abs(self._last - last).mean())
        usual = float(np.median(self._changes)) if self._changes else 0.0
        self._changes.append(change)
        return change > max(LEAST, RATIO * usual)
