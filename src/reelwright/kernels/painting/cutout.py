"""A subject cut out of a picture, to stand in a painted scene in the place of a painted one."""

import math
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

STEPS = 1.15  # of one leg in a second
EDGE = 1.2  # px; softness of the cut
BACKDROPS = ("#8fb0a4", "#c9d2d8", "#5f6b78", "#d9c3b4")
"""Grounds of the pictures of elements (`elements`): whatever is exactly of one of them along the whole rim is ours."""
FLAT, PLAIN = 9, 0.97
"""Levels by which a plain backdrop may vary along the rim, and the share of the rim that must be so flat."""
LEAST, MOST = 0.01, 0.90
"""Shares of a picture before a plain backdrop that somebody may cover."""
LONGEST = 900  # px of a cut-out


def cut(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a picture is about, on transparent ground; the whole picture, its corners rounded, if nothing stands out.

    Args:
        picture: uint8 [h, w, 3], RGB.

    Returns:
        uint8 [h', w', 4], RGBA, cropped to what is left.
    """
    if is_own(picture):
        return figure(picture)
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    if scale < 1:
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, np.uint8)
    height, width = picture.shape[:2]
    found = subject(picture)
    alpha = _rounded(height, width) if found is None else found
    rows, columns = np.nonzero(alpha.max(axis=1))[0], np.nonzero(alpha.max(axis=0))[0]
    rgba = np.dstack([picture, alpha])
    return np.ascontiguousarray(rgba[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def subject(picture: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Where the subject of a picture, uint8 [h, w, 3], is: uint8 [h, w], 255 inside, soft at its edge; None without."""
    found = parallax.subject_mask(picture)
    if found is None:
        return None
    height, width = picture.shape[:2]
    soft = cv2.GaussianBlur(cv2.resize(found, (width, height), interpolation=cv2.INTER_CUBIC), (0, 0), EDGE)
    return np.clip(np.asarray(soft, np.int16) * 2 - 160, 0, 255).astype(np.uint8)


def is_own(picture: NDArray[np.uint8]) -> bool:
    """Does a picture stand on one of our backdrops? Then it has its style, and nothing else in it has that colour."""
    rim = np.concatenate([picture[0], picture[:, 0], picture[:, -1]])
    return any(bool((rim == tuple(bytes.fromhex(one[1:]))).all()) for one in BACKDROPS)


def figure(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Whoever stands before a plain backdrop, exactly; before any other ground, what `cut` finds.

    Args and returns as of `cut`. The backdrop is what is of the rim's colour and hangs together with it; of our own
    ones, all that is of that colour.
    """
    rim = np.concatenate([picture[0], picture[:, 0], picture[:, -1]]).astype(np.int16)
    ground = np.median(rim, axis=0)
    if (np.abs(rim - ground).max(axis=1) <= FLAT).mean() < PLAIN:
        return cut(picture)
    away = np.abs(picture.astype(np.int16) - ground.astype(np.int16)).max(axis=2)
    behind = (away <= 2 * FLAT).astype(np.uint8)
    if not is_own(picture):
        _, pieces = cv2.connectedComponents(behind, connectivity=4)
        touching = np.unique(np.concatenate([pieces[0], pieces[:, 0], pieces[:, -1]]))
        behind = np.isin(pieces, touching[touching > 0]).astype(np.uint8)
    if not LEAST < 1 - behind.mean() < MOST:
        return cut(picture)
    return _trimmed(picture, np.asarray(cv2.erode(1 - behind, np.ones((3, 3), np.uint8)), np.uint8))


def _trimmed(picture: NDArray[np.uint8], inside: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cropped, no longer than `LONGEST`. The outermost pixels, which hold some of the backdrop, are gone."""
    alpha = np.asarray(cv2.GaussianBlur(inside * 255, (0, 0), 0.7), np.uint8)
    rows, columns = np.nonzero(inside.max(axis=1))[0], np.nonzero(inside.max(axis=0))[0]
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    rgba = np.dstack([picture, np.where(inside > 0, alpha, 0)])[box]
    scale = min(1.0, LONGEST / max(rgba.shape[:2]))
    if scale < 1:
        rgba = np.asarray(cv2.resize(rgba, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return np.ascontiguousarray(rgba)


def _rounded(height: int, width: int) -> NDArray[np.uint8]:
    radius = max(2, min(height, width) // 12)
    alpha = np.zeros((height, width), np.uint8)
    alpha[radius:-radius, :], alpha[:, radius:-radius] = 255, 255
    for row in (radius, height - 1 - radius):
        for column in (radius, width - 1 - radius):
            cv2.circle(alpha, (column, row), radius, 255, -1, cv2.LINE_AA)
    return alpha


def puppet(rgba: NDArray[np.uint8], x: float, feet: float, size: float, action: str) -> Draw:
    """Draws a cut-out `size` heights tall, or less wide where it is wide, that nods along as a paper figure does."""
    tall = size * min(1.0, 1.1 * rgba.shape[0] / rgba.shape[1])
    drawn, walks = standing(rgba, 0.0, 0.0, tall), action in ("walk", "run", "dance")

    def draw(canvas: "skia.Canvas", at: float) -> None:
        step = math.sin(2 * math.pi * STEPS * at)
        canvas.save()
        canvas.translate(x, feet - (0.012 * size * abs(step) if walks else 0.0))
        canvas.rotate(2.2 * step if walks else 0.5 * math.sin(0.9 * at))
        drawn(canvas, at)
        canvas.restore()

    return draw


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
