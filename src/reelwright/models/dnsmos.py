"""The provider `dnsmos` of `quality`: DNSMOS P.835, opinions about speech in noise at 16 kHz (CC-BY-4.0).

C. Reddy, V. Gopal, R. Cutler, "DNSMOS P.835: a non-intrusive perceptual objective speech
quality metric to evaluate noise suppressors", ICASSP 2022. It hears 9.01 s at a time and
gives signal, background and overall quality from 1 to 5. Its answers depend on the level,
so each window is brought to the level that listening tests use first. It hears little of
clipping and of missing treble.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.resampling import Resampler
from reelwright.models import onnx
from reelwright.models.port import Models

NAME = "dnsmos"
WEIGHTS = ("dnsmos_sig_bak_ovr",)
RATE = 16000
LENGTH = 144160  # samples of a window
HOP = LENGTH // 2
LEVEL = -26.0  # dB of full scale, root mean square (ITU-T P.56's usual active level)
LOUDEST = 0.99  # no sample beyond, or the model would hear clipping
SILENT = 1e-7  # power; such a window says nothing
# From the model's three answers to mean opinion scores, highest power first.
SIGNAL = (-0.08397278, 1.22083953, 0.0052439)
BACKGROUND = (-0.13166888, 1.60915514, -0.39604546)
OVERALL = (-0.06766283, 1.11546468, 0.04602535)

Mono = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Opinion:
    """Mean opinion scores, 1 to 5, of the window that begins at `start` seconds."""

    start: float
    signal: float
    background: float
    overall: float


class Dnsmos:
    """Opinions of one channel: `push` takes float32 [n] at `rate` Hz; `flush` ends it.

    Sound shorter than a window is repeated until it fills one; the last window of a longer one ends with it.
    """

    def __init__(self, models: Models, rate: int) -> None:
        path = models.path(WEIGHTS[0])
        self._session = models.warm(NAME, lambda: onnx.session(path))
        self._down = Resampler(rate, RATE, 1)
        self._held = np.zeros(0, np.float32)
        self._start = 0  # of what is held, in samples

    def push(self, samples: Mono) -> Iterator[Opinion]:
        self._held = np.concatenate([self._held, self._down.push(samples[None])[0]])
        # One window stays back: at the end the last one reaches from there to the end.
        while len(self._held) >= LENGTH + HOP:
            yield from self._opinion(self._held[:LENGTH], self._start)
            self._held, self._start = self._held[HOP:], self._start + HOP

    def flush(self) -> Iterator[Opinion]:
        yield from self.push(np.zeros(0, np.float32))
        held = np.concatenate([self._held, self._down.flush()[0]])
        if not len(held):
            return
        if len(held) > LENGTH:
            yield from self._opinion(held[:LENGTH], self._start)
        late = max(0, len(held) - LENGTH)
        yield from self._opinion(np.resize(held[late:], LENGTH), self._start + late)

    def _opinion(self, window: Mono, start: int) -> Iterator[Opinion]:
        power = float(np.mean(np.square(window, dtype=np.float64)))
        if power < SILENT:
            return
        gain = min(10 ** (LEVEL / 20) / power**0.5, LOUDEST / float(np.abs(window).max()))
        answers = self._session.run({"input_1": (window * np.float32(gain))[None]})[0][0]
        scores = (float(np.polyval(by, one)) for by, one in zip((SIGNAL, BACKGROUND, OVERALL), answers, strict=True))
        yield Opinion(start / RATE, *scores)
