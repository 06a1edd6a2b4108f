"""A chart's film: the pictures one after another, drawn into one buffer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.kernels import scales
from reelwright.kernels.tabular import Chart
from reelwright.loading import lazy
from reelwright.media.charts.columns import MOST, Columns
from reelwright.media.charts.lines import Lines
from reelwright.media.charts.looks import Setting
from reelwright.media.charts.pie import Pie
from reelwright.media.charts.race import Race
from reelwright.media.charts.stage import Stage
from reelwright.media.fonts import Fonts

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Kind = Literal["line", "bars", "pie", "race"]
Pixels = NDArray[np.uint8]

MOST_LINES = 40


class Drawing(Protocol):
    def draw(self, canvas: "skia.Canvas", time: float) -> None: ...


class Film:
    """`size` is even. A picture is valid until the next one is drawn."""

    def __init__(self, kind: Kind, data: Chart, setting: Setting, fonts: Fonts, *, fps: float) -> None:
        self.fps, self.frames = fps, max(1, round(setting.seconds * fps))
        width, height = setting.size
        self._pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        self._canvas = skia.Surface(self._pixels).getCanvas()
        _look_at(kind, data)
        self._stage = Stage(setting, fonts, figures(data))
        for text in (*data.names, *data.steps):
            fonts.require(text)
        self._drawing = _drawing(kind, self._stage, data, fps)

    def picture(self, time: float) -> Pixels:
        """uint8 [h, w, 4], RGBA, opaque, at `time` seconds."""
        self._stage.ground.paint(self._pixels, self._canvas, time)
        self._drawing.draw(self._canvas, time)
        self._stage.draw(self._canvas, time)
        return self._pixels

    def pictures(self) -> Iterator[Pixels]:
        return (self.picture(index / self.fps) for index in range(self.frames))


def figures(data: Chart) -> scales.Figures:
    """How its numbers are written: by the language of its labels."""
    words = "".join((*data.names, *data.steps, data.title))
    language = "zh" if any("\u3400" <= one <= "\u9fff" for one in words) else "en"
    there = data.values[~np.isnan(data.values)]
    return scales.Figures(language, whole=bool((there == np.round(there)).all()))


def _look_at(kind: Kind, data: Chart) -> None:
    """Raises InvalidParameter where the table has too much, or too little, for this kind of chart."""
    lines, bars = len(data.names), data.values.size
    if kind == "line" and lines > MOST_LINES:
        raise InvalidParameter(
            f"the table has {lines} lines, a line chart shows {MOST_LINES} at most: take a race, or fewer rows",
            field="kind",
        )
    if kind == "line" and len(data.steps) < 2:
        raise InvalidParameter("a line needs two points at least; take bars", field="kind")
    moves = data.is_time and lines > 1
    if kind == "bars" and not moves and bars > MOST:
        raise InvalidParameter(f"the table has {bars} bars, {MOST} can be shown: take fewer rows", field="kind")
    if kind == "bars" and moves and lines > MOST:
        raise InvalidParameter(f"the table has {lines} bars, {MOST} can be shown: take a race", field="kind")
    if kind == "race" and (len(data.steps) < 2 or lines < 2):
        raise InvalidParameter("a race needs two names and two moments at least; take bars", field="kind")
    if kind == "pie" and not (np.nan_to_num(data.values) > 0).any():
        raise InvalidParameter("a pie needs a number above zero", field="kind")


def _drawing(kind: Kind, stage: Stage, data: Chart, fps: float) -> Drawing:
    if kind == "race":
        return Race(stage, data, fps=fps)
    if kind == "line":
        return Lines(stage, data)
    return Columns(stage, data) if kind == "bars" else Pie(stage, data)
