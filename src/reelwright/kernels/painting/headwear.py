"""Hair, hats, beards, heads of animals, and what hands hold. Heads stand on the origin; a unit is the whole figure."""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from reelwright.kernels.painting.characters import Character
from reelwright.kernels.painting.palette import LAMP, Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import glow, paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

GOLD, STEEL, STRAW, WOOD = map(colour, ("#e0b23a", "#aab4be", "#d8b566", "#7a5230"))


def _oval(left: float, top: float, width: float, height: float) -> "skia.Rect":
    return skia.Rect.MakeXYWH(left, top, width, height)


# ---- hair


def hair_behind(canvas: "skia.Canvas", palette: Palette, told: Character) -> None:
    """What falls behind the shoulders, drawn before the body."""
    if told.is_animal:
        return
    shade = paint(palette.of(scaled(colour(told.hair), 0.85)))
    if told.hair_style == "long":
        canvas.drawRoundRect(_oval(-0.105, -0.175, 0.20, 0.33), 0.07, 0.07, shade)
    elif told.hair_style == "tail":
        canvas.drawLine(-0.08, -0.14, -0.125, 0.05, paint(palette.of(scaled(colour(told.hair), 0.85)), stroke=0.05))
    elif told.hair_style == "wild":
        for turn in range(9):
            angle = math.pi * (0.95 + 1.1 * turn / 8)
            canvas.drawCircle(0.085 * math.cos(angle), -0.095 + 0.085 * math.sin(angle), 0.04, shade)


def hair(canvas: "skia.Canvas", palette: Palette, told: Character) -> None:
    """What lies over the face: fringe and crown."""
    if told.hair_style == "bald":
        return
    shade, lit = palette.of(colour(told.hair)), palette.of(mixed(colour(told.hair), (1, 1, 1), 0.18))
    path = skia.Path()
    path.moveTo(-0.092, -0.070)
    path.quadTo(-0.110, -0.215, 0.005, -0.212)
    path.quadTo(0.105, -0.210, 0.088, -0.100)
    path.quadTo(0.070, -0.150, 0.020, -0.152)
    path.quadTo(-0.045, -0.150, -0.062, -0.110)
    path.quadTo(-0.066, -0.080, -0.092, -0.070)
    path.close()
    canvas.drawPath(path, paint(shade))
    canvas.drawLine(-0.045, -0.183, 0.035, -0.190, paint(lit, 0.7, stroke=0.012))
    if told.hair_style == "braid":
        braid = paint(palette.of(scaled(colour(told.hair), 0.85)), stroke=0.038)
        for side in (-1, 1) if told.kind != "man" else (-1,):
            canvas.drawLine(0.078 * side, -0.07, 0.098 * side, 0.15, braid)
            canvas.drawCircle(0.099 * side, 0.16, 0.022, paint(palette.of((0.75, 0.18, 0.16))))
    if told.hair_style == "bun":
        canvas.drawCircle(-0.012, -0.225, 0.042, paint(shade))
        canvas.drawLine(-0.062, -0.235, 0.040, -0.215, paint(palette.of(GOLD), stroke=0.008))
    elif told.kind == "woman":
        canvas.drawLine(-0.080, -0.12, -0.082, -0.01, paint(shade, stroke=0.026))


def beard(canvas: "skia.Canvas", palette: Palette, told: Character) -> None:
    shade = paint(palette.of(colour(told.beard_colour)))
    canvas.drawLine(-0.006, -0.043, 0.052, -0.045, paint(palette.of(colour(told.beard_colour)), stroke=0.013))
    if told.beard == "moustache":
        return
    path = skia.Path()
    path.moveTo(-0.066, -0.060)
    path.quadTo(0.02, 0.000, 0.080, -0.060)
    path.quadTo(0.075, 0.030, 0.022, 0.095)
    path.quadTo(-0.050, 0.040, -0.066, -0.060)
    path.close()
    canvas.drawPath(path, shade)
    canvas.drawLine(0.008, -0.026, 0.040, -0.027, paint(palette.of((0.45, 0.2, 0.18)), stroke=0.008))


# ---- hats

Hat = Callable[["skia.Canvas", Palette, Colour], None]


def hat(canvas: "skia.Canvas", palette: Palette, told: Character) -> None:
    if told.hat:
        HATS[told.hat](canvas, palette, colour(told.hat_colour))


def _brim(canvas: "skia.Canvas", shade: Colour, half: float, y: float) -> None:
    canvas.drawRoundRect(_oval(-half, y - 0.013, 2 * half, 0.026), 0.013, 0.013, paint(shade))


def _cap(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    path = skia.Path()
    path.addArc(_oval(-0.102, -0.235, 0.204, 0.205), 180, 180)
    path.close()
    canvas.drawPath(path, paint(palette.of(cloth)))
    canvas.drawLine(-0.100, -0.135, 0.104, -0.135, paint(palette.of(scaled(cloth, 0.7)), stroke=0.026))
    canvas.drawCircle(0.0, -0.237, 0.014, paint(palette.of(scaled(cloth, 0.6))))


def _straw(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    path = skia.Path()
    path.addArc(_oval(-0.085, -0.255, 0.17, 0.20), 180, 180)
    path.close()
    canvas.drawPath(path, paint(palette.of(STRAW)))
    _brim(canvas, palette.of(scaled(STRAW, 0.88)), 0.175, -0.150)
    canvas.drawLine(-0.083, -0.168, 0.083, -0.168, paint(palette.of(cloth), stroke=0.020))


def _cone(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    canvas.drawPath(polygon([(-0.21, -0.115), (0.0, -0.275), (0.21, -0.115)]), paint(palette.of(scaled(STRAW, 0.82))))
    for x in (-0.12, 0.0, 0.12):
        canvas.drawLine(0, -0.272, x, -0.118, paint(palette.of(scaled(STRAW, 0.6)), 0.7, stroke=0.005))


def _top(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    canvas.drawPath(
        polygon([(-0.085, -0.15), (-0.098, -0.35), (0.098, -0.35), (0.085, -0.15)]), paint(palette.of(cloth))
    )
    canvas.drawLine(-0.083, -0.180, 0.083, -0.180, paint(palette.of((0.70, 0.22, 0.20)), stroke=0.030))
    _brim(canvas, palette.of(scaled(cloth, 0.85)), 0.135, -0.150)


def _crown(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    points = [
        (-0.088, -0.155),
        (-0.098, -0.270),
        (-0.045, -0.215),
        (0.0, -0.285),
        (0.045, -0.215),
        (0.098, -0.270),
        (0.088, -0.155),
    ]
    canvas.drawPath(polygon(points), paint(palette.of(GOLD)))
    for x in (-0.055, 0.0, 0.055):
        canvas.drawCircle(x, -0.180, 0.012, paint(palette.of((0.78, 0.16, 0.22))))


def _helmet(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    path = skia.Path()
    path.addArc(_oval(-0.105, -0.245, 0.21, 0.26), 180, 180)
    path.close()
    canvas.drawPath(path, paint(palette.of(STEEL)))
    canvas.drawLine(-0.094, -0.12, -0.094, -0.03, paint(palette.of(scaled(STEEL, 0.8)), stroke=0.030))
    canvas.drawLine(0.0, -0.245, -0.05, -0.31, paint(palette.of((0.75, 0.18, 0.16)), stroke=0.030))


def _kerchief(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    _cap(canvas, palette, cloth)
    canvas.drawLine(-0.088, -0.13, -0.090, 0.0, paint(palette.of(cloth), stroke=0.040))


def _pointed(canvas: "skia.Canvas", palette: Palette, cloth: Colour) -> None:
    canvas.drawPath(polygon([(-0.090, -0.15), (-0.03, -0.40), (0.090, -0.15)]), paint(palette.of(cloth)))
    _brim(canvas, palette.of(scaled(cloth, 0.8)), 0.160, -0.150)


HATS: Mapping[str, Hat] = {
    "cap": _cap,
    "straw": _straw,
    "cone": _cone,
    "top": _top,
    "crown": _crown,
    "helmet": _helmet,
    "kerchief": _kerchief,
    "witch": _pointed,
}

# ---- animals that walk upright

LONG_EARS, ROUND_EARS, BEAKS = (
    frozenset({"rabbit", "horse", "deer"}),
    frozenset({"bear", "mouse", "monkey"}),
    frozenset({"bird"}),
)


def animal_head(canvas: "skia.Canvas", palette: Palette, told: Character, at: float) -> None:
    fur = colour(told.skin)
    main, dark, light = palette.of(fur), palette.of(scaled(fur, 0.68)), palette.of(mixed(fur, (1, 1, 1), 0.4))
    _ears(canvas, told.kind, main, dark, palette.of((0.90, 0.62, 0.62)), 0.01 * max(0.0, math.sin(3.1 * at)) ** 6)
    canvas.drawOval(_oval(-0.095, -0.190, 0.190, 0.200), paint(main))
    if told.kind in BEAKS:
        canvas.drawPath(
            polygon([(0.045, -0.105), (0.155, -0.065), (0.045, -0.040)]), paint(palette.of(colour("#e8a23a")))
        )
    else:
        snout = 0.085 if told.kind in ("horse", "wolf", "fox", "lizard", "deer") else 0.055
        canvas.drawOval(_oval(0.0, -0.085, 0.06 + snout, 0.085), paint(light))
        canvas.drawOval(_oval(0.032 + snout, -0.083, 0.034, 0.026), paint(palette.of((0.16, 0.11, 0.11))))
        canvas.drawLine(0.03 + 0.4 * snout, -0.025, 0.045 + snout, -0.032, paint(dark, stroke=0.007))
    for x in (-0.012, 0.058):
        canvas.drawCircle(x, -0.115, 0.017, paint(palette.of((0.98, 0.98, 0.95))))
        canvas.drawCircle(x + 0.004, -0.115, 0.010, paint(palette.of((0.08, 0.05, 0.06))))
    if told.kind in ("rabbit", "cat", "mouse"):
        for row in (-1, 0, 1):
            canvas.drawLine(0.05, -0.052, 0.145, -0.052 + 0.022 * row, paint(light, 0.8, stroke=0.004))


def _ears(canvas: "skia.Canvas", kind: str, main: Colour, dark: Colour, inner: Colour, twitch: float) -> None:
    for x in (-0.062, 0.045):
        if kind in LONG_EARS:
            tall = 0.19 if kind == "rabbit" else 0.11
            canvas.drawOval(_oval(x - 0.026, -0.150 - tall - twitch, 0.056, tall + 0.05), paint(main))
            canvas.drawOval(_oval(x - 0.012, -0.140 - tall - twitch, 0.028, tall), paint(inner))
        elif kind in ROUND_EARS:
            canvas.drawCircle(x * 1.35, -0.175, 0.044, paint(main))
            canvas.drawCircle(x * 1.35, -0.175, 0.024, paint(inner))
        elif kind == "dog":
            canvas.drawOval(_oval(x * 1.5 - 0.03, -0.175, 0.058, 0.12), paint(dark))
        elif kind == "frog":
            canvas.drawCircle(x, -0.185, 0.034, paint(main))
        elif kind not in ("bird", "lizard"):
            canvas.drawPath(
                polygon([(x - 0.045, -0.14), (x + 0.005, -0.255 - twitch), (x + 0.048, -0.15)]), paint(dark)
            )


# ---- in the hand


def held(canvas: "skia.Canvas", palette: Palette, thing: str, angle: float, at: float) -> None:
    """In the front hand of an arm that hangs at an angle, as `people.arm` draws it."""
    bent = angle + 0.35
    x = 0.10 + 0.17 * math.sin(angle) + 0.15 * math.sin(bent)
    y = -0.72 + 0.17 * math.cos(angle) + 0.15 * math.cos(bent)
    canvas.save()
    canvas.translate(x, y)
    HELD[thing](canvas, palette, at)
    canvas.restore()


def _cane(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawLine(0, -0.10, 0.02, 0.55, paint(palette.of(WOOD), stroke=0.020))


def _sword(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawLine(0, 0, 0.20, -0.42, paint(palette.of(STEEL), stroke=0.020))
    canvas.drawLine(-0.02, -0.09, 0.08, -0.05, paint(palette.of(GOLD), stroke=0.014))
    canvas.drawLine(0, 0, -0.03, 0.06, paint(palette.of(WOOD), stroke=0.022))


def _fan(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.rotate(12 * math.sin(2.2 * at))
    path = skia.Path()
    path.moveTo(0, 0)
    path.arcTo(_oval(-0.16, -0.16, 0.32, 0.32), 200, 120, False)
    path.close()
    canvas.drawPath(path, paint(palette.of((0.95, 0.92, 0.84))))
    for turn in (215, 245, 275, 305):
        angle = math.radians(turn)
        canvas.drawLine(0, 0, 0.155 * math.cos(angle), 0.155 * math.sin(angle), paint(palette.of(WOOD), stroke=0.006))


def _watch(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawCircle(0.02, -0.02, 0.050, paint(palette.of(GOLD)))
    canvas.drawCircle(0.02, -0.02, 0.037, paint(palette.of((0.97, 0.96, 0.90))))
    angle = 0.8 * at
    canvas.drawLine(
        0.02,
        -0.02,
        0.02 + 0.03 * math.sin(angle),
        -0.02 - 0.03 * math.cos(angle),
        paint(palette.of((0.1, 0.1, 0.1)), stroke=0.007),
    )


def _lamp(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    light = palette.of(LAMP, glow=1.0)
    canvas.drawCircle(0, 0.13, 0.24, glow(0, 0.13, 0.24, light, 0.5 + 0.05 * math.sin(6 * at)))
    canvas.drawLine(0, 0, 0, 0.08, paint(palette.of(WOOD), stroke=0.008))
    canvas.drawOval(_oval(-0.055, 0.07, 0.11, 0.13), paint(palette.of(colour("#e8622b"), glow=0.8)))


def _book(canvas: "skia.Canvas", palette: Palette, at: float) -> None:
    canvas.drawPath(
        polygon([(-0.06, -0.06), (0.02, -0.03), (0.02, 0.07), (-0.06, 0.04)]), paint(palette.of(colour("#2f5f8f")))
    )
    canvas.drawPath(
        polygon([(0.02, -0.03), (0.10, -0.07), (0.10, 0.03), (0.02, 0.07)]), paint(palette.of((0.94, 0.91, 0.82)))
    )


HELD: Mapping[str, Callable[["skia.Canvas", Palette, float], None]] = {
    "cane": _cane,
    "sword": _sword,
    "fan": _fan,
    "watch": _watch,
    "lamp": _lamp,
    "book": _book,
}
