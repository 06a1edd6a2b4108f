"""A translucent logo before a camera that stands still, told by what goes on behind its rim.

Where nothing changes in time, the picture still changes from place to place: along the rim of a logo, walls, doors and
people go on from the outside to the inside, where they show I = s B + c. So the levels just inside, all around, are a
straight line over those just outside, and its slope is s. Places where the scenery itself has an edge near by are left
out: there one does not know what goes on. Nothing that is no glass has such a line: its inside does not hang on what
happens to be beside it. That is asked of the line: many places, levels that differ widely, and next to nothing off it.

Then the paints, two at most, are told as in `kernels.glaze`, from the mean picture. What is found counts if it takes
the logo's edges away.

Regions are [Y, U, V] as in `kernels.region`, samples a sequence of them from all over the film.
Not for bare letters, which have no inside, nor before an even ground, which tells nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import glaze, inpainting, registration
from reelwright.kernels.glaze import Glaze
from reelwright.kernels.region import Field, Plane
from reelwright.kernels.registration import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

OUTSIDE, WITHIN = (2.0, 3.0), (1.5, 3.0)  # px from the outline: rings outside and inside
CALM, AROUND = 16.0, 7  # grey levels within so many pixels, at most, where one knows what goes on
LEAST_PLACES = 120  # of the ring inside
VARIES = 8.0  # grey levels, standard deviation of those outside, at least
OFF, FITS = 0.12, 0.8  # of that deviation that the line leaves, at most; of the places that must lie on it
OUTLIER, ALWAYS = 2.5, 1.0  # deviations off the line that count as none; grey levels that never do
ROUNDS = 6
THROUGH = 0.2, 0.85  # of the light that shines through
OPAQUE = 12.0  # grey levels by which the rim must change what goes on, at least
LEAST_INK = 12.0  # grey levels between the two paints of a sign
LEFT = 0.35  # of the gradients along its edges that may be left, at most


@dataclass(frozen=True, slots=True)
class _Line:
    """I = slope * B + level."""

    slope: float
    level: float


def glass(samples: Sequence[Sequence[Plane]], covered: Mask) -> Glaze | None:
    """`covered`: the logo, filled, to a pixel or two. None where it is no glass."""
    means = glaze.means_of(samples)
    card = glaze.squared(covered)
    line = _line(means[0], card)
    if line is None:
        return None
    inside = _exact(means[0], card, line)
    line = _line(means[0], inside)
    if line is None:
        return None
    surfaces, letters = _surfaces(means[0], inside, line)
    nowhere = np.full(inside.shape, np.nan, np.float32)
    found = glaze.painted(samples[0], means, inside, surfaces, line.slope, [nowhere] * len(means))
    return found if _is_gone(means[0], _outline(inside) | (_outline(letters) & inside), found) else None


def _line(luma: Field, card: Mask) -> _Line | None:
    """The line that the levels inside are, over what goes on from the outside; None where they are none."""
    depth, away = _distance(card), _distance(~card)
    ring = (depth >= WITHIN[0]) & (depth < WITHIN[1])
    beside = (away >= OUTSIDE[0]) & (away < OUTSIDE[1])
    if not beside.any():
        return None
    outer = _nearest(np.asarray(cv2.blur(luma, (3, 3)), np.float32), beside)
    calm = np.maximum(_nearest(_range(luma, away >= WITHIN[0]), beside), _range(luma, depth >= WITHIN[0])) < CALM
    usable = ring & calm
    return _fitted(outer[usable], luma[usable]) if usable.sum() >= LEAST_PLACES else None


def _fitted(outer: Field, inner: Field) -> _Line | None:
    varies = float(outer.std())
    if varies < VARIES:
        return None
    kept = np.ones(len(outer), bool)
    slope, level, off = 0.0, 0.0, np.zeros(len(outer))
    for _ in range(ROUNDS):
        # What errs is the guess of what goes on: it is told by the levels inside, and the line turned round.
        back, start = np.polyfit(inner[kept], outer[kept], 1)
        slope, level = 1 / max(back, 1e-3), -start / max(back, 1e-3)
        off = np.abs(inner - slope * outer - level)
        kept = off < OUTLIER * 1.4826 * np.median(off[kept]) + ALWAYS
    line = _Line(float(slope), float(level))
    moved = float(np.abs(line.slope * outer + line.level - outer).mean())
    stands = kept.mean() > FITS and off[kept].mean() < OFF * varies and outer[kept].std() > VARIES
    return line if stands and THROUGH[0] < line.slope < THROUGH[1] and moved > OPAQUE else None


def _exact(luma: Field, card: Mask, line: _Line) -> Mask:
    """The card to the pixel: those of its outline that look like the outside are no part of it."""
    for _ in range(2):
        inner = cv2.erode(card.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        away = _distance(~card)
        outside = _nearest(luma, (away >= OUTSIDE[0] - 1) & (away < OUTSIDE[0]))
        clear = np.abs(luma - outside) < np.abs(luma - line.slope * outside - line.level)
        card = glaze.squared(inner | (card & ~clear))
    return card


def _surfaces(luma: Field, inside: Mask, line: _Line) -> tuple[NDArray[np.int_], Mask]:
    """Of the two paints that a sign has, 1 at its rim and 2 on it, the pixels that are surely one; and the second."""
    behind = inpainting.membrane(luma, ~inside)
    apart = luma - line.slope * behind - line.level
    middle = _parting(apart[inside])
    above, below = inside & (apart > middle), inside & (apart <= middle)
    ring = inside & (_distance(inside) <= WITHIN[1])
    letters = below if above[ring].mean() > 0.5 else above
    card = inside & ~letters
    if not letters.any() or abs(float(np.median(apart[letters]) - np.median(apart[card]))) < LEAST_INK:
        return inside.astype(int), np.zeros_like(inside)
    kernel = np.ones((3, 3), np.uint8)
    sure = [cv2.erode(one.astype(np.uint8), kernel) > 0 for one in (card, letters)]
    return np.where(sure[0], 1, np.where(sure[1], 2, 0)), letters


def _parting(values: NDArray[np.floating]) -> float:
    """The level that parts them into two groups which are most alike in themselves (Otsu, 1979)."""
    ordered = np.sort(values).astype(np.float64)
    count = np.arange(1, len(ordered))
    sums = np.cumsum(ordered)
    low, high = sums[:-1] / count, (sums[-1] - sums[:-1]) / (len(ordered) - count)
    best = int(np.argmax(count * (len(ordered) - count) * np.square(high - low)))
    return float((low[best] + high[best]) / 2)


def _outline(mask: Mask) -> Mask:
    """The pixels at both sides of it."""
    return registration.grown(mask, 1) & ~(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def _is_gone(luma: Field, outline: Mask, found: Glaze) -> bool:
    """Does next to nothing stay of these edges?"""
    clear = (luma - found.added[0]) / found.through
    before, after = (_steepness(one)[outline].mean() for one in (luma, clear))
    return bool(after < LEFT * before)


def _steepness(luma: Field) -> Field:
    across, down = (cv2.Sobel(luma, cv2.CV_32F, *way) / 8 for way in ((1, 0), (0, 1)))
    return np.asarray(np.hypot(across, down), np.float32)


def _distance(mask: Mask) -> Field:
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def _range(luma: Field, where: Mask) -> Field:
    """How far levels of these pixels are apart around each."""
    kernel, most = np.ones((AROUND, AROUND), np.uint8), np.float32(1e4)
    return np.asarray(
        cv2.dilate(np.where(where, luma, -most), kernel) - cv2.erode(np.where(where, luma, most), kernel), np.float32
    )


def _nearest(values: NDArray[np.float32], source: Mask) -> Field:
    """For each pixel the value of the nearest of the source's, of which there are some."""
    how = cv2.DIST_LABEL_PIXEL
    _, labels = cv2.distanceTransformWithLabels((~source).astype(np.uint8), cv2.DIST_L2, 5, labelType=how)
    table = np.zeros(int(labels.max()) + 1, np.float32)
    table[labels[source]] = values[source]
    return np.asarray(table[labels], np.float32)
