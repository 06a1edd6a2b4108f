"""Another voice in a sound: what is no voice in it stays, the new one lies over it, as loud as the old one was.

The old voice is parted from the rest as `audio.demix` does it on a bare machine (`kernels.demixing`): by place,
repetition and pitch. What is left of it is soft, and under the new voice. Stereo at 48 kHz; memory is flat.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import limiting
from reelwright.kernels.centre import DirectionMeter
from reelwright.kernels.demixing import Demixer
from reelwright.kernels.limiting import Limiter
from reelwright.media import probe, samples
from reelwright.media.wav import WavWriter

RATE = 48000
CEILING = -1.0  # dBTP
QUIET = 1e-3  # of full scale: what is below is a pause, and tells nothing of how loud a voice is
FRAME = RATE // 100  # samples
LOUDEST, SOFTEST = 4.0, 0.1  # factors a new voice may be changed by
USUAL = 0.08  # RMS of a voice, of full scale, where the old one was not heard

Samples = NDArray[np.float32]
Check = Callable[[], None]


@dataclass(slots=True)
class Loudness:
    """The level of a voice where it is heard: push float32 [n], read `rms`."""

    _power: float = 0.0
    _frames: int = 0

    def push(self, mono: Samples) -> None:
        whole = mono[: len(mono) // FRAME * FRAME].reshape(-1, FRAME)
        power = np.square(whole, dtype=np.float64).mean(axis=1)
        loud = power[power > QUIET * QUIET]
        self._power += float(loud.sum())
        self._frames += len(loud)

    @property
    def rms(self) -> float:
        """Of full scale; 0 if nothing was heard."""
        return (self._power / self._frames) ** 0.5 if self._frames else 0.0


def without_voice(source: str | Path, out: Path, *, check: Check = lambda: None) -> float:
    """Write the sound of `source` without its voice to `out`, WAV; gives how loud the voice was (RMS, 0 if unheard).

    Raises NoAudio where the file has no sound.
    """
    meter = DirectionMeter(RATE)
    for heard_block in _stereo(source):
        check()
        meter.push(heard_block)
    demixer, heard = Demixer(RATE, 2, direction=meter.direction()), Loudness()
    waiting = np.zeros((2, 0), np.float32)
    with WavWriter(out, RATE, 2) as writer:
        parts: Iterator[Samples | None] = itertools.chain(_stereo(source), (None,))
        for block in parts:
            check()
            waiting = waiting if block is None else np.concatenate([waiting, block], axis=1)
            voice = demixer.flush() if block is None else demixer.push(block)
            done = voice.shape[1]
            heard.push(voice.mean(axis=0))
            writer.write(waiting[:, :done] - voice)
            waiting = waiting[:, done:]
    return heard.rms


def spoken(blocks: Iterator[Samples], out: Path, *, check: Check = lambda: None) -> float:
    """Write a voice, float32 [n] mono at 48 kHz, to `out`, WAV of floats; gives how loud it is (RMS)."""
    heard = Loudness()
    with WavWriter(out, RATE, 1, sample_format="float32") as writer:
        for block in blocks:
            check()
            heard.push(block)
            writer.write(block[None])
    return heard.rms


def laid_over(ground: Path | None, voice: Path, out: Path, gain: float, *, check: Check = lambda: None) -> None:
    """Write the voice times `gain` over the ground (silence without one), as long as the longer of the two."""
    under = _stereo(ground) if ground else iter(())
    over = samples.stream(voice, sample_rate=RATE, channels=2)
    limiter = Limiter(RATE, 2, ceiling=limiting.amplitude(CEILING))
    with WavWriter(out, RATE, 2) as writer:
        for one, other in itertools.zip_longest(under, over):
            check()
            writer.write(limiter.push(_sum(one, other, np.float32(gain))))
        writer.write(limiter.flush())


def gain_of(new: float, old: float) -> float:
    """What brings a new voice to the level of the old one."""
    return float(np.clip((old or USUAL) / new, SOFTEST, LOUDEST)) if new else 1.0


def _sum(under: Samples | None, over: Samples | None, gain: np.float32) -> Samples:
    length = max(one.shape[1] for one in (under, over) if one is not None)
    total = np.zeros((2, length), np.float32)
    for one, factor in ((under, np.float32(1)), (over, gain)):
        if one is not None:
            total[:, : one.shape[1]] += factor * one
    return total


def _stereo(source: str | Path) -> Iterator[Samples]:
    """A WAV of floats may hold what is no number; one of these would spoil every frame it is in."""
    probe.with_audio(source)
    blocks = samples.stream(source, sample_rate=RATE, channels=2)
    return (np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0) for block in blocks)
