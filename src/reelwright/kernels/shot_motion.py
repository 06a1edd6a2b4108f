"""How the frames of a shot lie to each other, where parts of each are hidden.

Every few frames are aligned by brightness (`kernels.registration`) with an anchor frame, which is replaced when the
camera has moved on; frames between are interpolated where the motion between is next to none, and measured where it
is not. Whether the camera stands is asked of a wider and coarser view first, which shows more than what moves there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, registration
from reelwright.kernels.registration import Affine
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
See = Callable[[int], tuple[Field, Mask]]
"""Luma of a frame, float32 [h, w], 0–255, and what is hidden in it."""

STRIDE = 4  # frames between two measurements of a camera that stands
STANDS = 0.12  # px of motion between two measurements that need no others between them
CELL = 6  # px of the wide view; one place in each is compared
EDGE = 1.5  # grey levels a pixel from which a place tells of motion
CLOSE = 2.0  # grey levels of difference at a place that is where it was
SOME = 0.3  # of the places are, if it stands and much moves by itself
MOST = 0.75  # of the places are, if the camera stands and not too much moves by itself
LEAST = 15  # places of one direction in one quarter of the picture that tell of it
UNMOVED = 0.04  # px of the wide view up to which they stayed
POOR = 3.0  # grey levels of median difference: the guess may have been too far off
LOST = 8.0  # grey levels at which the camera was not followed
PLAIN = 2.0  # grey levels of median difference below which a picture without gradients has not changed
FAR = 0.25  # of the picture's width the camera may move before it is measured against another anchor


@dataclass(frozen=True, slots=True, eq=False)
class _Anchor:
    """A frame that others are measured against."""

    place: Affine
    near: registration.Anchor
    wide: "_Landmarks"


class ShotMotion:
    """The motions of `count` frames; `motion(a, b)` takes points (x, y, 1) of frame a to the same points in b."""

    def __init__(self, see: See, count: int, wide: See, to_wide: Affine) -> None:
        """`wide` gives the coarser view; `to_wide` takes points of the frame to its points."""
        self._see, self._wide, self._to_wide = see, wide, to_wide
        luma, hidden = see(0)
        self.size = (luma.shape[1], luma.shape[0])
        self._places = [registration.identity()] * count
        self._runs = [0] * count
        self._anchor = self._anchored(0, registration.smoothed(luma), hidden, registration.identity())
        for index in range(0, count - 1, STRIDE):
            self._between(index, min(index + STRIDE, count - 1))

    def motion(self, target: int, source: int) -> Affine | None:
        """None where the camera was lost between them."""
        if self._runs[target] != self._runs[source]:
            return None
        return np.asarray(self._places[source] @ np.linalg.inv(self._places[target]), np.float64)

    def shift(self, one: int, other: int) -> float:
        """The farthest any corner moved between two frames, in pixels; infinity where the camera was lost."""
        motion = self.motion(one, other)
        return float("inf") if motion is None else registration.shift(motion, self.size)

    def _between(self, start: int, end: int) -> None:
        """Measures `end` from `start`, whose place is known, and what lies between."""
        anchor = self._anchor
        self._measure(start, end)
        if end - start == 1 or self.shift(start, end) <= STANDS:
            for index in range(start + 1, end):
                part = (index - start) / (end - start)
                self._places[index] = (1 - part) * self._places[start] + part * self._places[end]
                self._runs[index] = self._runs[start]
            return
        self._anchor = anchor
        for index in range(start + 1, end + 1):
            self._measure(index - 1, index)

    def _anchored(self, index: int, smooth: registration.Luma, hidden: Mask, place: Affine) -> "_Anchor":
        return _Anchor(place, registration.Anchor(smooth, hidden), _Landmarks(*self._wide(index)))

    def _measure(self, before: int, index: int) -> None:
        """The place of a frame by that of one before it."""
        self._runs[index], anchor = self._runs[before], self._anchor
        if anchor.wide.stand(*self._wide(index)):
            self._places[index] = anchor.place
            return
        luma, hidden = self._see(index)
        smooth = registration.smoothed(luma)
        match = self._match(before, luma, smooth, hidden)
        place = np.asarray(match.motion @ anchor.place, np.float64)
        if self._is_told_better_by_standing(before, index, place, match.error > LOST):
            # What was followed moved by itself: the camera did not.
            self._places[index] = self._places[before]
            return
        if match.error > LOST:
            self._runs[index] += 1
            place = registration.identity()
        self._places[index] = place
        if match.error > LOST or registration.shift(match.motion, self.size) > FAR * self.size[0]:
            self._anchor = self._anchored(index, smooth, hidden, place)

    def _is_told_better_by_standing(self, before: int, index: int, place: Affine, is_lost: bool) -> bool:
        moved = place @ np.linalg.inv(self._places[before])
        if not is_lost and registration.shift(moved, self.size) < STANDS:
            return False
        marks, wide = _Landmarks(*self._wide(before)), self._wide(index)
        standing = marks.votes(*wide, registration.identity())
        if is_lost:
            return standing > marks.count * SOME
        return standing >= marks.votes(*wide, self._to_wide @ moved @ np.linalg.inv(self._to_wide))

    def _match(self, before: int, luma: Field, smooth: registration.Luma, hidden: Mask) -> registration.Match:
        anchor = self._anchor
        known = (~registration.grown(hidden, registration.MARGIN)).astype(np.uint8)
        back = np.linalg.inv(anchor.place)
        match = anchor.near.refine(smooth, known, self._places[before] @ back)
        if match.error <= POOR:
            return match
        old, gone = self._see(before)
        moved = registration.between(_plain(old, gone), _plain(luma, hidden), gone | hidden)
        if moved is not None:
            other = anchor.near.refine(smooth, known, moved @ self._places[before] @ back)
            match = other if other.error < match.error else match
        if match.error > LOST and _is_alike(old, luma, ~(gone | hidden)):
            # Nothing to measure by but what moved by itself; most of the picture is as it was.
            return registration.Match(self._places[before] @ back, 0.0, 0.0)
        return match


class _Landmarks:
    """Places of a picture by which to tell, in a moment, that the camera stands, whatever else moves."""

    def __init__(self, luma: Field, hidden: Mask) -> None:
        smooth = _smooth(luma)
        across, down = (cv2.Scharr(smooth, cv2.CV_32F, *way) / 32 for way in ((1, 0), (0, 1)))
        strength = np.where(registration.grown(hidden, registration.MARGIN), 0, np.hypot(across, down))
        height, width = (side // CELL for side in luma.shape)
        cells = strength[: height * CELL, : width * CELL].reshape(height, CELL, width, CELL).swapaxes(1, 2)
        best = cells.reshape(height * width, CELL * CELL).argmax(axis=1)
        rows = np.arange(height * width) // width * CELL + best // CELL
        columns = np.arange(height * width) % width * CELL + best % CELL
        told = strength[rows, columns] > EDGE
        self._at = rows[told], columns[told]
        self._values = smooth[self._at]
        self.count = len(self._values)
        slope = np.stack([across[self._at], down[self._at]])
        axis = np.abs(slope).argmax(axis=0)
        self._slope = slope[axis, np.arange(len(axis))]
        quarter = (self._at[0] * 2 // luma.shape[0]) * 2 + self._at[1] * 2 // luma.shape[1]
        self._groups = [np.flatnonzero((axis == one) & (quarter == part)) for one in (0, 1) for part in range(4)]

    def stand(self, luma: Field, hidden: Mask) -> bool:
        """Are nearly all where they were, and did none of the two directions drift?

        Each place tells how far it moved along its slope. The medians of the picture's quarters are not moved by what
        moves by itself there; all of one direction alike would be the camera.
        """
        rest, shown = _smooth(luma)[self._at] - self._values, ~hidden[self._at]
        if np.count_nonzero(shown) < LEAST or np.mean(np.abs(rest[shown]) < CLOSE) < MOST:
            return False
        moved = rest / self._slope
        for axis in (0, 1):
            groups = [one[shown[one]] for one in self._groups[axis * 4 : axis * 4 + 4]]
            medians = np.array([np.median(moved[one]) for one in groups if len(one) >= LEAST])
            if len(medians) and abs(medians.sum()) == np.abs(medians).sum() and _alike(np.abs(medians)):
                return False
        return True

    def votes(self, luma: Field, hidden: Mask, motion: Affine) -> int:
        """How many of them are where this motion takes them."""
        if not self.count:
            return 0
        y, x = self._at
        there = motion[:2] @ np.stack([x, y, np.ones_like(x)])
        columns, rows = np.asarray(there, np.float32)
        values = cv2.remap(_smooth(luma), columns, rows, cv2.INTER_LINEAR, borderValue=-CLOSE * 100).ravel()
        gone = cv2.remap(hidden.astype(np.uint8), columns, rows, cv2.INTER_NEAREST, borderValue=1).ravel() > 0
        return int(np.count_nonzero((np.abs(values - self._values) < CLOSE) & ~gone))


def _alike(lengths: NDArray[np.float64]) -> bool:
    return bool(lengths.min() >= max(UNMOVED, lengths.max() / 2))


def _smooth(luma: Field) -> Field:
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), registration.SMOOTHING), np.float32)


def _is_alike(old: Field, new: Field, known: Mask) -> bool:
    return bool(known.any()) and float(np.median(np.abs(new - old)[known])) < PLAIN


def _plain(luma: Field, hidden: Mask) -> NDArray[np.uint8]:
    """As pyramids of it may be compared: hidden parts smoothed over."""
    smooth = inpainting.membrane(luma, ~hidden) if hidden.any() else luma
    return np.clip(np.where(hidden, smooth, luma), 0, 255).astype(np.uint8)
