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

from typing import TYPE_CHECKING

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
CLEARLY_MIXED = (0.05, 0.95)
MOVED = 0.02  # mean change of the share of screen from which on slow maps are found anew
MAPS = 7  # of `Surroundings`
FACTOR, BY_LUMA, BY_SHARE, OFFSET, INVERSE, ALPHA, LUMA = range(MAPS)
DETAIL_WINDOW = 3  # cells in which luma is compared with alpha
DETAIL_FLOOR = 5.0  # levels between screen and foreground from which on luma tells them apart
DETAIL_NOISE = 0.5  # square of levels
NOISE_OF_BOTH = np.array([1e-4, DETAIL_NOISE], np.float32)[:, None, None]  # of alpha and luma
GAIN_BITS = 3
GAIN_UNIT = 1 << GAIN_BITS  # detail is computed in eighths of a level…
MOST_GAIN = 127  # …so that a step of 255 levels fits 16 bits
STEEPEST = MOST_GAIN / (FULL * GAIN_UNIT)
NEXT = np.ones((3, 3), np.uint8)  # a pixel and those next to it
SOFTENED = (5, 5)  # luma pixels: boxes that do together about what coded chroma planes have undergone


class Surroundings:
    """What is found on cells: how shares become alphas, their mean alpha and luma, and where pixels are mixed.

    `maps` is float32 [7, rows, columns]: the factor that makes alpha of 1 - share, the filter's slopes by luma and by
    share and its offset, one over the raw share of the screen (put there by the owner), alpha, luma. The first four
    change slowly: they are found anew when the light was, and when enough of the cells are not what they were.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        """`size`: columns and rows of cells."""
        self.maps: Map = np.empty((MAPS, size[1], size[0]), np.float32)
        self.sure = FAR_SURE
        """Share of screen below which a pixel far from any screen is foreground."""
        self.learnt = 0
        """How often the slow maps were found."""
        # What changes slowly is found at half the size, what changes slower still at a quarter.
        self._few = max(1, size[0] // 2), max(1, size[1] // 2)
        self._fewer = max(1, size[0] // 4), max(1, size[1] // 4)
        self._share_few = np.zeros(self._few[::-1], np.float32)
        self._known = self._share_few.copy()

    @property
    def alpha(self) -> Map:
        alpha: Map = self.maps[ALPHA]
        return alpha

    def look(self, raw: Map, y: Plane, anew: bool) -> Plane:
        """At raw share of screen and luma; gives where pixels are mixed, or near such (uint8, 0 or 1)."""
        factor, inverse, alpha, luma = (self.maps[at] for at in (FACTOR, INVERSE, ALPHA, LUMA))
        np.multiply(raw, inverse, out=alpha)
        luma[...] = y
        few = smaller(alpha, self._few, self._share_few)
        if anew or cv2.norm(few, self._known, cv2.NORM_L1) > MOVED * few.size:
            self._learn(few, y)
        np.multiply(np.subtract(1, alpha, out=alpha), factor, out=alpha)
        return self.mixed(*MIXED)

    def mixed(self, least: float, most: float) -> Plane:
        """Where cells have an alpha between these, or are next to one that has: uint8, 0 or 1."""
        sure = np.logical_or(self.alpha < np.float32(least), self.alpha > np.float32(most))
        return np.asarray(cv2.erode(sure.view(np.uint8), NEXT), np.uint8) ^ np.uint8(1)

    def _learn(self, share: Map, y: Plane) -> None:
        factor = _factor(share, self.sure)
        alpha, luma = _within(np.multiply(1 - share, factor)), smaller(y, self._few).astype(np.float32)
        # Half way between four pixels lies their mean; by areas it takes long where the size is not quite the half.
        alpha, luma, fewer = (larger(one, self._fewer) for one in (alpha, luma, share))
        slopes = _guided(alpha, luma, fewer, odd(GUIDE * self._fewer[0]))
        for into, one in zip(self.maps[:INVERSE], (factor, *slopes), strict=True):
            larger(one, size_of(y), into)
        np.copyto(self._known, share)
        self.learnt += 1


def _within(values: Map, least: float = 0, most: float = 1) -> Map:
    """Clipped to these bounds where it is: quicker than the greater of a map and a number, and then the lesser."""
    return np.asarray(values.clip(least, most, out=values), np.float32)


def prepared(maps: Map) -> Map:
    """The slow maps, or a part of them, as pixels need them: float32 [5, rows, columns], in the same memory.

    The factor, the filter's slopes by luma and by raw share, its offset, alpha by raw share.
    """
    maps[BY_SHARE] *= maps[INVERSE]
    maps[INVERSE] *= maps[FACTOR]
    return maps


def gained(alpha: Map, luma: Map) -> Map:
    """What a step of luma tells of alpha, within what `detailed` can hold."""
    gain = _gain(_within(alpha), luma, DETAIL_WINDOW)
    return _within(gain, -STEEPEST, STEEPEST)


def straightened(share: Map, half: Plane, maps: Map, work: Map) -> Plane:
    """Share of screen by the filter where pixels are mixed, by themselves elsewhere. `work` is memory for two maps."""
    factor, by_luma, by_share, offset, scaled = maps
    fit, alpha = work
    np.multiply(by_luma, half.astype(np.float32), out=fit)
    fit += np.multiply(by_share, share, out=alpha)
    fit += offset
    np.subtract(factor, np.multiply(scaled, share, out=alpha), out=alpha)
    cv2.copyTo(fit, cv2.inRange(alpha, *MIXED), alpha)
    return np.asarray(cv2.convertScaleAbs(_within(alpha, -1), alpha=-FULL, beta=FULL), np.uint8)


def detailed(y: Plane, screen: Plane, gain: Map, work: NDArray[np.int16]) -> Plane:
    """The share at full size, with the detail that luma shows and coded chroma does not. `work` is memory for two."""
    fine, large = work
    cv2.resize(screen.astype(np.int16), size_of(y), dst=large, interpolation=cv2.INTER_LINEAR)
    # A hair beside pixels that look unmixed reaches into them.
    mixed = cv2.dilate(_marked(screen - np.uint8(1) < np.uint8(FULL - 1)), NEXT)
    slope = np.asarray(cv2.multiply(gain, mixed, scale=GAIN_UNIT * FULL, dtype=cv2.CV_16S), np.int16)
    np.subtract(_softened(y), y, out=fine, dtype=np.int16)
    _multiplied(fine, slope)
    fine += GAIN_UNIT // 2
    fine >>= GAIN_BITS
    fine += large
    return np.asarray(np.clip(fine, 0, FULL, out=fine), np.uint8)


def _softened(y: Plane) -> Plane:
    for window in SOFTENED:
        y = np.asarray(cv2.blur(y, (window, window)), np.uint8)
    return y


def _multiplied(fine: NDArray[np.int16], slope: NDArray[np.int16]) -> None:
    """Four pixels of the one by each of the other."""
    pairs = slope.view(np.uint16) * np.uint32(65537)
    rows = fine.reshape(slope.shape[0], 2, -1)
    rows *= pairs.view(np.int16)[:, None]


def _factor(share: Map, far_sure: float) -> Map:
    """What makes alpha of 1 - share: the key's colour that the foreground has itself, and spilled light."""
    width = share.shape[1]
    near = odd(2 * NEAR * width)
    band = np.asarray(cv2.dilate(_marked(share > np.float32(SOLID)), np.ones((near, near), np.uint8)), np.uint8)
    sure = np.asarray(cv2.erode(_marked(share < np.float32(SURE)), NEXT), np.uint8)
    sure |= _marked(share < np.float32(far_sure)) & ~band
    own = mean_around(share.clip(LEAST_OWN, None), sure.astype(np.float32), odd(OWN * width))
    spill = cv2.blur(band.astype(np.float32), (near, near)) * np.float32(-SPILL)
    spill += np.float32(SPILL)
    spill -= own.clip(0, None)
    np.subtract(1, _within(spill), out=spill)
    spill *= np.subtract(1, own, out=own)
    return np.asarray(np.reciprocal(spill, out=spill), np.float32)


def _marked(where: NDArray[np.bool_]) -> Plane:
    """As bytes, 0 or 1."""
    return where.view(np.uint8)


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
    high, wide, edge = *alpha.shape, window // 2
    maps = np.empty((5, high + 2 * edge, wide), np.float32)
    inner = maps[:, edge : edge + high]
    inner[0], inner[1] = alpha, luma
    np.multiply(inner[:2], inner[:2], out=inner[2:4])
    np.multiply(alpha, luma, out=inner[4])
    maps[:, :edge], maps[:, edge + high :] = inner[:, :1], inner[:, -1:]
    # One below the other, in one step.
    means = blurred(maps.reshape(-1, wide), window).reshape(maps.shape)[:, edge : edge + high]
    maps = inner
    spread = means[2:4] - np.multiply(means[:2], means[:2], out=maps[:2])
    spread += NOISE_OF_BOTH
    both = np.subtract(means[4], np.multiply(means[0], means[1], out=maps[2]), out=maps[2])
    # both / alpha's spread is how far apart they are; both² / (alpha's spread · luma's), how certain that is.
    apart = np.divide(both, spread[0], out=maps[3])
    apart *= apart
    both *= apart
    apart += np.float32(DETAIL_FLOOR**2)
    apart *= spread[1]
    return np.asarray(np.divide(both, apart, out=both), np.float32)
