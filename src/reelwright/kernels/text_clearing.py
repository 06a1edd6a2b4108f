"""Frames that hide the same pixels, cleared of their text one by one.

Of each, what its text hides is drawn in between the strokes (`kernels.kriging`), from all that is not opaque: what
codecs have smeared around letters is good enough for that, and makes the holes as small as they can be. The frame takes
the mean of that and of the ground (`kernels.ground`), weighted by what shows between the strokes (`kernels.weighing`).
Where that leaves doubts, something stands or moves before the ground: then single frames from before and after the run
have their share as well, as they are and carried by optical flow (`kernels.carrying`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import foreground, ground, inpainting, weighing
from reelwright.kernels.carrying import Carrier
from reelwright.kernels.drawing import Between, Drawing
from reelwright.kernels.ground import Behind, Field, Mask, Part, View, within
from reelwright.kernels.painted import Painter
from reelwright.kernels.shot_motion import ShotMotion
from reelwright.kernels.weighing import Frame, Scale
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

LOOKS = 5  # frames of a run that tell what is opaque
RESTS, STANDS_OUT = 4.0, 10.0  # grey levels: a pixel that varies less, and that differs more from the ground, is text
HALF = 0.5  # of a pixel that is from other frames at least, for it not to be made up
DOUBT = 1.5  # grey levels it may err by as far as the ground is not believed, from which on single frames are asked
MADE_UP = 0.9  # of what is behind text that no frame shows: the ground comes from what is not opaque, specks too
MARGIN = 24  # px around places in doubt
SPECK, SURROUNDED = 6, 7  # px of a part between strokes that tells nothing; opaque ones of the eight around a pixel
UNLIKELY, ROUGH = 6.0, 4.0  # grey levels; times as far as pixels near by differ


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What all runs of a band share. `painter` makes up what no frame shows."""

    painter: Painter | None = None
    drawing: Drawing = field(default_factory=Drawing)


class Run:
    """Frames that hide the same pixels and share a ground."""

    def __init__(
        self,
        views: Sequence[View],
        shot: ShotMotion,
        frames: Sequence[int],
        sources: Sequence[int],
        beside: Sequence[int],
        tools: Tools,
    ) -> None:
        self._views, self._shot, self._beside, self._tools = list(views), shot, beside, tools
        self._back = self._gathered(frames, sources)
        self._hidden = views[frames[0]].hidden
        self._opaque = views[frames[0]].opaque | self._stays(frames)
        specks = self._specks(frames)
        self._opaque = self._opaque | specks
        if specks.any() and np.mean(self._back.ground.unseen[self._opaque]) > MADE_UP:
            for at in frames:
                self._views[at] = replace(views[at], opaque=views[at].opaque | specks)
            self._back = self._gathered(frames, sources)

    def _gathered(self, frames: Sequence[int], sources: Sequence[int]) -> Behind:
        middle = frames[len(frames) // 2]
        return Behind(ground.gathered(self._views, sources, middle, self._shot, self._tools.painter))

    @cached_property
    def _luma(self) -> Between:
        return self._tools.drawing.between(self._opaque, self._hidden)

    @cached_property
    def _chroma(self) -> Between:
        return self._tools.drawing.between(ground.halved(self._opaque), ground.halved(self._hidden))

    @cached_property
    def _clean(self) -> Between:
        """What is smeared is hidden too. At half the size, at which it is as good."""
        hidden = ground.halved(self._hidden)
        return self._tools.drawing.between(hidden, hidden)

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
        for at in spread(frames, LOOKS):
            view, motion = self._views[at], self._shot.motion(at, self._back.ground.middle)
            if motion is not None:
                shown.append(view.levels)
                apart.append(np.abs(shown[-1] - self._back.moved(motion)[0] * np.float32(ground.unit(view.planes[0]))))
        if not shown:
            return np.zeros(self._views[frames[0]].hidden.shape, bool)
        rest = np.median(np.abs(shown - np.median(shown, axis=0)), axis=0) < RESTS
        return np.asarray(self._views[frames[0]].hidden & rest & (np.median(apart, axis=0) > STANDS_OUT), bool)

    def _specks(self, frames: Sequence[int]) -> Mask:
        """Specks between the strokes, thought to be only smeared, that are unlike what clean pixels make likely there,
        and more so than pixels near by differ: they show text, and it would be drawn with."""
        specks = self._hidden & _small(self._opaque)
        if len(frames) < LOOKS or not specks.any():  # in a few frames chance is as unlike
            return np.zeros_like(specks)
        cells, scale = ground.halved(specks), Scale(~self._hidden)
        apart = []
        for at in spread(frames, LOOKS):
            levels = self._views[at].levels
            small = cv2.resize(levels, cells.shape[::-1], interpolation=cv2.INTER_AREA)
            likely = np.repeat(np.repeat(self._clean.drawn(small, cells), 2, axis=0), 2, axis=1)
            least = np.maximum(UNLIKELY, ROUGH * scale.roughness(levels))
            apart.append(np.abs(levels - likely) - least)
        return np.asarray(specks & (np.median(apart, axis=0) > 0), bool)

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


def _small(opaque: Mask) -> Mask:
    """Small parts of what is not opaque, and pixels that nearly lie in what is."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~opaque).astype(np.uint8), connectivity=4)
    around = cv2.boxFilter(opaque.astype(np.float32), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(~opaque & ((stats[labels, cv2.CC_STAT_AREA] <= SPECK) | (around >= SURROUNDED)), bool)


def spread(some: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly."""
    return [some[round(at)] for at in np.linspace(0, len(some) - 1, min(most, len(some)))]


def _mean(guesses: Sequence[Sequence[Field]], shares: Sequence[Field], drawn: Sequence[Field]) -> list[Field]:
    """Planes of luma and chroma by their shares in luma; `drawn` gets the rest."""
    size = drawn[1].shape[::-1]
    halves = [cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in shares]
    return [
        plane
        + sum(share * (one[index] - plane) for one, share in zip(guesses, halves if index else shares, strict=True))
        for index, plane in enumerate(drawn)
    ]


def _around(mask: Mask) -> Part:
    """The rows and columns of a mask with a margin, even."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, rows[0] - MARGIN) & ~1, min(mask.shape[0], (rows[-1] + MARGIN + 2) & ~1)),
        slice(max(0, columns[0] - MARGIN) & ~1, min(mask.shape[1], (columns[-1] + MARGIN + 2) & ~1)),
    )


def _rounded(values: Field, like: NDArray[Any]) -> NDArray[Any]:
    most = 255 if like.dtype == np.uint8 else 1023
    return np.clip(np.rint(values), 0, most).astype(like.dtype)
