"""Faces of one video as it goes by: searched for now and then, followed in between by their own small pictures.

A search costs a hundred times what following costs, so it is made as rarely as `faces.Rhythm` allows. A face that
moves fast is followed in every frame, others in those that are looked at anyway. All of it hangs on the frames and
their order alone, so it may run in a thread of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import faces, subjects
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Rgb = NDArray[np.uint8]
Gray = NDArray[np.uint8]
Picture = Callable[[int, int], Rgb]
"""Gives a frame at a size (width, height): uint8 [height, width, 3], RGB."""

PATCH = 7  # px a face must have in the small picture to be followed; smaller ones have room in any window
PLAIN = 6.0  # grey levels of contrast below which there is nothing to follow
REACH = 0.7  # of a face's size it may move from one frame that is looked at to the next…
STEP = 0.35  # …and to one that is passed over
ALIKE = 0.6  # correlation at which a place is believed to be the same face
CLEARLY = 0.75  # …without a look to make sure
HASTE = 1.5  # widths a second; a face that is faster is followed from frame to frame, and noted in every one
FINE = 1.5  # px in the small picture; less may be the grid
HASTY = Fraction(1, 5)  # s for which that lasts
CHANGED = 12  # grey levels by which a pixel differs that shows something else than before
SAME = 0.001  # of the pixels may, in a picture that shows nothing new
STALE = Fraction(2)  # s after which it is searched all the same


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

    def found_in(self, gray: Gray, reach: float) -> "tuple[_Patch, float] | None":
        """The same face at its new place, and how like it is; None where nothing near is like it."""
        tall, wide = self.gray.shape
        left, top = max(0, int(self.face.x - wide * reach)), max(0, int(self.face.y - tall * reach))
        around = gray[top : int(self.face.y + tall * (1 + reach)) + 1, left : int(self.face.x + wide * (1 + reach)) + 1]
        if around.shape[0] < tall or around.shape[1] < wide:
            return None
        _, likeness, _, (x, y) = cv2.minMaxLoc(cv2.matchTemplate(around, self.gray, cv2.TM_CCOEFF_NORMED))
        if likeness < ALIKE:
            return None
        return _Patch(replace(self.face, x=float(left + x), y=float(top + y)), self.gray), likeness


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame that is looked at. `is_new`: the first of another shot. `is_due`: what is followed shall be noted."""

    time: Fraction
    picture: Picture
    gray: Gray
    is_new: bool
    is_due: bool


@dataclass(slots=True)
class FaceLooks:
    """Show it every frame in order; `looks` are what it saw. `size`: of the video; `small`: of the small pictures."""

    size: tuple[int, int]
    small: tuple[int, int]
    find: faces.Detector
    adapts: bool
    looks: list[subjects.Look] = field(default_factory=list)
    _rhythm: faces.Rhythm = field(init=False)
    _patches: list[_Patch] = field(default_factory=list)
    _hasty: Fraction = Fraction(-1)
    _followed: Fraction = Fraction(0)
    _searched: tuple[Fraction, Gray] | None = None
    """The last search, and what the picture was like."""

    def __post_init__(self) -> None:
        self._rhythm = faces.Rhythm(adapts=self.adapts)

    def see(self, between: Sequence[tuple[Fraction, Picture]], frame: Seen) -> bool:
        """The next frame that is looked at, and those before it that were passed over. Is somebody known in it?"""
        for time, picture in between:
            if self._patches and time < self._hasty:
                self._follow(time, gray_of(picture(*self.small)), STEP, note=False)
        if frame.is_new:
            self._patches.clear()
            self._rhythm.forget()
            self._searched = None
        if self._rhythm.is_due(frame.time) and not self._shows_nothing_new(frame):
            self._search(frame)
        else:
            self._follow(frame.time, frame.gray, REACH, note=frame.is_due)
        return self._rhythm.knows

    def _shows_nothing_new(self, frame: Seen) -> bool:
        """Who is not there cannot come unseen; nor does one go whose surroundings are as they were."""
        if self._searched is None or not self._rhythm.is_settled or frame.time - self._searched[0] > STALE:
            return False
        changed = cv2.threshold(cv2.absdiff(frame.gray, self._searched[1]), CHANGED, 1, cv2.THRESH_BINARY)[1]
        return int(cv2.countNonZero(changed)) < SAME * frame.gray.size

    def _search(self, frame: Seen) -> None:
        where = self._rhythm.where(frame.time, *self.size)
        left, top, right, bottom = where.part
        found = self.find(frame.picture(*where.size)[top:bottom, left:right])
        here = tuple(one.shifted(left, top).scaled(self.size[0] / where.size[0]) for one in found)
        self.looks.append(subjects.Look(float(frame.time), here, None))
        self._followed, self._searched = frame.time, (frame.time, frame.gray)
        scale = self.small[0] / self.size[0]
        self._patches = [patch for face in here if (patch := _Patch.cut(frame.gray, face.scaled(scale)))]
        followed = 0 < len(here) == len(self._patches)
        self._rhythm.found(frame.time, here, max(self.size), followed=followed)

    def _follow(self, time: Fraction, gray: Gray, reach: float, *, note: bool) -> None:
        """Faces found a moment ago, looked for near by in the small picture."""
        moved = [(patch.face, patch.found_in(gray, reach)) for patch in self._patches]
        after = [found for _, found in moved if found]
        haste = HASTE * float(time - self._followed)
        hasty = any(
            found and abs(found[0].face.x - before.x) > max(FINE, haste * before.width) for before, found in moved
        )
        self._followed = time
        if hasty:
            self._hasty = time + HASTY
        lost = len(after) < len(moved)
        if lost or hasty or any(likeness < CLEARLY for _, likeness in after):
            self._rhythm.hurry(lost=lost)
        self._patches = [patch for patch, _ in after]
        if self._patches and (note or hasty):
            here = tuple(patch.face.scaled(self.size[0] / self.small[0]) for patch in self._patches)
            self.looks.append(subjects.Look(float(time), here, None))


def gray_of(rgb: Rgb) -> Gray:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
