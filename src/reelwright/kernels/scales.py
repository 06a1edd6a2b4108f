"""Axes and figures: where ticks stand, how numbers are written, and labels that do not overlap.

Ticks stand at 1, 2, 2.5 or 5 times a power of ten (P. Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990).
Large numbers are shortened with 万 and 亿 beside Chinese text, with K, M and B beside other.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
SHORT = {"zh": ((1e12, "万亿"), (1e8, "亿"), (1e4, "万")), "en": ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))}
LEAST_SHORT = {"zh": 1e5, "en": 1e4}
FIGURES = 3  # that a shortened number is shown with, or two decimals
MOST_DECIMALS = 6


def ticks(low: float, high: float, *, most: int = 6) -> list[float]:
    """Even, nice steps from at or below `low` to at or above `high`; at least two."""
    if not high > low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(nice * power for nice in NICE if nice * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, max(last, first + 1) + 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of one chart are written. `whole`: its data have no decimals."""

    language: str = "en"
    whole: bool = True

    def of(self, value: float) -> str:
        """With its own unit: 56.6M beside 1.32B."""
        scale, sign = _unit(value, self.language)
        return _shown(value / scale, self._decimals(abs(value) / scale, scale)) + sign

    def ticks(self, at: Sequence[float]) -> list[str]:
        """All of an axis in one unit, with as many decimals as show them exactly; zero without."""
        scale, sign = _unit(max(map(abs, at)), self.language)
        scaled = [one / scale for one in at]
        decimals = next((most for most in range(MOST_DECIMALS) if _are_exact(scaled, most)), MOST_DECIMALS)
        return ["0" if one == 0 else _shown(one, decimals) + sign for one in scaled]

    def _decimals(self, size: float, scale: float) -> int:
        if scale == 1 and self.whole:
            return 0
        if size >= 1 or size == 0:
            return max(0, min(2, FIGURES - len(str(int(size)))))
        return min(MOST_DECIMALS, 1 - math.floor(math.log10(size)))


def _unit(value: float, language: str) -> tuple[float, str]:
    """(divisor, sign); numbers below the least one are shown whole."""
    units = ((by, sign) for by, sign in SHORT[language] if abs(value) >= max(by, LEAST_SHORT[language]))
    return next(units, (1.0, ""))


def _shown(value: float, decimals: int) -> str:
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def _are_exact(values: Sequence[float], decimals: int) -> bool:
    return all(abs(one - round(one, decimals)) <= 1e-6 * max(1e-3, abs(one)) for one in values)


def every(widths: Sequence[float], pitch: float, *, gap: float) -> int:
    """Of labels `pitch` apart every how many can be shown: their widths and `gap` between them must fit."""
    for step in range(1, len(widths) + 1):
        shown = widths[::step]
        if all((one + other) / 2 + gap <= pitch * step for one, other in itertools.pairwise(shown)):
            return step
    return max(1, len(widths))


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> NDArray[np.float64]:
    """Middles of labels as near to `wanted` as can be, none over another, all inside [low, high].

    Neighbours that would overlap are moved apart together, each group about the mean of where its labels want to be
    (pool adjacent violators; R. Barlow et al., "Statistical Inference under Order Restrictions", 1972). If there is no
    room for all, they are spaced evenly.
    """
    order = np.argsort(wanted, kind="stable")
    sizes = np.asarray(heights, float)[order]
    if sizes.sum() > high - low:
        sizes = sizes * ((high - low) / sizes.sum())
    # Without the labels before each, what must be kept is plain order.
    before = np.concatenate(([0.0], np.cumsum(sizes)[:-1])) + sizes / 2
    free = np.asarray(wanted, float)[order] - before
    levels: list[list[float]] = []  # (mean, count)
    for one in free:
        levels.append([one, 1])
        while len(levels) > 1 and levels[-2][0] >= levels[-1][0]:
            mean, count = levels.pop()
            levels[-1] = [
                (levels[-1][0] * levels[-1][1] + mean * count) / (levels[-1][1] + count),
                levels[-1][1] + count,
            ]
    pooled = np.concatenate([np.full(int(count), mean) for mean, count in levels]) if levels else free
    placed = np.clip(pooled, low, max(low, high - sizes.sum())) + before
    found = np.empty(len(order))
    found[order] = placed
    return found
