"""Wipes: one shot uncovers the next part by part, along a line, a circle or any other shape.

In the midst of a wipe each cell of the picture is of the old shot or of the new one, hardly any is between the two, and
none goes back. Neither a moving camera nor a mixture looks like that. Shots that push each other out are not known:
their pictures move.
"""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

LEAST = 12.0  # grey levels by which a cell of the new shot differs, to tell anything
SHOWN = 0.6  # share of the cells that do
NEAR = 0.4  # of the way between the shots: so far may what moves in a shot take a cell from it
FITTING = 0.9  # share of the cells, over all frames, that are so near to one of the two…
FITTING_ONE = 0.7  # …and of each frame alone
HALFWAY = 0.12  # share of the cells that either shot has at least in the frame in the middle
STEEPEST = 0.4  # of the picture from one frame to the next, at most
BACK = 0.06  # of the picture that may seem to go back
FRAMES = 4  # in which both shots are seen
BESIDE = 2  # frames before and after that show one shot alone
PURE = 0.06  # share of the cells of the other shot in a picture that counts as one shot's


def extent(cells: Vector) -> tuple[int, int] | None:
    """First and last index of the frames in which both shots are seen; None if the span shows no wipe.

    `cells`: float32 [frames, cells * 3], 0-255 (`kernels.glances.layout`), from the one shot to the other.
    """
    middle = _parts(cells[[0, len(cells) // 2, -1]])
    if middle is None or not _is_between(*(one[1] for one in middle)):
        return None
    found = _parts(cells)
    if found is None:
        return None
    parts, near = found
    fitting = near.mean(1)
    share = (parts > 0.5).mean(1)
    steps = np.diff(share)
    both = np.flatnonzero((share > PURE) & (share < 1 - PURE))
    even = len(both) >= FRAMES and steps.max() <= STEEPEST and steps.min() >= -BACK
    if not even or fitting.mean() < FITTING or fitting.min() < FITTING_ONE:
        return None
    first, last = int(both[0]), int(both[-1])
    return (first, last) if first >= BESIDE and last < len(cells) - BESIDE else None


def _is_between(parts: Vector, near: NDArray[np.bool_]) -> bool:
    share = float((parts > 0.5).mean())
    return bool(near.mean() > FITTING_ONE and HALFWAY < share < 1 - HALFWAY)


def _parts(cells: Vector) -> tuple[Vector, NDArray[np.bool_]] | None:
    """How far each cell has gone from the first picture to the last, and whether it is near to one of them."""
    colours = cells.reshape(len(cells), -1, 3)
    way = colours[-1] - colours[0]
    far = (way * way).sum(1)
    shown = far > 3 * LEAST * LEAST
    if shown.mean() < SHOWN:
        return None
    off, way, far = (colours - colours[0])[:, shown], way[shown], far[shown]
    parts = np.asarray((off * way).sum(2) / far, np.float32)
    rest = off - np.where(parts > 0.5, 1, 0)[..., None] * way
    near: NDArray[np.bool_] = (rest * rest).sum(2) < NEAR * NEAR * far
    return parts, near
