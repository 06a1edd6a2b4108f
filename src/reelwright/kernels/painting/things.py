"""Things: boats, carriages, balloons, kites, lanterns, buildings, flowers, cups. Drawn in units of their own size."""

import math
from typing import TYPE_CHECKING

import numpy as np

from reelwright.kernels.painting.palette import LAMP, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import glow, gradient, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

USUAL = {
    "boat": "#8a4a32",
    "car": "#c8322f",
    "train": "#2f5f8f",
    "bicycle": "#2f6f5a",
    "balloon": "#d8432f",
    "kite": "#c8322f",
    "lantern": "#e8622b",
    "rocket": "#e4e4e8",
    "robot": "#9fb0bd",
    "house": "#d8b892",
    "tower": "#f1ece2",
    "bridge": "#9a8f84",
    "flower": "#e0567a",
    "umbrella": "#c8322f",
    "cup": "#f1ece2",
    "book": "#2f5f8f",
    "bottle": "#3f7a5a",
    "fire": "#ff8a2b",
}
INK = (0.13, 0.12, 0.13)


def shade_of(kind: str, given: str | None) -> Colour:
    return colour(given or USUAL[kind])


def _box(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def kite(canvas: "skia.Canvas", palette: Palette, cloth: Colour, at: float) -> None:
    """One unit tall, on a string that leads down and to the left, with a tail that waves."""
    canvas.rotate(6 * math.sin(1.3 * at) + 8)
    canvas.drawPath(polygon([(0, -0.5), (0.34, -0.08), (0, 0.5), (-0.34, -0.08)]), paint(palette.of(cloth, glow=0.1)))
    canvas.drawPath(polygon([(0, -0.5), (0.34, -0.08), (0, 0.5)]), paint(palette.of(scaled(cloth, 0.72), glow=0.1)))
    canvas.drawLine(0, -0.5, 0, 0.5, paint(palette.of(INK), stroke=0.018))
    canvas.drawLine(-0.34, -0.08, 0.34, -0.08, paint(palette.of(INK), stroke=0.018))
    tail = skia.Path()
    tail.moveTo(0, 0.5)
    bows = []
    for number in range(1, 13):
        x, y = 0.12 * math.sin(2.6 * at - 0.8 * number) * number / 8, 0.5 + 0.11 * number
        tail.lineTo(x, y)
        if number % 3 == 0:
            bows.append((x, y))
    canvas.drawPath(tail, paint(palette.of(INK), 0.8, stroke=0.014))
    for x, y in bows:
        canvas.drawPath(
            polygon([(x - 0.09, y - 0.05), (x, y), (x - 0.09, y + 0.05)]),
            paint(palette.of(colour("#f2c230"), glow=0.2)),
        )
        canvas.drawPath(
            polygon([(x + 0.09, y - 0.05), (x, y), (x + 0.09, y + 0.05)]),
            paint(palette.of(colour("#f2c230"), glow=0.2)),
        )


def lantern(canvas: "skia.Canvas", palette: Palette, paper: Colour, at: float, phase: float) -> None:
    """Glows; one unit tall, its middle at the origin."""
    light = palette.of(mixed(paper, (1, 0.9, 0.6), 0.35), glow=1.0)
    flicker = 0.55 + 0.08 * math.sin(6.3 * at + phase) + 0.05 * math.sin(11 * at + 2 * phase)
    canvas.drawCircle(0, 0, 1.5, glow(0, 0, 1.5, light, flicker))
    body = palette.of(paper, glow=0.95)
    canvas.drawOval(
        _box(-0.36, -0.40, 0.72, 0.80), gradient((0, -0.4), (0, 0.4), ((0, body, 1), (0.6, light, 1), (1, body, 1)))
    )
    for x in (-0.2, 0.0, 0.2):
        canvas.drawLine(
            x,
            -0.38 + abs(x) * 0.4,
            x,
            0.38 - abs(x) * 0.4,
            paint(palette.of(scaled(paper, 0.7), glow=0.8), 0.6, stroke=0.02),
        )
    for y in (-0.46, 0.36):
        canvas.drawRect(_box(-0.15, y, 0.30, 0.10), paint(palette.of(colour("#8a5a24"), glow=0.4)))
    canvas.drawLine(0, 0.45, 0.03 * math.sin(2 * at + phase), 0.75, paint(palette.of(paper, glow=0.7), stroke=0.035))


def tower(canvas: "skia.Canvas", palette: Palette, wall: Colour, at: float, *, eastern: bool = False) -> None:
    """A lighthouse, or a pagoda; one unit tall, its foot at the origin."""
    if eastern:
        for number in range(5):
            wide, y = 0.36 - 0.045 * number, -0.17 * number
            canvas.drawRect(
                _box(-wide / 2, y - 0.16, wide, 0.16), paint(palette.of(mixed(wall, colour("#a8543a"), 0.6)))
            )
            roof = skia.Path()
            roof.moveTo(-wide * 0.78, y - 0.135)
            roof.quadTo(-wide * 0.4, y - 0.16, -wide * 0.30, y - 0.20)
            roof.lineTo(wide * 0.30, y - 0.20)
            roof.quadTo(wide * 0.4, y - 0.16, wide * 0.78, y - 0.135)
            roof.close()
            canvas.drawPath(roof, paint(palette.of(colour("#3c4046"))))
            lit = palette.of(LAMP, glow=0.95) if palette.is_dark else palette.of((0.25, 0.18, 0.15))
            canvas.drawRect(_box(-0.03, y - 0.11, 0.06, 0.08), paint(lit))
        canvas.drawLine(0, -0.86, 0, -1.0, paint(palette.of(colour("#c9a23a")), stroke=0.02))
        return
    body = polygon([(-0.13, 0), (-0.085, -0.78), (0.085, -0.78), (0.13, 0)])
    canvas.save()
    canvas.clipPath(body, True)
    for number in range(6):
        shade = wall if number % 2 else colour("#c0392b")
        canvas.drawRect(
            _box(-0.2, -0.8 + number * 0.135, 0.4, 0.136),
            gradient((-0.13, 0), (0.13, 0), ((0, palette.of(shade), 1), (1, palette.of(scaled(shade, 0.6)), 1))),
        )
    canvas.restore()
    sweep = math.sin(0.9 * at)
    light = palette.of(LAMP, glow=1.0)
    if palette.is_dark or sum(palette.light) < 2.4:
        far = 1.9 * sweep
        canvas.drawPath(
            polygon([(0, -0.85), (far, -0.98), (far, -0.70)]),
            gradient((0, 0), (far or 0.01, 0), ((0, light, 0.55), (1, light, 0.0))),
        )
        canvas.drawCircle(0, -0.85, 0.34, glow(0, -0.85, 0.34, light, 0.7))
    canvas.drawRect(_box(-0.07, -0.92, 0.14, 0.14), paint(light))
    canvas.drawRect(_box(-0.115, -0.795, 0.23, 0.022), paint(palette.of(INK)))
    canvas.drawPath(polygon([(-0.10, -0.915), (0, -1.0), (0.10, -0.915)]), paint(palette.of(colour("#7a2e24"))))


def bridge(canvas: "skia.Canvas", palette: Palette, stone: Colour, at: float) -> None:
    """Three arches; one unit wide, its feet at y 0."""
    whole = skia.Path()
    whole.moveTo(-0.62, 0.05)
    whole.quadTo(0.0, -0.46, 0.62, 0.05)
    whole.lineTo(0.62, 0.08)
    whole.lineTo(-0.62, 0.08)
    whole.close()
    for x, wide, tall in ((0.0, 0.30, 0.18), (-0.30, 0.18, 0.08), (0.30, 0.18, 0.08)):
        whole.addArc(_box(x - wide / 2, 0.08 - tall, wide, 2 * tall), 180, 180)
    whole.setFillType(skia.PathFillType.kEvenOdd)
    canvas.drawPath(
        whole,
        gradient(
            (0, -0.22),
            (0, 0.08),
            ((0, palette.of(mixed(stone, (1, 1, 1), 0.15)), 1), (1, palette.of(scaled(stone, 0.62)), 1)),
        ),
    )
    rail = skia.Path()
    rail.moveTo(-0.62, 0.0)
    rail.quadTo(0.0, -0.52, 0.62, 0.0)
    canvas.drawPath(rail, paint(palette.of(scaled(stone, 0.8)), stroke=0.018))
    for number in range(11):
        x = -0.55 + 0.11 * number
        y = 0.0 - 0.26 * (1 - (x / 0.62) ** 2)
        canvas.drawLine(x, y, x, y + 0.05, paint(palette.of(scaled(stone, 0.75)), stroke=0.012))


def flower(canvas: "skia.Canvas", palette: Palette, petal: Colour, at: float, *, sun: bool = False) -> None:
    """One big flower; one unit tall, its foot at the origin."""
    sway = 0.03 * math.sin(1.3 * at)
    green = palette.of(colour("#4f8a3a"))
    stem = skia.Path()
    stem.moveTo(0, 0)
    stem.quadTo(0.03, -0.4, sway, -0.74)
    canvas.drawPath(stem, paint(green, stroke=0.032))
    for side in (-1, 1):
        canvas.drawPath(polygon([(0.01, -0.26), (0.24 * side, -0.42), (0.10 * side, -0.24)]), paint(green))
    canvas.save()
    canvas.translate(sway, -0.78)
    count = 16 if sun else 8
    for ring in (0, 1):
        for number in range(count):
            canvas.save()
            canvas.rotate(360 * (number + 0.5 * ring) / count + 3 * math.sin(1.1 * at))
            shade = mixed(petal, (1, 1, 1), 0.16) if ring else scaled(petal, 0.86)
            canvas.drawOval(
                _box(-0.045 if sun else -0.07, -0.22 + 0.03 * ring, 0.09 if sun else 0.14, 0.19),
                paint(palette.of(shade, glow=0.12)),
            )
            canvas.restore()
    canvas.drawCircle(
        0, 0, 0.105 if sun else 0.06, paint(palette.of(colour("#5a3a1e") if sun else colour("#f2c230"), glow=0.1))
    )
    canvas.restore()


def cup(canvas: "skia.Canvas", palette: Palette, china: Colour, at: float) -> None:
    """A cup that steams; one unit wide, its foot at the origin."""
    main, dark = palette.of(china), palette.of(scaled(china, 0.72))
    canvas.drawOval(_box(-0.62, -0.07, 1.24, 0.14), paint(dark))
    canvas.drawArc(_box(0.28, -0.50, 0.34, 0.32), -90, 200, False, paint(main, stroke=0.07))
    body = skia.Path()
    body.moveTo(-0.42, -0.58)
    body.quadTo(-0.40, -0.06, -0.18, -0.02)
    body.lineTo(0.18, -0.02)
    body.quadTo(0.40, -0.06, 0.42, -0.58)
    body.close()
    canvas.drawPath(
        body,
        gradient(
            (-0.42, 0), (0.42, 0), ((0, main, 1), (0.35, palette.of(mixed(china, (1, 1, 1), 0.5)), 1), (1, dark, 1))
        ),
    )
    canvas.drawOval(_box(-0.42, -0.66, 0.84, 0.16), paint(main))
    canvas.drawOval(_box(-0.37, -0.635, 0.74, 0.11), paint(palette.of(colour("#4a2c1a"))))
    for number in range(3):
        steam = skia.Path()
        x = -0.18 + 0.18 * number
        rise = (0.4 * at + 0.33 * number) % 1.0
        steam.moveTo(x, -0.70)
        for step in range(1, 9):
            steam.lineTo(x + 0.06 * math.sin(0.9 * step + 2.4 * at + number), -0.70 - 0.085 * step)
        canvas.drawPath(steam, paint((1, 1, 1), 0.16 + 0.14 * math.sin(math.pi * rise), stroke=0.055))


def book(canvas: "skia.Canvas", palette: Palette, cover: Colour, at: float) -> None:
    """An open book whose page turns; one unit wide."""
    paper = palette.of((0.96, 0.94, 0.87))
    canvas.drawPath(polygon([(-0.54, -0.02), (-0.46, -0.27), (0.46, -0.27), (0.54, -0.02)]), paint(palette.of(cover)))
    for side in (-1, 1):
        page = skia.Path()
        page.moveTo(0, -0.06)
        page.quadTo(0.25 * side, -0.13, 0.50 * side, -0.04)
        page.lineTo(0.43 * side, -0.27)
        page.quadTo(0.22 * side, -0.34, 0, -0.28)
        page.close()
        canvas.drawPath(page, paint(paper))
        for row in range(5):
            y = -0.25 + 0.037 * row
            canvas.drawLine(
                0.08 * side, y, 0.38 * side, y + 0.01, paint(palette.of((0.45, 0.42, 0.40)), 0.6, stroke=0.007)
            )
    turn = math.cos(0.9 * at)
    canvas.drawPath(
        polygon(
            [
                (0, -0.06),
                (0.46 * turn, -0.10 - 0.22 * (1 - turn * turn)),
                (0.40 * turn, -0.30 - 0.22 * (1 - turn * turn)),
                (0, -0.28),
            ]
        ),
        paint(scaled(paper, 0.95), 0.95),
    )


def bottle(canvas: "skia.Canvas", palette: Palette, glass: Colour, at: float) -> None:
    """A bottle with a label and a shine that passes over it; one unit tall."""
    canvas.drawOval(_box(-0.26, -0.03, 0.52, 0.06), paint((0.02, 0.02, 0.03), 0.3))
    body = skia.Path()
    body.moveTo(-0.19, 0)
    body.lineTo(-0.19, -0.52)
    body.quadTo(-0.18, -0.66, -0.065, -0.72)
    body.lineTo(-0.065, -0.92)
    body.lineTo(0.065, -0.92)
    body.lineTo(0.065, -0.72)
    body.quadTo(0.18, -0.66, 0.19, -0.52)
    body.lineTo(0.19, 0)
    body.close()
    main = palette.of(glass, glow=0.1)
    canvas.drawPath(
        body,
        gradient(
            (-0.19, 0),
            (0.19, 0),
            ((0, scaled(main, 0.65), 1), (0.3, mixed(main, (1, 1, 1), 0.35), 1), (1, scaled(main, 0.5), 1)),
        ),
    )
    canvas.drawRect(_box(-0.075, -1.0, 0.15, 0.10), paint(palette.of(colour("#c9a23a"))))
    canvas.drawRect(_box(-0.19, -0.44, 0.38, 0.26), paint(palette.of((0.95, 0.92, 0.85))))
    for row, wide in enumerate((0.22, 0.28, 0.16)):
        canvas.drawRect(_box(-wide / 2, -0.40 + 0.07 * row, wide, 0.022), paint(palette.of(colour("#8a6a2a"))))
    canvas.save()
    canvas.clipPath(body, True)
    x = -0.5 + (0.45 * at) % 1.2
    canvas.drawPath(polygon([(x, -1), (x + 0.07, -1), (x - 0.05, 0), (x - 0.12, 0)]), paint((1, 1, 1), 0.30))
    canvas.restore()


def fire(canvas: "skia.Canvas", palette: Palette, flame: Colour, at: float) -> None:
    """A campfire; one unit tall, its foot at the origin."""
    canvas.drawCircle(0, -0.35, 1.6, glow(0, -0.35, 1.6, palette.of(flame, glow=1.0), 0.55 + 0.07 * math.sin(9 * at)))
    for angle in (-18, 18):
        canvas.save()
        canvas.rotate(angle)
        canvas.drawRoundRect(_box(-0.42, -0.10, 0.84, 0.11), 0.05, 0.05, paint(palette.of(colour("#5a3a24"))))
        canvas.restore()
    own = np.random.default_rng(3)
    for shade, scale in ((flame, 1.0), (mixed(flame, (1, 0.85, 0.3), 0.6), 0.7), ((1.0, 0.97, 0.75), 0.4)):
        path = skia.Path()
        path.moveTo(-0.27 * scale, -0.08)
        for number in range(5):
            x = (-0.22 + 0.11 * number) * scale
            tip = (
                (0.35 + 0.35 * math.sin(math.pi * (number + 0.5) / 5))
                * scale
                * (1 + 0.18 * math.sin(8 * at + own.uniform(0, 6)))
            )
            path.quadTo(x - 0.03, -0.10 - 0.6 * tip, x + 0.04 * math.sin(6 * at + number), -0.10 - tip)
            path.quadTo(x + 0.04, -0.10 - 0.5 * tip, x + 0.10 * scale, -0.12)
        path.close()
        canvas.drawPath(path, paint(shade, 0.92))
