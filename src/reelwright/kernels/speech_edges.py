"""Where the speech in a short clean sound begins and ends, to a few milliseconds.

Frames of 2.5 ms that lie less than 40 dB below the loudest one are speech. This is for made speech, whose
pauses are silent; for speech in noise there is `kernels.voice_activity`.
"""

import numpy as np
from numpy.typing import NDArray

Mono = NDArray[np.float32]

FRAME_SECONDS = 0.0025
BELOW_LOUDEST = 1e-4  # of the power: 40 dB
QUIETEST = 1e-7  # -70 dBFS: nothing below is speech


def edges(samples: Mono, rate: int) -> tuple[int, int]:
    """float32 [n] -> (first sample of the speech, the one after its last); (0, 0) of silence."""
    size = max(1, round(rate * FRAME_SECONDS))
    frames = np.pad(samples, (0, -len(samples) % size)).reshape(-1, size)
    powers = np.square(frames, dtype=np.float64).mean(axis=1)
    heard = np.flatnonzero(powers > max(QUIETEST, BELOW_LOUDEST * float(powers.max(initial=0.0))))
    if not len(heard):
        return 0, 0
    return int(heard[0]) * size, min(len(samples), (int(heard[-1]) + 1) * size)
