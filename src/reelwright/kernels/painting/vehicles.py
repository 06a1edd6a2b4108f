"""What carries people: boats, cars, trains, bicycles, balloons, rockets. Drawn in units of their own size."""

import math
from typing import TYPE_CHECKING

from reelwright.kernels.painting.palette import LAMP, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import glow, gradient, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

INK = (0.13, 0.12, 0.13)


def _box(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


def boat(canvas: "skia.Canvas", palette: Palette, hull: Colour, at: float, *, eastern: bool = False) -> None:
    """A sailing boat, or a punt with a roof; its waterline at y 0, one unit long."""
    canvas.rotate(1.6 * math.sin(1.2 * at))
    canvas.translate(0, 0.014 * math.sin(1.7 * at))
    main, dark = palette.of(hull), palette.of(scaled(hull, 0.62))
    path = skia.Path()
    path.moveTo(-0.52, -0.13)
    path.quadTo(-0.42, 0.06, -0.30, 0.055)
    path.lineTo(0.34, 0.055)
    path.quadTo(0.46, 0.04, 0.55, -0.16)
    path.quadTo(0.0, -0.09, -0.52, -0.13)
    if eastern:
        roof = skia.Path()
        roof.addArc(_box(-0.24, -0.33, 0.44, 0.42), 180, 180)
        roof.close()
        canvas.drawPath(roof, paint(palette.of(colour("#4a4038"))))
        canvas.drawLine(0.45, -0.12, 0.62, -0.75, paint(palette.of(colour("#b39a6a")), stroke=0.016))
    else:
        canvas.drawLine(0.02, -0.1, 0.02, -1.02, paint(palette.of(colour("#6a4a34")), stroke=0.022))
        belly = 0.05 * math.sin(0.9 * at)
        for side, low, far in ((1, -0.17, 0.46), (-1, -0.20, -0.34)):
            sail = skia.Path()
            sail.moveTo(0.02 + 0.025 * side, -0.98)
            sail.quadTo(0.02 + far * 0.95 + belly, -0.55, 0.02 + far, low)
            sail.lineTo(0.02 + 0.025 * side, low)
            sail.close()
            canvas.drawPath(sail, paint(palette.of((0.96, 0.94, 0.88) if side > 0 else (0.84, 0.83, 0.80))))
    canvas.drawPath(path, gradient((0, -0.15), (0, 0.06), ((0, main, 1), (1, dark, 1))))
    canvas.drawLine(-0.50, -0.115, 0.53, -0.14, paint(palette.of(mixed(hull, (1, 1, 1), 0.4)), stroke=0.022))
    for number in range(5):
        wide = 0.7 - 0.1 * number
        y = 0.075 + 0.035 * number
        drift = 0.05 * math.sin(1.6 * at + number)
        canvas.drawLine(-wide / 2 + drift, y, wide / 2 + drift, y, paint(dark, 0.40 - 0.06 * number, stroke=0.016))


def car(canvas: "skia.Canvas", palette: Palette, body: Colour, at: float) -> None:
    main, dark = palette.of(body, glow=0.05), palette.of(scaled(body, 0.62))
    canvas.drawOval(_box(-0.56, -0.03, 1.12, 0.06), paint((0.02, 0.02, 0.04), 0.35))
    path = skia.Path()
    path.moveTo(-0.52, -0.08)
    path.lineTo(-0.52, -0.20)
    path.quadTo(-0.42, -0.25, -0.28, -0.25)
    path.quadTo(-0.17, -0.41, 0.0, -0.41)
    path.quadTo(0.18, -0.41, 0.26, -0.25)
    path.quadTo(0.50, -0.22, 0.53, -0.08)
    path.close()
    canvas.drawPath(path, gradient((0, -0.41), (0, -0.05), ((0, main, 1), (1, dark, 1))))
    glass = palette.of(mixed((0.55, 0.68, 0.78), LAMP, 0.5 if palette.is_dark else 0.0), glow=0.35)
    canvas.drawPath(polygon([(-0.20, -0.26), (-0.12, -0.365), (-0.01, -0.375), (-0.01, -0.26)]), paint(glass))
    canvas.drawPath(polygon([(0.02, -0.26), (0.02, -0.375), (0.12, -0.36), (0.20, -0.26)]), paint(glass))
    _wheels(canvas, palette, (-0.31, 0.31), 0.09, at)
    if palette.is_dark:
        canvas.drawCircle(0.52, -0.16, 0.30, glow(0.52, -0.16, 0.30, palette.of(LAMP, glow=1), 0.6))
    canvas.drawCircle(0.505, -0.16, 0.028, paint(palette.of((1, 0.95, 0.8), glow=1.0)))
    canvas.drawRect(_box(-0.525, -0.185, 0.03, 0.05), paint(palette.of(colour("#ff3a2a"), glow=1.0)))


def _wheels(canvas: "skia.Canvas", palette: Palette, places: tuple[float, ...], radius: float, at: float) -> None:
    for x in places:
        canvas.drawCircle(x, -radius, radius, paint(palette.of((0.10, 0.10, 0.11))))
        canvas.drawCircle(x, -radius, 0.55 * radius, paint(palette.of((0.62, 0.63, 0.66))))
        for number in range(3):
            angle = 7 * at + number * math.pi / 3
            dx, dy = 0.5 * radius * math.cos(angle), 0.5 * radius * math.sin(angle)
            canvas.drawLine(
                x - dx, -radius - dy, x + dx, -radius + dy, paint(palette.of((0.3, 0.3, 0.32)), stroke=0.12 * radius)
            )


def train(canvas: "skia.Canvas", palette: Palette, body: Colour, at: float) -> None:
    """An engine and three carriages; one unit is the length of a carriage."""
    main, dark = palette.of(body), palette.of(scaled(body, 0.6))
    window = palette.of(
        mixed(LAMP, (1, 1, 1), 0.2) if palette.is_dark else (0.70, 0.80, 0.88), glow=0.9 if palette.is_dark else 0.2
    )
    for number in range(4):
        x = -number * 1.04
        nose = 0.16 if number == 0 else 0.03
        canvas.drawRoundRect(
            _box(x - 0.5, -0.36, 1.0, 0.30),
            nose,
            nose * 0.8,
            gradient((0, -0.36), (0, -0.06), ((0, main, 1), (1, dark, 1))),
        )
        canvas.drawRect(_box(x - 0.5, -0.145, 0.97, 0.03), paint(palette.of((0.96, 0.94, 0.88))))
        for place in range(5):
            canvas.drawRoundRect(_box(x - 0.43 + 0.17 * place, -0.30, 0.12, 0.10), 0.015, 0.015, paint(window))
        _wheels(canvas, palette, (x - 0.34, x - 0.20, x + 0.20, x + 0.34), 0.045, at)
    if palette.is_dark:
        canvas.drawCircle(0.48, -0.16, 0.5, glow(0.48, -0.16, 0.5, palette.of(LAMP, glow=1), 0.55))


def bicycle(canvas: "skia.Canvas", palette: Palette, frame: Colour, at: float) -> None:
    made, rim = paint(palette.of(frame), stroke=0.04), paint(palette.of(INK), stroke=0.028)
    for x in (-0.34, 0.34):
        canvas.drawCircle(x, -0.24, 0.24, rim)
        for number in range(6):
            angle = 5 * at + number * math.pi / 6
            canvas.drawLine(
                x - 0.23 * math.cos(angle),
                -0.24 - 0.23 * math.sin(angle),
                x + 0.23 * math.cos(angle),
                -0.24 + 0.23 * math.sin(angle),
                paint(palette.of(INK), 0.5, stroke=0.008),
            )
    for start, end in (
        ((-0.34, -0.24), (-0.10, -0.55)),
        ((-0.10, -0.55), (0.26, -0.55)),
        ((0.34, -0.24), (0.22, -0.70)),
        ((-0.02, -0.24), (0.26, -0.55)),
        ((-0.34, -0.24), (-0.02, -0.24)),
        ((-0.02, -0.24), (-0.13, -0.64)),
    ):
        canvas.drawLine(*start, *end, made)
    canvas.drawLine(-0.22, -0.655, -0.04, -0.655, paint(palette.of(INK), stroke=0.05))
    canvas.drawLine(0.22, -0.70, 0.34, -0.72, rim)


def balloon(canvas: "skia.Canvas", palette: Palette, cloth: Colour, at: float) -> None:
    """A hot-air balloon; one unit tall, its middle at the origin."""
    canvas.translate(0.01 * math.sin(0.8 * at), 0.02 * math.sin(0.6 * at))
    whole = skia.Path()
    whole.addArc(_box(-0.34, -0.52, 0.68, 0.66), 165, 210)
    whole.lineTo(0.07, 0.30)
    whole.lineTo(-0.07, 0.30)
    whole.close()
    canvas.save()
    canvas.clipPath(whole, True)
    for number in range(7):
        shade = cloth if number % 2 else mixed(cloth, (1, 0.96, 0.86), 0.78)
        part = math.cos(math.pi * (number + 0.5) / 7)
        wide = 0.34 * (math.cos(math.pi * number / 7) - math.cos(math.pi * (number + 1) / 7))
        canvas.drawRect(
            _box(-0.34 * math.cos(math.pi * number / 7), -0.55, wide + 0.002, 0.9),
            paint(palette.of(scaled(shade, 1.0 - 0.22 * abs(part - 0.3)), glow=0.15 if palette.is_dark else 0.0)),
        )
    canvas.restore()
    for side in (-0.06, 0.06):
        canvas.drawLine(side, 0.29, side * 0.9, 0.40, paint(palette.of(INK), stroke=0.006))
    canvas.drawRoundRect(_box(-0.065, 0.40, 0.13, 0.10), 0.015, 0.015, paint(palette.of(colour("#8a5a34"))))
    fire = 0.5 + 0.5 * math.sin(3.1 * at)
    canvas.drawCircle(0, 0.33, 0.10, glow(0, 0.33, 0.10, (1.0, 0.75, 0.3), 0.5 * fire))


def rocket(canvas: "skia.Canvas", palette: Palette, hull: Colour, at: float) -> None:
    """One unit tall, nose up, its flame below."""
    flame = 0.32 + 0.06 * math.sin(21 * at) + 0.04 * math.sin(34 * at)
    canvas.drawCircle(0, 0.55, 0.5, glow(0, 0.55, 0.5, (1, 0.7, 0.3), 0.55))
    canvas.drawPath(polygon([(-0.09, 0.42), (0, 0.42 + flame), (0.09, 0.42)]), paint((1.0, 0.62, 0.20)))
    canvas.drawPath(polygon([(-0.045, 0.42), (0, 0.42 + 0.6 * flame), (0.045, 0.42)]), paint((1.0, 0.95, 0.75)))
    body = skia.Path()
    body.moveTo(0, -0.5)
    body.quadTo(0.17, -0.25, 0.13, 0.42)
    body.lineTo(-0.13, 0.42)
    body.quadTo(-0.17, -0.25, 0, -0.5)
    canvas.drawPath(
        body,
        gradient(
            (-0.15, 0),
            (0.15, 0),
            ((0, palette.of(hull, glow=0.3), 1), (0.4, (1, 1, 1), 1), (1, palette.of(scaled(hull, 0.55), glow=0.3), 1)),
        ),
    )
    fin = palette.of(colour("#c8322f"), glow=0.3)
    for side in (-1, 1):
        canvas.drawPath(polygon([(0.12 * side, 0.12), (0.27 * side, 0.46), (0.12 * side, 0.40)]), paint(fin))
    canvas.drawCircle(0, -0.12, 0.07, paint(palette.of((0.25, 0.55, 0.75), glow=0.6)))
