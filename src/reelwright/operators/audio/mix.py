"""Mix one more track into a sound: placed to the sample, out of the way of speech, at a known loudness.

Both are listened to first. Unless a level is given the added track is brought to the
loudness of the main sound, and where somebody talks in that one it goes down under the
voice before the first word comes. The sum is brought to the target loudness (ITU-R BS.1770),
and a look-ahead limiter holds its true peaks. Videos give their sound. The rate is that of
the main sound; a mono main becomes stereo if the track is. Loops, beats and keys are not its
business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.kernels import limiting, loudness, tracks
from reelwright.kernels.ducking import Ducker, Listener
from reelwright.kernels.limiting import Limiter, PeakMeter
from reelwright.kernels.tracks import Samples
from reelwright.media import channels, probe, samples
from reelwright.media.wav import SampleFormat, WavWriter, kept_format
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

BLOCK = 1 << 16
MOST_LEVELLING = 30.0  # dB: a track 30 dB off is not music that was mastered low, it is nearly silence
NEAR = 0.05  # LU: as far as a target may be missed while there are tries left
TRIES = 6
MARGIN = 0.05  # dB kept below the true peak asked for: gains that move shift what lies between samples
TALK_OF_SPEECH = 0.6  # of what is voiced must have the rhythm of talk; music tried had 0.57 at most, talk 0.74 and more
LEAST_TALK = 0.5  # seconds


class MixParams(Params):
    audio: files.Audio = param("Main sound, or a video whose sound is taken.", example="oss://media/talk.wav")
    track: files.Audio = param("Sound to mix in, or a video whose sound is taken.", example="oss://media/music.mp3")
    level: float | None = param(
        "Gain of the track. Left out, the track is brought to the loudness of the main sound.",
        None,
        ge=-60,
        le=30,
        unit="dB",
    )
    start: float = param("Where the track begins in the main sound.", 0.0, ge=0, unit="s")
    fade_in: float = param("Time in which the track rises.", 0.0, ge=0, le=60, unit="s")
    fade_out: float = param("Time in which the track falls before it ends.", 0.0, ge=0, le=60, unit="s")
    ducking: Literal["auto", "on", "off"] = param(
        "Turn the track down under speech of the main sound: `auto` if that is talk, `on` for any voice.", "auto"
    )
    depth: float = param("How far the track goes down under speech.", 12.0, ge=0, le=60, unit="dB")
    normalize: bool = param("Bring the mix to `loudness`; without, only its peaks are held.", True)
    loudness: float = param("Loudness of the mix; -16 suits the web and phones, -23 European TV.", -16.0, ge=-40, le=-5)
    true_peak: float = param("Highest true peak of the mix.", -1.0, ge=-20, le=0, unit="dBTP")
    length: Literal["first", "longest", "shortest"] = param(
        "Length of the mix: that of the main sound, of whichever ends last, or first.", "first"
    )
    format: Literal["source", "pcm16", "pcm24", "pcm32", "float32"] = param(
        "Sample format of the WAV; `source` keeps that of the main sound, and 16 bits for lossy ones.", "source"
    )


class MixResult(Result):
    audio: files.Audio = param("The mix: WAV.")
    seconds: float = param("Length of the mix.", unit="s")
    sample_rate: int = param("Samples a second, as in the main sound.", unit="Hz")
    channels: int = param("Channels: those of the main sound, or two if that is mono and the track is not.")
    loudness: float | None = param("Loudness of the mix, measured on the file; none if it is silent.", unit="LUFS")
    true_peak: float = param("True peak of the mix, measured on the file.", unit="dBTP")
    gain: float = param("Gain given to the sum of both.", unit="dB")
    limited: float = param("Greatest reduction by the limiter; 0 if it never acted.", unit="dB")
    main_loudness: float | None = param("Loudness of the main sound as it came.", unit="LUFS")
    track_loudness: float | None = param("Loudness of the track as it came.", unit="LUFS")
    track_level: float = param("Gain given to the track.", unit="dB")
    track_start: int = param("First sample of the track in the mix.", unit="samples")
    ducked: float = param("Share of the track's time in which it was turned down by half of `depth` or more.")


@dataclass(frozen=True, slots=True)
class Source:
    """One of the two, as it goes into the mix: at the mix's rate, on the mix's speakers."""

    path: str
    rate: int
    matrix: Samples

    def blocks(self) -> Iterator[Samples]:
        for block in samples.stream(self.path, sample_rate=self.rate, block=BLOCK):
            # A WAV of floats may hold what is no number; it would stay in every filter after it.
            yield self.matrix @ np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was found by listening to a source."""

    samples: int
    loudness: float | None
    is_talk: bool


@dataclass(frozen=True, slots=True)
class Mixed:
    """The unlevelled mix: where it lies, and what was measured on it."""

    path: Path
    loudness: float | None
    peak: float
    ducked: float


@dataclass(frozen=True, slots=True)
class Mastered:
    loudness: float | None
    peak: float
    gain: float
    limited: float


@operator(
    version=1, quality=Quality("loudness_error_lu", at_most=0.2), phases={"listen": 0.4, "mix": 0.35, "master": 0.25}
)
def mix(params: MixParams, ctx: Context) -> MixResult:
    about = probe.with_audio(params.audio).audio[0]
    speakers = _speakers(about, probe.with_audio(params.track).audio[0])
    main, track = (_source(path, about.sample_rate, speakers) for path in (params.audio, params.track))
    weights = loudness.weights(speakers)
    ctx.enter("listen")
    heard = _listened(main, weights, ctx, 0.0), _listened(track, weights, ctx, 0.5)
    placed = _placed(params, about.sample_rate, *heard)
    level = _level(params, *heard)
    mixed = _mixed(params, ctx, main, track, placed, level, weights, is_talk=heard[0].is_talk)
    kind = kept_format(about.sample_format, about.codec) if params.format == "source" else params.format
    path = ctx.output("mix.wav")
    mastered = _mastered(params, ctx, mixed, path, kind, weights)
    mixed.path.unlink()
    seconds = placed.length / about.sample_rate
    ctx.media(seconds)
    return MixResult(
        audio=str(path),
        seconds=seconds,
        sample_rate=about.sample_rate,
        channels=len(speakers),
        loudness=mastered.loudness,
        true_peak=limiting.decibels(mastered.peak),
        gain=mastered.gain,
        limited=-mastered.limited,
        main_loudness=heard[0].loudness,
        track_loudness=heard[1].loudness,
        track_level=level,
        track_start=placed.start,
        ducked=mixed.ducked,
    )


# ---- before the mix


def _speakers(main: probe.AudioStream, track: probe.AudioStream) -> tuple[str, ...]:
    """A voice in mono must not take the width from the music under it."""
    if main.channels == 1:
        return channels.MONO if track.channels == 1 else channels.STEREO
    return channels.names(main.layout)


def _source(path: str, rate: int, speakers: tuple[str, ...]) -> Source:
    return Source(path, rate, channels.remix(channels.names(probe.with_audio(path).audio[0].layout), speakers))


def _listened(source: Source, weights: Samples, ctx: Context, begun: float) -> Heard:
    """Length, loudness and whether it talks; counts as half of the phase from `begun` on."""
    media = probe.with_audio(source.path)
    length = float(media.audio[0].duration or media.duration or 0)
    meter, listener, talk = loudness.Meter(source.rate, weights), Listener(source.rate), tracks.Talk()
    count = 0
    for block in source.blocks():
        ctx.check()
        meter.push(block)
        talk.add(listener.push(block))
        count += block.shape[1]
        if length:
            ctx.report(begun + 0.5 * min(1.0, count / source.rate / length), 1.0, unit="sound")
    talk.add(listener.flush())
    return Heard(count, meter.integrated(), talk.is_most(TALK_OF_SPEECH, least_seconds=LEAST_TALK))


def _placed(params: MixParams, rate: int, main: Heard, track: Heard) -> tracks.Placement:
    start = round(params.start * rate)
    ends = {"first": main.samples, "longest": max(main.samples, start + track.samples)}
    length = ends.get(params.length, min(main.samples, start + track.samples))
    if start >= length:
        raise InvalidParameter(
            f"the track would begin at {params.start:g} s, but the mix ends at {length / rate:g} s; "
            "give an earlier start, or length=longest",
            field="start",
        )
    return tracks.Placement(
        start, min(length, start + track.samples), length, round(params.fade_in * rate), round(params.fade_out * rate)
    )


def _level(params: MixParams, main: Heard, track: Heard) -> float:
    if params.level is not None:
        return params.level
    if main.loudness is None or track.loudness is None:
        return 0.0
    return float(np.clip(main.loudness - track.loudness, -MOST_LEVELLING, MOST_LEVELLING))


# ---- the mix


def _mixed(
    params: MixParams,
    ctx: Context,
    main: Source,
    track: Source,
    placed: tracks.Placement,
    level: float,
    weights: Samples,
    *,
    is_talk: bool,
) -> Mixed:
    """Write the sum of both to the scratch folder, as floats that may pass full scale."""
    ducks = params.ducking == "on" or (params.ducking == "auto" and is_talk)
    ducker = Ducker(main.rate, params.depth, any_voice=params.ducking == "on") if ducks else None
    added = tracks.Added(placed, limiting.amplitude(level), limiting.amplitude(-params.depth / 2))
    meter, peaks = loudness.Meter(main.rate, weights), PeakMeter(len(weights))
    path = ctx.scratch / "mixed.wav"
    ctx.enter("mix")
    with WavWriter(path, main.rate, len(weights), sample_format="float32") as out:
        whole = tracks.fitted(main.blocks(), len(weights), 0, placed.length, BLOCK)
        other = tracks.fitted(track.blocks(), len(weights), placed.start, placed.length, BLOCK)
        for block in added.to(whole, other, ducker):
            ctx.check()
            meter.push(block)
            peaks.push(block)
            out.write(block)
            ctx.report(out.samples, placed.length, unit="sample")
    return Mixed(path, meter.integrated(), peaks.peak(), added.ducked)


# ---- after the mix


def _mastered(
    params: MixParams, ctx: Context, mixed: Mixed, path: Path, kind: SampleFormat, weights: Samples
) -> Mastered:
    """Write the mix at its loudness, below its peak. A limiter takes from the loudness: so the gain is sought."""
    aims = params.normalize and mixed.loudness is not None
    gain = params.loudness - mixed.loudness if aims and mixed.loudness is not None else 0.0
    ceiling = params.true_peak - MARGIN
    ctx.enter("master")
    for tried in range(1, TRIES + 1):
        found = _written(ctx, mixed, path, kind, weights, gain, ceiling, tried)
        over = limiting.decibels(found.peak) - params.true_peak
        missing = params.loudness - found.loudness if aims and found.loudness is not None else 0.0
        if over <= 0 and abs(missing) <= NEAR:
            break
        ceiling -= max(0.0, over) + (MARGIN if over > 0 else 0.0)
        gain += missing
    return found


def _written(
    ctx: Context,
    mixed: Mixed,
    path: Path,
    kind: SampleFormat,
    weights: Samples,
    gain: float,
    ceiling: float,
    tried: int,
) -> Mastered:
    rate = probe.with_audio(mixed.path).audio[0].sample_rate
    limiter = Limiter(rate, len(weights), ceiling=limiting.amplitude(ceiling), gain=limiting.amplitude(gain))
    meter, peaks = loudness.Meter(rate, weights), PeakMeter(len(weights))

    def limited() -> Iterator[Samples]:
        for block in samples.stream(mixed.path, block=BLOCK):
            yield limiter.push(block)
        yield limiter.flush()

    with WavWriter(path, rate, len(weights), sample_format=kind) as out:
        for block in limited():
            ctx.check()
            meter.push(block)
            peaks.push(block)
            out.write(block)
    ctx.report(1 - 0.5**tried, 1.0, unit="try")
    return Mastered(meter.integrated(), peaks.peak(), gain, limiter.deepest)
