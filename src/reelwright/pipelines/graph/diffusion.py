"""What a chain of loaders, encoders and samplers comes to: one call of a generator where the latent is decoded.

Weights, schedulers and step counts of the graph mean nothing to this server's generators; the words, the size, the
number of pictures, the seed and the pictures that come in do. A second pass with the same words (a refiner, a larger
size at half the noise) is the same picture again at the last size. One with other words takes the first pass's picture
as what it starts from.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reelwright.pipelines.contract import Ref
from reelwright.pipelines.graph.sockets import Call
from reelwright.pipelines.graph.values import Batch, Conditioning, File, Film, Generation, Latent, Sampling, Size

MOST_REFERENCES = 5
SEED_BITS = (1 << 63) - 1  # a ledger's integer; ComfyUI's seeds have a bit more
COMMA = ", "


def sampled(call: Call, latent: Latent, sampling: Sampling, noise: float) -> Latent:
    """A latent after a pass. `noise`: the share of the picture that the pass makes anew, 0 to 1."""
    before = latent.sampling
    if noise <= 0:
        return latent
    if noise >= 1:
        return replace(latent, sampling=sampling, pictures=() if latent.mask is None else latent.pictures)
    if before is None:
        return replace(latent, sampling=sampling)
    if before.positive == sampling.positive or latent.frames is not None:
        return latent
    made = decoded(call, latent)
    assert isinstance(made, Batch)
    return replace(latent, sampling=sampling, pictures=made.items, count=1)


def decoded(call: Call, latent: Latent) -> Batch | Film:
    """The pictures of a latent, or the film."""
    if latent.sampling is None:
        if latent.pictures:
            return Batch(latent.pictures)
        raise call.wrong("samples", "come from no sampler; put a KSampler before this node")
    if latent.frames is not None:
        return Film(generation=_film(call, latent, latent.sampling, latent.frames))
    if not latent.pictures:
        return Batch(_made(call, latent, latent.sampling, (), ""))
    made: list[File] = []
    for number, picture in enumerate(latent.pictures):
        tag = str(number) if number else ""
        drawn = _made(call, latent, latent.sampling, (picture,), tag)
        made += drawn if latent.mask is None else [_inside(call, picture, one, latent.mask) for one in drawn]
    return Batch(tuple(made))


def _made(call: Call, latent: Latent, sampling: Sampling, start: tuple[File, ...], tag: str) -> tuple[Ref, ...]:
    size = latent.size or _size_of(call, start[0], tag)
    references = [*start, *sampling.positive.references][:MOST_REFERENCES]
    step = call.step(
        "image.generate",
        {
            **_words(call, sampling),
            "references": references or None,
            "width": size.width,
            "height": size.height,
            "count": latent.count if latent.count > 1 else None,
        },
        seed=sampling.seed,
        tag=tag,
        names={"width": (size.node, "width"), "height": (size.node, "height"), "count": (size.node, "batch_size")},
    )
    return tuple(step(f"images.{number}.image") for number in range(latent.count))


def _words(call: Call, sampling: Sampling) -> dict[str, Any]:
    """As they were written: a graph's prompt is not to be extended."""
    negative = _text(call, sampling.negative)
    return {"prompt": _text(call, sampling.positive), "negative_prompt": negative or None, "extend_prompt": False}


def _text(call: Call, conditioning: Conditioning) -> Any:
    parts = [one for one in conditioning.texts if one != ""]
    return parts[0] if len(parts) == 1 else call.text(parts, COMMA)


def _size_of(call: Call, picture: File, tag: str) -> Size:
    step = call.step("image.size", {"image": picture}, tag=tag)
    return Size(step("width"), step("height"), call.node.id)


def _inside(call: Call, picture: File, made: File, mask: File) -> File:
    """The picture as it was, and the new one where the mask is white."""
    laid = {"destination": picture, "source": made, "mask": mask, "resize_source": True}
    return call.step("image.composite", laid)("image")


def _film(call: Call, latent: Latent, sampling: Sampling, frames: int) -> Generation:
    params: dict[str, Any] = {**_words(call, sampling), "first": latent.first, "last": latent.last}
    names = {}
    if latent.size is not None:
        params |= {"width": latent.size.width, "height": latent.size.height}
        names = {name: (latent.size.node, name) for name in ("width", "height")}
        names["seconds"] = (latent.size.node, latent.length)
    if sampling.positive.references and latent.first is None:
        params["references"] = list(sampling.positive.references[:MOST_REFERENCES])
    return Generation(call.node.id, params, names, sampling.seed, frames, latent.fps)


def encoded(pictures: Sequence[File], mask: File | None = None) -> Latent:
    return Latent(size=None, pictures=tuple(pictures), mask=mask)


def grown(call: Call, latent: Latent, factor: float) -> Latent:
    """A latent so many times as large."""
    if latent.size is not None:
        size = latent.size.times(factor)
        if size is None:
            raise call.wrong(
                "scale_by", "has a latent whose size is known only when the graph runs; write width and height"
            )
        return replace(latent, size=size)
    larger = [
        call.step("image.scale", {"image": one, "factor": factor}, tag=str(number) if number else "")("image")
        for number, one in enumerate(latent.pictures)
    ]
    return replace(latent, pictures=tuple(larger))
