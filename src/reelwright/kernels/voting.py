"""What other frames say about the unknown pixels of one: which frames to ask, and what their answers come to.

`Choice` picks, greedily, the frame that shows most of what has been shown too seldom, near ones first. `Votes` takes
the answers: a source counts where it agrees with the frame around the hole, lifted to the frame's light by the
membrane of the differences there, which leaves no seam. The median of the answers is the result. A caller's own
estimate (`Hint`) outvotes answers that contradict it, and is averaged in by its worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

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
        self._planes, self._unknown, self._hint = planes, unknown, hint
        self._window = Window.around(unknown, RIM)
        self._holes = [self._window.of(region.mask_of(unknown, index), index) for index in range(len(planes))]
        self._said: list[list[Field]] = [[] for _ in planes]
        self._heard: list[list[Mask]] = [[] for _ in planes]

    def add(self, source: Sequence[Plane], known: Mask, motion: Affine) -> None:
        """One frame's answer. `known`: the luma pixels of it to be believed; `motion` takes places here to its own."""
        if registration.shift(motion, (self._unknown.shape[1], self._unknown.shape[0])) < STILL:
            motion = registration.identity()
        agrees: Mask | None = None
        for index, plane in enumerate(self._planes):
            hole, here = self._holes[index], self._window.of(plane, index)
            there, valid = self._window.warped(source[index], known, motion, index)
            apart, ring = here.astype(np.float32) - there, valid & ~hole
            if agrees is None:
                agrees = inpainting.membrane(np.abs(apart) / region.unit(plane), ring) < LOCAL
            near = agrees[::2, ::2] if index else agrees
            lifted = (there + inpainting.membrane(apart, ring & near))[hole]
            self._said[index].append(lifted)
            self._heard[index].append((valid & near)[hole] & self._fits(lifted, index))

    def counted(self) -> tuple[list[Plane], Mask, Mask]:
        """The planes with answers and hints put in; where the luma got an answer; where it got the hint alone."""
        out = [plane.copy() for plane in self._planes]
        answered, hinted = np.zeros_like(self._unknown), np.zeros_like(self._unknown)
        for index, plane in enumerate(out):
            hole = region.mask_of(self._unknown, index)
            values, error = self._result(index)
            told = np.isfinite(error)
            rows, columns = np.nonzero(hole)
            plane[rows[told], columns[told]] = region.rounded(values[told], plane.dtype)
            if index == 0:
                heard = self._answered(0)
                answered[hole], hinted[hole] = heard, told & ~heard
        return out, answered, hinted

    def _result(self, index: int) -> tuple[Field, Field]:
        """Values of the hole's pixels, and their standard error; infinite where nobody knows."""
        count = int(self._holes[index].sum())
        values, error = np.zeros(count, np.float32), np.full(count, np.inf, np.float32)
        if self._said[index]:
            heard = np.stack(self._heard[index])
            values, error = _median(np.stack(self._said[index]), heard), np.where(heard.any(axis=0), SPREAD, np.inf)
        if self._hint is None:
            return values, error.astype(np.float32)
        guess, doubt = self._hinted(index)
        own, other = 1 / np.square(error), 1 / np.square(doubt)
        weight = own / np.maximum(own + other, 1e-12)
        mixed = np.where(weight > 0, weight * values, 0) + np.where(weight < 1, (1 - weight) * guess, 0)
        return mixed.astype(np.float32), np.minimum(error, doubt).astype(np.float32)

    def _answered(self, index: int) -> Mask:
        if not self._heard[index]:
            return np.zeros(int(self._holes[index].sum()), bool)
        return np.asarray(np.stack(self._heard[index]).any(axis=0))

    def _hinted(self, index: int) -> tuple[Field, Field]:
        """The hint's values and standard errors for the hole's pixels of one plane."""
        assert self._hint is not None  # asked by those who have looked
        hole = self._holes[index]
        spread = self._hint.spread[::2, ::2] if index else self._hint.spread
        guess = self._window.of(self._hint.planes[index], index)[hole].astype(np.float32)
        return guess, np.maximum(self._window.of(spread, index)[hole], 0.1)

    def _fits(self, lifted: Field, index: int) -> Mask:
        if self._hint is None:
            return np.ones(len(lifted), bool)
        guess, doubt = self._hinted(index)
        scale = CONTRADICTS * region.unit(self._planes[index])
        return np.asarray(np.abs(lifted - guess) < scale * (doubt + SPREAD))


def _median(said: Field, heard: Mask) -> Field:
    """The median over axis 0 of what was heard; 0 where nothing was."""
    ordered = np.sort(np.where(heard, said, np.float32(np.inf)), axis=0)
    count = heard.sum(axis=0)
    columns = np.arange(said.shape[1])
    low = ordered[np.maximum(0, (count - 1) // 2), columns]
    high = ordered[np.minimum(count // 2, len(said) - 1), columns]
    told = count > 0
    return np.asarray((np.where(told, low, 0) + np.where(told, high, 0)) / 2, np.float32)
