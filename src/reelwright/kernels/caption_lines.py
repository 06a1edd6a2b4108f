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
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import caption_changes, caption_edges
from reelwright.kernels.caption_boxes import MANY, Box, area_of, around, crowd, is_beside, is_one, widened
from reelwright.kernels.caption_strokes import SAME, Gray, Mask, Signs, Strokes, body_of, grown, strokes
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Values = TypeVar("Values", bound=np.generic)

STILL = 0.5  # share of a line's strokes that were there one sample before; a sign that moves has a quarter
KIND, STILL_ALONE = 0.25, 0.75  # …or the same of a kind alone that has so many: a box lets another picture through
COMING = 0.6  # correlation with the sample before, of words that fade in
OWN = 0.25  # share of the strokes in a line's box that must be new for the others to be what lies behind
GAP = 0.7  # of a line's height: a mark so far beyond the detector's box is still its own
BEYOND = 1.0  # heights at most that a line is longer at each end than the detector said
MARKED = 3  # stroke pixels in a column that are part of a letter

BACKED = Fraction(2)  # s of frames kept
STRONGER = 1.1  # times as strong as they were: they were still fading in
RIPE = 3  # samples after which a line's strokes are known from what lies behind them
FADED = Fraction(1)  # s after which nothing of a line is left
AFTERWARDS = Fraction(1, 4)  # s after a fade that are looked at to measure it
TURNS = Fraction(3, 10)  # s that words stay at least until others take their place
GONE = 2  # frames in a row without the line that end it
STRONG = 0.5  # strength of words not known again, from which they may still be there
NOTHING, ALL = 0.25, 0.7  # strength of words that are away for one frame, and before and after it
UNHURT = 4.0  # mean levels by which a frame may differ from its neighbours, and be no damaged one


@dataclass(frozen=True, slots=True)
class Found:
    """Where a detector saw a line of words; `tilt` in radians, `score` 0–1."""

    box: Box
    tilt: float
    score: float


class Find(Protocol):
    """Looks at a part of the picture just pushed; its boxes are those of the whole picture."""

    def __call__(self, where: Box, *, closer: bool = False) -> Sequence[Found]: ...


class Line:
    """One line of words. `start` and `end` are times of frames: the first with it, the first without it."""

    def __init__(self, found: Found, gray: Gray, signs: Signs, time: Fraction) -> None:
        self.found, self.seen = found, time
        self.start, self.end = time, time
        self.samples = 0
        self.missing = 0
        """Frames in a row in which it was not seen."""
        self.was_missing = False
        """Is it there again, after a frame without it?"""
        self.follows = False
        """Does it say what another line said, but for a letter or two, from where that one ends?"""
        self.since = Fraction(0)
        """It cannot have been there before: another line was in its place."""
        self.doubt: tuple[Fraction, Gray, Gray] | None = None
        """The frame since which some of its letters seem to be others, and its part of the frame before and of it."""
        self.strokes = Strokes(self.cut(gray), self.cut(signs))

    @property
    def is_sure(self) -> bool:
        """Was it in the last frame, and does it surely still say the same?"""
        return not self.missing and self.doubt is None

    @property
    def area(self) -> tuple[slice, slice]:
        """Rows and columns of a picture."""
        return area_of(self.found.box)

    def cut(self, picture: NDArray[Values]) -> NDArray[Values]:
        """The line's part of a picture."""
        return picture[self.area]

    def is_in(self, gray: Gray) -> bool:
        return self.strokes.are_in(self.cut(gray))

    def shed(self, gray: Gray) -> bool:
        """Are only strokes at one end gone, that lay behind the words? The line is without them from now on."""
        stays = self.strokes.shed(self.cut(gray))
        if stays is None:
            return False
        left, top, right, bottom = self.found.box
        first, last, _ = stays.indices(right - left)
        self.found, self.doubt = replace(self.found, box=(left + first, top, left + last, bottom)), None
        return True

    def sample(self, gray: Gray, signs: Signs) -> None:
        """A sample in which it is: what does not stay was behind it; while it is young, it may be fading in."""
        self.samples += 1
        now = self.cut(gray)
        if self.samples <= RIPE and self.strokes.strength(now) > STRONGER:
            self.strokes.renew(now, self.cut(signs))
        else:
            self.strokes.forget(now)
        self.strokes.are_known = self.samples >= RIPE


@dataclass(frozen=True, slots=True, eq=False)
class _Fading:
    """A line that fades away: how strong it was while it was seen, and the first frame without it."""

    line: Line
    shown: list[tuple[Fraction, float]]
    gone: Fraction


class Lines:
    """Push every frame in order; lines come out when they are over."""

    def __init__(self, find: Find) -> None:
        self.active: list[Line] = []
        self.looks = 0
        self._find = find
        self._back: deque[tuple[Fraction, Gray]] = deque()
        self._before: tuple[Fraction, Gray, Signs] | None = None
        """The last sample."""
        self._kept: Mask | None = None
        """Strokes of the last sample that were in the one before it."""
        self._known: Mask | None = None
        """Strokes that were looked at and are no words."""
        self._left: list[tuple[Fraction, Box]] = []
        """Where lines ended not long ago, and may still be fading."""
        self._fading: list[_Fading] = []
        self._ended: list[tuple[Fraction, Box]] = []
        """Where lines were of which frames are kept, and the first frames without them."""

    def push(self, time: Fraction, gray: Gray, *, is_sample: bool) -> list[Line]:
        """The lines that this frame shows to be over. `gray` is kept: do not write to it afterwards."""
        self._back.append((time, gray))
        while time - self._back[0][0] > BACKED:
            self._back.popleft()
        over = [line for line in self.active if self._is_over(line, gray)]
        for line in over:
            self._end(line)
        again = [line for line in self.active if line.was_missing and self._was_gone(line)]
        turned = [line for line in self.active if line not in over + again and self._says_another(line, gray)]
        self.active = [line for line in self.active if line not in over + again + turned]
        self.active += [self._turned(line, gray, time) for line in turned]
        self.active += [self._come_again(line, gray) for line in again]
        fading = [one.line for one in self._fading]
        over = [line for line in over if line not in fading] + again + turned + self._faded(time)
        if is_sample:
            self._sample(time, gray)
        return over

    def finish(self, end: Fraction) -> list[Line]:
        """The lines still there at the end of the film."""
        for line in self.active:
            self._trace(line)
            line.end = end
        over, self.active = self.active + self._faded(), []
        return over

    def _is_over(self, line: Line, gray: Gray) -> bool:
        is_in = line.is_in(gray) or line.shed(gray)
        before, line.missing = line.missing, 0 if is_in else line.missing + 1
        line.was_missing = bool(before) and not line.missing
        return line.missing >= GONE

    def _was_gone(self, line: Line) -> bool:
        """Words that are there again after one frame: were they away in it, or was it damaged?"""
        last, gap, now = (gray for _, gray in list(self._back)[-3:])
        strengths = [line.strokes.strength(line.cut(gray)) for gray in (last, gap, now)]
        if abs(strengths[1]) > NOTHING or min(strengths[0], strengths[2]) < ALL:
            return False
        return not self._is_damaged(line, last, gap, now)

    def _is_damaged(self, line: Line, last: Gray, gap: Gray, now: Gray) -> bool:
        """Is a frame unlike both of its neighbours beside the words too: damaged, or a flash?"""
        beside = np.ones(gap.shape, bool)
        for one in (line, *self.active):
            beside[widened(one.found.box)] = False
        if not beside.any():
            return True
        off = min(float(cv2.absdiff(gap, one)[beside].mean()) for one in (last, now))
        return off > max(UNHURT, float(cv2.absdiff(last, now)[beside].mean()))

    def _come_again(self, line: Line, gray: Gray) -> Line:
        """Ends a line that was away for one frame, and gives that of the same words since."""
        self._trace(line)
        line.end, now = self._back[-2][0], self._back[-1][0]
        another = Line(line.found, gray, strokes(gray), now)
        another.strokes, another.samples, another.since = line.strokes, line.samples, now
        return another

    def _says_another(self, line: Line, gray: Gray) -> bool:
        """Were some letters changed in the frame before this one, and are they so still?"""
        now, doubt = line.cut(gray), line.doubt
        line.doubt = None
        if doubt is not None and caption_changes.is_lasting(*doubt[1:], now):
            line.doubt = doubt
            return True
        if line.missing > 1 or len(self._back) <= GONE or self._back[-1][0] - line.start < TURNS:
            return False
        earlier, before = (line.cut(one) for _, one in (self._back[-1 - GONE], self._back[-GONE]))
        # What changes in frame after frame is a picture that moves behind the words.
        if caption_changes.is_other(line.strokes, before, now) and not caption_changes.is_other(
            line.strokes, earlier, before
        ):
            line.doubt = self._back[-1][0], before.copy(), now.copy()
        return False

    def _turned(self, line: Line, gray: Gray, time: Fraction) -> Line:
        """Ends a line some of whose letters are others now, and gives that of the others, in the same place."""
        assert line.doubt is not None  # that is why
        self._trace(line)
        line.end = line.doubt[0]
        now = strokes(gray)
        another = Line(_lengthened(line.found, gray, now), gray, now, time)
        another.start = another.since = line.end
        another.follows = True
        return another

    def _end(self, line: Line) -> None:
        self._trace(line)
        gone = line.end = self._back[-GONE][0]
        self._ended = [one for one in self._ended if one[0] >= self._back[0][0]] + [(gone, line.found.box)]
        shown = self._strengths(line, line.start, gone)
        line.end = caption_edges.end(shown, gone) if shown else gone
        left = self._strengths(line, gone, self._back[-1][0] + 1)
        if shown and (caption_edges.may_fade(shown) or min(strength for _, strength in left) >= STRONG):
            self._fading.append(_Fading(line, shown, gone))
        self._left.append((line.end, line.found.box))
        if self._before is not None and self._before[0] < gone:
            # Strokes that the next line shares with this one are no sign of its having been there.
            self._before[2][line.area] = 0

    def _trace(self, line: Line) -> None:
        """Its first frame, among those kept; only once, and not when those of its beginning are gone."""
        if line.start < line.seen or line.seen < self._back[0][0]:
            return
        line.strokes.are_known = True
        shown: list[tuple[Fraction, float]] = []
        later = None
        kept = [(time, gray) for time, gray in self._back if time >= line.since]
        for index in reversed(range(len(kept))):
            time, gray = kept[index]
            now = line.cut(gray)
            if time < line.seen and not (line.is_in(gray) or _grew(line, now, later)):
                three = [one for _, one in kept[max(0, index - 1) : index + 2]]
                if len(three) == 3 and line.is_in(three[0]) and self._is_damaged(line, *three):
                    continue
                break
            shown.append((time, line.strokes.strength(now)))
            later = now
        before = self._strengths(line, Fraction(0), shown[-1][0])
        line.start = max(line.since, caption_edges.begin(shown[::-1], before))

    def _faded(self, now: Fraction | None = None) -> list[Line]:
        """Lines that have faded away by now; all of them at the end of the film."""
        faded = [one for one in self._fading if now is None or now > one.line.end + AFTERWARDS]
        self._fading = [one for one in self._fading if one not in faded]
        for one in faded:
            beyond = self._strengths(one.line, one.gone, one.line.end + AFTERWARDS)
            one.line.end = caption_edges.end(one.shown, one.gone, beyond)
        return [one.line for one in faded]

    def _strengths(self, line: Line, first: Fraction, end: Fraction) -> list[tuple[Fraction, float]]:
        """How strong it is in the frames kept from `first` to before `end`."""
        kept = ((time, gray) for time, gray in self._back if first <= time < end)
        return [(time, line.strokes.strength(line.cut(gray))) for time, gray in kept]

    def _sample(self, time: Fraction, gray: Gray) -> None:
        now = strokes(gray)
        for line in self.active:
            if line.is_sure:
                line.sample(gray, now)
                if line.samples == RIPE:
                    self._trace(line)
        kept = np.zeros(gray.shape, bool)
        if self._before is not None:
            _, before, were = self._before
            kept = (now != 0) & (now == were) & (cv2.absdiff(gray, before) <= SAME)
            self._look(time, gray, now, kept)
        self._before, self._kept = (time, gray, now), kept

    def _look(self, time: Fraction, gray: Gray, now: Signs, kept: Mask) -> None:
        """Ask for words where still strokes are new."""
        known = self._known if self._known is not None else np.zeros_like(kept)
        self._known = known & grown(now != 0)
        new = kept & ~grown(self._known)
        for line in self.active:
            new[line.area] = False
        where, count = crowd(new)
        if where is None:
            return
        for one in _in_rows(self._looked(where, is_rich=count >= MANY)):
            if any(is_one(one.box, line.found.box) for line in self.active):
                continue
            area = area_of(one.box)
            if _is_still(now[area], kept[area]):
                self.active.append(self._line(one, gray, now, time))
                new[self.active[-1].area] = False
            elif self._before is not None and _likeness(self._before[1][area], gray[area]) >= COMING:
                new[area] = False  # stronger than it was, but the same: it fades in, and is asked for again
        self._left = [(end, box) for end, box in self._left if time - end < FADED]
        for _, box in self._left:
            new[area_of(box)] = False
        self._known |= new

    def _looked(self, where: Box, *, is_rich: bool) -> Sequence[Found]:
        """What is found there; where there are strokes as of letters but nothing is, it is looked at closer."""
        self.looks += 1
        found = self._find(where)
        if found or not is_rich:
            return found
        self.looks += 1
        return self._find(where, closer=True)

    def _line(self, found: Found, gray: Gray, now: Signs, time: Fraction) -> Line:
        own = now
        if self._kept is not None:
            # The words were in the last sample for the first time, so what stood before that lies behind them…
            own = np.where(self._kept, 0, now).astype(np.int8)
            area = area_of(found.box)
            if np.count_nonzero(own[area]) < OWN * np.count_nonzero(now[area]):
                own = now  # …unless they were there long before they were found.
        line = Line(_lengthened(found, gray, own), gray, own, time)
        line.since = max((end for end, box in self._ended if is_one(box, line.found.box)), default=Fraction(0))
        return line


def _is_still(now: Signs, kept: Mask) -> bool:
    """Were most of these strokes there in the sample before, or nearly all that are bright, or that are dark?"""
    count = np.count_nonzero(now)
    if np.count_nonzero(kept) >= STILL * count:
        return True
    kinds = [(np.count_nonzero(now == kind), np.count_nonzero(kept & (now == kind))) for kind in (1, -1)]
    return any(there >= KIND * count and same >= STILL_ALONE * there for there, same in kinds)


def _grew(line: Line, now: Gray, later: Gray | None) -> bool:
    """Is it what it is one frame later, weaker, and no other letters?"""
    if later is None or not line.strokes.are_alike(now):
        return False
    return not caption_changes.is_other(line.strokes, later, now)


def _likeness(one: Gray, other: Gray) -> float:
    """Correlation of two pictures, -1 to 1; 0 where one is of one brightness."""
    (a, b) = (part.astype(np.float32).ravel() - np.float32(part.mean()) for part in (one, other))
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


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


def _in_rows(found: Sequence[Found]) -> list[Found]:
    """Those side by side, no further apart than they are high, as one: a detector splits a line at a wide gap."""
    rows: list[Found] = []
    for one in sorted(found, key=lambda one: one.box[0]):
        beside = next((row for row in rows if is_beside(row.box, one.box)), None)
        if beside is None:
            rows.append(one)
            continue
        rows[rows.index(beside)] = Found(around(beside.box, one.box), beside.tilt, min(beside.score, one.score))
    return rows
