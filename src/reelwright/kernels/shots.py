"""Where one shot ends and the next begins: hard cuts, dissolves and fades, found while frames stream by.

Hard cuts are peaks of a colour-histogram and layout distance between neighbours, high by
themselves and against their surroundings, so steady motion does not count; a change that
is undone within a third of a second is a flash, not a cut. What has changed is asked of the
pictures themselves (`kernels.picture_changes`): a title over the shot, a sweep or zoom of the
camera and a lamp are no cuts, another structure in the dark is one. A picture that turns sharp
or blurred from one frame to the next, and stays so, is another shot of the same scene.
Dissolves, wipes and fades are found by `kernels.gradual`; a wipe is told as a dissolve.
Shots that push each other out, and morphs, are not known; they come out as cuts, or not at all.

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

from reelwright.kernels import picture_changes
from reelwright.kernels.glances import GRID, Glance, Thumb, distance, histogram, layout, likeness, moved_cells
from reelwright.kernels.gradual import FADE_FRAMES, FLAT, Course, Drift, Kind, Mixtures, Transition

__all__ = ["Drift", "Kind", "Shot", "Shots", "Transition", "histogram", "layout", "turning"]

CUT = 0.3  # least distance of a hard cut; a change of scene is 0.4 to 2, most motion below 0.2
CUT_CELLS = 6.0  # grey levels of layout distance of a hard cut, at least: flat pictures jump between histogram bins
CUT_RATIO = 3.0  # a cut stands out by so much from the median distance around it
AROUND = 8  # frames on each side that make "around"
SAME_SCENE = 0.9  # correlation of layouts above which only the light has changed, or somebody has moved
SAME_STRUCTURE = 0.25  # …and of `picture_changes.unlike` below which they have
FLASH = Fraction(8, 25)  # seconds of the longest flash
FLASH_FRAMES = 20  # …as frames, at most: 60 fps
FLASH_RETURN = 0.5  # a flash comes back to within this part of its own height…
FLASH_FAR = 0.6  # …but not farther: it is as far from all other pictures…
FLASH_UNLIKE = 0.7  # …and to their structure
FLAT_CUT = 40.0  # grey levels between two flat pictures of a hard cut: black to white, not a step of a fade
SLOPE = 0.4  # a step of contrast whose neighbours are this part of it is a step of a fade
SNAP = 4.0  # ratio of sharpness from one frame to the next that no lens reaches
SNAP_CUT = 0.15  # least distance of such a change
SNAP_CELLS = 3.0  # …and grey levels of layout
SNAP_STEADY = 1.4  # ratio of sharpness between neighbours that counts as unchanged
SNAP_PARTS = 0.5  # of the picture that have to snap: a title is sharp as well, but elsewhere all is as it was
NEW_STRUCTURE = 0.4  # of `picture_changes.unlike`: another picture, however dark both are
REBUILT = 4.0  # times as much as in the steps beside, where colours have changed little
FAINT = 2.0  # …grey levels (standard deviation) of the weakest structure that is no noise
KEPT = 0.4  # share of the picture that is as it was under a title, a box or a picture in it
KEPT_CHANGE = 0.5  # distance beyond which more has to be: another figure before the same ground is another shot…
KEPT_MORE = 1.5  # …so much for each 1 beyond…
KEPT_MOST = 0.75  # …but no more than that: a lamp changes everything and leaves it where it is
CARRIED = 0.78  # a picture so surely found in the one before is the same from elsewhere…
ELSEWHERE = 0.1  # …and so much more surely elsewhere than in its own place…
SWEEPING = 0.35  # …if the camera moves in the next step or the last one as well: so much of this one's change…
SWEPT = 0.1  # …and of its structure
BETWEEN = 0.2  # of the way between two frames: so near to the middle of it is a mixture of both
ROW = 3  # steps of which each is about as great as the others: no cut…
ROW_LONGEST = Fraction(3, 5)  # …if they take no longer, in seconds
INSERT = Fraction(3, 25)  # seconds; another picture that stays as long is a shot, though the first one comes back
BESIDE = Fraction(1, 8)  # seconds beside a dissolve in which a weak cut is one of its steps
WEAK_CUT = 0.5
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
        self._looks = bytearray()
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
        self._looks += seen.coarse
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
            looks = np.frombuffer(self._looks, np.uint8).reshape(-1, GRID[0] * GRID[1])
            course = Course(self._times, contrast, level, looks, frozenset(self._cuts))
            cuts = list(map(self._cut, self._without_flashes()))
            self._transitions = _settled(cuts, course.fades(), self._mixtures.found())
        return self._transitions

    def _cut(self, index: int) -> Transition:
        time = self._times[index]
        return Transition(time, time, "cut", time, self._times[index - 1], self._change[index])

    def _without_flashes(self) -> list[int]:
        """The cuts, but of two around a flash or a few black frames only the second."""
        kept = []
        for index, after in pairwise([*self._cuts, len(self._times)]):
            short = after < len(self._times) and self._times[after] - self._times[index] <= FLASH
            if not (short and max(self._contrast[index:after]) < FLAT):
                kept.append(index)
        return kept

    def _judge(self, index: int) -> None:
        """Is there a hard cut before frame `index`? Asked once the frames after it are known."""
        if index < 1 or self._change[index] < SNAP_CUT * self._strictness:
            return
        around = self._change[max(1, index - AROUND) : index] + self._change[index + 1 : index + 1 + AROUND]
        stands_out = not around or self._change[index] > CUT_RATIO * median(around)
        highest = self._change[index] >= max(self._change[index - 1 : index + 2])
        if not (stands_out and highest):
            return
        great = self._change[index] >= CUT * self._strictness or self._is_rebuilt(index)
        if (great and not self._is_explained(index)) or self._snaps(index):
            self._cuts.append(index)

    def _is_rebuilt(self, index: int) -> bool:
        """Has the structure of a steady picture changed at once? Bars and alike colours keep the distance small."""
        around = [at for at in (index - 1, index, index + 1) if max(0, self._first) < at < len(self._times)]
        steps = {at: picture_changes.unlike(self._at(at - 1).gray, self._at(at).gray) for at in around}
        here = steps.pop(index, 0.0)
        seen = min(float(self._at(at).gray.std()) for at in (index - 1, index)) > FAINT
        return seen and here > NEW_STRUCTURE * self._strictness and max(steps.values(), default=here) < here / REBUILT

    @property
    def _first(self) -> int:
        """Index of the first frame that is remembered."""
        return len(self._times) - len(self._recent)

    def _is_explained(self, index: int) -> bool:
        """Is it something else than a cut: light, a fade, a title that appears, a sweep or zoom of the camera?"""
        return (
            self._is_light(index)
            or self._is_sloping(index)
            or self._is_kept(index)
            or self._is_swept(index)
            or self._goes_on(index)
        )

    def _goes_on(self, index: int) -> bool:
        """Is it one of several great steps in a row, as of a sweep that nothing can be followed through, or a flash?

        Shots of a frame each make a longer row. Every second line of the next shot makes two steps of one cut.
        """
        least, low, high = SWEEPING * self._change[index], index, index
        while low - 1 > 0 and self._change[low - 1] > least:
            low -= 1
        while high + 1 < len(self._times) and self._change[high + 1] > least:
            high += 1
        return high - low + 1 >= ROW and self._times[high] - self._times[low - 1] <= ROW_LONGEST

    def _is_kept(self, index: int) -> bool:
        """Is much of the picture as it was, and stays so? The more, the more the rest has changed."""
        before, last = self._at(index - 1), min(index + 1, len(self._times) - 1)
        least = KEPT + KEPT_MORE * max(0.0, self._change[index] / self._strictness - KEPT_CHANGE)
        kept = min(picture_changes.kept(before.gray, self._at(at).gray) for at in {index, last})
        return kept > min(least, KEPT_MOST)

    def _is_swept(self, index: int) -> bool:
        """Does a camera that moves in the frames beside as well show the same from elsewhere?"""
        beside = [at for at in (index - 1, index + 1) if max(0, self._first) < at < len(self._times)]
        moving = any(
            self._change[at] > SWEEPING * self._change[index]
            and picture_changes.unlike(self._at(at - 1).gray, self._at(at).gray) > SWEPT
            for at in beside
        )
        if not moving or any(self._is_between(at) for at in (index - 1, index)):
            return False
        before, after = self._at(index - 1).gray, self._at(index).gray
        found = picture_changes.carried(before, after)
        return found > CARRIED and found > 1 - picture_changes.unlike(before, after) + ELSEWHERE

    def _is_between(self, index: int) -> bool:
        """Is a frame the mean of its neighbours, as one with every second line of either is?"""
        if not max(0, self._first) < index < len(self._times) - 1:
            return False
        before, here, after = (self._at(index + step).gray for step in (-1, 0, 1))
        off = float(np.abs(here - (before + after) / 2).mean())
        return off < BETWEEN * float(np.abs(after - before).mean())

    def _is_light(self, index: int) -> bool:
        """Has only the light changed: is it the same scene, or a flash that passes within a few frames?"""
        before, after = self._at(index - 1), self._at(index)
        flat = max(float(one.gray.std()) for one in (before, after)) < FLAT
        least = FLAT_CUT if flat else CUT_CELLS
        is_new = min(float(one.gray.std()) for one in (before, after)) > FAINT
        is_new = is_new and picture_changes.unlike(before.gray, after.gray) > NEW_STRUCTURE * self._strictness
        if moved_cells(before, after) < least * self._strictness and not is_new:
            return True
        same = likeness(before.layout, after.layout) > SAME_SCENE  # as bars make all pictures of a film
        later = self._at(min(index + 1, len(self._times) - 1))  # of two shots mixed in one frame only the next is new
        same = same and max(picture_changes.unlike(before.gray, one.gray) for one in (after, later)) < SAME_STRUCTURE
        return same or self._is_undone(index)

    def _is_undone(self, index: int) -> bool:
        """Does a second jump, soon after or just before, lead back? A slow drift back is a shot of its own."""
        before, after = self._at(index - 1), self._at(index)
        height, near = min(FLASH_RETURN * self._change[index], FLASH_FAR), self._near(index)
        is_new = min(float(one.gray.std()) for one in (before, after)) > FLAT
        is_new = is_new and picture_changes.unlike(before.gray, after.gray) > NEW_STRUCTURE
        longest = INSERT if is_new else FLASH
        back = [one for one in near if after.time < one.time < after.time + longest]
        forth = [one for one in near if before.time - longest < one.time < before.time]
        return any(_is_back(before, one, height) for one in back) or any(_is_back(one, after, height) for one in forth)

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
        if index - 2 < self._first or index + 1 >= len(self._times):
            return False
        earlier, before, after, later = (self._at(index + step) for step in (-2, -1, 0, 1))
        if min(before.contrast, after.contrast) < FLAT or moved_cells(before, after) < SNAP_CELLS * self._strictness:
            return False
        steady = _ratio(earlier, before) < SNAP_STEADY and _ratio(after, later) < SNAP_STEADY
        snap = steady and _ratio(before, after) > SNAP and _snapped(before, after) > SNAP_PARTS
        return snap and not self._is_kept(index) and not self._is_undone(index)

    def _at(self, index: int) -> Glance:
        return self._recent[index - self._first]

    def _near(self, index: int) -> Sequence[Glance]:
        """The frames within the length of a flash."""
        span = range(max(self._first, index - 1 - FLASH_FRAMES), min(len(self._times), index + 1 + FLASH_FRAMES))
        return [one for one in map(self._at, span) if abs(one.time - self._times[index]) <= FLASH]


def turning(old: Thumb, new: Thumb, between: Sequence[Thumb]) -> int:
    """How many of the frames between two shots still belong to the old one. All thumbs are of one size."""
    first, last = Glance.of(Fraction(0), old), Glance.of(Fraction(0), new)
    for count, thumb in enumerate(between):
        here = Glance.of(Fraction(0), thumb)
        if distance(here, last) < distance(here, first):
            return count
    return len(between)


def _is_back(one: Glance, other: Glance, height: float) -> bool:
    flat = min(float(glance.gray.std()) for glance in (one, other)) < FAINT
    near = distance(one, other) < height
    if not near or flat:
        return near
    return (
        picture_changes.unlike(one.gray, other.gray) < FLASH_UNLIKE or picture_changes.kept(one.gray, other.gray) > KEPT
    )


def _ratio(one: Glance, other: Glance) -> float:
    low, high = sorted((one.sharpness / _spread(one), other.sharpness / _spread(other)))
    return high / max(low, 0.1 / max(_spread(one), _spread(other)))


def _spread(one: Glance) -> float:
    """Contrast: light makes a picture no sharper."""
    return max(FAINT, float(one.gray.std()))


def _snapped(one: Glance, other: Glance) -> float:
    """The share of the picture that has turned sharp or blurred."""
    edges = one.edges / _spread(one), other.edges / _spread(other)
    low, high = np.minimum(*edges), np.maximum(*edges)
    return float((high > SNAP / 2 * np.maximum(low, 0.1 / max(_spread(one), _spread(other)))).mean())


def _is_at_an_end(one: Transition, first: Fraction, last: Fraction) -> bool:
    return one.kind == "fade" and (one.start <= first or one.end >= last)


def _settled(cuts: list[Transition], fades: list[Transition], mixtures: list[Transition]) -> tuple[Transition, ...]:
    """One transition for each change: fades explain mixtures within them, a cut inside a gradual one is kept alone."""
    kept = list(cuts)
    for one in (*fades, *mixtures):
        gradual = [other for other in kept if other.kind != "cut"]
        # The slope of a fade may reach back into a dissolve: what counts is which of them is in the middle.
        if not any(other.start <= one.at < other.end or one.start <= other.at < one.end for other in gradual):
            kept = [other for other in kept if other.kind != "cut" or not _is_part(other, one)]
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.at))


def _is_part(cut: Transition, gradual: Transition) -> bool:
    """Is a cut a step of a gradual change? Dull colours change abruptly when they begin to mix."""
    beside = BESIDE if cut.change < WEAK_CUT else Fraction(0)
    return gradual.start - beside < cut.start < gradual.end + beside
