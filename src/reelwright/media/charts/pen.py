"""Drawing with Skia in few words: paints, lines of text, and text that is made to fit."""

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from reelwright.loading import lazy
from reelwright.media.charts.looks import rgb
from reelwright.media.fonts import Fonts, Line

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Align = Literal["left", "right", "centre"]

SMALLEST = 0.6  # of its size, to which a text may shrink to fit
ELLIPSIS = "…"


@lru_cache(4096)
def colour(code: str, alpha: int = 255) -> int:
    """Of #RRGGBB; `alpha` 0-255."""
    return int(skia.Color(*rgb(code), alpha))


def fill(code: str, alpha: float = 1.0) -> "skia.Paint":
    return skia.Paint(AntiAlias=True, Color=colour(code, round(255 * min(1.0, max(0.0, alpha)))))


def stroke(code: str, width: float, alpha: float = 1.0) -> "skia.Paint":
    """Of round ends and corners."""
    paint = fill(code, alpha)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def write(
    canvas: "skia.Canvas",
    line: Line,
    x: float,
    middle: float,
    paint: "skia.Paint",
    *,
    align: Align = "left",
) -> None:
    """A line of text; `middle` is the height of the middle of its letters."""
    if not paint.getAlpha():
        return
    left = x - {"left": 0.0, "centre": line.width / 2, "right": line.width}[align]
    baseline = middle + (line.ascent - line.descent) / 2
    for blob, offset in line.parts:
        canvas.drawTextBlob(blob, left + offset, baseline, paint)


def fitted(fonts: Fonts, text: str, size: float, width: float, *, bold: bool = False) -> Line:
    """The text in one line of at most `width`: smaller if it must be, then cut off with an ellipsis."""
    line = fonts.line(text, size, bold=bold)
    if line.width <= width:
        return line
    small = max(SMALLEST * size, size * width / line.width)
    line = fonts.line(text, small, bold=bold)
    kept = text
    while line.width > width and kept:
        kept = kept[:-1].rstrip()
        line = fonts.line(kept + ELLIPSIS, small, bold=bold)
    return line
