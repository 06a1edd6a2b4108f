"""Where a film wears a logo: something laid over the picture that stays while the picture changes.

`Search` takes small lumas from all over the film. Where the gradient of most of them points the same way, something
stands still; its connected parts are candidates. One whose surroundings change is a logo, if its edges run in more than
one direction, and what passes there does not hide it (`kernels.lasting`). Where they stand still too (a camera on a
tripod) only what stands stiller than the scenery counts: lenses breathe and stands shake by hundredths of a pixel, a
logo does not; it must be drawn more sharply than lenses draw, and be put where signs are (`Found.is_put`). Bare letters
are looked for by their looks (`kernels.lettering`). The film is looked at whole and in parts, so a logo that is there
for some of the time is found too.

`Presence` tells of each frame whether the logo is on it.

Shapes: lumas uint8 [height, width], all of one size, 200 to 640 wide; boxes are fractions of the picture.
Not found: logos that move or pulse, faint ones on a tripod, and what is wider than two thirds of the picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import lettering, registration
from reelwright.kernels.lasting import (
    EDGE,
    LEAST_EDGES,
    MUCH,
    STRONG,
    Field,
    Lasting,
    Luma,
    Mask,
    gradients,
    lasts,
    slopes_of,
)
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

LEAST_SAMPLES, LEAST_OF_PART = 4, 8
SHORTEST, SUBTITLE = 2.4, 8.0  # seconds of a part that is looked at; of one that subtitles and titles do not last
CHANGES = 6.0  # grey levels by which the surroundings of a logo usually differ from their median
SELDOM, PLENTY = 2.0, 100  # in a part of the film: grey levels they differ by in its stillest quarter; pixels of edges
AROUND = 0.03  # of the width: how far the surroundings reach
FEW, STANDS = 0.2, 0.5  # of a picture's edges that last while the rest changes; of those of a part, on a tripod
FIRM, FIRMER = 0.012, 0.3  # wobble of a logo's edges on a tripod, at most; against the scenery's
CODED = 0.4  # grey levels by which coding moves the gradient of a strong edge
AMONG, AMONG_STILL = 0.08, 0.1  # of the edges of the logo that has most: lesser finds are none; on a tripod
LINE = 0.6  # of the picture's width or height: a border of black bars
BAR, EMPTY = 4, 0.05  # px from the line to the black beside it; most edges there
JOIN = 0.014  # of the width: parts of one logo are no farther apart; twice that along lines
LEAST_WIDE, LEAST_HIGH, MOST_WIDE, MOST_HIGH = 0.018, 0.015, 0.66, 0.3  # of the picture
SPECK = 10  # pixels
ENOUGH = 16  # samples whose median shows letters
LEAST_SIGN = 0.002  # of the picture, before a camera that stands still: windows are smaller
NEAREST, FARTHEST = 0.004, 0.16  # of the picture, there: from a sign to the nearest borders
CORNER_WIDE, CORNER_HIGH = 0.4, 0.35  # of the picture: where stations put theirs
LOWEST = 0.6  # of the height: below, what does not stay is no logo
RIM = 0.006  # of the picture: encoders blur its border
STAYS, STAYS_PART = 0.4, 0.5  # of a logo's strength: what is left when something passes behind it; in a part
WAYS, WAYS_ROUGH = 0.06, 0.14  # of the power of a logo's gradients not in one direction, at least; of one not drawn
SAME = 0.2  # overlap over the smaller of two boxes of one logo
ON = 0.4  # of the logo's own gradients in a picture that wears it
CAPTIONS_FROM, CAPTIONS_OFF = 0.7, 0.13  # of the height; of the width, from its middle
WHOLE = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Box:
    """Fractions of the picture, from the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def in_a_corner(self) -> bool:
        across, down = self.centre
        return min(across, 1 - across) < CORNER_WIDE and min(down, 1 - down) < CORNER_HIGH

    @property
    def is_aside(self) -> bool:
        """In a corner, and not where titles and the names of speakers are."""
        return self.in_a_corner and self.y + self.height < LOWEST

    def overlap(self, other: Self) -> float:
        """Of the smaller one."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        area = max(0.0, wide) * max(0.0, high)
        return area / max(1e-9, min(self.width * self.height, other.width * other.height))

    def joined(self, other: Self) -> "Box":
        left, top = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        return Box(left, top, right - left, max(self.y + self.height, other.y + other.height) - top)


@dataclass(frozen=True, slots=True)
class Found:
    """A logo. `edges`: pixels of lasting gradient at the size searched; `still`: the scenery stood still around it."""

    box: Box
    edges: int
    still: bool
    span: tuple[float, float] = WHOLE
    """The part of the film it was found in."""
    bare: bool = False
    """Letters without a card, before a camera that stands still."""

    def is_put(self, covered: Mask, corner: tuple[int, int], size: tuple[int, int]) -> bool:
        """Before a camera that stands still: is it large enough for a sign, and as near the picture's corner as signs
        are put, but not at the border itself? `covered`: by it, from `corner` (x, y) of a (width, height) picture."""
        rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
        across = min(corner[0] + columns[0], size[0] - corner[0] - columns[-1] - 1) / size[0]
        down = min(corner[1] + rows[0], size[1] - corner[1] - rows[-1] - 1) / size[1]
        least = 0 if self.bare else LEAST_SIGN * size[0] * size[1]
        return bool(covered.sum() >= least and NEAREST <= min(across, down) <= max(across, down) <= FARTHEST)


class Search:
    """Push samples, then ask. Memory: five bytes a pixel and sample."""

    def __init__(self) -> None:
        self._lumas: list[Luma] = []

    def push(self, luma: Luma) -> None:
        self._lumas.append(luma)

    def found(self, seconds: float, within: Sequence[Box] = ()) -> list[Found]:
        """The logos, those with most edges first. `within`: only there, and there more easily.

        `seconds`: how long the film is. What is there for some of it only may be a title: in parts that are short,
        only corners count.
        """
        count = len(self._lumas)
        if count < LEAST_SAMPLES:
            return []
        slopes = [slopes_of(luma) for luma in self._lumas]
        whole = Lasting.of(self._lumas, slopes)
        now = _lasts(whole, within)
        steady = now & whole.is_steady
        pointed = bool(within)
        strict, lenient = (list(_before_changes(whole, one, whole=True, within=pointed)) for one in (steady, now))
        every = _and_larger(strict, lenient)
        every += _on_a_tripod(whole, steady, ease=2 if within else 1)
        every += _written(whole, now)
        for start, end in _stretches(count):
            seconds_of = (end - start) / count * seconds
            if seconds_of < SHORTEST and not within:
                continue
            part = Lasting.of(self._lumas[start:end], slopes[start:end])
            now = _lasts(part, within)
            masks = now & part.is_steady, now
            strict, lenient = (list(_before_changes(part, one, whole=False, within=pointed)) for one in masks)
            found = _and_larger(strict, lenient)
            found += _come_or_gone(part, now & part.is_steady, steady)
            found += _written(part, now) if end - start > count / 2 else ()
            short = seconds_of < SUBTITLE and not within
            every += [replace(one, span=(start / count, end / count)) for one in found if not short or one.box.is_aside]
        kept = _settled([one for one in every if within or not _is_caption(one.box)])
        most = max((one.edges for one in kept), default=0)
        kept.sort(key=lambda one: -one.edges)
        return [one for one in kept if one.bare or one.edges >= (AMONG_STILL if one.still else AMONG) * most]


def _stretches(count: int) -> list[tuple[int, int]]:
    """First and last sample of the parts looked at besides the whole: two thirds, and thirds by half steps."""
    third = count // 3
    if third < LEAST_OF_PART:
        return []
    thirds = [(start, start + third) for start in np.linspace(0, count - third, 5).astype(int).tolist()]
    return [(0, count - third), (third, count), *thirds]


def _drop_lines(mask: Mask) -> None:
    """Borders of black bars, and of the picture itself."""
    height, width = mask.shape
    down, across = max(2, round(RIM * height)), max(2, round(RIM * width))
    mask[:down] = mask[-down:] = False
    mask[:, :across] = mask[:, -across:] = False
    rows, columns = _lines(mask.mean(axis=1)), _lines(mask.mean(axis=0))
    mask[rows], mask[:, columns] = False, False


def _lines(shares: NDArray[np.float64]) -> Mask:
    """Full rows with nothing on one side: a scene that stands still has full ones too, but many together."""
    beside = np.minimum(np.roll(shares, BAR), np.roll(shares, -BAR))
    return np.asarray((shares > LINE) & (beside < EMPTY))


def _lasts(lasting: Lasting, within: Sequence[Box]) -> Mask:
    mask = (lasting.length > EDGE) & lasts(lasting.length, lasting.wobble * (lasting.length + 1), lasting.sway)
    _drop_lines(mask)
    return mask & _inside(within, mask.shape) if within else mask


def _before_changes(lasting: Lasting, lasts: Mask, *, whole: bool, within: bool) -> Iterator[Found]:
    """What stays while its surroundings change; or, in a corner, while nearly all of the picture does.

    Its edges run in more than one direction: those of scenery last if it moves along them. And what passes there passes
    behind it: scenery that stands still is hidden then. What is not drawn counts if the surroundings hardly ever look
    the same. In a part of the film there may be one scene for most of the time:
    there only what is drawn, with plenty of edges, counts.
    """
    seen = lasting.lumas[len(lasting.lumas) // 2]
    changing = bool(lasts.sum() < FEW * (np.hypot(*gradients(seen)) > EDGE).sum())
    for part, around in _parts(lasts):
        found = Found(_box(part, lasts.shape), int(part.sum()), False)
        if not within and (lasting.ways(part) < WAYS or lasting.left(part, around) < (STAYS if whole else STAYS_PART)):
            continue
        usual, seldom = lasting.changes(around)
        rough = within or (seldom >= CHANGES and lasting.ways(part) >= WAYS_ROUGH)
        if whole and usual >= CHANGES and (rough or lasting.is_drawn(part)):
            yield found
            continue
        aside = found.box.in_a_corner and changing if whole else usual >= CHANGES and seldom >= SELDOM
        if aside and found.edges >= PLENTY and lasting.is_drawn(part):
            yield found


def _and_larger(strict: list[Found], lenient: list[Found]) -> list[Found]:
    """Also those lenient finds that are new, or much more than pieces of them that were found strictly: else they are
    the same with some scenery."""
    out = list(strict)
    for one in lenient:
        pieces = sum(other.edges for other in strict if one.box.overlap(other.box) > SAME)
        if one.edges > MUCH * pieces:
            out.append(one)
    return out


def _on_a_tripod(lasting: Lasting, lasts: Mask, *, ease: int) -> Iterator[Found]:
    """What is firmer than a scenery that stands still."""
    if not lasts.any():
        return
    firm = lasts & (lasting.wobble < max(FIRM, FIRMER * ease * float(np.median(lasting.wobble[lasts]))))
    # Scenery that is as firm may touch the logo; it is seldom as strong.
    for mask, join in ((firm, JOIN), (_without_specks(_hard(lasting, lasts, STRONG / ease)), JOIN / 3)):
        yield from (Found(_box(part, lasts.shape), int(part.sum()), True) for part, _ in _parts(mask, join))


def _come_or_gone(lasting: Lasting, lasts: Mask, always: Mask) -> Iterator[Found]:
    """What is in this part of the film and not in all of it, while the scenery stands still: `always` lasts."""
    if (lasts & always).sum() < STANDS * lasts.sum():
        return
    hard = _hard(lasting, lasts, STRONG) & ~registration.grown(always, 1)
    for part, _ in _parts(_without_specks(hard), JOIN):
        if part.sum() >= PLENTY and lasting.is_drawn(part):
            yield Found(_box(part, lasts.shape), int(part.sum()), True)


def _written(lasting: Lasting, lasts: Mask) -> Iterator[Found]:
    """Bare letters, whatever the camera does."""
    some = lasting.lumas[:: 1 + len(lasting.lumas) // ENOUGH]
    level = np.partition(np.stack(some), len(some) // 2, axis=0)[len(some) // 2].astype(np.float32)
    for word in lettering.words(level, lasts):
        left, top, right, bottom = word.box
        height, width = level.shape
        box = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
        yield Found(box, int((word.strokes & lasts).sum()), True, bare=True)


def _hard(lasting: Lasting, lasts: Mask, strong: float) -> Mask:
    return lasts & (lasting.length > strong) & (lasting.wobble < FIRM + CODED / (lasting.length + 1))


def _without_specks(mask: Mask) -> Mask:
    """Without what is smaller than a part of a letter: leaves and grain."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return np.asarray(mask & (stats[:, 4] >= SPECK)[labels])


def _parts(mask: Mask, reaches: float = JOIN) -> Iterator[tuple[Mask, Mask]]:
    """The connected parts that have a logo's size, each with its surroundings, as masks of the picture."""
    height, width = mask.shape
    join, reach = max(3, round(width * reaches)) | 1, max(4, round(width * AROUND))
    joined = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((join, 2 * join + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    for label, (_, _, wide, high, size) in enumerate(stats[1:].tolist(), start=1):
        sized = LEAST_WIDE <= wide / width <= MOST_WIDE and LEAST_HIGH <= high / height <= MOST_HIGH
        if not sized or size < LEAST_EDGES:
            continue
        whole = labels == label
        part = mask & whole
        if part.sum() >= LEAST_EDGES:
            yield part, registration.grown(whole, reach) & ~registration.grown(whole, 2)


def _box(part: Mask, shape: tuple[int, ...]) -> Box:
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    height, width = shape
    left, top = columns[0] / width, rows[0] / height
    return Box(left, top, (columns[-1] + 1) / width - left, (rows[-1] + 1) / height - top)


def _is_caption(box: Box) -> bool:
    """Subtitles follow each other on one line; that is no logo, wherever it lasts."""
    return box.y > CAPTIONS_FROM and abs(box.centre[0] - 0.5) < CAPTIONS_OFF


def _inside(boxes: Sequence[Box], shape: tuple[int, ...]) -> Mask:
    height, width = shape
    out = np.zeros((height, width), bool)
    for box in boxes:
        rows = slice(int(box.y * height), int(np.ceil((box.y + box.height) * height)))
        out[rows, int(box.x * width) : int(np.ceil((box.x + box.width) * width))] = True
    return out


def _settled(every: list[Found]) -> list[Found]:
    """One for each logo: those that overlap are the same one, seen in several stretches."""
    kept: list[Found] = []
    # Surroundings that change are the better proof, and the whole film a better one than a third.
    for one in sorted(every, key=lambda one: (one.still, not one.bare, one.span != WHOLE, -one.edges)):
        for index, other in enumerate(kept):
            if one.box.overlap(other.box) > SAME:
                if one.still == other.still and one.edges > MUCH * other.edges and not other.bare:
                    kept[index] = one  # the other one is a piece of it
                elif (other.span, other.still, other.bare) == (one.span, one.still, one.bare):
                    kept[index] = replace(other, box=one.box.joined(other.box))
                break
        else:
            kept.append(one)
    return kept


class Presence:
    """Is the logo on a picture? Compares its lasting gradients, in its box, with the picture's own."""

    def __init__(self, x: Field, y: Field, mask: Mask) -> None:
        """`x`, `y`: the lasting gradient in the box; `mask`: its edges, of which there are some."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        self._part = slice(max(0, rows[0] - 1), rows[-1] + 2), slice(max(0, columns[0] - 1), columns[-1] + 2)
        self._mask = mask[self._part]
        self._x, self._y = x[mask], y[mask]
        self._weight = np.square(self._x) + np.square(self._y)
        self._power = max(1e-6, float(self._weight.sum()))

    def strength(self, luma: NDArray[Any], unit: float = 1.0) -> float:
        """1 where the logo is as usual, 0 where it is absent; clipped to 0-1. `luma`: the box, 0-255 times `unit`."""
        x, y = gradients(luma[self._part])
        # No pixel counts for more than the logo itself gives it: scenery has strong edges too.
        along = (x[self._mask] * self._x + y[self._mask] * self._y) / (np.float32(unit) * (self._weight + 1e-6))
        return float(np.clip(np.vdot(np.clip(along, -1, 2), self._weight) / self._power, 0, 1))


def is_on(strength: float) -> bool:
    return strength >= ON
