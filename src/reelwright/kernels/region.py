"""A part of a 4:2:0 picture: its planes, a mask that fits them, a window in them, and how a camera's motion moves them.

Planes are [Y, U, V] (or the luma alone), uint8 or 10-bit uint16; `index` 0 is luma, the others are chroma, half as
wide and high. Masks are bool and have the luma's shape, places are luma pixels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.registration import Affine, Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[Any]
Field = NDArray[np.float32]

PEAK = {1: 255, 2: 1023}  # of 8-bit planes and of 10-bit ones, by bytes
WHOLE = 250  # of 255: a warped pixel made of so much that is known is known
# Places of chroma samples among those of luma: x on every second column, y between two rows (H.264's default).
_CHROMA = np.array([[2, 0, 0], [0, 2, 0.5], [0, 0, 1]])
_CHROMA_INVERSE = np.linalg.inv(_CHROMA)


def unit(plane: Plane) -> float:
    """How many steps of this plane make one grey level of 8 bits."""
    steps: int = PEAK[plane.dtype.itemsize] + 1
    return steps / 256


def rounded(values: NDArray[Any], kind: np.dtype[Any]) -> Plane:
    """As samples of a plane of this type."""
    out: Plane = np.clip(np.rint(values), 0, PEAK[kind.itemsize]).astype(kind)
    return out


def mask_of(mask: Mask, index: int) -> Mask:
    """The mask for a plane: a chroma sample is in it if any of its luma pixels is."""
    if not index:
        return mask
    height, width = mask.shape
    even = np.pad(mask, ((0, height % 2), (0, width % 2)))
    return np.asarray(even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2])


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a region, even on all sides but where the region ends."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def around(cls, hole: Mask, rim: int) -> Self:
        """The hole, which is not empty, and `rim` pixels around it as far as there are any."""
        rows, columns = np.flatnonzero(hole.any(axis=1)), np.flatnonzero(hole.any(axis=0))
        height, width = hole.shape
        left, top = max(0, int(columns[0]) - rim) & ~1, max(0, int(rows[0]) - rim) & ~1
        right, bottom = int(columns[-1]) + rim + 2 & ~1, int(rows[-1]) + rim + 2 & ~1
        return cls(left, top, min(width, right), min(height, bottom))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.right - self.left, self.bottom - self.top

    def of(self, plane: Plane, index: int = 0) -> Plane:
        """A view of this window in a plane of the region."""
        part = 2 if index else 1
        return plane[self.top // part : -(-self.bottom // part), self.left // part : -(-self.right // part)]

    def warped(self, plane: Plane, known: Mask, motion: Affine, index: int = 0) -> tuple[Field, Mask]:
        """This window of a source plane as the target's camera sees it, and where it is known.

        `motion` takes places of the target's luma to the source's; `known` is a mask of the source's luma.
        """
        clear = ~mask_of(~known, index)
        if np.array_equal(motion, np.eye(3)):
            return self.of(plane, index).astype(np.float32), self.of(clear, index)
        there = self._motion(motion, index)[:2]
        size = self.of(plane, index).shape[::-1]
        way = cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(plane, there, size, flags=cv2.INTER_LANCZOS4 | way, borderMode=cv2.BORDER_REPLICATE)
        share = cv2.warpAffine(clear * np.uint8(255), there, size, flags=cv2.INTER_LINEAR | way)
        return seen.astype(np.float32), share > WHOLE

    def _motion(self, motion: Affine, index: int) -> Affine:
        part = 2 if index else 1
        if index:
            motion = np.asarray(_CHROMA_INVERSE @ motion @ _CHROMA)
        return np.asarray(motion @ np.array([[1, 0, self.left // part], [0, 1, self.top // part], [0, 0, 1]]))
