"""Follow burned-in text through a video that streams by: which lines there are, where, and in which frames.

A finder of text (OCR) is asked a few times a second, and not while nothing changes. Every line it finds is learnt
(`kernels.strokes`) and from then on followed by its pattern alone (`kernels.text_spans`): its first frame is looked
for backwards among the pictures still held, its end comes with the frame that lacks it. Text that slides, as signs do
when the camera moves, is not burned in and is left alone; so is what does not stay for a few frames.

Pictures go out again as passages: runs of frames of one shot with all lines known, some frames before and after them
for what they show of the ground. Memory is bounded by `budget`: a longer run is handed over in parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import strokes, text_plate, text_spans
from reelwright.kernels.regions import Box
from reelwright.kernels.strokes import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[Any]
Find = Callable[["Strip"], Sequence[Box]]

BEFORE = Fraction(3)  # s of pictures kept before a passage
AFTER = Fraction(1, 2)  # s of pictures kept after a passage
FADE = Fraction(3, 2)  # s; no fade is longer
LEAST = Fraction(1, 10)  # s a line must stay
LEAST_FRAMES = 3
AROUND = 0.5  # of a line's height: margin about its box
BLOCK = 8  # px; side of the blocks by which a change of the picture is noticed
STILL = 5.0  # levels no block may differ by for a picture to count as unchanged
NEW = 0.2  # of the squared height: strokes that no known line explains make a new line
BRIGHTER = 1.25  # presence at which a line is learnt again: it was faint when it was found
SLIDES = 0.8  # correlation of the pattern beside its place that shows the text moves
SLIDE = 0.25  # of the height: how far it may have moved when it is noticed
STILLS = 9  # pictures of a line whose median is learnt from
PLATE_STEPS = 24  # times the area looked at for a plate may grow
FULL = 0.8  # of a line's strongest presence: pictures fit to learn from


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The watched part of a frame: its number, time (s) and Y, Cb and Cr planes (4:2:0, uint8 or 10-bit uint16)."""

    index: int
    time: Fraction
    planes: Sequence[Plane]

    def seen(self, area: Box) -> list[NDArray[np.uint8]]:
        """Eight bits of the planes within an even `area`."""
        return [_eight_bits(one) for one in cut(self.planes, area)]


@dataclass(slots=True, eq=False)
class Line:
    """One line of text. Boxes are in pixels of the strip; it is on the screen in frames [first, end)."""

    box: Box
    area: Box
    """Its box with a margin, even on all sides; `strokes` and `pattern` are those of this area."""
    strokes: strokes.Strokes
    pattern: text_spans.Pattern
    first: int
    end: int
    still: Sequence[NDArray[np.uint8]]
    """Its area as planes, the median of what was seen of it."""
    peak: float = 1.0
    active: bool = True
    slides: bool = False

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """Frames [begin, end) of one shot are to be cleared of `lines`; `strips` holds them and some around them."""

    strips: Sequence[Strip]
    lines: Sequence[Line]
    begin: int
    end: int

    def covered(self, index: int, shape: tuple[int, int]) -> Mask:
        """What text covers in a frame: bool of the strip's luma."""
        mask = np.zeros(shape, bool)
        for line in self.lines:
            if line.first <= index < line.end:
                left, top, right, bottom = line.area
                mask[top:bottom, left:right] |= line.strokes.mask
        return mask


@dataclass(slots=True)
class Tracker:
    """Push every frame's strip in order; finished passages come back, the last ones from `finish`.

    `find` gives the boxes of text in a strip. `every`: seconds between two looks. `budget`: bytes of pictures held.
    """

    find: Find
    every: Fraction
    budget: int
    slid: int = 0
    """Lines that turned out to move with the scene."""
    _strips: list[Strip] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)
    _begin: int = 0
    """First frame not handed over yet."""
    _due: Fraction = Fraction(0)
    _looked: NDArray[np.float32] | None = None

    @property
    def done(self) -> Fraction:
        """Frames before this moment will not be in any passage to come."""
        return self._time(self._begin) if self._strips else Fraction(0)

    @property
    def _lag(self) -> Fraction:
        """A line found now may have begun to fade in so long ago, in seconds."""
        return FADE + self.every

    def push(self, strip: Strip, *, is_cut: bool = False) -> list[Passage]:
        """`is_cut`: a new shot begins with this frame."""
        done = self._hand_over(strip.index) if is_cut and self._strips else []
        if is_cut:
            self._strips.clear()
        self._strips.append(strip)
        for line in self._lines:
            if line.active:
                self._follow(line, strip)
        if strip.time >= self._due or is_cut:
            self._due = strip.time + self.every
            self._look(strip)
        return [*done, *self._ripe(strip)]

    def finish(self) -> list[Passage]:
        return self._hand_over(self._strips[-1].index + 1) if self._strips else []

    # Lines

    def _look(self, strip: Strip) -> None:
        luma = _eight_bits(strip.planes[0])
        small = (max(1, luma.shape[1] // BLOCK), max(1, luma.shape[0] // BLOCK))
        blocks = np.asarray(cv2.resize(luma, small, interpolation=cv2.INTER_AREA), np.float32)
        if self._looked is not None and float(np.abs(blocks - self._looked).max()) < STILL:
            return
        self._looked = blocks
        boxes = self.find(strip)
        for box in boxes:
            line = learnt(strip, box, boxes)
            if line is not None and self._is_new(line, strip.index):
                self._trace_back(line)
                self._lines.append(line)

    def _is_new(self, line: Line, index: int) -> bool:
        """Has it strokes that no line on the screen explains?"""
        left, top, right, bottom = line.area
        fresh = np.zeros((max(bottom, self._bottom()), max(right, self._right())), bool)
        fresh[top:bottom, left:right] = line.strokes.core
        for known in self._lines:
            if known.active or known.first <= index < known.end:
                left, top, right, bottom = known.area
                fresh[top:bottom, left:right] &= ~known.strokes.mask
        return bool(np.count_nonzero(fresh) >= NEW * line.height**2)

    def _bottom(self) -> int:
        return max((one.area[3] for one in self._lines), default=0)

    def _right(self) -> int:
        return max((one.area[2] for one in self._lines), default=0)

    def _follow(self, line: Line, strip: Strip) -> None:
        level = line.pattern.presence(strip.seen(line.area))
        if level >= text_spans.ON * line.peak:
            line.end = strip.index + 1
            if level > BRIGHTER * line.peak:
                self._learn_again(line, strip)
            return
        line.active = False
        line.slides = _has_slid(line, strip)

    def _learn_again(self, line: Line, strip: Strip) -> None:
        again = learnt(strip, line.box, [one.box for one in self._lines if one.active])
        if again is not None:
            line.strokes, line.pattern, line.peak = again.strokes, again.pattern, 1.0

    def _trace_back(self, line: Line) -> None:
        """Its first frame among the pictures held."""
        held = [one for one in self._strips if one.index >= self._begin]
        for strip in reversed(held[:-1]):
            if line.pattern.presence(strip.seen(line.area)) < text_spans.ON * line.peak:
                return
            line.first = strip.index

    # Passages

    def _ripe(self, strip: Strip) -> list[Passage]:
        last = max((line.end for line in self._lines), default=None)
        if last is None:
            self._begin = max(self._begin, self._index_at(strip.time - self._lag))
            self._forget(strip.time - self._lag - BEFORE)
        elif not any(line.active for line in self._lines) and strip.time - self._time(last) >= self._lag + AFTER:
            done = self._hand_over(self._index_at(strip.time - self._lag))
            self._forget(strip.time - self._lag - BEFORE)
            return done
        elif self._held() > self.budget:
            # A quarter stays for what it shows before the next part, and a quarter was seen after this one.
            count = len(self._strips)
            done = self._hand_over(self._strips[count * 3 // 4].index)
            del self._strips[: count // 2]
            return done
        return []

    def _hand_over(self, end: int) -> list[Passage]:
        """All frames up to `end`, as a passage if there is text in them; lines that go on stay."""
        settled = [one for line in self._lines if (one := self._settled(line)) is not None]
        begin, self._begin = self._begin, max(end, self._begin)
        self._lines = [line for line in self._lines if line.active or line.end > end]
        for line in self._lines:
            line.first = max(line.first, end)
        return [Passage(tuple(self._strips), settled, begin, end)] if settled else []

    def _settled(self, line: Line) -> Line | None:
        """The line learnt again from many pictures, with its exact span; None if it is not burned in after all."""
        if line.slides:
            self.slid += 1
            return None
        whole = [one for one in self._strips if line.first <= one.index < line.end]
        if not whole:
            return None
        chosen = [whole[round(at)] for at in np.linspace(0, len(whole) - 1, min(STILLS, len(whole)))]
        others = [one.box for one in self._lines if one.first < line.end and line.first < one.end]
        final = learnt_from(chosen, line, others, self._bare(line))
        if final is None:
            return None
        levels = np.array([final.pattern.presence(one.seen(final.area)) for one in self._strips])
        first, end = text_spans.extent(levels, whole[len(whole) // 2].index - self._strips[0].index)
        stays = self._strips[end - 1].time - self._strips[first].time
        is_brief = end - first < LEAST_FRAMES or stays < LEAST
        if is_brief and not line.active and len(self._strips) > LEAST_FRAMES:
            return None
        final.first, final.end, final.active = first + self._strips[0].index, end + self._strips[0].index, line.active
        return self._with_plate(final, levels)

    def _with_plate(self, line: Line, levels: NDArray[np.float64]) -> Line:
        """The line with the plate behind it, if it has one."""
        start = self._strips[0].index
        full = np.flatnonzero(levels[line.first - start : line.end - start] >= FULL) + line.first
        pairs = [(int(full[0]), line.first - 2), (int(full[-1]), line.end + 1)] if len(full) else []
        for shown, bare in pairs:
            if not start <= bare < start + len(self._strips) or self._is_covered(bare):
                continue
            plated = on_plate(line, self._strips[shown - start], self._strips[bare - start])
            if plated is not None:
                return plated
        return line

    def _is_covered(self, index: int) -> bool:
        return any(one.first <= index < one.end for one in self._lines)

    def _bare(self, line: Line) -> Strip | None:
        """The nearest picture without any line's text."""
        spans = [(one.first, one.end) for one in self._lines]
        free = [one for one in self._strips if not any(first - 2 <= one.index < end + 2 for first, end in spans)]
        return min(free, key=lambda one: min(abs(one.index - line.first), abs(one.index - line.end)), default=None)

    def _forget(self, horizon: Fraction) -> None:
        old = sum(one.time < horizon for one in self._strips)
        del self._strips[: max(0, min(old, self._begin - self._strips[0].index))]

    def _held(self) -> int:
        return sum(plane.nbytes for plane in self._strips[-1].planes) * len(self._strips)

    def _index_at(self, time: Fraction) -> int:
        return next((one.index for one in self._strips if one.time >= time), self._begin)

    def _time(self, index: int) -> Fraction:
        first = self._strips[0].index
        return self._strips[min(max(index - first, 0), len(self._strips) - 1)].time


def learnt(strip: Strip, box: Box, others: Sequence[Box]) -> Line | None:
    """The line in `box`, as this one picture shows it, where `others` has the boxes of all text in it."""
    area = around(box, strip.planes[0].shape)
    return _learnt(strip.seen(area), box, area, others, None, (strip.index, strip.index + 1))


def learnt_from(strips: Sequence[Strip], line: Line, others: Sequence[Box], bare: Strip | None) -> Line | None:
    """The line as many pictures show it; `bare` shows the place without it."""
    shown = [one.seen(line.area) for one in strips]
    half = len(shown) // 2
    still = [np.partition(np.stack([one[index] for one in shown]), half, axis=0)[half] for index in range(3)]
    without = strokes.stack(*bare.seen(line.area)) if bare is not None else None
    return _learnt(still, line.box, line.area, others, without, (line.first, line.end))


def _learnt(
    planes: Sequence[NDArray[np.uint8]],
    box: Box,
    area: Box,
    others: Sequence[Box],
    bare: strokes.Ycc | None,
    span: tuple[int, int],
) -> Line | None:
    inner, *outer = ((one[0] - area[0], one[1] - area[1], one[2] - area[0], one[3] - area[1]) for one in (box, *others))
    found = strokes.learn(strokes.stack(*planes), inner, others=outer, bare=bare)
    if found is None:
        return None
    pattern = text_spans.Pattern.of(planes, found.mask, box[3] - box[1])
    return Line(box, area, found, pattern, *span, planes)


def on_plate(line: Line, shown: Strip, bare: Strip) -> Line | None:
    """The line with the plate that comes with it from `bare` to `shown`; None if there is none."""
    shape = shown.planes[0].shape
    for _ in range(PLATE_STEPS):
        area = line.area
        inner = (line.box[0] - area[0], line.box[1] - area[1], line.box[2] - area[0], line.box[3] - area[1])
        plate = text_plate.extent(strokes.stack(*shown.seen(area)), strokes.stack(*bare.seen(area)), inner)
        if plate is None:
            return None
        wider = _wider(area, text_plate.at_border(plate, line.strokes.mask.shape), line.height, shape)
        if wider == area:
            masks = line.strokes.opaque.copy(), line.strokes.mask.copy()
            for mask in masks:
                mask[plate[1] : plate[3], plate[0] : plate[2]] = True
            line.strokes = strokes.Strokes(line.strokes.core, *masks)
            return line
        line = _in_area(line, wider)
    return None  # all of the picture changed: that was no plate


def _wider(area: Box, sides: Sequence[bool], by: int, shape: tuple[int, ...]) -> Box:
    """The area moved outwards by twice the line's height on those sides, and no further than the picture."""
    step = 2 * by & ~1
    left, top, right, bottom = (side * step for side in sides)
    return (
        max(0, area[0] - left),
        max(0, area[1] - top),
        min(shape[1] & ~1, area[2] + right),
        min(shape[0] & ~1, area[3] + bottom),
    )


def _in_area(line: Line, area: Box) -> Line:
    """The same line, in a larger area."""
    left, top = line.area[0] - area[0], line.area[1] - area[1]
    right, bottom = area[2] - line.area[2], area[3] - line.area[3]
    old = line.strokes
    masks = (np.pad(one, ((top, bottom), (left, right))) for one in (old.core, old.opaque, old.mask))
    return replace(line, area=area, strokes=strokes.Strokes(*masks))


def around(box: Box, shape: tuple[int, ...]) -> Box:
    """The box with its margin, even on all sides, within a picture of `shape`."""
    left, top, right, bottom = box
    margin = max(4, round(AROUND * (bottom - top)))
    return (
        max(0, left - margin) & ~1,
        max(0, top - margin) & ~1,
        min(right + margin + 1, shape[1]) & ~1,
        min(bottom + margin + 1, shape[0]) & ~1,
    )


def cut(planes: Sequence[Plane], area: Box) -> list[Plane]:
    """Views of an even area of 4:2:0 planes."""
    left, top, right, bottom = area
    halves = [one[top // 2 : bottom // 2, left // 2 : right // 2] for one in planes[1:]]
    return [planes[0][top:bottom, left:right], *halves]


def _has_slid(line: Line, strip: Strip) -> bool:
    """Is the text still there, only beside its place?"""
    most = max(2, round(SLIDE * line.height))
    left, top, right, bottom = line.area
    weight, luma = line.pattern.weights[0], _eight_bits(strip.planes[0])
    wide = luma[max(0, top - most) : bottom + most, max(0, left - most) : right + most].astype(np.float32)
    inner = weight[most:-most, most:-most] if min(weight.shape) > 4 * most else weight
    if inner.shape[0] > wide.shape[0] or inner.shape[1] > wide.shape[1]:
        return False
    return float(cv2.matchTemplate(wide, inner, cv2.TM_CCOEFF_NORMED).max()) > SLIDES


def _eight_bits(plane: Plane) -> NDArray[np.uint8]:
    return plane if plane.dtype == np.uint8 else (plane >> 2).astype(np.uint8)
