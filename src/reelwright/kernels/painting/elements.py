"""Pictures of one element of a story: a figure from head to foot or a thing, each alone on a plain backdrop.

The backdrop is one flat colour, so that the element can be cut out again without loss (`cutout.figure`); it is the one
of a few that is farthest from the element's own colours.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.painting import characters, cutout, figures, palette, props, styles
from reelwright.kernels.painting.characters import Character, Member
from reelwright.kernels.painting.finish import Finish
from reelwright.kernels.painting.palette import Colour, colour
from reelwright.kernels.painting.reading import Scene
from reelwright.kernels.painting.stage import Draw, Screen, Size, Stage, View, paint, placed_at
from reelwright.kernels.painting.styles import STYLES
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = NDArray[np.uint8]
BACKDROPS = tuple(map(colour, cutout.BACKDROPS))
FEET, TALL = 0.955, 0.86  # of a figure: heights of the picture
WIDEST = 0.62  # of a figure beside its height
MOMENT = 0.35  # s; arms hang, eyes are open
FRAMES = {
    "figure": (
        "character sheet, one figure from head to foot, front view, plain light grey backdrop",
        "角色设定图，单人全身正面像，纯浅灰背景",
    ),
    "place": ("empty establishing shot without people", "空镜头，无人的场景全貌"),
    "prop": ("one object alone in the middle, plain light grey backdrop", "单件物品居中，纯浅灰背景"),
}
"""What a model is told of an element, in English and Chinese."""
LABEL = re.compile(r"^[^:：]{0,40}[:：]\s*")
NAME_ENDS = re.compile(r"[,，;；。.(（\n]")
"""What ends the name in `character sheet: Kong Yiji, an old man…`."""


def member_of(prompt: str, cast: Sequence[Member]) -> Member:
    """Who a sheet is to show: whom the prompt names, else the first of the cast, else whom the prompt describes."""
    named = characters.named(" ".join(prompt.lower().split()), cast)
    if named or cast:
        return named[0][1] if named else cast[0]
    bare = LABEL.sub("", prompt.strip())
    name, *_ = NAME_ENDS.split(bare, maxsplit=1)
    return Member(name.strip() or "figure", bare[len(name) :].strip(" ,，;；。.()（）"))


def figure(member: Member, scene: Scene, size: Size) -> Picture:
    """A figure from head to foot, uint8 [h, w, 3]; the same for every seed."""
    head = STYLES[scene.preset].head if scene.preset else 1.0
    told = characters.read(member.name, member.look)
    tall = min(TALL, 0.9 * size.aspect / WIDEST) / max(0.55, _rise(told, head))

    def draw(on: palette.Palette) -> Draw:
        return placed_at(
            lambda canvas, at: figures.figure(canvas, on, told, at, "stand", head=head, shaded=False),
            size.aspect / 2,
            FEET,
            tall,
        )

    return _on_plain(draw, scene, size)


def _rise(told: Character, head: float) -> float:
    """How high a figure reaches, with its hat or ears."""
    is_high = told.hat in ("top", "witch", "helmet", "crown") or told.kind == "rabbit"
    return told.height * (1.0 + (0.2 if is_high else 0.07) * head)


def prop(prompt: str, scene: Scene, size: Size) -> Picture:
    """The thing that a prompt names, in the middle, uint8 [h, w, 3]; a chest where none is known by that name."""
    shape = props.shape_of(prompt.lower(), scene)
    side = 0.62 * min(1.0, size.aspect)

    def draw(on: palette.Palette) -> Draw:
        return props.placed(shape, on, size.aspect / 2, 0.5 + 0.42 * side, side)

    return _on_plain(draw, scene, size)


def framed(prompt: str, subject: str) -> str:
    """The prompt for a model that is to show one element alone, `figure`, `place` or `prop`; a `scene` as it is."""
    if subject not in FRAMES:
        return prompt
    is_chinese = bool(styles.HAN.search(prompt))
    return FRAMES[subject][is_chinese] + ("，" if is_chinese else ", ") + prompt


def _on_plain(drawing: Callable[[palette.Palette], Draw], scene: Scene, size: Size) -> Picture:
    """Drawn on the backdrop that stands out best, in even daylight, with the style's colours and lines."""
    told = palette.palette(replace(scene, time="day", weather="clear", style=scene.style))
    told = replace(told, light=(1.0, 1.0, 1.0))
    draw = drawing(told)
    ground = max(BACKDROPS, key=lambda one: _apart(one, draw, size))
    stage = Stage(size)
    stage.moving(0.0, lambda canvas, at: canvas.drawPaint(paint(ground)))
    stage.moving(1.0, draw)
    made = Screen(stage).show(View(), MOMENT)
    if scene.preset:
        made = Finish(STYLES[scene.preset], size, plain=True).frame(made)
        made[(made == made[0, 0]).all(axis=2), :3] = _levels(ground)  # Steps of tones may have changed it.
    return np.ascontiguousarray(made[..., :3])


def _levels(one: Colour) -> NDArray[np.uint8]:
    return np.asarray([round(255 * part) for part in one], np.uint8)


def guest(picture: Picture, preset: str) -> Picture:
    """Whoever a picture shows, cut out and, with a style, in its colours; uint8 [h, w, 4]."""
    cut = cutout.figure(picture)
    if not preset or cutout.is_own(picture):
        return cut
    toned = cv2.transform(np.ascontiguousarray(cut[..., :3]), palette.fitted(palette.graded(STYLES[preset].grade)))
    return np.dstack([np.asarray(toned, np.uint8), cut[..., 3]])


def _apart(ground: Colour, draw: Draw, size: Size) -> float:
    """Share of the element whose colours are far from a ground's, measured small."""
    small = Size(max(8, round(120 * size.aspect)), 120)
    stage = Stage(small)
    stage.moving(1.0, draw)
    rgba = Screen(stage).show(View(), MOMENT)
    seen = rgba[rgba[..., 3] > 200][:, :3].astype(float)
    if not len(seen):
        return 0.0
    away = np.abs(seen - np.asarray(ground) * 255).sum(axis=1)
    return float(np.quantile(away, 0.05))
