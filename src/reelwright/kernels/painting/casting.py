"""Who is in the scene: each subject gets a place that suits it, a size, and a way of moving."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import (
    animals,
    characters,
    cutout,
    figures,
    floating,
    flying,
    land,
    people,
    plants,
    things,
    town,
)
from reelwright.kernels.painting.camera import Seen
from reelwright.kernels.painting.palette import Colour, Palette, colour
from reelwright.kernels.painting.reading import PEOPLE, Subject
from reelwright.kernels.painting.settings import Ground, Painter
from reelwright.kernels.painting.stage import Draw, Shape, placed_at
from reelwright.kernels.painting.styles import STYLES

if TYPE_CHECKING:
    import skia

FOUR_LEGS = frozenset({"dog", "horse", "deer", "fox", "rabbit", "bear"})
SIZES = {"dog": 0.52, "fox": 0.48, "rabbit": 0.34, "bear": 0.95, "horse": 1.25, "deer": 1.05, "cat": 0.46}
"""Heights, that of a grown-up as 1."""
SMALL = frozenset({"cup", "book", "bottle"})
"""Things that a story has beside its figures, and no advertisement before them."""
ON_TABLES = frozenset({"cup", "book", "bottle", "flower", "cat", "lantern"})
BEHIND = frozenset({"moon", "sun"})
"""Painted with the sky."""


def cast(on: Painter, ground: Ground, guests: Sequence[NDArray[np.uint8]] = ()) -> Seen | None:
    """Put the subjects in, those that stand farthest first. Guests take the places of painted people and animals.

    Returns where the first of the cast is to be seen; None if nobody of it is there.
    """
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
    standing = [one for one in subjects if one.member or one.kind in PEOPLE | FOUR_LEGS or one.kind in STANDING]
    if guests:
        standing = [one for one in standing if one.member or one.kind not in PEOPLE | FOUR_LEGS]
        _seat(on, ground, guests)
    for subject in (one for one in subjects if one.member is None):
        if subject.kind in flying.FLYING:
            flying.fly(on, ground, subject)
        elif subject.kind in floating.FLOATING:
            floating.float_on(on, ground, subject)
        elif subject.kind in floating.PASSING:
            floating.pass_by(on, ground, subject)
    if standing and ground.islet:
        land.islet(on.stage, on.palette, ground.feet, ground.depth - 0.02, many=len(standing) > 1 or standing[0].many)
    for number, subject in enumerate(standing):
        held = things.shade_of("umbrella", umbrella.colour) if umbrella is not None and number == 0 else None
        _stand(on, ground, subject, number, len(standing), held)
    first = next((one for one in enumerate(standing) if one[1].member), None)
    return None if first is None else _face(on, ground, first[1], first[0], len(standing))


def _face(on: Painter, ground: Ground, subject: Subject, number: int, count: int) -> Seen:
    member = subject.member
    told = characters.read(member.name, member.look) if member else None
    tall = told.height if told is not None and told.is_upright and member and member.guest is None else 0.9
    size, head = tall * ground.size, 0.9
    if told is not None and told.kind in SIZES and not told.is_upright and member and member.guest is None:
        size, head = SIZES[told.kind] * ground.size, 0.7
    return Seen(on.stage.size.aspect * _share(on, ground, number, count), ground.feet - head * size, size)


# ---- on the ground


def _stand(on: Painter, ground: Ground, subject: Subject, number: int, count: int, umbrella: Colour | None) -> None:
    aspect, own = on.stage.size.aspect, on.generator
    x = aspect * _share(on, ground, number, count)
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


def _share(on: Painter, ground: Ground, number: int, count: int) -> float:
    """Where one of so many stands, of the width."""
    if on.scene.is_told and on.stage.size.aspect < 1:  # Two would hide each other in a narrow picture.
        return 0.50 if count == 1 else 0.22 + 0.58 * number / (count - 1)
    share = 0.50 if count == 1 else 0.30 + 0.42 * number / (count - 1)
    return share + (0.06 if ground.table is None else 0.0)


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
    if on.scene.is_told and kind in SMALL:
        size *= 0.45
    head = STYLES[on.scene.preset].head if on.scene.preset else None
    reach = 0.22 * on.stage.size.aspect if on.scene.is_told else 0.0  # They must not leave a long shot.

    def draw(canvas: "skia.Canvas", at: float) -> None:
        canvas.save()
        if moves:
            canvas.translate(reach * math.tanh(drift * (at - 2.5) / reach) if reach else drift * (at - 2.5), 0)
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
            head=head,
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
    head: float | None,
) -> Draw:
    """`head`: size of heads; None for the painter's own people, where neither a style nor a cast wants others."""
    kind = subject.kind
    if subject.member is not None and subject.member.guest is not None:
        return cutout.puppet(subject.member.guest, x, feet, size, subject.action)
    if subject.member is not None or (head is not None and kind in PEOPLE):
        return placed_at(_character(palette, subject, name, umbrella, seated=seated, head=head or 1.0), x, feet, size)
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
        return placed_at(
            lambda canvas, at: animals.cat(canvas, palette, animals.coat(kind, subject.colour), at),
            x,
            feet,
            SIZES[kind] * size,
        )
    if kind in FOUR_LEGS:
        fur = animals.coat(kind, subject.colour)
        return placed_at(
            lambda canvas, at: animals.four_legs(canvas, palette, kind, fur, at, subject.action),
            x,
            feet,
            SIZES[kind] * size,
        )
    return _thing(palette, subject, size, x, feet, eastern=eastern)


def _character(
    palette: Palette, subject: Subject, name: str, umbrella: Colour | None, *, seated: bool, head: float
) -> Shape:
    """One of the cast, or somebody nameless drawn in the same way."""
    member = subject.member
    look = member.look if member else subject.word
    told = characters.read(member.name if member else subject.word + name, look, kind=subject.kind, coat=subject.colour)

    def draw(canvas: "skia.Canvas", at: float) -> None:
        figures.figure(canvas, palette, told, at, subject.action, head=head, umbrella=umbrella, seated=seated)

    return draw


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
    return placed_at(shapes[kind], x, feet, height * size)


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
