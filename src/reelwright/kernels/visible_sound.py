"""What of a sound is shown: how strong each of its bands is at each frame of a film, and how its wave swells.

Bands lie evenly by octaves. Each is measured by a Fourier transform of a window around the frame's moment, told in
decibels, tilted by 3 dB an octave because music and speech fall so, and falls back slowly after it has risen, as the
eye expects of a meter.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]
Levels = NDArray[np.float32]

LOW, HIGH = 60.0, 12_000.0  # Hz
WINDOW = 0.085  # s; a power of two of samples near it: low bands are a few Hertz wide
FLOOR, CEILING = -62.0, -8.0  # dB of full scale, shown as 0 and 1
TILT = 3.0  # dB an octave, from REFERENCE on
REFERENCE = 1000.0  # Hz
FALL = 1.6  # of the whole height, in a second
SWELLS = 100  # values of the wave in a second


@dataclass(slots=True)
class Bands:
    """Push the sound block by block; `levels` holds float32 [frames, bands], 0 to 1, at the end (`finish`)."""

    rate: int
    fps: float
    count: int
    _held: Mono = field(default_factory=lambda: np.zeros(0, np.float32))
    _before: int = 0
    _rows: list[Levels] = field(default_factory=list)

    def push(self, mono: Mono) -> None:
        """float32 [n]."""
        self._held = np.concatenate([self._held, mono])
        half = self._window // 2
        while self._centre + half <= self._before + len(self._held):
            self._measure()
        spare = self._centre - half - self._before
        if spare > 0:
            self._held, self._before = self._held[spare:], self._before + spare

    def finish(self, frames: int) -> Levels:
        """The levels of so many frames."""
        self._held = np.concatenate([self._held, np.zeros(self._window, np.float32)])
        while len(self._rows) < frames:
            self._measure()
        levels = np.array(self._rows[:frames], np.float32).reshape(frames, self.count)
        fall = np.float32(FALL / self.fps)
        for number in range(1, frames):
            np.maximum(levels[number], levels[number - 1] - fall, out=levels[number])
        return levels

    @property
    def _window(self) -> int:
        return 1 << round(math.log2(WINDOW * self.rate))

    @property
    def _centre(self) -> int:
        """Of the frame that is due, in samples."""
        return round((len(self._rows) + 0.5) * self.rate / self.fps)

    def _measure(self) -> None:
        size = self._window
        first = self._centre - size // 2 - self._before
        part = np.zeros(size, np.float32)
        there = self._held[max(0, first) : max(0, first + size)]
        part[max(0, -first) : max(0, -first) + len(there)] = there
        shape = np.hanning(size).astype(np.float32)
        power = np.square(np.abs(np.fft.rfft(part * shape)) * 2 / shape.sum())
        self._rows.append(_shown(power, edges(self.count), self.rate / size))


def edges(count: int) -> NDArray[np.float64]:
    """The edges of the bands, Hz."""
    return np.geomspace(LOW, HIGH, count + 1)


def _shown(power: NDArray[np.floating], bands: NDArray[np.float64], step: float) -> Levels:
    """0 to 1 for each band; `step`: Hz from one value of `power` to the next."""
    top = len(power) - 1
    firsts = np.minimum(np.rint(bands[:-1] / step).astype(int), top)
    stops = np.maximum(firsts + 1, np.minimum(np.rint(bands[1:] / step).astype(int), top + 1))
    strongest = np.array([power[first:stop].max() for first, stop in zip(firsts, stops, strict=True)])
    middle = np.sqrt(bands[:-1] * bands[1:])
    level = 10 * np.log10(strongest + 1e-12) + TILT * np.log2(middle / REFERENCE)
    return np.clip((level - FLOOR) / (CEILING - FLOOR), 0, 1).astype(np.float32)


@dataclass(slots=True)
class Swell:
    """Push the sound; `values` holds the greatest sample of each hundredth of a second, 0 to 1."""

    rate: int
    _held: Mono = field(default_factory=lambda: np.zeros(0, np.float32))
    _parts: list[Levels] = field(default_factory=list)

    def push(self, mono: Mono) -> None:
        self._held = np.concatenate([self._held, np.abs(mono)])
        hop = max(1, self.rate // SWELLS)
        count = len(self._held) // hop
        if count:
            self._parts.append(self._held[: count * hop].reshape(count, hop).max(axis=1))
            self._held = self._held[count * hop :]

    @property
    def values(self) -> Levels:
        """float32 [n]."""
        rest = [self._held.max(keepdims=True)] if len(self._held) else []
        parts = [*self._parts, *rest]
        return np.minimum(np.concatenate(parts), 1).astype(np.float32) if parts else np.zeros(1, np.float32)
