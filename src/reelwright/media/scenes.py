"""Films that are made, not taken: pictures that are drawn one after the other, with a sound bed beside them."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy
from reelwright.media import encode, planes, wav

if TYPE_CHECKING:
    import av
else:
    av = lazy("av")

MATRIX_601, LIMITED = 6, 1
LOOK = 160  # px wide, at which motion is measured
STILL = 0.25
"""Mean difference of two frames, levels, below which the picture stands."""


class Motion:
    """How much the pictures of a film move, measured small as they go by."""

    def __init__(self, rate: Fraction) -> None:
        self._rate = rate
        self._last: NDArray[np.int16] | None = None
        self._total, self._count, self._run, self._longest = 0.0, 0, 0, 0

    def see(self, luma: NDArray[np.uint8]) -> None:
        """uint8 [h, w], the next picture."""
        step = max(1, luma.shape[1] // LOOK)
        now = luma[::step, ::step].astype(np.int16)
        if self._last is not None:
            difference = float(np.abs(now - self._last).mean())
            self._total += difference
            self._count += 1
            self._run = self._run + 1 if difference < STILL else 0
            self._longest = max(self._longest, self._run)
        self._last = now

    @property
    def mean(self) -> float:
        """Mean absolute difference from frame to frame, levels of 0 to 255."""
        return self._total / self._count if self._count else 0.0

    @property
    def longest_stand(self) -> float:
        """The longest time without motion, seconds."""
        return float(self._longest / self._rate)


def film(
    path: Path,
    pictures: Iterable[NDArray[np.uint8]],
    size: tuple[int, int],
    rate: Fraction,
    *,
    quality: encode.Quality,
    sound: Path | None,
) -> Motion:
    """Encode pictures, uint8 [h, w, 3 or 4] of even sides, RGB(A), at a constant rate; `sound` is put beside them."""
    colour = encode.Colour(range=LIMITED, primaries=1, transfer=1, matrix=MATRIX_601)
    picture = encode.Picture(size[0], size[1], 1 / rate, rate, colour=colour)
    motion = Motion(rate)
    with encode.Writer(path, picture, quality=quality, beside=sound) as writer:
        for number, drawn in enumerate(pictures):
            frame = av.VideoFrame(size[0], size[1], "yuv420p")
            frame.pts, frame.time_base = number, 1 / rate
            rgba = drawn if drawn.shape[2] == 4 else np.dstack([drawn, np.full(drawn.shape[:2], 255, np.uint8)])
            made = planes.from_rgba(rgba)
            motion.see(made[0])
            planes.put(made, planes.of(frame))
            writer.write(frame)
    return motion


def save_sound(path: Path, samples: NDArray[np.float32], rate: int) -> Path:
    """Write float32 [channels, samples] as WAV."""
    with wav.WavWriter(path, rate=rate, channels=samples.shape[0]) as writer:
        writer.write(samples)
    return path
