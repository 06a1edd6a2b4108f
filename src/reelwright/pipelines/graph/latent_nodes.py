"""Nodes of latents: pictures and films that are to be, of a size, or that are to change. Decoded, they are one step."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from reelwright.pipelines.graph import diffusion
from reelwright.pipelines.graph.sockets import (
    CLIP_VISION,
    CLIP_VISION_OUTPUT,
    CONDITIONING,
    IMAGE,
    LATENT,
    MASK,
    VAE,
    Call,
    Input,
    NodeType,
    choice,
    ignored,
    integer,
    link,
    number,
    outputs,
)
from reelwright.pipelines.graph.values import Conditioning, Latent, Size

SIDE = 16384


def _empty(call: Call) -> Sequence[Any]:
    return [Latent(Size(call["width"], call["height"], call.node.id), count=call.known("batch_size"))]


def _empty_film(fps: float, call: Call) -> Sequence[Any]:
    return [_film(call, fps, None)]


def _film(call: Call, fps: float, first: Any, *, frames: str = "length", last: Any = None) -> Latent:
    if call.known("batch_size") not in (None, 1):
        raise call.wrong("batch_size", f"is {call['batch_size']}; films are made one at a time: 1")
    size = Size(call["width"], call["height"], call.node.id)
    return Latent(size, frames=call.known(frames), length=frames, fps=fps, first=first, last=last)


def _picture(call: Call, name: str) -> Any:
    return None if call[name] is None else call.one(name)


def _image_film(first: str, last: str | None, fps: float, call: Call) -> Sequence[Any]:
    """Positive, negative, latent: what conditions a film that begins with a picture."""
    end = _picture(call, last) if last else None
    latent = _film(call, fps, _picture(call, first), last=end)
    return [call["positive"], call["negative"], latent]


def _hunyuan(call: Call) -> Sequence[Any]:
    return [call["positive"], _film(call, 24.0, _picture(call, "start_image"))]


def _svd(call: Call) -> Sequence[Any]:
    latent = _film(call, float(call.known("fps")), _picture(call, "init_image"), frames="video_frames")
    return [Conditioning(), Conditioning(), latent]


def _vae_encode(call: Call) -> Sequence[Any]:
    return [diffusion.encoded(call.each("pixels"))] if not call.is_film("pixels") else _no_film(call)


def _no_film(call: Call) -> Sequence[Any]:
    raise call.wrong("pixels", "get the frames of a film; use video.generate, whose `video` is the film to change")


def _vae_encode_inside(call: Call) -> Sequence[Any]:
    return [diffusion.encoded(call.each("pixels"), call.one("mask"))]


def _inpaint(call: Call) -> Sequence[Any]:
    return [call["positive"], call["negative"], diffusion.encoded(call.each("pixels"), call.one("mask"))]


def _masked(call: Call) -> Sequence[Any]:
    return [replace(call["samples"], mask=call.one("mask"))]


def _upscaled(call: Call) -> Sequence[Any]:
    latent = call["samples"]
    if not (call["width"] and call["height"]):
        raise call.wrong("width" if not call["width"] else "height", "is 0; write both width and height")
    return [replace(latent, size=Size(call["width"], call["height"], call.node.id))]


def _upscaled_by(call: Call) -> Sequence[Any]:
    return [diffusion.grown(call, call["samples"], call.known("scale_by"))]


def _repeated(call: Call) -> Sequence[Any]:
    latent = call["samples"]
    return [replace(latent, count=latent.count * call.known("amount"))]


def _decoded(call: Call) -> Sequence[Any]:
    return [diffusion.decoded(call, call["samples"])]


POSITIVE, NEGATIVE = link("positive", CONDITIONING), link("negative", CONDITIONING)
THE_VAE, SAMPLES = link("vae", VAE), link("samples", LATENT)
PIXELS, THE_MASK = link("pixels", IMAGE), link("mask", MASK, IMAGE)
WIDTH, HEIGHT = integer("width", 512, 16, SIDE), integer("height", 512, 16, SIDE)
BATCH = integer("batch_size", 1, 1, 4096)
LENGTH = integer("length", 49, 1, 4096)
UPSCALE = choice("upscale_method", "nearest-exact", "bilinear", "area", "bicubic", "bislerp")
TILES = tuple(ignored(one) for one in ("tile_size", "overlap", "temporal_size", "temporal_overlap"))


def _conditioned(name: str, make: Any, *pictures: Input) -> NodeType:
    """A film from a picture: positive, negative, latent."""
    takes = (POSITIVE, NEGATIVE, THE_VAE, WIDTH, HEIGHT, LENGTH, BATCH, *pictures)
    return NodeType(
        name,
        "A film that begins with a picture.",
        (*takes, link("clip_vision_output", CLIP_VISION_OUTPUT, required=False), ignored("strength")),
        outputs(("positive", CONDITIONING), ("negative", CONDITIONING), ("latent", LATENT)),
        make=make,
    )


LATENTS = (
    *(
        NodeType(name, "Pictures to be, of a size.", (WIDTH, HEIGHT, BATCH), outputs(LATENT), make=_empty)
        for name in ("EmptyLatentImage", "EmptySD3LatentImage")
    ),
    *(
        NodeType(
            name,
            "A film to be, of a size and a number of frames.",
            (WIDTH, HEIGHT, LENGTH, BATCH),
            outputs(LATENT),
            make=partial(_empty_film, fps),
        )
        for name, fps in (
            ("EmptyHunyuanLatentVideo", 24.0),
            ("EmptyMochiLatentVideo", 24.0),
            ("EmptyLTXVLatentVideo", 25.0),
            ("EmptyCosmosLatentVideo", 24.0),
        )
    ),
    NodeType("VAEEncode", "Pictures to start from.", (PIXELS, THE_VAE), outputs(LATENT), make=_vae_encode),
    NodeType(
        "VAEEncodeForInpaint",
        "Pictures that change where a mask is white.",
        (PIXELS, THE_VAE, THE_MASK, ignored("grow_mask_by")),
        outputs(LATENT),
        make=_vae_encode_inside,
    ),
    NodeType(
        "InpaintModelConditioning",
        "Pictures that change where a mask is white.",
        (POSITIVE, NEGATIVE, THE_VAE, PIXELS, THE_MASK, ignored("noise_mask")),
        outputs(("positive", CONDITIONING), ("negative", CONDITIONING), ("latent", LATENT)),
        make=_inpaint,
    ),
    NodeType(
        "SetLatentNoiseMask",
        "A latent that changes where a mask is white.",
        (SAMPLES, THE_MASK),
        outputs(LATENT),
        make=_masked,
    ),
    NodeType(
        "LatentUpscale",
        "A latent at another size.",
        (SAMPLES, UPSCALE, integer("width", 512, 0, SIDE), integer("height", 512, 0, SIDE), ignored("crop")),
        outputs(LATENT),
        make=_upscaled,
    ),
    NodeType(
        "LatentUpscaleBy",
        "A latent so many times as large.",
        (SAMPLES, UPSCALE, number("scale_by", 1.5, 0.01, 8.0)),
        outputs(LATENT),
        make=_upscaled_by,
    ),
    NodeType(
        "RepeatLatentBatch",
        "Several of a latent.",
        (SAMPLES, integer("amount", 1, 1, 64)),
        outputs(LATENT),
        make=_repeated,
    ),
    NodeType("VAEDecode", "The pictures, or the film, of a latent.", (SAMPLES, THE_VAE), outputs(IMAGE), make=_decoded),
    NodeType(
        "VAEDecodeTiled",
        "The pictures, or the film, of a latent.",
        (SAMPLES, THE_VAE, *TILES),
        outputs(IMAGE),
        make=_decoded,
    ),
)

FILMS = (
    NodeType(
        "SVD_img2vid_Conditioning",
        "A film that begins with a picture.",
        (
            link("clip_vision", CLIP_VISION),
            link("init_image", IMAGE),
            THE_VAE,
            WIDTH,
            HEIGHT,
            integer("video_frames", 14, 1, 4096),
            integer("fps", 6, 1, 1024),
            *(ignored(one) for one in ("motion_bucket_id", "augmentation_level")),
        ),
        outputs(("positive", CONDITIONING), ("negative", CONDITIONING), ("latent", LATENT)),
        make=_svd,
        unused=("motion_bucket_id", "augmentation_level"),
    ),
    NodeType(
        "HunyuanImageToVideo",
        "A film that begins with a picture.",
        (
            POSITIVE,
            THE_VAE,
            WIDTH,
            HEIGHT,
            LENGTH,
            BATCH,
            link("start_image", IMAGE, required=False),
            ignored("guidance_type"),
        ),
        outputs(("positive", CONDITIONING), ("latent", LATENT)),
        make=_hunyuan,
    ),
    _conditioned(
        "WanImageToVideo",
        partial(_image_film, "start_image", None, 16.0),
        link("start_image", IMAGE, required=False),
    ),
    _conditioned(
        "WanFirstLastFrameToVideo",
        partial(_image_film, "start_image", "end_image", 16.0),
        link("start_image", IMAGE, required=False),
        link("end_image", IMAGE, required=False),
    ),
    _conditioned("LTXVImgToVideo", partial(_image_film, "image", None, 25.0), link("image", IMAGE)),
)


NODES = (*LATENTS, *FILMS)
