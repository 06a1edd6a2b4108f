"""Upright bars, one group a step; or, where there are too many, one group that moves through the steps."""

from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels import easing, scales
from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.axes import Axes
from reelwright.media.charts.moments import Moments
from reelwright.media.charts.stage import Box, Stage

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

STILL = 40  # bars that are shown at once; more, where the steps are moments, move
MOST = 200
FILLED = 0.68  # of a band, by its bars
STAGGER = 0.6  # of the entrance, from the first bar's beginning to the last one's
LEGEND = 1.6  # letters' sizes


class Columns:
    def __init__(self, stage: Stage, data: Chart) -> None:
        self._stage, self._data = stage, data
        self.moves = data.is_time and data.values.size > STILL and len(data.names) > 1
        bands = data.names if self.moves else data.steps
        self._series = () if self.moves else data.names
        room = stage.room
        self._has_legend = len(self._series) > 1
        if self._has_legend:
            room = Box(room.left, room.top + LEGEND * stage.label_size, room.right, room.bottom)
        self._legend_y = stage.room.top + 0.5 * stage.label_size
        low, high = min(0.0, float(np.nanmin(data.values))), max(0.0, float(np.nanmax(data.values)))
        self._moments = Moments(stage, data, room) if self.moves else None
        self._axes = Axes(stage, room, scales.ticks(low, high), bands, banded=True)
        if self._moments and self._reach_moment(self._moments):
            room = Box(room.left, room.top + self._moments.height, room.right, room.bottom)
            self._axes = Axes(stage, room, scales.ticks(low, high), bands, banded=True)

    def _reach_moment(self, moments: Moments) -> bool:
        """Whether a bar below the moment's name is ever so high that its figure would stand on it."""
        room = self._stage.room
        below = [self._axes.x(band + 1) > room.right - moments.width for band in range(len(self._data.names))]
        highest = np.nanmax(np.nan_to_num(self._data.values[:, below]), initial=0.0)
        return self._axes.y(float(highest)) - 1.5 * self._stage.label_size < room.top + moments.height

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        self._axes.draw(canvas, time)
        if self._has_legend:
            self._draw_legend(canvas, time)
        if self._moments:
            values = self._moments.values(self._stage.moved(time))[:, None]
            self._moments.draw(canvas, time)
        else:
            values = self._data.values
        many = values.shape[1]
        width = FILLED * self._axes.pitch / many
        shows_figures = self._figures_fit(values, width)
        for band in range(values.shape[0]):
            for number in range(many):
                value = values[band, number]
                if not np.isnan(value):
                    index = band if many == 1 and self.moves else number
                    delay = STAGGER * self._stage.setting.entrance * 2 * band / max(1, values.shape[0] - 1)
                    left = self._axes.x(band) + (number - many / 2) * width
                    self._draw_bar(canvas, time, delay, left, width, float(value), index, shows_figures)

    def _draw_bar(
        self,
        canvas: "skia.Canvas",
        time: float,
        delay: float,
        left: float,
        width: float,
        value: float,
        index: int,
        shows_figure: bool,
    ) -> None:
        stage = self._stage
        share = stage.entered(time, delay)
        if share <= 0:
            return
        y, base = self._axes.y(value * share), self._axes.y(0.0)
        inner = width * 0.94
        colour = stage.colour(index)
        box = skia.Rect.MakeLTRB(left, min(y, base), left + inner, max(y, base))
        corner = min(stage.setting.style.radius * inner / 2, box.height() / 2, 0.03 * stage.unit_size)
        up = value >= 0
        rounded = skia.RRect()
        corners = [corner, corner, 0, 0] if up else [0, 0, corner, corner]
        rounded.setRectRadii(box, [skia.Point(one, one) for one in corners])
        if stage.setting.style.glow:
            canvas.drawRRect(rounded, pen.stroke(colour, 0.008 * stage.unit_size, 0.25))
        canvas.drawRRect(rounded, pen.fill(colour))
        if shows_figure:
            figure = stage.label(stage.figures.of(value * min(1.0, share)), scale=0.85)
            middle = y - 0.6 * stage.label_size if up else y + 0.6 * stage.label_size
            paint = pen.fill(stage.ground.text, min(1.0, share))
            pen.write(canvas, figure, left + inner / 2, middle, paint, align="centre")

    def _figures_fit(self, values: "np.ndarray", width: float) -> bool:
        """Whether no figure over a bar is wider than the bar's place."""
        stage = self._stage
        place = width if values.shape[1] > 1 else self._axes.pitch
        widest = max(stage.label(stage.figures.of(float(one)), scale=0.85).width for one in values[~np.isnan(values)])
        return widest + 0.2 * stage.label_size <= place

    def _draw_legend(self, canvas: "skia.Canvas", time: float) -> None:
        """Names of the series with their colours, in one line; those that find no room any more are left out."""
        stage = self._stage
        alpha = easing.cubic_out(stage.shown(time))
        x, size = self._axes.box.left, stage.label_size
        for index, name in enumerate(self._series):
            label = stage.label(name, scale=0.9)
            if x + label.width + 0.9 * size > stage.room.right:
                break
            mark = skia.Rect.MakeXYWH(x, self._legend_y - 0.3 * size, 0.6 * size, 0.6 * size)
            canvas.drawRoundRect(mark, 0.15 * size, 0.15 * size, pen.fill(stage.colour(index), alpha))
            pen.write(canvas, label, x + 0.9 * size, self._legend_y, pen.fill(stage.ground.text, alpha))
            x += label.width + 2.2 * size
