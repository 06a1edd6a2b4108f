"""Which parts of a film make its summary: every group of like shots once, the worthiest moments, nothing twice.

Shots that look alike are one group. Windows between places where a cut may be are weighed by the worth of what is
in them (`kernels.importance`). The gain of a window shrinks with what its group has already shown, as 1 - exp(-x),
so that a second look at the same scene is worth less than a first at another. First every group gets a window, then
windows are added or widened, the best gain for a second first, until the length wanted is reached.

Source: summaries as a greedy choice by diminishing gains (Gygli, Grabner & Van Gool, "Video summarization by learning
submodular mixtures of objectives", CVPR 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.cut_points import IN_GAP, Points
from reelwright.kernels.importance import TICKS
from reelwright.kernels.similarity import RELATED, Print, distance

Signal = NDArray[np.float64]
Numbers = NDArray[np.int64]

ALIKE = 0.38  # distance of prints below which two shots are of one group: repeats are below 0.35, others above 0.44
COLOURS = 0.08  # share of the pixels of other colours below which shots are alike whose layout is only related…
OTHER_COLOURS = 0.4  # …and from which on they are not, however like the layout
COMPARED = 6  # pictures of each shot that are compared
SATED = 1.5  # worth-seconds of a group after which most of it has been shown: 3 or 4 s; more if there is time…
SATED_SHARE = 0.5  # …this part of what each group can have
CRAMPED = 0.65  # of its share that a window needs at least, where groups cannot have the shortest clips wanted
LEAST_WEIGHT = 0.6  # of a group whose best is worth nothing beside the film's best
AGAIN = 0.4  # part of the gain that is left where another shot of the group is shown already
OVERLONG = 0.2  # gain lost by each second that a group takes beyond its share, before all others have theirs
APART = 2.0  # s between two windows of one shot
SHORT = 0.6  # s; a scene that is shorter than windows have to be may be shown whole, but none shorter than this
NEARLY = 1e-6  # s


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of a shot that can be shown: its span, its group, and the places where it may be cut."""

    start: float
    end: float
    group: int
    points: Points


@dataclass(frozen=True, slots=True)
class Clip:
    """A chosen window, in seconds; `worth` is the mean of what is in it, 0 to 1."""

    start: float
    end: float
    group: int
    worth: float
    cost: float
    """Of its two cuts; 0 if both are harmless."""

    @property
    def length(self) -> float:
        return self.end - self.start


def groups(prints: Sequence[Sequence[Print]]) -> list[int]:
    """The group of each shot, numbered from 0 in order of appearance, by pictures of each shot."""
    label = list(range(len(prints)))
    chosen = [_few(one) for one in prints]
    for index, one in enumerate(chosen):
        for before in range(index):
            if label[before] != label[index] and _alike(one, chosen[before]):
                low, high = sorted((label[before], label[index]))
                label = [low if number == high else number for number in label]
    order = {number: place for place, number in enumerate(dict.fromkeys(label))}
    return [order[number] for number in label]


def _few(prints: Sequence[Print]) -> list[Print]:
    places = np.unique(np.linspace(0, len(prints) - 1, min(COMPARED, len(prints))).round().astype(int))
    return [prints[place] for place in places] if prints else []


def _alike(one: Sequence[Print], other: Sequence[Print]) -> bool:
    return any(_is_one_place(a, b) for a in one for b in other)


def _is_one_place(one: Print, other: Print) -> bool:
    apart = distance(one, other)
    colours = float(np.abs(one.colours - other.colours).sum()) / 2
    return colours < (OTHER_COLOURS if apart < ALIKE else COLOURS if apart < RELATED else 0.0)


@dataclass(slots=True)
class _Windows:
    """All windows of all scenes, as columns."""

    scene: Numbers
    group: Numbers
    start: Signal
    end: Signal
    mass: Signal
    cost: Signal

    @property
    def length(self) -> Signal:
        return self.end - self.start

    @classmethod
    def of(cls, scenes: Sequence[Scene], worth: Signal, least: float, most: float) -> "_Windows":
        sums = np.concatenate([[0.0], np.cumsum(worth)]) / TICKS
        ticks = np.arange(len(sums)) / TICKS
        columns = [_windows_of(number, one, least, most) for number, one in enumerate(scenes)]
        scene, start, end, cost = (np.concatenate(column) for column in zip(*columns, strict=True))
        mass = np.interp(end, ticks, sums) - np.interp(start, ticks, sums)
        which = scene.astype(np.int64)
        return cls(which, np.array([one.group for one in scenes], np.int64)[which], start, end, mass, cost)


def _windows_of(number: int, scene: Scene, least: float, most: float) -> tuple[Signal, Signal, Signal, Signal]:
    times = scene.points.times
    low, high = np.searchsorted(times, times + least - NEARLY), np.searchsorted(times, times + most + NEARLY)
    counts = np.maximum(high - low, 0)
    first = np.repeat(np.arange(len(times)), counts)
    last = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - low, counts)
    if SHORT <= times[-1] - times[0] < least:
        first, last = np.array([0]), np.array([len(times) - 1])
    cost = scene.points.begin[first] + scene.points.end[last]
    return np.full(len(first), float(number)), times[first], times[last], cost


def choose(scenes: Sequence[Scene], worth: Signal, *, budget: float, least: float, most: float) -> list[Clip]:
    """The clips in order of time, together no longer than `budget` seconds.

    `worth`: float64 [ticks]. Clips are `least` to `most` seconds long; a shorter scene may be shown whole, and where
    not every group could have such a clip they are shorter. Clips that touch are not joined here.
    """
    share = budget / len({scene.group for scene in scenes})
    least = least if share >= least else max(SHORT, CRAMPED * share)
    windows = _Windows.of(scenes, worth, least, min(most, budget))
    if not len(windows.start):
        return []
    selected = _Choice(windows, budget)
    selected.cover()
    selected.fill()
    return selected.clips()


class _Choice:
    """Windows chosen so far, and what each other one would add to them."""

    def __init__(self, windows: _Windows, budget: float) -> None:
        self._all, self._left = windows, budget
        self._chosen: list[int] = []
        self._shown = np.zeros(int(windows.group.max()) + 1)
        self._sated = max(SATED, SATED_SHARE * budget / len(self._shown))
        count = len(windows.start)
        # What a window would take the place of: windows inside it that are chosen already.
        self._old_mass, self._old_length, self._old_cost = np.zeros(count), np.zeros(count), np.zeros(count)
        self._blocked, self._again = np.zeros(count, bool), np.zeros(count, bool)
        self._weight = self._weights()

    def clips(self) -> list[Clip]:
        one = self._all
        found = [
            Clip(
                float(one.start[index]),
                float(one.end[index]),
                int(one.group[index]),
                float(one.mass[index] / one.length[index]),
                float(one.cost[index]),
            )
            for index in self._chosen
        ]
        return sorted(found, key=lambda clip: clip.start)

    def cover(self) -> None:
        """A window for each group, the weightiest groups first; as many as fit."""
        order = np.argsort(-self._weight, kind="stable")
        share, needs = self._left / len(order), self._needs()
        for place, group in enumerate(order):
            room = min(self._left, max(needs[group], self._left - needs[order[place + 1 :]].sum()))
            fits = (self._all.group == group) & (self._all.length <= room + NEARLY)
            if fits.any():
                beyond = np.maximum(0, self._all.length - max(share, needs[group]))
                value = self._gains() - OVERLONG * SATED / self._sated * beyond
                self._take(int(np.argmax(np.where(fits, value, -np.inf))))

    def _needs(self) -> Signal:
        """The least time in which each group can be shown without harm."""
        needs: Signal = np.full(len(self._shown), np.inf)
        for kept in (self._all.cost < IN_GAP, np.ones(len(self._all.cost), bool)):
            shortest = np.full(len(needs), np.inf)
            np.minimum.at(shortest, self._all.group[kept], self._all.length[kept])
            needs = np.asarray(np.where(np.isinf(needs), shortest, needs), np.float64)
        return needs

    def fill(self) -> None:
        """Add and widen windows while that gains anything."""
        while True:
            longer = self._all.length - self._old_length
            fits = ~self._blocked & (longer <= self._left + NEARLY) & (longer > NEARLY)
            rate = np.where(fits, self._gains() / np.maximum(longer, NEARLY), -np.inf)
            best = int(np.argmax(rate))
            if rate[best] <= 0:
                return
            self._take(best)

    def _weights(self) -> Signal:
        """Of each group, by the worthiest window in it."""
        mean = self._all.mass / self._all.length
        best = np.zeros(len(self._shown))
        np.maximum.at(best, self._all.group, mean)
        weights: Signal = LEAST_WEIGHT + (1 - LEAST_WEIGHT) * best / max(float(best.max()), 1e-9)
        return weights

    def _gains(self) -> Signal:
        one, shown = self._all, self._shown[self._all.group]
        more = np.exp(-shown / self._sated) - np.exp(-(shown + one.mass - self._old_mass) / self._sated)
        gains: Signal = self._weight[one.group] * more * np.where(self._again, AGAIN, 1.0)
        # Where each clip is only a small part of its group, so is what a bad cut spoils.
        gains -= (one.cost - self._old_cost) * (SATED / self._sated) ** 0.5
        return gains

    def _take(self, index: int) -> None:
        one = self._all
        scene, start, end = one.scene[index], one.start[index], one.end[index]
        inside = [
            old for old in self._chosen if one.scene[old] == scene and start <= one.start[old] and one.end[old] <= end
        ]
        self._left -= float(one.length[index] - self._old_length[index])
        self._shown[one.group[index]] += one.mass[index] - self._old_mass[index]
        self._chosen = [*(old for old in self._chosen if old not in inside), index]
        self._look_again(int(scene), int(one.group[index]))

    def _look_again(self, scene: int, group: int) -> None:
        """What the windows of a scene would replace, now that its choice has changed."""
        one, here = self._all, self._all.scene == scene
        for column in (self._old_mass, self._old_length, self._old_cost):
            column[here] = 0
        self._blocked[here] = False
        chosen_scenes = {int(one.scene[old]) for old in self._chosen}
        in_group = one.group == group
        self._again[in_group] = ~np.isin(one.scene[in_group], list(chosen_scenes))
        for old in self._chosen:
            if one.scene[old] != scene:
                continue
            around = here & (one.start <= one.start[old]) & (one.end >= one.end[old])
            apart = (one.end <= one.start[old] - APART) | (one.start >= one.end[old] + APART)
            self._blocked |= here & ~around & ~apart
            self._old_mass[around] += one.mass[old]
            self._old_length[around] += one.length[old]
            self._old_cost[around] += one.cost[old]
