"""A picture carried to where its things are in another: what moves by itself, each part of it its own way.

Dense optical flow between the lumas of both tells the way, at half their size: what stands behind text need not be
followed to the pixel, and half of it is drawn in anyway. Things that come into sight are not known; they take what is
nearest, and whoever uses the picture has to compare it with what is seen around.

Pictures are Y, Cb and Cr planes of 4:2:0 with even sides, lumas for the flow of 0 to 255.

Source: Kroeger et al., "Fast optical flow using dense inverse search" (2016), as OpenCV has it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

FINEST = 1  # halvings of the size at which the flow ends
LEAST = 24  # px; smaller pictures have no flow
WHOLE = 250  # of 255: a pixel made of so much that is known is known


class Carrier:
    """Carries pictures; one object for many of them saves memory being taken anew."""

    def __init__(self) -> None:
        self._flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._flow.setFinestScale(FINEST)

    def carried(self, here: Field, there: Field, planes: Sequence[Field], known: Mask) -> tuple[list[Field], Mask]:
        """`planes` of a picture whose luma is `there`, and what of them is `known`, as things lie in `here`."""
        if min(here.shape) < LEAST:
            return [np.asarray(one, np.float32) for one in planes], known
        flow = self._flow.calc(_bytes(here), _bytes(there), np.zeros((*here.shape, 2), np.float32))
        places = _places(flow)
        share = cv2.remap(known.astype(np.uint8) * np.uint8(255), *places, cv2.INTER_LINEAR, borderValue=0)
        small = cv2.resize(flow, planes[1].shape[::-1], interpolation=cv2.INTER_AREA) / 2
        moved = [_moved(one, *way) for one, way in zip(planes, (places, *[_places(small)] * 2), strict=True)]
        return moved, np.asarray(share > WHOLE, bool)


def _bytes(luma: Field) -> NDArray[np.uint8]:
    return np.asarray(np.clip(luma, 0, 255), np.uint8)


def _places(flow: NDArray[Any]) -> tuple[Field, Field]:
    """Columns and rows of the other picture."""
    rows, columns = np.indices(flow.shape[:2], np.float32)
    return np.asarray(columns + flow[..., 0], np.float32), np.asarray(rows + flow[..., 1], np.float32)


def _moved(plane: Field, columns: Field, rows: Field) -> Field:
    return np.asarray(cv2.remap(plane, columns, rows, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.float32)
