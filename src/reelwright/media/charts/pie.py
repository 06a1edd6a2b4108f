"""A ring of shares, with name and share beside each part; it turns open, and moves through moments if there are any.

Parts keep their order and the side their label stands on, so that nothing jumps. The smallest are put together.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import easing, scales
from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.moments import Moments
from reelwright.media.charts.stage import Box, Stage
from reelwright.media.fonts import Line

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

MOST_PARTS = 10
LETTERS, WIDEST = 0.92, 0.42  # size of labels; share of the room's width that one may take
LEAST_RING = 0.27  # radius, of the room's height, below which labels are put under the ring
KEY_COLUMNS, KEY_ROW = 2, 1.7  # rows in letters' sizes
OTHERS = {"zh": "其他", "en": "Others"}
HOLE = 0.56  # of the ring's radius
APART = 1.2  # degrees between parts
OPENING = 2.2  # entrances that the ring takes to open
FADE = 0.15  # of the opening, in which a label comes
LEAD, ELBOW = 0.07, 0.12  # of the radius: from the ring to the bend of a leader, and beyond


class Pie:
    def __init__(self, stage: Stage, data: Chart) -> None:
        self._stage = stage
        self._data = _few(data, stage.figures.language)
        self._names = self._data.names
        self._moves = len(self._data.steps) > 1
        room = stage.room
        self._moments = Moments(stage, self._data, Box(0, 0, room.width, room.height)) if self._moves else None
        widest = max(self._label(index, 100.0).width for index in range(len(self._names)))
        across = (room.width / 2 - widest - stage.label_size) / (1 + LEAD + ELBOW)
        self._rows = -(-len(self._names) // KEY_COLUMNS)
        self._has_key = across < LEAST_RING * room.height
        below = self._rows * KEY_ROW * stage.label_size if self._has_key else 0.0
        free = room.height - below
        self._radius = 0.46 * min(free, room.width) if self._has_key else min(0.46 * free, across)
        self._middle = (room.left + room.width / 2, room.top + free / 2)
        shares = _shares(np.nanmean(np.nan_to_num(self._data.values), axis=0))
        self._sides = [_mid_angle(shares, index) < 180 for index in range(len(shares))]

    def _label(self, index: int, percent: float) -> Line:
        stage = self._stage
        text = f"{self._names[index]}  {percent:.1f}%"
        return pen.fitted(stage.fonts, text, LETTERS * stage.label_size, WIDEST * stage.room.width)

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        stage = self._stage
        if stage.shown(time) <= 0:
            return
        values = self._moments.values(stage.moved(time)) if self._moments else self._data.values[0]
        shares = _shares(np.nan_to_num(values))
        opened = easing.cubic_in_out(easing.passed(time, stage.setting.chart_at, OPENING * stage.setting.entrance))
        self._draw_parts(canvas, shares, opened)
        self._draw_centre(canvas, time, float(np.nansum(values)))
        if self._has_key:
            self._draw_key(canvas, shares, opened)
            return
        for side in (True, False):
            self._draw_labels(canvas, shares, opened, right=side)

    def _draw_parts(self, canvas: "skia.Canvas", shares: NDArray[np.float64], opened: float) -> None:
        x, y = self._middle
        outer, start = self._radius, -90.0
        thick = (1 - HOLE) * outer
        ring = (outer + HOLE * outer) / 2
        box = skia.Rect.MakeLTRB(x - ring, y - ring, x + ring, y + ring)
        for index, share in enumerate(shares):
            sweep = 360 * share * opened
            gap = min(APART, sweep / 3) if len(shares) > 1 else 0.0
            if sweep > 0:
                paint = pen.stroke(self._stage.colour(index), thick)
                paint.setStrokeCap(skia.Paint.kButt_Cap)
                if self._stage.setting.style.glow:
                    halo = pen.stroke(self._stage.colour(index), thick * 1.08, 0.25)
                    halo.setStrokeCap(skia.Paint.kButt_Cap)
                    canvas.drawArc(box, start + gap / 2, sweep - gap, False, halo)
                canvas.drawArc(box, start + gap / 2, sweep - gap, False, paint)
            start += sweep

    def _draw_centre(self, canvas: "skia.Canvas", time: float, total: float) -> None:
        """The moment, or the sum of all parts."""
        stage = self._stage
        if self._moves:
            text = self._data.steps[int(stage.moved(time) * (len(self._data.steps) - 1) + 1e-9)]
        else:
            text = stage.figures.of(total * easing.cubic_out(stage.shown(time)))
        line = pen.fitted(stage.fonts, text, 2.2 * stage.label_size, 1.5 * HOLE * self._radius, bold=True)
        pen.write(canvas, line, *self._middle, pen.fill(stage.ground.text, stage.shown(time)), align="centre")

    def _draw_labels(self, canvas: "skia.Canvas", shares: NDArray[np.float64], opened: float, *, right: bool) -> None:
        """Those of one side, moved apart; each with a line to its part."""
        stage = self._stage
        parts = [index for index, side in enumerate(self._sides) if side == right and shares[index] > 0]
        if not parts:
            return
        x, y = self._middle
        points = [_on_ring(_mid_angle(shares, index), self._radius * (1 + LEAD)) for index in parts]
        labels = [self._label(index, 100 * shares[index]) for index in parts]
        room = stage.room
        heights = [0.95 * label.height for label in labels]
        middles = scales.spread([y + dy for _, dy in points], heights, room.top, room.bottom)
        sign = 1 if right else -1
        end = x + sign * self._radius * (1 + LEAD + ELBOW)
        thin = max(1.0, stage.unit_size / 600)
        for index, (dx, dy), label, middle in zip(parts, points, labels, middles, strict=True):
            alpha = easing.passed(opened, (1 - FADE) * _mid_angle(shares, index) / 360, FADE)
            edge = _on_ring(_mid_angle(shares, index), self._radius * 1.01)
            leader = skia.Path()
            leader.moveTo(x + edge[0], y + edge[1])
            leader.lineTo(x + dx, y + dy)
            leader.lineTo(end, float(middle))
            canvas.drawPath(leader, pen.stroke(stage.colour(index), thin, 0.8 * alpha))
            at = end + sign * 0.35 * stage.label_size
            paint = pen.fill(stage.ground.text, alpha)
            pen.write(canvas, label, at, float(middle), paint, align="left" if right else "right")

    def _draw_key(self, canvas: "skia.Canvas", shares: NDArray[np.float64], opened: float) -> None:
        """Where there is no room beside the ring: names and shares in two columns below it."""
        stage = self._stage
        size, room = stage.label_size, stage.room
        top = room.bottom - self._rows * KEY_ROW * size
        for index, share in enumerate(shares):
            x = room.left + (index // self._rows) * room.width / KEY_COLUMNS + 0.3 * size
            middle = top + (index % self._rows + 0.5) * KEY_ROW * size
            alpha = easing.passed(opened, (1 - FADE) * index / len(shares), FADE)
            mark = skia.Rect.MakeXYWH(x, middle - 0.35 * size, 0.7 * size, 0.7 * size)
            canvas.drawRoundRect(mark, 0.15 * size, 0.15 * size, pen.fill(stage.colour(index), alpha))
            pen.write(canvas, self._label(index, 100 * share), x + size, middle, pen.fill(stage.ground.text, alpha))


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the whole, 0-1; what is below zero has no share."""
    positive = np.maximum(values, 0)
    return positive / max(1e-12, float(positive.sum()))


def _mid_angle(shares: NDArray[np.float64], index: int) -> float:
    """Degrees from the top, clockwise, of the middle of a part."""
    return 360 * float(shares[:index].sum() + shares[index] / 2)


def _on_ring(angle: float, radius: float) -> tuple[float, float]:
    return radius * math.sin(math.radians(angle)), -radius * math.cos(math.radians(angle))


def _few(data: Chart, language: str) -> Chart:
    """Parts in order of size, the smallest put together; the slices are names, or steps where there is one name."""
    if not (data.is_time and len(data.names) > 1):
        data = Chart(("",), data.steps, data.values[:, :1].T, False, data.title)
    order = np.argsort(-np.nanmean(np.nan_to_num(data.values), axis=0), kind="stable")
    names, values = [data.names[index] for index in order], data.values[:, order]
    if len(names) > MOST_PARTS:
        kept = MOST_PARTS - 1
        names = [*names[:kept], OTHERS[language]]
        values = np.concatenate([values[:, :kept], np.nansum(values[:, kept:], axis=1, keepdims=True)], axis=1)
    return Chart(data.steps, tuple(names), values, data.is_time, data.title)
