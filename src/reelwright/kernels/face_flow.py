"""Where a face went from one frame to the next, by optical flow of what is on it.

Corners within the face are followed (Lucas, Kanade 1981, in pyramids: Bouguet 2000); a shift, turn and scale that most
of them agree on moves all points of the face, and what they do beside that moves the points near them: a mouth that
opens, a lid that falls. The picture of the face must look alike afterwards, or it counts as lost. Faces are seen at one
size, whatever theirs is, so that near ones cost no more than far ones.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import landmarks
from reelwright.kernels.landmarks import Points
from reelwright.kernels.maps import Plane
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

BREADTH = 90.0  # px of a face when it is followed; smaller ones stay as they are
AROUND = 0.4  # of its size, beside it: how far it may have gone
CORNERS = 50
LEAST_CORNERS = 8
APART = 0.05  # of its breadth, between two corners
WINDOW = (13, 13)
LEVELS = 3
AGREES = 1.5  # px
AGREE_SHARE = 0.4  # of the corners that must tell of the same motion
ALIKE = 0.55  # correlation of the face before and after
NEARBY = 0.1  # of the breadth: so far a corner's own motion reaches
SURE_WEIGHT = 0.5  # of a corner; a point far from all of them does not move by itself
LAYOUT = (32, 18)
CHANGED = 9.0  # grey levels of a cell of the layout
CUT_SHARE = 0.5  # of the cells: so much does not change when somebody comes or goes


def followed(before: Plane, after: Plane, points: Points) -> Points | None:
    """The points of a face in the next frame; None if it is lost. Planes: luma, uint8 [h, w], of one size."""
    x, y, wide, tall = landmarks.bounds(points)
    window = _window((x, y, wide, tall), before.shape)
    scale = min(1.0, BREADTH / landmarks.unit(points))
    pair = [_seen(plane, window, scale) for plane in (before, after)]
    if min(pair[0].shape) < 2 * WINDOW[0]:
        return None
    corner = np.array([window[0], window[1]], np.float32)
    own = (points - corner) * np.float32(scale)
    starts, ends = _corners(pair[0], pair[1], own)
    if len(starts) < LEAST_CORNERS:
        return None
    motion = _common(starts, ends)
    if motion is None or not _is_alike(pair[0], pair[1], own, motion):
        return None
    moved = _carried(own, motion)
    moved += _beside(moved, ends, ends - _carried(starts, motion), landmarks.unit(own))
    return np.asarray(moved / np.float32(scale) + corner, np.float32)


def is_cut(before: Plane, after: Plane) -> bool:
    """Is it another shot? Only asked where a face was lost, so that a rough answer will do."""
    one, other = (
        np.asarray(cv2.resize(plane, LAYOUT, interpolation=cv2.INTER_AREA), np.float32) for plane in (before, after)
    )
    return float((np.abs(one - other) > CHANGED).mean()) > CUT_SHARE


def _window(box: tuple[float, float, float, float], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the box and what is around it, inside the picture."""
    x, y, wide, tall = box
    beside = AROUND * max(wide, tall)
    left, top = max(0, int(x - beside)), max(0, int(y - beside))
    return left, top, min(shape[1], int(x + wide + beside)), min(shape[0], int(y + tall + beside))


def _seen(plane: Plane, window: tuple[int, int, int, int], scale: float) -> Plane:
    left, top, right, bottom = window
    part = plane[top:bottom, left:right]
    if scale == 1 or part.size == 0:
        return np.ascontiguousarray(part)
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _corners(before: Plane, after: Plane, own: Points) -> tuple[Points, Points]:
    """Where corners of the face were, and are."""
    inside = np.zeros(before.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.round(cv2.convexHull(landmarks.outline(own))).astype(np.int32), 1)
    apart = max(2.0, APART * landmarks.unit(own))
    found: Any = cv2.goodFeaturesToTrack(before, CORNERS, 0.01, apart, mask=inside)
    if found is None:  # a flat face
        return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
    starts = np.asarray(found, np.float32)
    # The wanted array is made by OpenCV; its stubs do not know that.
    ends, there, _ = cv2.calcOpticalFlowPyrLK(before, after, starts, None, winSize=WINDOW, maxLevel=LEVELS)  # type: ignore[call-overload]
    kept = there[:, 0] == 1
    return starts[kept, 0], np.asarray(ends, np.float32)[kept, 0]


def _common(starts: Points, ends: Points) -> NDArray[np.float32] | None:
    """The shift, turn and scale [2, 3] that most corners agree on; None if they do not."""
    found: Any = cv2.estimateAffinePartial2D(starts, ends, method=cv2.RANSAC, ransacReprojThreshold=AGREES)
    motion, agreeing = found
    if motion is None or agreeing.mean() < AGREE_SHARE:
        return None
    return np.asarray(motion, np.float32)


def _carried(points: Points, motion: NDArray[np.float32]) -> Points:
    return np.asarray(points @ motion[:, :2].T + motion[:, 2], np.float32)


def _is_alike(before: Plane, after: Plane, own: Points, motion: NDArray[np.float32]) -> bool:
    size = (before.shape[1], before.shape[0])
    back = cv2.warpAffine(after, motion, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    inside = np.zeros(before.shape, np.float32)
    cv2.fillConvexPoly(inside, np.round(cv2.convexHull(landmarks.outline(own))).astype(np.int32), 1)
    return _correlation(before.astype(np.float32), np.asarray(back, np.float32), inside) > ALIKE


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32], weight: NDArray[np.float32]) -> float:
    total = float(weight.sum()) + 1e-6
    a, b = (array - float((weight * array).sum()) / total for array in (one, other))
    norm = float((weight * a * a).sum()) * float((weight * b * b).sum())
    return float((weight * a * b).sum()) / norm**0.5 if norm > 1 else 0.0


def _beside(points: Points, places: Points, own: Points, unit: float) -> Points:
    """What each point does beside the common motion: the mean of the corners near it."""
    across, down = (points[:, None, axis] - places[None, :, axis] for axis in (0, 1))
    away = (across * across + down * down) / np.float32(2 * (NEARBY * unit) ** 2)
    # A corner that went astray says nothing of its neighbours.
    usual = np.hypot(own[:, 0], own[:, 1]) < np.float32(3 * AGREES)
    weight = np.exp(-away) * usual
    return np.asarray(weight @ own / (weight.sum(axis=1, keepdims=True) + np.float32(SURE_WEIGHT)), np.float32)
