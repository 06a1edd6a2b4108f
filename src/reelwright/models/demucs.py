"""The provider `demucs` of `separate`: Hybrid Transformer Demucs, 44.1 kHz stereo, a fifth of a gigabyte (MIT).

S. Rouard, F. Massa and A. Défossez, "Hybrid transformers for music source separation", ICASSP
2023. It needs the package `demucs` with torch (`pip install 'reelwright[demix]'`), imported
only when a run asks for it. The weights are read from the models folder, with the digest
verified; nothing is fetched. The model hears windows of half a minute that overlap and are
cross-faded, so memory is flat in the length.
"""

import importlib.util
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled
from reelwright.kernels.resampling import Resampler
from reelwright.loading import lazy
from reelwright.models.port import Models, Provider

if TYPE_CHECKING:
    torch: Any
    apply: Any
    states: Any
else:
    torch, apply, states = lazy("torch"), lazy("demucs.apply"), lazy("demucs.states")

NAME = "demucs"
WEIGHTS = ("htdemucs",)
PACKAGES = ("demucs", "torch")
RATE = 44100
WINDOW, FADE = 30 * RATE, 2 * RATE  # samples heard at once, and of them shared with the next window
OVERLAP = 0.25  # of the model's own segments of 7.8 s, as its authors use it

Samples = NDArray[np.float32]
Voice = Callable[[Samples], Samples]
"""float32 [2, n] at 44.1 kHz -> the voice in it, of the same shape."""


def is_installed(models: Models) -> bool:
    """Are package and weights there? Imports nothing."""
    return not _missing() and all(models.installed(one) for one in WEIGHTS)


def provider(models: Models) -> Provider:
    """What a run by this method is made with; `ModelNotInstalled` says what is missing and how to get it."""
    missing = _missing()
    if missing:
        raise ModelNotInstalled(
            f"the method 'demucs' needs the package {' and '.join(missing)}: pip install 'reelwright[demix]'; "
            "the method 'builtin' needs none"
        )
    return Provider(NAME, "model", {one: models.digest(one) for one in WEIGHTS})


def separator(models: Models, rate: int, channels: int) -> "Windowed":
    """A fresh stream for one or two channels at `rate` Hz; `ModelNotInstalled` as above."""
    provider(models)
    path = models.path(WEIGHTS[0])
    model = models.warm(NAME, lambda: _Model(str(path)))
    return Windowed(model.voice, rate, channels)


def _missing() -> list[str]:
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


class _Model:
    def __init__(self, path: str) -> None:
        # The file holds the model's class besides its weights, which torch reads only from who is trusted: the hub
        # has verified that it is the published one.
        self._model = states.load_model(torch.load(path, map_location="cpu", weights_only=False))
        self._model.eval()
        self._place = list(self._model.sources).index("vocals")
        self._device = "cuda" if torch.cuda.is_available() else "cpu"

    def voice(self, heard: Samples) -> Samples:
        """The model wants sound of mean 0 and deviation 1; it is put back to its level after."""
        mean, level = float(heard.mean()), float(heard.std()) + 1e-8
        mixture = torch.from_numpy(np.ascontiguousarray((heard - mean) / level))[None]
        # Random shifts would make each run another result.
        parts = apply.apply_model(self._model, mixture, shifts=0, overlap=OVERLAP, device=self._device)
        voice: Samples = np.asarray(parts[0, self._place].cpu().numpy(), np.float32) * level
        return voice


class Windowed:
    """Implements `kernels.demixing.Separator` with a model that hears one window at a time."""

    def __init__(self, voice: Voice, rate: int, channels: int, *, window: int = WINDOW, fade: int = FADE) -> None:
        self._voice, self._channels = voice, channels
        self._into, self._out = Resampler(rate, RATE, channels), Resampler(RATE, rate, channels)
        self._window, self._fade = window, fade
        self._rising = ((np.arange(fade) + 0.5) / fade).astype(np.float32)
        self._heard = np.zeros((channels, 0), np.float32)
        self._ending: Samples | None = None
        self._left = 0

    def push(self, samples: Samples) -> Samples:
        self._left += samples.shape[1]
        self._heard = np.concatenate([self._heard, self._into.push(samples)], axis=1)
        parts = [np.zeros((self._channels, 0), np.float32)]
        while self._heard.shape[1] >= self._window:
            found = self._faded(self._heard[:, : self._window])
            step = self._window - self._fade
            parts.append(self._out.push(found[:, :step]))
            self._ending, self._heard = found[:, step:], self._heard[:, step:]
        return self._fitted(np.concatenate(parts, axis=1))

    def flush(self) -> Samples:
        self._heard = np.concatenate([self._heard, self._into.flush()], axis=1)
        last = self._faded(self._heard) if self._heard.shape[1] else self._heard
        found = self._fitted(np.concatenate([self._out.push(last), self._out.flush()], axis=1))
        # Resampled there and back, a stream can be a sample short.
        return np.pad(found, ((0, 0), (0, self._left)))

    def _faded(self, heard: Samples) -> Samples:
        found = self._voice(np.broadcast_to(heard, (2, heard.shape[1])))
        found = found.mean(axis=0, keepdims=True) if self._channels == 1 else found.copy()
        if self._ending is not None:
            rising = self._rising[: found.shape[1]]
            found[:, : len(rising)] = rising * found[:, : len(rising)] + (1 - rising) * self._ending[:, : len(rising)]
        return found

    def _fitted(self, voice: Samples) -> Samples:
        voice = voice[:, : self._left]
        self._left -= voice.shape[1]
        return voice
