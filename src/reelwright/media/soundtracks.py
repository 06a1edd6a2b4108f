"""The sound of a narrated film: voices at their places to the sample, the sound of the places, music under it all.

A shot's sound is its voice and, far below it, what its clip brings. A film's is that of its shots one after the other
and a bed of music that goes down under every voice: where voices are is known here, not guessed. The whole is brought
to a loudness (ITU-R BS.1770) and its true peaks are held. Stereo at 48 kHz, as WAV for who encodes it at once and
as FLAC for who works on with it; the same inputs give the same samples.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import ducking, limiting, loudness, tracks
from reelwright.media import probe, samples, sounds, wav
from reelwright.media.samples import Samples

RATE = 48000
BLOCK = 1 << 16
WEIGHTS = (1.0, 1.0)  # of left and right in loudness
VOICE = -23.0  # LUFS of the voices that come in (`speech.speak`)
AMBIENCE = -41.0  # LUFS of the sound of a place beside them
MOST_GAIN = 12.0  # dB: a clip that is nearly silent stays so
DEPTH = 11.0  # dB by which music goes down under a voice
RISE, FALL = 1.5, 3.0  # s in which music comes, and goes at the end
TARGET, CEILING = -16.0, -1.5  # LUFS, dBTP: what suits the web; AAC may add a few tenths of a dB to peaks
BETWEEN_SAMPLES = 1.25  # how much higher than all samples a sound may rise between them

Mono = NDArray[np.float32]
Check = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Level:
    """Of the film's sound: LUFS (None of silence), and the limiter's greatest reduction in dB."""

    loudness: float | None
    limited: float


@dataclass(frozen=True, slots=True)
class Part:
    """The sound of one shot, `count` samples long; None is silence."""

    sound: str | Path | None
    count: int


def shot(out: Path, *, voice: Mono, ambience: str | Path | None, lead: int, count: int) -> None:
    """Write a shot's sound of `count` samples to `out`, WAV: the voice, float32 [n], `lead` samples after its start."""
    with wav.WavWriter(out, RATE, 2) as writer:
        under = placed(ambience, count)
        first = 0
        for block in under:
            last = first + block.shape[1]
            said = voice[max(0, first - lead) : max(0, last - lead)]
            at = max(0, lead - first)
            block[:, at : at + len(said)] += said
            writer.write(block)
            first = last


def placed(ambience: str | Path | None, count: int) -> Iterator[Samples]:
    """A clip's sound, far below a voice, for `count` samples, fading out where it ends early; silence without any."""
    silence = iter(())
    if ambience is None or not probe.probe(ambience).audio:
        return tracks.fitted(silence, 2, lead=0, length=count, block=BLOCK)
    sound = samples.read(ambience, sample_rate=RATE, channels=2).samples[:, :count]
    meter = loudness.Meter(RATE, WEIGHTS)
    meter.push(sound)
    found = meter.integrated()
    gain = limiting.amplitude(min(AMBIENCE - found, MOST_GAIN)) if found is not None else 0.0
    edge = tracks.Placement(0, sound.shape[1], count, RATE // 20, RATE // 4)
    quiet = np.nan_to_num(sound) * np.float32(gain) * edge.gains(0, sound.shape[1])
    return tracks.fitted(iter((np.asarray(quiet, np.float32),)), 2, lead=0, length=count, block=BLOCK)


def voice_of(speech: str | Path) -> Mono:
    """The speech of one shot: float32 [n] at 48 kHz."""
    return np.asarray(np.nan_to_num(samples.read(speech, sample_rate=RATE, channels=1).samples[0]), np.float32)


def film(
    out: Path,
    keep: Path,
    parts: Sequence[Part],
    *,
    voices: Sequence[tuple[float, float]],
    music: Iterator[Samples] | None,
    check: Check = lambda: None,
) -> Level:
    """Write the parts one after the other over the music to `out`, WAV, and to `keep`, FLAC, at the target loudness.

    `voices`: when somebody speaks, [start, end) in seconds of the film.
    """
    count = sum(one.count for one in parts)
    raw = out.with_name(f".{out.stem}.raw.wav")
    meter, peak = loudness.Meter(RATE, WEIGHTS), 0.0
    with wav.WavWriter(raw, RATE, 2, sample_format="float32") as writer:
        for block in _summed(parts, voices, music, count):
            check()
            meter.push(block)
            peak = max(peak, float(np.abs(block).max(initial=0.0)))
            writer.write(block)
    try:
        return _levelled(raw, (out, keep), meter.integrated(), peak, check)
    finally:
        raw.unlink()


def copied(out: Path, kept: Iterable[str | Path], counts: Iterable[int], *, check: Check = lambda: None) -> None:
    """Write finished sounds one after the other, each as many samples long, to `out`, WAV."""
    with wav.WavWriter(out, RATE, 2) as writer:
        for block in _joined([Part(one, count) for one, count in zip(kept, counts, strict=True)]):
            check()
            writer.write(block)


def _summed(
    parts: Sequence[Part], voices: Sequence[tuple[float, float]], music: Iterator[Samples] | None, count: int
) -> Iterator[Samples]:
    said = _joined(parts)
    if music is None:
        yield from said
        return
    depth = _depth(voices, count / RATE)
    under = tracks.fitted(music, 2, lead=0, length=count, block=BLOCK)
    whole = tracks.fitted(said, 2, lead=0, length=count, block=BLOCK)
    edges = tracks.Placement(0, count, count, round(RISE * RATE), round(FALL * RATE))
    first = 0
    for base, other in zip(whole, under, strict=True):
        at = (np.arange(first, first + base.shape[1]) + 0.5) * (ducking.FRAMES / RATE) - 0.5
        down = np.power(10.0, -DEPTH / 20 * np.interp(at, np.arange(len(depth)), depth)).astype(np.float32)
        yield base + other * down * edges.gains(first, base.shape[1])
        first += base.shape[1]


def _depth(voices: Sequence[tuple[float, float]], seconds: float) -> NDArray[np.float64]:
    """How far the music is down, 0 to 1, in each frame of the ducker's."""
    flags = np.zeros((1, max(1, int(np.ceil(seconds * ducking.FRAMES)))))
    for start, end in voices:
        flags[0, int(start * ducking.FRAMES) : int(np.ceil(end * ducking.FRAMES))] = 1
    return np.asarray(ducking.sloped(flags)[0])


def _joined(parts: Sequence[Part]) -> Iterator[Samples]:
    for one in parts:
        source = iter(()) if one.sound is None else samples.stream(one.sound, sample_rate=RATE, channels=2, block=BLOCK)
        yield from tracks.fitted(source, 2, lead=0, length=one.count, block=BLOCK)


def _levelled(raw: Path, outs: tuple[Path, Path], found: float | None, peak: float, check: Check) -> Level:
    gain = limiting.amplitude(TARGET - (TARGET if found is None else found))
    ceiling = limiting.amplitude(CEILING)
    limiter = limiting.Limiter(RATE, 2, ceiling=ceiling, gain=gain)
    meter = loudness.Meter(RATE, WEIGHTS)
    loud = itertools.chain((limiter.push(block) for block in samples.stream(raw, block=BLOCK)), _last(limiter))
    # The search for true peaks costs more than all the rest; quiet sounds have none to find.
    quiet = (block * np.float32(gain) for block in samples.stream(raw, block=BLOCK))
    with wav.WavWriter(outs[0], RATE, 2) as whole, sounds.Flac(outs[1], RATE, 2) as kept:
        for block in quiet if peak * gain * BETWEEN_SAMPLES < ceiling else loud:
            check()
            meter.push(block)
            whole.write(block)
            kept.write(block)
    return Level(meter.integrated(), abs(limiter.deepest))


def _last(limiter: limiting.Limiter) -> Iterator[Samples]:
    yield limiter.flush()
