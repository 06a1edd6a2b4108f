"""Who is in the scene: each subject gets a place that suits it, a size, and a way of moving."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import animals, cutout, flying, land, people, plants, things, town, vehicles
from reelwright.kernels.painting.palette import Colour, Palette, colour
from reelwright.kernels.painting.reading import Subject
from reelwright.kernels.painting.settings import Ground, Painter
from reelwright.kernels.painting.stage import Draw

if TYPE_CHECKING:
    import skia

PEOPLE = frozenset({"man", "woman", "child", "person"})
FOUR_LEGS = frozenset({"dog", "horse", "deer", "fox", "rabbit", "bear"})
SIZES = {"dog": 0.52, "fox": 0.48, "rabbit": 0.34, "bear": 0.95, "horse": 1.25, "deer": 1.05, "cat": 0.46}
"""Heights, that of a grown-up as 1."""
ON_TABLES = frozenset({"cup", "book", "bottle", "flower", "cat", "lantern"})
BEHIND = frozenset({"moon", "sun"})
"""Painted with the sky."""
Shape = Callable[["skia.Canvas", float], None]


def cast(on: Painter, ground: Ground, guests: Sequence[NDArray[np.uint8]] = ()) -> None:
    """Put the subjects in, those that stand farthest first. Guests take the places of painted people and animals."""
    lift = 0.45 if on.palette.is_dark else 0.22 if on.scene.time in ("dusk", "dawn") else 0.0
    indoors = ground.table is not None
    on = replace(
        on, palette=on.palette.lifted(0.75 if indoors else lift, (1.0, 0.88, 0.70) if indoors else (1.0, 1.0, 1.0))
    )
    subjects = [one for one in on.scene.subjects if one.kind not in BEHIND]
    umbrella = next((one for one in subjects if one.kind == "umbrella"), None)
    if umbrella is not None:
        if any(one.kind in PEOPLE for one in subjects):
            subjects.remove(umbrella)
        else:  # Somebody must hold it.
            subjects[subjects.index(umbrella)] = Subject("person", umbrella.word, None, False, "walk")
    standing = [one for one in subjects if one.kind in PEOPLE | FOUR_LEGS or one.kind in STANDING]
    if guests:
        standing = [one for one in standing if one.kind not in PEOPLE | FOUR_LEGS]
        _seat(on, ground, guests)
    for subject in subjects:
        if subject.kind in flying.FLYING:
            flying.fly(on, ground, subject)
        elif subject.kind in FLOATING:
            _float(on, ground, subject)
        elif subject.kind in PASSING:
            _pass(on, ground, subject)
    if standing and ground.islet:
        land.islet(on.stage, on.palette, ground.feet, ground.depth - 0.02, many=len(standing) > 1 or standing[0].many)
    for number, subject in enumerate(standing):
        held = things.shade_of("umbrella", umbrella.colour) if umbrella is not None and number == 0 else None
        _stand(on, ground, subject, number, len(standing), held)


def _at(shape: Shape, x: float, y: float, size: float, *, facing: float = 1.0) -> Draw:
    """A shape drawn in units of its own, put at a place."""

    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        canvas.translate(x, y)
        canvas.scale(facing * size, size)
        shape(canvas, at)
        canvas.restore()

    return draw


# ---- on the ground


def _stand(on: Painter, ground: Ground, subject: Subject, number: int, count: int, umbrella: Colour | None) -> None:
    aspect, own = on.stage.size.aspect, on.generator
    share = 0.50 if count == 1 else 0.30 + 0.42 * number / (count - 1)
    x = aspect * (share + (0.06 if ground.table is None else 0.0))
    if subject.many:
        for extra in range(3):
            place = x + (0.20 + 0.17 * extra) * (1 if extra % 2 else -1)
            _one(
                on,
                ground,
                subject,
                place,
                ground.feet - 0.022 * (extra + 1),
                0.90 - 0.05 * extra,
                own,
                None,
                str(extra),
            )
    _one(on, ground, subject, x, ground.feet, 1.0, own, umbrella, "")


def _one(
    on: Painter,
    ground: Ground,
    subject: Subject,
    x: float,
    feet: float,
    scale: float,
    own: np.random.Generator,
    umbrella: Colour | None,
    name: str,
) -> None:
    palette, kind, size = on.palette, subject.kind, ground.size * scale
    if ground.table is not None and kind in ON_TABLES:
        x, feet = ground.table[0] + (x - on.stage.size.aspect / 2) * 0.6, ground.table[1] + 0.012
    moves = subject.action in ("walk", "run")
    drift = {"walk": 0.055, "run": 0.16}.get(subject.action, 0.0)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        if moves:
            canvas.translate(drift * (at - 2.5), 0)
        shape = _figure(
            palette,
            subject,
            size,
            x,
            feet,
            umbrella,
            name,
            seated=ground.table is not None and subject.action == "sit",
            eastern=on.scene.is_eastern,
        )
        shape(canvas, at)
        canvas.restore()

    on.stage.moving(ground.depth, draw)


def _figure(
    palette: Palette,
    subject: Subject,
    size: float,
    x: float,
    feet: float,
    umbrella: Colour | None,
    name: str,
    *,
    seated: bool,
    eastern: bool,
) -> Draw:
    kind = subject.kind
    if kind in PEOPLE:
        told = people.look(kind, subject.word + name, subject.colour)

        def person(canvas: "skia.Canvas", at: float) -> None:
            people.person(canvas, palette, told, x, feet, size, at, subject.action, umbrella=umbrella, seated=seated)

        return person
    if kind == "robot":
        return lambda canvas, at: people.robot(
            canvas, palette, things.shade_of(kind, subject.colour), x, feet, 0.95 * size, at
        )
    if kind == "cat":
        return _at(
            lambda canvas, at: animals.cat(canvas, palette, animals.coat(kind, subject.colour), at),
            x,
            feet,
            SIZES[kind] * size,
        )
    if kind in FOUR_LEGS:
        fur = animals.coat(kind, subject.colour)
        return _at(
            lambda canvas, at: animals.four_legs(canvas, palette, kind, fur, at, subject.action),
            x,
            feet,
            SIZES[kind] * size,
        )
    return _thing(palette, subject, size, x, feet, eastern=eastern)


def _thing(palette: Palette, subject: Subject, size: float, x: float, feet: float, *, eastern: bool) -> Draw:
    kind = subject.kind
    if kind == "house":
        wall = colour(subject.colour) if subject.colour else None
        return lambda canvas, at: town.cottage(
            canvas,
            palette,
            np.random.default_rng(5),
            x - 0.6 * size,
            feet,
            1.25 * size,
            0.86,
            eastern=eastern,
            wall=wall,
        )
    if kind == "tree":
        leaf = colour(subject.colour) if subject.colour else palette.leaves[2 if "樱" in subject.word else 0]
        return plants.swaying(
            lambda canvas, at: plants.crown(
                canvas,
                x,
                feet,
                1.9 * size,
                palette.of(leaf, 0.9),
                palette.of(colour("#5b4331")),
                np.random.default_rng(8),
            ),
            x,
            feet,
            reach=0.6,
        )
    shade, height = things.shade_of(kind, subject.colour), STANDING[kind]
    is_sun = subject.word in ("sunflower", "向日葵")
    if kind == "flower" and subject.colour is None and is_sun:
        shade = colour("#f2c230")
    shapes: Mapping[str, Shape] = {
        "tower": lambda canvas, at: things.tower(
            canvas, palette, shade, at, eastern=eastern or subject.word in ("pagoda", "宝塔")
        ),
        "flower": lambda canvas, at: things.flower(canvas, palette, shade, at, sun=is_sun),
        "cup": lambda canvas, at: things.cup(canvas, palette, shade, at),
        "book": lambda canvas, at: things.book(canvas, palette, shade, at),
        "bottle": lambda canvas, at: things.bottle(canvas, palette, shade, at),
        "fire": lambda canvas, at: things.fire(canvas, palette, shade, at),
    }
    return _at(shapes[kind], x, feet, height * size)


STANDING = {
    "robot": 1.0,
    "cat": 0.46,
    "house": 1.25,
    "tree": 1.9,
    "tower": 2.2,
    "flower": 0.85,
    "cup": 0.36,
    "book": 0.55,
    "bottle": 0.72,
    "fire": 0.55,
}


def _seat(on: Painter, ground: Ground, guests: Sequence[NDArray[np.uint8]]) -> None:
    aspect, count = on.stage.size.aspect, len(guests)
    tall = min(0.62, max(0.42, 1.7 * ground.size))
    for number, guest in enumerate(guests):
        share = 0.52 if count == 1 else 0.26 + 0.52 * number / (count - 1)
        on.stage.moving(ground.depth, cutout.standing(guest, aspect * share, ground.feet + 0.02, tall))


# ---- on and in the water


def _float(on: Painter, ground: Ground, subject: Subject) -> None:
    aspect, palette = on.stage.size.aspect, on.palette
    if subject.kind == "fish":
        _swim(on, ground, subject)
        return
    line = ground.water if ground.water is not None else ground.feet
    if subject.kind == "bridge":
        stone = things.shade_of("bridge", subject.colour)
        far = ground.horizon + 0.10 if ground.water is not None else ground.feet
        draw_bridge = _at(lambda canvas, at: things.bridge(canvas, palette, stone, at), 0.68 * aspect, far, 0.62)
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


def _pass(on: Painter, ground: Ground, subject: Subject) -> None:
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
