"""What people built: skylines, streets, villages, rooms."""

from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting.palette import LAMP, NEON, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import MARGIN, Stage, glow, gradient, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

Generator = np.random.Generator
BOTTOM = 1 + MARGIN
WALLS = tuple(map(colour, ("#8a8f9c", "#a39a90", "#6f7f94", "#b7a58f", "#7b7488")))
PLASTER = tuple(map(colour, ("#e8d9c0", "#d8b892", "#c98f6a", "#dfe0d6", "#cfae9a")))
ROOFS = tuple(map(colour, ("#a9493a", "#7d4a3a", "#4d5a66", "#8f5f3c")))


def _rect(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def skyline(
    stage: Stage,
    palette: Palette,
    generator: Generator,
    *,
    base: float,
    tallest: float,
    depth: float,
    neon: bool = False,
) -> None:
    """A row of tall houses; at night, some of their windows are lit."""
    seed = int(generator.integers(2**31))

    def draw(canvas: "skia.Canvas") -> None:
        own, x = np.random.default_rng(seed), -MARGIN
        while x < stage.size.aspect + MARGIN:
            width, height = own.uniform(0.055, 0.13), tallest * own.uniform(0.35, 1.0)
            _house(canvas, palette, own, x, base - height, width, depth, neon=neon)
            x += width * own.uniform(0.92, 1.12)

    stage.still(depth, draw, top=base - tallest - 0.08)


def _house(
    canvas: "skia.Canvas",
    palette: Palette,
    own: Generator,
    x: float,
    top: float,
    width: float,
    depth: float,
    *,
    neon: bool,
) -> None:
    wall = WALLS[int(own.integers(len(WALLS)))]
    face, side = palette.of(wall, depth), palette.of(scaled(wall, 0.72), depth)
    canvas.drawRect(_rect(x, top, width, BOTTOM - top), gradient((0, top), (0, 1.0), ((0, face, 1), (1, side, 1))))
    canvas.drawRect(_rect(x + 0.72 * width, top, 0.28 * width, BOTTOM - top), paint(side, 0.6))
    if own.random() < 0.4:
        canvas.drawLine(x + width / 2, top, x + width / 2, top - own.uniform(0.02, 0.06), paint(face, stroke=0.003))
    columns, step = max(2, int(width / 0.021)), 0.026
    lit = 0.46 if palette.is_dark else 0.05
    for row in range(int((1.02 - top) / step)):
        for column in range(columns):
            left, y = x + (column + 0.28) * width / columns, top + 0.018 + row * step
            is_lit = own.random() < lit
            if is_lit:
                shade = palette.of(mixed(LAMP, (1.0, 0.95, 0.85), own.random() * 0.5), depth, glow=0.9)
            else:
                shade = palette.of(mixed(wall, (0.15, 0.2, 0.3), 0.55), depth)
            canvas.drawRect(_rect(left, y, 0.5 * width / columns, 0.5 * step), paint(shade, 0.95 if is_lit else 0.6))
    if neon and own.random() < 0.6:
        _sign(canvas, palette, own, x + 0.1 * width, top + 0.05, width)


def _sign(canvas: "skia.Canvas", palette: Palette, own: Generator, x: float, y: float, width: float) -> None:
    shade = palette.of(NEON[int(own.integers(len(NEON)))], 1.0, glow=1.0)
    wide, tall = 0.22 * width, own.uniform(0.10, 0.22)
    canvas.drawCircle(x + wide / 2, y + tall / 2, 0.13, glow(x + wide / 2, y + tall / 2, 0.13, shade, 0.45))
    canvas.drawRoundRect(_rect(x, y, wide, tall), 0.004, 0.004, paint(shade, 0.9, stroke=0.004))
    for number in range(4):
        mark = y + (number + 0.5) * tall / 4
        canvas.drawLine(
            x + 0.2 * wide,
            mark,
            x + own.uniform(0.5, 0.85) * wide,
            mark + own.uniform(-0.008, 0.008),
            paint(shade, stroke=0.005),
        )


def street(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, floor: float) -> None:
    """Houses with shops along a pavement, lamps, the road in front; wet if it rains."""
    neon = scene.style == "neon"
    skyline(stage, palette, generator, base=floor, tallest=0.62, depth=0.30, neon=neon)
    seed = int(generator.integers(2**31))

    def fronts(canvas: "skia.Canvas") -> None:
        own, x = np.random.default_rng(seed), -MARGIN
        while x < stage.size.aspect + MARGIN:
            width = own.uniform(0.26, 0.40)
            _shop(canvas, palette, own, x, floor, width, own.uniform(0.34, 0.47), neon=neon)
            x += width

    stage.still(0.55, fronts, top=floor - 0.52)
    road(stage, scene, palette, generator, top=floor)
    _lamps(stage, palette, floor)


def _shop(
    canvas: "skia.Canvas",
    palette: Palette,
    own: Generator,
    x: float,
    floor: float,
    width: float,
    height: float,
    *,
    neon: bool,
) -> None:
    wall = PLASTER[int(own.integers(len(PLASTER)))]
    face = palette.of(wall, 0.7)
    top = floor - height
    canvas.drawRect(
        _rect(x, top, width, height),
        gradient((0, top), (0, floor), ((0, face, 1), (1, palette.of(scaled(wall, 0.78), 0.7), 1))),
    )
    canvas.drawRect(_rect(x, top, width, 0.012), paint(palette.of(scaled(wall, 0.6), 0.7)))
    shine = 0.95 if palette.is_dark else 0.25
    window = palette.of(mixed(LAMP, (1, 1, 1), 0.25) if palette.is_dark else (0.62, 0.72, 0.80), 0.75, glow=shine)
    for number in range(3):
        canvas.drawRect(
            _rect(x + (0.10 + 0.30 * number) * width, top + 0.045, 0.20 * width, 0.085),
            paint(window if own.random() < 0.6 else palette.of((0.25, 0.28, 0.36), 0.7)),
        )
    if palette.is_dark:
        canvas.drawCircle(
            x + width / 2, floor - 0.07, 0.22, glow(x + width / 2, floor - 0.07, 0.22, palette.of(LAMP, glow=1.0), 0.35)
        )
    canvas.drawRect(_rect(x + 0.08 * width, floor - 0.145, 0.52 * width, 0.125), paint(window))
    canvas.drawRect(
        _rect(x + 0.68 * width, floor - 0.16, 0.20 * width, 0.16), paint(palette.of(scaled(wall, 0.42), 0.75))
    )
    cloth = NEON[int(own.integers(4))] if neon else ROOFS[int(own.integers(4))]
    for number in range(8):
        left = x + (0.05 + 0.0725 * number) * width
        shade = cloth if number % 2 else mixed(cloth, (1, 0.97, 0.9), 0.75)
        canvas.drawPath(
            polygon(
                [
                    (left, floor - 0.19),
                    (left + 0.0725 * width, floor - 0.19),
                    (left + 0.09 * width, floor - 0.14),
                    (left - 0.005 * width, floor - 0.14),
                ]
            ),
            paint(palette.of(shade, 0.8, glow=0.4 if neon else 0.1)),
        )
    if neon and own.random() < 0.8:
        _sign(canvas, palette, own, x + 0.8 * width, floor - 0.40, 0.2)


def road(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, top: float) -> None:
    is_wet = scene.weather in ("rain", "storm") or scene.style == "neon"
    stone = colour("#6b6a70")
    if scene.weather == "snow" or scene.season == "winter":
        stone = colour("#cfd6de")
    seed = int(generator.integers(2**31))

    def draw(canvas: "skia.Canvas") -> None:
        wide = stage.size.aspect + 2 * MARGIN
        canvas.drawRect(_rect(-MARGIN, top, wide, 0.035), paint(palette.of(mixed(stone, (1, 1, 1), 0.25), 0.8)))
        far, near = palette.of(stone, 0.75), palette.of(scaled(stone, 0.62), 0.95)
        canvas.drawRect(
            _rect(-MARGIN, top + 0.03, wide, BOTTOM - top), gradient((0, top), (0, 1.0), ((0, far, 1), (1, near, 1)))
        )
        own = np.random.default_rng(seed)
        for _ in range(16):
            mark = own.uniform(-MARGIN, stage.size.aspect + MARGIN)
            canvas.drawRect(_rect(mark, top + 0.155, 0.10, 0.009), paint(palette.of((0.9, 0.88, 0.8), 0.8), 0.5))
        for _ in range(46 if is_wet else 0):
            x, shade = own.uniform(-MARGIN, stage.size.aspect + MARGIN), LAMP
            if scene.style == "neon":
                shade = NEON[int(own.integers(4))]
            length = own.uniform(0.08, 0.22)
            tone = palette.of(shade, glow=0.9 if palette.is_dark else 0.2)
            y = top + 0.035
            canvas.drawRect(
                _rect(x, y, own.uniform(0.006, 0.03), length),
                gradient((0, y), (0, y + length), ((0, tone, 0.40), (1, tone, 0.0))),
            )

    stage.still(0.75, draw, top=top)


def _lamps(stage: Stage, palette: Palette, floor: float) -> None:
    def draw(canvas: "skia.Canvas") -> None:
        pole = palette.of((0.16, 0.17, 0.20), 0.95)
        for number in range(4):
            x = stage.size.aspect * (0.06 + 0.30 * number)
            canvas.drawLine(x, floor + 0.10, x, floor - 0.36, paint(pole, stroke=0.008))
            canvas.drawLine(x, floor - 0.36, x + 0.05, floor - 0.38, paint(pole, stroke=0.006))
            light = palette.of(LAMP, glow=1.0)
            if palette.is_dark:
                canvas.drawCircle(x + 0.055, floor - 0.375, 0.24, glow(x + 0.055, floor - 0.375, 0.24, light, 0.6))
            canvas.drawCircle(
                x + 0.055, floor - 0.375, 0.014, paint(light if palette.is_dark else palette.of((0.9, 0.9, 0.85)))
            )

    stage.still(0.82, draw, top=floor - 0.66)


def village(stage: Stage, scene: Scene, palette: Palette, generator: Generator, *, base: float, eastern: bool) -> None:
    """Low houses with roofs, smoke from a chimney; curved eaves in the east."""
    seed, is_snowy = int(generator.integers(2**31)), scene.weather == "snow" or scene.season == "winter"
    for number, depth in enumerate((0.42, 0.62)):

        def draw(canvas: "skia.Canvas", number: int = number, depth: float = depth) -> None:
            own = np.random.default_rng(seed + number)
            x = -MARGIN + own.uniform(0, 0.1)
            while x < stage.size.aspect + MARGIN:
                size = own.uniform(0.13, 0.20) * (0.7 + 0.45 * number)
                cottage(canvas, palette, own, x, base + 0.10 * number, size, depth, eastern=eastern, snow=is_snowy)
                x += size * own.uniform(1.15, 1.9)

        stage.still(depth, draw, top=base - 0.34)


def cottage(
    canvas: "skia.Canvas",
    palette: Palette,
    own: Generator,
    x: float,
    y: float,
    size: float,
    depth: float,
    *,
    eastern: bool = False,
    snow: bool = False,
    wall: Colour | None = None,
) -> None:
    plaster = wall or (colour("#e9e4d8") if eastern else PLASTER[int(own.integers(len(PLASTER)))])
    roof = colour("#3c4046") if eastern else ROOFS[int(own.integers(len(ROOFS)))]
    height = 0.62 * size
    canvas.drawRect(
        _rect(x, y - height, size, height),
        gradient(
            (x, 0),
            (x + size, 0),
            ((0, palette.of(plaster, depth), 1), (1, palette.of(scaled(plaster, 0.74), depth), 1)),
        ),
    )
    shade, light = palette.of(roof, depth), palette.of(mixed(roof, (1, 1, 1), 0.15), depth)
    over, rise = 0.13 * size, 0.42 * size
    path = skia.Path()
    path.moveTo(x - over, y - height + 0.02 * size)
    if eastern:
        path.quadTo(x + 0.10 * size, y - height - 0.10 * size, x + 0.22 * size, y - height - rise)
        path.lineTo(x + 0.78 * size, y - height - rise)
        path.quadTo(x + 0.90 * size, y - height - 0.10 * size, x + size + over, y - height + 0.02 * size)
    else:
        path.lineTo(x + 0.5 * size, y - height - rise)
        path.lineTo(x + size + over, y - height + 0.02 * size)
    path.close()
    canvas.drawPath(path, gradient((0, y - height - rise), (0, y - height), ((0, light, 1), (1, shade, 1))))
    if snow:
        canvas.save()
        canvas.clipPath(path, True)
        canvas.drawRect(
            _rect(x - over, y - height - rise, size + 2 * over, 0.72 * rise),
            paint(palette.of((0.95, 0.97, 1.0), depth), 0.95),
        )
        canvas.restore()
    lit = palette.is_dark or own.random() < 0.15
    window = palette.of(
        mixed(LAMP, (1, 0.9, 0.7), 0.2) if lit else (0.32, 0.38, 0.46), depth, glow=0.95 if lit else 0.0
    )
    for part in (0.16, 0.62):
        left, top = x + part * size, y - 0.46 * size
        if lit and palette.is_dark:
            canvas.drawCircle(
                left + 0.1 * size,
                top + 0.1 * size,
                0.5 * size,
                glow(left + 0.1 * size, top + 0.1 * size, 0.5 * size, window, 0.35),
            )
        canvas.drawRect(_rect(left, top, 0.2 * size, 0.2 * size), paint(window))
        canvas.drawLine(left + 0.1 * size, top, left + 0.1 * size, top + 0.2 * size, paint(shade, stroke=0.012 * size))
        canvas.drawLine(left, top + 0.1 * size, left + 0.2 * size, top + 0.1 * size, paint(shade, stroke=0.012 * size))
    canvas.drawRect(
        _rect(x + 0.42 * size, y - 0.34 * size, 0.15 * size, 0.34 * size), paint(palette.of(scaled(roof, 0.8), depth))
    )


# ---- inside
