"""What is behind everything: the sky with its sun, moon, stars and clouds."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting import noise
from reelwright.kernels.painting.palette import Palette, colour, mixed
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Draw, Stage, glow, gradient, paint
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

SUN = {"dawn": (0.30, 0.52), "day": (0.72, 0.17), "dusk": (0.66, 0.53), "night": (0.74, 0.20)}
"""Where the sun or the moon stands: shares of the width and of the height."""
HIDDEN = frozenset({"rain", "storm", "snow", "cloudy", "fog"})
COVER = {"clear": 0.30, "wind": 0.42, "fog": 0.35, "snow": 0.55, "cloudy": 0.75, "rain": 0.75, "storm": 0.9}


def sky(stage: Stage, scene: Scene, palette: Palette, generator: np.random.Generator, *, horizon: float) -> None:
    """The sky from the top down to the horizon, and on behind what stands there."""
    stops = palette.toned_sky()
    places = (0.0, 0.42, 0.80, 1.0)

    def draw(canvas: "skia.Canvas") -> None:
        told = [(place, one, 1.0) for place, one in zip(places, stops, strict=True)]
        canvas.drawPaint(gradient((0, -MARGIN), (0, horizon), told))
        if palette.is_dark and scene.weather not in HIDDEN:
            _stars(canvas, stage.size.aspect, horizon, generator)

    stage.still(0.0, draw)
    if palette.is_dark and scene.weather not in HIDDEN:
        stage.moving(0.0, _twinkling(stage.size.aspect, horizon, generator))
    _light(stage, scene, palette)
    _clouds(stage, scene, palette, generator, horizon)


def _stars(canvas: "skia.Canvas", aspect: float, horizon: float, generator: np.random.Generator) -> None:
    for _ in range(int(260 * aspect)):
        x, y = generator.uniform(-MARGIN, aspect + MARGIN), generator.uniform(-MARGIN, horizon)
        size, bright = 0.0009 + 0.0013 * generator.random() ** 3, generator.uniform(0.25, 0.9) * (1 - 0.6 * y / horizon)
        canvas.drawCircle(x, y, size, paint(mixed((0.8, 0.87, 1.0), (1.0, 0.93, 0.8), generator.random()), bright))


def _twinkling(aspect: float, horizon: float, generator: np.random.Generator) -> Draw:
    count = int(26 * aspect)
    places = [(generator.uniform(0, aspect), generator.uniform(0, 0.8 * horizon)) for _ in range(count)]
    phases = generator.uniform(0, 2 * math.pi, count)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for (x, y), phase in zip(places, phases, strict=True):
            bright = 0.5 + 0.5 * math.sin(2.6 * at + phase)
            canvas.drawCircle(x, y, 0.0022, paint((0.92, 0.95, 1.0), 0.25 + 0.7 * bright))
            canvas.drawCircle(x, y, 0.0075, paint((0.75, 0.84, 1.0), 0.10 * bright))

    return draw


def _light(stage: Stage, scene: Scene, palette: Palette) -> None:
    """The sun or the moon; behind thick clouds, only its glow."""
    kinds = {subject.kind for subject in scene.subjects}
    share, y = SUN[scene.time]
    x = share * stage.size.aspect
    is_hidden = scene.weather in HIDDEN and not kinds & {"sun", "moon"}
    is_big = bool(kinds & {"sun", "moon"})
    radius = (0.095 if is_big else 0.052) * (1.25 if scene.time in ("dawn", "dusk") else 1.0)
    is_moon = scene.time == "night" or ("moon" in kinds and scene.time != "day")
    body = palette.tone(colour("#f3efdc") if is_moon else colour("#fff0c0" if scene.time == "day" else "#ffdf9a"))
    air = palette.tone(colour("#9db4e8") if is_moon else mixed(palette.sky[3], (1.0, 0.85, 0.55), 0.5))

    def draw(canvas: "skia.Canvas") -> None:
        strength = (0.28 if is_moon else 0.55) * (0.5 if is_hidden else 1.0)
        canvas.drawCircle(x, y, radius * 9, glow(x, y, radius * 9, air, strength))
        if is_hidden:
            return
        canvas.drawCircle(x, y, radius * 2.1, glow(x, y, radius * 2.1, body, 0.55))
        canvas.drawCircle(x, y, radius, paint(body))
        if is_moon:
            shade = palette.tone(colour("#d3cfbd"))
            for dx, dy, size in ((-0.3, -0.2, 0.22), (0.25, 0.15, 0.3), (-0.1, 0.4, 0.16), (0.3, -0.4, 0.13)):
                canvas.drawCircle(x + dx * radius, y + dy * radius, size * radius, paint(shade, 0.55))

    stage.still(0.02, draw)


def _clouds(stage: Stage, scene: Scene, palette: Palette, generator: np.random.Generator, horizon: float) -> None:
    cover = COVER.get(scene.weather, 0.3)
    if scene.style == "ink":
        cover = min(cover, 0.3)
    base = mixed(palette.sky[1], (1.0, 1.0, 1.0), 0.75 if scene.time == "day" else 0.25)
    if scene.weather in ("storm", "rain"):
        base = mixed(palette.sky[0], (0.25, 0.27, 0.32), 0.5)
    warm = mixed(base, palette.sky[3], 0.6)
    for number, (depth, speed) in enumerate(((0.05, 0.006), (0.10, 0.011))):
        image = _cloud_image(
            stage, int(generator.integers(2**31)), palette.tone(mixed(base, warm, 0.5 * number)), cover
        )
        wide = stage.size.aspect + 2 * MARGIN
        stage.moving(depth, _drifting(image, wide, horizon * (1.05 - 0.25 * number), speed * _windy(scene)))


def _windy(scene: Scene) -> float:
    return 2.5 if scene.weather in ("wind", "storm") else 1.0


def _cloud_image(stage: Stage, seed: int, base: tuple[float, float, float], cover: float) -> "skia.Image":
    field = noise.texture(seed, 640, 220, base=4)
    level = 1.0 - cover
    low = np.quantile(field, level * 0.9)
    alpha = np.clip((field - low) / 0.22, 0, 1)
    fade = np.linspace(0, 1, 220, dtype=np.float32)
    alpha *= np.clip(np.minimum(fade / 0.25, (1 - fade) / 0.35), 0, 1)[:, None] * (0.35 + 0.5 * cover)
    light = 0.86 + 0.14 * np.clip((np.roll(field, 5, axis=0) - field) * -6 + 0.5, 0, 1)
    rgba = np.empty((*field.shape, 4), np.float32)
    rgba[..., :3] = np.asarray(base, np.float32) * light[..., None]
    rgba[..., 3] = alpha
    pixels = np.ascontiguousarray((np.clip(rgba, 0, 1) * 255).astype(np.uint8))
    return stage.image(pixels)


def _drifting(image: "skia.Image", wide: float, tall: float, speed: float) -> Draw:
    """The texture joins itself at its sides, so two copies are always enough."""
    smooth = skia.SamplingOptions(skia.FilterMode.kLinear)
    source = skia.Rect.MakeWH(image.width(), image.height())

    def draw(canvas: "skia.Canvas", at: float) -> None:
        shift = (speed * at) % wide
        for start in (-MARGIN + shift, -MARGIN + shift - wide):
            canvas.drawImageRect(image, source, skia.Rect.MakeXYWH(start, -MARGIN, wide, tall), smooth)

    return draw
