"""Nodes that sample: of a pass its words, its seed and how much it makes anew mean something here (`diffusion`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from reelwright.pipelines.graph import diffusion
from reelwright.pipelines.graph.sockets import (
    CONDITIONING,
    GUIDER,
    LATENT,
    MODEL,
    NOISE,
    SAMPLER,
    SIGMAS,
    Call,
    NodeType,
    ignored,
    integer,
    link,
    number,
    outputs,
)
from reelwright.pipelines.graph.values import Conditioning, Sampling

SEEDS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Guider:
    positive: Conditioning
    negative: Conditioning


@dataclass(frozen=True, slots=True)
class Sigmas:
    noise: float


def _sampling(call: Call, positive: Conditioning, negative: Conditioning, seed: int) -> Sampling:
    return Sampling(positive, negative, seed & diffusion.SEED_BITS)


def _sampler(call: Call) -> Sequence[Any]:
    wanted = _sampling(call, call["positive"], call["negative"], call.known("seed"))
    return [diffusion.sampled(call, call["latent_image"], wanted, call.known("denoise"))]


def _sampler_of_steps(call: Call) -> Sequence[Any]:
    """One that begins at a later step goes on with what another has begun."""
    wanted = _sampling(call, call["positive"], call["negative"], call.known("noise_seed"))
    steps, start = call.known("steps"), call.known("start_at_step")
    noise = 1.0 if start <= 0 else max(0.0, 1 - start / max(1, steps))
    return [diffusion.sampled(call, call["latent_image"], wanted, noise)]


def _custom(call: Call) -> Sequence[Any]:
    wanted = _sampling(call, call["positive"], call["negative"], call.known("noise_seed"))
    latent = diffusion.sampled(call, call["latent_image"], wanted, call["sigmas"].noise)
    return [latent, latent]


def _custom_advanced(call: Call) -> Sequence[Any]:
    guide = call["guider"]
    wanted = _sampling(call, guide.positive, guide.negative, call["noise"])
    latent = diffusion.sampled(call, call["latent_image"], wanted, call["sigmas"].noise)
    return [latent, latent]


def _noise(call: Call) -> Sequence[Any]:
    return [call.known("noise_seed")]


def _guide(positive: str, negative: str | None, call: Call) -> Sequence[Any]:
    return [Guider(call[positive], call[negative] if negative else Conditioning())]


def _schedule(call: Call) -> Sequence[Any]:
    return [Sigmas(call.known("denoise") if call.known("denoise") is not None else 1.0)]


POSITIVE, NEGATIVE = link("positive", CONDITIONING), link("negative", CONDITIONING)
THE_MODEL, LATENT_IMAGE = link("model", MODEL), link("latent_image", LATENT)
STEPS = integer("steps", 20, 1, 10000)
CONTROLS = ("cfg", "sampler_name", "scheduler")

NODES = (
    NodeType(
        "KSampler",
        "A pass of a sampler.",
        (
            THE_MODEL,
            integer("seed", 0, 0, SEEDS),
            STEPS,
            *(ignored(one) for one in CONTROLS),
            POSITIVE,
            NEGATIVE,
            LATENT_IMAGE,
            number("denoise", 1.0, 0.0, 1.0),
        ),
        outputs(LATENT),
        make=_sampler,
        main="seed",
        unused=("steps", *CONTROLS),
    ),
    NodeType(
        "KSamplerAdvanced",
        "Some steps of a sampler.",
        (
            THE_MODEL,
            ignored("add_noise"),
            integer("noise_seed", 0, 0, SEEDS),
            STEPS,
            *(ignored(one) for one in CONTROLS),
            POSITIVE,
            NEGATIVE,
            LATENT_IMAGE,
            integer("start_at_step", 0, 0, 10000),
            *(ignored(one) for one in ("end_at_step", "return_with_leftover_noise")),
        ),
        outputs(LATENT),
        make=_sampler_of_steps,
        main="noise_seed",
        unused=CONTROLS,
    ),
    NodeType(
        "SamplerCustom",
        "A pass of a sampler.",
        (
            THE_MODEL,
            ignored("add_noise"),
            integer("noise_seed", 0, 0, SEEDS),
            ignored("cfg"),
            POSITIVE,
            NEGATIVE,
            link("sampler", SAMPLER),
            link("sigmas", SIGMAS),
            LATENT_IMAGE,
        ),
        outputs(("output", LATENT), ("denoised_output", LATENT)),
        make=_custom,
        main="noise_seed",
    ),
    NodeType(
        "SamplerCustomAdvanced",
        "A pass of a sampler.",
        (link("noise", NOISE), link("guider", GUIDER), link("sampler", SAMPLER), link("sigmas", SIGMAS), LATENT_IMAGE),
        outputs(("output", LATENT), ("denoised_output", LATENT)),
        make=_custom_advanced,
    ),
    NodeType(
        "RandomNoise",
        "A seed.",
        (integer("noise_seed", 0, 0, SEEDS),),
        outputs(NOISE),
        make=_noise,
        main="noise_seed",
    ),
    NodeType(
        "BasicGuider",
        "Words for a sampler.",
        (THE_MODEL, link("conditioning", CONDITIONING)),
        outputs(GUIDER),
        make=partial(_guide, "conditioning", None),
    ),
    NodeType(
        "CFGGuider",
        "Words for a sampler.",
        (THE_MODEL, POSITIVE, NEGATIVE, ignored("cfg")),
        outputs(GUIDER),
        make=partial(_guide, "positive", "negative"),
    ),
    NodeType(
        "BasicScheduler",
        "How much of the picture a pass makes anew.",
        (THE_MODEL, ignored("scheduler"), STEPS, number("denoise", 1.0, 0.0, 1.0)),
        outputs(SIGMAS),
        make=_schedule,
        unused=("scheduler", "steps"),
    ),
)
