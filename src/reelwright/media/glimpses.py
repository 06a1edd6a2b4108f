"""Small pictures of a large frame, cheaply: its planes are halved again and again, and only the last bit is scaled.

Halving means of two by two is what processors do fastest, so a thumb costs half of what FFmpeg's area scaler takes,
and a second size of the same frame next to nothing. Colours come from the frame's own matrix and range. Frames in
other formats than 8-bit 4:2:0, or with a matrix not listed here, go the usual way (`Frame.small`).
"""

import functools
import threading
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media import frames, planes

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Rgb = NDArray[np.uint8]
Matrix = NDArray[np.float64]

FORMATS = ("yuv420p", "yuvj420p")
WEIGHTS = {  # code point of ITU-T H.273 -> weights of red and blue in luma
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
FULL_RANGE = 2
_ONE_AT_A_TIME = threading.Lock()  # frames of one film share FFmpeg's scaler, which bears no two threads


class Glimpse:
    """One frame, to be looked at in several small sizes. Valid as long as the frame is."""

    def __init__(self, frame: frames.Frame) -> None:
        self._frame = frame
        self._levels: list[list[planes.Plane]] | None = None
        self._matrix: Matrix = np.empty(0)

    def __call__(self, width: int, height: int) -> Rgb:
        """uint8 [height, width, 3], RGB, upright, area-averaged; aspect is not kept."""
        if self._levels is None:
            self._open()
        if not self._levels:
            with _ONE_AT_A_TIME:
                return self._frame.small(width, height)
        turned = self._frame.rotation % 180 != 0
        size = (height, width) if turned else (width, height)
        merged = cv2.merge([_scaled(levels, size) for levels in self._levels])
        return np.asarray(planes.turn(cv2.transform(merged, self._matrix), self._frame.rotation), np.uint8)

    def _open(self) -> None:
        raw, self._levels = self._frame.raw, []
        weights = WEIGHTS.get(frames.matrix_of(int(raw.colorspace), raw.width, raw.height))
        if raw.format.name in FORMATS and weights:
            full = raw.format.name == FORMATS[1] or int(raw.color_range) == FULL_RANGE
            self._matrix = to_rgb(*weights, full=full)
            self._levels = [[plane] for plane in planes.of(raw)]


@functools.cache
def to_rgb(red: float, blue: float, *, full: bool) -> Matrix:
    """float [3, 4]: what makes R, G, B of Y, Cb, Cr and 1, all 0–255, by the weights of red and blue in luma."""
    green = 1 - red - blue
    light, colour, black = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    cr, cb = 2 * (1 - red) * colour, 2 * (1 - blue) * colour
    rows = np.array([[light, 0, cr], [light, -cb * blue / green, -cr * red / green], [light, cb, 0]])
    return np.column_stack([rows, rows @ (-black, -128, -128)])


def _scaled(levels: list[planes.Plane], size: tuple[int, int]) -> planes.Plane:
    """The plane at this size, from the smallest of its halvings that is not smaller; `levels` grows by need."""
    index = 0
    while _is_large(levels[index], size):
        if index + 1 == len(levels):
            levels.append(_halved(levels[index]))
        index += 1
    plane = levels[index]
    if plane.shape == size[::-1]:
        return plane
    # Less than by half it is scaled, or along one side only: between two pixels nothing is left out.
    flat = plane.shape[1] >= 2 * size[0] or plane.shape[0] >= 2 * size[1]
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA if flat else cv2.INTER_LINEAR)


def _is_large(plane: planes.Plane, size: tuple[int, int]) -> bool:
    return bool(plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1])


def _halved(plane: planes.Plane) -> planes.Plane:
    high, wide = plane.shape[0] // 2, plane.shape[1] // 2
    return cv2.resize(plane[: 2 * high, : 2 * wide], (wide, high), interpolation=cv2.INTER_AREA)
