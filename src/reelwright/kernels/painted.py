"""Holes in a frame's planes, filled by something that paints pictures in RGB: a network that somebody brought.

The planes go to RGB and back by one and the same matrix, so a film of another one loses nothing: only the network sees
its colours a little off. What it paints is lifted by the membrane of what differs around the hole, so that there
is no seam, and its light is the frame's.

Planes are [Y, U, V] as in `kernels.region`, masks bool, True where unknown.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting
from reelwright.kernels.region import Field
from reelwright.kernels.registration import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

LEAST = 64  # pixels of a hole that a network is asked for: less is filled as well without one
RIM = 12  # px around a hole that tell how far the network is off
NEUTRAL, BLACK, LUMA, CHROMA = 128.0, 16.0, 219.0, 224.0  # grey levels of limited range
RED, BLUE = 0.2126, 0.0722  # shares in luma by BT.709
GREEN = 1 - RED - BLUE


class Painter(Protocol):
    def __call__(self, picture: Field, hole: Mask) -> Field:
        """The picture, float32 [h, w, 3] of red, green and blue 0-1, with its hole painted; the rest does not count."""
        ...


def filled(planes: Sequence[NDArray[Any]], holes: Sequence[Mask], painter: Painter, unit: float) -> list[Field]:
    """The planes, as floats, with the holes (one for each plane) painted. `unit`: steps of theirs in a grey level."""
    now = [np.asarray(plane, np.float32) / np.float32(unit) for plane in planes]
    picture = _rgb([np.where(mask, inpainting.membrane(one, ~mask), one) for one, mask in zip(now, holes, strict=True)])
    made = _planes(np.clip(painter(picture, _whole(holes)), 0, 1), len(now))
    out = []
    for one, new, mask in zip(now, made, holes, strict=True):
        rim = cv2.dilate(mask.astype(np.uint8), np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)) > 0
        lifted = new + inpainting.drift(one - new, rim & ~mask)
        out.append((np.where(mask, lifted, one) * np.float32(unit)).astype(np.float32))
    return out


def _whole(holes: Sequence[Mask]) -> Mask:
    """The pixels of luma that are unknown in any plane."""
    hole = holes[0].copy()
    for one in holes[1:]:
        hole |= one.repeat(2, axis=0).repeat(2, axis=1)[: hole.shape[0], : hole.shape[1]]
    return hole


def _rgb(planes: Sequence[Field]) -> Field:
    """Float32 [h, w, 3], 0-1, from grey levels; a luma alone is grey."""
    luma = (planes[0] - BLACK) / LUMA
    if len(planes) == 1:
        return np.repeat(np.clip(luma, 0, 1)[..., None], 3, axis=2).astype(np.float32)
    blue, red = ((cv2.resize(one, luma.shape[::-1]) - NEUTRAL) / CHROMA for one in planes[1:])
    red, blue = luma + 2 * (1 - RED) * red, luma + 2 * (1 - BLUE) * blue
    green = (luma - RED * red - BLUE * blue) / GREEN
    return np.asarray(np.clip(np.stack([red, green, blue], axis=2), 0, 1), np.float32)


def _planes(picture: Field, count: int) -> list[Field]:
    red, green, blue = (picture[..., index] for index in range(3))
    luma = RED * red + GREEN * green + BLUE * blue
    out = [luma * LUMA + BLACK]
    if count > 1:
        size = -(-luma.shape[1] // 2), -(-luma.shape[0] // 2)
        apart = (blue - luma) / (2 * (1 - BLUE)), (red - luma) / (2 * (1 - RED))
        out += [cv2.resize(one, size, interpolation=cv2.INTER_AREA) * CHROMA + NEUTRAL for one in apart]
    return [np.asarray(one, np.float32) for one in out]
