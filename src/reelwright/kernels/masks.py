"""Masks: which pixels are meant, uint8 [h, w], 255 wholly, 0 not at all; and what is commonly done to them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Mask = NDArray[np.uint8]
FULL = 255


def near(rgb: NDArray[np.uint8], colour: tuple[int, ...], tolerance: int) -> Mask:
    """Wholly where no channel of uint8 [h, w, 3] is farther than `tolerance` from the colour (its first three)."""
    off = np.abs(rgb.astype(np.int16) - np.array(colour[:3], np.int16)).max(axis=2)
    return np.where(off <= tolerance, FULL, 0).astype(np.uint8)


def grown(mask: Mask, pixels: int) -> Mask:
    """Larger by so many pixels on each side, in a disc around each; smaller below 0. Beyond the edge is nothing new."""
    if not pixels:
        return mask
    side = 2 * abs(pixels) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    way = cv2.dilate if pixels > 0 else cv2.erode
    return np.asarray(way(mask, disc, borderType=cv2.BORDER_REPLICATE), np.uint8)


def feathered(mask: Mask, sigma: float) -> Mask:
    """With a soft edge: a Gauss of `sigma` pixels."""
    if sigma <= 0:
        return mask
    blurred = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.rint(blurred).astype(np.uint8)


def frame(size: tuple[int, int], sides: tuple[int, int, int, int], width: int) -> Mask:
    """A border that fades inward: of (width, height), from 255 at the edge to 0 after `width` pixels.

    Only at the sides (left, top, right, bottom) that are not 0. The way it fades is a quarter of a parabola, gentle at
    its inner end.
    """
    wide, tall = size
    if not width:
        return np.zeros((tall, wide), np.uint8)
    left, top, right, bottom = (np.inf if not one else 0.0 for one in sides)
    across, down = np.arange(wide, dtype=np.float32), np.arange(tall, dtype=np.float32)
    beside = np.minimum(across + left, wide - 1 - across + right)
    above = np.minimum(down + top, tall - 1 - down + bottom)
    inward = np.minimum(beside[None, :], above[:, None])
    share = np.clip((width - inward) / width, 0, 1) ** 2
    return np.asarray(np.rint(FULL * share), np.uint8)
