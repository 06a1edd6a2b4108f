"""What sounds between one beat and the next: notes, colour and loudness, each the mean of the frames in between.

Songs are compared by beats instead of by frames, so that a tempo that moves does not matter and few rows stand for
minutes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Beatwise:
    """What was heard between beats i and i + 1. `times` float64 [n + 1]; the rest [n, …]."""

    times: Curve
    chroma: Matrix
    timbre: Matrix
    """dB."""
    loudness: Curve
    """dB."""


def beatwise(times: Curve, chroma: Matrix, timbre: Matrix, loudness: Matrix, fps: float) -> Beatwise:
    """Means of frames (frame i is centred on i / fps seconds) over each beat."""
    power = np.power(10.0, loudness / 10)
    means = [_means(times, one, fps) for one in (chroma, timbre, power[:, None])]
    return Beatwise(
        times, means[0].astype(np.float32), means[1].astype(np.float32), 10 * np.log10(means[2][:, 0] + 1e-12)
    )


def _means(times: Curve, frames: Matrix, fps: float) -> Curve:
    summed = np.vstack([np.zeros(frames.shape[1]), np.cumsum(frames, axis=0, dtype=np.float64)])
    place = np.clip(times * fps + 0.5, 0, len(frames))
    whole = np.minimum(place.astype(int), len(frames) - 1)
    at = summed[whole] + (place - whole)[:, None] * (summed[whole + 1] - summed[whole])
    means: Curve = np.diff(at, axis=0) / np.maximum(np.diff(place), 1e-6)[:, None]
    return means


def thinned(song: Beatwise, most: int) -> Beatwise:
    """Of no more than `most` beats: neighbours are joined in pairs."""
    while len(song.loudness) > most:
        even = len(song.loudness) // 2 * 2
        power = np.power(10.0, song.loudness[:even] / 10).reshape(-1, 2).mean(axis=1)
        song = Beatwise(
            song.times[: even + 1 : 2],
            song.chroma[:even].reshape(-1, 2, song.chroma.shape[1]).mean(axis=1),
            song.timbre[:even].reshape(-1, 2, song.timbre.shape[1]).mean(axis=1),
            10 * np.log10(power),
        )
    return song
