"""The plate behind a line of text: a bar or box of one colour, often translucent, that comes and goes with the text.

Told by two pictures a few frames apart, one with the line and one without: all that a plate covers is mixed with one
colour in one proportion, and it ends in straight edges, which shares of rows and of columns find. Rounded corners are
taken for square ones; a plate that never goes is not told from a wall.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.regions import Box
from reelwright.kernels.strokes import Ycc

CHANGES = 12.0  # levels a plate changes its ground by, at least
VARIES = 40.0  # levels a plate's colour may vary, by what shines through
MOST = 0.4  # of the line's box is plate, at least
CLEAR = 0.75  # of the ground shines through a plate, at most
CLOSE, TIE = 20.0, 4.0  # levels: to what a plate would show there, and nearer to that than to the ground
HALF = 0.5  # of a row or column that is plate
SOFT = 2  # px beyond an edge that codecs smear


def extent(shown: Ycc, bare: Ycc, box: Box) -> Box | None:
    """The plate around the line in `box`, or None. `shown` and `bare`: [h, w, 3], the place with and without the line.

    Edges at the border of the picture are where the picture ends, not the plate.
    """
    here, before = shown.astype(np.float32), bare.astype(np.float32)
    left, top, right, bottom = box
    inside = slice(top, bottom), slice(left, right)
    # Letters cover less than half of their box, so that the commonest colour in it is what they stand on.
    colour = np.median(here[inside].reshape(-1, 3), axis=0)
    ground = np.abs(here[inside] - colour).max(axis=2) < VARIES
    if np.mean(ground) < MOST or np.abs(np.median((here - before)[inside][ground], axis=0)).max() < CHANGES:
        return None
    through, added = _mixed(here[inside][ground], before[inside][ground])
    if through > CLEAR:
        return None
    apart = np.abs(here - (before * through + added)).max(axis=2)
    like = (apart < CLOSE) & (apart <= np.abs(here - before).max(axis=2) + TIE)
    top, bottom = _reach(like[:, left:right].mean(axis=1), top, bottom)
    left, right = _reach(like[top:bottom].mean(axis=0), left, right)
    height, width = like.shape
    return max(0, left - SOFT), max(0, top - SOFT), min(width, right + SOFT), min(height, bottom + SOFT)


def _mixed(here: NDArray[np.float32], before: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
    """How much of the ground shines through (0–1), and what the plate adds to it: [n, 3] pixels after and before."""
    old, new = before[:, 0] - before[:, 0].mean(), here[:, 0] - here[:, 0].mean()
    through = float(np.clip(np.vdot(old, new) / max(1.0, float(np.vdot(old, old))), 0, 1))
    return through, np.asarray(np.median(here - before * np.float32(through), axis=0), np.float32)


def _reach(share: NDArray[np.float64], low: int, high: int) -> tuple[int, int]:
    """From a span that is on the plate outwards, to where it ends."""
    while low > 0 and share[low - 1] >= HALF:
        low -= 1
    while high < len(share) and share[high] >= HALF:
        high += 1
    return low, high


def at_border(plate: Box, shape: Sequence[int]) -> tuple[bool, bool, bool, bool]:
    """Does it reach the left, top, right, bottom border of a picture of `shape`?"""
    return plate[0] <= 0, plate[1] <= 0, plate[2] >= shape[1], plate[3] >= shape[0]
