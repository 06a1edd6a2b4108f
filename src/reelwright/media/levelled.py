"""Speech brought to a loudness: recorded as it comes, then written as a file that is as loud as it should be.

Loudness is known only at the end (ITU-R BS.1770), so the sound waits on the disk in between and memory
stays flat. A limiter holds what would rise above the ceiling. Mono.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import limiting, loudness, prosody
from reelwright.media import samples, sounds
from reelwright.media.wav import WavWriter

Mono = NDArray[np.float32]

LOUDNESS = -23.0  # LUFS of a voice at the volume 50; 100 is 6 dB louder, and leaves room for the peaks of a voice
CEILING = -1.0  # dBTP
BLOCK = 1 << 16
BETWEEN_SAMPLES = 1.25  # how much higher than all samples a voice may rise between them; 1.14 was the most found


@dataclass(frozen=True, slots=True)
class Level:
    """Of the file: LUFS (None of silence), and the limiter's greatest reduction in dB."""

    loudness: float | None
    limited: float


class Levelled:
    """One recording; `raw` is a file for the time in between."""

    def __init__(self, raw: Path, rate: int) -> None:
        self._raw, self._rate = raw, rate
        self._loudness: float | None = None
        self._peak = 0.0
        self.length = 0

    def record(self, blocks: Iterable[Mono]) -> None:
        """float32 [n], finite, of any level."""
        meter = loudness.Meter(self._rate, [1.0])
        with WavWriter(self._raw, self._rate, 1, sample_format="float32") as out:
            for block in blocks:
                meter.push(block[None])
                out.write(block[None])
                self._peak = max(self._peak, float(np.abs(block).max(initial=0.0)))
            self.length = out.samples
        self._loudness = meter.integrated()

    @property
    def seconds(self) -> float:
        return self.length / self._rate

    def master(self, path: Path, kind: sounds.Format, *, volume: int, told: Callable[[int, int], None]) -> Level:
        """As loud as a voice of this volume is, 0 to 100. `told` hears how many samples are written, of how many."""
        gain = prosody.gain_of(volume)
        return self.write(
            path, kind, target=LOUDNESS, volume=gain, ceiling=CEILING, told=lambda done: told(done, self.length)
        )

    def write(
        self,
        path: Path,
        kind: sounds.Format,
        *,
        target: float,
        volume: float,
        ceiling: float,
        told: Callable[[int], None],
    ) -> Level:
        """At `target` LUFS times `volume` (an amplitude), true peaks below `ceiling` dBTP. `told` hears of samples."""
        gain = volume * limiting.amplitude(target - (target if self._loudness is None else self._loudness))
        limiter = limiting.Limiter(self._rate, 1, ceiling=limiting.amplitude(ceiling), gain=gain)
        quiet = self._peak * gain * BETWEEN_SAMPLES < limiting.amplitude(ceiling)
        meter = loudness.Meter(self._rate, [1.0])
        done = 0
        with sounds.writer(path, kind, self._rate) as out:
            # Where nothing can be too loud: the search for true peaks would cost more than all the rest.
            for block in self._turned(gain) if quiet else self._limited(limiter):
                meter.push(block)
                out.write(block)
                done += block.shape[1]
                told(done)
        self._raw.unlink()
        return Level(meter.integrated(), abs(limiter.deepest))

    def _turned(self, gain: float) -> Iterator[samples.Samples]:
        for block in samples.stream(self._raw, block=BLOCK):
            yield block * np.float32(gain)

    def _limited(self, limiter: limiting.Limiter) -> Iterator[samples.Samples]:
        for block in samples.stream(self._raw, block=BLOCK):
            yield limiter.push(block)
        yield limiter.flush()
