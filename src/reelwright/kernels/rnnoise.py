"""RNNoise by its C interface: speech out of noise at 48 kHz, aligned with the input and true in phase.

The library comes in the wheel of `pyrnnoise`, whose own Python code is not used: it pulls in
plotting and a second decoder. RNNoise (J.-M. Valin, "A hybrid DSP/deep learning approach to
real-time full-band speech enhancement", 2018) answers two frames late and begins with a
high-pass that turns the phase of the lowest octaves. Both are undone here: the delay is
dropped, and the turn is taken back by the same all-pass run backwards in time.
"""

import ctypes
import importlib.util
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.errors import ModelNotInstalled

Mono = NDArray[np.float32]

RATE = 48000
FRAME = 480  # samples of one call, 10 ms
DELAY = 2 * FRAME  # measured as the lag of greatest correlation; one frame of overlap, one of look-ahead
FULL_SCALE = 32768.0  # RNNoise was trained on samples of that range
# Its high-pass is (1 - z^-1)^2 over a pole pair of radius 0.998 near 0 Hz (denoise.c, `b_hp`, `a_hp`), so its phase is
# that of the first-order all-pass (p - z^-1) / (1 - p z^-1), p = 0.998.
POLE = 0.998
LOOK_AHEAD = 10 * FRAME  # 0.1 s: the all-pass has died away to POLE ** 4800 = 7e-5
LIBRARIES = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}


class RNNoise:
    """One voice channel. `push` gives what is ready, `flush` the rest: together as long as the input, or longer."""

    rate = RATE

    def __init__(self) -> None:
        self._library = _library()
        self._state = ctypes.c_void_p(self._library.rnnoise_create(None))
        self._waiting = np.zeros(0, np.float32)
        self._late = DELAY
        self._ahead = np.zeros(0, np.float32)

    def __del__(self) -> None:
        if state := getattr(self, "_state", None):
            self._library.rnnoise_destroy(state)

    def push(self, samples: Mono) -> Mono:
        """float32 [n] at 48 kHz, ±1 -> float32 [m], the cleaned sound from where the last call ended."""
        waiting = np.concatenate([self._waiting, samples])
        whole = len(waiting) - len(waiting) % FRAME
        self._waiting = waiting[whole:]
        found = self._frames(waiting[:whole])
        skipped = min(self._late, len(found))
        self._late -= skipped
        return self._turned_back(found[skipped:])

    def flush(self) -> Mono:
        """What is still inside, as if silence followed."""
        rest = self.push(np.zeros(DELAY + FRAME, np.float32))
        return np.concatenate([rest, self._turned_back(np.zeros(LOOK_AHEAD, np.float32))])

    def _frames(self, samples: Mono) -> Mono:
        scaled = np.ascontiguousarray(samples * np.float32(FULL_SCALE))
        found = np.empty_like(scaled)
        process: Callable[..., Any] = self._library.rnnoise_process_frame
        source, target, step = scaled.ctypes.data, found.ctypes.data, FRAME * scaled.itemsize
        for offset in range(0, scaled.nbytes, step):
            process(self._state, target + offset, source + offset)
        found /= np.float32(FULL_SCALE)
        return found

    def _turned_back(self, samples: Mono) -> Mono:
        held = np.concatenate([self._ahead, samples])
        ready = max(0, len(held) - LOOK_AHEAD)
        self._ahead = held[ready:]
        if not ready:
            return np.zeros(0, np.float32)
        size = 1 << (len(held) - 1).bit_length()
        # Correlation, not convolution: the all-pass runs backwards. No output reaches past the end, so none wraps.
        turned = np.fft.irfft(np.fft.rfft(held, size) * _all_pass(size).conj(), size)
        return turned[:ready].astype(np.float32)


@lru_cache(maxsize=4)
def _all_pass(size: int) -> NDArray[np.complex64]:
    """Spectrum of the high-pass's all-pass, `LOOK_AHEAD` taps of its impulse response, over `size` points."""
    taps = -(1 - POLE**2) * POLE ** np.arange(-1.0, LOOK_AHEAD - 1)
    taps[0] = POLE
    return np.fft.rfft(taps.astype(np.float32), size).astype(np.complex64)


@cache
def _library() -> ctypes.CDLL:
    found = importlib.util.find_spec("pyrnnoise")
    folders = list(found.submodule_search_locations or ()) if found else []
    path = Path(folders[0]) / LIBRARIES.get(sys.platform, "librnnoise.so") if folders else None
    if path is None or not path.exists():
        raise ModelNotInstalled("the RNNoise library is not there; install the package pyrnnoise for this platform")
    library = ctypes.CDLL(str(path))
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    return library
