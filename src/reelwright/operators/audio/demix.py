"""Split music into the voice and the accompaniment.

Two WAVs come back, at the sound's own rate, length and channels, and together they are the
input, sample by sample. The built-in tier needs no weights: it looks where in the stereo
picture the singer stands, what repeats, what is held or struck, and weighs all that for
each cell of the spectrum. With Demucs and its weights installed, that leads. Mono, near-mono and
one-sided recordings work by the other cues; of surround sound, voices are sought in the front and
centre channels. It is not told voices from other soloists: a lead instrument in the centre may be
taken for one, and choirs spread far to the sides stay in the accompaniment.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from reelwright.kernels import demixing
from reelwright.kernels.centre import Direction, DirectionMeter
from reelwright.kernels.demixing import Demixer, Separator
from reelwright.kernels.stft import Samples
from reelwright.media import channels, probe, samples
from reelwright.media.wav import SampleFormat, WavWriter, kept_format
from reelwright.models import demucs
from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

STEPS: dict[SampleFormat, int | None] = {"pcm16": 1 << 15, "pcm24": 1 << 23, "float32": None}  # to full scale
FRONT = ("FL", "FR")
CENTRE = "FC"


class DemixParams(Params):
    audio: files.Audio = param("Music to split, or a video whose sound is split.", example="oss://media/song.flac")
    method: Literal["auto", "builtin", "demucs"] = param(
        "What tells the voice; `auto` takes demucs if its package and weights are installed, else the built-in one.",
        "auto",
    )
    bass_cut: float = param(
        "All below this frequency is accompaniment; 0 lets voices have it. Not used by demucs.",
        80.0,
        ge=0,
        le=300,
        unit="Hz",
    )
    format: Literal["source", "pcm16", "pcm24", "float32"] = param(
        "Sample format of the WAVs; `source` keeps that of the input (24 bits of 32), and 16 bits for lossy ones.",
        "source",
    )


class DemixResult(Result):
    vocals: files.Audio = param("The voice: WAV, same rate, channels and length.")
    accompaniment: files.Audio = param("All the rest: WAV, same rate, channels and length.")
    method: str = param("What told the voice.")
    seconds: float = param("Length of the sound.", unit="s")
    sample_rate: int = param("Samples a second, as in the input.", unit="Hz")
    channels: int = param("Channels, as in the input.")
    vocals_share: float = param("Energy of the voice over that of the input; 0 for silence.")
    direction: float = param("Where the voice stands: 0 is left, 45 the centre, 90 right.", unit="degrees")
    width: float = param("Power beside that direction over the power in it; 0 is mono.")
    sum_error: float = param(
        "Greatest difference between voice plus accompaniment and the decoded input, held below full scale (1) as "
        "WAVs of whole numbers are: 0 for lossless inputs in their own format, at most half a step of it for others."
    )


def choose(params: DemixParams, models: Models) -> Provider:
    """The method asked for, or the best one installed."""
    if params.method == "builtin" or (params.method == "auto" and not demucs.is_installed(models)):
        return BUILTIN
    return demucs.provider(models)


@operator(
    version=1,
    quality=Quality("si_sdr_gain_db", at_least=3.0),
    phases={"listen": 0.2, "separate": 0.8},
    choose=choose,
    tiers=("builtin", "model"),
)
def demix(params: DemixParams, ctx: Context) -> DemixResult:
    media = probe.with_audio(params.audio)
    about = media.audio[0]
    method = choose(params, ctx.models).name
    groups = groups_of(channels.names(about.layout))
    length, direction = _listened(media, groups, ctx)
    separators = [_separator(method, params, ctx.models, about.sample_rate, len(one), direction) for one in groups]
    kind = _kind(params, about)
    parts = _Parts(about.channels, groups, STEPS[kind])
    paths = [ctx.output(f"{name}.wav") for name in ("vocals", "accompaniment")]
    ctx.enter("separate")
    with (
        WavWriter(paths[0], about.sample_rate, about.channels, sample_format=kind) as vocals,
        WavWriter(paths[1], about.sample_rate, about.channels, sample_format=kind) as accompaniment,
    ):
        for voice, rest in parts.made(_finite(params.audio), separators):
            ctx.check()
            vocals.write(voice)
            accompaniment.write(rest)
            ctx.report(vocals.samples / about.sample_rate, length / about.sample_rate, unit="s")
    seconds = vocals.samples / about.sample_rate
    ctx.media(seconds)
    return DemixResult(
        vocals=str(paths[0]),
        accompaniment=str(paths[1]),
        method=method,
        seconds=seconds,
        sample_rate=about.sample_rate,
        channels=about.channels,
        vocals_share=parts.vocals_share,
        direction=direction.degrees,
        width=direction.width,
        sum_error=parts.sum_error,
    )


def groups_of(names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """The channels that may hold a voice, each group separated for itself: the front pair, and the centre.

    Of layouts without them, the first two channels, or the only one.
    """
    front = tuple(names.index(one) for one in FRONT if one in names)
    groups = [front] if len(front) == len(FRONT) else []
    if CENTRE in names:
        groups.append((names.index(CENTRE),))
    return tuple(groups) or (tuple(range(len(names)))[:2],)


def _listened(media: probe.Media, groups: Sequence[Sequence[int]], ctx: Context) -> tuple[int, Direction]:
    """The length in samples, and the direction of the voice in the pair (the centre where there is no pair)."""
    about = media.audio[0]
    pair = next((list(group) for group in groups if len(group) == 2), None)
    meter, length = DirectionMeter(about.sample_rate), 0
    expected = about.duration or media.duration
    ctx.enter("listen")
    for block in _finite(media.path):
        ctx.check()
        length += block.shape[1]
        if pair:
            meter.push(block[pair])
        ctx.report(length / about.sample_rate, float(expected) if expected else None, unit="s")
    return length, meter.direction()


def _finite(audio: str | Path) -> Iterator[Samples]:
    """A WAV of floats may hold what is no number; one of these would spoil every frame it is in."""
    return (np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0) for block in samples.stream(audio))


def _separator(
    method: str, params: DemixParams, models: Models, rate: int, channels: int, direction: Direction
) -> Separator:
    if method == demucs.NAME:
        return demucs.separator(models, rate, channels)
    return Demixer(rate, channels, direction=direction, bass_cut=params.bass_cut)


def _kind(params: DemixParams, about: probe.AudioStream) -> SampleFormat:
    if params.format != "source":
        return params.format
    kept = kept_format(about.sample_format, about.codec)
    # Decoded sound is float, which holds 24 bits and no more.
    return "pcm24" if kept == "pcm32" else kept


@dataclass
class _Parts:
    """The voice and the rest of all channels, as far as every group has come; and what was measured on the way."""

    channels: int
    groups: Sequence[Sequence[int]]
    steps: int | None
    heard_energy: float = 0.0
    voice_energy: float = 0.0
    sum_error: float = 0.0
    waiting: deque[Samples] = field(default_factory=deque)

    @property
    def vocals_share(self) -> float:
        return self.voice_energy / self.heard_energy if self.heard_energy else 0.0

    def made(self, blocks: Iterable[Samples], separators: Sequence[Separator]) -> Iterator[tuple[Samples, Samples]]:
        """Pairs of float32 [channels, n]: voice and accompaniment."""
        for block in blocks:
            self.waiting.append(block)
            yield from self._paired([one.push(block[list(group)]) for one, group in self._each(separators)])
        yield from self._paired([one.flush() for one in separators])

    def _each(self, separators: Sequence[Separator]) -> Iterator[tuple[Separator, Sequence[int]]]:
        return zip(separators, self.groups, strict=True)

    def _paired(self, voices: Sequence[Samples]) -> Iterator[tuple[Samples, Samples]]:
        at, end = 0, voices[0].shape[1]  # all separators are of one kind, and keep step
        while at < end:
            heard = self._taken(end - at)
            voice = np.zeros_like(heard)
            for group, found in zip(self.groups, voices, strict=True):
                voice[list(group)] = found[:, at : at + heard.shape[1]]
            at += heard.shape[1]
            yield self._measured(heard, *demixing.parted(heard, voice, self.steps))

    def _taken(self, most: int) -> Samples:
        first = self.waiting.popleft()
        if first.shape[1] > most:
            self.waiting.appendleft(first[:, most:])
        return first[:, :most]

    def _measured(self, heard: Samples, voice: Samples, rest: Samples) -> tuple[Samples, Samples]:
        self.heard_energy += float(np.sum(np.square(heard, dtype=np.float64)))
        self.voice_energy += float(np.sum(np.square(voice, dtype=np.float64)))
        held = heard if self.steps is None else np.clip(heard, -1, 1 - 1 / self.steps)
        self.sum_error = max(self.sum_error, float(np.abs(voice + rest - held).max(initial=0.0)))
        return voice, rest
