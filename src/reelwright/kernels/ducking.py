"""Make room for a voice: a gain for one sound while somebody talks in another, in a stream.

Talk is found by `kernels.voice_activity`. The gain begins to fall before the first word and
is down when it comes, stays down over short pauses, and comes back slowly; its slopes are
smooth in decibels, so that they are not heard as such.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import voice_activity
from reelwright.kernels.resampling import Resampler
from reelwright.kernels.voice_activity import Activity, Detector
from reelwright.kernels.windowed import Windowed
from reelwright.loading import lazy

if TYPE_CHECKING:
    from scipy import ndimage
else:
    ndimage = lazy("scipy.ndimage")

Samples = NDArray[np.float32]
Signal = NDArray[np.float64]

FRAMES = voice_activity.RATE // voice_activity.HOP  # in a second
SLOPE = 20  # frames from the middle of a slope to its end: slopes take 0.4 s
EARLY = 10  # frames before the first word at which the gain is down
HOLD = 50  # frames after the last word until it rises: pauses of less than a second are bridged
REACH = HOLD + EARLY + 2 * SLOPE


class Listener:
    """What a sound says: float32 [channels, n] at `rate` Hz in, activity of 10 ms frames out, later."""

    def __init__(self, rate: int) -> None:
        self._down = Resampler(rate, voice_activity.RATE, 1)
        self._detector = Detector()

    def push(self, samples: Samples) -> Activity:
        return self._detector.push(self._down.push(samples.mean(axis=0, keepdims=True))[0])

    def flush(self) -> Activity:
        early, late = self._detector.push(self._down.flush()[0]), self._detector.flush()
        return Activity(np.concatenate([early.speech, late.speech]), np.concatenate([early.rhythm, late.rhythm]))


class Ducker:
    """Gains for samples at `rate` Hz, down by `depth` dB where the pushed sound talks.

    `any_voice` takes singing and other tunes for talk too. Gains are linear float32 [m] and come late;
    with `flush` they are as many as the samples pushed.
    """

    def __init__(self, rate: int, depth: float, *, any_voice: bool = False) -> None:
        self._rate, self._depth, self._any_voice = rate, depth, any_voice
        self._listener = Listener(rate)
        self._slopes = Windowed(sloped, rows=1, reach=REACH)
        self._frames = np.zeros(0)  # depth of frames, 0 to 1, from frame `_first` on
        self._first = 0
        self._samples = 0
        self._told = 0

    def push(self, samples: Samples) -> Samples:
        self._samples += samples.shape[1]
        self._take(self._slopes.push(self._flags(self._listener.push(samples)))[0])
        ready = int((self._first + len(self._frames) - 1) * self._rate / FRAMES)
        return self._gains(min(ready, self._samples))

    def flush(self) -> Samples:
        last = self._slopes.push(self._flags(self._listener.flush()))[0]
        self._take(np.concatenate([last, self._slopes.flush()[0]]))
        if not len(self._frames):
            self._frames = np.zeros(1)  # too short for a single frame
        return self._gains(self._samples)

    def _flags(self, found: Activity) -> Signal:
        return (found.speech if self._any_voice else found.talk).astype(np.float64)[None]

    def _take(self, frames: Signal) -> None:
        self._frames = np.concatenate([self._frames, frames])

    def _gains(self, end: int) -> Samples:
        """For the samples from where the last answer ended; frames stand for their middles."""
        if end <= self._told or not len(self._frames):
            return np.zeros(0, np.float32)
        at = (np.arange(self._told, end) + 0.5) * (FRAMES / self._rate) - 0.5
        depth = np.interp(at, self._first + np.arange(len(self._frames)), self._frames)
        self._told = end
        spent = max(0, min(len(self._frames) - 1, int(at[-1]) - 1 - self._first))
        self._frames, self._first = self._frames[spent:], self._first + spent
        gains: Samples = np.power(10.0, -self._depth / 20 * depth).astype(np.float32)
        return gains


def sloped(flags: Signal) -> Signal:
    """[1, n] of 0 and 1 -> [1, n] from 0 to 1: is 1 from `EARLY` frames before each run of 1 to `HOLD` after it."""
    before, after = EARLY + SLOPE, HOLD + SLOPE
    if not flags.shape[1]:
        return flags
    size = before + after + 1
    # The window reaches further back than ahead, so it is shifted off its centre.
    held = ndimage.maximum_filter1d(flags[0], size, mode="constant", origin=after - size // 2)
    window = np.hanning(2 * SLOPE + 1)
    smooth: Signal = ndimage.convolve1d(held, window / window.sum(), mode="nearest")[None]
    return smooth
