"""ComfyUI's nodes on pictures and masks, as calls of our operators on pictures.

Most are rows: which operator, and which input is which param. Each works on every picture of a batch. Frames of a film
go through where there is an operator on films that does the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from reelwright.pipelines.graph.sockets import (
    IMAGE,
    INT,
    MASK,
    Call,
    Input,
    NodeType,
    choice,
    integer,
    link,
    number,
    outputs,
    truth,
)
from reelwright.pipelines.graph.values import Batch, Film

SIDE = 16384  # px; the nodes' own limit, the operators have theirs
METHODS = ("nearest-exact", "bilinear", "area", "bicubic", "lanczos")
OURS = {"nearest-exact": "nearest"}
PICTURE = link("image", IMAGE)
Params = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """`params` gives the operator's params but the picture. `film`: the operator that does the same to a film."""

    operator: str
    params: Callable[[Call], Params]
    picture: str = "image"
    """The input with the picture, and by `into` the param that takes it."""
    into: str = "image"
    others: Mapping[str, str] | None = None
    """Further inputs with pictures -> params. In batches the n-th goes with the n-th, the last one with all further."""
    gives: tuple[str, ...] = ("image",)
    film: str | None = None
    names: Mapping[str, str] | None = None
    """Param -> input, where they are called differently."""


def through(row: Row, call: Call) -> Sequence[Any]:
    names = {param: (call.node.id, name) for param, name in (row.names or {}).items()}
    params = row.params(call)
    if row.film and call.is_film(row.picture):
        return [Film(call.step(row.film, {"video": call.film(row.picture), **params}, names=names)("video"))]
    if call.is_film(row.picture):
        call.one(row.picture)  # says why not
    others = {param: call.each(name) for name, param in (row.others or {}).items() if call[name] is not None}
    made = []
    for index, picture in enumerate(call.each(row.picture)):
        beside = {param: items[min(index, len(items) - 1)] for param, items in others.items()}
        tag = str(index) if index else ""
        made.append(call.step(row.operator, {row.into: picture, **beside, **params}, names=names, tag=tag))
    return [Batch(tuple(step(path) for step in made)) for path in row.gives]


def node(name: str, summary: str, takes: Sequence[Input], row: Row, gives: Sequence[str] = (IMAGE,)) -> NodeType:
    return NodeType(name, summary, tuple(takes), outputs(*gives), make=partial(through, row))


def fixed(**params: Any) -> Callable[[Call], Params]:
    return lambda call: dict(params)


def same(*names: str, **renamed: str) -> Callable[[Call], Params]:
    """The inputs of these names as they are, and `param=input`."""
    return lambda call: {**{one: call[one] for one in names}, **{param: call[one] for param, one in renamed.items()}}


# ---- size


def _method(call: Call) -> Any:
    return OURS.get(call.known("upscale_method"), call.known("upscale_method"))


def _scale(call: Call) -> Params:
    width, height = call["width"], call["height"]
    fit = "cover" if call.known("crop") == "center" else "stretch"
    sized = {"width": width or None, "height": height or None, "fit": fit}
    return sized if call.is_film("image") else {**sized, "method": _method(call)}


def _scale_by(call: Call) -> Params:
    factor = {"factor": call["scale_by"]}
    return factor if call.is_film("image") else {**factor, "method": _method(call)}


def _scale_to(call: Call) -> Params:
    return {"megapixels": call["megapixels"], "method": _method(call)}


def _fit(call: Call) -> Params:
    side = call["largest_size"]
    sized = {"width": side, "height": side, "fit": "contain"}
    return sized if call.is_film("image") else {**sized, "method": _method(call)}


def _size(call: Call) -> Sequence[Any]:
    step = call.step("image.size", {"image": call.one("image")})
    return [step("width"), step("height"), 1]


# ---- turning


def _turned(call: Call) -> Params:
    degrees = str(call.known("rotation")).partition(" ")[0]
    return {"degrees": 0.0 if degrees == "none" else float(degrees)}


def _flipped(call: Call) -> Params:
    return {"flip": "vertical" if str(call.known("flip_method")).startswith("x") else "horizontal"}


# ---- colours


def code(value: int) -> str:
    return f"#{value:06X}"


def _empty(call: Call) -> Sequence[Any]:
    sized = {"width": call["width"], "height": call["height"], "colour": code(call.known("color"))}
    image = call.step("image.solid", sized, names={"colour": (call.node.id, "color")})("image")
    return [Batch((image,) * call.known("batch_size"))]


# ---- batches


def _together(call: Call) -> Sequence[Any]:
    return [Batch((*call.each("image1"), *call.each("image2")))]


def _repeated(call: Call) -> Sequence[Any]:
    return [Batch(call.each("image") * call.known("amount"))]


def _picked(call: Call) -> Sequence[Any]:
    start, length, value = call.known("batch_index"), call.known("length"), call["image"]
    if isinstance(value, Film):
        if value.generation is None:
            raise call.wrong("image", "gets the frames of a film; use video.trim for a part of it")
        left = max(1, min(length, value.generation.frames - start))
        return [Film(generation=replace(value.generation, frames=left))]
    items = call.each("image")
    picked = items[min(start, len(items) - 1) :][:length]
    return [Batch(picked)]


UPSCALE = choice("upscale_method", *METHODS)
WIDTH, HEIGHT = integer("width", 512, 0, SIDE), integer("height", 512, 0, SIDE)
X, Y = integer("x", 0, 0, SIDE), integer("y", 0, 0, SIDE)
MODES = ("normal", "multiply", "screen", "overlay", "soft_light", "difference")

NODES = (
    node(
        "ImageScale",
        "A picture at another size.",
        (PICTURE, UPSCALE, WIDTH, HEIGHT, choice("crop", "disabled", "center")),
        Row("image.scale", _scale, film="video.scale"),
    ),
    node(
        "ImageScaleBy",
        "A picture so many times as large.",
        (PICTURE, UPSCALE, number("scale_by", 1.0, 0.01, 8.0)),
        Row("image.scale", _scale_by, film="video.scale", names={"factor": "scale_by"}),
    ),
    node(
        "ImageScaleToTotalPixels",
        "A picture of so many megapixels.",
        (PICTURE, UPSCALE, number("megapixels", 1.0, 0.01, 64.0)),
        Row("image.scale", _scale_to),
    ),
    node(
        "ImageScaleToMaxDimension",
        "A picture whose longer side is so long.",
        (PICTURE, UPSCALE, integer("largest_size", 512, 1, SIDE)),
        Row("image.scale", _fit, film="video.scale", names={"width": "largest_size"}),
    ),
    node(
        "ImageCrop",
        "A part of a picture.",
        (PICTURE, WIDTH, HEIGHT, X, Y),
        Row("image.crop", same("x", "y", "width", "height"), film="video.crop"),
    ),
    node(
        "ImagePadForOutpaint",
        "A picture with new ground around it, and as a mask where that is.",
        (PICTURE, *(integer(side, 0, 0, SIDE) for side in ("left", "top", "right", "bottom", "feathering"))),
        Row(
            "image.pad",
            same("left", "top", "right", "bottom", feather="feathering"),
            gives=("image", "mask"),
            names={"feather": "feathering"},
        ),
        (IMAGE, MASK),
    ),
    node(
        "ImageCompositeMasked",
        "A picture laid on another, where a mask is white.",
        (
            link("destination", IMAGE),
            link("source", IMAGE),
            X,
            Y,
            truth("resize_source", False),
            link("mask", MASK, required=False),
        ),
        Row(
            "image.composite",
            same("x", "y", "resize_source"),
            picture="destination",
            into="destination",
            others={"source": "source", "mask": "mask"},
        ),
    ),
    node("ImageInvert", "The negative of a picture.", (PICTURE,), Row("image.invert", fixed())),
    node(
        "ImageBlend",
        "Two pictures mixed.",
        (
            link("image1", IMAGE),
            link("image2", IMAGE),
            number("blend_factor", 0.5, 0.0, 1.0),
            choice("blend_mode", *MODES),
        ),
        Row(
            "image.blend",
            same(factor="blend_factor", mode="blend_mode"),
            picture="image1",
            others={"image2": "other"},
            names={"factor": "blend_factor", "mode": "blend_mode", "other": "image2"},
        ),
    ),
    node(
        "ImageBlur",
        "A picture out of focus.",
        (PICTURE, integer("blur_radius", 1, 1, 31), number("sigma", 1.0, 0.1, 10.0)),
        Row("image.blur", same("sigma", radius="blur_radius"), names={"radius": "blur_radius"}),
    ),
    node(
        "ImageSharpen",
        "A picture with clearer edges.",
        (PICTURE, integer("sharpen_radius", 1, 1, 31), number("sigma", 1.0, 0.1, 10.0), number("alpha", 1.0, 0.0, 5.0)),
        Row(
            "image.sharpen",
            same("sigma", radius="sharpen_radius", amount="alpha"),
            names={"radius": "sharpen_radius", "amount": "alpha"},
        ),
    ),
    node(
        "ImageRotate",
        "A picture turned by quarters, clockwise.",
        (PICTURE, choice("rotation", "none", "90 degrees", "180 degrees", "270 degrees")),
        Row("image.rotate", _turned, names={"degrees": "rotation"}),
    ),
    node(
        "ImageFlip",
        "A picture mirrored.",
        (PICTURE, choice("flip_method", "x-axis: vertically", "y-axis: horizontally")),
        Row("image.rotate", _flipped, names={"flip": "flip_method"}),
    ),
    NodeType(
        "EmptyImage",
        "A picture of one colour.",
        (WIDTH, HEIGHT, integer("batch_size", 1, 1, 64), integer("color", 0, 0, 0xFFFFFF)),
        outputs(IMAGE),
        make=_empty,
    ),
    NodeType(
        "ImageBatch",
        "Pictures of two batches as one.",
        (link("image1", IMAGE), link("image2", IMAGE)),
        outputs(IMAGE),
        make=_together,
    ),
    NodeType(
        "RepeatImageBatch",
        "The same pictures several times.",
        (PICTURE, integer("amount", 1, 1, 4096)),
        outputs(IMAGE),
        make=_repeated,
    ),
    NodeType(
        "ImageFromBatch",
        "Some of the pictures of a batch.",
        (PICTURE, integer("batch_index", 0, 0, 4095), integer("length", 1, 1, 4096)),
        outputs(IMAGE),
        make=_picked,
    ),
    *(
        NodeType(
            name,
            "Width and height of a picture.",
            (PICTURE,),
            outputs(("width", INT), ("height", INT), ("batch_size", INT)),
            make=_size,
        )
        for name in ("GetImageSize", "GetImageSize+")
    ),
)
