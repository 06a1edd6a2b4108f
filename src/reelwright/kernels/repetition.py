"""What comes again: each frame rebuilt from the frames most like it (REPET-SIM).

Accompaniment repeats, a voice hardly does: the median over similar frames keeps the one and
drops the other. Z. Rafii and B. Pardo, "Music/voice separation using the similarity matrix",
ISMIR 2012. Only frames of a bounded context are looked at, so the work grows evenly with the length.
"""

import numpy as np
from numpy.typing import NDArray

Amplitudes = NDArray[np.float32]
"""float32 [frames, bands], not negative."""

SIMILAR = 11  # frames in a median
COMPARED = 512  # bands that likeness is judged by: up to 5.5 kHz
PAIRED = 2  # bands put together for it, so that a slight vibrato does not count
LOUD = 3.0  # times the level: where likeness turns from linear to logarithmic
NEVER = -4.0  # below any cosine


def features(amplitudes: Amplitudes, level: float) -> Amplitudes:
    """Unit vectors [frames, about 256] whose products are likenesses. `level`: root of the mean power of a frame."""
    chosen = amplitudes[:, 1:COMPARED]
    chosen = chosen[:, : chosen.shape[1] // PAIRED * PAIRED]
    paired = np.log1p(chosen * np.float32(LOUD / max(level, 1e-12))).reshape(len(chosen), -1, PAIRED).sum(axis=2)
    centred = paired - paired.mean(axis=0)
    unit: Amplitudes = centred / (np.linalg.norm(centred, axis=1, keepdims=True) + np.float32(1e-9))
    return unit


def repeating(amplitudes: Amplitudes, first: int, last: int, *, level: float, gap: int) -> Amplitudes:
    """The repeating part of frames `first` to `last` (exclusive): [last - first, bands].

    `amplitudes` is the whole context. Frames nearer than `gap` do not count, as a held note is like itself; where the
    context is too short for that, nearer ones do. Of neighbours that are alike only the best counts.
    """
    count = len(amplitudes)
    gap = min(gap, count // 8)
    compared = features(amplitudes, level)
    likeness = compared[first:last] @ compared.T
    found = np.empty((last - first, amplitudes.shape[1]), np.float32)
    for row, at in enumerate(range(first, last)):
        chosen = _most_like(likeness[row], at, gap)
        middle = len(chosen) // 2
        found[row] = np.partition(amplitudes[chosen], middle, axis=0)[middle]
    return found


def _most_like(likeness: Amplitudes, at: int, gap: int) -> NDArray[np.intp]:
    score = likeness.copy()
    inner = likeness[1:-1]
    is_slope = (inner < likeness[:-2]) | (inner < likeness[2:])
    score[1:-1][is_slope] -= 0.5  # peaks first, slopes only where there are too few
    if gap:
        score[max(0, at - gap) : at + gap + 1] = NEVER
    wanted = min(SIMILAR, max(1, int(np.count_nonzero(score > NEVER))))
    return np.argpartition(-score, wanted - 1)[:wanted]
