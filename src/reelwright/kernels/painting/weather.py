"""What falls and drifts before everything: rain, snow, leaves, petals, mist, lightning."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting import noise
from reelwright.kernels.painting.palette import Palette, colour, mixed
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Draw, Stage, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

TALL = 1 + 2 * MARGIN
FLASHES = (1.3, 1.42, 3.6, 6.1, 9.4)
"""Seconds at which lightning strikes; after ten, again."""


def add(stage: Stage, scene: Scene, palette: Palette, generator: np.random.Generator, *, horizon: float) -> None:
    """The weather of the scene, and what its season lets fall."""
    if scene.weather in ("rain", "storm"):
        stage.moving(0.9, _rain(stage.size.aspect, palette, generator, heavy=scene.weather == "storm"))
    if scene.weather == "snow":
        for depth, count, size in ((0.5, 170, 0.003), (0.95, 90, 0.0065)):
            stage.moving(depth, _flakes(stage.size.aspect, palette, generator, int(count * stage.size.aspect), size))
    if scene.weather in ("fog", "rain") or (scene.time == "dawn" and scene.weather == "clear"):
        thick = {"fog": 0.75, "rain": 0.28}.get(scene.weather, 0.22)
        for depth, y in ((0.5, horizon - 0.02), (0.85, horizon + 0.17)):
            stage.moving(depth, _mist(stage, palette, generator, y, thick))
    if scene.weather == "storm":
        stage.moving(0.0, _lightning(stage.size.aspect))
    if (
        scene.season in ("autumn", "spring")
        and "season" in scene.told
        and scene.weather not in ("rain", "storm", "snow")
    ):
        leaf = colour("#cf6d2b") if scene.season == "autumn" else colour("#f4b8ca")
        stage.moving(0.93, _leaves(stage.size.aspect, palette, generator, leaf))


def _rain(aspect: float, palette: Palette, generator: np.random.Generator, *, heavy: bool) -> Draw:
    count = int((230 if heavy else 150) * aspect)
    x = generator.uniform(-MARGIN, aspect + MARGIN, count)
    y = generator.uniform(0, TALL, count)
    speed = generator.uniform(1.5, 2.3, count)
    near = (speed - 1.5) / 0.8
    slant = 0.20 if heavy else 0.08
    made = [
        paint(palette.tone((0.82, 0.88, 0.96)), 0.16 + 0.30 * part, stroke=0.0009 + 0.0013 * part)
        for part in (0.0, 0.5, 1.0)
    ]

    def draw(canvas: "skia.Canvas", at: float) -> None:
        tops = (y + speed * at) % TALL - MARGIN
        lefts = (x + MARGIN - slant * speed * at) % (aspect + 2 * MARGIN) - MARGIN
        for number in range(count):
            length = 0.03 + 0.045 * near[number]
            canvas.drawLine(
                lefts[number],
                tops[number],
                lefts[number] - slant * length,
                tops[number] + length,
                made[int(near[number] * 2.99)],
            )

    return draw


def _flakes(aspect: float, palette: Palette, generator: np.random.Generator, count: int, size: float) -> Draw:
    x, y = generator.uniform(-MARGIN, aspect + MARGIN, count), generator.uniform(0, TALL, count)
    speed, phase = generator.uniform(0.05, 0.13, count) * (size / 0.004), generator.uniform(0, 2 * math.pi, count)
    sizes = size * generator.uniform(0.6, 1.3, count)
    made = paint(palette.tone((0.97, 0.98, 1.0)), 0.88)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        tops = (y + speed * at) % TALL - MARGIN
        lefts = x + 0.02 * np.sin(0.9 * at + phase)
        for number in range(count):
            canvas.drawCircle(lefts[number], tops[number], sizes[number], made)

    return draw


def _leaves(aspect: float, palette: Palette, generator: np.random.Generator, leaf: tuple[float, float, float]) -> Draw:
    count = int(20 * aspect)
    x, y = generator.uniform(0, aspect, count), generator.uniform(0, TALL, count)
    phase, speed = generator.uniform(0, 2 * math.pi, count), generator.uniform(0.07, 0.14, count)
    size = generator.uniform(0.008, 0.015, count)
    shades = [palette.of(mixed(leaf, (1.0, 0.9, 0.5), float(share)), 0.95) for share in (0, 0.2, 0.4)]

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for number in range(count):
            top = (y[number] + speed[number] * at) % TALL - MARGIN
            left = (x[number] + 0.09 * at + 0.05 * math.sin(1.2 * at + phase[number]) + MARGIN) % (
                aspect + 2 * MARGIN
            ) - MARGIN
            canvas.save()
            canvas.translate(left, top)
            canvas.rotate(60 * math.sin(1.5 * at + phase[number]) + 40)
            s = size[number]
            canvas.scale(1, 0.35 + 0.65 * abs(math.cos(1.7 * at + phase[number])))
            canvas.drawPath(
                polygon([(-s, 0), (-0.2 * s, -0.55 * s), (s, 0), (-0.2 * s, 0.55 * s)]), paint(shades[number % 3], 0.95)
            )
            canvas.restore()

    return draw


def _mist(stage: Stage, palette: Palette, generator: np.random.Generator, y: float, thick: float) -> Draw:
    field = noise.texture(int(generator.integers(2**31)), 512, 96, base=3)
    rise = np.linspace(0, math.pi, 96, dtype=np.float32)
    alpha = np.clip((field - 0.30) * 2.0, 0, 1) * np.sin(rise)[:, None] * thick
    tone = np.asarray(
        palette.tone(mixed(palette.haze, (1.0, 1.0, 1.0), 0.30 if not palette.is_dark else 0.05)), np.float32
    )
    rgba = np.empty((*alpha.shape, 4), np.float32)
    rgba[..., :3], rgba[..., 3] = tone, alpha
    image = stage.image(np.ascontiguousarray((rgba * 255).astype(np.uint8)))
    source = skia.Rect.MakeWH(image.width(), image.height())
    smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
    wide, tall, speed = stage.size.aspect + 2 * MARGIN, 0.34, 0.018 * (1 if generator.random() < 0.5 else -1)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        shift = (speed * at) % wide
        for start in (-MARGIN + shift, -MARGIN + shift - wide):
            canvas.drawImageRect(image, source, skia.Rect.MakeXYWH(start, y - tall / 2, wide, tall), smooth)

    return draw


def _lightning(aspect: float) -> Draw:
    def draw(canvas: "skia.Canvas", at: float) -> None:
        since = min((at % 10 - flash for flash in FLASHES if at % 10 >= flash), default=9.0)
        strength = math.exp(-since / 0.09)
        if strength > 0.03:
            canvas.drawPaint(paint((0.86, 0.88, 1.0), 0.75 * strength))
            if since < 0.12:
                x, turn = aspect * (0.25 + 0.5 * ((int(at) * 37) % 10) / 10), int(at)
                bolt = [(x + 0.03 * math.sin(number * 2.4 + turn), -MARGIN + 0.075 * number) for number in range(9)]
                for (x0, y0), (x1, y1) in pairwise(bolt):
                    canvas.drawLine(x0, y0, x1, y1, paint((1, 1, 1), 0.9, stroke=0.005))

    return draw
