"""The provider `gtcrn` of `denoise`: GTCRN, 48 000 weights, 16 kHz, frame by frame (MIT).

X. Rong et al., "GTCRN: a speech enhancement model requiring ultralow computational
resources", ICASSP 2024. Frames of 512 samples every 256 under a square-root Hann window;
the model answers each spectrum with a cleaned one and hands its memory on in three caches.
"""

import numpy as np
from numpy.typing import NDArray

from reelwright.models import onnx
from reelwright.models.overlapped import Overlapped
from reelwright.models.port import Models

NAME = "gtcrn"
WEIGHTS = ("gtcrn_simple",)
RATE = 16000
WINDOW, HOP = 512, 256
CACHES = ("conv_cache", "tra_cache", "inter_cache")


def estimator(models: Models) -> Overlapped:
    """A fresh stream for one channel; `ModelNotInstalled` if the weights are not there."""
    path = models.path(WEIGHTS[0])
    # One frame is half a million multiplications: a second thread costs more than it brings.
    session = models.warm(NAME, lambda: onnx.session(path, max_threads=1))
    return Overlapped(_Stream(session).answer, rate=RATE, window=WINDOW, hop=HOP)


class _Stream:
    def __init__(self, session: onnx.Session) -> None:
        self._session = session
        self._caches = session.zeros(*CACHES)
        self._window = np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)

    def answer(self, frame: NDArray[np.float32]) -> NDArray[np.float32]:
        spectrum = np.fft.rfft(frame * self._window).astype(np.complex64)
        parts = spectrum.view(np.float32).reshape(1, -1, 1, 2)
        cleaned, *caches = self._session.run({"mix": parts, **self._caches})
        self._caches = dict(zip(CACHES, caches, strict=True))
        found = np.ascontiguousarray(cleaned[0, :, 0, :]).view(np.complex64)[:, 0]
        answer: NDArray[np.float32] = np.fft.irfft(found, WINDOW).astype(np.float32) * self._window
        return answer
