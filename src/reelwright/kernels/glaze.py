"""A translucent logo as glass: one opacity for all of it, and a few paints.

Most translucent logos are drawn opaque and laid over with one opacity. A model of so few numbers is known far better
than each pixel's own. A logo shows I = s B + c. What differs from the mean of all samples shows no c: I' = s B'. From
the outside to the inside of its rim that falls by s at once, while scenery changes slowly; so s is what the changes
inside have left of those expected from the surroundings, by those of the last pixels outside. Both the regression on
the surroundings (scenery near by is alike only in part, which makes it small) and the ratio of the deviations (which
that makes great) tell it; the truth lies between.

Then the mean picture alone is asked for c, surface by surface from the rim inwards: each is even between the logo's
lasting edges, so its c is the median of what it shows less s times the membrane of what is known beside it. Surfaces
of like c are of one paint. The edges between, soft or not, are mixtures of two paints.

Not for logos whose parts differ in opacity, nor for bare letters, which have no inside; `roughness` tells how much of
a logo's edges a model leaves in the pictures, so that the better of two can be taken.

Regions are [Y, U, V] as in `kernels.region`, samples a sequence of them from all over the film.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, region, registration
from reelwright.kernels.region import Field, Plane
from reelwright.kernels.registration import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

OUTSIDE, WITHIN = ((0, 1), (1, 2)), (4, 7)  # px from the border of what is covered: not yet the logo; surely inside it
STEPS_IN = 4  # of the rings outside, from the second to the middle of the one inside
SURE = 5  # px from there: inside, whatever a pixel says
LEAST_RIM, LEAST_SURFACE = 200, 10  # pixels
CHANGES = 8.0  # grey levels by which the surroundings vary, at least
KEEPS = 0.7, 1.4  # of the changes expected: what the last pixels outside show of them
THROUGH = 0.15, 0.9  # of the light that shines through: less is opaque, more is nothing
AGREES = 0.12  # between the two ways to tell that, at most
LARGE, LARGER = (
    2000,
    500,
)  # pixels of a surface up to which larger ones come first; so many more are worth a pixel's way
ALIKE = 10.0  # grey levels between surfaces of one paint
SQUARE = 0.93  # of a part and its rectangle together that both have: it is one
NEAREST, TALLEST = 20, 2  # percent of a surface that tell its paint, those nearest to the known; px that are enough
SHARP = 0.25  # of two paints' difference: a mixture nearer to one than this is that one
CERTAIN, EVEN, SOFT = 0.015, 0.8, 2.0  # standard errors: of s; of a paint, grey levels; more for a mixture
NUB = 5  # px


@dataclass(frozen=True, slots=True, eq=False)
class Glaze:
    """`through`: s of each luma pixel, 1 outside; `added`: c, for each plane, in its steps."""

    through: Field
    added: tuple[Field, ...]
    doubt: Field
    """Standard error of c in the luma, grey levels."""

    def passed(self, index: int) -> Field:
        """s in a plane."""
        return self.through if index == 0 else region.halved(self.through, self.added[index].shape)


def glaze(samples: Sequence[Sequence[Plane]], covered: Mask, edges: Mask) -> Glaze | None:
    """`covered`: the logo and some pixels around it; `edges`: what lasts in any plane. None where it is not like that.

    Two pixels at least of `covered` must be outside of the logo all around: they tell what is expected inside.
    """
    lumas = _stack(samples, 0)
    depth = np.asarray(cv2.distanceTransform(covered.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    off = lumas - lumas.mean(axis=0)
    behind = np.stack([inpainting.membrane(one, ~covered) for one in off])
    through = _through(off, behind, depth)
    if through is None:
        return None
    own = (off * behind).sum(axis=0) / np.maximum(np.square(behind).sum(axis=0), 1e-3)
    less = cv2.blur(np.asarray(own, np.float32), (NUB, NUB)) < (1 + through) / 2
    inside = squared(_opened(covered & ((depth > SURE) | less)))
    edges = edges & (cv2.erode(inside.astype(np.uint8), np.ones((NUB, NUB), np.uint8)) > 0)
    if inside.sum() < LEAST_RIM:
        return None
    surfaces = _surfaces(inside, edges)
    if not surfaces.any():
        return None
    means = means_of(samples)
    return painted(samples[0], means, inside, surfaces, through, [_rim(one, covered, depth, through) for one in means])


def painted(
    planes: Sequence[Plane],
    means: Sequence[Field],
    inside: Mask,
    surfaces: NDArray[np.int_],
    through: float,
    rims: Sequence[Field],
) -> Glaze:
    """The paints, where the opacity is known. `means`: of all planes, the luma's size; `surfaces`: numbered from 1, of
    one paint each; 0 may be mixed; `rims`: as in `_Paints.of`."""
    added = [
        _Paints.of(mean, surfaces, inside, through, rim).added(mean) for mean, rim in zip(means, rims, strict=True)
    ]
    shapes, steps = [plane.shape for plane in planes], [region.unit(plane) for plane in planes]
    mixed = inside & (surfaces == 0)
    return Glaze(
        np.where(inside, np.float32(through), np.float32(1)),
        tuple(
            region.halved(one, shape) * np.float32(unit) for one, shape, unit in zip(added, shapes, steps, strict=True)
        ),
        np.where(mixed, EVEN + SOFT, EVEN).astype(np.float32),
    )


def means_of(samples: Sequence[Sequence[Plane]]) -> list[Field]:
    """The mean picture, each plane of the luma's size, grey levels."""
    return [region.full(_stack(samples, index).mean(axis=0), samples[0][0].shape) for index in range(len(samples[0]))]


def roughness(samples: Sequence[Sequence[Plane]], through: Field, added: Field, where: Mask) -> float:
    """Mean gradient of the luma unblended so, in grey levels a pixel. The less, the less of the logo is left.

    Of two models alike the one that takes less away has less: that is the safer one.
    """
    unit, total = np.float32(region.unit(samples[0][0])), 0.0
    for planes in samples:
        clear = (planes[0] - added) / (np.maximum(through, THROUGH[0]) * unit)
        across, down = (cv2.Sobel(clear.astype(np.float32), cv2.CV_32F, *way) / 8 for way in ((1, 0), (0, 1)))
        total += float(np.hypot(across, down)[where].mean())
    return total / len(samples)


def _through(off: Field, behind: Field, depth: Field) -> float | None:
    """s, or None where it cannot be told."""
    rings = [_ring(depth, *one) for one in (*OUTSIDE, WITHIN)]
    if min(int(ring.sum()) for ring in rings) < LEAST_RIM:
        return None
    power = [np.square(behind[:, ring]).sum() for ring in rings]
    if power[2] < CHANGES**2 * len(off) * rings[2].sum():
        return None
    slopes = [float((off * behind)[:, ring].sum() / most) for ring, most in zip(rings, power, strict=True)]
    ratios = [float(np.sqrt(np.square(off[:, ring]).sum() / most)) for ring, most in zip(rings, power, strict=True)]
    told = []
    for first, second, inner in (slopes, ratios):
        # What is expected changes with the distance, outside and inside alike.
        expected = second + (second - first) * STEPS_IN
        if not KEEPS[0] < second < KEEPS[1] or not KEEPS[0] < expected < KEEPS[1]:
            return None
        told.append(inner / expected)
    through = float(np.sqrt(told[0] * told[1])) if min(told) > 0 else 0.0
    if not THROUGH[0] < through < THROUGH[1] or abs(told[0] - told[1]) > AGREES:
        return None
    return through


@dataclass(frozen=True, slots=True, eq=False)
class _Paints:
    """What paints add to a plane of the luma's size, in grey levels: `level` by surface, NaN where there is none."""

    level: Field
    surfaces: NDArray[np.int_]
    inside: Mask
    through: float

    @classmethod
    def of(cls, mean: Field, surfaces: NDArray[np.int_], inside: Mask, through: float, rim: Field) -> "_Paints":
        """Surface by surface, from what is known inwards. `rim`: what is added there, roughly; NaN elsewhere."""
        sizes = np.bincount(surfaces.ravel())
        left = [one for one in range(1, len(sizes)) if sizes[one] >= LEAST_SURFACE]
        known, clear = ~registration.grown(inside, 1), mean.copy()
        told: dict[int, tuple[float, int]] = {}
        while left:
            smooth = inpainting.membrane(np.where(known, clear, 0), known)
            away = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
            reach = {one: float(np.percentile(away[surfaces == one], NEAREST)) for one in left}
            one = min(left, key=lambda name: reach[name] - min(int(sizes[name]), LARGE) / LARGER)
            part = surfaces == one
            near, own = part & (away <= max(reach[one], float(away[part].min()) + TALLEST)), mean - through * smooth
            if (part & ~np.isnan(rim)).sum() >= LEAST_RIM:
                near, own = part & ~np.isnan(rim), rim
            told[one] = float(np.median(own[near])), int(near.sum())
            clear[part] = (mean[part] - _pooled(told, one)) / through
            known = known | part
            left.remove(one)
        level = np.full(len(sizes), np.nan, np.float32)
        for one in told:
            level[one] = _pooled(told, one)
        return cls(level, surfaces, inside, through)

    def added(self, mean: Field) -> Field:
        """c; between the surfaces the mixture of paints that makes what is behind smooth."""
        out = np.where(self.inside, self.level[self.surfaces], 0).astype(np.float32)
        rest = self.inside & np.isnan(out)
        out[rest] = 0
        paints = np.unique(self.level[~np.isnan(self.level)])
        if not rest.any() or not len(paints):
            return out
        known = ~rest & ~(registration.grown(self.inside, 1) & ~self.inside)
        clear = np.where(self.inside, (mean - out) / self.through, mean)
        wanted = (mean - self.through * inpainting.membrane(np.where(known, clear, 0), known))[rest]
        if len(paints) == 1:
            out[rest] = paints[0]
            return out
        above = np.clip(np.searchsorted(paints, wanted), 1, len(paints) - 1)
        low, high = paints[above - 1], paints[above]
        share = np.clip((wanted - low) / (high - low), 0, 1)
        out[rest] = low + np.clip((share - SHARP) / (1 - 2 * SHARP), 0, 1) * (high - low)
        return out


def _rim(mean: Field, covered: Mask, depth: Field, through: float) -> Field:
    """What the logo adds just inside its rim, by the surroundings, and by how they err on the last pixels outside."""
    smooth = inpainting.membrane(mean, ~covered)
    first, second = (float(np.median((smooth - mean)[_ring(depth, *one)])) for one in OUTSIDE)
    err = second + (second - first) * STEPS_IN
    return np.where(_ring(depth, *WITHIN), mean - through * (smooth - err), np.float32(np.nan)).astype(np.float32)


def _ring(depth: Field, low: int, high: int) -> Mask:
    return np.asarray((depth > low) & (depth <= high))


def _pooled(told: dict[int, tuple[float, int]], one: int) -> float:
    """The level of a surface, with those of like ones."""
    like = [(level, count) for level, count in told.values() if abs(level - told[one][0]) < ALIKE]
    return sum(level * count for level, count in like) / sum(count for _, count in like)


def _surfaces(inside: Mask, edges: Mask) -> NDArray[np.int_]:
    """Even parts between edges, numbered from 1; 0 elsewhere."""
    inner = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    _, labels = cv2.connectedComponents((inner & ~registration.grown(edges, 1)).astype(np.uint8), connectivity=4)
    return np.where(np.bincount(labels.ravel())[labels] >= LEAST_SURFACE, labels, 0)


def _opened(mask: Mask) -> Mask:
    return np.asarray(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((NUB, NUB), np.uint8)) > 0)


def squared(mask: Mask) -> Mask:
    """Parts that are nearly rectangles as such: cards mostly are, and their edges are hard to tell to the pixel."""
    out = mask.copy()
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    for label, (x, y, wide, high, _) in enumerate(stats[1:].tolist(), start=1):
        part = labels[y : y + high, x : x + wide] == label
        down, across = part.sum(axis=1), part.sum(axis=0)
        rows, columns = (np.flatnonzero(one >= np.median(one) / 2) for one in (down, across))
        card = np.zeros_like(part)
        card[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
        if (card & part).sum() > SQUARE * (card | part).sum():
            out[y : y + high, x : x + wide][part] = False
            out[y : y + high, x : x + wide] |= card
    return out


def _stack(samples: Sequence[Sequence[Plane]], index: int) -> Field:
    """Grey levels [sample, h, w]."""
    return np.stack([planes[index] for planes in samples]).astype(np.float32) / np.float32(
        region.unit(samples[0][index])
    )
