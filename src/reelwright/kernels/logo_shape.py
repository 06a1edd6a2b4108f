"""Which pixels a logo covers, from samples of its region.

Edges that last, in luma or in colour (a red sign may be as bright as the wall behind it), and the even, unchanging
surfaces beside them: a card is more than its letters. Before a camera that stands still the scenery lasts as well;
there an edge must be drawn more sharply than lenses draw and vary less, and only whole signs count, no bare letters:
windows and furniture have sharp lines too. Where the user pointed, anything drawn counts.

Regions are [Y, U, V] as in `kernels.region`, samples a sequence of them from all over the film.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import glaze, lettering, region, registration
from reelwright.kernels.lasting import (
    GRAIN,
    MUCH,
    SHARP,
    VARIES,
    gradients,
    is_drawn,
    lasting_gradient,
    lasts,
    sharpness,
)
from reelwright.kernels.region import Field, Plane
from reelwright.kernels.registration import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

FIRM, CODING = 0.01, 0.65  # what a lasting gradient on a tripod varies by: part of itself, and grey levels
EDGE = 4.0  # grey levels a pixel: least lasting gradient of an edge
SOFTER = 0.8  # of the sharpness that a drawn edge has on the whole: that of each pixel of it
CLOSE = 5  # px between edges of one shape
SMALLEST = 12  # pixels of a shape
EVEN = 5.0  # grey levels within three pixels of an even surface
CONSTANT = 2.0  # grey levels by which a surface usually differs from its median
TOUCHES, TOUCHES_STILL = 0.15, 0.4  # of a surface's own outline that lies at the logo's edges; on a tripod
SIGN, SOLID = 400, 0.45  # pixels of a sign, at least; share of its own box that it fills
PAINTED, CONVEX = 0.3, 0.85  # of its pixels that are even; of its hull that is itself
UNMOVED = 0.004  # of its edges' gradient by which they usually vary, at most
AT = 3  # px that count as at
RISES, STEEPEST = 3, 0.8  # px before an outline's steepest part; of that, what is as steep
CORNER = 3  # px: a part of a card that is missing is as wide
NUB = 7  # px: narrower parts of a sign are scenery


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """`covered`: what the logo covers, without its soft rim. `marks`: its edges in the luma, to know it again by."""

    covered: Mask
    marks: Mask
    gradient: tuple[Field, Field]
    """Of the luma, lasting: across and down."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lasting:
    """What lasts in one plane, in grey levels."""

    x: Field
    y: Field
    spread: Field
    """Of the gradient."""
    sway: Field
    """Of what leaves its direction."""
    level: Field
    """The median."""
    change: Field
    """Median deviation from it."""

    @classmethod
    def of(cls, planes: Sequence[Plane]) -> "_Lasting":
        stack = np.stack(planes).astype(np.float32) / np.float32(region.unit(planes[0]))
        half = len(stack) // 2
        level = np.partition(stack, half, axis=0)[half]
        change = np.partition(np.abs(stack - level), half, axis=0)[half]
        return cls(*lasting_gradient(list(stack)), level, change)


def shape_of(
    samples: Sequence[Sequence[Plane]], box: tuple[int, int, int, int], *, still: bool, pointed: bool = False
) -> Shape | None:
    """`box`: (left, top, right, bottom) in the region, where the logo's edges are; `still`: the scenery stands still;
    `pointed`: the user said that it is there.

    None where nothing in the box lasts.
    """
    lasting = [_Lasting.of([planes[index] for planes in samples]) for index in range(len(samples[0]))]
    size, sways = samples[0][0].shape, not still and _sways(lasting[0], box)
    edges = np.zeros(size, bool)
    for one in lasting:
        mask = _lasts(one, still=still, sways=sways)
        edges |= _full(_drawn(mask, one.level) if still else mask, size)
    edges = _of_the_box(edges, box)
    covered = _filled(edges)
    covered = _filled(covered | _surfaces(lasting, covered, TOUCHES_STILL if still else TOUCHES))
    if still:
        covered = _trimmed(covered, lasting)
    if still and not pointed:
        covered = _trimmed(_signs(covered, lasting[0]), lasting)
    if still:
        covered = _mended(covered)
    marks = covered & _lasts(lasting[0], still=still, sways=sways)
    if covered.sum() < SMALLEST or marks.sum() < SMALLEST:
        return None
    return Shape(covered, marks, (lasting[0].x, lasting[0].y))


def lettered(samples: Sequence[Sequence[Plane]], box: tuple[int, int, int, int]) -> Shape | None:
    """Bare letters that fill the box (`kernels.lettering`), or the card that they are on; None where they are not."""
    size, half = samples[0][0].shape, len(samples) // 2
    levels = []
    for index, plane in enumerate(samples[0]):
        seen = np.stack([planes[index] for planes in samples])
        level = np.partition(seen, half, axis=0)[half].astype(np.float32) / np.float32(region.unit(plane))
        levels.append(region.full(level, size))
    word = lettering.again(levels[0], box)
    if word is None:
        return None
    covered, gradient = lettering.covered(levels, word), gradients(levels[0])
    marks = covered & (np.hypot(*gradient) > EDGE)
    return Shape(covered, marks, gradient) if marks.sum() >= SMALLEST else None


def lasting_edges(samples: Sequence[Sequence[Plane]]) -> Mask:
    """Where any plane has edges that last while the scenery changes, of the luma's size."""
    edges = np.zeros(samples[0][0].shape, bool)
    for index in range(len(samples[0])):
        edges |= _full(_lasts(_Lasting.of([planes[index] for planes in samples]), still=False), edges.shape)
    return edges


def _signs(covered: Mask, luma: _Lasting) -> Mask:
    """The parts that are solid and mostly even, and whose edges do not vary at all."""
    out, length, even = np.zeros_like(covered), np.hypot(luma.x, luma.y), _even(luma.level)
    opened = [
        cv2.morphologyEx(covered.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(shape, (NUB, NUB)))
        for shape in (cv2.MORPH_RECT, cv2.MORPH_ELLIPSE)
    ]
    covered = np.asarray(np.maximum(*opened) > 0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(covered.astype(np.uint8))
    for label, (_, _, wide, high, size) in enumerate(stats[1:].tolist(), start=1):
        part = labels == label
        if size < SIGN or size < SOLID * wide * high or even[part].mean() < PAINTED:
            continue
        edges = part & (length > 2 * EDGE)
        if edges.any() and np.median(luma.spread[edges] / (length[edges] + 1)) <= UNMOVED:
            out |= _whole(part)
    return out


def _mended(covered: Mask) -> Mask:
    """Cards with what their mirror images have: scenery as bright as a card hides a corner of it."""
    cards, out = glaze.squared(covered), covered.copy()
    _, _, stats, _ = cv2.connectedComponentsWithStats(cards.astype(np.uint8))
    for x, y, wide, high, size in stats[1:].tolist():
        if size < wide * high:
            continue  # no card: as it was
        part = out[y : y + high, x : x + wide]
        missing = (part[::-1] | part[:, ::-1] | part[::-1, ::-1]) & ~part
        # Thin lines of it are what was trimmed off the outline.
        opened = cv2.morphologyEx(missing.astype(np.uint8), cv2.MORPH_OPEN, np.ones((CORNER, CORNER), np.uint8))
        part |= missing & registration.grown(opened > 0, CORNER)
    return out


def _whole(part: Mask) -> Mask:
    """The hull of a sign that is nearly as large: where the scenery is as dark as it is, it has no edge to be seen."""
    outlines, _ = cv2.findContours(part.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull = cv2.fillConvexPoly(np.zeros(part.shape, np.uint8), cv2.convexHull(np.concatenate(outlines)), 1) > 0
    return np.asarray(hull if part.sum() >= CONVEX * hull.sum() else part)


def _even(level: Field) -> Mask:
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.dilate(level, kernel) - cv2.erode(level, kernel) <= EVEN)


def _trimmed(covered: Mask, lasting: Sequence[_Lasting]) -> Mask:
    """Without what lies before the steepest part of its outline: each pixel there is one more to be invented."""
    steep = np.zeros(covered.shape, np.float32)
    for one in lasting:
        length = np.hypot(one.x, one.y)
        steep = np.maximum(steep, length if length.shape == steep.shape else cv2.resize(length, steep.shape[::-1]))
    kernel = np.ones((3, 3), np.uint8)
    for _ in range(RISES):
        inner = cv2.erode(covered.astype(np.uint8), kernel) > 0
        inward = cv2.dilate(np.where(inner, steep, 0), kernel)
        covered = covered & (inner | (steep >= STEEPEST * inward))
    return np.asarray(covered)


def _full(mask: NDArray[np.bool_], size: tuple[int, ...]) -> Mask:
    """A mask of any plane for the luma."""
    return mask if mask.shape == size else mask.repeat(2, axis=0).repeat(2, axis=1)[: size[0], : size[1]]


def _sways(lasting: _Lasting, box: tuple[int, int, int, int]) -> bool:
    """Is next to nothing of what keeps its direction in the box steady in strength as well? A white sign is strong on
    dark ground only; but where a sign is steady, what is not is scenery."""
    left, top, right, bottom = box
    inside = slice(max(0, top), bottom), slice(max(0, left), right)
    steady, swaying = (_lasts(lasting, still=False, sways=one)[inside].sum() for one in (False, True))
    return bool(swaying > MUCH * steady)


def _lasts(lasting: _Lasting, *, still: bool, sways: bool = False) -> Mask:
    """Edges that stay; `sways`: also those that keep their direction but not their strength."""
    length = np.hypot(lasting.x, lasting.y)
    steady = FIRM * length + CODING if still else VARIES * length + GRAIN
    mask = lasts(length, lasting.spread, lasting.sway) if sways else lasting.spread < steady
    return np.asarray((length > EDGE) & mask)


def _drawn(edges: Mask, level: Field) -> Mask:
    """Without what looks like a photograph: furniture that happened to stand still."""
    length, sharp = np.hypot(*gradients(level)), sharpness(level)
    out = edges & (sharp > SHARP * SOFTER)
    joined = cv2.dilate(out.astype(np.uint8), np.ones((CLOSE, CLOSE), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for label, (x, y, wide, high, _) in enumerate(stats[1:].tolist(), start=1):
        box = slice(y, y + high), slice(x, x + wide)
        part = out[box] & (labels[box] == label)
        if not is_drawn(length[box][part], sharp[box][part]):
            out[box] &= ~part
    return np.asarray(out)


def _of_the_box(edges: Mask, box: tuple[int, int, int, int]) -> Mask:
    """The edges in the box, and with them lines that lie wholly near it: the search may have seen the letters only."""
    left, top, right, bottom = box
    # A card's margin goes with its letters' height, however long the line is.
    across, down = min((right - left) // 2, 2 * (bottom - top)), (bottom - top) // 2
    out = np.zeros_like(edges)
    inside = slice(max(0, top), bottom), slice(max(0, left), right)
    out[inside] = edges[inside]
    joined = cv2.dilate(edges.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for label, (x, y, wide, high, _) in enumerate(stats[1:].tolist(), start=1):
        near = left - across <= x and x + wide <= right + across and top - down <= y and y + high <= bottom + down
        if near and (wide > across or high > down):
            out |= edges & (labels == label)
    return out


def _filled(edges: Mask) -> Mask:
    """The shapes that the edges enclose."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (CLOSE, CLOSE))
    joined = cv2.morphologyEx(edges.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros(edges.shape, np.uint8)
    cv2.drawContours(out, [one for one in outlines if len(one) >= SMALLEST], -1, 1, cv2.FILLED)
    return out > 0


def _surfaces(lasting: Sequence[_Lasting], edges: Mask, touches: float) -> Mask:
    """Even surfaces that do not change and lie at the logo's edges; what leaves the region is scenery."""
    size = edges.shape
    even = np.ones(size, bool)
    for one in lasting:
        even &= _full(_even(one.level), size)
        even &= _full(one.change <= CONSTANT, size)
    at, out = registration.grown(edges, AT), np.zeros(size, bool)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even.astype(np.uint8), connectivity=4)
    for label, (x, y, wide, high, _) in enumerate(stats[1:].tolist(), start=1):
        leaves = x == 0 or y == 0 or x + wide == size[1] or y + high == size[0]
        if leaves or wide * high < SMALLEST:
            continue
        part = labels == label
        rim = registration.grown(part, 1) & ~part
        if (rim & at).sum() >= touches * rim.sum():
            out |= registration.grown(part, AT - 1)
    return out
