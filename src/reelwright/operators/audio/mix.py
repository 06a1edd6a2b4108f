"""Mix one more track into a sound: placed to the sample, out of the way of speech, at a known loudness.

Both are listened to first. Unless a level is given the added track is brought to the
loudness of the main sound, and where somebody talks in that one it goes down under the
voice before the first word comes. The sum is brought to the target loudness (ITU-R BS.1770),
and a look-ahead limiter holds its true peaks. Videos give their sound. The rate is that of
the main sound; a mono main becomes stereo if the track is. Loops, beats and keys are not its
business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import InvalidParameter
from reelwright.kernels import limiting, loudness, tracks
from reelwright.kernels.ducking import FRAMES, Ducker, Listener
from reelwright.kernels.limiting import Limiter, PeakMeter
from reelwright.kernels.tracks import Samples
from reelwright.kernels.voice_activity import Activity
from reelwright.media import channels, probe, samples
from reelwright.media.wav import SampleFormat, WavWriter, kept_format
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

BLOCK = 1 << 16
MOST_LEVELLING = 30.0  # dB: a track 30 dB off is not music that was mastered low, it is nearly silence
NEAR = 0.05  # LU: as far as a target may be missed while there are tries left
TRIES = 6
LEAST_SHARE = 0.15  # of a gain must come out as loudness: where the limiter takes more, the target is out of reach
MOST_STEP = 12.0  # dB
MARGIN = 0.1  # dB kept below the true peak asked for: gains that move shift what lies between samples
TALK_OF_SPEECH = 0.74  # of what is voiced must have the rhythm of talk; music tried had up to 0.69, talk from 0.79 on
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
    """One of the two, as it goes into the mix: at the mix's rate, on the mix's speakers. `seconds` as announced."""

    path: str
    rate: int
    matrix: Samples
    seconds: float

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
class Mastered:
    """The finished file: loudness (LUFS), true peak (linear), its gain and the limiter's greatest reduction (dB)."""

    loudness: float | None
    peak: float
    gain: float
    limited: float


@operator(
    version=2, quality=Quality("loudness_error_lu", at_most=0.2), phases={"listen": 0.4, "mix": 0.35, "master": 0.25}
)
def mix(params: MixParams, ctx: Context) -> MixResult:
    about, other = (probe.with_audio(path).audio[0] for path in (params.audio, params.track))
    speakers = _speakers(about, other)
    desk = Desk(params, ctx, about.sample_rate, loudness.weights(speakers))
    main, track = (_source(path, about.sample_rate, speakers) for path in (params.audio, params.track))
    ctx.enter("listen")
    heard = desk.listened(main, before=0.0, of=main.seconds + track.seconds)
    heard_track = desk.listened(track, before=main.seconds, of=main.seconds + track.seconds)
    added = tracks.Added(
        _placed(params, about.sample_rate, heard, heard_track),
        limiting.amplitude(_level(params, heard, heard_track)),
        limiting.amplitude(-params.depth / 2),
    )
    raw = desk.summed(main, track, added, ducks=params.ducking == "on" or (params.ducking == "auto" and heard.is_talk))
    kind = kept_format(about.sample_format, about.codec) if params.format == "source" else params.format
    path = ctx.output("mix.wav")
    mastered = desk.mastered(raw, path, kind, length=added.placed.length)
    desk.raw.unlink()
    seconds = added.placed.length / about.sample_rate
    ctx.media(seconds)
    return MixResult(
        audio=str(path),
        seconds=seconds,
        sample_rate=about.sample_rate,
        channels=len(speakers),
        loudness=mastered.loudness,
        true_peak=limiting.decibels(mastered.peak),
        gain=mastered.gain,
        limited=mastered.limited,
        main_loudness=heard.loudness,
        track_loudness=heard_track.loudness,
        track_level=_level(params, heard, heard_track),
        track_start=added.placed.start,
        ducked=added.ducked,
    )


def _speakers(main: probe.AudioStream, track: probe.AudioStream) -> tuple[str, ...]:
    """A voice in mono must not take the width from the music under it."""
    if main.channels == 1:
        return channels.MONO if track.channels == 1 else channels.STEREO
    return channels.names(main.layout)


def _source(path: str, rate: int, speakers: tuple[str, ...]) -> Source:
    media = probe.with_audio(path)
    about = media.audio[0]
    seconds = float(about.duration or media.duration or 0)
    return Source(path, rate, channels.remix(channels.names(about.layout), speakers), seconds)


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


class Desk:
    """The passes over the sounds, and what all of them need."""

    def __init__(self, params: MixParams, ctx: Context, rate: int, weights: NDArray[np.float64]) -> None:
        self._params, self._ctx, self._rate, self._weights = params, ctx, rate, weights
        self.raw = ctx.scratch / "sum.wav"
        """The plain sum of both, as floats that may pass full scale."""

    def listened(self, source: Source, *, before: float, of: float) -> Heard:
        """Length, loudness and whether it talks; `before` and `of` are seconds of the whole listening."""
        meter, listener, talk = loudness.Meter(self._rate, self._weights), Listener(self._rate), Talk()
        count = 0
        for block in source.blocks():
            self._ctx.check()
            meter.push(block)
            talk.add(listener.push(block))
            count += block.shape[1]
            self._ctx.report(before + min(count / self._rate, source.seconds), of or None, unit="s")
        talk.add(listener.flush())
        return Heard(count, meter.integrated(), talk.is_most(TALK_OF_SPEECH, least_seconds=LEAST_TALK))

    def summed(self, main: Source, track: Source, added: tracks.Added, *, ducks: bool) -> float | None:
        """Write the sum of both; its loudness."""
        any_voice = self._params.ducking == "on"
        ducker = Ducker(self._rate, self._params.depth, any_voice=any_voice) if ducks else None
        size, placed = len(self._weights), added.placed
        whole = tracks.fitted(main.blocks(), size, lead=0, length=placed.length, block=BLOCK)
        other = tracks.fitted(track.blocks(), size, lead=placed.start, length=placed.length, block=BLOCK)
        self._ctx.enter("mix")
        return self._written(self.raw, "float32", added.to(whole, other, ducker), length=placed.length)

    def mastered(self, raw: float | None, path: Path, kind: SampleFormat, *, length: int) -> Mastered:
        """Write the sum, of loudness `raw`, at its own. A limiter takes from the loudness, so the gain is sought."""
        params, size = self._params, len(self._weights)
        target = params.loudness if params.normalize else None
        gain, ceiling = _missing(target, raw), params.true_peak - MARGIN
        self._ctx.enter("master")
        tried: list[tuple[float, float | None]] = []
        for _ in range(TRIES):
            limiter = Limiter(self._rate, size, ceiling=limiting.amplitude(ceiling), gain=limiting.amplitude(gain))
            peaks = PeakMeter(self._rate, size)
            found = self._written(path, kind, self._limited(limiter, peaks), length=length)
            done = Mastered(found, peaks.peak(), gain, abs(limiter.deepest))
            over, missing = limiting.decibels(done.peak) - params.true_peak, _missing(target, found)
            tried.append((gain, found))
            share = _share(tried[-2:])
            if over <= 0 and (abs(missing) <= NEAR or share < LEAST_SHARE):
                break
            ceiling -= over + MARGIN if over > 0 else 0.0
            gain += float(np.clip(missing / max(share, LEAST_SHARE), -MOST_STEP, MOST_STEP))
        return done

    def _limited(self, limiter: Limiter, peaks: PeakMeter) -> Iterator[Samples]:
        for block in samples.stream(self.raw, block=BLOCK):
            limited = limiter.push(block)
            peaks.push(limited)
            yield limited
        limited = limiter.flush()
        peaks.push(limited)
        yield limited

    def _written(self, path: Path, kind: SampleFormat, blocks: Iterator[Samples], *, length: int) -> float | None:
        """Write, and measure the loudness. A second try tells of no progress: what was told never falls."""
        meter = loudness.Meter(self._rate, self._weights)
        with WavWriter(path, self._rate, len(self._weights), sample_format=kind) as out:
            for block in blocks:
                self._ctx.check()
                meter.push(block)
                out.write(block)
                self._ctx.report(out.samples, length, unit="sample")
        return meter.integrated()


def _missing(target: float | None, found: float | None) -> float:
    """What is left to a target, dB; nothing can be done for silence."""
    return 0.0 if target is None or found is None else target - found


def _share(tried: Sequence[tuple[float, float | None]]) -> float:
    """How much of the gain added last (dB) came out as loudness; 1 where it is not known."""
    (before, quiet), (gain, loud) = tried[0], tried[-1]
    if quiet is None or loud is None or gain == before:
        return 1.0
    return float(np.clip((loud - quiet) / (gain - before), 0.0, 1.0))


class Talk:
    """Counts frames of speech, and those of them with the rhythm of talk."""

    def __init__(self) -> None:
        self._speech = self._talk = 0

    def add(self, found: Activity) -> None:
        self._speech += int(found.speech.sum())
        self._talk += int(found.talk.sum())

    def is_most(self, share: float, *, least_seconds: float) -> bool:
        """Is there enough talk, and is it that share of all speech?"""
        return self._talk >= max(least_seconds * FRAMES, share * self._speech)
