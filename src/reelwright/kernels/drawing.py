"""What is likely behind strokes, drawn in between what is seen around them; and a smooth surface behind plates.

Strokes by `kernels.kriging`, whose weights hang on the masks alone: `Drawing` keeps them for masks that come back. The
middle of plates, far from all that is seen, by `kernels.inpainting`. What codecs have smeared around strokes counts for
less than what is clean. Masks are bool [h, w], True where nothing is seen (`opaque`), or only that (`hidden`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, kriging
from reelwright.kernels.kriging import Kriging

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

KEPT = 6  # masks, of luma, of chroma and of what is clean, for which it is kept how they are drawn


class Drawing:
    """What was learnt for masks that come back: those of runs that hide the same pixels."""

    def __init__(self) -> None:
        self._learnt: dict[tuple[tuple[int, ...], bytes], Between] = {}

    def between(self, opaque: Mask, hidden: Mask) -> "Between":
        key = opaque.shape, np.packbits([opaque, hidden]).tobytes()
        found = self._learnt.pop(key, None) or Between(opaque, hidden)
        self._learnt[key] = found
        if len(self._learnt) > KEPT:
            del self._learnt[next(iter(self._learnt))]
        return found


class Between:
    """Draws what is likely between the strokes, and a smooth surface behind plates."""

    def __init__(self, opaque: Mask, hidden: Mask) -> None:
        """`hidden`: what is not `opaque` of it is smeared."""
        self.opaque = opaque
        self._wide = kriging.wide(opaque)
        self._likely = Kriging(~opaque, smeared=hidden & ~opaque)

    def drawn(self, plane: NDArray[Any], hole: Mask) -> Field:
        """The plane with that part of what is opaque replaced."""
        out, wide = self._likely.filled(plane, hole & ~self._wide), hole & self._wide
        return np.where(wide, inpainting.membrane(out, ~(self._wide | hole)), out) if wide.any() else out
