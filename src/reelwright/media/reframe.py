"""A window of a picture as a picture of another shape, plane by plane in YUV.

`window` cuts a part out along one axis. `fit` lays it upon a canvas of another shape; what stays empty is filled
with the same picture, enlarged, blurred and darkened. Nothing passes through RGB; where no scaling is needed the
result is a view.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.loading import lazy
from reelwright.media import planes
from reelwright.media.planes import Plane, Planes

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Axis = Literal["x", "y"]

COARSE = 24  # px across the filling before it is enlarged: nothing can be made out in it
TAPS = 6  # samples of a side that are averaged for each of its pixels: more show no difference
DIM = 0.6  # of its brightness


def window(picture: Planes, axis: Axis, at: int, length: int) -> Planes:
    """Views of the part [at, at + length) along the axis; `length` even. The other side is cut to an even size."""
    height, width = (side & ~1 for side in picture[0].shape)
    if axis == "x":
        return planes.crop(picture, at, 0, length, height)
    return planes.crop(picture, 0, at, width, length)


def fit(part: Planes, width: int, height: int, aspect: float = 1.0) -> Planes:
    """`part`, whose samples are `aspect` times as wide as high, on a canvas of square samples, both sides even."""
    tall, wide = part[0].shape
    scale = min(width / (wide * aspect), height / tall)
    inner = (_even(wide * aspect * scale, width), _even(tall * scale, height))
    scaled = planes.resize(part, *inner)
    if inner == (width, height):
        return scaled
    canvas = _filling(part, width, height, aspect)
    planes.put(scaled, canvas, (width - inner[0]) // 4 * 2, (height - inner[1]) // 4 * 2)
    return canvas


def _filling(part: Planes, width: int, height: int, aspect: float) -> Planes:
    tall, wide = part[0].shape
    cover = min(wide * aspect / width, tall / height)
    inner = (min(wide & ~1, _even(width * cover / aspect, wide)), min(tall & ~1, _even(height * cover, tall)))
    middle = planes.crop(part, (wide - inner[0]) // 4 * 2, (tall - inner[1]) // 4 * 2, *inner)
    sizes = [(width, height), planes.half((width, height)), planes.half((width, height))]
    luma, *chroma = (_coarse(plane, size) for plane, size in zip(middle, sizes, strict=True))
    black = 16 << (2 * (luma.dtype.itemsize - 1))  # 16 of 8 bits, 64 of 10
    dim = ((luma.astype(np.float32) - black) * DIM + black).clip(0, None).astype(luma.dtype)
    enlarged = zip((dim, *chroma), sizes, strict=True)
    return [np.asarray(cv2.resize(one, size, interpolation=cv2.INTER_CUBIC)) for one, size in enlarged]


def _coarse(plane: Plane, size: tuple[int, int]) -> Plane:
    """Blurred, and COARSE wide; of the shape that is wanted."""
    coarse = (COARSE, max(4, COARSE * size[1] // size[0]))
    step = max(1, min(plane.shape[0] // coarse[1], plane.shape[1] // coarse[0]) // TAPS)
    small = cv2.resize(plane[::step, ::step] if step > 1 else plane, coarse, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), 1.5)


def _even(length: float, most: int) -> int:
    return max(2, min(most & ~1, round(length / 2) * 2))
