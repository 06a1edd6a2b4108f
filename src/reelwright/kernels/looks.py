"""Watch a video go by in small pictures and note, shot by shot, what a crop must know.

Shots come from `kernels.shots`, faces from a detector asked as rarely as it may be, motion against the camera and
saliency from `kernels.saliency`. Everything kept of a moment is a handful of boxes and `subjects.BINS` numbers, so
an hour of video takes some megabytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import faces, saliency, shots, subjects
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Rgb = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Bins = NDArray[np.float32]

LOOK = Fraction(1, 6)  # s between samples of motion
STILLS = 6  # of those samples for each picture whose saliency is taken: 1 s
CUT_LIKE = 0.3  # change of thumbs at which old faces and motion are forgotten at once
CELLS = (16, 9)
PATCH = 7  # px a face must have in the small picture to be followed; smaller ones have room in any window
PLAIN = 6.0  # grey levels of contrast below which there is nothing to follow
REACH = 0.7  # of a face's size it may move between two samples
HASTE = 0.1  # of a face's width; one that moves further from frame to frame is noted in every frame
ALIKE = 0.6  # correlation at which a place is believed to be the same face


@dataclass(frozen=True, slots=True)
class Cut:
    """Two watched frames that follow each other and differ much; frames left out may lie between them."""

    before: Fraction
    after: Fraction
    old: Bins
    new: Bins

    def is_after(self, luma: NDArray[Any]) -> bool:
        """Does this picture between them already belong to the new shot?"""
        seen = cells(luma)
        return bool(np.abs(seen - self.new).mean() < np.abs(seen - self.old).mean())


@dataclass(frozen=True, slots=True)
class Watched:
    """One shot: [start, end) in seconds, the cut it begins with if it is a hard one, and what was seen in it."""

    start: Fraction
    end: Fraction
    cut: Cut | None
    looks: tuple[subjects.Look, ...]
    still: Bins
    """Saliency along the axis, float [BINS], sum 1."""


@dataclass(slots=True)
class _Sample:
    time: Fraction
    gray: Gray
    camera: saliency.Camera
    """How the camera moved since the sample before."""


@dataclass(frozen=True, slots=True)
class _Patch:
    """A face's picture where it was last found, to follow it by; lengths in pixels of the small picture."""

    face: faces.Face
    gray: Gray

    @classmethod
    def cut(cls, gray: Gray, face: faces.Face) -> "_Patch | None":
        x, y = max(0, round(face.x)), max(0, round(face.y))
        patch = gray[y : round(face.y + face.height), x : round(face.x + face.width)]
        if min(patch.shape) < PATCH or float(patch.std()) < PLAIN:
            return None
        return cls(faces.Face(x, y, face.width, face.height, subjects.FOLLOWED), patch.copy())

    def found_in(self, gray: Gray) -> "_Patch | None":
        """The same face at its new place, or None where nothing near is like it."""
        tall, wide = self.gray.shape
        left, top = max(0, int(self.face.x - wide * REACH)), max(0, int(self.face.y - tall * REACH))
        around = gray[top : int(self.face.y + tall * (1 + REACH)) + 1, left : int(self.face.x + wide * (1 + REACH)) + 1]
        if around.shape[0] < tall or around.shape[1] < wide:
            return None
        _, likeness, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(around, self.gray, cv2.TM_CCOEFF_NORMED))
        if likeness < ALIKE:
            return None
        return _Patch(replace(self.face, x=float(left + x), y=float(top + y)), self.gray)


@dataclass(slots=True)
class Watcher:
    """Push every watched frame in order, then `finish`. `axis` is the one along which the crop will move."""

    axis: subjects.Axis
    find: faces.Detector
    adapts: bool
    _shots: shots.Shots = field(default_factory=shots.Shots)
    _looks: list[subjects.Look] = field(default_factory=list)
    _stills: list[tuple[Fraction, Bins]] = field(default_factory=list)
    _cuts: dict[Fraction, Cut] = field(default_factory=dict)
    _chain: list[_Sample] = field(default_factory=list)
    _last: tuple[Fraction, Bins] | None = None
    _rhythm: faces.Rhythm = field(init=False)
    _due: Fraction = Fraction(-1)
    _samples: int = 0
    _patches: list["_Patch"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rhythm = faces.Rhythm(adapts=self.adapts)

    def push(self, time: Fraction, thumb: Rgb, size: tuple[int, int], picture: Callable[[int, int], Rgb]) -> None:
        """`thumb` RGB, about 160 wide; `picture(width, height)` gives the same frame, of `size`, at another one."""
        change = self._shots.push(time, thumb)
        gray = np.asarray(cv2.cvtColor(thumb, cv2.COLOR_RGB2GRAY), np.uint8)
        here = cells(gray)
        if change > CUT_LIKE and self._last is not None:
            self._cuts[time] = Cut(self._last[0], time, self._last[1], here)
            self._break()
        self._last = (time, here)
        due = time >= self._due
        if self._rhythm.is_due(time):
            self._search(time, size, picture, gray)
        else:
            self._follow(time, size, gray, due=due)
        if due:
            self._due = (time // LOOK + 1) * LOOK
            self._sample(time, gray)

    def finish(self) -> list[Watched]:
        """The shots in order, at least one if anything was pushed."""
        self._break()
        self._looks.sort(key=lambda look: look.time)
        return [self._shot(one) for one in self._shots.finish()]

    def _shot(self, shot: shots.Shot) -> Watched:
        start, end = float(shot.start), float(shot.end)
        looks = tuple(look for look in self._looks if start <= look.time < end)
        stills = [bins for time, bins in self._stills if shot.start <= time < shot.end]
        still = np.mean(stills, axis=0) if stills else np.full(subjects.BINS, 1 / subjects.BINS)
        return Watched(shot.start, shot.end, self._cuts.get(shot.start), looks, np.asarray(still, np.float32))

    def _search(self, time: Fraction, size: tuple[int, int], picture: Callable[[int, int], Rgb], gray: Gray) -> None:
        small = self._rhythm.size(*size)
        here = tuple(one.scaled(size[0] / small[0]) for one in self.find(picture(*small)))
        self._rhythm.found(time, here, max(size))
        self._looks.append(subjects.Look(float(time), here, None))
        scale = gray.shape[1] / size[0]
        self._patches = [patch for face in here if (patch := _Patch.cut(gray, face.scaled(scale)))]

    def _follow(self, time: Fraction, size: tuple[int, int], gray: Gray, *, due: bool) -> None:
        """Faces found a moment ago, looked for near by in the small picture: a hundredth of a search."""
        moved = [(patch, patch.found_in(gray)) for patch in self._patches]
        hasty = any(after and abs(after.face.x - before.face.x) > HASTE * before.face.width for before, after in moved)
        if hasty or any(after is None for _, after in moved):
            self._rhythm.hurry()
        self._patches = [after for _, after in moved if after]
        if self._patches and (due or hasty):
            scale = size[0] / gray.shape[1]
            here = tuple(patch.face.scaled(scale) for patch in self._patches)
            self._looks.append(subjects.Look(float(time), here, None))

    def _sample(self, time: Fraction, gray: Gray) -> None:
        last = self._chain[-1] if self._chain else None
        self._chain.append(_Sample(time, gray, saliency.camera_motion(last.gray, gray) if last else None))
        if len(self._chain) == 3:
            self._measure(*self._chain)
            del self._chain[0]
        self._samples += 1
        if self._samples % STILLS == 0 or last is None:
            self._stills.append((time, self._along(saliency.spectral_residual(gray), total=1.0)))

    def _measure(self, before: _Sample, now: _Sample, after: _Sample) -> None:
        moving = saliency.moving(before.gray, now.gray, after.gray, now.camera, after.camera)
        self._looks.append(subjects.Look(float(now.time), None, self._along(moving)))

    def _break(self) -> None:
        """The shot ends here, or seems to: nothing is compared across."""
        self._chain.clear()
        self._patches.clear()
        self._rhythm.forget()
        self._due = Fraction(-1)

    def _along(self, picture: saliency.Map, total: float | None = None) -> Bins:
        """Means across the other side, in BINS parts along the axis."""
        line = picture.mean(axis=0 if self.axis == "x" else 1).reshape(1, -1)
        bins = np.asarray(cv2.resize(line, (subjects.BINS, 1), interpolation=cv2.INTER_AREA), np.float32).ravel()
        return bins if total is None else np.asarray(bins * (total / max(float(bins.sum()), 1e-9)), np.float32)


def cells(luma: NDArray[Any]) -> Bins:
    """A picture in 16x9 mean grey levels, 0–255, float [9, 16]; 10-bit ones are brought to 8."""
    deep = luma.dtype == np.uint16
    small = cv2.resize(luma, CELLS, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) * np.float32(1 / 4 if deep else 1)
