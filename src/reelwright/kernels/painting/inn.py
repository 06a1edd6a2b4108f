"""An old Chinese town: the inside of its inn, with wine jars, lanterns and a long counter; and a lane of it."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting import town
from reelwright.kernels.painting.palette import LAMP, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Stage, glow, gradient, paint
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Generator = np.random.Generator
BOTTOM = 1 + MARGIN
PLASTER, TIMBER, BOARDS, CLAY, RED = map(colour, ("#cdb99a", "#5a3a26", "#8a6040", "#8f5a40", "#b8322a"))


class _Light:
    """What lamps and the hour do to a colour inside."""

    def __init__(self, scene: Scene, palette: Palette) -> None:
        self.dark = {"day": 0.05, "dawn": 0.2, "dusk": 0.45, "night": 0.8}[scene.time]
        self._warm, self._tone = mixed((1.0, 1.0, 1.0), LAMP, 0.6), palette.tone

    def of(self, base: Colour, shade: float = 1.0) -> Colour:
        return self._tone(scaled(mixed(base, scaled(base, scaled(self._warm, 0.58)), self.dark), shade))


def _rect(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def inn(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, floor: float) -> tuple[float, float]:
    """Adds the layers; returns the middle of the counter's top."""
    aspect, light = stage.size.aspect, _Light(scene, palette)
    seed = int(generator.integers(2**31))
    hole = (0.08 * aspect, 0.16, 0.34 * aspect, 0.36)
    stage.still(0.45, lambda canvas: _walls(canvas, light, aspect, floor, hole, np.random.default_rng(seed)))
    counter = (0.50 * aspect, floor - 0.17, 0.62 * aspect)
    stage.still(0.62, lambda canvas: _counter(canvas, light, counter, floor), top=floor - 0.30)
    _lanterns(stage, palette, light, aspect)
    return counter[0] + 0.28 * aspect, counter[1]


def _walls(
    canvas: "skia.Canvas",
    light: _Light,
    aspect: float,
    floor: float,
    hole: tuple[float, float, float, float],
    own: Generator,
) -> None:
    wide = aspect + 2 * MARGIN
    outer = skia.Path().addRect(_rect(-MARGIN, -MARGIN, wide, floor + MARGIN))
    outer.addRect(_rect(*hole))
    outer.setFillType(skia.PathFillType.kEvenOdd)
    stops = ((0.0, light.of(PLASTER), 1.0), (1.0, light.of(PLASTER, 0.66), 1.0))
    canvas.drawPath(outer, gradient((0, 0), (aspect, floor), stops))
    _lattice(canvas, light, hole)
    timber = paint(light.of(TIMBER))
    for x in (-0.03, 0.45 * aspect, 0.97 * aspect):
        canvas.drawRect(_rect(x, -MARGIN, 0.035, floor + MARGIN), timber)
    canvas.drawRect(_rect(-MARGIN, 0.03, wide, 0.05), timber)
    canvas.drawRect(_rect(-MARGIN, floor - 0.20, wide, 0.20), paint(light.of(BOARDS, 0.72)))
    for number in range(24):
        x = -MARGIN + wide * number / 24
        canvas.drawLine(x, floor - 0.20, x, floor, paint(light.of(TIMBER), 0.7, stroke=0.003))
    _jars(canvas, light, aspect, own)
    stops = ((0.0, light.of(colour("#77685a"), 0.95), 1.0), (1.0, light.of(colour("#77685a"), 0.5), 1.0))
    canvas.drawRect(_rect(-MARGIN, floor, wide, BOTTOM - floor), gradient((0, floor), (0, 1.0), stops))
    for number in range(7):
        y = floor + 0.022 * number * (1 + 0.2 * number)
        canvas.drawLine(-MARGIN, y, aspect + MARGIN, y, paint(light.of(TIMBER), 0.4, stroke=0.003))


def _lattice(canvas: "skia.Canvas", light: _Light, hole: tuple[float, float, float, float]) -> None:
    left, top, width, height = hole
    bar = paint(light.of(TIMBER), stroke=0.007)
    for number in range(1, 6):
        x = left + width * number / 6
        canvas.drawLine(x, top, x, top + height, paint(light.of(TIMBER), stroke=0.012) if number == 3 else bar)
    for share in (0.18, 0.34, 0.66, 0.82):
        canvas.drawLine(left, top + share * height, left + width, top + share * height, bar)
    canvas.drawRect(_rect(*hole), paint(light.of(TIMBER), stroke=0.022))


def _jars(canvas: "skia.Canvas", light: _Light, aspect: float, own: Generator) -> None:
    left, wide = 0.55 * aspect, 0.40 * aspect
    for row in range(2):
        y = 0.30 + 0.17 * row
        canvas.drawRect(_rect(left, y, wide, 0.014), paint(light.of(TIMBER, 1.2)))
        x = left + 0.03
        while x < left + wide - 0.04:
            tall, half = own.uniform(0.075, 0.11), own.uniform(0.024, 0.034)
            clay = light.of(mixed(CLAY, colour("#6a6a5a"), own.random() * 0.6))
            canvas.drawOval(_rect(x - half, y - tall, 2 * half, tall), paint(clay))
            canvas.drawRect(_rect(x - 0.4 * half, y - tall - 0.012, 0.8 * half, 0.022), paint(clay))
            canvas.drawRect(_rect(x - 0.5 * half, y - 0.6 * tall, half, 0.3 * tall), paint(light.of(RED), 0.9))
            x += 2.2 * half + own.uniform(0.004, 0.02)


def _counter(canvas: "skia.Canvas", light: _Light, counter: tuple[float, float, float], floor: float) -> None:
    """A long counter with a top of thick wood; its near end turns towards the door, as a carpenter's square does."""
    left, top, width = counter
    low = floor + 0.06
    canvas.drawRect(_rect(left, top, width, low - top), paint(light.of(BOARDS)))
    canvas.drawRect(_rect(left - 0.05, top + 0.02, 0.10, low + 0.03 - top), paint(light.of(BOARDS, 0.8)))
    for number in range(7):
        x = left + 0.07 + width * number / 7
        canvas.drawRect(_rect(x, top + 0.05, 0.10 * width, low - top - 0.09), paint(light.of(BOARDS, 0.82)))
    canvas.drawRect(_rect(left - 0.07, top - 0.012, width + 0.07, 0.034), paint(light.of(BOARDS, 1.3)))
    for number, x in enumerate((0.10, 0.24, 0.62)):
        bowl = _rect(left + x * width, top - 0.040, 0.05, 0.030)
        canvas.drawOval(bowl, paint(light.of(colour("#e4dccb"), 1.0 - 0.06 * number)))


def _lanterns(stage: Stage, palette: Palette, light: _Light, aspect: float) -> None:
    lit = palette.of(mixed(RED, LAMP, 0.35), glow=1.0) if light.dark > 0.1 else light.of(RED)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for x, phase in ((0.30 * aspect, 0.0), (0.78 * aspect, 2.0)):
            sway, y = 0.006 * math.sin(1.1 * at + phase), 0.17
            if light.dark > 0.1:
                strength = light.dark * (0.62 + 0.03 * math.sin(6.1 * at + phase))
                canvas.drawCircle(x, y, 0.40, glow(x, y, 0.40, palette.of(LAMP, glow=1.0), strength))
            canvas.drawLine(x, -MARGIN, x + sway, y - 0.05, paint(light.of(TIMBER), stroke=0.005))
            canvas.drawOval(_rect(x - 0.052 + sway, y - 0.055, 0.104, 0.11), paint(lit))
            for side in (-0.026, 0.0, 0.026):
                canvas.drawLine(
                    x + side + sway, y - 0.05, x + side + sway, y + 0.05, paint(scaled(lit, 0.8), stroke=0.003)
                )
            canvas.drawLine(x + sway, y + 0.055, x + 2 * sway, y + 0.105, paint(light.of(RED), stroke=0.008))

    stage.moving(0.55, draw)


def lane(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, floor: float) -> None:
    """Outside: a lane of an old town, houses with curved eaves side by side, cloth signs and lanterns before them."""
    seed, is_snowy = int(generator.integers(2**31)), scene.weather == "snow" or scene.season == "winter"

    def houses(canvas: "skia.Canvas", row: int) -> None:
        own, x = np.random.default_rng(seed + row), -MARGIN - 0.1
        while x < stage.size.aspect + MARGIN:
            size, depth = own.uniform(0.34, 0.44) if row else own.uniform(0.22, 0.3), 0.62 if row else 0.34
            foot = floor + 0.02 if row else floor - 0.13
            town.cottage(canvas, palette, own, x, foot, size, depth, eastern=True, snow=is_snowy)
            if row:
                _sign(canvas, palette, own, x + own.uniform(0.02, 0.05), foot - 0.56 * size, size)
            x += size * own.uniform(1.02, 1.16)

    stage.still(0.34, lambda canvas: houses(canvas, 0), top=floor - 0.5)
    stage.still(0.62, lambda canvas: houses(canvas, 1), top=floor - 0.55)
    stage.still(
        0.75, lambda canvas: _slabs(canvas, stage, palette, np.random.default_rng(seed), floor, is_snowy), top=floor
    )


def _sign(canvas: "skia.Canvas", palette: Palette, own: Generator, x: float, y: float, size: float) -> None:
    """A cloth with a few strokes on a pole, or a lantern, under the eaves."""
    if own.random() < 0.5:
        lit = palette.is_dark
        shade = palette.of(mixed(RED, LAMP, 0.4) if lit else RED, 0.8, glow=0.95 if lit else 0.0)
        if lit:
            canvas.drawCircle(x, y, 0.15, glow(x, y, 0.15, palette.of(LAMP, glow=1.0), 0.5))
        canvas.drawOval(_rect(x - 0.024, y - 0.03, 0.048, 0.06), paint(shade))
        return
    cloth = palette.of((RED, colour("#33506a"), colour("#d8c49a"))[int(own.integers(3))], 0.8)
    wide, tall = 0.16 * size, 0.40 * size
    canvas.drawLine(x - 0.02, y - 0.03, x + wide + 0.02, y - 0.03, paint(palette.of(TIMBER, 0.8), stroke=0.006))
    canvas.drawRect(_rect(x, y - 0.03, wide, tall), paint(cloth))
    for number in range(3):
        mark = y + 0.02 + number * tall / 3.4
        canvas.drawLine(
            x + 0.25 * wide, mark, x + 0.75 * wide, mark, paint(palette.of((0.1, 0.09, 0.08), 0.8), stroke=0.007)
        )
        canvas.drawLine(
            x + 0.5 * wide,
            mark - 0.012,
            x + 0.45 * wide,
            mark + 0.018,
            paint(palette.of((0.1, 0.09, 0.08), 0.8), stroke=0.006),
        )


def _slabs(canvas: "skia.Canvas", stage: Stage, palette: Palette, own: Generator, top: float, is_snowy: bool) -> None:
    """Paved with long stones; wet or white as the weather is."""
    wide = stage.size.aspect + 2 * MARGIN
    stone = colour("#d2d8de") if is_snowy else colour("#8a8478")
    stops = ((0.0, palette.of(stone, 0.75), 1.0), (1.0, palette.of(scaled(stone, 0.72), 0.95), 1.0))
    canvas.drawRect(_rect(-MARGIN, top, wide, BOTTOM - top), gradient((0, top), (0, 1.0), stops))
    y, step = top + 0.02, 0.022
    while y < BOTTOM:
        line = paint(palette.of(scaled(stone, 0.6), 0.85), 0.45, stroke=0.0025)
        canvas.drawLine(-MARGIN, y, stage.size.aspect + MARGIN, y, line)
        x = -MARGIN + own.uniform(0, 0.1)
        while x < stage.size.aspect + MARGIN:
            canvas.drawLine(x, y, x, y + step, line)
            x += own.uniform(2.5, 6.0) * step
        y, step = y + step, step * 1.28
