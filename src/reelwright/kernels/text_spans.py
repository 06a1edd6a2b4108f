"""From which frame to which a known line of text is on the screen, exactly, fades included.

A line's pattern is its picture without what changes slowly across it. How much of that pattern a frame holds
(`Pattern.presence`: 1 for the full line, 0 for none) is one product of arrays; the ground behind the text hardly
counts, because it does not look like letters. Hard edges are where the presence jumps. A fade is followed for as
long as the presence still falls towards the level it has without the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.strokes import Mask
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[np.uint8]
Levels = NDArray[np.float64]

ON = 0.5  # presence from which the line is on the screen; below, it is gone or fading
NEARLY = 0.04  # presence over the level without the line that cannot be seen any more
UNREST = 2.0  # times its usual step from frame to frame
SETTLED = 6  # frames behind an edge that give that level


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What a line adds to a picture, one array for each plane (Y, Cb, Cr), zero off its strokes."""

    weights: tuple[NDArray[np.float32], ...]
    side: int
    norm: float

    @classmethod
    def of(cls, planes: Sequence[Plane], mask: Mask, height: int) -> "Pattern":
        """From a picture of the line: uint8 planes of 4:2:0, `mask` bool [h, w] of luma; `height` of the line."""
        side = max(3, height | 1)
        weights = []
        for plane in planes:
            fine = _fine(plane, side if plane.shape == mask.shape else max(3, side // 2 | 1))
            weights.append(fine * _sized(mask, plane))
        return cls(tuple(weights), side, max(1.0, sum(float(np.vdot(one, one)) for one in weights)))

    def presence(self, planes: Sequence[Plane]) -> float:
        """How much of the line a picture of the same place holds: 1 all of it, 0 none."""
        luma = self.weights[0].shape
        found = 0.0
        for weight, plane in zip(self.weights, planes, strict=True):
            side = self.side if plane.shape == luma else max(3, self.side // 2 | 1)
            found += float(np.vdot(weight, _fine(plane, side)))
        return found / self.norm


def extent(levels: Levels, seen: int) -> tuple[int, int]:
    """First frame with the line, and the first without: indices into `levels`, the presence in each frame in turn.

    `seen` is a frame in which the line surely is on the screen.
    """
    on = levels >= ON * max(levels[seen], ON)
    first, end = seen, seen + 1
    while first > 0 and on[first - 1]:
        first -= 1
    while end < len(levels) and on[end]:
        end += 1
    return first - _fading(levels[:first][::-1]), end + _fading(levels[end:])


def _fading(outwards: Levels) -> int:
    """How many of the frames behind an edge still show a rest of the line."""
    count = 0
    while count + 1 < len(outwards):
        behind = outwards[count + 1 : count + 1 + SETTLED]
        without = float(np.median(behind))
        # The ground looks a little like the line, now more, now less.
        unrest = float(np.median(np.abs(np.diff(behind)))) if len(behind) > 1 else 0.0
        if outwards[count] < outwards[count + 1] or outwards[count] - without < NEARLY + UNREST * unrest:
            break
        count += 1
    return count


def _fine(plane: Plane, side: int) -> NDArray[np.float32]:
    """A plane without what changes slowly."""
    return np.asarray(cv2.subtract(plane, cv2.blur(plane, (side, side)), dtype=cv2.CV_32F), np.float32)


def _sized(mask: Mask, plane: Plane) -> NDArray[np.float32]:
    if mask.shape == plane.shape:
        return mask.astype(np.float32)
    size = (plane.shape[1], plane.shape[0])
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
