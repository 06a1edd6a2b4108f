"""How far a sound needs no cleaning: from what an estimator takes away, in a stream.

Estimators are made for noise and spoil a little of a voice that has none. A voice is clean where two things are far
below it: the frames that the estimator all but removes (noise that comes and goes), and the level that hardly any
frame does not reach (noise that stays). Both are looked at over the last ten seconds. Only frames of speech count as
clean: in the pauses the estimator goes on, so that a soft hiss still goes.
"""

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float64]

STEP = 25  # frames of 10 ms between two looks
SEEN = 40  # steps looked back: 10 s
FEWEST = 4  # steps before the first answer
REMOVED = 0.1  # of a frame's power: less left, and it was noise
QUIET = 0.03  # share of the frames that is taken for steady noise: fluent speech has few pauses
COMES, STAYS = (22.0, 30.0), (24.0, 30.0)  # dB of speech over either noise: not clean, clean
SPEECH = (0.25, 0.8)  # of a frame's power that is left: a pause, speech
TINY = 1e-12


class Cleanness:
    """The share of the untouched sound that each frame may have, 0 to 1."""

    def __init__(self) -> None:
        self._noisy, self._left = np.zeros(0), np.zeros(0)
        self._before = self._now = 0.0
        self._place = 0  # frames since the last look

    def push(self, noisy: Signal, left: Signal) -> Signal:
        """Powers of frames as they came and as the estimator left them, [n] each -> [n]; any cut gives the same."""
        found = []
        while len(noisy):
            count = min(len(noisy), STEP - self._place)
            along = (self._place + np.arange(count)) / STEP
            found.append(self._before + (self._now - self._before) * along)
            found[-1] *= _ramp(left[:count] / (noisy[:count] + TINY), SPEECH)
            self._take(noisy[:count], left[:count])
            noisy, left = noisy[count:], left[count:]
        return np.concatenate(found) if found else np.zeros(0)

    def _take(self, noisy: Signal, left: Signal) -> None:
        self._noisy = np.concatenate([self._noisy, noisy])[-SEEN * STEP :]
        self._left = np.concatenate([self._left, left])[-SEEN * STEP :]
        self._place += len(noisy)
        if self._place == STEP:
            self._place, self._before = 0, self._now
            self._now = measured(self._noisy, self._left) if len(self._noisy) >= FEWEST * STEP else 0.0


def measured(noisy: Signal, left: Signal) -> float:
    """How clean a stretch is, 0 to 1; silence is not."""
    speech = float(left.mean())
    if speech <= TINY:
        return 0.0
    removed = noisy[left < REMOVED * noisy]
    comes = float(removed.mean()) if len(removed) else 0.0
    stays = float(np.quantile(noisy, QUIET))
    ratios = 10 * np.log10(speech / np.maximum([comes, stays], TINY))
    return float(_ramp(ratios[0], COMES) * _ramp(ratios[1], STAYS))


def _ramp(value: Signal, ends: tuple[float, float]) -> Signal:
    """0 up to the first end, 1 from the second on."""
    return np.clip((value - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
