"""Fill what text covers in a passage of frames, from other frames of the shot first.

Lines that lie together make one band, filled by itself, so that a line at the top and one at the bottom cost no more
than their own pixels. For each run of frames with text, as long as the camera stays near, the ground is gathered once
from frames before, within and after it (`kernels.ground`), and for each frame what its text hides is drawn in between
the strokes (`kernels.kriging`), from all that is not opaque: what codecs have smeared around letters is good enough for
that, and makes the holes as small as they can be. The frame takes the mean of both, weighted by what shows between the
strokes (`kernels.weighing`). Where that leaves doubts, something stands or moves before the ground: then single frames
from before and after the run have their share as well, as they are and carried by optical flow (`kernels.carrying`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import foreground, ground, inpainting, weighing
from reelwright.kernels.carrying import Carrier
from reelwright.kernels.drawing import Between, Drawing
from reelwright.kernels.ground import Behind, Field, Mask, Part, View, within
from reelwright.kernels.painted import Painter
from reelwright.kernels.regions import Box, meet
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.kernels.strokes import Strokes
from reelwright.kernels.text_tracking import Line, Passage, Strip, cut
from reelwright.kernels.weighing import Frame, Scale
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

RING = 32  # px of known picture around a band
REACH = 96  # frames before and after a run of text that are looked at
AWAY = (0, 2, 4, 7, 10, 14, 19, 26, 35, 46, 60, 80)  # of the frames without text, from a run's ends outwards
BESIDE = (3,)  # frames from a run's ends: single ones that may show what stands before the ground
BESIDE_ALL = (2, 5, 9, 14)  # the same where time does not matter
PLENTY = 3  # frames without text that are enough before a camera that stands still
WITHIN = 6  # frames inside a run that are looked at as well
LONGEST = Fraction(5)  # s of one run; a longer one is filled in parts
MOVES = 0.12  # of the band's width the camera may move in one run
LOOKS = 5  # frames of a run that tell what is opaque
RESTS, STANDS_OUT = 4.0, 10.0  # grey levels: a pixel that varies less, and that differs more from the ground, is text
HALF = 0.5  # of a pixel that is from other frames at least, for it not to be made up
DOUBT = 1.5  # grey levels it may err by as far as the ground is not believed, from which on single frames are asked
MARGIN = 24  # px around places in doubt


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


def fill(passage: Passage, count: Count, *, thorough: bool = False, painter: Painter | None = None) -> Iterator[Filled]:
    """All frames of the passage that have text, filled; band by band, in order of time within each.

    `thorough` tries four times as many frames for what stands or moves behind the text. `painter` makes up the
    ground that no frame shows, once for a run.
    """
    shape = passage.strips[0].planes[0].shape
    for lines in _touching(passage.lines):
        first, end = min(one.first for one in lines) - REACH, max(one.end for one in lines) + REACH
        strips = [one for one in passage.strips if first <= one.index < end]
        band = _Band(strips, lines, _area(lines, shape), BESIDE_ALL if thorough else BESIDE, painter)
        yield from band.filled(passage, count)


class _Band:
    """Lines that lie together, and the frames around them."""

    def __init__(
        self,
        strips: Sequence[Strip],
        lines: Sequence[Line],
        area: Box,
        beside: Sequence[int],
        painter: Painter | None,
    ) -> None:
        self._strips, self._lines, self._area, self._away = strips, lines, area, beside
        self._painter = painter
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
        drawing = Drawing()
        for frames in self._runs(wanted):
            chosen = self._sources(frames), self._beside(frames)
            run = _Run(self._views, self._shot, frames, *chosen, self._painter, drawing)
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
        """Single frames in which something that stands or moves behind the text may be seen, near ones first: without
        text if there are any."""
        hides = self._views[run[0]].opaque
        near = []
        for away in self._away:
            for side in (range(run[0] - away, run[0] - REACH, -1), range(run[-1] + away, run[-1] + REACH)):
                there = [at for at in side if 0 <= at < len(self._views)]
                bare = next((at for at in there if at in self._bare), None)
                some = (
                    at for at in there if np.count_nonzero(self._views[at].hidden & hides) < np.count_nonzero(hides)
                )
                near.append(next(some, None) if bare is None else bare)
        return list(dict.fromkeys(at for at in near if at is not None))


class _Run:
    """Frames that hide the same pixels and share a ground."""

    def __init__(
        self,
        views: Sequence[View],
        shot: ShotMotion,
        frames: Sequence[int],
        sources: Sequence[int],
        beside: Sequence[int],
        painter: Painter | None,
        drawing: Drawing,
    ) -> None:
        self._views, self._shot, self._beside, self._drawing = views, shot, beside, drawing
        self._back = Behind(ground.gathered(views, sources, frames[len(frames) // 2], shot, painter))
        self._hidden = views[frames[0]].hidden
        self._opaque = views[frames[0]].opaque | self._stays(frames)

    @cached_property
    def _luma(self) -> Between:
        return self._drawing.between(self._opaque, self._hidden)

    @cached_property
    def _chroma(self) -> Between:
        return self._drawing.between(ground.halved(self._opaque), ground.halved(self._hidden))

    @cached_property
    def _carrier(self) -> Carrier:
        return Carrier()

    @cached_property
    def _scale(self) -> Scale:
        return Scale(~self._opaque)

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
        drawn = [self._luma.drawn(view.planes[0], view.opaque)]
        drawn += [self._chroma.drawn(plane, self._chroma.opaque) for plane in view.planes[1:]]
        planes, made_up = drawn, view.opaque
        if motion is not None:
            there = self._back.moved(motion)
            there = ground.lit(there, view, self._before(view, there[0], drawn[0]))
            planes, invented = self._weighed(at, view, there, drawn)
            made_up = view.opaque & (invented | self._back.ground.unseen)
        new = [np.where(view.mask(index), plane, view.planes[index]) for index, plane in enumerate(planes)]
        return [_rounded(one, old) for one, old in zip(new, view.planes, strict=True)], int(np.count_nonzero(made_up))

    def _before(self, view: View, there: Field, drawn: Field) -> Mask:
        """Where something stands before the ground, whose luma is `there`: `drawn` is what is likely in its place."""
        unit = np.float32(ground.unit(view.planes[0]))
        here, back, known = view.levels, there * unit, ~view.opaque
        back = back + foreground.light(here, back, known)
        found = foreground.unlike(here, back, known)
        return np.asarray(found & ~(view.opaque & foreground.alike(drawn * unit, back)), bool)

    def _weighed(self, at: int, view: View, there: Sequence[Field], drawn: Sequence[Field]) -> tuple[list[Field], Mask]:
        """The likeliest mean of the ground and what is drawn, and of single frames where that leaves doubts; and
        where most of it is drawn."""
        unit = np.float32(ground.unit(view.planes[0]))
        odds = Frame(self._scale, view.levels).odds(there[0] * unit, "ground")
        share = weighing.shares([odds], [np.ones(odds.shape, bool)])[0]
        planes, made_up = _mean([there], [share], drawn), share < HALF
        doubt = view.opaque & ((1 - share) * np.abs(there[0] - drawn[0]) * unit > DOUBT)
        if doubt.any():
            part = _around(doubt)
            around = [plane[within(part, index)] for index, plane in enumerate(there)]
            drawn = [plane[within(part, index)] for index, plane in enumerate(drawn)]
            better, made_up[part] = self._by_single_frames(at, part, around, odds[part], drawn)
            for index, plane in enumerate(better):
                planes[index][within(part, index)] = plane
        return planes, made_up

    def _by_single_frames(
        self, at: int, part: Part, there: Sequence[Field], odds: Field, drawn: Sequence[Field]
    ) -> tuple[list[Field], Mask]:
        """The same in a part of the frame with single frames that may show what stands or moves there: as they are,
        and with all that moves carried to where it is now."""
        view = self._view(at)
        unit = np.float32(ground.unit(view.planes[0]))
        frame = Frame(Scale(~view.opaque[part]), view.levels[part])
        guesses, beliefs, shown = [there], [odds], [np.ones(odds.shape, bool)]
        for other in self._beside:
            motion = self._shot.motion(at, other)
            if motion is None:
                continue
            warped = [ground.warped(self._views[other], index, motion, part) for index in range(3)]
            single, seen = [plane for plane, _ in warped], warped[0][1]
            luma = single[0] if seen.all() else inpainting.membrane(single[0], seen)
            carried, known = self._carrier.carried(drawn[0] * unit, luma * unit, single, seen)
            shown += [seen, known]
            beliefs += [frame.odds(single[0] * unit, "single"), frame.odds(carried[0] * unit, "carried")]
            guesses += [[frame.lifted(one[0] * unit) / unit, *one[1:]] for one in (single, carried)]
        shares = weighing.shares(beliefs, shown)
        return _mean(guesses, shares, drawn), np.asarray(sum(shares) < HALF, bool)


def _mean(guesses: Sequence[Sequence[Field]], shares: Sequence[Field], drawn: Sequence[Field]) -> list[Field]:
    """Planes of luma and chroma by their shares in luma; `drawn` gets the rest."""
    size = drawn[1].shape[::-1]
    halves = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in shares]
    return [
        plane
        + sum(share * (one[index] - plane) for one, share in zip(guesses, halves if index else shares, strict=True))
        for index, plane in enumerate(drawn)
    ]


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
