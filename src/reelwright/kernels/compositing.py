"""A keyed frame without its screen: before another background, or alone with transparency.

What a pixel has of the screen (`kernels.keying`) is taken away and as much of the new background put there, so
that a hair keeps its own light and no rim of the old colour stays. Spilled light goes too, but not the colours of
skin. Pictures are 8-bit YCbCr 4:2:0 planes.
"""

from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.keying import Matte
from reelwright.kernels.maps import FULL, Map, Plane, above, as_bytes, blurred, equal, larger, size_of, smaller
from reelwright.kernels.matting import MIXED
from reelwright.kernels.plate import NEUTRAL, Picture
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

GUARD = 1.2  # as much as its chroma aside, times this, a pixel may have of the key without spill: skin before yellow
FAINT = 0.06  # alpha below which a pixel's own colour is not known
LEAST_WEIGHT = 0.2  # colours are amplified five times at most
SURE_WEIGHT = 0.5  # alpha from which on its colour is its own alone
SPREAD = 28  # chroma pixels over which the foreground's colours are spread out


def over(picture: Picture, matte: Matte, background: Picture, despill: float = 1.0) -> Picture:
    """The frame before another background: what it has of the screen is taken away, as much of the new put there."""
    if not matte.has_screen:
        return picture
    luma = _luma_over(picture[0], matte, background[0])
    lit, half = _lit(matte), np.ascontiguousarray(matte.half).ravel()
    # What is all screen is the new background.
    seen = np.flatnonzero(half != FULL)
    share, plate = half[seen] * np.float32(1 / FULL), (lit[0].ravel()[seen], lit[1].ravel()[seen])
    u, v = (plane.ravel()[seen] for plane in picture[1:])
    taken = _taken(u, v, plate, share, despill)
    chroma = []
    for plane, part, new in zip((u, v), plate, background[1:], strict=True):
        chroma.append(new.copy())
        mixed = plane - taken * part + share * (new.ravel()[seen] - np.float32(NEUTRAL))
        chroma[-1].ravel()[seen] = _rounded(mixed)
    return luma, chroma[0], chroma[1]


def _luma_over(y: Plane, matte: Matte, background: Plane) -> Plane:
    luma = y.copy()
    cv2.copyTo(background, equal(matte.screen, FULL), luma)
    screen = np.ascontiguousarray(matte.screen).ravel()
    mixed = np.flatnonzero(screen - np.uint8(1) < FULL - 1)  # neither 0 nor 255
    rows, columns = np.divmod(mixed, y.shape[1])
    plate = larger(matte.plate[0], size_of(matte.half))[rows >> 1, columns >> 1]
    share = screen[mixed] * np.float32(1 / FULL)
    luma.ravel()[mixed] = _rounded(luma.ravel()[mixed] + share * (background.ravel()[mixed] - plate))
    return luma


def _rounded(values: Map) -> Plane:
    return np.asarray(np.clip(values + np.float32(0.5), 0, FULL), np.uint8)


def cut_out(picture: Picture, matte: Matte, despill: float = 1.0) -> tuple[Plane, Plane, Plane, Plane]:
    """The foreground alone: Y, U, V as if it covered each pixel wholly, and alpha (uint8, luma size).

    Where nothing is left of it, the colours of what is near: a player that scales would show a fringe otherwise.
    """
    y, u, v = picture
    alpha = np.asarray(cv2.bitwise_not(matte.screen), np.uint8)
    if not matte.has_screen:
        return y, u, v, alpha
    share = matte.half * np.float32(1 / FULL)
    lit = _lit(matte)
    weight, taken = 1 - share, _taken(u, v, lit, share, despill)
    # What is left of a nearly covered pixel is mostly noise.
    sure = np.clip((weight - np.float32(FAINT)) / np.float32(SURE_WEIGHT - FAINT), 0, 1)
    luma = _unmixed(y, matte.screen, larger(matte.plate[0], size_of(y)))
    near = as_bytes(larger(_spread(smaller(luma, size_of(u)).astype(np.float32), weight) / FULL, size_of(y)))
    cv2.copyTo(near, above(-alpha.astype(np.float32), -FAINT * FULL), luma)
    planes = []
    for plane, plate in zip((u, v), lit, strict=True):
        own = plane - np.float32(NEUTRAL) - taken * plate
        own /= np.maximum(weight, np.float32(LEAST_WEIGHT))
        near_by = _spread(own, weight * weight)
        planes.append(as_bytes((near_by + sure * (own - near_by) + NEUTRAL) / FULL))
    return luma, planes[0], planes[1], alpha


def spill(u: Plane, v: Plane, matte: Matte) -> float:
    """Mean share of the screen's colour in the foreground of a frame, or of what was made of it."""
    fore = matte.half < (1 - MIXED[1]) * FULL
    return float(_spilled(u, v, _lit(matte))[fore].mean()) if fore.any() else 0.0


def _lit(matte: Matte) -> tuple[Map, Map]:
    """The plate's chroma at its full size."""
    size = size_of(matte.half)
    return larger(matte.plate[1], size), larger(matte.plate[2], size)


def _spilled(u: Plane, v: Plane, lit: tuple[Map, Map]) -> Map:
    """How much of the plate's chroma a pixel may have without another colour of its own: skin keeps its yellow."""
    us, vs = u - np.float32(NEUTRAL), v - np.float32(NEUTRAL)
    along = us * lit[0] + vs * lit[1]
    along -= np.float32(GUARD) * np.abs(us * lit[1] - vs * lit[0])
    return np.maximum(along, 0) / (lit[0] * lit[0] + lit[1] * lit[1] + 1)


def _unmixed(y: Plane, screen: Plane, plate: Map) -> Plane:
    values = np.arange(256, dtype=np.float32)
    ratio = values / np.maximum(FULL - values, np.float32(LEAST_WEIGHT * FULL))
    return as_bytes((y + np.asarray(cv2.LUT(screen, ratio), np.float32) * (y - plate)) / FULL)


def _taken(u: Plane, v: Plane, lit: tuple[Map, Map], share: Map, despill: float) -> Map:
    """How much of the plate's chroma each pixel loses: its share of screen, and the spilled light on it."""
    return share + np.float32(despill) * np.maximum(_spilled(u, v, lit) - share, 0)


def _spread(values: Map, weight: Map) -> Map:
    """The weighted mean around each pixel; found at a quarter of the size."""
    size = size_of(values)
    few = max(1, size[0] // 4), max(1, size[1] // 4)
    most = blurred(smaller(weight * values, few), SPREAD // 4)
    return larger(most / (blurred(smaller(weight, few), SPREAD // 4) + np.float32(1e-3)), size)
