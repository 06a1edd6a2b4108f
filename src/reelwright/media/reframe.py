"""A window of a picture as a picture of another shape, plane by plane in YUV.

`window` cuts a part out along one axis. `fit` lays it upon a canvas of another shape; what stays empty is filled
with the same picture, enlarged, blurred and darkened. Nothing passes through RGB; where no scaling is needed the
result is a view.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np

from reelwright.loading import lazy
from reelwright.media import planes, probe
from reelwright.media.planes import Plane, Planes

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Axis = Literal["x", "y"]

COARSE = 24  # px across the filling before it is enlarged: nothing can be made out in it
TAPS = 6  # samples of a side that are averaged for each of its pixels: more show no difference
NEAR = 0.01  # a shape that differs less is left alone
STRAIGHT = 4  # px of the filling between which it is drawn in straight lines
DIM = 0.6  # of its brightness


@dataclass(frozen=True, slots=True)
class Shape:
    """The source upright, and the window to cut from it. `extent` and `window` lie along `axis`, in stored pixels."""

    size: tuple[int, int]
    aspect: float
    axis: Axis
    extent: int
    window: int
    out: tuple[int, int]

    def part(self, length: int) -> tuple[int, int]:
        """The size of a window of this length."""
        width, height = (side & ~1 for side in self.size)
        return (length, height) if self.axis == "x" else (width, length)


def shape_of(video: probe.VideoStream, ratio: Fraction, height: int | None = None) -> Shape:
    """The largest window of this ratio of width to height; the result's height is the source's if none is given."""
    wide, tall = video.shown
    aspect = 1 / video.sample_aspect_ratio if video.rotation % 180 else video.sample_aspect_ratio
    shape = wide * aspect / tall
    if shape > ratio * (1 + Fraction(NEAR)):
        axis, extent, window = "x", wide & ~1, even(tall * ratio / aspect, wide)
    elif shape < ratio * (1 - Fraction(NEAR)):
        axis, extent, window = "y", tall & ~1, even(wide * aspect / ratio, tall)
    else:
        axis, extent, window = "x", wide & ~1, wide & ~1
    high = even(Fraction(height)) if height else (window if axis == "y" else tall & ~1)
    out = (even(high * ratio) if extent != window else even(high * shape), high)
    return Shape((wide, tall), float(aspect), "x" if axis == "x" else "y", extent, min(window, extent), out)


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
    inner = (even(wide * aspect * scale, width), even(tall * scale, height))
    scaled = _resized(part, *inner)
    if inner == (width, height):
        return scaled
    canvas = _filling(scaled, width, height)
    planes.put(scaled, canvas, (width - inner[0]) // 4 * 2, (height - inner[1]) // 4 * 2)
    return canvas


def _resized(part: Planes, width: int, height: int) -> Planes:
    """To an even size. Halved as often as that goes, by whole pixels, which takes a fraction of area averages."""
    if part[0].shape == (height, width):
        return part
    sizes = [(width, height), planes.half((width, height)), planes.half((width, height))]
    return [_scaled(plane, *size) for plane, size in zip(part, sizes, strict=True)]


def _scaled(plane: Plane, width: int, height: int) -> Plane:
    tall, wide = plane.shape
    if wide >= 2 * width and tall >= 2 * height:
        if wide % 2 or tall % 2:
            return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
        return _scaled(cv2.resize(plane, (wide // 2, tall // 2), interpolation=cv2.INTER_AREA), width, height)
    if (wide, tall) == (width, height):
        return plane
    if width > wide or height > tall:
        return cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC)
    # Less than by half: between two pixels nothing is left out.
    near = wide < 2 * width and tall < 2 * height
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR if near else cv2.INTER_AREA)


def _filling(part: Planes, width: int, height: int) -> Planes:
    tall, wide = part[0].shape
    cover = min(wide / width, tall / height)
    inner = (min(wide & ~1, even(width * cover, wide)), min(tall & ~1, even(height * cover, tall)))
    middle = planes.crop(part, (wide - inner[0]) // 4 * 2, (tall - inner[1]) // 4 * 2, *inner)
    sizes = [(width, height), planes.half((width, height)), planes.half((width, height))]
    luma, *chroma = (_coarse(plane, size) for plane, size in zip(middle, sizes, strict=True))
    black = 16 << (2 * (luma.dtype.itemsize - 1))  # 16 of 8 bits, 64 of 10
    dim = ((luma.astype(np.float32) - black) * DIM + black).clip(0, None).astype(luma.dtype)
    return [_enlarged(plane, *size) for plane, size in zip((dim, *chroma), sizes, strict=True)]


def _enlarged(plane: Plane, width: int, height: int) -> Plane:
    """Smoothly as far as that can be seen, the rest in straight lines."""
    part = (max(1, width // STRAIGHT), max(1, height // STRAIGHT))
    return cv2.resize(cv2.resize(plane, part, interpolation=cv2.INTER_CUBIC), (width, height))


def _coarse(plane: Plane, size: tuple[int, int]) -> Plane:
    """Blurred, and COARSE wide; of the shape that is wanted."""
    coarse = (COARSE, max(4, COARSE * size[1] // size[0]))
    step = max(1, min(plane.shape[0] // coarse[1], plane.shape[1] // coarse[0]) // TAPS)
    small = cv2.resize(plane[::step, ::step] if step > 1 else plane, coarse, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (0, 0), 1.5)


def even(length: float | Fraction, most: int = 1 << 16) -> int:
    """The nearest even number of pixels, from 2 to `most`."""
    return max(2, min(most & ~1, round(length / 2) * 2))
