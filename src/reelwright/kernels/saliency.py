"""What draws the eye in a small grey picture: what moves against the camera, and what is unlike the rest.

Motion: the camera's own movement between samples is estimated from tracked corners (a similarity, RANSAC) and
undone; what then still differs from both the sample before and the one after is where something moves now (the
two differences alone would also show where it was and will be). Stillness: the spectral residual (Hou, Zhang:
Saliency Detection: A Spectral Residual Approach, CVPR 2007).

All pictures are uint8 [height, width] of one size, about 160 wide. Nothing here knows what a thing is.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Gray = NDArray[np.uint8]
Map = NDArray[np.float32]
Camera = NDArray[np.float64] | None
"""The 2x3 matrix that maps one picture onto another; None where that is not known."""

FIXED: NDArray[np.float64] = np.eye(2, 3)
CORNERS = 48
FAINTEST = 0.002  # of the strongest corner
WINDOW = (13, 13)  # px around a corner by which it is tracked
NEARLY = (3, 10, 0.03)  # OpenCV's kind (both), steps, px: when a corner counts as found; RANSAC asks for one pixel
MIN_CORNERS = 12  # fewer say nothing certain of the camera
NOISE = 12.0  # grey levels a still picture may differ by, from compression and sensor noise
SPECTRUM = 64  # the width at which the spectral residual is taken, as in the paper
STILL = 0.02  # pixels, or parts of the size, below which a camera counts as fixed
STEEP = 40  # grey levels from one pixel to the next of an edge that shows the least shift
FEW_STEEP = 100  # fewer such pixels prove nothing
SHIFTED = 0.1  # part of them that may have changed while the camera stands: what moves before it
MARGIN = 4  # pixels at the border that a moved camera leaves unknown


def moving(before: Gray, now: Gray, after: Gray, came: Camera, goes: Camera) -> Map:
    """How much each pixel of `now` moves against the camera: float32 [height, width], grey levels above noise.

    `came` is `camera_motion(before, now)`, `goes` is `camera_motion(now, after)`.
    """
    back = None if goes is None else np.asarray(cv2.invertAffineTransform(goes), np.float64)
    least = np.minimum(_difference(before, now, came), _difference(after, now, back))
    return np.maximum(least - NOISE, 0)


def spectral_residual(gray: Gray) -> Map:
    """Saliency of a still picture: float32 [height, width], sum 1."""
    height, width = gray.shape
    small = cv2.resize(gray, (SPECTRUM, max(8, round(SPECTRUM * height / width))), interpolation=cv2.INTER_AREA)
    spectrum = np.fft.fft2(small.astype(np.float32))
    log = np.log(np.abs(spectrum) + 1e-6).astype(np.float32)
    residual = log - cv2.blur(log, (3, 3))
    found = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = cv2.GaussianBlur(found.astype(np.float32), (0, 0), 2.5)
    full = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR).clip(0)
    return np.asarray(full / max(float(full.sum()), 1e-12), np.float32)


def camera_motion(source: Gray, target: Gray) -> Camera:
    """The 2x3 similarity that maps `source` onto `target`, or None where too little can be tracked."""
    if _stands(source, target):
        return FIXED
    corners = cv2.goodFeaturesToTrack(source, CORNERS, FAINTEST, 5)
    if corners is None or len(corners) < MIN_CORNERS:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        source, target, corners, _none(), winSize=WINDOW, maxLevel=2, criteria=NEARLY
    )
    kept = found.ravel() == 1
    if kept.sum() < MIN_CORNERS:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(
        corners[kept], moved[kept], method=cv2.RANSAC, ransacReprojThreshold=1.0, maxIters=100
    )
    if matrix is None or inliers.sum() < MIN_CORNERS // 2:
        return None
    guessed = np.asarray(matrix, np.float64)
    # All corners may lie on the one thing that moves before a soft ground; then standing still explains more.
    return FIXED if _changed(source, target, FIXED) <= _changed(source, target, guessed) else guessed


def _changed(source: Gray, target: Gray, camera: NDArray[np.float64]) -> float:
    """Share of the picture that this motion does not explain."""
    moved = cv2.warpAffine(source, camera, target.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    changed = cv2.threshold(cv2.absdiff(np.asarray(moved, np.uint8), target), NOISE, 1, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(changed) / target.size


def _stands(source: Gray, target: Gray) -> bool:
    """Have the edges stayed where they are? A fortieth of the time it takes to track corners."""
    steep = cv2.absdiff(source[:, 1:], source[:, :-1])[:-1] > STEEP
    steep |= cv2.absdiff(source[1:], source[:-1])[:, :-1] > STEEP
    changed = cv2.absdiff(source, target)[:-1, :-1][steep] > NOISE
    return len(changed) >= FEW_STEEP and bool(changed.mean() <= SHIFTED)


def _none() -> Any:
    return None  # OpenCV's stubs want an array where None asks it to make one


def _difference(other: Gray, now: Gray, camera: Camera) -> Map:
    unknown = None
    if camera is not None and np.abs(camera - FIXED).max() > STILL:
        known = cv2.warpAffine(np.full_like(other, 255), camera, now.shape[::-1])
        unknown = cv2.erode(known, np.ones((MARGIN, MARGIN), np.uint8)) < 255
        other = np.asarray(cv2.warpAffine(other, camera, now.shape[::-1]), np.uint8)
    # The blur forgives edges that were registered half a pixel off.
    difference = cv2.GaussianBlur(cv2.absdiff(other, now), (5, 5), 0).astype(np.float32)
    if unknown is not None:
        difference[unknown] = 0
    return np.asarray(difference)
