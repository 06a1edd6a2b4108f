"""Where one shot ends and the next begins: hard cuts, dissolves and fades, found while frames stream by.

Hard cuts are peaks of a colour-histogram and layout distance between neighbours, high by
themselves and against their surroundings, so steady motion does not count; a change that
is undone within a few frames is a flash, not a cut. Dissolves are spans whose frames are
mixtures of the two ends. Fades are contrast that sinks to a flat picture, or rises from one.
Wipes and morphs are not known; they come out as cuts, or not at all.

Sources: adaptive thresholds on colour histograms (Boreczky & Rowe, "Comparison of video
shot boundary detection techniques", 1996); a dissolve as a linear mixture (Hampapur, Jain &
Weymouth, "Production model based digital video segmentation", 1995); fades by contrast
(Lienhart, "Comparison of automatic shot boundary detection algorithms", 1999).
"""

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Kind = Literal["start", "cut", "dissolve", "fade"]
Thumb = NDArray[np.uint8]
Vector = NDArray[np.float32]

GRID = (16, 9)  # cells of the layout, (columns, rows)
BINS = (8, 4, 4)  # hue, saturation, value
LAYOUT_WEIGHT = 2.0  # layout distances are about half as large as histogram distances
CUT = 0.3  # least distance of a hard cut; a change of scene is 0.4 to 2, most motion below 0.2
CUT_CELLS = 6.0  # grey levels of layout distance of a hard cut, at least: flat pictures jump between histogram bins
CUT_RATIO = 3.0  # a cut stands out by so much from the median distance around it
AROUND = 8  # frames on each side that make "around"
SAME_SCENE = 0.9  # correlation of layouts above which only the light has changed, or somebody has moved
FLASH = 8  # most frames of a flash; a third of a second at 25 fps
FLASH_RETURN = 0.5  # a flash comes back to within this part of its own height

MIX_STEP = Fraction(1, 26)  # seconds, at least, between frames looked at for dissolves
MIX_SPANS = (9, 14, 22, 34, 52)  # of those frames: 0.3 s to 2 s
MIX_DISTANCE = 9.0  # grey levels (root mean square) between the two ends, at least
MIX_RESIDUAL = 0.23  # how far the frames between may be from a mixture, relative to that distance
MIX_LIKENESS = 0.75  # correlation of the ends above which it is one scene whose light changes
MIX_CELLS = 0.8  # share of the cells that have to fit
MIX_FRAMES = 4  # truly mixed frames, at least
MIX_STEEPEST = 0.4  # of the way from one frame to the next, at most
MIX_EDGE = 0.1  # a mixture with less than this of the other shot counts as pure

DRIFT = 0.6  # grey levels (root mean square) a frame; a dissolve of 2 s between like pictures moves faster
DRIFT_LIKENESS = 0.6  # cosine of two steps of one drift, at least
DRIFT_SIZE = (80, 45)  # (columns, rows) on which motion is told from mixing
DRIFT_MOVED = 0.4  # a change that shift and zoom explain to this part is a moving camera

FLAT = 6.0  # grey levels of layout contrast (standard deviation) below which a picture shows nothing
FLAT_CUT = 40.0  # grey levels between two flat pictures of a hard cut: black to white, not a step of a fade
FADE_LONGEST = Fraction(3)  # seconds from full contrast to flat
FADE_FRAMES = 3  # a contrast that sinks in fewer is a cut
LONG_FLAT = Fraction(1)  # seconds; a flat picture that stays longer is a shot of its own


@dataclass(frozen=True, slots=True)
class Shot:
    """[start, end) in seconds; `kind` is how it begins ("start": with the video)."""

    start: Fraction
    end: Fraction
    kind: Kind


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of shots: [start, end) holds the frames that belong to neither; empty for a hard cut."""

    start: Fraction
    end: Fraction
    kind: Kind

    @property
    def middle(self) -> Fraction:
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of a recent frame."""

    time: Fraction
    histogram: Vector
    layout: Vector
    gray: Vector


class Shots:
    """Push small frames in order of time, then ask for the shots. Memory: some bytes a frame.

    Thumbs are uint8 [height, width, 3] RGB, all of one size, about 160 pixels wide; every frame of
    the video, or every second one.
    """

    def __init__(self) -> None:
        self._times: list[Fraction] = []
        self._change: list[float] = []
        self._contrast: list[float] = []
        self._recent: deque[_Seen] = deque(maxlen=AROUND + FLASH + 2)
        self._cuts: list[int] = []
        self._mixtures = _Mixtures()
        self._transitions: tuple[Transition, ...] | None = None

    def push(self, time: Fraction, thumb: Thumb) -> float:
        """Take the next frame; gives its distance from the one before (0 for the first), 0 to 3."""
        seen = _Seen(time, histogram(thumb), layout(thumb), _gray(thumb))
        change = _distance(self._recent[-1], seen) if self._recent else 0.0
        self._times.append(time)
        self._change.append(change)
        self._contrast.append(_contrast(seen.layout))
        self._recent.append(seen)
        self._mixtures.push(seen)
        self._judge(len(self._times) - 1 - max(AROUND, FLASH))
        return change

    def finish(self) -> list[Shot]:
        """The shots in order; they cover the video without gaps. Empty if nothing was pushed."""
        if not self._times:
            return []
        last = self._times[-1] + (self._times[-1] - self._times[-2] if len(self._times) > 1 else Fraction(1, 25))
        edges: list[tuple[Fraction, Kind]] = [(self._times[0], "start")]
        edges += [(one.middle, one.kind) for one in self.transitions if edges[0][0] < one.middle < last]
        ends = [start for start, _ in edges[1:]] + [last]
        return [Shot(start, end, kind) for (start, kind), end in zip(edges, ends, strict=True) if start < end]

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """Every change of shots, in order. Ends the pushing."""
        if self._transitions is None:
            for index in range(max(1, len(self._times) - max(AROUND, FLASH)), len(self._times)):
                self._judge(index)
            cuts = [Transition(self._times[index], self._times[index], "cut") for index in self._cuts]
            self._transitions = _settled(cuts, self._fades(), self._mixtures.found())
        return self._transitions

    def _judge(self, index: int) -> None:
        """Is there a hard cut before frame `index`? Asked once the frames after it are known."""
        if index < 1 or self._change[index] < CUT:
            return
        around = self._change[max(1, index - AROUND) : index] + self._change[index + 1 : index + 1 + AROUND]
        stands_out = not around or self._change[index] > CUT_RATIO * float(np.median(around))
        highest = self._change[index] >= max(self._change[index - 1 : index + 2])
        if stands_out and highest and not self._is_light(index):
            self._cuts.append(index)

    def _is_light(self, index: int) -> bool:
        """Has only the light changed: is it the same scene, or a flash that passes within a few frames?"""
        first = len(self._times) - len(self._recent)
        height = FLASH_RETURN * self._change[index]
        before, after = self._recent[index - 1 - first], self._recent[index - first]
        cells = float(np.abs(before.layout - after.layout).mean())
        flat = max(_contrast(before.layout), _contrast(after.layout)) < FLAT
        if cells < (FLAT_CUT if flat else CUT_CELLS) or _likeness(before.layout, after.layout) > SAME_SCENE:
            return True
        later = list(self._recent)[index + 1 - first : index + 1 + FLASH - first]
        earlier = list(self._recent)[max(0, index - 1 - FLASH - first) : index - 1 - first]
        # It comes back where a second jump undoes the first: a slow drift back is a shot of its own.
        return any(_distance(before, one) < height for one in later) or any(
            _distance(one, after) < height for one in earlier
        )

    def _fades(self) -> list[Transition]:
        """Flat spans together with the slopes of contrast that lead into and out of them."""
        contrast = np.asarray(self._contrast)
        found = []
        for first, last in _runs(contrast < FLAT):
            begin, end = self._slope(contrast, first, -1), self._slope(contrast, last, 1)
            into, out = first - begin >= FADE_FRAMES, end - last >= FADE_FRAMES
            if not (into or out):
                continue
            after = min(end + 1, len(self._times) - 1)
            if self._times[last] - self._times[first] > LONG_FLAT:
                if into:
                    found.append(Transition(self._times[begin], self._times[first], "fade"))
                if out:
                    found.append(Transition(self._times[last], self._times[after], "fade"))
            else:
                found.append(Transition(self._times[begin if into else first], self._times[after], "fade"))
        return found

    def _slope(self, contrast: NDArray[np.float64], index: int, step: int) -> int:
        """The last frame of the slope that climbs away from the flat frame `index`."""
        from_time, cuts = self._times[index], set(self._cuts)
        while 0 <= index + step < len(contrast):
            there = index + step
            if (
                max(index, there) in cuts
                or contrast[there] <= contrast[index] * 1.01
                or abs(self._times[there] - from_time) > FADE_LONGEST
            ):
                break
            index = there
        return index


class _Mixtures:
    """Finds dissolves among the last seconds of layouts."""

    def __init__(self) -> None:
        self._recent: deque[_Seen] = deque(maxlen=MIX_SPANS[-1] + 1)
        self._found: list[tuple[Fraction, Fraction, float]] = []

    def push(self, seen: _Seen) -> None:
        if self._recent and seen.time - self._recent[-1].time < MIX_STEP:
            return
        self._recent.append(seen)
        for span in MIX_SPANS:
            if span >= len(self._recent):
                break
            self._examine(list(self._recent)[-span - 1 :])

    def found(self) -> list[Transition]:
        """Overlapping finds are one dissolve, seen best by the one with the greatest certainty."""
        chosen: list[tuple[Fraction, Fraction, float]] = []
        for one in sorted(self._found, key=lambda one: -one[2]):
            if all(one[1] <= other[0] or one[0] >= other[1] for other in chosen):
                chosen.append(one)
        return [Transition(start, end, "dissolve") for start, end, _ in sorted(chosen)]

    def _examine(self, span: list[_Seen]) -> None:
        cells = np.stack([one.layout for one in span])
        # A fade has a flat end, and is found by its contrast.
        if min(_contrast(cells[0]), _contrast(cells[-1])) < FLAT or not _differ(cells):
            return
        _, rest = _unmixed(cells)
        # What moves through the picture meanwhile is no mixture: leave out the cells that fit worst.
        fit = (rest * rest).mean(0)
        cells = cells[:, fit <= np.quantile(fit, MIX_CELLS)]
        if not _differ(cells):
            return
        parts, rest = _unmixed(cells)
        length = _root_mean_square(cells[-1] - cells[0])
        residual = _root_mean_square(rest, axis=1).max() / length
        # A hard cut is a mixture as well, but of no frames; motion leaves the line between the ends.
        mixed = np.flatnonzero((parts > MIX_EDGE) & (parts < 1 - MIX_EDGE))
        steps = np.diff(parts)
        if residual > MIX_RESIDUAL or len(mixed) < MIX_FRAMES or steps.min() < -MIX_EDGE or steps.max() > MIX_STEEPEST:
            return
        first, last = int(mixed[0]), int(mixed[-1])
        if not _is_pan([one.gray for one in span[first : last + 1]]):
            self._found.append((span[first].time, span[last + 1].time, float(length * (1 - residual))))


def _differ(cells: Vector) -> bool:
    """Are the first and the last row different enough to be of two scenes?"""
    far = _root_mean_square(cells[-1] - cells[0]) > MIX_DISTANCE
    return bool(far) and _likeness(cells[0], cells[-1]) < MIX_LIKENESS


def _is_pan(grays: list[Vector]) -> bool:
    """Does a moving camera explain the changes? Slow pans over coarse cells look like mixtures."""
    steps = list(pairwise(grays))
    return float(np.median([_moved(*step) for step in steps[:: max(1, len(steps) // MIX_FRAMES)]])) > DRIFT_MOVED


def _unmixed(cells: Vector) -> tuple[Vector, Vector]:
    """Each row as first + part * (last - first) + rest: the parts [n], and the rests [n, cells]."""
    way = cells[-1] - cells[0]
    off = cells - cells[0]
    parts = off @ way / max(float(way @ way), 1e-6)
    return parts, off - parts[:, None] * way


def _root_mean_square(cells: Vector, axis: int | None = None) -> Vector:
    return np.asarray(np.sqrt((cells * cells).mean(axis)), np.float32)


class Drift:
    """Tells when the pictures of a stretch have stopped turning into others, as at the end of a dissolve or fade."""

    def __init__(self) -> None:
        self._cells: list[Vector] = []
        self._grays: list[Vector] = []

    def push(self, thumb: Thumb) -> None:
        """Take the next frame of a short stretch, as `Shots.push` does."""
        self._cells.append(layout(thumb))
        self._grays.append(_gray(thumb))

    def settled(self) -> int:
        """Index of the first frame from which on nothing drifts; the number of frames if that never comes."""
        steps = [after - before for before, after in pairwise(self._cells)]
        for index, (one, another) in enumerate(pairwise(steps)):
            still = min(_root_mean_square(one), _root_mean_square(another)) < DRIFT
            # A mixture moves on by the same difference each frame; so does a slow pan, but along its own edges.
            onward = _likeness(one, another, centred=False) > DRIFT_LIKENESS
            if still or not onward or _moved(self._grays[index], self._grays[index + 1]) > DRIFT_MOVED:
                return index + 1 if index else 0
        return len(self._cells) if len(self._cells) > 2 else 0


def _moved(before: Vector, after: Vector) -> float:
    """How much of a change (of its square, 0–1) a shift and zoom of the picture explain: the optical-flow equation."""
    down, across = np.gradient((before + after) / 2)
    y, x = np.mgrid[-1 : 1 : before.shape[0] * 1j, -1 : 1 : before.shape[1] * 1j]
    causes = np.stack([across.ravel(), down.ravel(), (x * across + y * down).ravel()], axis=1)
    change = (after - before).ravel()
    found, *_ = np.linalg.lstsq(causes, change, rcond=None)
    left = change - causes @ found
    return 1 - float(left @ left) / max(float(change @ change), 1e-6)


def histogram(thumb: Thumb) -> Vector:
    """Share of the pixels in each of 8x4x4 bins of hue, saturation, value; float32 [128], sums to 1."""
    hsv = cv2.cvtColor(thumb, cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist([hsv], [0, 1, 2], None, list(BINS), [0, 180, 0, 256, 0, 256])
    shares: Vector = np.asarray(counts, np.float32).ravel() / (thumb.shape[0] * thumb.shape[1])
    return shares


def layout(thumb: Thumb) -> Vector:
    """Mean colour of 16x9 cells; float32 [432], 0–255."""
    return np.asarray(cv2.resize(thumb, GRID, interpolation=cv2.INTER_AREA), np.float32).ravel()


def _gray(thumb: Thumb) -> Vector:
    """Grey levels on which motion is seen; float32 [45, 80]."""
    small = cv2.resize(thumb, DRIFT_SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)


def _distance(one: _Seen, other: _Seen) -> float:
    colours = float(np.abs(one.histogram - other.histogram).sum()) / 2
    cells = float(np.abs(one.layout - other.layout).mean()) / 255
    return colours + LAYOUT_WEIGHT * cells


def _contrast(cells: Vector) -> float:
    """Standard deviation of the grey levels of a layout."""
    return float(cells.reshape(-1, 3).mean(1).std())


def _likeness(one: Vector, other: Vector, *, centred: bool = True) -> float:
    """Correlation of two layouts, -1 to 1; a flat one is like nothing. Not `centred`: the cosine between them."""
    a, b = (one - one.mean(), other - other.mean()) if centred else (one, other)
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm > 1e-3 else 0.0


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.diff(np.concatenate(([0], mask.astype(np.int8), [0])))
    return [(int(a), int(b) - 1) for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)]


def _settled(cuts: list[Transition], fades: list[Transition], mixtures: list[Transition]) -> tuple[Transition, ...]:
    """One transition for each change: fades explain mixtures within them, a cut inside a gradual one is kept alone."""
    kept = list(cuts)
    for one in (*fades, *mixtures):
        if not any(one.start < other.end and other.start < one.end for other in kept if other.kind != "cut"):
            kept = [cut for cut in kept if cut.kind != "cut" or not one.start < cut.start < one.end]
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.middle))
