"""Fill what text covers in a passage of frames, from other frames of the shot first.

Lines that lie together make one band, filled by itself, so that a line at the top and one at the bottom cost no more
than their own pixels. For each run of frames with text, as long as the camera stays near, the ground is gathered once
from frames before, within and after it (`kernels.ground`), and each frame takes from it what its text hides. Where
the ground does not agree with what the frame shows around, something stands or moves before it: then single frames
near by are tried, of which one may show that thing as it is now; if none agrees, the surroundings are drawn in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import ground, inpainting
from reelwright.kernels.ground import Behind, Field, Mask, Part, View, within
from reelwright.kernels.regions import Box, meet
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.kernels.text_tracking import Line, Passage, Strip, cut
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

RING = 32  # px of known picture around a band
REACH = 96  # frames before and after a run of text that are looked at
AWAY = (2, 4, 7, 11, 16, 24, 36, 54, 80)  # frames from a run's ends at which its ground is looked for
BESIDE = (2, 6, 14, 30)  # the same for single frames
BESIDE_ALL = (1, 2, 4, 6, 8, 11, 14, 18, 24, 30, 40, 60)  # the same where time does not matter
WITHIN = 6  # frames inside a run that are looked at as well
LONGEST = Fraction(5)  # s of one run; a longer one is filled in parts
MOVES = 0.12  # of the band's width the camera may move in one run
AGREES = 6.0  # grey levels of mean difference around a pixel up to which the ground is believed
GRAIN = 3.0  # times the usual difference; grain and coding make one everywhere
LIKELY = 9.0  # the same for single frames: they are tried only where the ground fails
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

    `thorough` tries three times as many frames for what stands or moves behind the text.
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
        self._views = [View.of(cut(one.planes, area), _covered(lines, one.index, area)) for one in strips]
        to_wide = np.array([[0.5, 0, 0.5 * area[0]], [0, 0.5, 0.5 * area[1]], [0, 0, 1]])
        self._shot = ShotMotion(self._seen, len(strips), self._wide, to_wide)

    def _seen(self, at: int) -> tuple[Field, Mask]:
        return self._views[at].levels, self._views[at].hidden

    def _wide(self, at: int) -> tuple[Field, Mask]:
        """All of the strip, at half its size."""
        luma = self._strips[at].planes[0]
        height, width = luma.shape
        hidden = _covered(self._lines, self._strips[at].index, (0, 0, width, height))
        small = cv2.resize(luma, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        return View((small,), hidden, hidden).levels, ground.halved(hidden[: height & ~1, : width & ~1])

    def filled(self, passage: Passage, count: Count) -> Iterator[Filled]:
        wanted = [
            at
            for at, (strip, view) in enumerate(zip(self._strips, self._views, strict=True))
            if passage.begin <= strip.index < passage.end and view.hidden.any()
        ]
        for run in self._runs(wanted):
            back = Behind(ground.gathered(self._views, self._sources(run), run[len(run) // 2], self._shot))
            beside = self._beside(run)
            for at in run:
                view = self._views[at]
                planes, invented = self._clear(at, back, beside)
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
        """Frames that may show the ground: near the run's ends, and some within it."""
        ends = [run[0] - away for away in AWAY] + [run[-1] + away for away in AWAY]
        inside = [run[round(part)] for part in np.linspace(0, len(run) - 1, min(WITHIN, len(run)))]
        return sorted({at for at in (*ends, *inside, run[len(run) // 2]) if 0 <= at < len(self._views)})

    def _beside(self, run: Sequence[int]) -> list[int]:
        """Single frames in which something that stands behind the text may be seen."""
        near = [end + way * away for end, way in ((run[0], -1), (run[-1], 1)) for away in self._away]
        return [at for at in near if 0 <= at < len(self._views)]

    def _clear(self, at: int, back: Behind, beside: Sequence[int]) -> tuple[list[NDArray[Any]], int]:
        """A frame's planes without the text, and how many pixels of luma had to be made up."""
        view, motion = self._views[at], self._shot.motion(at, back.ground.middle)
        if motion is None:
            planes, wrong = [plane.astype(np.float32) for plane in view.planes], view.hidden
        else:
            planes, apart = back.of(view, motion)
            usual = float(np.median(apart[~view.hidden])) if not view.hidden.all() else 0.0
            wrong = view.hidden & (apart > max(AGREES, GRAIN * usual))
        if wrong.any():
            wrong = self._by_single_frames(at, beside, planes, wrong)
        made_up = wrong if motion is None else wrong | (view.hidden & back.ground.unseen)
        new = [np.where(view.mask(index), plane, view.planes[index]) for index, plane in enumerate(planes)]
        if wrong.any():
            new = _smoothed_over(new, wrong)
        return [_rounded(one, old) for one, old in zip(new, view.planes, strict=True)], int(np.count_nonzero(made_up))

    def _by_single_frames(self, at: int, beside: Sequence[int], planes: list[Field], wrong: Mask) -> Mask:
        """Put into `planes` what single frames show where the ground is `wrong`; gives where they are no better."""
        view, part = self._views[at], _around(wrong)
        here = _part(view, part)
        best = np.full(here.hidden.shape, np.float32(LIKELY))
        for other in beside:
            motion = self._shot.motion(at, other)
            if motion is None:
                continue
            luma, known = ground.warped(self._views[other], 0, motion, part)
            apart = ground.distance(here, luma, ~here.hidden & known)
            better = wrong[part] & known & (apart < best)
            if not better.any():
                continue
            best[better] = apart[better]
            np.copyto(planes[0][part], luma, where=better)
            for index in (1, 2):
                chroma, _ = ground.warped(self._views[other], index, motion, part)
                np.copyto(planes[index][within(part, index)], chroma, where=better[::2, ::2])
        left = wrong.copy()
        left[part] &= best >= LIKELY
        return left


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


def _covered(lines: Sequence[Line], index: int, area: Box) -> Mask:
    """What the lines hide of the band in a frame."""
    mask = np.zeros((area[3] - area[1], area[2] - area[0]), bool)
    for line in lines:
        if line.first <= index < line.end:
            left, top = line.area[0] - area[0], line.area[1] - area[1]
            height, width = line.strokes.mask.shape
            mask[top : top + height, left : left + width] |= line.strokes.mask
    return mask


def _around(mask: Mask) -> Part:
    """The rows and columns of a mask with a margin, even."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, rows[0] - MARGIN) & ~1, min(mask.shape[0], (rows[-1] + MARGIN + 2) & ~1)),
        slice(max(0, columns[0] - MARGIN) & ~1, min(mask.shape[1], (columns[-1] + MARGIN + 2) & ~1)),
    )


def _part(view: View, part: Part) -> View:
    planes = [plane[within(part, index)] for index, plane in enumerate(view.planes)]
    return View(planes, view.hidden[part], view.hidden_chroma[within(part, 1)])


def _smoothed_over(planes: Sequence[Field], holes: Mask) -> list[Field]:
    """The planes with a smooth surface where `holes` (of luma) are."""
    part, done = _around(holes), []
    for index, plane in enumerate(planes):
        where = within(part, index)
        hole = holes[part] if index == 0 else ground.halved(holes[part])
        done.append(plane.copy())
        done[-1][where] = np.where(hole, inpainting.membrane(plane[where], ~hole), plane[where])
    return done


def _rounded(values: Field, like: NDArray[Any]) -> NDArray[Any]:
    most = 255 if like.dtype == np.uint8 else 1023
    return np.clip(np.rint(values), 0, most).astype(like.dtype)
