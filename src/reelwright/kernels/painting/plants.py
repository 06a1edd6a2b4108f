"""What grows: pines, broad-leaved trees, bamboo, palms, reeds, grass with flowers."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import MARGIN, Draw, Stage, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

from collections.abc import Callable

Generator = np.random.Generator
BOTTOM = 1 + MARGIN


def pine(
    canvas: "skia.Canvas", x: float, y: float, height: float, needles: Colour, light: Colour, snow: Colour | None = None
) -> None:
    trunk = scaled(needles, 0.55)
    canvas.drawRect(
        skia.Rect.MakeXYWH(x - 0.022 * height, y - 0.16 * height, 0.044 * height, 0.16 * height), paint(trunk)
    )
    for number in range(5):
        part = number / 4
        half, low = (0.24 - 0.17 * part) * height, y - (0.12 + 0.17 * number) * height
        tip = low - 0.30 * height
        canvas.drawPath(
            polygon([(x - half, low), (x, tip), (x + half, low)]), paint(mixed(needles, light, 0.25 * part))
        )
        canvas.drawPath(polygon([(x, low), (x, tip), (x + half, low)]), paint(scaled(needles, 0.82), 0.5))
        if snow is not None:
            canvas.drawPath(
                polygon([(x - 0.55 * half, low - 0.11 * height), (x, tip), (x + 0.5 * half, low - 0.1 * height)]),
                paint(snow, 0.85),
            )


def crown(
    canvas: "skia.Canvas",
    x: float,
    y: float,
    height: float,
    leaf: Colour,
    trunk: Colour,
    generator: Generator,
    *,
    bare: bool = False,
) -> None:
    """A tree with a round crown, or with branches alone."""
    stem = skia.Path()
    stem.moveTo(x - 0.045 * height, y)
    stem.quadTo(x - 0.015 * height, y - 0.3 * height, x - 0.012 * height, y - 0.62 * height)
    stem.lineTo(x + 0.012 * height, y - 0.62 * height)
    stem.quadTo(x + 0.02 * height, y - 0.3 * height, x + 0.05 * height, y)
    canvas.drawPath(stem, paint(trunk))
    for side in (-1, 1):
        canvas.drawLine(
            x, y - 0.36 * height, x + side * 0.17 * height, y - 0.60 * height, paint(trunk, stroke=0.022 * height)
        )
    if bare:
        for number in range(9):
            angle = -math.pi / 2 + (number - 4) * 0.28
            reach = generator.uniform(0.28, 0.42) * height
            canvas.drawLine(
                x,
                y - 0.58 * height,
                x + reach * math.cos(angle),
                y - 0.58 * height + reach * math.sin(angle),
                paint(trunk, stroke=0.010 * height),
            )
        return
    for shade, dx, dy, size in ((0.78, 0.05, 0.06, 1.0), (1.0, 0.0, 0.0, 0.95), (1.18, -0.06, -0.07, 0.62)):
        for _ in range(9):
            angle, reach = generator.uniform(0, 2 * math.pi), generator.uniform(0, 0.22) * height
            cx, cy = (
                x + dx * height + reach * 1.2 * math.cos(angle),
                y - 0.74 * height + dy * height + 0.8 * reach * math.sin(angle),
            )
            canvas.drawCircle(cx, cy, generator.uniform(0.09, 0.16) * height * size, paint(scaled(leaf, shade)))


def trees(
    stage: Stage,
    palette: Palette,
    generator: Generator,
    *,
    kind: str,
    base: float,
    height: float,
    depth: float,
    count: int,
    snow: bool = False,
    clear: tuple[float, float] | None = None,
) -> None:
    """A row of trees at a depth; `clear` keeps a part of it free, shares of the width."""
    places = np.sort(generator.uniform(-MARGIN, stage.size.aspect + MARGIN, count))
    seeds = generator.integers(2**31, size=count)
    heights = height * generator.uniform(0.65, 1.15, count)
    trunk = palette.of(colour("#5b4331"), depth)

    def draw(canvas: "skia.Canvas") -> None:
        for x, seed, tall in zip(places, seeds, heights, strict=True):
            if clear and clear[0] < x / stage.size.aspect < clear[1]:
                continue
            own = np.random.default_rng(int(seed))
            leaf = palette.leaves[int(own.integers(3))]
            if kind == "pine":
                needles = mixed(colour("#2d5a41"), leaf, 0.12)
                cap = palette.of((0.95, 0.97, 1.0), depth) if snow else None
                pine(
                    canvas,
                    x,
                    base,
                    tall,
                    palette.of(needles, depth),
                    palette.of(mixed(needles, (1, 1, 0.8), 0.3), depth),
                    cap,
                )
            else:
                crown(canvas, x, base, tall, palette.of(leaf, depth), trunk, own, bare=snow)

    stage.still(depth, draw, top=base - 1.25 * height)


def bamboo(stage: Stage, palette: Palette, generator: Generator, *, depth: float, count: int) -> None:
    places = generator.uniform(-MARGIN, stage.size.aspect + MARGIN, count)
    green = palette.of(mixed(colour("#6c9a4a"), colour("#9bb860"), float(generator.random())), depth)
    dark = scaled(green, 0.75)

    def draw(canvas: "skia.Canvas") -> None:
        own = np.random.default_rng(count)
        for x in places:
            thick, lean = (0.008 + 0.010 * depth) * own.uniform(0.7, 1.2), own.uniform(-0.05, 0.05)
            canvas.drawLine(x, BOTTOM, x + lean, -MARGIN, paint(green, stroke=thick))
            for knot in np.arange(-0.1, 1.1, 0.11):
                at = x + lean * (1 - (knot + MARGIN) / (1 + 2 * MARGIN))
                canvas.drawLine(at - thick / 2, knot, at + thick / 2, knot, paint(dark, stroke=0.003))
                if own.random() < 0.5 * depth:
                    leaf = own.uniform(0.04, 0.09) * (1 if own.random() < 0.5 else -1)
                    canvas.drawPath(
                        polygon([(at, knot), (at + leaf, knot + 0.028), (at + 0.55 * leaf, knot - 0.004)]),
                        paint(green, 0.9),
                    )

    stage.still(depth, draw)


def grass(
    stage: Stage,
    palette: Palette,
    generator: Generator,
    *,
    top: float,
    flowers: Colour | None = None,
    depth: float = 0.92,
) -> None:
    """Blades in the foreground that sway, with flowers between them if a colour is given."""
    aspect, count = stage.size.aspect, int(115 * stage.size.aspect)
    x = generator.uniform(-MARGIN, aspect + MARGIN, count)
    y = top + (BOTTOM - top) * generator.random(count) ** 0.7
    tall = (0.03 + 0.075 * (y - top) / (BOTTOM - top)) * generator.uniform(0.7, 1.3, count)
    phase, order = x * 4 + generator.uniform(0, 0.8, count), np.argsort(y)
    shades = [palette.of(scaled(palette.grass, float(value)), depth) for value in generator.uniform(0.55, 1.0, 7)]
    heads = (
        [palette.of(mixed(flowers, (1, 1, 1), float(value)), depth, glow=0.25) for value in (0.0, 0.18, 0.35)]
        if flowers
        else []
    )

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for place in order:
            sway = 0.22 * tall[place] * math.sin(1.6 * at + phase[place])
            tip = (x[place] + sway, y[place] - tall[place])
            width = 0.0022 + 0.0028 * (y[place] - top)
            canvas.drawLine(x[place], y[place], *tip, paint(shades[place % 7], stroke=width))
            if heads and place % 2 == 0:
                size = 0.006 + 0.013 * (y[place] - top) / (BOTTOM - top)
                for turn in range(5):
                    angle = turn * 1.2566
                    canvas.drawCircle(
                        tip[0] + size * 0.8 * math.cos(angle),
                        tip[1] + size * 0.8 * math.sin(angle),
                        size * 0.62,
                        paint(heads[place % 3]),
                    )
                canvas.drawCircle(*tip, size * 0.5, paint(palette.of(colour("#f2c230"), depth, glow=0.3)))

    stage.moving(depth, draw)


def swaying(
    draw: Callable[["skia.Canvas", float], None], x: float, y: float, *, reach: float = 1.5, speed: float = 1.2
) -> Draw:
    """Turned about a point by some degrees, to and fro."""

    def show(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(reach * math.sin(speed * at))
        canvas.translate(-x, -y)
        draw(canvas, at)
        canvas.restore()

    return show


def palms(stage: Stage, palette: Palette, generator: Generator) -> None:
    for share, y, tall, lean in ((0.06, 0.95, 0.66, 0.16), (0.93, 1.0, 0.78, -0.20)):
        x = share * stage.size.aspect
        trunk, leaf = (
            palette.of(colour("#7a5a3c"), 0.95),
            palette.of(mixed(colour("#3f8a4a"), palette.leaves[0], 0.3), 0.95),
        )

        def draw(
            canvas: "skia.Canvas",
            at: float,
            x: float = x,
            y: float = y,
            tall: float = tall,
            lean: float = lean,
            trunk: Colour = trunk,
            leaf: Colour = leaf,
        ) -> None:
            stem = skia.Path()
            stem.moveTo(x, y)
            stem.quadTo(x + 0.2 * lean, y - 0.5 * tall, x + lean, y - tall)
            canvas.drawPath(stem, paint(trunk, stroke=0.020))
            for number in range(9):
                angle = math.pi * (number + 0.5) / 9 + 0.06 * math.sin(1.4 * at + number)
                reach = 0.24 if number % 2 else 0.20
                end = (
                    x + lean - reach * math.cos(angle),
                    y - tall - 0.30 * reach * math.sin(angle) + 0.12 * abs(math.cos(angle)),
                )
                frond = skia.Path()
                frond.moveTo(x + lean, y - tall)
                frond.quadTo(x + lean - 0.6 * reach * math.cos(angle), y - tall - 0.11, *end)
                frond.quadTo(x + lean - 0.4 * reach * math.cos(angle), y - tall - 0.03, x + lean, y - tall)
                canvas.drawPath(frond, paint(scaled(leaf, 0.75 if number % 2 else 1.0)))

        stage.moving(0.95, draw)


def reeds(stage: Stage, palette: Palette, generator: Generator) -> None:
    """At both sides of the picture, before the water."""
    aspect, count = stage.size.aspect, int(34 * stage.size.aspect)
    side = generator.random(count) < 0.5
    x = np.where(
        side, generator.uniform(-MARGIN, 0.16 * aspect, count), generator.uniform(0.84 * aspect, aspect + MARGIN, count)
    )
    tall, phase = generator.uniform(0.12, 0.34, count), generator.uniform(0, 2 * math.pi, count)
    stalk, head = palette.of(mixed(palette.grass, colour("#5a6a34"), 0.5), 0.95), palette.of(colour("#6a4a2e"), 0.95)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number in range(count):
            lean = 0.03 * math.sin(1.1 * at + phase[number]) + 0.05 * (tall[number] - 0.2)
            tip = (x[number] + lean, 1.05 - tall[number])
            canvas.drawLine(x[number], BOTTOM, *tip, paint(stalk, stroke=0.0042))
            if number % 3 == 0:
                canvas.drawLine(*tip, tip[0] + 0.1 * lean, tip[1] + 0.045, paint(head, stroke=0.012))

    stage.moving(0.97, draw)
