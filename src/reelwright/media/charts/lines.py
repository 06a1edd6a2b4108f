"""A line chart: lines run from left to right, each with its name and number at its head."""

from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels import easing, scales
from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.axes import Axes
from reelwright.media.charts.stage import Box, Stage
from reelwright.media.fonts import Line

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

THICK = 0.0055  # of the height
HEAD = 1.7  # radius of the dot at the head, in thicknesses
GAP = 0.9  # of a letter's size, between head and label
WIDEST, NAME = 0.32, 0.2  # of the room's width, at most, for a label; for the name in a long one
TIGHT = 0.86  # of a line's height: from label to label
FROM_ZERO = 0.5  # share of the greatest value below which the least one must be for the axis to begin at zero


class Lines:
    def __init__(self, stage: Stage, data: Chart) -> None:
        self._stage, self._data = stage, data
        # Labels of many lines are smaller, so that they can stand one below the other.
        self._letters = min(0.9, stage.room.height / (len(data.names) * 1.55 * stage.label_size))
        low, high = float(np.nanmin(data.values)), float(np.nanmax(data.values))
        low = min(0.0, low) if low < FROM_ZERO * high else low
        room = stage.room
        widest = max(self._label(index, high).width for index in range(len(data.names)))
        room = Box(room.left, room.top, room.right - widest - GAP * 2 * stage.label_size, room.bottom)
        self._axes = Axes(stage, room, scales.ticks(low, high), data.steps)
        self._paths = [self._path(index) for index in range(len(data.names))]
        self._thick = max(2.0, THICK * stage.unit_size)

    def _label(self, index: int, value: float) -> Line:
        stage, name = self._stage, self._data.names[index]
        figure = stage.figures.of(value)
        text = figure if len(self._data.names) == 1 else f"{name}  {figure}"
        size = self._letters * stage.label_size
        if stage.fonts.line(text, size, bold=True).width > WIDEST * stage.room.width:
            # The name gives way, the figure does not.
            name = pen.fitted(stage.fonts, name, size, NAME * stage.room.width, bold=True).text
            text = f"{name}  {figure}"
        return stage.fonts.line(text, size, bold=True)

    def _path(self, index: int) -> "skia.Path":
        """The whole line; a missing value is a gap."""
        path, is_open = skia.Path(), False
        for step, value in enumerate(self._data.values[:, index]):
            if np.isnan(value):
                is_open = False
                continue
            x, y = self._axes.x(step), self._axes.y(float(value))
            (path.lineTo if is_open else path.moveTo)(x, y)
            is_open = True
        return path

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        stage = self._stage
        self._axes.draw(canvas, time)
        if stage.shown(time) <= 0:
            return
        last = len(self._data.steps) - 1
        at = easing.linear(stage.moved(time)) * last
        head = self._axes.x(at)
        canvas.save()
        box = self._axes.box
        reach = 2 * self._thick
        canvas.clipRect(skia.Rect.MakeLTRB(box.left - reach, box.top - 4 * reach, head, box.bottom + 2 * reach))
        for index, path in enumerate(self._paths):
            colour = stage.colour(index)
            if len(self._paths) == 1:
                self._fill_below(canvas, path, head, colour)
            if stage.setting.style.glow:
                canvas.drawPath(path, pen.stroke(colour, 3 * self._thick, 0.22))
            canvas.drawPath(path, pen.stroke(colour, self._thick))
        canvas.restore()
        self._draw_heads(canvas, time, at, head)

    def _fill_below(self, canvas: "skia.Canvas", path: "skia.Path", head: float, colour: str) -> None:
        box = self._axes.box
        area = skia.Path(path)
        end = path.getBounds()
        area.lineTo(end.right(), box.bottom)
        area.lineTo(end.left(), box.bottom)
        area.close()
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, box.top), skia.Point(0, box.bottom)], [pen.colour(colour, 90), pen.colour(colour, 8)]
        )
        canvas.drawPath(area, skia.Paint(AntiAlias=True, Shader=shader))

    def _draw_heads(self, canvas: "skia.Canvas", time: float, at: float, head: float) -> None:
        """The dots, and beside each its name and number, moved apart where they would touch."""
        stage = self._stage
        alpha = stage.shown(time)
        found = [
            (index, value) for index in range(len(self._data.names)) if (value := self._value(index, at)) is not None
        ]
        if not found:
            return
        labels = [self._label(index, value) for index, value in found]
        wanted = [self._axes.y(value) for _, value in found]
        box = self._axes.box
        heights = [TIGHT * label.height for label in labels]
        middles = scales.spread(wanted, heights, box.top - stage.label_size, box.bottom + 0.2 * stage.label_size)
        thin = max(1.0, stage.unit_size / 720)
        left = head + GAP * stage.label_size
        for (index, _), label, y, middle in zip(found, labels, wanted, map(float, middles), strict=True):
            colour = stage.colour(index)
            if abs(middle - y) > label.height / 2:
                canvas.drawLine(head, y, left - 0.1 * stage.label_size, middle, pen.stroke(colour, thin, 0.5 * alpha))
            canvas.drawCircle(head, y, HEAD * self._thick, pen.fill(colour, alpha))
            canvas.drawCircle(head, y, 0.7 * self._thick, pen.fill("#FFFFFF", alpha))
            pen.write(canvas, label, left, middle, pen.fill(colour, alpha))

    def _value(self, index: int, at: float) -> float | None:
        """Of a line where the head is; None where nothing is known."""
        values = self._data.values[:, index]
        before, after = int(at), min(int(at) + 1, len(values) - 1)
        value = values[before] + (values[after] - values[before]) * (at - before)
        return None if np.isnan(value) else float(value)
