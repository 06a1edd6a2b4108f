"""Where somebody speaks: frames of 10 ms told apart by level, pitch and the rhythm of syllables, in a stream.

A frame is voiced if it stands above the noise floor (the least smoothed level of three seconds
around it, after R. Martin's minimum statistics, 2001) and repeats at a period of the human
pitch (normalised autocorrelation below 1.5 kHz). Speech is what lies around voiced frames
and still above the floor; short holes are filled, short bursts dropped. Singing, and music
with a tune, are voiced too. What tells speech from music is the share of frames far below
the mean level of their second (E. Scheirer and M. Slaney, 1997), the noise floor taken off:
talk is full of them. Answers are three and a half seconds late, for they look both ways.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.windowed import Windowed
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Mono = NDArray[np.float32]
Flags = NDArray[np.bool_]
Signal = NDArray[np.float64]

RATE = 16000
HOP = RATE // 100  # 10 ms
WINDOW = 512  # 32 ms: two periods of the deepest voice
BINS = 1024  # padded, so that the autocorrelation does not wrap
LEVEL_BAND = (100.0, 4000.0)  # Hz
PITCH_BAND = (60.0, 1500.0)
PERIODS = (RATE // 400, RATE // 60)  # samples
QUIETEST = 1e-10  # of full scale's power: -100 dB
FAINTEST = 1e-7  # -70 dBFS: nothing below counts as speech

SMOOTHING = 5  # frames
FLOOR_REACH = 150  # frames to each side
ABOVE_FLOOR, NEAR_FLOOR = 10**0.7, 10**0.4  # 7 dB for a voiced core, 4 dB for what hangs on it
VOICED = 0.6
HANGING = 10  # frames around a voiced core that may belong to it: consonants
HEARD = 1e-4  # 40 dB below the loudest frame of three seconds: what is less is echo, not speech
HOLE, BURST = 15, 8  # frames; the longest hole that is filled, the shortest speech that stays
RHYTHM_MEAN, RHYTHM_REACH = 100, 150  # frames
FAR_BELOW = 0.15  # of the mean power of the second around
TALK = 0.2  # share of frames far below: 0.3 to 0.6 in talk, seldom above 0.2 in music
CONTEXT = FLOOR_REACH + SMOOTHING + RHYTHM_MEAN // 2 + RHYTHM_REACH  # more than any frame's answer depends on


@dataclass(frozen=True, slots=True)
class Activity:
    """Of each frame [n]: is it speech, and the share of frames around that are far below the mean, 0 to 1."""

    speech: Flags
    rhythm: Signal

    @property
    def talk(self) -> Flags:
        """Speech with the rhythm of talk: not a tune."""
        found: Flags = self.speech & (self.rhythm >= TALK)
        return found


class Detector:
    """Takes float32 [n] at 16 kHz, ±1; gives the activity of 10 ms frames, `CONTEXT` frames late.

    Frame k is about the samples around 160 k + 80. With `flush` there are as many frames as begun hops.
    """

    def __init__(self) -> None:
        self._samples = np.zeros((WINDOW - HOP) // 2, np.float32)
        self._length = 0
        self._told = 0
        self._frames = Windowed(decided, rows=2, reach=CONTEXT)

    def push(self, samples: Mono) -> Activity:
        self._length += len(samples)
        return self._activity(self._frames.push(self._measured(samples)))

    def flush(self) -> Activity:
        begun = -(-self._length // HOP)
        early = self._activity(self._frames.push(self._measured(np.zeros(WINDOW, np.float32))))
        late = self._activity(self._frames.flush(begun - self._told))
        return Activity(np.concatenate([early.speech, late.speech]), np.concatenate([early.rhythm, late.rhythm]))

    def _measured(self, samples: Mono) -> Signal:
        held = np.concatenate([self._samples, samples])
        count = max(0, (len(held) - WINDOW) // HOP + 1)
        self._samples = held[count * HOP :]
        if not count:
            return np.zeros((2, 0))
        return measured(np.lib.stride_tricks.sliding_window_view(held, WINDOW)[::HOP][:count])

    def _activity(self, answers: Signal) -> Activity:
        self._told += answers.shape[1]
        return Activity(answers[0] > 0, answers[1])


def decided(frames: Signal) -> Signal:
    """[power, periodicity] of frames, [2, n] -> [is it speech, rhythm], [2, n]."""
    if not frames.shape[1]:
        return frames
    return np.stack([spoken(*frames), rhythm_of(frames[0])])


def measured(frames: NDArray[np.float32]) -> Signal:
    """Of frames [n, WINDOW], as [2, n]: power (of full scale, 100 Hz to 4 kHz) and how periodic they are, 0 to 1."""
    window = np.hanning(WINDOW)
    spectra = np.square(np.abs(np.fft.rfft(frames * window, BINS)))
    hertz = np.fft.rfftfreq(BINS, 1 / RATE)
    in_level = (hertz >= LEVEL_BAND[0]) & (hertz <= LEVEL_BAND[1])
    # Parseval: twice for the negative frequencies, over the power of the window and the padded length.
    power = 2 * spectra[:, in_level].sum(axis=1) / (BINS * np.square(window).sum())
    spectra[:, (hertz < PITCH_BAND[0]) | (hertz > PITCH_BAND[1])] = 0
    shortest, longest = PERIODS
    lags = np.fft.irfft(spectra, axis=1)[:, : longest + 1]
    fade = np.fft.irfft(np.square(np.abs(np.fft.rfft(window, BINS))))[: longest + 1]
    alike = lags[:, shortest:] / np.maximum(lags[:, :1], 1e-20) * (fade[0] / fade[shortest:])
    return np.stack([power, np.clip(alike.max(axis=1), 0.0, 1.0)])


def spoken(power: Signal, pitch: Signal) -> Flags:
    """Which of the frames [n] are speech, by power and periodicity."""
    smooth, floor = smoothed(power), floor_of(power)
    loudest = ndimage.maximum_filter1d(smooth, 2 * FLOOR_REACH + 1, mode="nearest")
    heard = smooth > HEARD * loudest
    core = heard & (smooth > floor * ABOVE_FLOOR) & (pitch > VOICED)
    near = ndimage.maximum_filter1d(core, 2 * HANGING + 1)
    found = core | (near & heard & (smooth > floor * NEAR_FLOOR))
    return without_bursts(without_holes(found, HOLE), BURST)


def rhythm_of(power: Signal) -> Signal:
    """Share of the frames around each that are far below the mean of their second: [n], 0 to 1."""
    alone = np.maximum(power - floor_of(power), FAINTEST)
    mean = ndimage.uniform_filter1d(alone, RHYTHM_MEAN, mode="nearest")
    is_low = (alone < FAR_BELOW * mean).astype(np.float64)
    share: Signal = ndimage.uniform_filter1d(is_low, 2 * RHYTHM_REACH + 1, mode="nearest")
    return share


def smoothed(power: Signal) -> Signal:
    smooth: Signal = np.maximum(ndimage.uniform_filter1d(power, SMOOTHING, mode="nearest"), QUIETEST)
    return smooth


def floor_of(power: Signal) -> Signal:
    """The least smoothed power of three seconds around each frame."""
    least: Signal = ndimage.minimum_filter1d(smoothed(power), 2 * FLOOR_REACH + 1, mode="nearest")
    return np.maximum(least, FAINTEST)


def without_holes(flags: Flags, longest: int) -> Flags:
    """Runs of False of up to `longest` between two True are filled."""
    return ~without_bursts(~flags, longest + 1, at_edges=False)


def without_bursts(flags: Flags, shortest: int, *, at_edges: bool = True) -> Flags:
    """Runs of True shorter than `shortest` are dropped; those at the very ends only if `at_edges`."""
    kept = flags.copy()
    for start, end in runs(flags):
        if end - start < shortest and (at_edges or (start > 0 and end < len(flags))):
            kept[start:end] = False
    return kept


def runs(flags: Flags) -> list[tuple[int, int]]:
    """(start, end) of each run of True in flags [n]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]
