"""Free speech from noise, at the sound's own rate, length and channels.

Fans, streets, hum, hiss and kitchen clatter go down; speech stays where it was, to the
sample, and hardly changes where there is no noise. The built-in tier is RNNoise with its
phase put right; with the weights of GTCRN or DTLN installed, those lead below 7 kHz. Any
sound or video that can be decoded is taken, of any length, and WAV is given. Channels are
turned down together, so that voices keep their places. It is made for speech: of music it
keeps little, and it does not mend clipping, echo or lost packets.
"""

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import partial
from typing import Literal

import numpy as np

from reelwright.kernels import denoising, noise_floor
from reelwright.kernels.denoising import Denoiser, Estimator, Samples
from reelwright.media import containers, probe, samples
from reelwright.media.wav import WavWriter, kept_format
from reelwright.models import dtln, gtcrn
from reelwright.models.port import Models, Provider
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

DEEPEST = 60.0  # dB of attenuation at full strength: what is left is below the noise of 10 bits
MODELS = {gtcrn.NAME: gtcrn, dtln.NAME: dtln}
RNNOISE = Provider("rnnoise", "builtin")


class DenoiseParams(Params):
    audio: files.Audio = param(
        "Sound to clean, or a video whose sound is cleaned.", example="oss://media/interview.wav"
    )
    engine: Literal["auto", "rnnoise", "gtcrn", "dtln"] = param(
        "What tells speech from noise; `auto` takes gtcrn if its weights are installed, else rnnoise.", "auto"
    )
    strength: float = param(
        "How far noise may be turned down: 60 dB times this. 0 changes nothing, 0.2 leaves a natural background.",
        1.0,
        ge=0,
        le=1,
    )
    format: Literal["source", "pcm16", "pcm24", "pcm32", "float32"] = param(
        "Sample format of the WAV; `source` keeps that of the input, and 16 bits for lossy ones.", "source"
    )


class SoundLevels(Result):
    noise: float = param("Level of the noise between the words: what a tenth of 20 ms frames stay below.", unit="dBFS")
    snr: float = param("Estimated ratio of speech to noise, 0 to 100.", unit="dB")
    peak: float = param("Greatest sample; full scale is 1.")
    clipped: int = param("Samples at full scale.", unit="samples")


class DenoiseResult(Result):
    audio: files.Audio = param("The cleaned sound: WAV, same rate, channels and length.")
    seconds: float = param("Length of the sound.", unit="s")
    sample_rate: int = param("Samples a second, as in the input.", unit="Hz")
    channels: int = param("Channels, as in the input.")
    engine: str = param("What told speech from noise.")
    before: SoundLevels = param("The sound as it came.")
    after: SoundLevels = param("The sound as it left.")


def choose(params: DenoiseParams, models: Models) -> Provider:
    """The engine asked for, or the best one installed."""
    best = gtcrn.NAME if all(models.installed(one) for one in gtcrn.WEIGHTS) else RNNOISE.name
    name = best if params.engine == "auto" else params.engine
    if name == RNNOISE.name:
        return RNNOISE
    return Provider(name, "model", {one: models.digest(one) for one in MODELS[name].WEIGHTS})


@operator(version=2, quality=Quality("dnsmos_gain", at_least=0.2), choose=choose, tiers=("builtin", "model"))
def denoise(params: DenoiseParams, ctx: Context) -> DenoiseResult:
    media = probe.with_audio(params.audio)
    about = media.audio[0]
    engine = choose(params, ctx.models).name
    keep = 10 ** (-DEEPEST * params.strength / 20)
    voices = 1 if _is_mono_in_all_but_name(params.audio) else about.channels
    denoiser = Denoiser(
        about.sample_rate, voices, model=_model(engine, ctx.models), threads=containers.threads(), keep=keep
    )
    before, after = noise_floor.Meter(about.sample_rate), noise_floor.Meter(about.sample_rate)
    kind = kept_format(about.sample_format, about.codec) if params.format == "source" else params.format
    path = ctx.output("denoised.wav")
    with WavWriter(path, about.sample_rate, about.channels, sample_format=kind) as out:
        heard = samples.stream(params.audio, block=about.sample_rate)
        for noisy, cleaned in _cleaned(_reported(heard, ctx, about, media.duration), denoiser, voices):
            written = cleaned if kind == "float32" else denoising.held_below_full_scale(cleaned, noisy)
            before.push(noisy)
            after.push(written)
            out.write(np.broadcast_to(written, (about.channels, written.shape[1])))
    seconds = out.samples / about.sample_rate
    ctx.media(seconds)
    return DenoiseResult(
        audio=str(path),
        seconds=seconds,
        sample_rate=about.sample_rate,
        channels=about.channels,
        engine=engine,
        before=_levels(before),
        after=_levels(after),
    )


def _model(engine: str, models: Models) -> Callable[[], Estimator] | None:
    return partial(MODELS[engine].estimator, models) if engine in MODELS else None


def _reported(
    heard: Iterable[Samples], ctx: Context, about: probe.AudioStream, duration: Fraction | None
) -> Iterator[Samples]:
    """The blocks, finite; progress is told in seconds of sound as each is done."""
    length = about.duration or duration
    ctx.enter("work")
    done = 0
    for block in heard:
        ctx.check()
        # A WAV of floats may hold what is no number; one of these would stay in the estimators for good.
        yield np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
        done += block.shape[1]
        ctx.report(done / about.sample_rate, float(length) if length else None, unit="s")


def _cleaned(heard: Iterable[Samples], denoiser: Denoiser, voices: int) -> Iterator[tuple[Samples, Samples]]:
    for block in heard:
        yield denoiser.push(block[:voices])
    yield denoiser.flush()


def _is_mono_in_all_but_name(audio: str) -> bool:
    """Do all channels hold the same? Ends at the first difference, so true stereo costs a second of decoding."""
    return all(np.array_equal(block, np.broadcast_to(block[:1], block.shape)) for block in samples.stream(audio))


def _levels(meter: noise_floor.Meter) -> SoundLevels:
    found = meter.levels()
    return SoundLevels(noise=found.noise_dbfs, snr=found.snr_db, peak=found.peak, clipped=found.clipped)
