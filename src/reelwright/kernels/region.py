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
    even = _even(mask)
    return np.asarray(even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2])


def full(field: Field, shape: tuple[int, ...]) -> Field:
    """Values of any plane for the luma's pixels."""
    if field.shape == shape:
        return field
    return np.asarray(cv2.resize(field, shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def halved(field: Field, shape: tuple[int, ...]) -> Field:
    """Values of luma pixels for a plane."""
    if field.shape == shape:
        return field
    return np.asarray(cv2.resize(field, shape[::-1], interpolation=cv2.INTER_AREA), np.float32)


def _even(plane: Plane) -> Plane:
    """Padded to even sides."""
    height, width = plane.shape
    return np.pad(plane, ((0, height % 2), (0, width % 2))) if height % 2 or width % 2 else plane


def most_of(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Labels of luma pixels for chroma samples: the greatest of the four."""
    even = _even(labels)
    above, below = np.maximum(even[::2, ::2], even[::2, 1::2]), np.maximum(even[1::2, ::2], even[1::2, 1::2])
    return np.maximum(above, below)


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

    def moved(self, plane: Plane, motion: Affine, index: int = 0) -> Field:
        """This window of a source plane as the target's camera sees it; float32. What is outside repeats the border.

        `motion` takes places of the target's luma to the source's.
        """
        if np.array_equal(motion, np.eye(3)):
            return self.of(plane, index).astype(np.float32)
        there, size = self._motion(motion, index)[:2], self.of(plane, index).shape[::-1]
        how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(plane, there, size, flags=how, borderMode=cv2.BORDER_REPLICATE), np.float32)

    def shown(self, unknown: Mask, motion: Affine) -> Mask:
        """Which luma pixels of this window the source shows; `unknown` is a mask of the source."""
        if np.array_equal(motion, np.eye(3)):
            return ~self.of(unknown)
        clear, there = np.where(unknown, np.uint8(0), np.uint8(255)), self._motion(motion, 0)[:2]
        share = cv2.warpAffine(clear, there, self.size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        return np.asarray(share > WHOLE)

    def labels(self, labels: NDArray[np.uint8], motion: Affine, outside: int) -> NDArray[np.uint8]:
        """The labels of the source's luma pixels as this window sees them; `outside` beyond the source."""
        if np.array_equal(motion, np.eye(3)):
            return np.asarray(self.of(labels))
        there, how = self._motion(motion, 0)[:2], cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(labels, there, self.size, flags=how, borderValue=outside), np.uint8)

    def _motion(self, motion: Affine, index: int) -> Affine:
        part = 2 if index else 1
        if index:
            motion = np.asarray(_CHROMA_INVERSE @ motion @ _CHROMA)
        return np.asarray(motion @ np.array([[1, 0, self.left // part], [0, 1, self.top // part], [0, 0, 1]]))
