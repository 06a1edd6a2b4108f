"""Seeded noise: lines for ridges and waves, textures for clouds. Midpoint displacement and value noise in octaves."""

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]
Texture = NDArray[np.float32]


def line(seed: int, count: int, *, octaves: int = 6, base: int = 3, fall: float = 0.5) -> Line:
    """A rough line.

    Args:
        seed: The same seed gives the same line.
        count: Points of it, 2 or more.
        octaves: Layers of detail, each with twice the frequency of the one before.
        base: Bumps of the first layer.
        fall: Share of height that each layer keeps of the one before; larger is rougher.

    Returns:
        float64 [count], -1 to 1.
    """
    generator = np.random.default_rng(seed)
    at = np.linspace(0.0, 1.0, count)
    total, height, whole = np.zeros(count), 1.0, 0.0
    for octave in range(octaves):
        bumps = base * 2**octave
        values = generator.uniform(-1.0, 1.0, bumps + 2)
        place = at * bumps
        low = np.floor(place).astype(int)
        part = place - low
        part = part * part * (3 - 2 * part)
        total += height * (values[low] * (1 - part) + values[low + 1] * part)
        whole += height
        height *= fall
    return total / whole


def texture(seed: int, width: int, height: int, *, octaves: int = 5, base: int = 3) -> Texture:
    """A cloudy texture, the same at its left and right edges.

    Returns:
        float32 [height, width], 0 to 1.
    """
    generator = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    share, whole = 1.0, 0.0
    for octave in range(octaves):
        columns, rows = base * 2**octave, max(2, round(base * 2**octave * height / width))
        grid = generator.random((rows + 2, columns)).astype(np.float32)
        total += share * _stretched(np.concatenate([grid, grid[:, :1]], axis=1), width, height)
        whole += share
        share *= 0.5
    return total / whole


def _stretched(grid: Texture, width: int, height: int) -> Texture:
    x = np.linspace(0, grid.shape[1] - 1.001, width)
    y = np.linspace(0, grid.shape[0] - 1.001, height)
    left, top = x.astype(int), y.astype(int)
    right, down = _smooth(x - left), _smooth(y - top)
    upper = grid[top][:, left] * (1 - right) + grid[top][:, left + 1] * right
    lower = grid[top + 1][:, left] * (1 - right) + grid[top + 1][:, left + 1] * right
    mixed: Texture = upper * (1 - down)[:, None] + lower * down[:, None]
    return mixed


def _smooth(part: NDArray[np.float64]) -> NDArray[np.float32]:
    return (part * part * (3 - 2 * part)).astype(np.float32)
