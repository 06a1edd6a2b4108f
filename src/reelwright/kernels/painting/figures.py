"""Figures of a cast, drawn as their `Character` says: people of any age and dress, and animals that walk upright.

They stand half turned, so that faces are seen; heads may be larger than life, as styles want it. A unit tall, feet at
the origin. Legs, arms and shadows are those of `people`.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.kernels.painting import animals, headwear
from reelwright.kernels.painting.characters import Character
from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.people import WALK, arm, shadow, umbrella_over
from reelwright.kernels.painting.stage import paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

NECK = -0.80
HEAD = 0.2
"""Height of a head beside the whole figure."""
HEMS = {"gown": -0.07, "dress": -0.20, "armour": -0.38, "coat": -0.40, "": -0.36}
WIDTHS = {"gown": 0.185, "dress": 0.215, "armour": 0.145, "coat": 0.135, "": 0.13}


def figure(
    canvas: "skia.Canvas",
    palette: Palette,
    told: Character,
    at: float,
    action: str,
    *,
    head: float = 1.0,
    umbrella: Colour | None = None,
    seated: bool = False,
    shaded: bool = True,
) -> None:
    """`head`: its size beside that of a real one; `shaded`: with a shadow. The whole is `told.height` tall."""
    if not told.is_upright:
        _on_four_legs(canvas, palette, told, at, action)
        return
    walks = action in ("walk", "run", "dance") and not seated
    phase = 2 * math.pi * WALK * {"run": 2.1, "dance": 1.3}.get(action, 1.0) * at if walks else 0.0
    bob = 0.012 * abs(math.sin(phase)) if walks else 0.005 * math.sin(1.7 * at)
    short = (1 - HEAD * head) / (1 - HEAD)
    canvas.save()
    canvas.scale(told.height, told.height)
    if shaded:
        shadow(canvas)
    if seated:
        canvas.drawRect(skia.Rect.MakeLTRB(-0.11, -0.22, 0.09, 0), paint(palette.of((0.36, 0.24, 0.15))))
        canvas.translate(0, 0.20)
    canvas.save()
    canvas.scale(told.width * max(short, 0.8), short)
    if not seated:
        _legs(canvas, palette, told, phase, 0.30 if action == "run" else 0.20, walks)
    else:
        told = replace(told, garment="coat" if told.garment != "dress" else "dress")
        _seated_legs(canvas, palette, told)
    canvas.translate(0, -bob)
    canvas.save()
    canvas.translate(0.012, NECK + 0.015)
    canvas.scale(head / (told.width * max(short, 0.8)), head / short)
    headwear.hair_behind(canvas, palette, told)
    canvas.restore()
    _body(canvas, palette, told, phase, at, action, holds=umbrella is not None)
    canvas.restore()
    canvas.save()
    canvas.translate(0.012, (NECK + 0.015) * short - bob + 0.005 * math.sin(1.1 * at))
    canvas.scale(head, head)
    _head(canvas, palette, told, at)
    canvas.restore()
    if umbrella is not None:
        umbrella_over(canvas, palette, umbrella, at)
    canvas.restore()


def _on_four_legs(canvas: "skia.Canvas", palette: Palette, told: Character, at: float, action: str) -> None:
    size = {"rabbit": 0.40, "cat": 0.46, "dog": 0.52, "fox": 0.48, "bear": 0.95, "deer": 1.05, "horse": 1.25}[told.kind]
    canvas.save()
    canvas.scale(size, size)
    if told.kind == "cat":
        animals.cat(canvas, palette, colour(told.skin), at)
    else:
        animals.four_legs(canvas, palette, told.kind, colour(told.skin), at, action)
    canvas.restore()


def _legs(canvas: "skia.Canvas", palette: Palette, told: Character, phase: float, reach: float, walks: bool) -> None:
    hip, cloth, shoe = -0.44, colour(told.legs), palette.of((0.12, 0.10, 0.10))
    bare = told.garment == "dress" or (told.is_animal and told.garment != "gown")
    for side in (1, -1):
        swing = math.sin(phase) * side if walks else 0.0
        lift = max(0.0, math.cos(phase) * side) * 0.05 if walks else 0.0
        foot = (0.055 * side + reach * swing * 0.8, -lift)
        knee = (0.55 * foot[0] + 0.02 * side, 0.5 * hip - 0.5 * lift)
        shade = palette.of(scaled(colour(told.skin) if bare else cloth, 1.0 if side > 0 else 0.78))
        made = paint(shade, stroke=0.055 if bare else 0.085)
        canvas.drawLine(0.05 * side, hip, *knee, made)
        canvas.drawLine(*knee, foot[0], foot[1] - 0.03, made)
        canvas.drawLine(foot[0] - 0.01, foot[1] - 0.018, foot[0] + 0.06, foot[1] - 0.018, paint(shoe, stroke=0.042))


def _seated_legs(canvas: "skia.Canvas", palette: Palette, told: Character) -> None:
    cloth = colour(told.coat if told.garment == "dress" else told.legs)
    for side in (-1, 1):
        shade, x = palette.of(scaled(cloth, 1.0 if side > 0 else 0.78)), 0.16 + 0.03 * side
        canvas.drawLine(0.02 * side, -0.41, x, -0.41, paint(shade, stroke=0.10))
        canvas.drawLine(x, -0.41, x, -0.23, paint(palette.of(scaled(colour(told.legs), 0.9)), stroke=0.075))
        canvas.drawLine(x, -0.215, x + 0.06, -0.215, paint(palette.of((0.12, 0.10, 0.10)), stroke=0.042))


def _outline(told: Character, flow: float) -> "skia.Path":
    hem, wide = HEMS[told.garment], WIDTHS[told.garment]
    path = skia.Path()
    path.moveTo(-0.12, -0.755)
    path.quadTo(-0.06, -0.80, 0.0, -0.80)
    path.quadTo(0.06, -0.80, 0.12, -0.755)
    path.quadTo(0.115, -0.58, wide + flow, hem)
    path.quadTo(0.0, hem + 0.03, -wide + flow, hem)
    path.quadTo(-0.115, -0.58, -0.12, -0.755)
    path.close()
    return path


def _body(
    canvas: "skia.Canvas", palette: Palette, told: Character, phase: float, at: float, action: str, *, holds: bool
) -> None:
    base = colour(told.coat) if told.garment else colour(told.skin)
    if "ragged" in told.extras:
        base = mixed(base, (0.42, 0.38, 0.33), 0.30)
    coat, shade, skin = palette.of(base), palette.of(scaled(base, 0.72)), palette.of(colour(told.skin))
    walks = phase != 0.0
    flow = 0.018 * math.sin(phase + 1) if walks else 0.010 * math.sin(1.5 * at)
    swing = 0.45 * math.sin(phase) if walks else 0.10 + 0.08 * math.sin(1.2 * at)
    swing = 1.9 + 0.5 * math.sin(phase) if action == "dance" else swing
    path = _outline(told, flow)
    arm(canvas, shade, skin, -0.105, -swing)
    canvas.drawPath(path, paint(coat))
    canvas.save()
    canvas.clipPath(path, True)
    canvas.drawRect(skia.Rect.MakeLTRB(-0.3, -0.85, -0.035, 0), paint(shade, 0.5))
    _cloth(canvas, palette, told, base, flow)
    canvas.restore()
    _collar(canvas, palette, told, base)
    ahead = 2.2 if holds else 0.95 if told.held in ("cane", "lamp", "fan", "watch", "book") else swing
    arm(canvas, coat, skin, 0.10, ahead)
    if told.held and not holds:
        headwear.held(canvas, palette, told.held, ahead, at)


def _cloth(canvas: "skia.Canvas", palette: Palette, told: Character, base: Colour, flow: float) -> None:
    """What lies on the body: folds and rings, apron, waistcoat, belt, patches."""
    line, extra = palette.of(scaled(base, 0.58)), palette.of(colour(told.extra_colour))
    hem = HEMS[told.garment]
    if told.garment in ("gown", "dress"):
        for x in (-0.07, 0.02, 0.10):
            canvas.drawLine(0.4 * x, -0.44, x + flow, hem, paint(line, 0.55, stroke=0.008))
        canvas.drawLine(-0.16, -0.50, 0.16, -0.50, paint(line, stroke=0.022))
    if told.garment == "armour":
        for row in range(5):
            canvas.drawLine(-0.16, -0.70 + 0.065 * row, 0.16, -0.70 + 0.065 * row, paint(line, stroke=0.010))
    _over(canvas, palette, told, base, line, extra)


def _over(canvas: "skia.Canvas", palette: Palette, told: Character, base: Colour, line: Colour, extra: Colour) -> None:
    if "waistcoat" in told.extras:
        canvas.drawPath(
            polygon([(-0.10, -0.80), (-0.09, -0.44), (0.115, -0.44), (0.11, -0.80), (0.02, -0.62)]), paint(extra)
        )
        for row in range(3):
            canvas.drawCircle(0.022, -0.58 + 0.05 * row, 0.009, paint(palette.of(colour("#e0b84a"))))
    if "apron" in told.extras:
        canvas.drawPath(polygon([(-0.06, -0.72), (-0.09, -0.20), (0.13, -0.20), (0.09, -0.72)]), paint(extra, 0.95))
    if "belt" in told.extras:
        canvas.drawLine(-0.16, -0.50, 0.16, -0.50, paint(palette.of(colour("#4a3420")), stroke=0.032))
    if "ragged" in told.extras:
        for x, y, turn in ((-0.03, -0.34, 0.8), (0.06, -0.56, 1.25)):
            patch = skia.Rect.MakeXYWH(x, y, 0.055, 0.06)
            canvas.drawRect(patch, paint(palette.of(scaled(base, turn)), 0.9))
            canvas.drawRect(patch, paint(line, 0.8, stroke=0.004))


def _collar(canvas: "skia.Canvas", palette: Palette, told: Character, base: Colour) -> None:
    skin, line = palette.of(colour(told.skin)), palette.of(scaled(base, 0.55))
    canvas.drawLine(0.008, -0.745, 0.010, -0.83, paint(scaled(skin, 0.88), stroke=0.062))
    if told.garment == "gown":  # Crossed in front, as old robes are.
        canvas.drawLine(-0.045, -0.79, 0.05, -0.66, paint(line, stroke=0.014))
        canvas.drawLine(0.055, -0.79, 0.0, -0.72, paint(line, stroke=0.014))
    elif told.garment in ("coat", "dress"):
        canvas.drawPath(
            polygon([(-0.045, -0.793), (0.010, -0.735), (0.060, -0.793)]),
            paint(palette.of(mixed(base, (1, 1, 1), 0.6))),
        )
    if "scarf" in told.extras:
        scarf = palette.of(colour(told.extra_colour if told.extra_colour != "#f1eee6" else "#b8432f"))
        canvas.drawLine(-0.06, -0.775, 0.075, -0.775, paint(scarf, stroke=0.052))
        canvas.drawLine(0.05, -0.77, 0.065, -0.62, paint(scarf, stroke=0.040))


# ---- heads: in units of the figure, the chin's middle at the origin


def _head(canvas: "skia.Canvas", palette: Palette, told: Character, at: float) -> None:
    if told.is_animal:
        headwear.animal_head(canvas, palette, told, at)
    else:
        _face(canvas, palette, told, at)
        headwear.hair(canvas, palette, told)
    headwear.hat(canvas, palette, told)


def _face(canvas: "skia.Canvas", palette: Palette, told: Character, at: float) -> None:
    skin, dark = palette.of(colour(told.skin)), palette.of((0.10, 0.08, 0.08))
    canvas.drawOval(skia.Rect.MakeXYWH(-0.083, -0.185, 0.166, 0.195), paint(skin))
    canvas.drawCircle(-0.072, -0.080, 0.016, paint(scaled(skin, 0.9)))
    blink = 0.2 if math.sin(0.9 * at + told.height * 9) > 0.985 else 1.0
    for x in (-0.010, 0.052):
        canvas.drawOval(skia.Rect.MakeXYWH(x - 0.010, -0.085 - 0.013 * blink, 0.020, 0.026 * blink), paint(dark))
        canvas.drawLine(x - 0.016, -0.112, x + 0.016, -0.116, paint(palette.of(colour(told.hair)), 0.9, stroke=0.008))
        canvas.drawCircle(x - 0.012 + 0.01, -0.048, 0.018, paint(palette.of((0.90, 0.45, 0.40)), 0.16))
    canvas.drawLine(0.024, -0.078, 0.030, -0.054, paint(scaled(skin, 0.80), stroke=0.007))
    canvas.drawLine(0.006, -0.030, 0.042, -0.032, paint(palette.of((0.58, 0.24, 0.22)), stroke=0.009))
    if told.is_old:
        for x in (-0.032, 0.070):
            canvas.drawLine(x, -0.062, x + 0.004, -0.040, paint(scaled(skin, 0.75), stroke=0.004))
    if "scar" in told.extras:
        canvas.drawLine(-0.045, -0.135, -0.025, -0.060, paint(palette.of((0.62, 0.30, 0.28)), stroke=0.007))
    if told.beard:
        headwear.beard(canvas, palette, told)
    if "glasses" in told.extras:
        for x in (-0.010, 0.052):
            canvas.drawCircle(x, -0.085, 0.024, paint(dark, stroke=0.006))
        canvas.drawLine(0.013, -0.088, 0.029, -0.088, paint(dark, stroke=0.006))
