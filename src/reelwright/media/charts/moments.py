"""Numbers that move from moment to moment, and the moment's name, large in a corner."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.stage import Box, Stage

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

LARGE = 2.6  # letters' size of the moment's name, in labels'; a larger one looks well and is read less well
STRENGTH = 0.75


class Moments:
    """The name stands at the top right of `room`, or at the bottom where `low` says so."""

    def __init__(self, stage: Stage, data: Chart, room: Box, *, low: bool = False) -> None:
        self._stage, self._data = stage, data
        widest = max(stage.label(one, scale=LARGE, bold=True).width for one in data.steps)
        self._scale = LARGE * min(1.0, 0.4 * room.width / widest)
        self._lines = [stage.label(one, scale=self._scale, bold=True) for one in data.steps]
        height = max(one.height for one in self._lines)
        self._x = room.right
        self._middle = room.bottom - height / 2 if low else room.top + height / 2
        self.width = max(one.width for one in self._lines)
        self.height = height
        self._known = known(data.values)

    def values(self, moved: float) -> NDArray[np.float64]:
        """float64 [names] at a share of the way; NaN where nothing is known on both sides."""
        at = moved * (len(self._data.steps) - 1)
        before, after = int(at), min(int(at) + 1, len(self._data.steps) - 1)
        found: NDArray[np.float64] = self._known[before] + (self._known[after] - self._known[before]) * (at - before)
        return found

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        """The name of the moment that has been reached."""
        alpha = self._stage.shown(time)
        if alpha > 0:
            at = int(self._stage.moved(time) * (len(self._lines) - 1) + 1e-9)
            paint = pen.fill(self._stage.ground.muted, STRENGTH * alpha)
            pen.write(canvas, self._lines[at], self._x, self._middle, paint, align="right")


def known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gaps between known values of a column filled by straight lines; before the first and after the last stays NaN."""
    filled = values.copy()
    steps = np.arange(len(values))
    for column in filled.T:
        there = ~np.isnan(column)
        if 0 < there.sum() < len(column):
            first, last = steps[there][[0, -1]]
            inside = ~there & (steps > first) & (steps < last)
            column[inside] = np.interp(steps[inside], steps[there], column[there])
    return filled
