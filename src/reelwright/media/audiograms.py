"""The pictures of a sound: bars, a wave or a ring that move with it, over a cover, with a title and how far it is.

The ground is drawn once: the cover over all of the frame, out of focus and dimmed, and the cover itself as a card; or a
plain fall of two colours. Each frame then draws the moving part alone. By Skia; letters by `media.fonts`.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import line_breaking
from reelwright.kernels.visible_sound import SWELLS
from reelwright.loading import lazy
from reelwright.media import pictures
from reelwright.media.fonts import Fonts, Line

if TYPE_CHECKING:
    import cv2
    import skia
else:
    cv2 = lazy("cv2")
    skia = lazy("skia")

Kind = Literal["bars", "wave", "ring"]
Pixels = NDArray[np.uint8]
Levels = NDArray[np.float32]
Rgb = tuple[int, ...]

SMALL, BLUR, DIM = 12, 2.5, 0.42  # of the ground: so many times smaller when it is blurred, by px there, how light
CARD = 0.40  # side of the cover's card, share of the shorter side
CORNER = 0.06  # its round corners, of its side
LEAST_BAR = 0.02  # of the bars' height, in silence
WAVE_SECONDS = 4.0  # of the wave in view
TITLE, SMALLER, LEAST_TITLE = 0.062, 0.92, 0.03  # letters, of the shorter side
MOST_LINES = 2
LINE = 0.006  # of how far the sound is, share of the height


@dataclass(frozen=True, slots=True)
class Look:
    """`size` is even. Colours RGB."""

    size: tuple[int, int]
    kind: Kind = "bars"
    colour: Rgb = (255, 212, 0)
    ground: Rgb = (24, 28, 46)
    words: Rgb = (255, 255, 255)
    title: str = ""
    subtitle: str = ""


class Drawing:
    """Draws one frame after another into one buffer. `levels`: [frames, bands]; `wave`: as `visible_sound.Swell`."""

    def __init__(self, look: Look, fonts: Fonts, levels: Levels, wave: Levels, cover: pictures.Picture | None) -> None:
        self._look, self._levels, self._wave, self._has_cover = look, levels, wave, cover is not None
        width, height = look.size
        self._pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        self._canvas = skia.Surface(self._pixels, colorType=skia.kRGBA_8888_ColorType).getCanvas()
        self._short = min(look.size)
        fonts.require(look.title + look.subtitle)
        self._ground = self._drawn_ground(fonts, cover)

    def picture(self, number: int, share: float) -> Pixels:
        """uint8 [h, w, 4], opaque, valid until the next; `share` of the sound is over."""
        self._pixels[:] = self._ground
        draw = {"bars": self._bars, "wave": self._wave_line, "ring": self._ring}[self._look.kind]
        draw(self._levels[min(number, len(self._levels) - 1)], share)
        self._progress(share)
        self._canvas.flush()
        return self._pixels

    # ---- What stands still

    def _drawn_ground(self, fonts: Fonts, cover: pictures.Picture | None) -> Pixels:
        width, height = self._look.size
        if cover is None:
            fall = np.linspace(1.25, 0.7, height, dtype=np.float32)[:, None, None]
            rgb = np.clip(np.array(self._look.ground, np.float32)[:3] * fall, 0, 255).repeat(width, axis=1)
        else:
            rgb = _blurred(pictures.rgb(cover), self._look.size) * np.float32(DIM)
        self._pixels[..., :3], self._pixels[..., 3] = np.rint(rgb), 255
        if cover is not None:
            self._card(cover)
        self._title(fonts)
        self._canvas.flush()
        return self._pixels.copy()

    @property
    def _middle(self) -> tuple[float, float]:
        """Of the cover's card, and of the ring."""
        width, height = self._look.size
        return width / 2, height * (0.36 if height >= width else 0.31)

    def _card(self, cover: pictures.Picture) -> None:
        side = round(CARD * self._short)
        square = pictures.fitted(pictures.rgba(cover), (side, side), fit="cover")
        image = skia.Image.fromarray(np.ascontiguousarray(square), skia.kRGBA_8888_ColorType, copy=True)
        (x, y), round_by = self._middle, side / 2 if self._look.kind == "ring" else CORNER * side
        place = skia.Rect.MakeXYWH(x - side / 2, y - side / 2, side, side)
        self._canvas.save()
        self._canvas.clipRRect(skia.RRect.MakeRectXY(place, round_by, round_by), True)
        self._canvas.drawImageRect(image, place)
        self._canvas.restore()

    def _title(self, fonts: Fonts) -> None:
        width, height = self._look.size
        y = height * (0.70 if height >= width or not self._has_cover else 0.58)
        if self._look.kind == "ring":
            y = self._middle[1] + (CARD / 2 + 0.17) * self._short
        for text, share in ((self._look.title, 1.0), (self._look.subtitle, 0.62)):
            y = self._words(fonts, text, share, y)

    def _words(self, fonts: Fonts, text: str, share: float, y: float) -> float:
        size, room = TITLE * share * self._short, 0.88 * self._look.size[0]

        def broken() -> list[Line]:
            lines = line_breaking.broken(text, lambda part: fonts.line(part, size, bold=share == 1).width, room)
            return [fonts.line(line, size, bold=share == 1) for line in lines]

        found = broken()
        while len(found) > MOST_LINES and size > LEAST_TITLE * self._short:
            size *= SMALLER
            found = broken()
        alpha = 255 if share == 1 else 190
        paint = skia.Paint(Color=skia.Color(*self._look.words[:3], alpha), AntiAlias=True)
        for line in found:
            for blob, offset in line.parts:
                self._canvas.drawTextBlob(blob, (self._look.size[0] - line.width) / 2 + offset, y + line.ascent, paint)
            y += 1.1 * line.height
        return y

    # ---- What moves

    def _paint(self, alpha: int = 255) -> "skia.Paint":
        return skia.Paint(Color=skia.Color(*self._look.colour[:3], alpha), AntiAlias=True)

    @property
    def _field(self) -> tuple[float, float, float, float]:
        """Left, middle height, width and half the height of where bars and waves are."""
        width, height = self._look.size
        if not self._has_cover:
            return 0.08 * width, 0.42 * height, 0.84 * width, 0.2 * self._short
        return 0.08 * width, (0.885 if self._look.title else 0.78) * height, 0.84 * width, 0.085 * self._short

    def _bars(self, levels: Levels, share: float) -> None:
        left, y, room, half = self._field
        step = room / len(levels)
        for number, level in enumerate(levels):
            tall = max(LEAST_BAR, float(level)) * half
            bar = skia.Rect.MakeXYWH(left + (number + 0.15) * step, y - tall, 0.7 * step, 2 * tall)
            self._canvas.drawRoundRect(bar, 0.3 * step, 0.3 * step, self._paint())

    def _wave_line(self, levels: Levels, share: float) -> None:
        """The wave runs from right to left; what is said now is in the middle."""
        left, y, room, half = self._field
        count = 96
        now = share * len(self._wave)
        reach = WAVE_SECONDS * SWELLS
        step, width = room / count, reach / count
        for number in range(count):
            first = math.floor((now + (number - count / 2) * width) / width) * width
            part = self._wave[max(0, int(first)) : max(0, int(first + width))]
            tall = max(LEAST_BAR, float(part.max()) if len(part) else 0.0) * half
            bar = skia.Rect.MakeXYWH(left + (number + 0.2) * step, y - tall, 0.6 * step, 2 * tall)
            said = number < count / 2
            self._canvas.drawRoundRect(bar, 0.3 * step, 0.3 * step, self._paint(255 if said else 110))

    def _ring(self, levels: Levels, share: float) -> None:
        (x, y), inner = self._middle, (CARD / 2 + 0.02) * self._short
        mirrored = np.concatenate([levels, levels[::-1]])  # the lowest meet the lowest
        paint = self._paint()
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(2 * math.pi * inner / len(mirrored) * 0.6)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        for number, level in enumerate(mirrored):
            angle = 2 * math.pi * (number + 0.5) / len(mirrored) + math.pi / 2
            outer = inner + max(LEAST_BAR, float(level)) * 0.12 * self._short
            self._canvas.drawLine(
                x + inner * math.cos(angle), y + inner * math.sin(angle),
                x + outer * math.cos(angle), y + outer * math.sin(angle), paint,
            )  # fmt: skip

    def _progress(self, share: float) -> None:
        width, height = self._look.size
        tall = max(2.0, LINE * height)
        self._canvas.drawRect(skia.Rect.MakeXYWH(0, height - tall, width, tall), self._paint(70))
        self._canvas.drawRect(skia.Rect.MakeXYWH(0, height - tall, width * min(1.0, share), tall), self._paint())


def _blurred(rgb: Pixels, size: tuple[int, int]) -> NDArray[np.float32]:
    small = pictures.fitted(rgb, (max(8, size[0] // SMALL), max(8, size[1] // SMALL)), fit="cover")
    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), BLUR)
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 255)
