"""Where a film wears a logo: something laid over the picture that stays while the picture changes.

`Search` takes small lumas from all over the film. Where the gradient of most of them points the same way, something
stands still; its connected parts are candidates. One whose surroundings change is a logo. Where they stand still too
(a camera on a tripod) only what stands stiller than the scenery counts: lenses breathe and stands shake by hundredths
of a pixel, a logo does not; and it must be drawn more sharply than lenses draw (`is_drawn`, asked at full size). The
film is looked at whole and in thirds, so a logo that is there for some of the time is found too.

`Presence` tells of each frame whether the logo is on it.

Shapes: lumas uint8 [height, width], all of one size, 200 to 640 wide; boxes are fractions of the picture.
Not found: logos that move or pulse, faint ones on a tripod, and what is wider than two thirds of the picture.

Source: the persistence of median gradients as in Dekel et al., "On the Effectiveness of Visible Watermarks" (2017).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import registration
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Luma = NDArray[np.uint8]
Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

LEAST_SAMPLES = 4
THIRDS_FROM = 30  # samples
EDGE = 5.0  # grey levels a pixel: least lasting gradient
VARIES, GRAIN = 0.45, 1.0  # a lasting gradient varies by less than this part of itself and these grey levels together
CHANGES = 6.0  # grey levels by which the surroundings of a logo usually differ from their median
AROUND = 0.03  # of the width: how far the surroundings reach
FIRM, FIRMER = 0.012, 0.3  # wobble of a logo's edges on a tripod, at most; against the scenery's
CODED = 0.4  # grey levels by which coding moves the gradient of a strong edge
STRONG, SHARP = 20.0, 0.4  # least gradient of its stronger edges; least part of a step within one pixel
AMONG, AMONG_STILL = 0.08, 0.1  # of the edges of the logo that has most: lesser finds are none; on a tripod
LINE = 0.6  # of the picture's width or height: a border of black bars
JOIN = 0.014  # of the width: parts of one logo are no farther apart; twice that along lines
LEAST_EDGES = 30  # pixels
LEAST_WIDE, LEAST_HIGH, MOST_WIDE, MOST_HIGH = 0.018, 0.015, 0.66, 0.3  # of the picture
CORNER_WIDE, CORNER_HIGH = 0.4, 0.35  # of the picture: where stations put theirs
RIM = 0.006  # of the picture: encoders blur its border
SAME = 0.2  # overlap over the smaller of two boxes of one logo
ON = 0.4  # of the logo's own gradients in a picture that wears it
CAPTIONS_FROM, CAPTIONS_OFF = 0.7, 0.13  # of the height; of the width, from its middle
BLOCK = 32  # rows worked on at a time


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
    span: tuple[float, float] = (0.0, 1.0)
    """The part of the film it was found in."""


@dataclass(frozen=True, slots=True, eq=False)
class _Lasting:
    """What lasts in a stretch of samples, for each pixel."""

    length: Field
    """Of the median gradient."""
    wobble: Field
    """Eighth decile of the deviations from it, over its length."""
    change: Field
    """Median deviation of the luma from its median."""


class Search:
    """Push samples, then ask. Memory: a byte a pixel and sample."""

    def __init__(self) -> None:
        self._lumas: list[Luma] = []

    def push(self, luma: Luma) -> None:
        self._lumas.append(luma)

    def found(self, within: Sequence[Box] = (), *, thirds: bool = True) -> list[Found]:
        """The logos, those with most edges first. `within`: only there, and there more easily.

        `thirds`: also such as are there for a third of the film. Not for films so short that a third is a subtitle.
        """
        count = len(self._lumas)
        if count < LEAST_SAMPLES:
            return []
        every = _candidates(_lasting(self._lumas), within, still=True)
        third = count // 3
        for start in (0, third, count - third) if thirds and count >= THIRDS_FROM else ():
            part = _candidates(_lasting(self._lumas[start : start + third]), within, still=False)
            every += [replace(one, span=(start / count, (start + third) / count)) for one in part]
        kept = _settled([one for one in every if within or not _is_caption(one.box)])
        most = max((one.edges for one in kept), default=0)
        kept.sort(key=lambda one: -one.edges)
        return [one for one in kept if one.edges >= (AMONG_STILL if one.still else AMONG) * most]


def gradients(luma: NDArray[Any]) -> tuple[Field, Field]:
    """Horizontal and vertical, in grey levels a pixel."""
    plane = luma.astype(np.float32)
    across, down = (cv2.Scharr(plane, cv2.CV_32F, *way, scale=1 / 32) for way in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def lasting_gradient(lumas: Sequence[NDArray[Any]]) -> tuple[Field, Field, Field]:
    """The median gradient of the samples (x, y), and the eighth decile of the distances from it."""
    height, width = lumas[0].shape
    out = np.zeros((3, height, width), np.float32)
    count = len(lumas)
    for top in range(0, height, BLOCK):
        first, last = max(0, top - 1), min(height, top + BLOCK + 1)
        pairs = np.array([gradients(luma[first:last]) for luma in lumas])
        pairs = pairs[:, :, top - first : top - first + min(BLOCK, height - top)]
        middle = np.partition(pairs, count // 2, axis=0)[count // 2]
        far = np.hypot(pairs[:, 0] - middle[0], pairs[:, 1] - middle[1])
        out[:2, top : top + BLOCK] = middle
        out[2, top : top + BLOCK] = np.partition(far, count * 4 // 5, axis=0)[count * 4 // 5]
    return out[0], out[1], out[2]


def sharpness(plane: NDArray[Any]) -> Field:
    """For each pixel the part of the step around it that happens there: 0.5 for a drawn edge; 0 where no step is."""
    size = np.ones((7, 7), np.uint8)
    contrast = cv2.dilate(plane, size).astype(np.float32) - cv2.erode(plane, size)
    return np.where(contrast > 4 * EDGE, np.hypot(*gradients(plane)) / np.maximum(contrast, 1), 0).astype(np.float32)


def is_drawn(plane: NDArray[Any], part: Mask) -> bool:
    """Are the edges in `part` of this picture (a median, at full size) as strong and sharp as graphics?"""
    length, sharp = np.hypot(*gradients(plane)), sharpness(plane)
    edges = part & (length > EDGE) & (sharp > 0)
    if edges.sum() < LEAST_EDGES / 2 or np.percentile(length[edges], 75) < STRONG / 2:
        return False
    return bool(np.percentile(sharp[edges], 75) > SHARP)


def _lasting(lumas: Sequence[Luma]) -> _Lasting:
    x, y, far = lasting_gradient(lumas)
    length = np.hypot(x, y)
    stack, half = np.stack(lumas), len(lumas) // 2
    middle = np.partition(stack, half, axis=0)[half]
    change = np.partition(cv2.absdiff(stack, np.broadcast_to(middle, stack.shape)), half, axis=0)[half]
    return _Lasting(length, far / (length + 1), change.astype(np.float32))


def _drop_lines(mask: Mask) -> None:
    """Borders of black bars, and of the picture itself."""
    height, width = mask.shape
    down, across = max(2, round(RIM * height)), max(2, round(RIM * width))
    mask[:down] = mask[-down:] = False
    mask[:, :across] = mask[:, -across:] = False
    rows, columns = mask.mean(axis=1) > LINE, mask.mean(axis=0) > LINE
    mask[rows], mask[:, columns] = False, False


def _candidates(lasting: _Lasting, within: Sequence[Box], *, still: bool) -> list[Found]:
    """`still`: also what is firmer than a scenery that stands still."""
    lasts = (lasting.length > EDGE) & (lasting.wobble < VARIES + GRAIN / (lasting.length + 1))
    _drop_lines(lasts)
    if within:
        lasts &= _inside(within, lasts.shape)
    changing = [one for one, around in _parts(lasts) if np.median(lasting.change[around]) >= CHANGES]
    out = [Found(_box(part, lasts.shape), int(part.sum()), False) for part in changing]
    if still and lasts.any():
        ease = 2 if within else 1
        usual = float(np.median(lasting.wobble[lasts])) * ease
        firm = lasts & (lasting.wobble < max(FIRM, FIRMER * usual))
        # Scenery that is as firm may touch the logo; it is seldom as strong.
        hard = lasts & (lasting.length > STRONG / ease) & (lasting.wobble < FIRM + CODED / (lasting.length + 1))
        for mask in (firm, hard):
            out += [Found(_box(part, lasts.shape), int(part.sum()), True) for part, _ in _parts(mask)]
    return out


def _parts(mask: Mask) -> Iterator[tuple[Mask, Mask]]:
    """The connected parts that have a logo's size, each with its surroundings, as masks of the picture."""
    height, width = mask.shape
    join, reach = max(3, round(width * JOIN)) | 1, max(4, round(width * AROUND))
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
    for one in sorted(every, key=lambda one: (one.still, -one.edges)):  # surroundings that change are the better proof
        for index, other in enumerate(kept):
            if one.box.overlap(other.box) > SAME:
                kept[index] = replace(other, box=one.box.joined(other.box)) if one.still == other.still else other
                break
        else:
            kept.append(one)
    return kept


class Presence:
    """Is the logo on a picture? Compares its lasting gradients, in its box, with the picture's own."""

    def __init__(self, x: Field, y: Field, mask: Mask) -> None:
        """`x`, `y`: the lasting gradient in the box; `mask`: its edges."""
        self._mask = mask
        self._x, self._y = x[mask], y[mask]
        self._power = max(1e-6, float(np.vdot(self._x, self._x) + np.vdot(self._y, self._y)))

    def strength(self, luma: NDArray[Any]) -> float:
        """1 where the logo is as usual, 0 where it is absent; clipped to 0-1. `luma`: the box, 0-255."""
        x, y = gradients(luma)
        # No pixel counts for more than the logo itself gives it: scenery has strong edges too.
        part = (x[self._mask] * self._x + y[self._mask] * self._y) / (np.square(self._x) + np.square(self._y) + 1e-6)
        weight = np.square(self._x) + np.square(self._y)
        return float(np.clip(np.vdot(np.clip(part, -1, 2), weight) / self._power, 0, 1))


def is_on(strength: float) -> bool:
    return strength >= ON
