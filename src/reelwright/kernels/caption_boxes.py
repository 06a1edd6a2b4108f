"""Boxes of words in a picture: what two of them share, and the one around strokes that crowd together."""

from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.caption_strokes import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom beyond the last pixel."""
Area = tuple[slice, slice]
"""Rows and columns."""

CELL = (24, 32)  # px high and wide: about two letters…
FEW, MANY = 130, 320  # …in which so many new stroke pixels are worth a look, and a closer one if nothing was found
MARGIN = (24, 48)  # px above and below, and to the sides, of what is looked at beyond them
BESIDE = 0.7  # of the lower of two boxes' heights, that they share in one row
OVERLAPS = 0.5  # of the smaller of two boxes, that make them one line's
PLATE = (0.5, 1.0)  # of a line's height, above and below its words and beside them, that may come with them


def area_of(box: Box) -> Area:
    left, top, right, bottom = box
    return slice(top, bottom), slice(left, right)


def widened(box: Box) -> Area:
    """The box and what may come with its words: a plate, an outline."""
    left, top, right, bottom = box
    down, across = (round(share * (bottom - top)) for share in PLATE)
    return slice(max(0, top - down), bottom + down), slice(max(0, left - across), right + across)


def is_one(one: Box, other: Box) -> bool:
    """Do they share most of the smaller one?"""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(0, width) * max(0, height) > OVERLAPS * least


def around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def is_beside(left: Box, right: Box) -> bool:
    height = min(left[3] - left[1], right[3] - right[1])
    shared = min(left[3], right[3]) - max(left[1], right[1])
    return shared > BESIDE * height and right[0] - left[2] < height


def crowd(new: Mask) -> tuple[Box | None, int]:
    """What is around the new strokes, where there are many together, None if there are not; and the most of them."""
    counts = cv2.boxFilter(new.astype(np.float32), -1, CELL[::-1], normalize=False, borderType=cv2.BORDER_CONSTANT)
    rows, columns = np.nonzero(counts >= FEW)
    if not len(rows):
        return None, 0
    height, width = new.shape
    down, across = CELL[0] // 2 + MARGIN[0], CELL[1] // 2 + MARGIN[1]
    box = (
        max(0, int(columns.min()) - across),
        max(0, int(rows.min()) - down),
        min(width, int(columns.max()) + 1 + across),
        min(height, int(rows.max()) + 1 + down),
    )
    return box, int(counts.max())
