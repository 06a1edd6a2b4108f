"""Where one shot ends and the next begins: hard cuts, dissolves and fades, found while frames stream by.

Hard cuts are peaks of a colour-histogram and layout distance between neighbours, high by
themselves and against their surroundings, so steady motion does not count; a change that
is undone within a third of a second is a flash, not a cut. A picture that turns sharp or
blurred from one frame to the next, and stays so, is another shot of the same scene.
Dissolves and fades are found by `kernels.gradual`.
Wipes and morphs are not known; they come out as cuts, or not at all.

Source: adaptive thresholds on colour histograms (Boreczky & Rowe, "Comparison of video
shot boundary detection techniques", 1996).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median

import numpy as np

from reelwright.kernels.glances import Glance, Thumb, distance, histogram, layout, likeness, moved_cells
from reelwright.kernels.gradual import FADE_FRAMES, FLAT, Course, Drift, Kind, Mixtures, Transition

__all__ = ["Drift", "Kind", "Shot", "Shots", "Transition", "histogram", "layout", "turning"]

CUT = 0.3  # least distance of a hard cut; a change of scene is 0.4 to 2, most motion below 0.2
CUT_CELLS = 6.0  # grey levels of layout distance of a hard cut, at least: flat pictures jump between histogram bins
CUT_RATIO = 3.0  # a cut stands out by so much from the median distance around it
AROUND = 8  # frames on each side that make "around"
SAME_SCENE = 0.9  # correlation of layouts above which only the light has changed, or somebody has moved
FLASH = Fraction(8, 25)  # seconds of the longest flash
FLASH_FRAMES = 20  # …as frames, at most: 60 fps
FLASH_RETURN = 0.5  # a flash comes back to within this part of its own height
FLAT_CUT = 40.0  # grey levels between two flat pictures of a hard cut: black to white, not a step of a fade
SLOPE = 0.4  # a step of contrast whose neighbours are this part of it is a step of a fade
SNAP = 4.0  # ratio of sharpness from one frame to the next that no lens reaches
SNAP_CUT = 0.15  # least distance of such a change
SNAP_CELLS = 3.0  # …and grey levels of layout
SNAP_STEADY = 1.4  # ratio of sharpness between neighbours that counts as unchanged
LATER = max(AROUND, FLASH_FRAMES)  # frames after a change that are waited for


@dataclass(frozen=True, slots=True)
class Shot:
    """[start, end) in seconds; `kind` is how it begins ("start": with the video), `by` the change it begins with."""

    start: Fraction
    end: Fraction
    kind: Kind
    by: Transition | None = None


class Shots:
    """Push small frames in order of time, then ask for the shots. Memory: some bytes a frame.

    Thumbs are uint8 [height, width, 3] RGB, all of one size, about 160 pixels wide; every frame of
    the video, or every second or third one. `strictness` scales the least distance of two shots: 2 finds
    only strong changes, 0.5 weak ones too.
    """

    def __init__(self, strictness: float = 1.0) -> None:
        self._strictness = strictness
        self._times: list[Fraction] = []
        self._change: list[float] = []
        self._contrast: list[float] = []
        self._level: list[float] = []
        self._recent: deque[Glance] = deque(maxlen=LATER + FLASH_FRAMES + 2)
        self._cuts: list[int] = []
        self._mixtures = Mixtures(strictness)
        self._transitions: tuple[Transition, ...] | None = None

    def push(self, time: Fraction, thumb: Thumb) -> float:
        """Take the next frame; gives its distance from the one before (0 for the first), 0 to 3.

        One that repeats the time of the frame before is never seen, and passed over.
        """
        if self._times and time <= self._times[-1]:
            return 0.0
        seen = Glance.of(time, thumb)
        change = distance(self._recent[-1], seen) if self._recent else 0.0
        self._times.append(time)
        self._change.append(change)
        self._contrast.append(seen.contrast)
        self._level.append(seen.level)
        self._recent.append(seen)
        self._mixtures.push(seen)
        self._judge(len(self._times) - 1 - LATER)
        return change

    def finish(self) -> list[Shot]:
        """The shots in order; they cover the video without gaps. Empty if nothing was pushed."""
        if not self._times:
            return []
        first, last = self._times[0], self._times[-1]
        end = last + (last - self._times[-2] if len(self._times) > 1 else Fraction(1, 25))
        # A picture that comes up from black with the video, or goes down with it, is no second shot.
        changes = [one for one in self.transitions if first < one.at < end and not _is_at_an_end(one, first, last)]
        starts = [first, *(one.at for one in changes)]
        ends = [*starts[1:], end]
        by: list[Transition | None] = [None, *changes]
        return [
            Shot(start, end, one.kind if one else "start", one)
            for start, end, one in zip(starts, ends, by, strict=True)
            if start < end
        ]

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every change of shots, in order. Ends the pushing."""
        if self._transitions is None:
            for index in range(max(1, len(self._times) - LATER), len(self._times)):
                self._judge(index)
            contrast, level = np.asarray(self._contrast), np.asarray(self._level)
            course = Course(self._times, contrast, level, frozenset(self._cuts))
            self._transitions = _settled(list(map(self._cut, self._cuts)), course.fades(), self._mixtures.found())
        return self._transitions

    def _cut(self, index: int) -> Transition:
        time = self._times[index]
        return Transition(time, time, "cut", time, self._times[index - 1], self._change[index])

    def _judge(self, index: int) -> None:
        """Is there a hard cut before frame `index`? Asked once the frames after it are known."""
        if index < 1 or self._change[index] < SNAP_CUT * self._strictness:
            return
        around = self._change[max(1, index - AROUND) : index] + self._change[index + 1 : index + 1 + AROUND]
        stands_out = not around or self._change[index] > CUT_RATIO * median(around)
        highest = self._change[index] >= max(self._change[index - 1 : index + 2])
        if not (stands_out and highest):
            return
        great = self._change[index] >= CUT * self._strictness
        if (great and not self._is_light(index) and not self._is_sloping(index)) or self._snaps(index):
            self._cuts.append(index)

    def _is_light(self, index: int) -> bool:
        """Has only the light changed: is it the same scene, or a flash that passes within a few frames?"""
        before, after = self._at(index - 1), self._at(index)
        flat = max(before.contrast, after.contrast) < FLAT
        least = FLAT_CUT if flat else CUT_CELLS
        if moved_cells(before, after) < least * self._strictness:
            return True
        return likeness(before.layout, after.layout) > SAME_SCENE or self._is_undone(index)

    def _is_undone(self, index: int) -> bool:
        """Does a second jump, soon after or just before, lead back? A slow drift back is a shot of its own."""
        before, after = self._at(index - 1), self._at(index)
        height = FLASH_RETURN * self._change[index]
        return any(distance(before, one) < height for one in self._near(index) if one.time > after.time) or any(
            distance(one, after) < height for one in self._near(index) if one.time < before.time
        )

    def _is_sloping(self, index: int) -> bool:
        """Is this a step of a fade that goes on, out of a flat picture or into one?"""
        contrast = self._contrast
        if contrast[index - 1] < FLAT <= contrast[index]:
            span = range(index - 1, min(index + FADE_FRAMES, len(contrast)))
        elif contrast[index] < FLAT <= contrast[index - 1]:
            span = range(index, max(-1, index - FADE_FRAMES - 1), -1)
        else:
            return False
        # Frames left out make the steps uneven: only rates compare.
        rates = [(contrast[b] - contrast[a]) / abs(float(self._times[b] - self._times[a])) for a, b in pairwise(span)]
        return len(rates) == FADE_FRAMES and min(rates[1:]) > SLOPE * rates[0]

    def _snaps(self, index: int) -> bool:
        """Does a steady picture turn into an as steady one of quite another sharpness?"""
        first = len(self._times) - len(self._recent)
        if index - 2 < first or index + 1 >= len(self._times):
            return False
        earlier, before, after, later = (self._at(index + step) for step in (-2, -1, 0, 1))
        if min(before.contrast, after.contrast) < FLAT or moved_cells(before, after) < SNAP_CELLS * self._strictness:
            return False
        steady = _ratio(earlier, before) < SNAP_STEADY and _ratio(after, later) < SNAP_STEADY
        return steady and _ratio(before, after) > SNAP and not self._is_undone(index)

    def _at(self, index: int) -> Glance:
        return self._recent[index - (len(self._times) - len(self._recent))]

    def _near(self, index: int) -> Sequence[Glance]:
        """The frames within the length of a flash."""
        first = len(self._times) - len(self._recent)
        span = range(max(first, index - 1 - FLASH_FRAMES), min(len(self._times), index + 1 + FLASH_FRAMES))
        return [one for one in map(self._at, span) if abs(one.time - self._times[index]) <= FLASH]


def turning(old: Thumb, new: Thumb, between: Sequence[Thumb]) -> int:
    """How many of the frames between two shots still belong to the old one. All thumbs are of one size."""
    first, last = Glance.of(Fraction(0), old), Glance.of(Fraction(0), new)
    for count, thumb in enumerate(between):
        here = Glance.of(Fraction(0), thumb)
        if distance(here, last) < distance(here, first):
            return count
    return len(between)


def _ratio(one: Glance, other: Glance) -> float:
    low, high = sorted((one.sharpness, other.sharpness))
    return high / max(low, 0.1)


def _is_at_an_end(one: Transition, first: Fraction, last: Fraction) -> bool:
    return one.kind == "fade" and (one.start <= first or one.end >= last)


def _settled(cuts: list[Transition], fades: list[Transition], mixtures: list[Transition]) -> tuple[Transition, ...]:
    """One transition for each change: fades explain mixtures within them, a cut inside a gradual one is kept alone."""
    kept = list(cuts)
    for one in (*fades, *mixtures):
        if not any(one.start < other.end and other.start < one.end for other in kept if other.kind != "cut"):
            kept = [cut for cut in kept if cut.kind != "cut" or not one.start < cut.start < one.end]
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.at))
