"""A bar race: bars in order of length, which change places as the moments pass.

Places are worked out for every frame before the first is drawn: the rank of each name, smoothed over half a second, so
that a bar glides past another. While two pass, the label of the one behind fades, so that no words lie over others.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import easing, scales
from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.moments import Moments, known
from reelwright.media.charts.stage import Stage
from reelwright.media.fonts import Line

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

GLIDE = 0.5  # seconds over which ranks are smoothed
FILLED = 0.74  # of a row, by its bar
NAMES = 0.30  # of the room, at most, for the names
CLEAR, TOUCHING = (
    1.15,
    0.95,
)  # distances of two labels, in heights: from the first both are seen, at the second one only
MOST_TICKS = 5
SEEN = 4  # times as many names run as bars are shown
EDGE = 0.12  # of a row, over which a label goes at the lower edge
AXIS = 1.3  # letters' sizes above the bars, for the numbers of the grid


class Race:
    def __init__(self, stage: Stage, data: Chart, *, fps: float) -> None:
        data = _contenders(data, SEEN * stage.setting.top)
        self._stage, self._data, self._fps = stage, data, fps
        self._values, self._places = _course(stage, data, fps)
        self._rows = min(stage.setting.top, len(data.names))
        room = stage.room
        row = (room.height - AXIS * stage.label_size) / self._rows
        self._row = row
        self._letters = min(1.0, 0.5 * row / stage.label_size)
        self._names = [self._name(one) for one in data.names]
        figure = stage.label(stage.figures.of(float(np.nanmax(data.values))), scale=self._letters, bold=True)
        self._left = room.left + max(one.width for one in self._names) + 0.6 * stage.label_size
        self._right = room.right - figure.width - 1.2 * stage.label_size
        self._top = room.top + AXIS * stage.label_size
        self._moments = Moments(stage, data, room, low=True)
        if self._reaches_moment(figure.width):
            self._right -= self._moments.width + stage.label_size
        self._order = np.argsort(-np.nanmean(np.nan_to_num(data.values), axis=0), kind="stable")
        # By size, so that the bars that are seen most have different ones.
        self._colours = {int(index): stage.colour(rank) for rank, index in enumerate(self._order)}

    def _reaches_moment(self, figure: float) -> bool:
        """Whether a low bar is ever so long that its figure would stand on the moment's name."""
        longest = np.maximum(1e-12, np.nanmax(self._values, axis=1, keepdims=True))
        ends = self._left + self._values / longest * (self._right - self._left) + figure + self._stage.label_size
        rows = self._moments.height / self._row + 1
        is_low = (self._places > self._rows - rows) & (self._places < self._rows)
        return bool((is_low & (ends > self._stage.room.right - self._moments.width)).any())

    def _name(self, name: str) -> Line:
        stage = self._stage
        return pen.fitted(stage.fonts, name, self._letters * stage.label_size, NAMES * stage.room.width)

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        stage = self._stage
        if stage.shown(time) <= 0:
            return
        frame = min(len(self._values) - 1, max(0, round((time - stage.setting.chart_at) * self._fps)))
        values, places = self._values[frame], self._places[frame]
        longest = max(1e-12, float(np.nanmax(values)))
        self._moments.draw(canvas, time)
        self._draw_grid(canvas, time, longest)
        canvas.save()
        room = stage.room
        canvas.clipRect(
            skia.Rect.MakeLTRB(0, room.top - self._row, stage.setting.size[0], self._top + self._rows * self._row)
        )
        shown = [index for index in self._order if not np.isnan(values[index]) and places[index] < self._rows]
        alphas = self._label_alphas(shown, values, places)
        # The shorter first: who overtakes passes in front.
        for index in sorted(shown, key=lambda one: values[one]):
            self._draw_bar(canvas, time, int(index), float(values[index]), float(places[index]), longest, alphas[index])
        canvas.restore()

    def _draw_bar(
        self, canvas: "skia.Canvas", time: float, index: int, value: float, place: float, longest: float, alpha: float
    ) -> None:
        stage = self._stage
        share = stage.entered(time, 0.5 * stage.setting.entrance * place / self._rows)
        if share <= 0:
            return
        thick = FILLED * self._row
        middle = self._top + (place + 0.5) * self._row
        leaving = min(1.0, max(0.0, self._rows - place))
        end = self._left + max(0.0, value / longest) * (self._right - self._left) * share
        colour = self._colours[index]
        bar = skia.Rect.MakeLTRB(self._left, middle - thick / 2, max(self._left + 1, end), middle + thick / 2)
        corner = min(stage.setting.style.radius * thick / 2, bar.width() / 2)
        if stage.setting.style.glow:
            canvas.drawRoundRect(bar, corner, corner, pen.stroke(colour, 0.008 * stage.unit_size, 0.25 * leaving))
        canvas.drawRoundRect(bar, corner, corner, pen.fill(colour, leaving))
        # A label goes before the edge would cut it.
        alpha *= easing.passed(self._rows - 0.5 - self._names[index].height / 2 / self._row, place, EDGE) * min(
            1.0, share
        )
        size = stage.label_size
        pen.write(
            canvas,
            self._names[index],
            self._left - 0.4 * size,
            middle,
            pen.fill(stage.ground.text, alpha),
            align="right",
        )
        figure = stage.label(stage.figures.of(value), scale=self._letters, bold=True)
        pen.write(canvas, figure, max(self._left, end) + 0.4 * size, middle, pen.fill(stage.ground.text, alpha))

    def _label_alphas(
        self, shown: list[int], values: NDArray[np.float64], places: NDArray[np.float64]
    ) -> dict[int, float]:
        """How strongly each label is drawn: the longer bar's wholly, that of one behind less the nearer it is."""
        height = self._names[0].height / self._row if self._names else 1.0
        alphas: dict[int, float] = {}
        for index in sorted(shown, key=lambda one: -values[one]):
            near = min((abs(places[index] - places[one]) for one in alphas if alphas[one] > 0), default=9.0)
            alphas[index] = easing.passed(near / height, TOUCHING, CLEAR - TOUCHING)
        return alphas

    def _draw_grid(self, canvas: "skia.Canvas", time: float, longest: float) -> None:
        stage = self._stage
        alpha = easing.cubic_out(stage.shown(time))
        at = self._ticks(longest)
        line, muted = pen.stroke(stage.ground.grid, max(1.0, stage.unit_size / 720), alpha), stage.ground.muted
        for tick, text in zip(at, stage.figures.ticks(at), strict=True):
            x = self._left + tick / longest * (self._right - self._left)
            if x <= stage.room.right - stage.label_size:
                canvas.drawLine(x, self._top, x, self._top + self._rows * self._row, line)
                label = stage.label(text, scale=0.8)
                pen.write(
                    canvas, label, x, stage.room.top + 0.4 * stage.label_size, pen.fill(muted, alpha), align="centre"
                )

    def _ticks(self, longest: float) -> list[float]:
        """Those of the grid: as many as stand beside each other without touching."""
        stage = self._stage
        for most in range(MOST_TICKS, 2, -1):
            at = scales.ticks(0, longest, most=most)
            widest = max(stage.label(text, scale=0.8).width for text in stage.figures.ticks(at))
            if at[1] / longest * (self._right - self._left) > widest + 0.8 * stage.label_size:
                return at
        return [0.0]


def _contenders(data: Chart, most: int) -> Chart:
    """Without the names that are never near the top: a place for each of them in every frame would take much memory."""
    if len(data.names) <= most:
        return data
    ranks = np.argsort(np.argsort(-np.nan_to_num(data.values, nan=-np.inf), axis=1, kind="stable"), axis=1)
    kept = np.sort(np.argsort(ranks.min(axis=0), kind="stable")[:most])
    return replace(data, names=tuple(data.names[index] for index in kept), values=data.values[:, kept])


def _course(stage: Stage, data: Chart, fps: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values and places float64 [frames, names] of every frame from the chart's start on."""
    setting = stage.setting
    count = max(1, round((setting.seconds - setting.chart_at) * fps) + 1)
    start, end = (one - setting.chart_at for one in setting.moving)
    moved = np.clip((np.arange(count) / fps - start) / max(1e-9, end - start), 0, 1)
    at = moved * (len(data.steps) - 1)
    before = at.astype(int)
    after = np.minimum(before + 1, len(data.steps) - 1)
    whole = known(data.values)
    values = whole[before] + (whole[after] - whole[before]) * (at - before)[:, None]
    ranks = np.argsort(np.argsort(-np.nan_to_num(values, nan=-np.inf), axis=1, kind="stable"), axis=1).astype(float)
    return values, _smoothed(ranks, round(GLIDE * fps))


def _smoothed(ranks: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Each column under a Hann window of `length` frames; the ends are held."""
    window = np.hanning(length + 2)[1:-1]
    window /= window.sum()
    before, after = (length - 1) // 2, length - 1 - (length - 1) // 2
    padded = np.pad(ranks, ((before, after), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, window, mode="valid") for column in padded.T], axis=1)
