"""Places without ground: space, and below the water."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting import noise
from reelwright.kernels.painting.land import outline
from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Stage, glow, gradient, paint
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Generator = np.random.Generator


def space(stage: Stage, scene: Scene, palette: Palette, generator: Generator) -> None:
    """Stars at three depths, a nebula, a planet with its night side, sometimes a ring."""
    tone, aspect = palette.tone, stage.size.aspect
    hues = [colour("#5a2d82"), colour("#1f5fa8"), colour("#b23a6b"), colour("#1d8a8a")]
    first, second = (hues[int(generator.integers(4))] for _ in range(2))
    clouds = [_nebula(int(generator.integers(2**31)), tone(one), aspect) for one in (first, second)]

    def back(canvas: "skia.Canvas") -> None:
        canvas.drawPaint(
            gradient((0, 0), (aspect, 1), ((0, tone((0.01, 0.012, 0.04)), 1), (1, tone((0.03, 0.02, 0.07)), 1)))
        )
        for image in clouds:
            canvas.drawImageRect(
                image,
                skia.Rect.MakeWH(image.width(), image.height()),
                skia.Rect.MakeXYWH(-MARGIN, -MARGIN, aspect + 2 * MARGIN, 1 + 2 * MARGIN),
                skia.SamplingOptions(skia.FilterMode.kLinear),
            )

    stage.still(0.0, back)
    for depth, count, size in ((0.05, 420, 0.0011), (0.3, 120, 0.0019), (0.6, 36, 0.0030)):
        _field(stage, generator, depth, int(count * aspect), size)
    red = any("mars" in subject.word or "火星" in subject.word for subject in scene.subjects)
    _planet(stage, palette, generator, colour("#c1582f") if red else hues[int(generator.integers(4))])


def _nebula(seed: int, one: Colour, aspect: float) -> "skia.Image":
    field = noise.texture(seed, 512, 288, base=3)
    other = noise.texture(seed + 1, 512, 288, base=2)
    alpha = np.clip((field * other - 0.20) * 3.2, 0, 0.62)
    rgba = np.empty((*alpha.shape, 4), np.float32)
    rgba[..., :3], rgba[..., 3] = np.asarray(one, np.float32) * 1.25, alpha
    return skia.Image.fromarray(
        np.ascontiguousarray((np.clip(rgba, 0, 1) * 255).astype(np.uint8)), skia.kRGBA_8888_ColorType, copy=True
    )


def _field(stage: Stage, generator: Generator, depth: float, count: int, size: float) -> None:
    x, y = generator.uniform(-MARGIN, stage.size.aspect + MARGIN, count), generator.uniform(-MARGIN, 1 + MARGIN, count)
    phase, sizes = generator.uniform(0, 6.28, count), size * generator.uniform(0.5, 1.4, count)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number in range(count):
            bright = 0.55 + 0.4 * math.sin(1.8 * at + phase[number])
            canvas.drawCircle(x[number], y[number], sizes[number], paint((0.9, 0.94, 1.0), bright))

    if depth < 0.2:
        stage.still(depth, lambda canvas: draw(canvas, 0.0))
    else:
        stage.moving(depth, draw)


def _planet(stage: Stage, palette: Palette, generator: Generator, base: Colour) -> None:
    aspect = stage.size.aspect
    x, y, radius = aspect * generator.uniform(0.62, 0.74), generator.uniform(0.34, 0.46), generator.uniform(0.20, 0.27)
    bands = noise.line(int(generator.integers(2**31)), 64, base=5)
    has_ring = generator.random() < 0.5

    def ring(canvas: "skia.Canvas", start: float) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(-18)
        for number in range(5):
            reach = radius * (1.45 + 0.11 * number)
            canvas.drawArc(
                skia.Rect.MakeLTRB(-reach, -0.24 * reach, reach, 0.24 * reach),
                start,
                180,
                False,
                paint(palette.tone(mixed(base, (1, 0.95, 0.85), 0.6)), 0.55 - 0.07 * number, stroke=0.013),
            )
        canvas.restore()

    def draw(canvas: "skia.Canvas") -> None:
        canvas.drawCircle(
            x, y, radius * 1.7, glow(x, y, radius * 1.7, palette.tone(mixed(base, (0.6, 0.8, 1), 0.5)), 0.5)
        )
        if has_ring:
            ring(canvas, 180)
        canvas.save()
        canvas.clipPath(skia.Path().addCircle(x, y, radius), True)
        for number, value in enumerate(bands):
            top = y - radius + 2 * radius * number / 64
            canvas.drawRect(
                skia.Rect.MakeXYWH(x - radius, top, 2 * radius, radius / 28),
                paint(palette.tone(mixed(base, (1, 1, 1) if value > 0 else (0, 0, 0), 0.35 * abs(value)))),
            )
        canvas.drawCircle(
            x + 0.55 * radius,
            y + 0.25 * radius,
            1.6 * radius,
            glow(x + 0.75 * radius, y + 0.35 * radius, 1.7 * radius, (0, 0, 0.02), 0.95),
        )
        canvas.restore()
        if has_ring:
            ring(canvas, 0)

    stage.still(0.35, draw)


def underwater(stage: Stage, scene: Scene, palette: Palette, generator: Generator) -> None:
    """Light that falls in moving rays, a bed with weeds and corals, bubbles."""
    aspect, tone = stage.size.aspect, palette.tone
    top, deep = colour("#49b6c9"), colour("#06304f")
    if palette.is_dark:
        top, deep = scaled(top, 0.35), scaled(deep, 0.4)
    if scene.time == "dusk":
        top = mixed(top, colour("#f0a060"), 0.35)

    def back(canvas: "skia.Canvas") -> None:
        canvas.drawPaint(
            gradient(
                (0, -MARGIN),
                (0, 1.0),
                ((0, tone(mixed(top, (1, 1, 1), 0.25)), 1), (0.35, tone(top), 1), (1, tone(deep), 1)),
            )
        )

    stage.still(0.0, back)
    phases = generator.uniform(0, 6.28, 7)

    def rays(canvas: "skia.Canvas", at: float) -> None:
        for number, phase in enumerate(phases):
            x = aspect * (number + 0.5) / 7 + 0.04 * math.sin(0.5 * at + phase)
            wide, lean = 0.05 + 0.03 * math.sin(0.7 * at + phase), 0.16
            path = skia.Path().addPoly(
                [
                    skia.Point(x - wide, -MARGIN),
                    skia.Point(x + wide, -MARGIN),
                    skia.Point(x + wide * 2.2 + lean, 0.95),
                    skia.Point(x - wide * 1.6 + lean, 0.95),
                ],
                True,
            )
            made = gradient(
                (0, -MARGIN), (0, 0.95), ((0, (1, 1, 0.95), 0.20 + 0.06 * math.sin(at + phase)), (1, (1, 1, 0.95), 0.0))
            )
            canvas.drawPath(path, made)

    stage.moving(0.2, rays)
    for depth, base in ((0.4, 0.80), (0.75, 0.90)):
        sand = mixed(colour("#b9a27a"), deep, 0.75 - 0.45 * depth)
        path = outline(generator, aspect, base, 0.07, bumps=3, fall=0.3)
        made = gradient((0, base - 0.07), (0, 1.05), ((0, tone(sand), 1), (1, tone(scaled(sand, 0.6)), 1)))

        def bed(canvas: "skia.Canvas", path: "skia.Path" = path, made: "skia.Paint" = made) -> None:
            canvas.drawPath(path, made)

        stage.still(depth, bed, top=base - 0.1)
    _weeds(stage, palette, generator, deep)
    _bubbles(stage, generator)


def _weeds(stage: Stage, palette: Palette, generator: Generator, deep: Colour) -> None:
    shades = [colour(code) for code in ("#2f8f6a", "#d9577a", "#e08a3c", "#7a4fb0", "#3aa66f")]
    plants = [
        (
            generator.uniform(0, stage.size.aspect),
            generator.uniform(0.86, 1.0),
            generator.uniform(0.08, 0.26),
            shades[int(generator.integers(5))],
            generator.uniform(0, 6.28),
        )
        for _ in range(int(20 * stage.size.aspect))
    ]

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for x, y, tall, base, phase in plants:
            shade = palette.tone(mixed(base, deep, 0.25))
            for number in range(5):
                lean = (number - 2) * 0.16 * tall
                sway = 0.20 * tall * math.sin(1.1 * at + phase + 0.3 * number)
                path = skia.Path()
                path.moveTo(x + 0.02 * (number - 2), y + 0.05)
                path.quadTo(
                    x + lean * 0.6 - sway * 0.5, y - 0.5 * tall, x + lean + sway, y - tall * (1 - 0.1 * abs(number - 2))
                )
                canvas.drawPath(path, paint(shade, 0.95, stroke=0.006 + 0.03 * tall))

    stage.moving(0.8, draw)


def _bubbles(stage: Stage, generator: Generator) -> None:
    count = int(34 * stage.size.aspect)
    x, y = generator.uniform(0, stage.size.aspect, count), generator.uniform(0, 1.3, count)
    size, phase = 0.003 + 0.009 * generator.random(count) ** 2, generator.uniform(0, 6.28, count)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number in range(count):
            top = (y[number] - (0.06 + 6 * size[number]) * at) % 1.3 - MARGIN
            left = x[number] + 0.012 * math.sin(2 * at + phase[number])
            canvas.drawCircle(left, top, size[number], paint((0.9, 1.0, 1.0), 0.45, stroke=0.0014))
            canvas.drawCircle(
                left - 0.3 * size[number], top - 0.3 * size[number], 0.25 * size[number], paint((1, 1, 1), 0.8)
            )

    stage.moving(0.9, draw)
