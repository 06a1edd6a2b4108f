"""The parts that all charts share: title and small texts, and the room that is left for the chart itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.errors import InvalidParameter
from reelwright.kernels import easing, scales
from reelwright.loading import lazy
from reelwright.media.charts import pen
from reelwright.media.charts.ground import Ground
from reelwright.media.charts.looks import Setting, Words
from reelwright.media.fonts import Fonts, Line, with_fonts

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

MARGIN = 0.055  # of the shorter side
TITLE, SUBTITLE, SMALL, LABEL = 0.062, 0.034, 0.026, 0.030  # letters, of the height; in portrait of a 4:5 part of it
LEAST_ROOM = 0.3  # of the height, for the chart
SLIDE = 0.025  # of the height, that a title rises as it comes in


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class _Placed:
    line: Line
    x: float
    middle: float
    align: pen.Align
    colour: str
    at: float
    """When it comes in."""


class Stage:
    """Knows the fonts, sizes and colours of one chart. `room` is what the chart may fill."""

    def __init__(self, setting: Setting, fonts: Fonts, figures: scales.Figures) -> None:
        self.setting, self.fonts, self.figures = setting, fonts, figures
        self.ground = Ground(setting)
        width, height = setting.size
        self.unit_size = min(height, 1.25 * width)
        """What sizes of letters are shares of."""
        self.margin = MARGIN * min(width, height)
        self.label_size = LABEL * self.unit_size
        self._texts: list[_Placed] = []
        self.room = self._set_out()

    def colour(self, index: int) -> str:
        palette = self.setting.style.palette
        return palette[index % len(palette)]

    def label(self, text: str, *, scale: float = 1.0, bold: bool = False) -> Line:
        return self.fonts.line(text, self.label_size * scale, bold=bold)

    def entered(self, time: float, delay: float = 0.0) -> float:
        """How far something that comes `delay` seconds after the chart's start has come in; may pass 1 a little."""
        setting = self.setting
        share = easing.passed(time, setting.chart_at + delay, setting.entrance)
        return setting.style.enters(share)

    def shown(self, time: float, delay: float = 0.0) -> float:
        """The same for fading in, 0 to 1."""
        return easing.passed(time, self.setting.chart_at + delay, self.setting.entrance)

    def moved(self, time: float) -> float:
        """Share of the way that the numbers have moved."""
        start, end = self.setting.moving
        return easing.passed(time, start, end - start)

    def draw(self, canvas: "skia.Canvas", time: float) -> None:
        """Title, subtitle, unit and source."""
        for one in self._texts:
            share = easing.cubic_out(easing.passed(time, one.at, self.setting.entrance))
            rise = (1 - share) * SLIDE * self.setting.size[1]
            pen.write(canvas, one.line, one.x, one.middle + rise, pen.fill(one.colour, share), align=one.align)

    def _set_out(self) -> Box:
        """Places the texts from the top and the bottom; the rest is the chart's."""
        setting = self.setting
        width, height = setting.size
        top = self.margin
        for words, share, bold, delay in (
            (setting.title, TITLE, True, 0.0),
            (setting.subtitle, SUBTITLE, False, 0.25),
        ):
            if words.text:
                line = self._line(words, share, width - 2 * self.margin, bold=bold)
                x, align = self._beginning()
                colour = words.colour or (self.ground.text if bold else self.ground.muted)
                self._texts.append(_Placed(line, x, top + line.height / 2, align, colour, setting.title_at + delay))
                top += line.height * (1.12 if bold else 1.2)
        if setting.unit.text:
            line = self._line(setting.unit, SMALL, width / 2)
            colour = setting.unit.colour or self.ground.muted
            place = _Placed(line, width - self.margin, top + line.height / 2, "right", colour, setting.chart_at)
            self._texts.append(place)
            top += line.height * 1.15
        bottom = height - self.margin
        if setting.source.text:
            line = self._line(setting.source, SMALL, width - 2 * self.margin)
            colour = setting.source.colour or self.ground.muted
            place = _Placed(line, self.margin, bottom - line.height / 2, "left", colour, setting.chart_at)
            self._texts.append(place)
            bottom -= line.height * 1.25
        room = Box(self.margin, top + 0.35 * self.margin, width - self.margin, bottom)
        if room.height < LEAST_ROOM * height:
            raise InvalidParameter(
                f"title, subtitle, unit and source leave no room for the chart in {width}x{height}; make the letters "
                "smaller, or the film larger",
                field="title_look",
            )
        return room

    def _beginning(self) -> tuple[float, pen.Align]:
        width = self.setting.size[0]
        return (width / 2, "centre") if self.setting.style.centred else (self.margin, "left")

    def _line(self, words: Words, share: float, width: float, *, bold: bool = False) -> Line:
        fonts = with_fonts(self.fonts, words.font)
        fonts.require(words.text)
        return pen.fitted(fonts, words.text, words.size or share * self.unit_size, width, bold=bold)
