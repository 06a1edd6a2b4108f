"""Which notes sound and with what colour, ten times a second: chroma, a coarse spectrum and the loudness.

Chroma is the energy of each semitone of the scale, whatever its octave (T. Fujishima,
"Realtime chord recognition of musical sound", ICMC 1999). It is gathered at a third of a
semitone and put on the scale the song is tuned to at the end, when that is known: where most
of the energy lies between the semitones (as in C. Harte, M. Sandler, "Automatic chord
identification using a quantised chromagram", AES 2005). Works in a stream; what is kept of each second is 2.5 kB.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft
else:
    fft = lazy("scipy.fft")

Samples = NDArray[np.float32]
Frames = NDArray[np.float32]

FPS = 10  # frames a second
WINDOW = 0.37  # seconds: tells semitones apart from 150 Hz up
SEMITONES = 12
PARTS = 3  # of a semitone, to find the tuning
LOWEST_C, HIGHEST = 65.406, 2100.0  # Hz
TIMBRE_BANDS = 24
TIMBRE_RANGE = (60.0, 11000.0)  # Hz
FLOOR = 1e-9  # of energy, -90 dBFS
BATCH = 64  # frames transformed at once


@dataclass(frozen=True, slots=True)
class Tones:
    """Frame i is centred on i / FPS seconds."""

    chroma: Frames
    """float32 [n, 12], C first, 0 or more: magnitudes compressed by a square root and summed over the octaves."""
    timbre: Frames
    """float32 [n, TIMBRE_BANDS], dB re full scale, bands of equal width in octaves."""
    loudness: Frames
    """float32 [n], dB re full scale."""
    tuning: float
    """Semitones by which the song is above A = 440 Hz, -0.5 to 0.5, in thirds."""


class ToneMeter:
    """Push float32 [n] mono at `rate` Hz; `finish` gives the tones of all of it."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = fft.next_fast_len(round(WINDOW * rate), real=True)
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        hertz = np.arange(self._size // 2 + 1) * rate / self._size
        self._classes, self._first, self._last = _pitch_classes(hertz)
        self._edges, self._high = _timbre_edges(hertz)
        self._held = np.zeros(self._size // 2, np.float32)
        self._dropped = -(self._size // 2)
        self._frames, self._samples = 0, 0
        self._found: list[tuple[Frames, Frames, Frames]] = []

    def push(self, samples: Samples) -> None:
        self._samples += len(samples)
        self._take(samples)

    def finish(self) -> Tones:
        self._take(np.zeros(self._size, np.float32))
        count = int(self._samples * FPS / self._rate) + 1
        fine, timbre, loudness = (np.concatenate(parts)[:count] for parts in zip(*self._found, strict=True))
        shift = _tuning(fine)
        chroma = np.roll(fine, -shift, axis=1).reshape(len(fine), SEMITONES, PARTS)
        # The middle third counts fully, its neighbours by half: what lies between two semitones is of neither.
        return Tones(chroma @ np.array([0.5, 1, 0.5], np.float32), timbre, loudness, shift / PARTS)

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
            self._measure(np.abs(fft.rfft(frames * self._window, axis=1)) * np.float32(4 / self._size))
            self._frames += len(first)
            done = self._frames * self._rate // FPS - self._size // 2 - self._dropped
            self._held, self._dropped = self._held[done:], self._dropped + done

    def _measure(self, magnitudes: Frames) -> None:
        fine = np.sqrt(magnitudes[:, self._first : self._last]) @ self._classes
        power = np.square(magnitudes[:, : self._high])
        timbre = 10 * np.log10(np.add.reduceat(power, self._edges, axis=1) + FLOOR)
        loudness = 10 * np.log10(power.sum(axis=1) + FLOOR)
        self._found.append((fine, timbre, loudness))


def _pitch_classes(hertz: NDArray[np.float64]) -> tuple[Frames, int, int]:
    """Weights float32 [bins, 36] from the bins first … last of a spectrum; each bin goes to the two nearest classes."""
    first, last = (int(one) for one in np.searchsorted(hertz, (LOWEST_C, HIGHEST)))
    place = SEMITONES * PARTS * np.log2(hertz[first:last] / LOWEST_C) + PARTS // 2
    below = np.floor(place).astype(int)
    weights = np.zeros((last - first, SEMITONES * PARTS), np.float32)
    rows = np.arange(last - first)
    weights[rows, below % (SEMITONES * PARTS)] = 1 - (place - below)
    weights[rows, (below + 1) % (SEMITONES * PARTS)] = place - below
    # High bins lie closer together in pitch: each octave is to have the same say.
    weights /= np.maximum(1.0, hertz[first:last, None] / 200)
    return weights, first, last


def _timbre_edges(hertz: NDArray[np.float64]) -> tuple[NDArray[np.intp], int]:
    low, high = TIMBRE_RANGE
    edges = np.searchsorted(hertz, np.geomspace(low, min(high, 0.95 * hertz[-1]), TIMBRE_BANDS + 1))
    return edges[:-1], int(edges[-1])


def _tuning(fine: Frames) -> int:
    """Thirds of a semitone by which the energy lies off the scale: -1, 0 or 1."""
    strength = (fine - np.median(fine, axis=1, keepdims=True)).clip(0).sum(axis=0).reshape(SEMITONES, PARTS).sum(axis=0)
    return int(np.argmax(strength)) - PARTS // 2 if strength.any() else 0
