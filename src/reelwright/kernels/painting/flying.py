"""What flies: birds and butterflies, balloons, kites, lanterns, rockets; each with its size, number and pace."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.kernels.painting import animals, things, vehicles
from reelwright.kernels.painting.palette import Colour, Palette
from reelwright.kernels.painting.reading import Subject
from reelwright.kernels.painting.settings import Ground, Painter

if TYPE_CHECKING:
    import skia


def fly(on: Painter, ground: Ground, subject: Subject) -> None:
    """Put birds, balloons, kites and the like into the air."""
    aspect, own, palette = on.stage.size.aspect, on.generator, on.palette
    count, size, speed = FLYING[subject.kind]
    count = count * 3 if subject.many else count
    shade = (
        things.shade_of(subject.kind, subject.colour)
        if subject.kind in things.USUAL
        else animals.coat(subject.kind, subject.colour)
    )
    air = ground.feet - 0.20 if subject.kind == "butterfly" else ground.air
    places = [(aspect * 0.44, air, 1.0, 0.0)]
    for number in range(count - 1):
        share = (0.18, 0.74, 0.31, 0.62, 0.86, 0.10)[number % 6] + own.uniform(-0.05, 0.05)
        places.append((aspect * share, air + own.uniform(-0.13, 0.14), own.uniform(0.42, 0.8), own.uniform(0, 6.28)))
    places.sort(key=lambda one: one[2])

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for x, y, scale, phase in places:
            canvas.save()
            canvas.translate(
                x + speed[0] * at + 0.01 * math.sin(0.9 * at + phase),
                y + speed[1] * at + 0.014 * math.sin(1.2 * at + phase),
            )
            canvas.scale(size * scale, size * scale)
            _flyer(canvas, palette, subject.kind, shade, at, phase)
            canvas.restore()

    on.stage.moving(0.55, draw)


def _flyer(canvas: "skia.Canvas", palette: Palette, kind: str, shade: Colour, at: float, phase: float) -> None:
    match kind:
        case "bird":
            animals.bird(canvas, palette, shade, at + phase)
        case "butterfly":
            animals.butterfly(canvas, palette, shade, at + phase)
        case "balloon":
            vehicles.balloon(canvas, palette, shade, at + phase)
        case "kite":
            things.kite(canvas, palette, shade, at + phase)
        case "lantern":
            things.lantern(canvas, palette, shade, at, phase)
        case "rocket":
            vehicles.rocket(canvas, palette, shade, at)


FLYING: Mapping[str, tuple[int, float, tuple[float, float]]] = {  # count, size, speed (heights a second)
    "bird": (5, 0.085, (0.030, -0.004)),
    "butterfly": (4, 0.075, (0.018, -0.004)),
    "balloon": (1, 0.40, (0.010, -0.006)),
    "kite": (1, 0.22, (0.012, -0.004)),
    "lantern": (7, 0.075, (0.004, -0.012)),
    "rocket": (1, 0.34, (0.0, -0.022)),
}
