"""Where there is music: tones that hold their pitch longer than any voice does, or a beat that comes again.

Tones: continuous frequency activation (K. Seyerlehner, T. Pohle, M. Schedl and G. Widmer, "Automatic music detection
in television productions", DAFx 2007): in each block of two and a half seconds it is counted how long every narrow
band stands out of its neighbours; notes make bands that stand out for long, speech glides from band to band. The
figure is the sum of the five highest peaks of that curve above the dips beside them, 0 to 5.

Beat: how well the onsets (`kernels.onsets`) of eight seconds repeat after a lag and after twice that lag. It finds
dense music whose tones blur into noise.

Both work in a stream; what is kept of each second is a few hundred bytes. Soft dense music under talk is not found,
and horns or a machine's steady tones are taken for music.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.onsets import FPS, OnsetMeter
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import fft, ndimage
else:
    fft, ndimage = lazy("scipy.fft"), lazy("scipy.ndimage")

Samples = NDArray[np.float32]
Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]

RATE = 16000
WINDOW, HOP = 2048, 512  # 128 ms and 32 ms; bins of 8 Hz
BLOCK = 80  # frames: 2.56 s
STEP = 20  # frames between blocks: 0.64 s
AROUND = 31  # bins over which a running mean is taken off
OUT = 0.3  # decades of magnitude above it that stand out
LOWEST, HIGHEST = 180.0, 5000.0  # Hz; below lies the hum of mains
PEAKS = 5
TONAL = 2.1  # sum of the peaks from which there is music: talk stays below 1.9
FAINTEST = 1e-5  # of full scale: below is silence, and its dither's spectrum tells nothing

BEAT_WINDOW, BEAT_STEP = 8 * FPS, 2 * FPS  # frames of onsets
LEAST_BEAT_WINDOW = 3 * FPS
LAGS = (20, 100)  # frames; 300 to 60 beats a minute
SPREAD = 50  # frames over which a running mean is taken off
NEAR = 1, 2  # frames by which a beat, and the one after it, may be early or late
BEATING = 0.27  # likeness of the onsets a beat later from which there is music: talk stays below 0.2
TRANSFORM = 4096  # padded, so that the autocorrelation does not wrap


class MusicMeter:
    """Push float32 [n] mono at 16 kHz; `finish` tells where there is music."""

    def __init__(self) -> None:
        self._held = np.zeros(0, np.float32)
        self._window = np.hanning(WINDOW).astype(np.float32)
        self._first, self._last = (round(hertz * WINDOW / RATE) for hertz in (LOWEST, HIGHEST))
        self._active = np.zeros((0, self._last - self._first), bool)
        self._tones: list[float] = []
        self._onsets = OnsetMeter(RATE)
        self._any = False

    def push(self, samples: Samples) -> None:
        self._any = self._any or bool(len(samples))
        self._onsets.push(samples)
        held = np.concatenate([self._held, samples])
        count = max(0, (len(held) - WINDOW) // HOP + 1)
        self._held = held[count * HOP :]
        if count:
            frames = np.lib.stride_tricks.sliding_window_view(held, WINDOW)[::HOP][:count]
            self._take(np.concatenate([self._active, self._standing_out(frames)]))

    def finish(self, ticks: int, rate: int) -> Flags:
        """Is there music in each of so many ticks, `rate` a second? bool [ticks]."""
        if not self._any:
            return np.zeros(ticks, bool)
        if not self._tones and len(self._active) >= STEP:
            self._tones.append(tones(self._active))
        middle = (np.arange(ticks) + 0.5) / rate
        tonal = _at(np.array(self._tones) >= TONAL, (middle * RATE / HOP - BLOCK / 2) / STEP)
        beats = beat(self._onsets.finish().strength)
        return tonal | _at(beats >= BEATING, (middle * FPS - BEAT_WINDOW / 2) / BEAT_STEP)

    def _standing_out(self, frames: NDArray[np.float32]) -> Flags:
        magnitudes = np.abs(fft.rfft(frames * self._window, axis=1)) / WINDOW
        decades = np.log10(magnitudes[:, self._first : self._last] + FAINTEST)
        above = decades - ndimage.uniform_filter1d(decades, AROUND, axis=1, mode="nearest")
        return np.asarray(above > OUT, bool)

    def _take(self, active: Flags) -> None:
        while len(active) >= BLOCK:
            self._tones.append(tones(active[:BLOCK]))
            active = active[STEP:]
        self._active = active


def tones(active: Flags) -> float:
    """0 to 5 for a block: bool [frames, bins], which bins stand out of their neighbours."""
    share = active.mean(axis=0)
    inner = share[1:-1]
    peaks = np.flatnonzero((inner >= share[:-2]) & (inner > share[2:])) + 1
    dips = np.flatnonzero((inner <= share[:-2]) & (inner < share[2:])) + 1
    dips = np.concatenate([[0], dips, [len(share) - 1]])
    after = np.searchsorted(dips, peaks)
    before = share[dips[np.maximum(after - 1, 0)]]
    behind = share[dips[np.minimum(after, len(dips) - 1)]]
    heights = share[peaks] - np.maximum(before, behind)
    return float(np.sort(heights)[-PEAKS:].sum())


def beat(strength: NDArray[np.float32]) -> Signal:
    """How much the onsets (float32 [frames], 100 a second) repeat, 0 to 1, in windows `BEAT_STEP` apart."""
    starts = range(0, max(1, len(strength) - BEAT_WINDOW // 2), BEAT_STEP)
    windows = [strength[start : start + BEAT_WINDOW].astype(np.float64) for start in starts]
    return np.array([_repeats(one) if len(one) >= LEAST_BEAT_WINDOW else 0.0 for one in windows])


def _repeats(window: Signal) -> float:
    new = np.maximum(window - ndimage.uniform_filter1d(window, SPREAD, mode="nearest"), 0)
    spectrum = np.abs(fft.rfft(new - new.mean(), TRANSFORM)) ** 2
    count = 2 * LAGS[1] + NEAR[1] + 1
    alike = fft.irfft(spectrum)[:count]
    alike = alike / (alike[0] + 1e-9) * len(window) / (len(window) - np.arange(count))
    # A beat is one that comes again after twice the time, too.
    return max(min(_near(alike, lag, NEAR[0]), _near(alike, 2 * lag, NEAR[1])) for lag in range(*LAGS))


def _near(alike: Signal, lag: int, around: int) -> float:
    return float(alike[lag - around : lag + around + 1].max())


def _at(found: Flags, places: Signal) -> Flags:
    """The nearest block's answer; a single block on its own is none. The outer ones stand for what is beyond."""
    if not len(found):
        return np.zeros(len(places), bool)
    steady = ndimage.median_filter(found, 3, mode="nearest") if len(found) >= 3 else found
    return np.asarray(steady[np.clip(np.round(places).astype(int), 0, len(found) - 1)], bool)
