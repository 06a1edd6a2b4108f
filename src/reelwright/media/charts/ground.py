"""What a chart stands on: a colour that fades, or a picture, and shapes that slowly drift over it.

The still part is drawn once and copied into every frame; the drifting shapes are small pictures.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media import images
from reelwright.media.charts import pen
from reelwright.media.charts.looks import DARK, LIGHT, LIGHT_GROUND, Setting, luma, mixed, rgb

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Pixels = NDArray[np.uint8]

VEIL = 0.45  # of the text's opposite over a picture, so that words can be read on it
DRIFT = 0.05  # radians a second
_ORBS = ((0.12, 0.2, 0.30, 0), (0.88, 0.75, 0.36, 2), (0.70, 0.12, 0.22, 4))  # x, y, size of the height, colour
_DOTS = (
    *((0.02, 0.10, 0.13, 0), (0.985, 0.26, 0.15, 1), (0.0, 0.93, 0.16, 2)),
    *((0.97, 0.97, 0.12, 4), (0.60, 0.0, 0.09, 3)),
)


class Ground:
    """`paint` fills a frame. `text`, `muted`, `grid`: the colours that can be seen on it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        style = setting.style
        self._still = _still(setting)
        own = bool(setting.colour or setting.image)
        if own:
            red, green, blue = map(float, self._still[..., :3].mean(axis=(0, 1)))
            light = luma((red, green, blue)) >= LIGHT_GROUND
            ground = LIGHT if light else DARK
            self.text = DARK if light else LIGHT
            self.muted, self.grid = mixed(self.text, ground, 0.3), mixed(self.text, ground, 0.75)
            if setting.image:
                self._still = _veiled(self._still, ground)
        else:
            self.text, self.muted, self.grid = style.text, style.muted, style.grid
        self._sprites = [] if own else _sprites(setting)

    def paint(self, pixels: Pixels, canvas: "skia.Canvas", time: float) -> None:
        pixels[:] = self._still
        for index, (image, x, y) in enumerate(self._sprites):
            angle = DRIFT * time * (1 + index % 2) + index
            reach = 0.03 * self._setting.size[1]
            canvas.drawImage(image, x + reach * math.cos(angle), y + reach * math.sin(angle * 1.3))


def _still(setting: Setting) -> Pixels:
    width, height = setting.size
    pixels = np.zeros((height, width, 4), np.uint8)
    if setting.image:
        pixels[...] = 255
        pixels[..., :3] = _covering(images.load(setting.image), width, height)
        return pixels
    canvas = skia.Surface(pixels).getCanvas()
    top, bottom = (setting.colour, setting.colour) if setting.colour else (setting.style.top, setting.style.bottom)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, 0), skia.Point(width * 0.25, height)], [pen.colour(top), pen.colour(bottom)]
    )
    canvas.drawPaint(skia.Paint(Shader=shader, Dither=True))
    if not setting.colour:
        _still_shapes(canvas, setting)
    return pixels


def _covering(picture: Pixels, width: int, height: int) -> Pixels:
    """Scaled and cut so that it fills the frame."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    large = images.resized(
        picture, max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    )
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width]


def _veiled(pixels: Pixels, ground: str) -> Pixels:
    veiled = pixels.copy()
    veiled[..., :3] = (pixels[..., :3] * (1 - VEIL) + np.array(rgb(ground)) * VEIL).astype(np.uint8)
    return veiled


def _still_shapes(canvas: "skia.Canvas", setting: Setting) -> None:
    """What does not move: thin slanted lines for business, hills for green."""
    width, height = setting.size
    style = setting.style
    if style.drifting == "lines":
        for index in range(-4, 24):
            x = index * width / 14
            canvas.drawLine(x, height, x + height * 0.6, 0, pen.stroke(style.grid, max(1.0, height / 720), 0.18))
    if style.drifting == "leaves":
        for number, (rise, depth) in enumerate(((0.13, 0.35), (0.08, 0.5))):
            hill = skia.Path()
            hill.moveTo(0, height)
            hill.lineTo(0, height * (1 - rise * 0.6))
            hill.cubicTo(
                *(width * 0.3, height * (1 - rise * (1.7 - number))),
                *(width * 0.6, height * (1 - rise * (0.1 + number))),
                *(width, height * (1 - rise)),
            )
            hill.lineTo(width, height)
            hill.close()
            canvas.drawPath(hill, pen.fill(mixed(style.bottom, style.palette[1], depth * 0.5), 0.55))


def _sprites(setting: Setting) -> list[tuple["skia.Image", float, float]]:
    """(picture, x, y) of what drifts."""
    width, height = setting.size
    style = setting.style
    if style.drifting == "orbs":
        return [
            (
                _glow(style.palette[number], size * height, 0.30),
                x * width - size * height / 2,
                y * height - size * height / 2,
            )
            for x, y, size, number in _ORBS
        ]
    if style.drifting == "dots":
        return [
            (
                _disc(style.palette[number], size * height, 0.20),
                x * width - size * height / 2,
                y * height - size * height / 2,
            )
            for x, y, size, number in _DOTS
        ]
    return []


def _glow(code: str, size: float, alpha: float) -> "skia.Image":
    side = max(2, round(size))
    surface = skia.Surface(side, side)
    shader = skia.GradientShader.MakeRadial(
        skia.Point(side / 2, side / 2), side / 2, [pen.colour(code, round(255 * alpha)), pen.colour(code, 0)]
    )
    surface.getCanvas().drawPaint(skia.Paint(Shader=shader, Dither=True))
    return surface.makeImageSnapshot()


def _disc(code: str, size: float, alpha: float) -> "skia.Image":
    side = max(2, round(size))
    surface = skia.Surface(side, side)
    surface.getCanvas().drawCircle(side / 2, side / 2, side / 2 - 1, pen.fill(code, alpha))
    return surface.makeImageSnapshot()
