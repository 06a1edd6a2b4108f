"""What other frames say about the unknown pixels of one: which frames to ask, and what their answers come to.

`Choice` picks, greedily, the frame that shows most of what has been shown too seldom, near ones first. `Votes` takes
the answers: a source counts where it agrees with the frame around the hole, lifted to the frame's light by the
membrane of the differences there, which leaves no seam. The median of the answers is the result. A caller's own
estimate (`Hint`) outvotes answers that contradict it, and is averaged in by its worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting, region, registration
from reelwright.kernels.region import Field, Plane, Window
from reelwright.kernels.registration import Affine, Mask

Points = NDArray[np.float64]

ENOUGH = 3  # times a pixel should have been seen
WANTED = np.array([1.0, 0.3, 0.2, 0.0])  # what one more time is worth, by times seen
NEAR = 30.0  # frames away at which a source counts half
WORTH = 0.01  # of the hole that a source must add
COARSE = 4  # px; coverage is reckoned on this grid
RIM = 24  # px around a hole in which sources are compared with the frame
LOCAL = 14.0  # grey levels: mean difference around a pixel, of a source that counts there
STILL = 0.06  # px of motion that needs no warp
SPREAD = 3.0  # grey levels, standard error of a median of answers
CONTRADICTS = 3.0  # standard errors between an answer and the hint
LEAST_DOUBT = 0.1  # grey levels, standard error of a hint

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hint:
    """A caller's own estimate of the unknown pixels: planes like the region's, and their standard error.

    `spread`: float32 of the luma's shape, grey levels of 8 bits; infinite where there is no estimate.
    """

    planes: Sequence[Plane]
    spread: Field


def points_of(hole: Mask) -> Points:
    """Places of the hole on a coarse grid, [n, 3]: x, y, 1."""
    rows, columns = np.nonzero(hole)
    on_grid = (rows % COARSE == 0) & (columns % COARSE == 0)
    if on_grid.sum() < COARSE:
        on_grid[:: COARSE * COARSE] = True  # a thin hole may miss the grid
    rows, columns = rows[on_grid], columns[on_grid]
    return np.stack([columns, rows, np.ones_like(rows)], axis=1).astype(np.float64)


def shows(unknown: Mask, motion: Affine, points: Points) -> Mask:
    """Which of the points are inside the other picture, and known there."""
    there = np.rint(points @ motion[:2].T).astype(int)
    height, width = unknown.shape
    inside = (there >= 0).all(axis=1) & (there[:, 0] < width) & (there[:, 1] < height)
    shown = inside.copy()
    shown[inside] = ~unknown[there[inside, 1], there[inside, 0]]
    return np.asarray(shown, bool)


class Choice(Generic[T]):
    """Which frames to ask. Candidates: the frame, how many frames away it is, and the points it shows."""

    def __init__(self, points: int, candidates: list[tuple[T, int, Mask]]) -> None:
        self._left = [one for one in candidates if one[2].any()]
        self._votes = np.zeros(points, int)
        self._least = max(1.0, WORTH * points)
        self._shown: Mask = np.zeros(0, bool)

    def best(self) -> T | None:
        """The next to ask; none where all has been shown, or no frame can add to it. None is given twice."""
        wanted = WANTED[np.minimum(self._votes, ENOUGH)]
        gains = [float(wanted[shown].sum()) / (1 + away / NEAR) for _, away, shown in self._left]
        if not gains or max(gains) < self._least:
            return None
        one, _, self._shown = self._left.pop(int(np.argmax(gains)))
        return one

    def took(self) -> None:
        """The last one given was good."""
        self._votes[self._shown] += 1


class Votes:
    """The answers about one frame. `planes` and `unknown` as in `temporal_fill`; something is unknown."""

    def __init__(self, planes: Sequence[Plane], unknown: Mask, hint: Hint | None) -> None:
        self._planes, self._unknown = planes, unknown
        self._window = Window.around(unknown, RIM)
        self._holes = [self._window.of(region.mask_of(unknown, index), index) for index in range(len(planes))]
        self._now = [self._window.of(plane, index).astype(np.float32) for index, plane in enumerate(planes)]
        self._hints = [Hinted.of(hint, self._window, hole, index) for index, hole in enumerate(self._holes)]
        self._said: list[list[Field]] = [[] for _ in planes]
        self._heard: list[list[Mask]] = [[] for _ in planes]

    def add(self, source: Sequence[Plane], unknown: Mask, motion: Affine) -> None:
        """One frame's answer. `unknown`: the luma pixels of it not to be believed; `motion` takes places to its own."""
        if registration.shift(motion, (self._unknown.shape[1], self._unknown.shape[0])) < STILL:
            motion = registration.identity()
        valid: Mask = np.zeros(0, bool)
        agrees: Mask = np.zeros(0, bool)
        for index, (now, hole) in enumerate(zip(self._now, self._holes, strict=True)):
            there = self._window.moved(source[index], motion, index)
            if index == 0:
                valid = self._window.shown(unknown, motion)
                agrees = alike(now - there, valid & ~hole, region.unit(source[0]))
            known = valid if index == 0 else ~region.mask_of(~valid, index)
            near = agrees if index == 0 else agrees[::2, ::2]
            lifted = (there + inpainting.drift(now - there, known & ~hole & near))[hole]
            self._said[index].append(lifted)
            self._heard[index].append((known & near)[hole] & self._hints[index].allows(lifted))

    def counted(self) -> tuple[list[Plane], list[Mask]]:
        """The planes with the medians of the answers put in, and for each plane where it got one."""
        out, answered = [plane.copy() for plane in self._planes], [np.zeros(one.shape, bool) for one in self._planes]
        for index, (plane, hole) in enumerate(zip(out, self._holes, strict=True)):
            if not self._said[index]:
                continue
            heard = np.stack(self._heard[index])
            values, told = _median(np.stack(self._said[index]), heard), heard.any(axis=0)
            part = self._window.of(plane, index)
            rows, columns = np.nonzero(hole)
            part[rows[told], columns[told]] = region.rounded(values[told], plane.dtype)
            self._window.of(answered[index], index)[hole] = told
        return out, answered


def alike(apart: Field, ring: Mask, unit: float) -> Mask:
    """Where another picture agrees, on the whole, with what is seen around."""
    return np.asarray(inpainting.drift(np.abs(apart) / np.float32(unit), ring) < LOCAL)


@dataclass(frozen=True, slots=True, eq=False)
class Hinted:
    """A hint about the hole's pixels of one plane."""

    guess: Field
    doubt: Field
    """In steps of the plane; infinite where there is no hint."""
    step: float

    @classmethod
    def of(cls, hint: Hint | None, window: Window, hole: Mask, index: int) -> Self:
        if hint is None:
            return cls(np.zeros(0, np.float32), np.zeros(0, np.float32), 1.0)
        spread, plane = hint.spread[::2, ::2] if index else hint.spread, hint.planes[index]
        step = region.unit(plane)
        doubt = np.maximum(window.of(spread, index)[hole], LEAST_DOUBT) * np.float32(step)
        return cls(window.of(plane, index)[hole].astype(np.float32), doubt, step)

    def allows(self, values: Field) -> Mask:
        """Which of these are not contradicted."""
        if not len(self.guess):
            return np.ones(len(values), bool)
        return np.asarray(np.abs(values - self.guess) < CONTRADICTS * (self.doubt + SPREAD * self.step))

    def mixed(self, values: Field, error: Field) -> Field:
        """The values, of these standard errors in grey levels, averaged with the hint by worth."""
        if not len(self.guess):
            return values
        own, other = 1 / np.square(error * np.float32(self.step)), 1 / np.square(self.doubt)
        weight = np.where(own + other > 0, own / np.maximum(own + other, 1e-12), 1)
        return np.asarray(weight * values + (1 - weight) * self.guess, np.float32)


def _median(said: Field, heard: Mask) -> Field:
    """The median over axis 0 of what was heard; 0 where nothing was."""
    ordered = np.sort(np.where(heard, said, np.float32(np.inf)), axis=0)
    count = heard.sum(axis=0)
    columns = np.arange(said.shape[1])
    low = ordered[np.maximum(0, (count - 1) // 2), columns]
    high = ordered[np.minimum(count // 2, len(said) - 1), columns]
    told = count > 0
    return np.asarray((np.where(told, low, 0) + np.where(told, high, 0)) / 2, np.float32)
