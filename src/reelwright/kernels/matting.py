"""How much of a mixed pixel is screen, by what lies around it and by what luma shows.

From the mean of square cells is found how the share of screen, as chroma tells it, becomes alpha:

- what the nearest sure foreground has of the key's colour counts as its own (blond hair, yellow light), and a
  little of it away from any screen as spilled light;
- a guided filter (He, Sun & Tang, "Guided image filtering", 2013; subsampled: He & Sun, "Fast guided filter",
  2015) on luma and share straightens noise;
- detail that the chroma planes cannot hold is taken from full-size luma, as far as that tells screen and
  foreground apart.

Shares are float32, 1 is all screen; alpha is 1 for all foreground.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import (
    FULL,
    Map,
    Plane,
    blurred,
    larger,
    mean_around,
    odd,
    size_of,
    smaller,
)
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

SOLID = 0.8  # share of screen from which on a pixel may be all screen
SURE = 0.2  # share of screen below which a pixel is foreground
FAR_SURE = 0.35  # the same far from any screen
SPILL = 0.15  # …and below which it is spilled light, away from any screen
NEAR = 0.035  # of the width: how far from the screen spill and mixture are told apart
LEAST_OWN = -0.05  # what skin has against the key says nothing of the hair beside it
OWN = 0.09  # of the width: how far the colour of the foreground is looked for
GUIDE = 0.09  # of the width: window of the guided filter
GUIDE_LUMA, GUIDE_SHARE = 8.0, 0.004  # squares of what the filter takes for noise
MIXED = (0.02, 0.98)
MAPS = 7  # of `Surroundings`
FACTOR, BY_LUMA, BY_SHARE, OFFSET, INVERSE, ALPHA, LUMA = range(MAPS)
DETAIL_WINDOW = 3  # cells in which luma is compared with alpha
DETAIL_FLOOR = 5.0  # levels between screen and foreground from which on luma tells them apart
DETAIL_NOISE = 0.5  # square of levels
GAIN_BITS = 3
GAIN_UNIT = 1 << GAIN_BITS  # detail is computed in eighths of a level…
MOST_GAIN = 127  # …so that a step of 255 levels fits 16 bits
STEEPEST = np.float32(MOST_GAIN / (FULL * GAIN_UNIT))
NEXT = np.ones((3, 3), np.uint8)  # a pixel and those next to it
SOFTENED = (5, 3)  # luma pixels: boxes that do together about what coded chroma planes have undergone


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is found on cells: how shares become alphas, their mean alpha and luma, and where pixels are mixed, or near
    such (uint8, 0 or 1). `maps` is float32 [7, rows, columns]: the factor that makes alpha of 1 - share, the filter's
    slopes by luma and by share and its offset, one over the raw share of the screen, alpha, luma."""

    maps: Map
    mixed: Plane

    @property
    def alpha(self) -> Map:
        alpha: Map = self.maps[ALPHA]
        return alpha

    @classmethod
    def of(cls, raw: Map, y: Plane, maps: Map) -> Self:
        """Of raw share of screen and luma. `maps` holds one over the raw share of the screen; the rest is filled in."""
        size, share, luma = size_of(y), raw * maps[INVERSE], maps[LUMA]
        luma[...] = y
        # What changes slowly is found at half the size, what changes slower still at a quarter.
        few = max(1, size[0] // 2), max(1, size[1] // 2)
        fewer = max(1, size[0] // 4), max(1, size[1] // 4)
        share_few = smaller(share, few)
        factor = _factor(share_few)
        alpha_few, luma_few = _within(np.multiply(1 - share_few, factor)), smaller(y, few).astype(np.float32)
        # Half way between four pixels lies their mean; by areas it takes long where the size is not quite the half.
        alpha_fewer, luma_fewer, share_fewer = (larger(one, fewer) for one in (alpha_few, luma_few, share_few))
        slopes = _guided(alpha_fewer, luma_fewer, share_fewer, odd(GUIDE * fewer[0]))
        for into, one in zip(maps[:INVERSE], (factor, *slopes), strict=True):
            larger(one, size, into)
        np.multiply(np.subtract(1, share, out=share), maps[FACTOR], out=maps[ALPHA])
        mixed = cv2.dilate(cv2.inRange(maps[ALPHA], *MIXED), NEXT)
        return cls(maps, np.asarray(mixed, np.uint8))


def _within(values: Map) -> Map:
    """Clipped to 0–1 where it is. By two steps: `np.clip` takes longer to begin than to do so few values."""
    found: Map = np.minimum(np.maximum(values, 0, out=values), 1, out=values)
    return found


def prepared(maps: Map) -> Map:
    """`Surroundings.maps`, or a part of them, as pixels need them: float32 [6, rows, columns], in the same memory.

    The factor, the filter's slopes by luma and by raw share, its offset, alpha by raw share, what luma tells of alpha.
    """
    maps[BY_SHARE] *= maps[INVERSE]
    maps[INVERSE] *= maps[FACTOR]
    gain = _gain(_within(maps[ALPHA]), maps[LUMA], DETAIL_WINDOW)
    np.minimum(np.maximum(gain, -STEEPEST, out=gain), STEEPEST, out=maps[ALPHA])
    return maps[:LUMA]


def straightened(share: Map, half: Plane, maps: Map) -> Plane:
    """Share of screen by the filter where pixels are mixed, by themselves elsewhere; the maps are overwritten."""
    factor, by_luma, by_share, offset, scaled, *_ = maps
    scaled *= share
    alpha = np.subtract(factor, scaled, out=factor)
    by_luma *= half.astype(np.float32)
    by_luma += np.multiply(by_share, share, out=by_share)
    by_luma += offset
    cv2.copyTo(by_luma, cv2.inRange(alpha, *MIXED), alpha)
    return np.asarray(cv2.convertScaleAbs(np.minimum(alpha, 1, out=alpha), alpha=-FULL, beta=FULL), np.uint8)


def detailed(y: Plane, screen: Plane, gain: Map) -> Plane:
    """The share at full size, with the detail that luma shows and coded chroma does not."""
    large = cv2.resize(screen.astype(np.int16), size_of(y), interpolation=cv2.INTER_LINEAR)
    # A hair beside pixels that look unmixed reaches into them.
    mixed = cv2.dilate(cv2.inRange(screen, 1, FULL - 1), NEXT)
    slope = np.asarray(cv2.multiply(gain, mixed, scale=GAIN_UNIT, dtype=cv2.CV_16S), np.int16)
    fine = np.subtract(_softened(y), y, dtype=np.int16)
    fine *= _doubled(slope)
    fine += GAIN_UNIT // 2
    fine >>= GAIN_BITS
    return np.asarray(cv2.add(fine, large, dtype=cv2.CV_8U), np.uint8)


def _softened(y: Plane) -> Plane:
    for window in SOFTENED:
        y = np.asarray(cv2.blur(y, (window, window)), np.uint8)
    return y


def _doubled(plane: NDArray[np.int16]) -> NDArray[np.int16]:
    """Each pixel as four."""
    pairs = plane.view(np.uint16) * np.uint32(65537)
    rows = np.empty((plane.shape[0], 2, plane.shape[1]), np.uint32)
    rows[...] = pairs[:, None]
    return rows.view(np.int16).reshape(2 * plane.shape[0], 2 * plane.shape[1])


def _factor(share: Map) -> Map:
    """What makes alpha of 1 - share: the key's colour that the foreground has itself, and spilled light."""
    width = share.shape[1]
    near = odd(2 * NEAR * width)
    band = np.asarray(cv2.dilate(cv2.inRange(share, SOLID, np.inf), np.ones((near, near), np.uint8)), np.uint8)
    inside, far = cv2.erode(cv2.inRange(share, -np.inf, SURE), NEXT), cv2.inRange(share, -np.inf, FAR_SURE)
    sure = cv2.bitwise_or(inside, cv2.subtract(far, band)) > 0
    own = mean_around(np.maximum(share, np.float32(LEAST_OWN)), sure.astype(np.float32), odd(OWN * width))
    spill = np.float32(SPILL) - np.asarray(cv2.blur(band, (near, near))) * np.float32(SPILL / FULL)
    spill -= np.maximum(own, 0)
    return np.asarray(1 / ((1 - own) * (1 - np.maximum(spill, 0))), np.float32)


def _guided(alpha: Map, luma: Map, share: Map, window: int) -> tuple[Map, Map, Map]:
    """alpha as slopes · (luma, share) + offset in each window: least squares, of two guides."""
    luma_mean, share_mean, alpha_mean = (blurred(values, window) for values in (luma, share, alpha))
    with_luma = blurred(luma * alpha, window) - luma_mean * alpha_mean
    with_share = blurred(share * alpha, window) - share_mean * alpha_mean
    luma_luma = blurred(luma * luma, window) - luma_mean * luma_mean + np.float32(GUIDE_LUMA)
    share_share = blurred(share * share, window) - share_mean * share_mean + np.float32(GUIDE_SHARE)
    luma_share = blurred(luma * share, window) - luma_mean * share_mean
    whole = luma_luma * share_share - luma_share * luma_share
    by_luma = (share_share * with_luma - luma_share * with_share) / whole
    by_share = (luma_luma * with_share - luma_share * with_luma) / whole
    offset = alpha_mean - by_luma * luma_mean - by_share * share_mean
    return blurred(by_luma, window), blurred(by_share, window), blurred(offset, window)


def _gain(alpha: Map, luma: Map, window: int) -> Map:
    """What a step of luma tells of alpha: the slope between them, as far as the one explains the other."""
    alpha_mean, luma_mean = blurred(alpha, window), blurred(luma, window)
    alpha_alpha = blurred(alpha * alpha, window) - alpha_mean * alpha_mean + np.float32(1e-4)
    luma_luma = blurred(luma * luma, window) - luma_mean * luma_mean + np.float32(DETAIL_NOISE)
    both = blurred(alpha * luma, window) - alpha_mean * luma_mean
    apart = both / alpha_alpha
    certain = both * apart / luma_luma
    return certain * apart / (apart * apart + np.float32(DETAIL_FLOOR**2))
