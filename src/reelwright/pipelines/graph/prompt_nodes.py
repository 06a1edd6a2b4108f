"""Nodes of weights and of words, which are symbols until a latent is decoded (`diffusion`).

Loaders and patches are known so that the graphs that have them run; the weights that they name are not used.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from reelwright.pipelines.graph.sockets import (
    CLIP,
    CLIP_VISION,
    CLIP_VISION_OUTPUT,
    CONDITIONING,
    IMAGE,
    MODEL,
    SAMPLER,
    VAE,
    Call,
    Input,
    NodeType,
    ignored,
    link,
    outputs,
    text,
)
from reelwright.pipelines.graph.values import Batch, Conditioning, Model

OTHER = "the server's own generator does the work"
POSITIVE, NEGATIVE = link("positive", CONDITIONING), link("negative", CONDITIONING)


# ---- models, and what is done to them


def _models(count: int, call: Call) -> Sequence[Any]:
    return [Model() for _ in range(count)]


def _loader(name: str, names: Sequence[str], *gives: str) -> NodeType:
    return NodeType(
        name,
        f"Stands for weights; {OTHER}.",
        tuple(ignored(one) for one in names),
        outputs(*gives),
        make=partial(_models, len(gives)),
        unused=tuple(names),
    )


def _patch(name: str, takes: Sequence[tuple[str, str]], settings: Sequence[str]) -> NodeType:
    """What changes a model gives it on."""
    inputs = (*(link(one, kind) for one, kind in takes), *(ignored(one) for one in settings))
    gives = [kind for _, kind in takes]
    return NodeType(
        name,
        f"Changes weights; {OTHER}.",
        inputs,
        outputs(*gives),
        make=partial(_models, len(gives)),
        unused=tuple(settings),
    )


# ---- words


def _encode(names: Sequence[str], call: Call) -> Sequence[Any]:
    """Texts for several encoders are mostly the same one twice."""
    return [Conditioning(tuple(dict.fromkeys(call[name] for name in names if call[name])))]


def _encoder(name: str, texts: Sequence[str], *more: Input) -> NodeType:
    takes = (*(text(one, "" if len(texts) > 1 else None) for one in texts), link("clip", CLIP), *more)
    return NodeType(
        name, "Words for a generator.", takes, outputs(CONDITIONING), make=partial(_encode, texts), main=texts[0]
    )


def _both(first: str, second: str, call: Call) -> Sequence[Any]:
    one, two = call[first], call[second]
    return [Conditioning((*one.texts, *two.texts), (*one.references, *two.references))]


def _nothing(call: Call) -> Sequence[Any]:
    return [Conditioning()]


def _through(name: str, call: Call) -> Sequence[Any]:
    return [call[name]]


def _passing(name: str, *settings: str) -> NodeType:
    takes = (link("conditioning", CONDITIONING), *(ignored(one) for one in settings))
    return NodeType(
        name,
        "Words as they come in.",
        takes,
        outputs(CONDITIONING),
        make=partial(_through, "conditioning"),
        unused=settings,
    )


def _seen(call: Call) -> Sequence[Any]:
    return [Batch(call.each("image"))]


def _unclip(call: Call) -> Sequence[Any]:
    words = call["conditioning"]
    return [replace(words, references=(*words.references, *call.each("clip_vision_output")))]


def _ltxv(call: Call) -> Sequence[Any]:
    return [call["positive"], call["negative"]]


LOADERS = (
    _loader("CheckpointLoaderSimple", ("ckpt_name",), MODEL, CLIP, VAE),
    _loader("CheckpointLoader", ("config_name", "ckpt_name"), MODEL, CLIP, VAE),
    _loader("ImageOnlyCheckpointLoader", ("ckpt_name",), MODEL, CLIP_VISION, VAE),
    _loader("UNETLoader", ("unet_name", "weight_dtype"), MODEL),
    _loader("CLIPLoader", ("clip_name", "type"), CLIP),
    _loader("DualCLIPLoader", ("clip_name1", "clip_name2", "type"), CLIP),
    _loader("TripleCLIPLoader", ("clip_name1", "clip_name2", "clip_name3"), CLIP),
    _loader("VAELoader", ("vae_name",), VAE),
    _loader("CLIPVisionLoader", ("clip_name",), CLIP_VISION),
    _loader("KSamplerSelect", ("sampler_name",), SAMPLER),
    _patch("LoraLoader", (("model", MODEL), ("clip", CLIP)), ("lora_name", "strength_model", "strength_clip")),
    _patch("LoraLoaderModelOnly", (("model", MODEL),), ("lora_name", "strength_model")),
    _patch("CLIPSetLastLayer", (("clip", CLIP),), ("stop_at_clip_layer",)),
    _patch("ModelSamplingSD3", (("model", MODEL),), ("shift",)),
    _patch("ModelSamplingFlux", (("model", MODEL),), ("max_shift", "base_shift", "width", "height")),
    _patch("ModelSamplingDiscrete", (("model", MODEL),), ("sampling", "zsnr")),
    _patch("VideoLinearCFGGuidance", (("model", MODEL),), ("min_cfg",)),
    _patch("FreeU_V2", (("model", MODEL),), ("b1", "b2", "s1", "s2")),
)

WORDS = (
    _encoder("CLIPTextEncode", ("text",)),
    _encoder("CLIPTextEncodeFlux", ("t5xxl", "clip_l"), ignored("guidance")),
    _encoder(
        "CLIPTextEncodeSDXL",
        ("text_g", "text_l"),
        *(ignored(one) for one in ("width", "height", "crop_w", "crop_h", "target_width", "target_height")),
    ),
    _encoder(
        "TextEncodeHunyuanVideo_ImageToVideo",
        ("prompt",),
        link("clip_vision_output", CLIP_VISION_OUTPUT, required=False),
        ignored("image_interleave"),
    ),
    _passing("FluxGuidance", "guidance"),
    _passing("ConditioningSetTimestepRange", "start", "end"),
    NodeType(
        "ConditioningZeroOut", "No words.", (link("conditioning", CONDITIONING),), outputs(CONDITIONING), make=_nothing
    ),
    *(
        NodeType(
            name,
            "Words of both.",
            (link(first, CONDITIONING), link(second, CONDITIONING), ignored("conditioning_to_strength")),
            outputs(CONDITIONING),
            make=partial(_both, first, second),
        )
        for name, first, second in (
            ("ConditioningCombine", "conditioning_1", "conditioning_2"),
            ("ConditioningConcat", "conditioning_to", "conditioning_from"),
            ("ConditioningAverage", "conditioning_to", "conditioning_from"),
        )
    ),
    NodeType(
        "CLIPVisionEncode",
        "A picture whose subject is to appear.",
        (link("clip_vision", CLIP_VISION), link("image", IMAGE), ignored("crop")),
        outputs(CLIP_VISION_OUTPUT),
        make=_seen,
    ),
    NodeType(
        "unCLIPConditioning",
        "Words, and a picture whose subject is to appear.",
        (
            link("conditioning", CONDITIONING),
            link("clip_vision_output", CLIP_VISION_OUTPUT),
            ignored("strength"),
            ignored("noise_augmentation"),
        ),
        outputs(CONDITIONING),
        make=_unclip,
    ),
    NodeType(
        "LTXVConditioning",
        "Words for a film.",
        (POSITIVE, NEGATIVE, ignored("frame_rate")),
        outputs(("positive", CONDITIONING), ("negative", CONDITIONING)),
        make=_ltxv,
        unused=("frame_rate",),
    ),
)


NODES = (*LOADERS, *WORDS)
