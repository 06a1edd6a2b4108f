"""Inside: a room with a window into the weather."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting.palette import LAMP, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Stage, glow, gradient, paint, polygon
from reelwright.kernels.painting.town import PLASTER, ROOFS
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

from collections.abc import Callable

Generator = np.random.Generator
Lit = Callable[..., Colour]
BOTTOM = 1 + MARGIN


def _rect(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def room(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, floor: float) -> tuple[float, float]:
    """A wall with a window into the weather, a lamp, shelves, a table. Returns the middle of the table's top."""
    aspect = stage.size.aspect
    inside = {"day": 0.0, "dawn": 0.15, "dusk": 0.35, "night": 0.72}[scene.time]
    lamp = mixed((1.0, 1.0, 1.0), LAMP, 0.6)
    tone = palette.tone

    def lit(base: Colour, shade: float = 1.0) -> Colour:
        return tone(scaled(mixed(base, scaled(base, scaled(lamp, 0.62)), inside), shade))

    wall, wood = colour("#d9c3a3"), colour("#8a5a34")
    hole = (0.10 * aspect, 0.10, 0.36 * aspect, 0.50)

    def walls(canvas: "skia.Canvas") -> None:
        outer = skia.Path().addRect(_rect(-MARGIN, -MARGIN, aspect + 2 * MARGIN, floor + MARGIN))
        outer.addRect(_rect(*hole))
        outer.setFillType(skia.PathFillType.kEvenOdd)
        canvas.drawPath(outer, gradient((0, 0), (aspect, floor), ((0, lit(wall), 1), (1, lit(wall, 0.72), 1))))
        for number in range(14):
            x = -MARGIN + number * (aspect + 2 * MARGIN) / 14
            canvas.save()
            canvas.clipPath(outer, True)
            canvas.drawRect(_rect(x, -MARGIN, 0.012, floor + MARGIN), paint(lit(wall, 0.9), 0.5))
            canvas.restore()
        canvas.drawRect(_rect(*hole), paint(lit(wood), stroke=0.026))
        canvas.drawLine(
            hole[0] + hole[2] / 2, hole[1], hole[0] + hole[2] / 2, hole[1] + hole[3], paint(lit(wood), stroke=0.014)
        )
        canvas.drawLine(
            hole[0], hole[1] + 0.4 * hole[3], hole[0] + hole[2], hole[1] + 0.4 * hole[3], paint(lit(wood), stroke=0.012)
        )
        canvas.drawRect(_rect(hole[0] - 0.03, hole[1] + hole[3], hole[2] + 0.06, 0.026), paint(lit(wood, 1.15)))
        cloth = lit(colour("#b5564a"))
        for side in (0, 1):
            x = hole[0] - 0.06 if not side else hole[0] + hole[2] - 0.03
            for fold in range(4):
                canvas.drawRect(
                    _rect(x + fold * 0.0235, hole[1] - 0.04, 0.0235, hole[3] + 0.07),
                    paint(scaled(cloth, 1.0 if fold % 2 else 0.82)),
                )
        _shelves(canvas, lit, generator, aspect)
        canvas.drawRect(
            _rect(-MARGIN, floor, aspect + 2 * MARGIN, BOTTOM - floor),
            gradient((0, floor), (0, 1.0), ((0, lit(wood, 0.95), 1), (1, lit(wood, 0.55), 1))),
        )
        for number in range(9):
            y = floor + 0.018 * number * (1 + 0.18 * number)
            canvas.drawLine(-MARGIN, y, aspect + MARGIN, y, paint(lit(wood, 0.55), 0.5, stroke=0.002))

    stage.still(0.45, walls)
    table = (0.30 * aspect, floor - 0.075, 0.46 * aspect)

    def furniture(canvas: "skia.Canvas") -> None:
        x, y, wide = table
        for leg in (0.06, 0.90):
            canvas.drawRect(_rect(x + leg * wide, y, 0.03, BOTTOM - y), paint(lit(wood, 0.6)))
        canvas.drawRoundRect(
            _rect(x, y, wide, 0.036),
            0.008,
            0.008,
            gradient((0, y), (0, y + 0.04), ((0, lit(colour("#b37a48"), 1.1), 1), (1, lit(wood, 0.75), 1))),
        )

    stage.still(0.7, furniture, top=floor - 0.12)
    _standing_lamp(stage, palette, lit, aspect * 0.86, floor, on=inside > 0.1)
    return x_middle(table), table[1]


def x_middle(table: tuple[float, float, float]) -> float:
    return table[0] + table[2] / 2


def _shelves(canvas: "skia.Canvas", lit: "Lit", generator: Generator, aspect: float) -> None:
    own = np.random.default_rng(int(generator.integers(2**31)))
    left, wide = 0.58 * aspect, 0.24 * aspect
    for number in range(3):
        y = 0.20 + 0.15 * number
        canvas.drawRect(_rect(left, y, wide, 0.014), paint(lit(colour("#8a5a34"), 0.9)))
        x = left + 0.01
        while x < left + wide - 0.03:
            width, height = own.uniform(0.010, 0.024), own.uniform(0.06, 0.105)
            spine = mixed(ROOFS[int(own.integers(4))], PLASTER[int(own.integers(5))], own.random() * 0.6)
            if own.random() < 0.82:
                canvas.drawRect(_rect(x, y - height, width, height), paint(lit(spine)))
            x += width + 0.002


def _standing_lamp(stage: Stage, palette: Palette, lit: "Lit", x: float, floor: float, *, on: bool) -> None:
    light = palette.of(LAMP, glow=1.0)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.drawLine(x, floor + 0.10, x, floor - 0.34, paint(lit((0.25, 0.2, 0.18)), stroke=0.009))
        canvas.drawOval(_rect(x - 0.06, floor + 0.085, 0.12, 0.03), paint(lit((0.25, 0.2, 0.18))))
        if on:
            breath = 0.52 + 0.03 * math.sin(5.1 * at) + 0.02 * math.sin(8.7 * at)
            canvas.drawCircle(x, floor - 0.36, 0.52, glow(x, floor - 0.36, 0.52, light, breath))
        shade = light if on else lit((0.93, 0.88, 0.78))
        canvas.drawPath(
            polygon(
                [
                    (x - 0.045, floor - 0.45),
                    (x + 0.045, floor - 0.45),
                    (x + 0.085, floor - 0.32),
                    (x - 0.085, floor - 0.32),
                ]
            ),
            paint(shade),
        )

    stage.moving(0.78, draw)
