"""People: simple figures whose clothes, hair and walk are always the same for the same name."""

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.kernels.painting.palette import Colour, Palette, colour, mixed, scaled
from reelwright.kernels.painting.stage import paint, polygon
from reelwright.loading import lazy

if TYPE_CHECKING:
    import skia
else:
    skia = lazy("skia")

SKIN = tuple(map(colour, ("#f0c8a4", "#d9a27a", "#b07a52", "#8a5a3c")))
HAIR = tuple(map(colour, ("#2a2220", "#4a3022", "#7a4a28", "#b98a4a", "#8f8f94")))
CLOTHES = tuple(map(colour, ("#b8432f", "#2f5f8f", "#3f7a5a", "#c9962f", "#7a4a8a", "#3a4250", "#a8607a", "#d8cfc0")))
YOUNG = frozenset({"boy", "girl", "少年", "少女", "男孩", "女孩"})
WALK = 1.15
"""Steps of one leg in a second."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a person looks like. `height` is that of a grown-up as 1."""

    skin: Colour
    hair: Colour
    coat: Colour
    legs: Colour
    height: float
    dress: bool
    hat: bool


def look(kind: str, name: str, coat: str | None) -> Look:
    """Of a kind and a name; the same name always looks the same."""
    digest = hashlib.blake2b(f"{kind}/{name}".encode(), digest_size=8).digest()
    is_old = name in ("grandfather", "grandmother", "老人", "爷爷", "奶奶", "old man")
    is_young = name.rstrip("0123456789") in YOUNG
    return Look(
        skin=SKIN[digest[0] % 3],
        hair=HAIR[4] if is_old else HAIR[digest[1] % 4],
        coat=colour(coat) if coat else CLOTHES[digest[2] % len(CLOTHES)],
        legs=scaled(CLOTHES[5], 0.8 + 0.4 * digest[3] / 255),
        height=0.76 if is_young else {"child": 0.62, "woman": 0.95}.get(kind, 1.0),
        dress=kind == "woman",
        hat=kind == "man" and not is_young and digest[4] % 3 == 0,
    )


def person(
    canvas: "skia.Canvas",
    palette: Palette,
    told: Look,
    x: float,
    y: float,
    size: float,
    at: float,
    action: str,
    *,
    facing: float = 1.0,
    umbrella: Colour | None = None,
    seated: bool = False,
) -> None:
    """A figure with its feet at (x, y), `size` heights tall if grown up. Faces right with `facing` 1, left with -1."""
    tall = size * told.height
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(facing * tall, tall)
    is_walking = action in ("walk", "run", "dance") and not seated
    speed = {"run": 2.1, "dance": 1.3}.get(action, 1.0) * WALK
    phase = 2 * math.pi * speed * at if is_walking else 0.0
    bob = 0.012 * abs(math.sin(phase)) if is_walking else 0.006 * math.sin(1.7 * at)
    shadow(canvas)
    if seated:
        canvas.translate(0, 0.22)
    else:
        legs(canvas, palette, told, phase, 0.30 if action == "run" else 0.20, is_walking)
    canvas.translate(0, -bob)
    _body(canvas, palette, told, phase, at, is_walking, action, holds=umbrella is not None)
    _head(canvas, palette, told, at)
    if umbrella is not None:
        umbrella_over(canvas, palette, umbrella, at)
    canvas.restore()


def shadow(canvas: "skia.Canvas") -> None:
    canvas.drawOval(skia.Rect.MakeXYWH(-0.22, -0.028, 0.44, 0.056), paint((0.02, 0.03, 0.06), 0.30))


def legs(canvas: "skia.Canvas", palette: Palette, told: Look, phase: float, reach: float, is_walking: bool) -> None:
    hip, made = -0.46, told.legs
    for side in (1, -1):
        swing = math.sin(phase) * side if is_walking else 0.22 * side
        lift = max(0.0, math.cos(phase) * side) * 0.05 if is_walking else 0.0
        foot = (reach * swing * 0.8, -lift)
        knee = (0.55 * foot[0] + (0.05 if is_walking else 0.0), 0.5 * hip - 0.5 * lift)
        shade = palette.of(scaled(made, 1.0 if side > 0 else 0.75))
        made_paint = paint(shade, stroke=0.085)
        canvas.drawLine(0.02 * side, hip, *knee, made_paint)
        canvas.drawLine(*knee, foot[0], foot[1] - 0.03, made_paint)
        canvas.drawLine(
            foot[0], foot[1] - 0.02, foot[0] + 0.07, foot[1] - 0.02, paint(palette.of((0.12, 0.10, 0.10)), stroke=0.05)
        )


def _body(
    canvas: "skia.Canvas",
    palette: Palette,
    told: Look,
    phase: float,
    at: float,
    is_walking: bool,
    action: str,
    *,
    holds: bool,
) -> None:
    coat, shade = palette.of(told.coat), palette.of(scaled(told.coat, 0.72))
    hem = -0.22 if told.dress else -0.40
    wide = 0.20 if told.dress else 0.125
    flow = 0.02 * math.sin(phase + 1) if is_walking else 0.012 * math.sin(1.5 * at)
    path = skia.Path()
    path.moveTo(-0.115, -0.76)
    path.quadTo(0.0, -0.82, 0.115, -0.76)
    path.quadTo(0.12, -0.6, wide + flow, hem)
    path.quadTo(0.0, hem + 0.03, -wide + flow, hem)
    path.quadTo(-0.13, -0.6, -0.115, -0.76)
    swing = 0.45 * math.sin(phase) if is_walking else 0.10 * math.sin(1.2 * at)
    if action == "dance":
        swing = 1.9 + 0.5 * math.sin(phase)
    arm(canvas, shade, palette.of(told.skin), -0.10, -swing)
    canvas.drawPath(path, paint(coat))
    canvas.save()
    canvas.clipPath(path, True)
    canvas.drawRect(skia.Rect.MakeLTRB(-0.3, -0.85, -0.03, 0), paint(shade, 0.55))
    canvas.restore()
    arm(canvas, coat, palette.of(told.skin), 0.09, 2.2 if holds else swing)


def arm(canvas: "skia.Canvas", sleeve: Colour, skin: Colour, x: float, angle: float) -> None:
    """Hangs down at angle 0, points ahead and up with growing ones (radians)."""
    elbow = (x + 0.17 * math.sin(angle), -0.72 + 0.17 * math.cos(angle))
    bent = angle + 0.35
    hand = (elbow[0] + 0.15 * math.sin(bent), elbow[1] + 0.15 * math.cos(bent))
    canvas.drawLine(x, -0.72, *elbow, paint(sleeve, stroke=0.07))
    canvas.drawLine(*elbow, *hand, paint(sleeve, stroke=0.06))
    canvas.drawCircle(*hand, 0.033, paint(skin))


def _head(canvas: "skia.Canvas", palette: Palette, told: Look, at: float) -> None:
    skin, hair = palette.of(told.skin), palette.of(told.hair)
    nod = 0.006 * math.sin(1.1 * at)
    canvas.drawLine(0, -0.76, 0.005, -0.84, paint(scaled(skin, 0.85), stroke=0.055))
    if told.dress:
        path = skia.Path()
        path.moveTo(-0.10, -0.93 + nod)
        path.quadTo(-0.16, -0.78, -0.115, -0.66)
        path.lineTo(0.0, -0.70)
        path.lineTo(0.02, -0.9)
        path.close()
        canvas.drawPath(path, paint(hair))
    canvas.drawOval(skia.Rect.MakeXYWH(-0.078, -1.0 + nod, 0.165, 0.185), paint(skin))
    path = skia.Path()
    path.addArc(skia.Rect.MakeXYWH(-0.095, -1.015 + nod, 0.19, 0.17), 150, 190)
    path.close()
    canvas.drawPath(path, paint(hair))
    canvas.drawCircle(0.048, -0.905 + nod, 0.0095, paint(palette.of((0.08, 0.06, 0.06))))
    canvas.drawLine(0.05, -0.862 + nod, 0.072, -0.865 + nod, paint(palette.of((0.55, 0.25, 0.22)), stroke=0.010))
    if told.hat:
        brim = palette.of(scaled(told.coat, 0.6))
        canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.15, -0.975 + nod, 0.30, 0.028), 0.014, 0.014, paint(brim))
        canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.085, -1.07 + nod, 0.17, 0.11), 0.03, 0.03, paint(brim))


def umbrella_over(canvas: "skia.Canvas", palette: Palette, shade: Colour, at: float) -> None:
    sway = 0.012 * math.sin(1.4 * at)
    top = palette.of(shade, glow=0.12)
    canvas.drawLine(0.20, -0.70, 0.10 + sway, -1.36, paint(palette.of((0.2, 0.17, 0.15)), stroke=0.016))
    path = skia.Path()
    path.addArc(skia.Rect.MakeXYWH(-0.36 + sway, -1.40, 0.92, 0.62), 180, 180)
    path.close()
    canvas.drawPath(path, paint(top))
    for number in range(4):
        left = -0.36 + sway + number * 0.23
        canvas.drawOval(skia.Rect.MakeXYWH(left, -1.115, 0.23, 0.055), paint(palette.of(scaled(shade, 0.7))))
        canvas.drawPath(
            polygon([(left, -1.09), (0.10 + sway, -1.40), (left + 0.23, -1.09)]),
            paint(palette.of(mixed(shade, (1, 1, 1) if number % 2 else (0, 0, 0), 0.10)), 0.8),
        )


def robot(canvas: "skia.Canvas", palette: Palette, shade: Colour, x: float, y: float, size: float, at: float) -> None:
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(size, size)
    shadow(canvas)
    body, dark = palette.of(shade), palette.of(scaled(shade, 0.6))
    step = math.sin(3.2 * at)
    for side in (1, -1):
        canvas.drawLine(0.09 * side, -0.34, 0.09 * side + 0.07 * step * side, -0.03, paint(dark, stroke=0.09))
        canvas.drawLine(0.20 * side, -0.68, 0.27 * side, -0.44 - 0.06 * step * side, paint(dark, stroke=0.07))
    canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.19, -0.74, 0.38, 0.42), 0.05, 0.05, paint(body))
    canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.10, -0.64, 0.20, 0.14), 0.02, 0.02, paint(dark))
    canvas.drawLine(0, -0.98, 0, -1.08, paint(dark, stroke=0.02))
    eye = palette.of(colour("#5fe3ff"), glow=1.0)
    canvas.drawCircle(0, -1.09, 0.028, paint(palette.of(colour("#ff5a4a"), glow=1.0), 0.6 + 0.4 * math.sin(6 * at)))
    canvas.drawRoundRect(skia.Rect.MakeXYWH(-0.16, -1.0, 0.32, 0.23), 0.06, 0.06, paint(body))
    for place in (-0.07, 0.07):
        canvas.drawCircle(place, -0.89, 0.038, paint(eye))
    canvas.restore()
