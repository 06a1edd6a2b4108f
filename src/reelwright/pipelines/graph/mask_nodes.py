"""ComfyUI's nodes on masks, which are pictures of one channel: white is what is meant."""

from collections.abc import Sequence
from typing import Any

from reelwright.pipelines.graph.picture_nodes import PICTURE, SIDE, Params, Row, code, fixed, node, same
from reelwright.pipelines.graph.sockets import (
    IMAGE,
    MASK,
    Call,
    NodeType,
    choice,
    integer,
    link,
    number,
    outputs,
    truth,
)
from reelwright.pipelines.graph.values import Batch


def _solid_mask(call: Call) -> Sequence[Any]:
    level = round(255 * call.known("value"))
    sized = {"width": call["width"], "height": call["height"], "colour": code(level * 0x010101), "grey": True}
    return [Batch((call.step("image.solid", sized)("image"),))]


def _split(call: Call) -> Sequence[Any]:
    """The picture without its transparency; and as a mask what was transparent, as ComfyUI has it."""
    whole, hidden = [], []
    for index, picture in enumerate(call.each("image")):
        tag = str(index) if index else ""
        whole.append(call.step("image.alpha", {"image": picture, "colour": "#000000"}, tag=tag)("image"))
        hidden.append(call.step("image.mask", {"image": picture, "channel": "alpha", "invert": True}, tag=tag)("mask"))
    return [Batch(tuple(whole)), Batch(tuple(hidden))]


def _join(call: Call) -> Sequence[Any]:
    """ComfyUI's alpha is white where the picture is to be transparent."""
    shown = call.step("image.mask", {"image": call.one("alpha"), "invert": True})("mask")
    joined = [
        call.step("image.alpha", {"image": picture, "mask": shown}, tag=str(index) if index else "")("image")
        for index, picture in enumerate(call.each("image"))
    ]
    return [Batch(tuple(joined))]


def _threshold(call: Call) -> Params:
    value = call["value"]
    return {"threshold": round(255 * value) if isinstance(value, (int, float)) else value}


WIDTH, HEIGHT = integer("width", 512, 0, SIDE), integer("height", 512, 0, SIDE)
X, Y = integer("x", 0, 0, SIDE), integer("y", 0, 0, SIDE)
THE_MASK = link("mask", MASK, IMAGE)
CHANNEL = choice("channel", "red", "green", "blue", "alpha")

NODES = (
    node(
        "ImageToMask",
        "A channel of a picture as a mask.",
        (PICTURE, CHANNEL),
        Row("image.mask", same("channel"), gives=("mask",)),
        (MASK,),
    ),
    node(
        "ImageColorToMask",
        "Where a picture has exactly this colour.",
        (PICTURE, integer("color", 0, 0, 0xFFFFFF)),
        Row("image.mask", lambda call: {"channel": "colour", "colour": code(call.known("color"))}, gives=("mask",)),
        (MASK,),
    ),
    node(
        "MaskToImage",
        "A mask as a grey picture.",
        (THE_MASK,),
        Row("image.mask", fixed(channel="luma"), picture="mask", gives=("mask",)),
    ),
    node(
        "InvertMask",
        "Black for white.",
        (THE_MASK,),
        Row("image.mask", fixed(invert=True), picture="mask", gives=("mask",)),
        (MASK,),
    ),
    node(
        "GrowMask",
        "A mask, wider or narrower by some pixels.",
        (THE_MASK, integer("expand", 0, -SIDE, SIDE), truth("tapered_corners", True)),
        Row("image.mask", same(grow="expand"), picture="mask", gives=("mask",), names={"grow": "expand"}),
        (MASK,),
    ),
    node(
        "ThresholdMask",
        "A mask of black and white only.",
        (THE_MASK, number("value", 0.5, 0.0, 1.0)),
        Row("image.mask", _threshold, picture="mask", gives=("mask",), names={"threshold": "value"}),
        (MASK,),
    ),
    node(
        "CropMask",
        "A part of a mask.",
        (THE_MASK, X, Y, WIDTH, HEIGHT),
        Row("image.crop", same("x", "y", "width", "height"), picture="mask"),
        (MASK,),
    ),
    NodeType(
        "SolidMask",
        "A mask of one level.",
        (number("value", 1.0, 0.0, 1.0), WIDTH, HEIGHT),
        outputs(MASK),
        make=_solid_mask,
    ),
    NodeType(
        "SplitImageWithAlpha",
        "A picture without its transparency, and that as a mask.",
        (PICTURE,),
        outputs(IMAGE, MASK),
        make=_split,
    ),
    NodeType(
        "JoinImageWithAlpha",
        "A picture that is transparent where the mask is white.",
        (PICTURE, link("alpha", MASK)),
        outputs(IMAGE),
        make=_join,
    ),
)
