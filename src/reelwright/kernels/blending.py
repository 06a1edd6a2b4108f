"""One picture over another: Porter and Duff's `over`, and the blend modes of W3C's "Compositing and Blending Level 1".

Colours are taken as they are stored (gamma-coded), as all picture editors do by default.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.rows import by_rows

Picture = NDArray[np.uint8]
Values = NDArray[np.float32]
Mode = Literal[
    "normal", "multiply", "screen", "overlay", "soft_light", "difference", "add", "subtract", "lighten", "darken"
]

FULL = np.float32(255)


def product(one: Picture, other: Picture) -> Picture:
    """uint8 times uint8, 255 counting as one."""
    return np.asarray(np.rint(one.astype(np.float32) * other / FULL), np.uint8)


def over(
    below: Picture,
    above: Picture,
    share: Picture,
    *,
    x: int = 0,
    y: int = 0,
    opacity: float = 1.0,
    mode: Mode = "normal",
) -> Picture:
    """`above`, uint8 [h', w', 3] with `share` [h', w'] as its alpha, over `below`, uint8 [h, w, 4], at (x, y).

    What sticks out is cut off. `mode` blends the colours first, as far as there is something below. uint8 [h, w, 4],
    alpha not multiplied in.
    """
    height, width = below.shape[:2]
    tall, wide = share.shape
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + wide), min(height, y + tall)
    made = below.copy()
    if left >= right or top >= bottom:
        return made
    part = (slice(top - y, bottom - y), slice(left - x, right - x))

    def lay(under: Picture, colours: Picture, covering: Picture) -> Picture:
        if mode != "normal":
            mixed = blended(under[..., :3], colours, 1.0, mode)
            colours = _between(colours, mixed, under[..., 3:])
        return _over(under.astype(np.float32), colours, covering.astype(np.float32) * np.float32(opacity / 255))

    made[top:bottom, left:right] = by_rows(lay, below[top:bottom, left:right], above[part], share[part])
    return made


def _between(one: Picture, other: Picture, share: Picture) -> Picture:
    """The one where `share` is 0, the other where it is 255."""
    first = one.astype(np.float32)
    return np.asarray(np.rint(first + share / FULL * (other.astype(np.float32) - first)), np.uint8)


def _over(under: Values, above: Picture, share: Values) -> Picture:
    new = share[..., None]
    old = under[..., 3:] / FULL * (1 - new)
    total = new + old
    colours = (above * new + under[..., :3] * old) / np.maximum(total, np.float32(1e-6))
    colours = np.where(total > 0, colours, under[..., :3])
    return np.asarray(np.rint(np.concatenate([colours, total * FULL], axis=2)), np.uint8)


def blended(below: Picture, above: Picture, factor: float, mode: Mode) -> Picture:
    """`below` blended with `above` of the same shape, uint8; `factor` 0 leaves it as it is."""

    def blend(one: Picture, other: Picture) -> Picture:
        b, s = one.astype(np.float32) / FULL, other.astype(np.float32) / FULL
        mixed = b + np.float32(factor) * (np.clip(MODES[mode](b, s), 0, 1) - b)
        return np.asarray(np.rint(mixed * FULL), np.uint8)

    return by_rows(blend, below, above)


def _overlay(b: Values, s: Values) -> Values:
    return np.where(b <= 0.5, 2 * b * s, 1 - 2 * (1 - b) * (1 - s)).astype(np.float32)


def _soft_light(b: Values, s: Values) -> Values:
    bent = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
    return np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (bent - b)).astype(np.float32)


MODES: dict[Mode, Callable[[Values, Values], Values]] = {
    "normal": lambda b, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": _overlay,
    "soft_light": _soft_light,
    "difference": lambda b, s: np.abs(b - s),
    "add": lambda b, s: b + s,
    "subtract": lambda b, s: b - s,
    "lighten": lambda b, s: np.maximum(b, s),
    "darken": lambda b, s: np.minimum(b, s),
}
