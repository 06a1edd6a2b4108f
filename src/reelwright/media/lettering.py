"""Words on pictures: laid out in lines, outlined, perhaps in a box, drawn once and laid over any number of frames.

Drawn with Skia by the fonts of `media.fonts`, which never draw a box for a letter that is missing. A `Lettering` gives
a `Layer` for each text: luma and chroma with their shares, ready to be laid on the planes of a 4:2:0 frame, so that
only the pixels under the words are touched, in 8 bits or in 10. The outline is drawn around each letter as a stroke
with round corners.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import line_breaking
from reelwright.loading import lazy
from reelwright.media import planes
from reelwright.media.fonts import Fonts, Line
from reelwright.media.subtitles import Cue

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Rgb = tuple[int, int, int]
Picture = NDArray[np.uint8]

PADDING = 0.25  # of a letter's size, around the words in a box
LEADING = 0.12  # of a letter's size, between two lines
SMALLEST = 10.0  # px of a letter
SMALLER = 0.9  # so much smaller at a time where a text does not fit into its part of the picture
MOST_HEIGHT = 0.35  # of the picture, that a text may fill
KEPT = 64  # texts whose layers are kept
ALPHA_LEVELS = 255
NEARLY = 1e-6  # s


@dataclass(frozen=True, slots=True)
class Style:
    """How words look. Lengths are shares of the picture's height, `width` one of its width."""

    size: float = 0.055
    colour: Rgb = (255, 255, 255)
    outline: float = 0.0045
    outline_colour: Rgb = (0, 0, 0)
    box: Rgb | None = None
    box_opacity: float = 0.6
    bold: bool = False
    bottom: float = 0.06
    """Below the last line."""
    width: float = 0.88


def rgb(colour: str) -> Rgb:
    """A colour that is written `#RRGGBB`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Words to be laid on a frame at (x, y), even luma pixels: planes of uint8, and their shares, 0 to 1."""

    x: int
    y: int
    samples: Sequence[Picture]
    shares: Sequence[NDArray[np.float32]]
    lines: tuple[str, ...] = ()

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels."""
        height, width = self.shares[0].shape
        return self.x, self.y, self.x + width, self.y + height

    def put_on(self, picture: Sequence[NDArray[Any]]) -> None:
        """Lay the words on the planes of a frame: Y, U and V of uint8, or of 10 bits in uint16. In place."""
        for plane, new, share, part in zip(picture, self.samples, self.shares, (1, 2, 2), strict=True):
            height, width = new.shape
            rows, columns = (
                slice(self.y // part, self.y // part + height),
                slice(self.x // part, self.x // part + width),
            )
            under = plane[rows, columns]
            scale = 1 if plane.dtype == np.uint8 else 4
            mixed = under + share * (new.astype(np.float32) * scale - under)
            under[...] = np.rint(mixed).astype(plane.dtype)


@dataclass(frozen=True, slots=True)
class LineBox:
    """A line of a layer: its left upper corner, width and height in the picture, and the size of its letters, px."""

    text: str
    x: float
    y: float
    width: float
    height: float
    letter: float


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a text stands: its lines, and the layer they are drawn on."""

    lines: tuple[Line, ...]
    letter: float
    width: int
    height: int
    left: int
    top: int
    aside: float


@dataclass(slots=True)
class Lettering:
    """Lays out and draws texts for pictures of one size, (width, height). `matrix`, `span`: as in `planes.from_rgb`."""

    fonts: Fonts
    size: tuple[int, int]
    style: Style = Style()
    matrix: int = 1
    span: int = 1
    _kept: dict[str, Layer | None] = field(default_factory=dict)

    def require(self, texts: Sequence[str]) -> None:
        """Raises ModelNotInstalled if a letter of any of them can be drawn by no font."""
        self.fonts.require("".join(texts).replace("\n", ""))

    def layer(self, text: str) -> Layer | None:
        """The words at the bottom of the picture, in the middle; None if there is nothing to draw."""
        if text not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[text] = self._drawn(text)
        return self._kept[text]

    def lines(self, text: str) -> tuple[list[str], float]:
        """The lines of a text, and the size of their letters in pixels: smaller, if there are too many of them."""
        height = self.size[1]
        size = max(SMALLEST, self.style.size * height)
        while True:
            found = line_breaking.broken(text, partial(self._width, size=size), self._room(size))
            tall = sum(self._line(line, size).height for line in found)
            if size <= SMALLEST or tall <= MOST_HEIGHT * height:
                return found, size
            size = max(SMALLEST, size * SMALLER)

    def _room(self, size: float) -> float:
        aside = PADDING * size if self.style.box else self.style.outline * self.size[1]
        return self.style.width * self.size[0] - 2 * aside

    def _width(self, text: str, size: float) -> float:
        return self._line(text, size).width

    def _line(self, text: str, size: float) -> Line:
        return self.fonts.line(text, size, bold=self.style.bold)

    def boxes(self, text: str) -> list[LineBox]:
        """Where the lines of `layer(text)` stand in the picture."""
        found = self._set(text)
        boxes, y = list[LineBox](), found.top + found.aside
        for line in found.lines:
            x = found.left + (found.width - line.width) / 2
            boxes.append(LineBox(line.text, x, y, line.width, line.height, found.letter))
            y += line.height + LEADING * found.letter
        return boxes

    def width(self, text: str, letter: float) -> float:
        """Of a text in one line, px; `letter` as in `LineBox`."""
        return self._width(text, letter)

    def picture(self, text: str) -> tuple[Picture, int, int] | None:
        """The words as uint8 [h, w, 4], RGBA, and where their left upper corner stands; None without any."""
        found = self._set(text)
        return (self._rgba(found), found.left, found.top) if found.lines else None

    def _rgba(self, found: _Setting) -> Picture:
        outline, gap = self.style.outline * self.size[1], LEADING * found.letter
        return self._painted(found.lines, found.width, found.height, outline, gap, found.aside)

    def _set(self, text: str) -> _Setting:
        lines, size = self.lines(text)
        laid = tuple(self._line(line, size) for line in lines)
        outline, gap = self.style.outline * self.size[1], LEADING * size
        aside = max(outline, PADDING * size if self.style.box else 0.0) + 2
        wide = max((one.width for one in laid), default=0.0) + 2 * aside
        tall = sum(one.height for one in laid) + gap * (len(laid) - 1) + 2 * aside
        width, height = (min(most, int(long) + 2) & ~1 for most, long in zip(self.size, (wide, tall), strict=True))
        left = (self.size[0] - width) // 4 * 2
        top = max(0, int((1 - self.style.bottom) * self.size[1] - height + aside)) & ~1
        return _Setting(laid, size, width, height, left, min(top, (self.size[1] - height) & ~1), aside)

    def _drawn(self, text: str) -> Layer | None:
        found = self._set(text)
        if not found.lines:
            return None
        lines = tuple(one.text for one in found.lines)
        return _layer(self._rgba(found), found.left, found.top, lines, self.matrix, self.span)

    def _painted(
        self, lines: Sequence[Line], width: int, height: int, outline: float, gap: float, aside: float
    ) -> Picture:
        """uint8 [height, width, 4], RGB not multiplied by alpha."""
        rgba = np.zeros((height, width, 4), np.uint8)
        surface = skia.Surface(rgba, colorType=skia.kRGBA_8888_ColorType)
        canvas, style = surface.getCanvas(), self.style
        if style.box is not None:
            paint = skia.Paint(Color=skia.Color(*style.box, round(style.box_opacity * ALPHA_LEVELS)), AntiAlias=True)
            canvas.drawRoundRect(skia.Rect(0, 0, width, height), aside / 2, aside / 2, paint)
        around = skia.Paint(
            Color=skia.Color(*style.outline_colour),
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=2 * outline,
            StrokeJoin=skia.Paint.kRound_Join,
        )
        inside = skia.Paint(Color=skia.Color(*style.colour), AntiAlias=True)
        for paint in (around, inside) if outline > 0 else (inside,):
            y = aside
            for line in lines:
                x = (width - line.width) / 2
                for blob, offset in line.parts:
                    canvas.drawTextBlob(blob, x + offset, y + line.ascent, paint)
                y += line.height + gap
        surface.flushAndSubmit()
        return _unmultiplied(rgba)


def laid(rgba: Picture, x: int, y: int, size: tuple[int, int], matrix: int, span: int) -> Layer | None:
    """A picture, uint8 [h, w, 4], as a layer with its corner at (x, y) of a frame of `size` (width, height).

    What sticks out is cut off; None if nothing is left.
    """
    height, width = rgba.shape[:2]
    left, top = max(0, x) & ~1, max(0, y) & ~1
    right, bottom = (min(most & ~1, (end + 1) & ~1) for most, end in zip(size, (x + width, y + height), strict=True))
    if left >= right or top >= bottom:
        return None
    canvas = np.zeros((bottom - top, right - left, 4), np.uint8)
    part = rgba[max(0, -y) : min(height, bottom - y), max(0, -x) : min(width, right - x)]
    row, column = max(0, y) - top, max(0, x) - left
    canvas[row : row + part.shape[0], column : column + part.shape[1]] = part
    return _layer(canvas, left, top, (), matrix, span)


def _unmultiplied(rgba: Picture) -> Picture:
    """What Skia drew has its colours multiplied by alpha."""
    alpha = rgba[..., 3:].astype(np.float32)
    colour = np.where(alpha > 0, rgba[..., :3] * np.float32(ALPHA_LEVELS) / np.maximum(alpha, 1), 0)
    return np.concatenate([np.rint(np.minimum(colour, 255)).astype(np.uint8), rgba[..., 3:]], axis=2)


def _layer(rgba: Picture, x: int, y: int, lines: tuple[str, ...], matrix: int, span: int) -> Layer:
    alpha = np.asarray(rgba[..., 3] / np.float32(ALPHA_LEVELS), np.float32)
    luma = planes.from_rgb(np.ascontiguousarray(rgba[..., :3]), matrix, span)[0]
    half = _halved(alpha)
    # Chroma of a cell is that of the words in it, whatever little of it they cover.
    weights = np.maximum(_halved(alpha)[..., None], 1e-6)
    colours = np.stack([_halved(np.asarray(rgba[..., one] * alpha, np.float32)) for one in range(3)], axis=2) / weights
    doubled = np.repeat(np.repeat(np.rint(colours).astype(np.uint8), 2, axis=0), 2, axis=1)
    _, u, v = planes.from_rgb(np.ascontiguousarray(doubled), matrix, span)
    return Layer(x, y, (luma, u, v), (alpha, half, half), lines)


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    cells = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return np.asarray(cells, np.float32)


class Pen:
    """Gives what is to be put on the frame at a time; times are asked for in order, seconds.

    `cues`: spans and words. Those that are there at once stand one under the other.
    """

    def __init__(self, letters: Lettering, cues: Sequence[Cue]) -> None:
        self._letters, self._cues, self._at = letters, sorted(cues, key=lambda one: one.start), 0

    def at(self, time: float) -> Layer | None:
        while self._at < len(self._cues) and self._cues[self._at].end <= time + NEARLY:
            self._at += 1
        now = [one.text for one in self._upcoming(time)]
        return self._letters.layer("\n".join(now)) if now else None

    def _upcoming(self, time: float) -> Iterator[Cue]:
        for one in self._cues[self._at :]:
            if one.start > time + NEARLY:
                return
            if one.end > time + NEARLY:
                yield one
