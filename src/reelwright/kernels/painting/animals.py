"""Animals, drawn from the side, at (x, y) where their feet are, `size` heights tall; and those that fly or swim."""

import math
from typing import TYPE_CHECKING

from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

COAT = {
    "cat": "#e0954a",
    "dog": "#b07a48",
    "horse": "#7a4a2e",
    "deer": "#a8703f",
    "fox": "#d8692b",
    "rabbit": "#d8cfc4",
    "bear": "#5d4434",
    "bird": "#f2f2ef",
    "fish": "#f0803a",
    "butterfly": "#f0a030",
}


def coat(kind: str, given: str | None) -> Colour:
    return colour(given or COAT[kind])


def cat(canvas: "skia.Canvas", palette: Palette, fur: Colour, at: float) -> None:
    """Sits, its tail and ears alive. One unit tall, feet at the origin."""
    main, dark = palette.of(fur), palette.of(scaled(fur, 0.7))
    tail = skia.Path()
    tip = 0.10 * math.sin(2.0 * at)
    tail.moveTo(-0.26, -0.06)
    tail.quadTo(-0.62, -0.08, -0.55 + tip, -0.48)
    canvas.drawPath(tail, paint(dark, stroke=0.085))
    body = skia.Path()
    body.moveTo(-0.34, 0)
    body.quadTo(-0.36, -0.48, 0.02, -0.62)
    body.quadTo(0.26, -0.5, 0.26, 0)
    body.close()
    canvas.drawPath(body, paint(main))
    for x in (0.06, 0.20):
        canvas.drawLine(x, -0.32, x, -0.03, paint(palette.of(mixed(fur, (1, 1, 1), 0.12)), stroke=0.09))
    twitch = 0.02 * max(0.0, math.sin(3.1 * at)) ** 8
    for side in (-1, 1):
        x = 0.10 + 0.14 * side
        canvas.drawPath(
            polygon([(x - 0.085, -0.82), (x + 0.03 * side, -1.0 - twitch), (x + 0.085, -0.80)]), paint(dark)
        )
    canvas.drawOval(skia.Rect.MakeXYWH(-0.14, -0.90, 0.48, 0.40), paint(main))
    for number in range(3):
        canvas.drawLine(
            -0.24 + 0.09 * number,
            -0.36 - 0.05 * number,
            -0.14 + 0.09 * number,
            -0.28 - 0.05 * number,
            paint(dark, stroke=0.035),
        )
    blink = 0.15 if math.sin(0.9 * at) > 0.985 else 1.0
    for x in (0.03, 0.20):
        canvas.drawOval(
            skia.Rect.MakeXYWH(x - 0.032, -0.75 - 0.04 * blink, 0.064, 0.09 * blink),
            paint(palette.of(colour("#c8e07a"), glow=0.4)),
        )
        canvas.drawOval(
            skia.Rect.MakeXYWH(x - 0.012, -0.74 - 0.04 * blink, 0.024, 0.075 * blink), paint((0.05, 0.05, 0.05))
        )
    canvas.drawPath(polygon([(0.095, -0.645), (0.145, -0.645), (0.12, -0.615)]), paint(palette.of(colour("#d9837a"))))
    for side in (-1, 1):
        for number in range(2):
            canvas.drawLine(
                0.12 + 0.05 * side,
                -0.60,
                0.12 + 0.27 * side,
                -0.63 + 0.06 * number,
                paint(palette.of((0.95, 0.93, 0.9)), 0.8, stroke=0.010),
            )


def four_legs(canvas: "skia.Canvas", palette: Palette, kind: str, fur: Colour, at: float, action: str) -> None:
    """Horse, deer, dog, fox, rabbit, bear: one body, other proportions. One unit tall at the head."""
    body, neck, head, legs, tail = PROPORTIONS[kind]
    main, dark, light = palette.of(fur), palette.of(scaled(fur, 0.66)), palette.of(mixed(fur, (1, 1, 1), 0.25))
    is_moving = action in ("walk", "run", "fly", "dance")
    phase = at * (9.0 if action == "run" else 5.2) if is_moving else 0.0
    bob = 0.03 * abs(math.sin(phase)) if action == "run" else 0.012 * math.sin(1.4 * at + phase)
    top = -legs - bob
    for number, x in enumerate((-0.42, -0.32, 0.30, 0.40)):
        swing = math.sin(phase + number * (1.7 if action == "run" else math.pi / 2)) * 0.20 if is_moving else 0.0
        shade = dark if number % 2 else main
        knee = (x * body + 0.5 * swing, top + 0.52 * legs)
        canvas.drawLine(x * body, top - 0.02, *knee, paint(shade, stroke=0.085 * body))
        canvas.drawLine(*knee, x * body + swing, -0.015, paint(shade, stroke=0.058 * body))
    if tail:
        path = skia.Path()
        path.moveTo(-0.48 * body, top - 0.20 * body)
        path.quadTo(
            -0.70 * body,
            top - 0.18 * body,
            -0.60 * body - tail * 0.3,
            top + 0.9 * tail * math.cos(1.6 * at + 0.4) * 0.5,
        )
        canvas.drawPath(
            path, paint(light if kind == "fox" else dark, stroke=0.09 * body if kind != "fox" else 0.16 * body)
        )
    canvas.drawOval(skia.Rect.MakeXYWH(-0.52 * body, top - 0.34 * body, 1.02 * body, 0.42 * body), paint(main))
    canvas.drawOval(skia.Rect.MakeXYWH(-0.40 * body, top - 0.10 * body, 0.8 * body, 0.16 * body), paint(light, 0.35))
    nod = 0.03 * math.sin(1.3 * at + phase)
    start, end = (0.36 * body, top - 0.16 * body), (0.36 * body + neck[0], top - 0.16 * body - neck[1] + nod)
    canvas.drawLine(*start, *end, paint(main, stroke=0.20 * body))
    if kind == "horse":
        canvas.drawLine(start[0] - 0.07, start[1] - 0.10, end[0] - 0.08, end[1] - 0.02, paint(dark, stroke=0.075))
    canvas.save()
    canvas.translate(*end)
    canvas.rotate(22 if kind in ("horse", "deer") else 8)
    canvas.drawOval(skia.Rect.MakeXYWH(-0.35 * head, -0.42 * head, 1.25 * head, 0.72 * head), paint(main))
    canvas.drawOval(
        skia.Rect.MakeXYWH(0.50 * head, -0.20 * head, 0.46 * head, 0.42 * head),
        paint(light if kind in ("fox", "dog", "bear") else dark),
    )
    canvas.drawCircle(0.28 * head, -0.18 * head, 0.075 * head, paint((0.05, 0.04, 0.04)))
    _ears(canvas, kind, head, dark, main)
    canvas.restore()


PROPORTIONS = {  # body, neck (ahead, up), head, legs, tail
    "horse": (0.62, (0.20, 0.30), 0.21, 0.42, 0.34),
    "deer": (0.50, (0.14, 0.28), 0.16, 0.42, 0.08),
    "dog": (0.56, (0.14, 0.20), 0.26, 0.32, 0.26),
    "fox": (0.56, (0.14, 0.12), 0.25, 0.28, 0.40),
    "rabbit": (0.52, (0.14, 0.16), 0.28, 0.16, 0.07),
    "bear": (0.80, (0.14, 0.10), 0.30, 0.30, 0.0),
}


def _ears(canvas: "skia.Canvas", kind: str, head: float, dark: Colour, main: Colour) -> None:
    if kind == "rabbit":
        for x in (-0.18, 0.06):
            canvas.drawOval(skia.Rect.MakeXYWH(x * head, -1.45 * head, 0.22 * head, 1.15 * head), paint(main))
    elif kind == "bear":
        for x in (-0.25, 0.25):
            canvas.drawCircle(x * head, -0.42 * head, 0.17 * head, paint(dark))
    elif kind == "dog":
        canvas.drawOval(skia.Rect.MakeXYWH(-0.32 * head, -0.45 * head, 0.30 * head, 0.70 * head), paint(dark))
    else:
        for x in (-0.22, 0.02):
            canvas.drawPath(
                polygon(
                    [
                        (x * head, -0.35 * head),
                        (x * head + 0.02 * head, -0.95 * head),
                        (x * head + 0.24 * head, -0.38 * head),
                    ]
                ),
                paint(dark),
            )
    if kind == "deer":
        for side in (0.0, 0.16):
            canvas.drawLine(
                -0.1 * head + side, -0.4 * head, -0.5 * head + side * 2.2, -2.1 * head, paint(dark, stroke=0.11 * head)
            )
            canvas.drawLine(
                -0.28 * head + side * 1.5,
                -1.2 * head,
                0.25 * head + side * 1.5,
                -1.9 * head,
                paint(dark, stroke=0.09 * head),
            )


def bird(canvas: "skia.Canvas", palette: Palette, plumage: Colour, at: float) -> None:
    """In flight, wings beating. One unit from tip to tip."""
    beat = math.sin(7.5 * at)
    main, dark = palette.of(plumage, 0.9), palette.of(scaled(plumage, 0.55), 0.9)
    for side in (-1, 1):
        path = skia.Path()
        path.moveTo(0.02 * side, 0)
        path.quadTo(0.22 * side, -0.20 - 0.24 * beat, 0.52 * side, -0.02 - 0.34 * beat)
        path.quadTo(0.26 * side, -0.04 - 0.12 * beat, 0.03 * side, 0.09)
        path.close()
        canvas.drawPath(path, paint(dark if side < 0 else main))
    canvas.drawOval(skia.Rect.MakeXYWH(-0.17, -0.055, 0.36, 0.13), paint(main))
    canvas.drawCircle(0.20, -0.03, 0.062, paint(main))
    canvas.drawPath(polygon([(0.25, -0.04), (0.34, -0.015), (0.25, 0.005)]), paint(palette.of(colour("#f0a030"))))
    canvas.drawPath(polygon([(-0.15, 0), (-0.32, -0.03), (-0.30, 0.06)]), paint(dark))


def fish(canvas: "skia.Canvas", palette: Palette, scales: Colour, at: float) -> None:
    """One unit long, swimming to the right."""
    wave = 0.10 * math.sin(5.5 * at)
    main, light = palette.of(scales, glow=0.25), palette.of(mixed(scales, (1, 1, 1), 0.5), glow=0.25)
    canvas.drawPath(polygon([(-0.34, 0.0), (-0.58, -0.17 + wave), (-0.50, wave), (-0.58, 0.17 + wave)]), paint(main))
    canvas.drawPath(polygon([(-0.12, -0.15), (0.06, -0.33), (0.14, -0.13)]), paint(main, 0.9))
    path = skia.Path()
    path.moveTo(0.44, 0.0)
    path.quadTo(0.12, -0.30, -0.36, 0.0 + 0.2 * wave)
    path.quadTo(0.12, 0.28, 0.44, 0.0)
    canvas.drawPath(path, paint(main))
    canvas.save()
    canvas.clipPath(path, True)
    canvas.drawRect(skia.Rect.MakeXYWH(-0.4, 0.04, 0.9, 0.3), paint(light, 0.6))
    for x in (-0.12, 0.08):
        canvas.drawLine(x, -0.3, x - 0.04, 0.3, paint(light, 0.8, stroke=0.055))
    canvas.restore()
    canvas.drawCircle(0.30, -0.045, 0.035, paint((0.98, 0.98, 0.95)))
    canvas.drawCircle(0.31, -0.045, 0.019, paint((0.05, 0.05, 0.08)))


def butterfly(canvas: "skia.Canvas", palette: Palette, wing: Colour, at: float) -> None:
    spread = 0.25 + 0.75 * abs(math.cos(6.0 * at))
    main, edge = palette.of(wing, glow=0.2), palette.of(scaled(wing, 0.45))
    for side in (-1, 1):
        canvas.save()
        canvas.scale(side * spread, 1)
        for rect in (skia.Rect.MakeXYWH(0.0, -0.46, 0.46, 0.44), skia.Rect.MakeXYWH(0.0, -0.06, 0.34, 0.38)):
            canvas.drawOval(rect, paint(edge))
            canvas.drawOval(rect.makeInset(0.05, 0.05), paint(main))
        canvas.restore()
    canvas.drawLine(0, -0.30, 0, 0.22, paint(palette.of((0.15, 0.12, 0.1)), stroke=0.05))
