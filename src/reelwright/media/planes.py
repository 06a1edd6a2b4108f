"""The planes of a decoded picture as arrays, and the few things done to them without leaving YUV.

A picture is a list of three arrays (Y, U, V), uint8 or little-endian uint16, the chroma ones half as wide
and half as high (4:2:0), rounded up. Cropping is slicing; scaling and turning work on each plane alone, so
nothing passes through RGB and a crop costs one copy. Only pictures that come from elsewhere, or go there, are
converted (`from_rgb`, `to_rgb`).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import av
    import cv2
else:
    av = lazy("av")
    cv2 = lazy("cv2")

Plane = NDArray[Any]
Planes = list[Plane]

PLANAR = {"yuv420p": np.uint8, "yuvj420p": np.uint8, "yuv420p10le": np.uint16, "yuva420p": np.uint8}
RGB = ("rgb", "bgr", "gbr", "pal8", "0rgb", "0bgr", "argb", "abgr")
"""How the names of pixel formats begin that are no YUV."""
BT601, LIMITED_RANGE = 6, 1  # code points of ITU-T H.273
ALPHA = 3  # its place among the planes; as large as luma
_TURNS = {90: "ROTATE_90_CLOCKWISE", 180: "ROTATE_180", 270: "ROTATE_90_COUNTERCLOCKWISE"}


def of(frame: "av.VideoFrame") -> Planes:
    """Views, not copies, of a 4:2:0 frame's planes, alpha last; writing to them writes to the frame."""
    kind = np.dtype(PLANAR[frame.format.name])
    views = []
    for index, plane in enumerate(frame.planes):
        rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, plane.line_size // kind.itemsize)
        width, height = (frame.width, frame.height) if index in (0, ALPHA) else half((frame.width, frame.height))
        views.append(rows[:height, :width])
    return views


def half(size: tuple[int, int]) -> tuple[int, int]:
    """The size of the chroma planes beside a luma plane of `size` (width, height)."""
    return (size[0] + 1) // 2, (size[1] + 1) // 2


def to_planar(frame: "av.VideoFrame", pixels: str) -> "av.VideoFrame":
    """The frame in the 4:2:0 format `pixels`; the same object where it already is. RGB becomes limited BT.601."""
    name = frame.format.name
    if name.replace("yuvj", "yuv") == pixels:
        return frame
    if name.startswith(RGB):
        # Tagged with the full range that RGB has, a picture would be given it in YUV as well.
        return frame.reformat(format=pixels, dst_colorspace=BT601, dst_color_range=LIMITED_RANGE)
    return frame.reformat(format=pixels)


def crop(planes: Planes, x: int, y: int, width: int, height: int) -> Planes:
    """Views of a window; `width` and `height` even, `x` and `y` any (chroma then lies half a pixel off at most)."""
    luma, *chroma = planes
    rows, columns = slice(y // 2, y // 2 + height // 2), slice(x // 2, x // 2 + width // 2)
    return [luma[y : y + height, x : x + width], *(plane[rows, columns] for plane in chroma)]


def resize(planes: Planes, width: int, height: int) -> Planes:
    """Scaled to an even size; area averaging down, cubic up. Returns the same arrays when nothing changes."""
    if planes[0].shape == (height, width):
        return planes
    way = cv2.INTER_AREA if width < planes[0].shape[1] else cv2.INTER_CUBIC
    sizes = [(width, height), half((width, height)), half((width, height))]
    return [cv2.resize(plane, size, interpolation=way) for plane, size in zip(planes, sizes, strict=True)]


def upright(frame: "av.VideoFrame", rotation: int) -> Planes:
    """The planes turned for display: `rotation` clockwise degrees, as `probe` and `frames` tell it."""
    return [turn(plane, rotation) for plane in of(frame)]


def turn(plane: Plane, degrees: int) -> Plane:
    """Turned clockwise by a multiple of 90 degrees."""
    name = _TURNS.get(degrees % 360)
    return plane if name is None else cv2.rotate(plane, getattr(cv2, name))


def put(source: Sequence[Plane], target: Sequence[Plane], x: int = 0, y: int = 0) -> None:
    """Copy a picture into a larger or equal one at an even place."""
    for index, (small, large) in enumerate(zip(source, target, strict=True)):
        part = 1 if index in (0, ALPHA) else 2
        height, width = small.shape
        large[y // part : y // part + height, x // part : x // part + width] = small


def from_rgb(rgb: NDArray[np.uint8], matrix: int, span: int) -> Planes:
    """The planes of uint8 [h, w, 3] with even sides. `matrix`, `span` (1 limited, 2 full): code points of H.273."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
    return [plane.copy() for plane in of(frame.reformat(format="yuv420p", dst_colorspace=matrix, dst_color_range=span))]


def from_rgba(rgba: NDArray[np.uint8]) -> Planes:
    """The planes of uint8 [h, w, 4] with even sides, without alpha: BT.601, limited range. For pictures we draw."""
    height, width = rgba.shape[:2]
    flat = cv2.cvtColor(rgba, cv2.COLOR_RGBA2YUV_I420)
    chroma = flat[height:].reshape(2, height // 2, width // 2)
    return [flat[:height], chroma[0], chroma[1]]


def to_rgb(planes: Sequence[Plane], matrix: int, span: int) -> NDArray[np.uint8]:
    """uint8 [h, w, 3] from 8-bit planes made by `matrix` in `span`."""
    frame = av.VideoFrame(planes[0].shape[1], planes[0].shape[0], "yuv420p")
    put(planes, of(frame))
    full = frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range=span, dst_color_range=2)
    return np.asarray(full.to_ndarray(), np.uint8)
