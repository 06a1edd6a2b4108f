"""Put sounds one after the other, with a pause between them, or each fading into the next.

Videos give their sound. Rate and channels are those of the first sound (mono or stereo); the others are resampled and
remixed. Levels stay as they are. Written to the sample: each sound begins where `starts` says.
"""

from typing import Literal

import numpy as np

from reelwright.errors import InvalidParameter
from reelwright.media import probe, samples, sounds
from reelwright.media.samples import Samples
from reelwright.operators import Context, Params, Quality, Result, files, operator, param

MOST = 500  # sounds


class ConcatParams(Params):
    audio: tuple[files.Audio, ...] = param("The sounds, in order.", min_length=1, max_length=MOST)
    gap: float = param("Silence between two of them.", 0.0, ge=0, le=60, unit="s")
    crossfade: float = param("Time in which one goes over into the next, instead of a gap.", 0.0, ge=0, le=30, unit="s")
    format: Literal["wav", "mp3"] = param("WAV of 16 bits, or MP3.", "wav")


class ConcatResult(Result):
    audio: files.Audio = param("The one sound.")
    seconds: float = param("Its length.", unit="s")
    samples: int = param("Its length in samples.", unit="samples")
    sample_rate: int = param("Samples a second, as in the first.", unit="Hz")
    channels: int = param("Its channels, as in the first, two at most.")
    starts: tuple[float, ...] = param("Where each sound begins.", unit="s")


@operator(version=1, quality=Quality("samples_changed", at_most=0))
def concat(params: ConcatParams, ctx: Context) -> ConcatResult:
    if params.gap and params.crossfade:
        raise InvalidParameter("gap and crossfade cannot both be given: one is silence, one is none", field="crossfade")
    about = [probe.with_audio(path).audio[0] for path in params.audio]
    rate, channels = about[0].sample_rate, min(2, about[0].channels)
    sounds.check_rate(params.format, rate)
    path = ctx.output(f"sound.{params.format}")
    with sounds.writer(path, params.format, rate, channels) as out:
        desk = _Desk(out, rate, channels, round(params.crossfade * rate))
        for number, name in enumerate(params.audio):
            if number and params.gap:
                desk.silence(round(params.gap * rate))
            desk.begin()
            for block in samples.stream(name, sample_rate=rate, channels=channels):
                ctx.check()
                desk.take(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0))
            ctx.report(number + 1, len(params.audio), unit="sound")
        desk.finish()
    ctx.media(desk.written / rate)
    return ConcatResult(
        audio=str(path),
        seconds=desk.written / rate,
        samples=desk.written,
        sample_rate=rate,
        channels=channels,
        starts=tuple(one / rate for one in desk.starts),
    )


class _Desk:
    """Writes sounds one after the other. The last moments of each wait, for the next may fade in over them."""

    def __init__(self, out: sounds.Writer, rate: int, channels: int, fade: int) -> None:
        self._out, self._rate, self._fade = out, rate, fade
        self._tail = np.zeros((channels, 0), np.float32)
        self._new = np.zeros((channels, 0), np.float32)
        self._opening = False
        self.written = 0
        self.starts: list[int] = []

    def begin(self) -> None:
        self._settle()
        self._opening = bool(self._fade and self.starts)
        self.starts.append(self.written)

    def silence(self, count: int) -> None:
        self._settle()
        for done in range(0, count, samples.BLOCK):
            self._write(np.zeros((len(self._tail), min(samples.BLOCK, count - done)), np.float32))

    def take(self, block: Samples) -> None:
        if self._opening:
            self._new = np.concatenate([self._new, block], axis=1)
            if self._new.shape[1] >= self._tail.shape[1]:
                self._blend()
            return
        self._tail = np.concatenate([self._tail, block], axis=1)
        ready = self._tail.shape[1] - self._fade
        if ready > 0:
            self._write(self._tail[:, :ready])
            self._tail = self._tail[:, ready:]

    def finish(self) -> None:
        self._settle()
        self._write(self._tail)

    def _settle(self) -> None:
        """The sound is over. One that was shorter than its fade is blended as far as it goes."""
        if self._opening:
            self._blend()
        if not self._fade:
            self._write(self._tail)
            self._tail = self._tail[:, :0]

    def _blend(self) -> None:
        """What waits, going over into the new sound with constant power; what is left of both goes on from there."""
        self._opening = False
        count = min(self._tail.shape[1], self._new.shape[1])
        place = (np.arange(count, dtype=np.float32) + np.float32(0.5)) * np.float32(np.pi / 2 / max(1, count))
        mixed = self._tail[:, -count:] * np.cos(place) + self._new[:, :count] * np.sin(place) if count else self._new
        self._write(self._tail[:, : self._tail.shape[1] - count])
        if self.starts:
            self.starts[-1] = self.written
        fresh, self._new = self._new[:, count:], self._new[:, :0]
        self._tail = np.concatenate([mixed, fresh], axis=1) if count else fresh
        ready = self._tail.shape[1] - self._fade
        if ready > 0:
            self._write(self._tail[:, :ready])
            self._tail = self._tail[:, ready:]

    def _write(self, block: Samples) -> None:
        if block.shape[1]:
            self._out.write(np.ascontiguousarray(block))
            self.written += block.shape[1]
