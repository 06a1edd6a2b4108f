"""What is commonly done to a whole picture: blurred, sharpened, turned, its tones changed.

Pictures are uint8: [h, w] grey, [h, w, 3] RGB or [h, w, 4] RGBA with alpha not multiplied in. Colours are taken as they
are stored (gamma-coded). Where pixels are mixed, colours count by their alpha, so that no fringe appears.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.rows import PIXELS, by_rows
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]
Values = NDArray[np.float32]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of R, G, B: ITU-R BT.601
MIDDLE = 127.5
LEVELS = 256
QUARTER = 90.0  # degrees
HUES = 360.0
WORD = 257  # steps of 16 bits in one of 8


def blurred(picture: Picture, radius: int, sigma: float) -> Picture:
    """A Gauss of `sigma` pixels, cut off after `radius` pixels; the picture is mirrored beyond its edges."""
    return by_rows(lambda part: _from_weighted(_gauss(_weighted(part), radius, sigma)), picture, reach=radius)


def sharpened(picture: Picture, radius: int, sigma: float, amount: float) -> Picture:
    """`amount` times what the blur takes away is added again. Alpha stays."""

    def sharp(part: Picture) -> Picture:
        plain = _colours(part).astype(np.float32)
        return _recoloured(part, plain + np.float32(amount) * (plain - _gauss(plain, radius, sigma)))

    return by_rows(sharp, picture, reach=radius)


def turned(picture: Picture, degrees: float, ground: tuple[int, int, int, int]) -> Picture:
    """Clockwise. Quarter turns move pixels and change none; by other angles the canvas grows, `ground` (RGBA) shows."""
    quarters, rest = divmod(degrees, QUARTER)
    if not rest:
        return np.ascontiguousarray(np.rot90(picture, -int(quarters)))
    height, width = picture.shape[:2]
    middle = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, -degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(np.ceil(width * cosine + height * sine)), int(np.ceil(width * sine + height * cosine))
    matrix[:, 2] += (size[0] - 1) / 2 - middle[0], (size[1] - 1) / 2 - middle[1]
    return _warped(_with_alpha(picture), np.asarray(matrix, np.float64), size, ground)


def _warped(
    picture: Picture, matrix: NDArray[np.float64], size: tuple[int, int], ground: tuple[int, int, int, int]
) -> Picture:
    """RGBA moved by a matrix into (width, height), strip by strip; in 16 bits, so that faint alpha keeps colours."""
    source = np.empty(picture.shape, np.uint16)
    step = max(1, PIXELS // max(size[0], picture.shape[1]))
    for top in range(0, len(picture), step):
        source[top : top + step] = np.rint(_weighted(picture[top : top + step]) * WORD)
    out = np.empty((size[1], size[0], 4), np.uint8)
    for top in range(0, size[1], step):
        lower = matrix - [[0, 0, 0], [0, 0, top]]
        strip = (size[0], min(step, size[1] - top))
        laid = cv2.warpAffine(source, lower, strip, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
        out[top : top + step] = _over(laid.astype(np.float32) / np.float32(WORD), ground)
    return out


def toned(picture: Picture, *, brightness: float, contrast: float, saturation: float, gamma: float) -> Picture:
    """Each amount at 1 changes nothing; they are applied in this order. Alpha stays.

    `contrast` turns about middle grey; `saturation` mixes with the luma (BT.601), 0 is grey; `gamma` above 1 makes
    middle tones lighter.
    """

    def tones(part: Picture) -> Picture:
        return _recoloured(part, _toned(_colours(part).astype(np.float32), brightness, contrast, saturation, gamma))

    return by_rows(tones, picture)


def _toned(colours: Values, brightness: float, contrast: float, saturation: float, gamma: float) -> Values:
    colours = (colours * np.float32(brightness) - np.float32(MIDDLE)) * np.float32(contrast) + np.float32(MIDDLE)
    if saturation != 1 and colours.ndim == 3:
        luma = (colours @ LUMA)[..., None]
        colours = (luma + np.float32(saturation) * (colours - luma)).astype(np.float32)
    if gamma != 1:
        bent = np.power(np.clip(colours, 0, 255) / 255, np.float32(1 / gamma))
        colours = np.asarray(255 * bent, np.float32)
    return colours


def shifted_hue(picture: Picture, degrees: float) -> Picture:
    """Every hue turned by so many degrees of the colour circle (HSV); greys, and alpha, stay."""
    if picture.ndim == 2 or degrees % HUES == 0:
        return picture

    def shifted(part: Picture) -> Picture:
        hsv = cv2.cvtColor(part[..., :3].astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0] + degrees) % HUES
        return _recoloured(part, 255 * np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32))

    return by_rows(shifted, picture)


def posterized(picture: Picture, levels: int) -> Picture:
    """Each channel in so many even levels from 0 to 255, each value in the nearest; alpha stays."""
    steps = np.rint(np.rint(np.arange(LEVELS) * (levels - 1) / 255) * 255 / (levels - 1)).astype(np.uint8)
    made = np.array(picture)
    _colours(made)[...] = steps[_colours(picture)]
    return made


def _colours(picture: Picture) -> Picture:
    """A view, without alpha."""
    return picture[..., :3] if picture.ndim == 3 else picture


def _recoloured(picture: Picture, colours: Values) -> Picture:
    """The picture with other colours, 0 to 255 and held there; its alpha stays."""
    made = np.array(picture)
    _colours(made)[...] = _bytes(colours)
    return made


def _gauss(values: Values, radius: int, sigma: float) -> Values:
    side = 2 * radius + 1
    return np.asarray(cv2.GaussianBlur(values, (side, side), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32)


def _weighted(picture: Picture) -> Values:
    """float32, colours multiplied by alpha."""
    values = picture.astype(np.float32)
    if picture.ndim == 3 and picture.shape[2] == 4:
        values[..., :3] *= values[..., 3:] / 255
    return values


def _from_weighted(values: Values) -> Picture:
    if values.ndim == 3 and values.shape[2] == 4:
        values[..., :3] *= 255 / np.maximum(values[..., 3:], np.float32(0.5))
    return _bytes(values)


def _with_alpha(picture: Picture) -> Picture:
    if picture.ndim == 3 and picture.shape[2] == 4:
        return picture
    colours = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)
    return np.dstack([colours, np.full(picture.shape[:2], 255, np.uint8)])


def _over(laid: Values, ground: tuple[int, int, int, int]) -> Picture:
    """RGBA with colours multiplied by alpha, over one colour."""
    under = np.array(ground, np.float32)
    under[:3] *= under[3] / 255
    uncovered = 1 - np.clip(laid[..., 3:], 0, 255) / np.float32(255)
    return _from_weighted((laid + uncovered * under).astype(np.float32))


def _bytes(values: Values) -> Picture:
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)
