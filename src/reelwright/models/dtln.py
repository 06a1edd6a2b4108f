"""The provider `dtln` of `denoise`: DTLN, two small LSTM stacks in a row, 16 kHz (MIT).

N. L. Westhausen and B. T. Meyer, "Dual-signal transformation LSTM network for real-time
noise suppression", Interspeech 2020. Frames of 512 samples every 128, no window. The first
model masks the magnitudes, the second masks a learnt transform of what that gave.
"""

import numpy as np
from numpy.typing import NDArray

from reelwright.models import onnx
from reelwright.models.overlapped import Overlapped
from reelwright.models.port import Models

NAME = "dtln"
WEIGHTS = ("dtln_model_1", "dtln_model_2")
RATE = 16000
WINDOW, HOP = 512, 128


def estimator(models: Models) -> Overlapped:
    """A fresh stream for one channel; `ModelNotInstalled` if the weights are not there."""
    paths = [models.path(name) for name in WEIGHTS]
    sessions = models.warm(NAME, lambda: tuple(onnx.session(path, max_threads=1) for path in paths))
    return Overlapped(_Stream(*sessions).answer, rate=RATE, window=WINDOW, hop=HOP)


class _Stream:
    def __init__(self, masking: onnx.Session, transforming: onnx.Session) -> None:
        self._masking, self._transforming = masking, transforming
        # Each model takes (features, state) and gives (features, state).
        self._magnitudes, self._memory = masking.inputs
        self._frame, self._recall = transforming.inputs
        self._states = masking.zeros(self._memory) | transforming.zeros(self._recall)

    def answer(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        spectrum = np.fft.rfft(frame)
        magnitudes = np.abs(spectrum).astype(np.float32)[None, None]
        mask, memory = self._masking.run({self._magnitudes: magnitudes, self._memory: self._states[self._memory]})
        masked = np.fft.irfft(spectrum * mask[0, 0], WINDOW).astype(np.float32)[None, None]
        found, recall = self._transforming.run({self._frame: masked, self._recall: self._states[self._recall]})
        self._states = {self._memory: memory, self._recall: recall}
        answer: NDArray[np.float32] = found[0, 0]
        return answer
