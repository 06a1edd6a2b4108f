"""Two axes: rising lines with numbers at the left, and labels below, as many as fit without touching."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reelwright.kernels import easing, scales
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.stage import Box, Stage
from reelwright.media.fonts import Line

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

BELOW = 1.7  # letters' sizes that the labels below take
LETTERS = 0.85  # size of axis labels, of a label's
WIDEST = 0.2  # of the box, at most, for a label
SMALLEST = 0.72  # of that, before labels are left out
GAP = 0.6  # of a letter's size, between neighbouring labels


class Axes:
    """`box` is where values are drawn. `banded`: steps are bands and not points."""

    def __init__(
        self, stage: Stage, room: Box, ticks: Sequence[float], steps: Sequence[str], *, banded: bool = False
    ) -> None:
        self._stage, self._ticks, self._steps, self._banded = stage, list(ticks), steps, banded
        self._tick_labels = [stage.label(one, scale=LETTERS) for one in stage.figures.ticks(self._ticks)]
        size = stage.label_size
        left = room.left + max(label.width for label in self._tick_labels) + 0.6 * size
        self.box = Box(left, room.top + 0.6 * size, room.right, room.bottom - BELOW * size)
        self._labels, self._every = self._fitting()

    def x(self, step: float) -> float:
        """The middle of a step; between two of them for a broken number."""
        if self._banded:
            return self.box.left + (step + 0.5) * self.pitch
        return self.box.left + step * self.pitch

    @property
    def pitch(self) -> float:
        """From one step to the next."""
        parts = len(self._steps) if self._banded else max(1, len(self._steps) - 1)
        return self.box.width / parts

    def y(self, value: float) -> float:
        low, high = self._ticks[0], self._ticks[-1]
        return self.box.bottom - (value - low) / (high - low) * self.box.height

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        stage = self._stage
        share = easing.cubic_out(stage.shown(time))
        if share <= 0:
            return
        grid, muted = (
            pen.stroke(stage.ground.grid, max(1.0, stage.unit_size / 720), share),
            pen.fill(stage.ground.muted, share),
        )
        for tick, label in zip(self._ticks, self._tick_labels, strict=True):
            y = self.y(tick)
            canvas.drawLine(self.box.left, y, self.box.left + self.box.width * share, y, grid)
            pen.write(canvas, label, self.box.left - 0.5 * stage.label_size, y, muted, align="right")
        middle = self.box.bottom + 0.95 * stage.label_size
        for step in range(0, len(self._labels), self._every):
            pen.write(canvas, self._labels[step], self.x(step), middle, muted, align="centre")

    def _fitting(self) -> tuple[list[Line], int]:
        """The labels below, smaller if need be, and every how many of them is shown."""
        stage = self._stage
        scales_tried = (1.0, SMALLEST) if self._banded else (1.0,)
        for scale in scales_tried:
            size = LETTERS * scale * stage.label_size
            widest = max(self.pitch - GAP * stage.label_size, WIDEST * self.box.width)
            labels = [pen.fitted(stage.fonts, one, size, widest) for one in self._steps]
            every = scales.every([one.width for one in labels], self.pitch, gap=GAP * stage.label_size)
            if every == 1:
                break
        return labels, max(every, stage.setting.interval) if stage.setting.interval else every
