"""The landmarks of a face, by name: its outline, eyes, brows, nose and mouth, and the axes they span.

Numbers are those of the 478-point mesh (Kartynnik et al., "Real-time facial surface geometry from monocular video
on mobile GPUs", 2019; with the irises of Grishchenko et al., "Attention mesh", 2020). "Left" and "right" are those of
the picture. Where only a box is known the outline is an ellipse in it, and there is nothing else.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Points = NDArray[np.float32]
"""[n, 2]: x, y in pixels of the picture."""

COUNT = 478
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
"""Clockwise from the middle of the forehead."""
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
MOUTH = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
LEFT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
RIGHT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
LEFT_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
RIGHT_BROW = (276, 283, 282, 295, 285, 336, 296, 334, 293, 300)
LEFT_NOSTRIL = (98, 97, 99, 240, 64)
RIGHT_NOSTRIL = (327, 326, 328, 460, 294)
FOREHEAD, CHIN, NOSE_TIP = 10, 152, 1
LEFT_SIDE, RIGHT_SIDE = 234, 454
"""Where the face is broadest, beside the ears."""

CORNERS = 36  # of the ellipse that stands for an outline
TALL = 0.75  # of a face's height that counts as its breadth, at least: turned away it is narrow
LEAST_UNIT = 4.0  # px


@dataclass(frozen=True, slots=True)
class Axes:
    """A face's own coordinates: `centre` between the eyes, `right` and `down` unit vectors, `unit` its breadth (px)."""

    centre: Points
    right: Points
    down: Points
    unit: float

    def inward(self, points: Points) -> Points:
        """Pixels to the face's own coordinates, in units."""
        basis = np.stack([self.right, self.down], axis=1)
        return ((points - self.centre) @ basis / np.float32(self.unit)).astype(np.float32)

    def outward(self, steps: Points) -> Points:
        """Steps in units along the axes, as steps in pixels."""
        return (steps @ np.stack([self.right, self.down]) * np.float32(self.unit)).astype(np.float32)


def axes(mesh: Points) -> Axes:
    """The axes of a mesh [478, 2]."""
    left, right = mesh[list(LEFT_EYE)].mean(axis=0), mesh[list(RIGHT_EYE)].mean(axis=0)
    across = right - left
    length = max(float(np.hypot(*across)), 1e-3)
    along = across / np.float32(length)
    down = np.array([-along[1], along[0]], np.float32)
    return Axes((left + right) / 2, along, down, unit(mesh))


def unit(points: Points) -> float:
    """A face's breadth in pixels, little changed by turning away; of a mesh or of an ellipse."""
    if is_mesh(points):
        broad = float(np.hypot(*(points[RIGHT_SIDE] - points[LEFT_SIDE])))
        high = float(np.hypot(*(points[CHIN] - points[FOREHEAD])))
    else:
        broad, high = map(float, np.ptp(points, axis=0))
    return max(broad, TALL * high, LEAST_UNIT)


def frontality(mesh: Points) -> float:
    """1 for a face that looks at the camera, 0 for one turned so far that one cheek is hidden."""
    own = axes(mesh).inward(mesh)
    left, right = own[NOSE_TIP, 0] - own[LEFT_SIDE, 0], own[RIGHT_SIDE, 0] - own[NOSE_TIP, 0]
    share = min(left, right) / max(left, right, 1e-3)
    return float(np.clip((share - 0.12) / 0.25, 0, 1))


def is_mesh(points: Points) -> bool:
    return len(points) == COUNT


def outline(points: Points) -> Points:
    """The polygon around the face."""
    return points[list(OVAL)] if is_mesh(points) else points


def features(points: Points) -> tuple[Points, ...]:
    """Polygons around eyes, brows, lips and nostrils; none where there is no mesh."""
    if not is_mesh(points):
        return ()
    groups = (LEFT_EYE, RIGHT_EYE, LEFT_BROW, RIGHT_BROW, LIPS, LEFT_NOSTRIL, RIGHT_NOSTRIL)
    return tuple(np.asarray(cv2.convexHull(points[list(one)]), np.float32)[:, 0] for one in groups)


def ellipse(x: float, y: float, width: float, height: float) -> Points:
    """The outline taken for a face of which only this box is known."""
    turn = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    across, down = x + width / 2 + np.sin(turn) * width / 2, y + height / 2 - np.cos(turn) * height / 2
    return np.stack([across, down], axis=1).astype(np.float32)


def bounds(points: Points) -> tuple[float, float, float, float]:
    """x, y, width, height of the box around the outline."""
    around = outline(points)
    low, size = around.min(axis=0), np.ptp(around, axis=0)
    return float(low[0]), float(low[1]), float(size[0]), float(size[1])
