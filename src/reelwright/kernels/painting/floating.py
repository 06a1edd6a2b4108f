"""What floats on the water, swims in it, or passes by on wheels."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.kernels.painting import animals, things, vehicles
from reelwright.kernels.painting.reading import Subject
from reelwright.kernels.painting.settings import Ground, Painter
from reelwright.kernels.painting.stage import placed_at

if TYPE_CHECKING:
    import skia


def float_on(on: Painter, ground: Ground, subject: Subject) -> None:
    aspect, palette = on.stage.size.aspect, on.palette
    if subject.kind == "fish":
        _swim(on, ground, subject)
        return
    line = ground.water if ground.water is not None else ground.feet
    if subject.kind == "bridge":
        stone = things.shade_of("bridge", subject.colour)
        far = ground.horizon + 0.10 if ground.water is not None else ground.feet
        draw_bridge = placed_at(lambda canvas, at: things.bridge(canvas, palette, stone, at), 0.68 * aspect, far, 0.62)
        on.stage.moving(0.5, draw_bridge)
        return
    hull = things.shade_of("boat", subject.colour)
    eastern = on.scene.is_eastern or subject.word in ("小舟", "扁舟", "乌篷船", "渔船")
    bridged = any(one.kind == "bridge" for one in on.scene.subjects)
    spots = [(0.24 if bridged else 0.47, 0.0, 1.0)] + (
        [(0.22, -0.07, 0.55), (0.76, -0.05, 0.65)] if subject.many else []
    )
    for share, lift, scale in reversed(spots):
        size, start = 0.34 * scale, aspect * share

        def draw(
            canvas: "skia.Canvas", at: float, size: float = size, start: float = start, lift: float = lift
        ) -> None:
            canvas.save()
            canvas.translate(start + 0.012 * at, line + lift)
            canvas.scale(size, size)
            vehicles.boat(canvas, palette, hull, at + start, eastern=eastern)
            canvas.restore()

        on.stage.moving(0.72, draw)


def _swim(on: Painter, ground: Ground, subject: Subject) -> None:
    aspect, palette, own = on.stage.size.aspect, on.palette, on.generator
    scales = animals.coat("fish", subject.colour)
    is_below = on.scene.setting == "underwater"
    count = 14 if subject.many or is_below else 3
    middle = 0.50 if is_below else (ground.water or ground.feet) + 0.06
    reach = 0.26 if is_below else 0.06
    school = [
        (
            own.uniform(0, aspect + 0.4),
            middle + own.uniform(-reach, reach),
            own.uniform(0.5, 1.25),
            own.uniform(0, 6.28),
        )
        for _ in range(count)
    ]
    school.append((aspect * 0.52, middle, 1.9, 0.4))

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for x, y, scale, phase in school:
            canvas.save()
            canvas.translate(
                (x + 0.055 * at * scale + 0.2) % (aspect + 0.4) - 0.2, y + 0.012 * math.sin(1.4 * at + phase)
            )
            canvas.scale(0.13 * scale, 0.13 * scale)
            animals.fish(canvas, palette, scales, at + phase)
            canvas.restore()

    on.stage.moving(0.62, draw)


FLOATING = frozenset({"boat", "fish", "bridge"})

# ---- passing by


def pass_by(on: Painter, ground: Ground, subject: Subject) -> None:
    aspect, palette = on.stage.size.aspect, on.palette
    shade, (size, speed, lift) = things.shade_of(subject.kind, subject.colour), PASSING[subject.kind]
    starts = [0.30 * aspect] + ([-0.5 * aspect, -0.1 * aspect] if subject.many else [])

    def draw(canvas: "skia.Canvas", at: float) -> None:
        for start in starts:
            way = (start + speed * at + 0.6) % (aspect + 2.2) - 0.6
            canvas.save()
            canvas.translate(way, ground.feet + lift)
            canvas.scale(size, size)
            {"car": vehicles.car, "train": vehicles.train, "bicycle": vehicles.bicycle}[subject.kind](
                canvas, palette, shade, at
            )
            canvas.restore()

    on.stage.moving(ground.depth - 0.02, draw)


PASSING: Mapping[str, tuple[float, float, float]] = {  # size, speed (heights a second), height of the wheels
    "car": (0.44, 0.085, 0.035),
    "train": (0.46, 0.11, -0.06),
    "bicycle": (0.25, 0.06, 0.02),
}
