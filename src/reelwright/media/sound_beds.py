"""A sound made as long as a film: placed, faded, repeated if wished, and mixed with what the film says itself.

Stereo at 48 kHz, float, block by block, so that memory is flat. The sum is held below full scale by a limiter.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import limiting
from reelwright.media import samples
from reelwright.media.samples import BLOCK
from reelwright.media.wav import WavWriter

Samples = NDArray[np.float32]
Check = Callable[[], None]

RATE, CHANNELS = 48000, 2
CEILING = -1.0  # dBTP


@dataclass(frozen=True, slots=True)
class Bed:
    """A sound, and how it lies: seconds, and a factor for its samples. `loops`: it begins again where it ends."""

    path: str
    start: float = 0.0
    gain: float = 1.0
    fade_in: float = 0.0
    fade_out: float = 0.0
    loops: bool = False

    def blocks(self, length: int) -> Iterator[Samples]:
        """float32 [2, n], `length` samples in all, silence where the sound is not."""
        start = min(length, round(self.start * RATE))
        source = self._placed(start, length)
        end, at = start, 0
        if self.fade_out and not self.loops:
            end = min(length, start + self._samples(length - start))
        elif self.loops:
            end = length
        for block in source:
            if self.fade_in or self.fade_out:
                block = block * self._envelope(at, block.shape[1], start, end)
            yield block * np.float32(self.gain)
            at += block.shape[1]

    def _placed(self, start: int, length: int) -> Iterator[Samples]:
        done = 0
        for block in itertools.chain(_silence(start), self._heard()):
            part = block[:, : length - done]
            if part.shape[1]:
                yield part
                done += part.shape[1]
            if done >= length:
                return
        yield from _silence(length - done)

    def _heard(self) -> Iterator[Samples]:
        while True:
            count = 0
            for block in samples.stream(self.path, sample_rate=RATE, channels=CHANNELS):
                count += block.shape[1]
                # A WAV of floats may hold what is no number.
                yield np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
            if not self.loops or not count:
                return

    def _samples(self, most: int) -> int:
        """How many it has, up to `most`: a container's own word is not exact enough to fade by."""
        count = 0
        for block in samples.stream(self.path, sample_rate=RATE, channels=CHANNELS):
            count += block.shape[1]
            if count >= most:
                return most
        return count

    def _envelope(self, at: int, count: int, start: int, end: int) -> Samples:
        place = np.arange(at, at + count)
        gain = np.ones(count, np.float32)
        if self.fade_in:
            gain *= np.clip((place - start) / (self.fade_in * RATE), 0, 1).astype(np.float32)
        if self.fade_out:
            gain *= np.clip((end - place) / (self.fade_out * RATE), 0, 1).astype(np.float32)
        return gain


def write(beds: list[Bed], length: int, path: Path, *, check: Check = lambda: None) -> float:
    """Write the sum of the beds, `length` samples, as WAV. Gives the limiter's greatest reduction, dB."""
    limiter = limiting.Limiter(RATE, CHANNELS, ceiling=limiting.amplitude(CEILING))
    with WavWriter(path, RATE, CHANNELS, sample_format="float32") as out:
        for parts in zip(*(_even(bed.blocks(length)) for bed in beds), strict=True):
            check()
            total = np.zeros_like(parts[0])
            for part in parts:
                total += part
            out.write(limiter.push(total))
        out.write(limiter.flush())
    return abs(limiter.deepest)


def _even(blocks: Iterator[Samples]) -> Iterator[Samples]:
    """The same samples in blocks of one length, but for the last."""
    held = np.zeros((CHANNELS, 0), np.float32)
    for block in blocks:
        held = np.concatenate([held, block], axis=1)
        while held.shape[1] >= BLOCK:
            yield held[:, :BLOCK]
            held = held[:, BLOCK:]
    if held.shape[1]:
        yield held


def _silence(count: int) -> Iterator[Samples]:
    for done in range(0, count, BLOCK):
        yield np.zeros((CHANNELS, min(BLOCK, count - done)), np.float32)
