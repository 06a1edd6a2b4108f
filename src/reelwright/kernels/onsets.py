"""Where notes begin: how much energy comes new in each moment, for the whole spectrum and for four bands of it.

The spectral flux of a log-frequency spectrogram with vibrato suppression: energy counts as
new only if it was not in a neighbouring band a moment before, so that a voice that wavers
starts no notes (SuperFlux: S. Böck, G. Widmer, "Maximum filter vibrato suppression for onset
detection", DAFx 2013). Magnitudes are compressed by a cube root instead of a logarithm: that
needs no reference level, so a file ten times quieter has the same onsets.

Frames lie at exact hundredths of a second at any sample rate, and the time a flux is told
for is when the sound begins, not when the window is full of it. Works in a stream; what is
kept of each second is 4 kB.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft, ndimage
else:
    fft, ndimage = lazy("scipy.fft"), lazy("scipy.ndimage")

Samples = NDArray[np.float32]
Curve = NDArray[np.float32]

FPS = 100  # frames a second
WINDOW = 0.046  # seconds; short enough for 10 ms, long enough to tell 40 Hz from 80
BANDS_PER_OCTAVE = 12
LOWEST, HIGHEST = 30.0, 16000.0  # Hz
REGISTERS = (150.0, 800.0, 5000.0)  # Hz; kick and bass | chords, voices | snare, attacks | cymbals
LAG = 2  # frames between the two spectra that are compared: the window must have moved by half a note's attack
BATCH = 512  # frames transformed at once
COLOUR_STEP = 4  # frames that one colour stands for: 25 a second
CHORD_RANGE = (100.0, 2000.0)  # Hz; where harmonies are told from each other


@dataclass(frozen=True, slots=True)
class Onsets:
    """Frame i is at i / FPS seconds. All values are 0 or more."""

    strength: Curve
    """float32 [n], over all bands."""
    registers: Curve
    """float32 [n, 4], from low to high."""
    colours: NDArray[np.float16]
    """float16 [n / COLOUR_STEP, bands]: the compressed spectrum in CHORD_RANGE, the mean of COLOUR_STEP frames."""

    @property
    def seconds(self) -> float:
        return len(self.strength) / FPS


class OnsetMeter:
    """Push float32 [n] mono at `rate` Hz; `finish` gives the onsets of all of it."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = fft.next_fast_len(round(WINDOW * rate), real=True)
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        self._bands = _Bands(rate, self._size)
        self._held = np.zeros(self._size // 2, np.float32)  # so that frame 0 is centred on the first sample
        self._dropped = -(self._size // 2)
        self._frames, self._samples = 0, 0
        self._before = np.zeros((LAG, self._bands.count), np.float32)
        self._found: list[Curve] = []
        self._colours: list[NDArray[np.float16]] = []

    def push(self, samples: Samples) -> None:
        self._samples += len(samples)
        self._take(samples)

    def finish(self) -> Onsets:
        self._take(np.zeros(self._size, np.float32))
        count = int(self._samples * FPS / self._rate) + 1
        found = np.concatenate(self._found)[:count]
        return Onsets(found[:, 0], found[:, 1:], np.concatenate(self._colours))

    def _take(self, samples: Samples) -> None:
        self._held = np.concatenate([self._held, samples])
        while True:
            first = (
                (np.arange(self._frames, self._frames + BATCH) * self._rate) // FPS - self._size // 2 - self._dropped
            )
            first = first[first + self._size <= len(self._held)]
            if not len(first):
                return
            frames = np.lib.stride_tricks.sliding_window_view(self._held, self._size)[first]
            self._measure(np.abs(fft.rfft(frames * self._window, axis=1)))
            self._frames += len(first)
            done = self._frames * self._rate // FPS - self._size // 2 - self._dropped
            self._held, self._dropped = self._held[done:], self._dropped + done

    def _measure(self, magnitudes: Curve) -> None:
        heard = np.concatenate([self._before, np.cbrt(self._bands.of(magnitudes))])
        past = ndimage.maximum_filter1d(heard[:-LAG], 3, axis=1, mode="nearest")
        new = np.maximum(heard[LAG:] - past, 0)
        self._before = heard[len(heard) - LAG :]
        chords = heard[LAG:, self._bands.chords]
        chords = np.pad(chords, ((0, -len(chords) % COLOUR_STEP), (0, 0)), mode="edge")
        self._colours.append(chords.reshape(-1, COLOUR_STEP, chords.shape[1]).mean(axis=1).astype(np.float16))
        self._found.append(np.column_stack([new.mean(axis=1), *self._bands.registers(new)]).astype(np.float32))


class _Bands:
    """Bins of a spectrum summed up to semitones; low bins, which are wider than that, stay alone."""

    def __init__(self, rate: int, size: int) -> None:
        hertz = rate / size
        last = min(size // 2, int(HIGHEST / hertz))
        octaves = np.log2(HIGHEST / LOWEST)
        edges = LOWEST * 2 ** (np.arange(int(octaves * BANDS_PER_OCTAVE) + 1) / BANDS_PER_OCTAVE)
        bins = np.unique(np.round(edges / hertz).astype(int))
        self._edges = bins[(bins >= 1) & (bins < last)]
        self._last = last
        self._widths = np.diff(np.append(self._edges, last)).astype(np.float32)
        self.count = len(self._edges)
        # Full scale is 1: a sine's magnitude is half the window's sum.
        self._scale = np.float32(4 / size)
        low, high = np.searchsorted(self._edges * hertz, CHORD_RANGE)
        self.chords = slice(int(low), int(high))
        self._splits = np.searchsorted(self._edges * hertz, REGISTERS)

    def of(self, magnitudes: Curve) -> Curve:
        summed = np.add.reduceat(magnitudes[:, : self._last], self._edges, axis=1)
        return np.asarray(summed * (self._scale / np.sqrt(self._widths)), np.float32)

    def registers(self, new: Curve) -> list[Curve]:
        bounds = (0, *self._splits, self.count)
        return [new[:, a:b].mean(axis=1) if b > a else np.zeros(len(new), np.float32) for a, b in pairwise(bounds)]
