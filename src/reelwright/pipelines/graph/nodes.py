"""Every type of node that a graph may have: ComfyUI's common ones in the tables beside, and our operators by name."""

from collections.abc import Mapping

from reelwright import operators
from reelwright.pipelines.graph import (
    latent_nodes,
    mask_nodes,
    media_nodes,
    own,
    picture_nodes,
    prompt_nodes,
    sampler_nodes,
    sound_nodes,
    text_nodes,
)
from reelwright.pipelines.graph.sockets import NodeType

TABLE: Mapping[str, NodeType] = {
    one.name: one
    for one in (
        *media_nodes.NODES,
        *picture_nodes.NODES,
        *mask_nodes.NODES,
        *sound_nodes.NODES,
        *text_nodes.NODES,
        *prompt_nodes.NODES,
        *latent_nodes.NODES,
        *sampler_nodes.NODES,
    )
}
STEERED = "no generator of this server can be steered by a control picture; link the words on without it"
REFUSED: Mapping[str, str] = {
    "ControlNetLoader": STEERED,
    "ControlNetApply": STEERED,
    "ControlNetApplyAdvanced": STEERED,
}
"""Types that are known and not served, and why."""


def find(class_type: str) -> NodeType | None:
    return TABLE.get(class_type) or own.find(class_type)


def get(class_type: str) -> NodeType:
    """The type of a node that was found right before. Raises `KeyError`."""
    found = find(class_type)
    if found is None:
        raise KeyError(class_type)
    return found


def names() -> tuple[str, ...]:
    """All of them: ComfyUI's, then ours."""
    return (*sorted(TABLE), *(one for one in operators.names() if one != own.COLLECT))


def hint(class_type: str) -> str:
    """What may have been meant by a name that is no type."""
    if class_type in REFUSED:
        return REFUSED[class_type]
    near = own.near(class_type, names())
    return (
        f"near it are {', '.join(near)}" if near else f"`reelwright apps nodes` lists the {len(names())} that there are"
    )
