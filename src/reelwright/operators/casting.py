"""What the operators that make pictures share: the style of a story, and its cast, who look the same in all of it."""

from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, WithJsonSchema

from reelwright.kernels.painting import characters, cutout, elements, reading, styles
from reelwright.kernels.painting.characters import Member
from reelwright.kernels.painting.reading import Scene
from reelwright.media import images
from reelwright.operators import files
from reelwright.operators.contract import Params, param

Picture = NDArray[np.uint8]

MOST = 24
PAINTED = "reelwright-figure"
"""Under it a painted figure's picture says who it is."""


def _known(name: str) -> str:
    """`InvalidParameter`, with near names, for a style that is none."""
    styles.find(name, field="params.style")
    return name


Style = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": ["", *styles.STYLES]})]
STYLE = (
    "One of 32 styles (docs/guide/styles.md): palette, lines, light, texture and the size of heads for the painter, "
    "words for models. Empty for the painter's own."
)
CAST = (
    "Who may appear. Those whose names stand in the prompt are shown, looking the same in every picture whatever its "
    "seed; the others are not."
)


class CastMember(Params):
    name: str = param(
        "Name, as prompts write it. Whoever a prompt does not name is not shown.",
        min_length=1,
        max_length=80,
        example="孔乙己",
    )
    look: str = param(
        "What the figure looks like: gender, age, clothes with colours, hair, hat, beard; or which animal.",
        "",
        max_length=1000,
        example="身材高大的老人，花白胡子，破旧的灰色长衫",
    )
    image: files.Image | None = param(
        "Picture of the figure, on a plain backdrop at best: its subject is cut out and stands in the scene instead of "
        "a painted one. Models that take references get it as one.",
        None,
    )


def read(prompt: str, cast: tuple[CastMember, ...], style: str, *, unwanted: str) -> Scene:
    """The scene of a prompt. Pictures of those whom it names are cut out, and take the colours of the style."""
    named = {one.name for one in shown(cast, prompt)}
    told = tuple(
        Member(one.name, one.look, elements.guest(images.load(one.image), style))
        if one.image and one.name in named and not _is_painted(one)
        else Member(one.name, one.look)
        for one in cast
    )
    return reading.read(prompt, unwanted=unwanted, cast=told, preset=style)


def sign(path: str, member: Member) -> None:
    """Note in a painted figure's picture (PNG) who it is."""
    images.label(path, PAINTED, _signature(member))


def _is_painted(one: CastMember) -> bool:
    """Is the picture the painter's own, of this very figure? It is drawn anew then, and can walk and sit."""
    return one.image is not None and images.label_of(one.image, PAINTED) == _signature(Member(one.name, one.look))


def _signature(member: Member) -> str:
    return f"{member.name}\n{member.look}"


def guest(picture: Picture, style: str) -> Picture:
    """The subject of a reference picture, cut out; with a style, in its colours."""
    return elements.guest(picture, style) if style else cutout.cut(picture)


def members(cast: tuple[CastMember, ...]) -> tuple[Member, ...]:
    """The cast as the painter's reader knows it, without pictures."""
    return tuple(Member(one.name, one.look) for one in cast)


def shown(cast: tuple[CastMember, ...], prompt: str) -> tuple[CastMember, ...]:
    """Those whom the prompt names."""
    named = {one.name for _, one in characters.named(" ".join(prompt.lower().split()), members(cast))}
    return tuple(one for one in cast if one.name in named)


def pictures(cast: tuple[CastMember, ...], prompt: str) -> tuple[Path, ...]:
    """Of those whom the prompt names, as references for a server elsewhere."""
    return tuple(Path(one.image) for one in shown(cast, prompt) if one.image)


def asked(prompt: str, cast: tuple[CastMember, ...], style: str) -> str:
    """The prompt for a model: with the looks of those whom it names, and the words of the style."""
    return styles.asked(characters.described(prompt, members(shown(cast, prompt))), style)
