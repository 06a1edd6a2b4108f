"""A subject cut out of a picture, to stand in a painted scene in the place of a painted one."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import parallax
from reelwright.kernels.painting.stage import Draw
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
    import skia
else:
    cv2 = lazy("cv2")
    skia = lazy("skia")

EDGE = 1.2  # px; softness of the cut
LONGEST = 900  # px of a cut-out


def cut(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a picture is about, on transparent ground; the whole picture, its corners rounded, if nothing stands out.

    Args:
        picture: uint8 [h, w, 3], RGB.

    Returns:
        uint8 [h', w', 4], RGBA, cropped to what is left.
    """
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    if scale < 1:
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, np.uint8)
    height, width = picture.shape[:2]
    found = parallax.subject_mask(picture)
    if found is None:
        alpha = _rounded(height, width)
    else:
        soft = cv2.GaussianBlur(cv2.resize(found, (width, height), interpolation=cv2.INTER_CUBIC), (0, 0), EDGE)
        alpha = np.clip(np.asarray(soft, np.int16) * 2 - 160, 0, 255).astype(np.uint8)
    rows, columns = np.nonzero(alpha.max(axis=1))[0], np.nonzero(alpha.max(axis=0))[0]
    rgba = np.dstack([picture, alpha])
    return np.ascontiguousarray(rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def _rounded(height: int, width: int) -> NDArray[np.uint8]:
    radius = max(2, min(height, width) // 12)
    alpha = np.zeros((height, width), np.uint8)
    alpha[radius:-radius, :], alpha[:, radius:-radius] = 255, 255
    for row in (radius, height - 1 - radius):
        for column in (radius, width - 1 - radius):
            cv2.circle(alpha, (column, row), radius, 255, -1, cv2.LINE_AA)
    return alpha


def standing(rgba: NDArray[np.uint8], x: float, feet: float, tall: float) -> Draw:
    """Draws a cut-out with its foot at (x, feet), `tall` heights high; it sways as a breathing figure does."""
    image = skia.Image.fromarray(rgba, skia.kRGBA_8888_ColorType, copy=True)
    wide = tall * image.width() / image.height()
    source = skia.Rect.MakeWH(image.width(), image.height())
    smooth = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    shadow = skia.Paint(AntiAlias=True, Color=skia.Color(5, 8, 15, 76))

    def draw(canvas: "skia.Canvas", at: float) -> None:
        breath = 1 + 0.008 * np.sin(1.7 * at)
        canvas.drawOval(skia.Rect.MakeXYWH(x - 0.42 * wide, feet - 0.014, 0.84 * wide, 0.03), shadow)
        canvas.drawImageRect(
            image, source, skia.Rect.MakeXYWH(x - wide / 2, feet - tall * breath, wide, tall * breath), smooth
        )

    return draw
