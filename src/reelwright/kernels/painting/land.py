"""The ground things stand on: ridges, hills, water, trees, dunes, grass."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting import noise
from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import MARGIN, Draw, Stage, gradient, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Generator = np.random.Generator
POINTS = 420
BOTTOM = 1 + MARGIN


def outline(
    generator: Generator, aspect: float, base: float, height: float, *, bumps: int = 3, fall: float = 0.5
) -> "skia.Path":
    """What lies below a rough line, down beyond the picture's edge."""
    rough = noise.line(int(generator.integers(2**31)), POINTS, base=bumps, fall=fall)
    x = np.linspace(-MARGIN, aspect + MARGIN, POINTS)
    y = base - height * (0.5 + 0.5 * rough)
    return polygon(np.concatenate([np.stack([x, y], axis=1), [[aspect + MARGIN, BOTTOM], [-MARGIN, BOTTOM]]]))


def ridges(
    stage: Stage,
    palette: Palette,
    generator: Generator,
    base: Colour,
    *,
    horizon: float,
    height: float = 0.34,
    count: int = 3,
    fall: float = 0.52,
    snow: bool = False,
) -> None:
    """Mountains, one chain behind the other, paler with distance, mist at their feet."""
    for number in range(count):
        part = number / max(1, count - 1)
        depth = 0.12 + 0.28 * part
        top = palette.of(base, depth)
        foot = palette.of(mixed(base, palette.haze, 0.35), depth - 0.08)
        path = outline(
            generator,
            stage.size.aspect,
            horizon + 0.02 * number,
            height * (1 - 0.45 * part),
            bumps=3 + 2 * number,
            fall=fall,
        )
        cap = palette.of((0.95, 0.97, 1.0), depth + 0.1) if snow else None

        def draw(
            canvas: "skia.Canvas",
            path: "skia.Path" = path,
            top: Colour = top,
            foot: Colour = foot,
            cap: Colour | None = cap,
            number: int = number,
        ) -> None:
            crest = horizon - height * (1 - 0.45 * number / max(1, count - 1))
            canvas.drawPath(path, gradient((0, crest), (0, horizon + 0.05), ((0, top, 1), (1, foot, 1))))
            if cap is not None:
                canvas.save()
                canvas.clipPath(path, True)
                canvas.drawPaint(
                    gradient(
                        (0, crest),
                        (0, crest + 0.55 * (horizon - crest)),
                        ((0, cap, 0.95), (0.55, cap, 0.6), (1, cap, 0.0)),
                    )
                )
                canvas.restore()

        stage.still(depth, draw, top=0.0)


def hills(
    stage: Stage,
    palette: Palette,
    generator: Generator,
    base: Colour,
    *,
    start: float,
    count: int = 2,
    height: float = 0.10,
) -> None:
    """Soft hills that lead to the foreground."""
    for number in range(count):
        depth = 0.45 + 0.2 * number
        shade = palette.of(scaled(base, 0.92 - 0.06 * number), depth)
        light = palette.of(mixed(base, (1.0, 0.95, 0.7), 0.18), depth)
        path = outline(generator, stage.size.aspect, start + 0.09 * number, height, bumps=2, fall=0.25)

        def draw(
            canvas: "skia.Canvas",
            path: "skia.Path" = path,
            light: Colour = light,
            shade: Colour = shade,
            number: int = number,
        ) -> None:
            y = start + 0.09 * number
            canvas.drawPath(path, gradient((0, y - height), (0, y + 0.18), ((0, light, 1), (1, shade, 1))))

        stage.still(depth, draw, top=start - height - 0.02)


def ground(stage: Stage, palette: Palette, base: Colour, *, top: float, depth: float = 0.8) -> None:
    """A plain from a height down."""
    far, near = palette.of(mixed(base, palette.haze, 0.25), depth - 0.15), palette.of(scaled(base, 0.80), depth)

    def draw(canvas: "skia.Canvas") -> None:
        rect = skia.Rect.MakeLTRB(-MARGIN, top, stage.size.aspect + MARGIN, BOTTOM)
        canvas.drawRect(rect, gradient((0, top), (0, 1.05), ((0, far, 1), (1, near, 1))))

    stage.still(depth, draw, top=top)


def water(
    stage: Stage, palette: Palette, generator: Generator, *, top: float, light_x: float, waves: float = 1.0
) -> None:
    """Water that mirrors the sky, with glints that move; below the light, its road."""
    tone = palette.tone
    far = tone(mixed(palette.sky[3], palette.sky[1], 0.45))
    near = tone(mixed(scaled(palette.sky[0], 0.8), colour("#12405a"), 0.45 if not palette.is_dark else 0.25))

    def draw(canvas: "skia.Canvas") -> None:
        rect = skia.Rect.MakeLTRB(-MARGIN, top, stage.size.aspect + MARGIN, BOTTOM)
        canvas.drawRect(rect, gradient((0, top), (0, 1.0), ((0, far, 1), (1, near, 1))))

    stage.still(0.40, draw, top=top)
    stage.moving(0.45, glints(stage.size.aspect, palette, generator, top=top, light_x=light_x, waves=waves))


def glints(aspect: float, palette: Palette, generator: Generator, *, top: float, light_x: float, waves: float) -> Draw:
    """Short strokes of light on waves; longer and wider apart the nearer they are."""
    count = int(150 * aspect)
    near = generator.random(count) ** 0.8
    y = top + 0.006 + (1.02 - top) * near**1.6
    road = generator.random(count) < 0.42
    x = np.where(
        road, light_x + generator.normal(0, 0.05 + 0.10 * near), generator.uniform(-MARGIN, aspect + MARGIN, count)
    )
    length = (0.012 + 0.075 * near) * generator.uniform(0.5, 1.2, count)
    phase = generator.uniform(0, 2 * math.pi, count)
    bright = palette.tone(mixed(palette.sky[3], (1.0, 0.97, 0.88), 0.45))
    dark = palette.tone(scaled(mixed(palette.sky[0], palette.sky[1], 0.5), 0.8))

    def draw(canvas: "skia.Canvas", at: float) -> None:
        swell = np.sin(1.1 * at * waves + phase)
        for number in range(count):
            lift = 0.0035 * waves * near[number] * swell[number]
            half = length[number] * (0.6 + 0.4 * swell[number]) / 2
            drift = 0.010 * math.sin(0.5 * at + phase[number])
            alpha = (0.62 if road[number] else 0.22) * (0.45 + 0.55 * max(0.0, swell[number]))
            made = paint(bright if road[number] or number % 3 else dark, alpha, stroke=0.0016 + 0.0034 * near[number])
            centre = x[number] + drift
            canvas.drawLine(centre - half, y[number] + lift, centre + half, y[number] + lift, made)

    return draw


def dunes(stage: Stage, palette: Palette, generator: Generator, *, horizon: float) -> None:
    sand = colour("#dcae6c")
    for number in range(4):
        depth, base = 0.25 + 0.2 * number, horizon + 0.03 + 0.13 * number
        light, shade = palette.of(mixed(sand, (1, 0.93, 0.72), 0.25), depth), palette.of(scaled(sand, 0.66), depth)
        path = outline(generator, stage.size.aspect, base, 0.09 + 0.02 * number, bumps=2, fall=0.12)

        def draw(
            canvas: "skia.Canvas",
            path: "skia.Path" = path,
            light: Colour = light,
            shade: Colour = shade,
            base: float = base,
        ) -> None:
            canvas.drawPath(path, gradient((0, base - 0.1), (0.05, base + 0.2), ((0, light, 1), (1, shade, 1))))

        stage.still(depth, draw, top=base - 0.16)


# ---- edges of the water


def shore(stage: Stage, palette: Palette, path: "skia.Path", sand: Colour, *, top: float) -> None:
    """A beach with a line of foam that comes and goes."""
    light, dark = palette.of(mixed(sand, (1, 1, 1), 0.15), 0.8), palette.of(scaled(sand, 0.72), 0.9)

    def draw(canvas: "skia.Canvas") -> None:
        canvas.drawPath(path, gradient((0, top), (0, 1.05), ((0, light, 1), (1, dark, 1))))

    def foam(canvas: "skia.Canvas", at: float) -> None:
        for number, phase in enumerate((0.0, 2.1)):
            lift = 0.010 * math.sin(0.9 * at + phase) - 0.012 * number
            canvas.save()
            canvas.translate(0, lift)
            canvas.drawPath(path, paint(palette.tone((1, 1, 1)), 0.60 - 0.25 * number, stroke=0.008))
            canvas.restore()

    stage.moving(0.72, foam)
    stage.still(0.75, draw, top=top - 0.06)


def shafts(stage: Stage, palette: Palette, generator: Generator) -> None:
    """Light that falls between trees."""
    if palette.is_dark:
        return
    phases = generator.uniform(0, 2 * math.pi, 5)
    light = palette.tone(mixed(palette.sky[3], (1.0, 0.95, 0.75), 0.6))

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number, phase in enumerate(phases):
            x = stage.size.aspect * (0.12 + 0.2 * number) + 0.015 * math.sin(0.4 * at + phase)
            wide, lean = 0.03 + 0.012 * math.sin(phase), -0.24
            alpha = 0.15 + 0.06 * math.sin(0.8 * at + phase)
            path = polygon(
                [(x, -MARGIN), (x + wide, -MARGIN), (x + wide * 2.6 + lean, 0.95), (x - wide * 0.8 + lean, 0.95)]
            )
            canvas.drawPath(path, gradient((0, -MARGIN), (0, 0.95), ((0, light, alpha), (1, light, 0.0))))

    stage.moving(0.7, draw)


def islet(stage: Stage, palette: Palette, feet: float, depth: float, *, many: bool) -> None:
    """A rock in the water, or the near end of a bank, for whatever stands there."""
    middle, half = 0.53 * stage.size.aspect, 0.62 if many else 0.30
    rock = mixed(colour("#5f5a58"), palette.grass, 0.25)
    light, dark = palette.of(mixed(rock, (1, 1, 1), 0.12)), palette.of(scaled(rock, 0.5))

    def draw(canvas: "skia.Canvas") -> None:
        x = np.linspace(-1, 1, 60)
        top = feet + 0.010 - 0.035 * (1 - x**2) ** 0.5 - 0.006 * noise.line(11, 60, base=4) + 0.07 * np.abs(x) ** 3
        low = np.array([[middle + half * 1.05, feet + 0.13], [middle - half * 1.05, feet + 0.13]])
        path = polygon(np.concatenate([np.stack([middle + half * x, top], axis=1), low]))
        canvas.drawPath(
            path, gradient((0, feet - 0.03), (0, feet + 0.13), ((0, light, 1), (0.45, dark, 1), (1, dark, 0.15)))
        )

    stage.still(depth, draw, top=feet - 0.08)


def drifting_sand(stage: Stage, palette: Palette, generator: Generator, *, top: float) -> None:
    """Sand that the wind carries low over the dunes."""
    aspect, count = stage.size.aspect, int(130 * stage.size.aspect)
    x, near = generator.uniform(0, aspect + 2 * MARGIN, count), generator.random(count)
    y = top + (1.05 - top) * near
    speed, phase = 0.14 + 0.22 * near, generator.uniform(0, 2 * math.pi, count)
    grain = palette.of(colour("#f4dcae"))

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number in range(count):
            left = (x[number] + speed[number] * at) % (aspect + 2 * MARGIN) - MARGIN
            high = y[number] + 0.008 * math.sin(2.2 * at + phase[number])
            alpha = 0.10 + 0.22 * (0.5 + 0.5 * math.sin(1.1 * at + phase[number]))
            length = 0.03 + 0.09 * near[number]
            canvas.drawLine(
                left, high, left + length, high - 0.004, paint(grain, alpha, stroke=0.0016 + 0.0034 * near[number])
            )

    stage.moving(0.8, draw)
