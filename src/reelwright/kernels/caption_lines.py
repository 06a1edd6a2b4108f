"""Lines of still words in a moving picture: when each comes and goes.

A caption's strokes are thin, stand out, and stay where and what they are while the picture behind them moves. So at
each sample the strokes that were there in the sample before are set apart, and only where a handful of such strokes is
new is somebody asked for the place of the words (`Find`, a text detector). From then on a line is followed through
every frame by its own strokes (`caption_strokes`); its beginning is looked for backwards in the last two seconds, which
are kept. Nothing here reads: the same words after a gap are two lines.

The pictures are luma, uint8 [h, w], the part of the frame that is watched, scaled down until words are some 12 to 40
pixels high. Words without contrast in luma, or that move, are not seen.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import caption_edges
from reelwright.kernels.caption_strokes import SAME, Gray, Mask, Signs, Strokes, body_of, grown, strokes
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom beyond the last pixel."""
Values = TypeVar("Values", bound=np.generic)

CELL = (24, 32)  # px high and wide: about two letters…
FEW = 90  # …in which so many new stroke pixels are worth a look
MARGIN = (24, 48)  # px above and below, and to the sides, of what is looked at beyond them
STILL = 0.5  # share of a line's strokes that were there one sample before; a sign that moves has a quarter
OWN = 0.25  # share of the strokes in a line's box that must be new for the others to be what lies behind
GAP = 0.7  # of a line's height: a mark so far beyond the detector's box is still its own
BEYOND = 1.0  # heights at most that a line is longer at each end than the detector said
MARKED = 3  # stroke pixels in a column that are part of a letter

BACKED = Fraction(2)  # s of frames kept
RIPE = 3  # samples after which a line's strokes are known from what lies behind them
FADED = Fraction(1)  # s after which nothing of a line is left
GONE = 2  # frames in a row without the line that end it
BESIDE = 0.7  # of the lower of two boxes' heights, that they share in one row
OVERLAPS = 0.5  # of the smaller of two boxes, that make them one line's


@dataclass(frozen=True, slots=True)
class Found:
    """Where a detector saw a line of words; `tilt` in radians, `score` 0–1."""

    box: Box
    tilt: float
    score: float


Find = Callable[[Box], Sequence[Found]]
"""Looks at a part of the picture just pushed; its boxes are those of the whole picture."""


class Line:
    """One line of words. `start` and `end` are times of frames: the first with it, the first without it."""

    def __init__(self, found: Found, gray: Gray, signs: Signs, time: Fraction) -> None:
        self.found, self.seen = found, time
        self.start, self.end = time, time
        self.samples = 0
        self.missing = 0
        """Frames in a row in which it was not seen."""
        self.strokes = Strokes(self.cut(gray), self.cut(signs))

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of a picture."""
        return _area(self.found.box)

    def cut(self, picture: NDArray[Values]) -> NDArray[Values]:
        """The line's part of a picture."""
        return picture[self.area]

    def is_in(self, gray: Gray) -> bool:
        return self.strokes.are_in(self.cut(gray))

    def sample(self, gray: Gray, signs: Signs) -> None:
        """A sample in which it is: what does not stay was behind it; while it is young, it may be fading in."""
        self.samples += 1
        if not self.strokes.forget(self.cut(gray)) and self.samples <= RIPE:
            self.strokes.renew(self.cut(gray), self.cut(signs))
        self.strokes.are_known = self.samples >= RIPE


class Lines:
    """Push every frame in order; lines come out when they are over."""

    def __init__(self, find: Find) -> None:
        self.active: list[Line] = []
        self.looks = 0
        self._find = find
        self._back: deque[tuple[Fraction, Gray]] = deque()
        self._before: tuple[Gray, Signs] | None = None
        self._kept: Mask | None = None
        """Strokes of the last sample that were in the one before it."""
        self._known: Mask | None = None
        """Strokes that were looked at and are no words."""
        self._left: list[tuple[Fraction, Box]] = []
        """Where lines ended not long ago, and may still be fading."""

    def push(self, time: Fraction, gray: Gray, *, is_sample: bool) -> list[Line]:
        """The lines that this frame shows to be over. `gray` is kept: do not write to it afterwards."""
        self._back.append((time, gray))
        while time - self._back[0][0] > BACKED:
            self._back.popleft()
        over = [line for line in self.active if self._is_over(line, gray)]
        for line in over:
            self._end(line)
        self.active = [line for line in self.active if line not in over]
        if is_sample:
            self._sample(time, gray)
        return over

    def finish(self, end: Fraction) -> list[Line]:
        """The lines still there at the end of the film."""
        for line in self.active:
            self._trace(line)
            line.end = end
        over, self.active = self.active, []
        return over

    def _is_over(self, line: Line, gray: Gray) -> bool:
        line.missing = 0 if line.is_in(gray) else line.missing + 1
        return line.missing >= GONE

    def _end(self, line: Line) -> None:
        self._trace(line)
        line.end = self._back[-GONE][0]
        shown = [(time, line.strokes.strength(line.cut(gray))) for time, gray in self._back if time >= line.start]
        if len(shown) > GONE:
            line.end = caption_edges.end(shown[:-GONE], line.end)
        self._left.append((line.end, line.found.box))
        if self._before is not None:
            # Strokes that the next line shares with this one are no sign of its having been there.
            self._before[1][line.area] = 0

    def _trace(self, line: Line) -> None:
        """Its first frame, among those kept; only once, and not when those of its beginning are gone."""
        if line.start < line.seen or line.seen < self._back[0][0]:
            return
        line.strokes.are_known = True
        shown: list[tuple[Fraction, float]] = []
        for time, gray in reversed(self._back):
            if time < line.seen and not line.is_in(gray):
                break
            shown.append((time, line.strokes.strength(line.cut(gray))))
        line.start = caption_edges.begin(shown[::-1])

    def _sample(self, time: Fraction, gray: Gray) -> None:
        now = strokes(gray)
        for line in self.active:
            if not line.missing:
                line.sample(gray, now)
                if line.samples == RIPE:
                    self._trace(line)
        kept = np.zeros(gray.shape, bool)
        if self._before is not None:
            before, were = self._before
            kept = (now != 0) & (now == were) & (cv2.absdiff(gray, before) <= SAME)
            self._look(time, gray, now, kept)
        self._before, self._kept = (gray, now), kept

    def _look(self, time: Fraction, gray: Gray, now: Signs, kept: Mask) -> None:
        """Ask for words where still strokes are new."""
        known = self._known if self._known is not None else np.zeros_like(kept)
        self._known = known & grown(now != 0)
        new = kept & ~grown(self._known)
        for line in self.active:
            new[line.area] = False
        where = _crowd(new)
        if where is None:
            return
        self.looks += 1
        for one in _in_rows(self._find(where)):
            if any(is_one(one.box, line.found.box) for line in self.active):
                continue
            area = _area(one.box)
            if np.count_nonzero(kept[area]) >= STILL * np.count_nonzero(now[area]):
                self.active.append(self._line(one, gray, now, time))
                new[self.active[-1].area] = False
        self._left = [(end, box) for end, box in self._left if time - end < FADED]
        for _, box in self._left:
            new[_area(box)] = False
        self._known |= new

    def _line(self, found: Found, gray: Gray, now: Signs, time: Fraction) -> Line:
        own = now
        if self._kept is not None:
            # The words were in the last sample for the first time, so what stood before that lies behind them…
            own = np.where(self._kept, 0, now).astype(np.int8)
            area = _area(found.box)
            if np.count_nonzero(own[area]) < OWN * np.count_nonzero(now[area]):
                own = now  # …unless they were there long before they were found.
        return Line(_lengthened(found, gray, own), gray, own, time)


def _lengthened(found: Found, gray: Gray, signs: Signs) -> Found:
    """The box with the letters and marks beyond its ends that the detector left out."""
    left, top, right, bottom = found.box
    height = bottom - top
    kind, level = body_of(gray[top:bottom, left:right], signs[top:bottom, left:right])
    body = (signs[top:bottom] == kind) & (np.abs(gray[top:bottom] - level) <= SAME)
    marked = np.flatnonzero(np.count_nonzero(body, axis=0) >= MARKED)
    least, most = left - BEYOND * height, right + BEYOND * height
    for column in marked[(marked >= right) & (marked < most)]:
        right = int(column) + 1 if column - right <= GAP * height else right
    for column in marked[(marked < left) & (marked >= least)][::-1]:
        left = int(column) if left - column <= GAP * height else left
    return replace(found, box=(left, top, right, bottom))


def _crowd(new: Mask) -> Box | None:
    """What is around the new strokes, where there are many together; None if there are not."""
    counts = cv2.boxFilter(new.astype(np.float32), -1, CELL[::-1], normalize=False, borderType=cv2.BORDER_CONSTANT)
    rows, columns = np.nonzero(counts >= FEW)
    if not len(rows):
        return None
    height, width = new.shape
    down, across = CELL[0] // 2 + MARGIN[0], CELL[1] // 2 + MARGIN[1]
    return (
        max(0, int(columns.min()) - across),
        max(0, int(rows.min()) - down),
        min(width, int(columns.max()) + 1 + across),
        min(height, int(rows.max()) + 1 + down),
    )


def _area(box: Box) -> tuple[slice, slice]:
    left, top, right, bottom = box
    return slice(top, bottom), slice(left, right)


def is_one(one: Box, other: Box) -> bool:
    """Do they share most of the smaller one?"""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    least = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(0, width) * max(0, height) > OVERLAPS * least


def _in_rows(found: Sequence[Found]) -> list[Found]:
    """Those side by side, no further apart than they are high, as one: a detector splits a line at a wide gap."""
    rows: list[Found] = []
    for one in sorted(found, key=lambda one: one.box[0]):
        beside = next((row for row in rows if _is_beside(row.box, one.box)), None)
        if beside is None:
            rows.append(one)
            continue
        rows[rows.index(beside)] = Found(_around(beside.box, one.box), beside.tilt, min(beside.score, one.score))
    return rows


def _around(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _is_beside(left: Box, right: Box) -> bool:
    height = min(left[3] - left[1], right[3] - right[1])
    shared = min(left[3], right[3]) - max(left[1], right[1])
    return shared > BESIDE * height and right[0] - left[2] < height
