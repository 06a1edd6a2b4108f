"""Fill what text covers in a passage of frames, from other frames of the shot first.

Lines that lie together make one band, filled by itself, so that a line at the top and one at the bottom cost no more
than their own pixels. For each run of frames with text, as long as the camera stays near, the ground is gathered once
from frames before, within and after it (`kernels.ground`), and each frame takes from it what its text hides. Where
the frame shows something else between the strokes (`kernels.foreground`), something stands or moves before the
ground: then single frames near by are tried, of which one may show that thing as it is now; if none does, it is drawn
in between the strokes (`kernels.kriging`), from all that is not opaque: what codecs have smeared around letters is
good enough for that, and makes the holes as small as they can be.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import foreground, ground, inpainting, kriging
from reelwright.kernels.ground import Behind, Field, Mask, Part, View, within
from reelwright.kernels.kriging import Kriging
from reelwright.kernels.regions import Box, meet
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.kernels.strokes import Strokes
from reelwright.kernels.text_tracking import Line, Passage, Strip, cut
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

RING = 32  # px of known picture around a band
REACH = 96  # frames before and after a run of text that are looked at
AWAY = (0, 2, 4, 7, 10, 14, 19, 26, 35, 46, 60, 80)  # of the frames without text, from a run's ends outwards
BESIDE = (3,)  # frames from a run's ends: single ones that may show what stands before the ground
BESIDE_ALL = (1, 2, 4, 6, 8, 11, 14, 18, 24, 30, 40, 60)  # the same where time does not matter
PLENTY = 3  # frames without text that are enough before a camera that stands still
WITHIN = 6  # frames inside a run that are looked at as well
LONGEST = Fraction(5)  # s of one run; a longer one is filled in parts
MOVES = 0.12  # of the band's width the camera may move in one run
LOOKS = 5  # frames of a run that tell what is opaque
RESTS, STANDS_OUT = 4.0, 10.0  # grey levels: a pixel that varies less, and that differs more from the ground, is text
MARGIN = 24  # px around places where the ground fails


@dataclass(slots=True)
class Count:
    """Filled pixels of luma, by where they are from."""

    from_time: int = 0
    from_space: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """New planes for `area` of the strip at `time`, to be put there where the masks say so."""

    time: Fraction
    area: Box
    planes: Sequence[NDArray[Any]]
    masks: Sequence[Mask]


def fill(passage: Passage, count: Count, *, thorough: bool = False) -> Iterator[Filled]:
    """All frames of the passage that have text, filled; band by band, in order of time within each.

    `thorough` tries a dozen times as many frames for what stands or moves behind the text.
    """
    shape = passage.strips[0].planes[0].shape
    for lines in _touching(passage.lines):
        first, end = min(one.first for one in lines) - REACH, max(one.end for one in lines) + REACH
        strips = [one for one in passage.strips if first <= one.index < end]
        band = _Band(strips, lines, _area(lines, shape), BESIDE_ALL if thorough else BESIDE)
        yield from band.filled(passage, count)


class _Band:
    """Lines that lie together, and the frames around them."""

    def __init__(self, strips: Sequence[Strip], lines: Sequence[Line], area: Box, beside: Sequence[int]) -> None:
        self._strips, self._lines, self._area, self._away = strips, lines, area, beside
        self._views = [
            View.of(
                cut(one.planes, area),
                _covered(lines, one.index, area, _mask),
                _covered(lines, one.index, area, _opaque),
            )
            for one in strips
        ]
        to_wide = np.array([[0.5, 0, 0.5 * area[0]], [0, 0.5, 0.5 * area[1]], [0, 0, 1]])
        self._shot = ShotMotion(self._seen, len(strips), self._wide, to_wide)
        self._bare = {at for at, view in enumerate(self._views) if not view.hidden.any()}

    def _seen(self, at: int) -> tuple[Field, Mask]:
        return self._views[at].levels, self._views[at].hidden

    def _wide(self, at: int) -> tuple[Field, Mask]:
        """All of the strip, at half its size."""
        luma = self._strips[at].planes[0]
        height, width = luma.shape
        hidden = _covered(self._lines, self._strips[at].index, (0, 0, width, height), _mask)
        small = cv2.resize(luma, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        return ground.levels(small), ground.halved(hidden[: height & ~1, : width & ~1])

    def filled(self, passage: Passage, count: Count) -> Iterator[Filled]:
        wanted = [
            at
            for at, (strip, view) in enumerate(zip(self._strips, self._views, strict=True))
            if passage.begin <= strip.index < passage.end and view.hidden.any()
        ]
        for frames in self._runs(wanted):
            run = _Run(self._views, self._shot, frames, self._sources(frames), self._beside(frames))
            for at in frames:
                view = self._views[at]
                planes, invented = run.clear(at)
                count.from_space += invented
                count.from_time += int(np.count_nonzero(view.hidden)) - invented
                masks = (view.hidden, view.hidden_chroma, view.hidden_chroma)
                yield Filled(self._strips[at].time, self._area, planes, masks)

    def _runs(self, wanted: Sequence[int]) -> Iterator[list[int]]:
        """Frames that follow each other and share a ground."""
        run: list[int] = []
        most = MOVES * self._shot.size[0]
        for at in wanted:
            new = run and (
                at > run[-1] + 1
                or self._shown(at) != self._shown(run[-1])
                or self._shot.shift(run[0], at) > most
                or self._strips[at].time - self._strips[run[0]].time > LONGEST
            )
            if new:
                yield run
                run = []
            run.append(at)
        if run:
            yield run

    def _shown(self, at: int) -> list[bool]:
        """Which of the lines are on the screen."""
        return [one.first <= self._strips[at].index < one.end for one in self._lines]

    def _sources(self, run: Sequence[int]) -> list[int]:
        """Frames that may show the ground: without text, from before and after the run, more of those near in time;
        if they are few, others too; and some within it. A camera that stands still needs none with text: in those,
        what stands around the text would be from another time than what is behind it."""
        past, coming = range(run[0] - 1, run[0] - REACH, -1), range(run[-1] + 1, run[-1] + REACH)
        sides = [[at for at in side if at in self._bare] for side in (past, coming)]
        bare = [side[away] for side in sides for away in AWAY if away < len(side)]
        others = [at for at in (*reversed(past), *coming) if 0 <= at < len(self._views) and at not in self._bare]
        if len(bare) >= PLENTY and self._shot.shift(run[0], run[-1]) < ground.STILL:
            return sorted({*bare, run[len(run) // 2]})
        return sorted({*bare, *_spread(others, 2 * len(AWAY) - len(bare)), *_spread(run, WITHIN), run[len(run) // 2]})

    def _beside(self, run: Sequence[int]) -> list[int]:
        """Single frames in which something that stands behind the text may be seen, near ones first."""
        near = [end + way * away for away in self._away for end, way in ((run[0], -1), (run[-1], 1))]
        return [at for at in near if 0 <= at < len(self._views)]


class _Run:
    """Frames that hide the same pixels and share a ground."""

    def __init__(
        self,
        views: Sequence[View],
        shot: ShotMotion,
        frames: Sequence[int],
        sources: Sequence[int],
        beside: Sequence[int],
    ) -> None:
        self._views, self._shot, self._beside = views, shot, beside
        self._back = Behind(ground.gathered(views, sources, frames[len(frames) // 2], shot))
        self._opaque = views[frames[0]].opaque | self._stays(frames)

    @cached_property
    def _luma(self) -> "_Between":
        return _Between(self._opaque)

    @cached_property
    def _chroma(self) -> "_Between":
        return _Between(ground.halved(self._opaque))

    def _view(self, at: int) -> View:
        return replace(self._views[at], opaque=self._opaque)

    def _stays(self, frames: Sequence[int]) -> Mask:
        """Pixels thought to be only smeared that stay as they are, and unlike the ground: parts of letters too."""
        shown, apart = [], []
        for at in _spread(frames, LOOKS):
            view, motion = self._views[at], self._shot.motion(at, self._back.ground.middle)
            if motion is not None:
                shown.append(view.levels)
                apart.append(np.abs(shown[-1] - self._back.moved(motion)[0] * np.float32(ground.unit(view.planes[0]))))
        if not shown:
            return np.zeros(self._views[frames[0]].hidden.shape, bool)
        rest = np.median(np.abs(shown - np.median(shown, axis=0)), axis=0) < RESTS
        return np.asarray(self._views[frames[0]].hidden & rest & (np.median(apart, axis=0) > STANDS_OUT), bool)

    def clear(self, at: int) -> tuple[list[NDArray[Any]], int]:
        """A frame's planes without the text, and how many pixels of luma had to be made up."""
        view, motion = self._view(at), self._shot.motion(at, self._back.ground.middle)
        if motion is None:
            before, made_up, drawn = np.ones(view.hidden.shape, bool), view.opaque, self._drawn(view, view.opaque)
            planes = [plane.astype(np.float32) for plane in view.planes]
        else:
            there = self._back.moved(motion)
            before, drawn = self._before(view, there[0])
            planes = ground.lit(there, view, before)
            made_up = view.hidden & self._back.ground.unseen
        wrong = before & view.hidden
        if wrong.any():
            wrong = self._by_single_frames(at, planes, wrong, drawn)
            self._draw(view, planes, wrong, drawn)
            made_up = made_up | (wrong & view.opaque)
        new = [np.where(view.mask(index), plane, view.planes[index]) for index, plane in enumerate(planes)]
        return [_rounded(one, old) for one, old in zip(new, view.planes, strict=True)], int(np.count_nonzero(made_up))

    def _before(self, view: View, there: Field) -> tuple[Mask, Field]:
        """Where something stands before the ground, whose luma is there as the frame sees it; and what may be there."""
        here, back, known = view.levels, there * np.float32(ground.unit(view.planes[0])), ~view.opaque
        back = back + foreground.light(here, back, known)
        found = foreground.unlike(here, back, known)
        unsure = found & view.opaque
        if not unsure.any():
            return found, here
        part, drawn = _around(unsure), self._drawn(view, unsure)
        found[part] &= ~foreground.alike(drawn[part], back[part])
        return found, drawn

    def _drawn(self, view: View, near: Mask) -> Field:
        """The luma, 0 to 255, with what is likely in all that is opaque around there."""
        return self._luma.drawn(view.levels, view.opaque & _box_of(_around(near), near.shape))

    def _by_single_frames(self, at: int, planes: list[Field], wrong: Mask, drawn: Field) -> Mask:
        """Put into `planes` what single frames show where the ground is `wrong`; gives where none is right."""
        view, part = self._view(at), _around(wrong)
        here, known, left = view.levels[part], ~view.opaque[part], wrong.copy()
        for other in self._beside:
            motion = self._shot.motion(at, other)
            if motion is None or not left.any():
                continue
            luma, shown = ground.warped(self._views[other], 0, motion, part)
            there = luma * np.float32(ground.unit(view.planes[0]))
            right = left[part] & shown & foreground.alike(drawn[part], there)
            if not right.any():
                continue
            right &= ~foreground.unlike(here, there, known & shown)
            np.copyto(planes[0][part], luma, where=right)
            for index in (1, 2):
                chroma, _ = ground.warped(self._views[other], index, motion, part)
                np.copyto(planes[index][within(part, index)], chroma, where=right[::2, ::2])
            left[part] &= ~right
        return left

    def _draw(self, view: View, planes: list[Field], wrong: Mask, drawn: Field) -> None:
        """What the frame itself shows there, and between that what is likely."""
        np.copyto(planes[0], drawn / np.float32(ground.unit(view.planes[0])), where=wrong)
        halves = ground.halved(wrong)
        for index in (1, 2):
            chroma = self._chroma.drawn(view.planes[index], halves & self._chroma.opaque)
            np.copyto(planes[index], chroma, where=halves)


class _Between:
    """Draws what is likely between the strokes, and a smooth surface behind plates."""

    def __init__(self, opaque: Mask) -> None:
        self.opaque = opaque
        self._wide = kriging.wide(opaque)
        self._likely = Kriging(~opaque)

    def drawn(self, plane: NDArray[Any], hole: Mask) -> Field:
        """The plane with that part of what is opaque replaced."""
        out, wide = self._likely.filled(plane, hole & ~self._wide), hole & self._wide
        return np.where(wide, inpainting.membrane(out, ~(self._wide | hole)), out) if wide.any() else out


def _touching(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines whose areas touch, together."""
    groups: list[list[Line]] = []
    for line in lines:
        near = [group for group in groups if any(meet(line.area, one.area) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([line, *(one for group in near for one in group)])
    return groups


def _spread(some: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly."""
    return [some[round(at)] for at in np.linspace(0, len(some) - 1, min(most, len(some)))]


def _area(lines: Sequence[Line], shape: tuple[int, ...]) -> Box:
    """The band: the lines' areas with a ring, even, inside the strip."""
    return (
        max(0, min(min(one.area[0], one.box[0] - RING) for one in lines)) & ~1,
        max(0, min(min(one.area[1], one.box[1] - RING) for one in lines)) & ~1,
        min(shape[1], max(max(one.area[2], one.box[2] + RING + 1) for one in lines)) & ~1,
        min(shape[0], max(max(one.area[3], one.box[3] + RING + 1) for one in lines)) & ~1,
    )


def _mask(strokes: Strokes) -> Mask:
    return strokes.mask


def _opaque(strokes: Strokes) -> Mask:
    return strokes.opaque


def _covered(lines: Sequence[Line], index: int, area: Box, which: Callable[[Strokes], Mask]) -> Mask:
    """What the lines hide of the band in a frame, by one of their masks."""
    mask = np.zeros((area[3] - area[1], area[2] - area[0]), bool)
    for line in lines:
        if line.first <= index < line.end:
            left, top, own = line.area[0] - area[0], line.area[1] - area[1], which(line.strokes)
            mask[top : top + own.shape[0], left : left + own.shape[1]] |= own
    return mask


def _around(mask: Mask) -> Part:
    """The rows and columns of a mask with a margin, even."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, rows[0] - MARGIN) & ~1, min(mask.shape[0], (rows[-1] + MARGIN + 2) & ~1)),
        slice(max(0, columns[0] - MARGIN) & ~1, min(mask.shape[1], (columns[-1] + MARGIN + 2) & ~1)),
    )


def _box_of(part: Part, shape: tuple[int, ...]) -> Mask:
    mask = np.zeros(shape, bool)
    mask[part] = True
    return mask


def _rounded(values: Field, like: NDArray[Any]) -> NDArray[Any]:
    most = 255 if like.dtype == np.uint8 else 1023
    return np.clip(np.rint(values), 0, most).astype(like.dtype)
