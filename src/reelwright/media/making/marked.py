"""A film with a logo on it, beside the same film without one.

The camera pans over a cloudy texture by whole pixels, or stands still; shots are other textures. The logo is a card
with a ring and bars on it, or the ring and bars alone, laid over with a known opacity, for all of the film or a part.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.media.making.writing import Rgb, Samples, write_video

RED, WHITE = (190, 40, 50), (245, 245, 240)
GRAINS = ((5, 0.4), (17, 0.3), (53, 0.2), (150, 0.1))  # cells across the texture, weight


@dataclass(frozen=True, slots=True)
class Mark:
    """What is laid over. `box`: left, top, width, height in pixels; `span`: seconds, the whole film if None."""

    box: tuple[int, int, int, int]
    opacity: float = 1.0
    card: bool = True
    span: tuple[float, float] | None = None

    def drawn(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Colours [h, w, 3] and cover [h, w, 1]."""
        _, _, width, height = self.box
        y, x = np.mgrid[:height, :width].astype(np.float32)
        ring = np.abs(np.hypot(x - height / 2, y - height / 2) - height * 0.28) < height * 0.09
        bars = (x > height) & (x < width - height * 0.2) & (np.abs((y / height * 5) % 2 - 1) < 0.5)
        sign = ring | (bars & (y > height * 0.2) & (y < height * 0.8))
        colours = np.where(sign[..., None], WHITE, RED).astype(np.float32)
        cover = np.ones_like(sign) if self.card else sign
        return colours, (cover[..., None] * np.float32(self.opacity)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Marked:
    """The film, and the one without the marks; both are coded alike."""

    path: Path
    clean: Path
    size: tuple[int, int]
    fps: Fraction
    frames: int
    marks: tuple[Mark, ...]


def marked(
    path: Path,
    marks: Sequence[Mark],
    *,
    size: tuple[int, int] = (640, 360),
    seconds: float = 3.0,
    fps: int = 25,
    pan: int = 3,
    shots: int = 1,
    sound: Samples | None = None,
    seed: int = 0,
    crf: int = 16,
) -> Marked:
    """Make both. `pan`: pixels a frame, sideways; a third of it downwards. The clean one lies beside, `*.clean.mp4`."""
    count = round(seconds * fps)
    clean = path.with_suffix(".clean.mp4")

    def pictures() -> Iterator[Rgb]:
        return _scenes(size, count, pan, shots, seed)

    write_video(clean, pictures(), size=size, fps=fps, crf=crf)
    write_video(path, laid_over(pictures(), marks, fps), size=size, fps=fps, crf=crf, sound=sound)
    return Marked(path, clean, size, Fraction(fps), count, tuple(marks))


def laid_over(pictures: Iterable[Rgb], marks: Sequence[Mark], fps: float) -> Iterator[Rgb]:
    """The pictures, uint8 [h, w, 3], with the marks on them."""
    layers = [(mark, *mark.drawn()) for mark in marks]
    for index, rgb in enumerate(pictures):
        picture = rgb.astype(np.float32)
        for mark, colours, cover in layers:
            if mark.span is None or mark.span[0] <= index / fps < mark.span[1]:
                left, top, width, height = mark.box
                part = picture[top : top + height, left : left + width]
                part += (colours - part) * cover
        yield np.rint(picture).astype(np.uint8)


def _scenes(size: tuple[int, int], count: int, pan: int, shots: int, seed: int) -> Iterator[Rgb]:
    width, height = size
    length = -(-count // shots)
    for shot in range(shots):
        random = np.random.default_rng([seed, shot])
        texture = _texture(random, width + pan * length, height + pan * length // 3)
        for index in range(min(length, count - shot * length)):
            left, top = pan * index, pan * index // 3
            yield np.ascontiguousarray(texture[top : top + height, left : left + width])


def _texture(random: np.random.Generator, width: int, height: int) -> Rgb:
    mix = np.zeros((height, width, 3), np.float32)
    for across, weight in GRAINS:
        grid = random.random((max(2, round(across * height / width)) + 1, across + 1, 3), dtype=np.float32)
        mix += np.float32(weight) * _stretched(grid, width, height)
    mix = np.clip((mix - 0.5) * 2.2 + 0.5, 0, 1) * 190 + 20
    grain = random.normal(0, 1.5, mix.shape).astype(np.float32)
    return np.asarray((mix + grain).clip(0, 255), np.uint8)


def _stretched(grid: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Bilinear: [h, w, 3] -> [height, width, 3]."""
    rows, columns = np.linspace(0, grid.shape[0] - 1.001, height), np.linspace(0, grid.shape[1] - 1.001, width)
    y, x = rows.astype(int), columns.astype(int)
    v, u = (rows - y)[:, None, None].astype(np.float32), (columns - x)[None, :, None].astype(np.float32)
    above = grid[y][:, x] * (1 - u) + grid[y][:, x + 1] * u
    below = grid[y + 1][:, x] * (1 - u) + grid[y + 1][:, x + 1] * u
    return np.asarray(above * (1 - v) + below * v, np.float32)
