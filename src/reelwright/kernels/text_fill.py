"""Fill what text covers in a passage of frames, from other frames of the shot first.

Lines that lie together make one band, filled by itself, so that a line at the top and one at the bottom cost no more
than their own pixels. For each run of frames with text, as long as the camera stays near, the ground is gathered once
from frames before, within and after it (`kernels.ground`), and each of its frames is cleared from that
(`kernels.text_clearing`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import ground
from reelwright.kernels.ground import Field, Mask, View
from reelwright.kernels.painted import Painter
from reelwright.kernels.regions import Box, meet
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.kernels.strokes import Strokes
from reelwright.kernels.text_clearing import Run, Tools, spread
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
BESIDE_ALL = (2, 5, 9, 14)  # the same where time does not matter
PLENTY = 3  # frames without text that are enough before a camera that stands still
WITHIN = 6  # frames inside a run that are looked at as well
LONGEST = Fraction(5)  # s of one run; a longer one is filled in parts
MOVES = 0.12  # of the band's width the camera may move in one run


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
        band = _Band(strips, lines, _area(lines, shape), BESIDE_ALL if thorough else BESIDE, Tools(painter))
        yield from band.filled(passage, count)


class _Band:
    """Lines that lie together, and the frames around them."""

    def __init__(
        self,
        strips: Sequence[Strip],
        lines: Sequence[Line],
        area: Box,
        beside: Sequence[int],
        tools: Tools,
    ) -> None:
        self._strips, self._lines, self._area, self._away = strips, lines, area, beside
        self._tools = tools
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
            chosen = self._sources(frames), self._beside(frames)
            run = Run(self._views, self._shot, frames, *chosen, self._tools)
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
        return sorted({*bare, *spread(others, 2 * len(AWAY) - len(bare)), *spread(run, WITHIN), run[len(run) // 2]})

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


def _touching(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines whose areas touch, together."""
    groups: list[list[Line]] = []
    for line in lines:
        near = [group for group in groups if any(meet(line.area, one.area) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([line, *(one for group in near for one in group)])
    return groups


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
