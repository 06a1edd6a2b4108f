"""Work on large pictures strip by strip, so that what lies between bytes and bytes does not fill the memory."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

PIXELS = 1 << 21  # of a strip: 32 MB as four channels of float32


def by_rows(work: Callable[..., Picture], *pictures: Picture, reach: int = 0, pixels: int = PIXELS) -> Picture:
    """What `work` makes of pictures of one height and width, uint8 [h, w(, c)], as if it had seen them whole.

    `work` gives a picture of their height and width; a pixel of it hangs on what is at most `reach` rows away.
    """
    height, width = pictures[0].shape[:2]
    step = max(1, pixels // max(1, width))
    if height <= step:
        return work(*pictures)
    out: Picture | None = None
    for top in range(0, height, step):
        first, last = max(0, top - reach), min(height, top + step + reach)
        made = work(*(one[first:last] for one in pictures))
        out = np.empty((height, *made.shape[1:]), np.uint8) if out is None else out
        rows = made[top - first : top - first + step]
        out[top : top + len(rows)] = rows
    assert out is not None  # there is a row at least
    return out
