"""How the camera moved between two pictures of one place, where parts of both are not to be trusted.

Two steps. `between` follows corners (pyramidal Lucas-Kanade) and keeps the motion most of them agree on (RANSAC).
`Anchor.refine` then sharpens a guess to hundredths of a pixel by comparing brightness itself, at some thousand
places of strong gradient (inverse compositional Gauss-Newton with Tukey weights; the light may change by gain and
offset). Unknown pixels take part in neither. What moves against most of the picture counts as an outlier.

A motion is an affine map, float64 [3, 3], that takes a place (x, y, 1) of the target to the same place of the scene
in the source. Lumas are int16 [height, width] as `smoothed` makes them, in parts of a grey level: half the memory of
floats, and many are held; masks are bool of that shape. Parallax and rolling shutter
are not modelled: a small region sees little of them.

Source: Baker & Matthews, "Lucas-Kanade 20 Years On" (2004).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Luma = NDArray[np.int16]
Field = NDArray[np.float32]
Mask = NDArray[np.bool_]
Affine = NDArray[np.float64]

CORNERS = 160  # followed from one frame to the next
CORNER_QUALITY, CORNER_GAP = 0.01, 7  # of the best corner; px
WINDOW, LEVELS = 15, 3  # px of the Lucas-Kanade window; halvings above full size
LEAST_CORNERS = 8  # that agree
AGREE = 1.0  # px
CLEAR = 6  # px of a corner from anything unknown
CELL = 4  # px; at most one place of each cell is compared
PLACES, QUICK = 1500, 4  # compared at most; every how many of them at a quick look
LEAST_PLACES = 40
FLAT = 2.0  # grey levels a pixel: less gradient tells nothing
MARGIN = 3  # px of a compared place from anything unknown, for the smoothing
STEPS = 8
SETTLED, SETTLED_QUICK = 0.01, 0.03  # px
STALLS = 0.7  # of the step before: one that is longer comes no nearer
NOISE = 1.5  # grey levels that are never an outlier
TUKEY = 4.7  # scales
LOOSE = 1.0  # px by which a guess is off, where the picture does not tell better
SMOOTHING = 0.8  # px, standard deviation
FINE = 32  # steps of a grey level in a smoothed luma
PULL = np.array([1, 1, 1, 1, 1, 1, 0.01, 0.01])  # of the motion's six numbers, and of gain and offset
PARTS, ENOUGH, SPREAD = 4, 4, 6  # parts of a picture each way; places that tell of one; parts that tell of turns
NARROW = np.array([1e6, 1e6, 1, 1e6, 1e6, 1, 1, 1])  # the same where places lie together: shifts alone are told there
MEDIAN_OF = 500  # values at most: more do not make it better


@dataclass(frozen=True, slots=True)
class Match:
    """A refined motion. `error`: median difference at the compared places, grey levels; `seen`: their share."""

    motion: Affine
    error: float
    seen: float


def identity() -> Affine:
    return np.eye(3)


def shift(motion: Affine, size: tuple[int, int]) -> float:
    """The farthest any corner of a (width, height) picture is moved, in pixels."""
    width, height = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], float).T
    return float(np.abs((motion @ corners - corners)[:2]).max())


def smoothed(luma: Field) -> Luma:
    """A luma of 0-255 as the steps below want it: without the finest grain, in parts of a grey level."""
    return np.asarray(np.rint(cv2.GaussianBlur(luma, (0, 0), SMOOTHING) * FINE), np.int16)


def smoothed_plane(plane: NDArray[Any]) -> Luma:
    """The same for a plane of 8 bits, or of 10 in uint16."""
    fine = np.multiply(plane, FINE if plane.dtype == np.uint8 else FINE // 4, dtype=np.int16)
    return np.asarray(cv2.GaussianBlur(fine, (0, 0), SMOOTHING), np.int16)


def grown(mask: Mask, by: int) -> Mask:
    """The mask and all within `by` pixels of it."""
    if by <= 0:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), bool)


def between(target: NDArray[np.uint8], source: NDArray[np.uint8], unknown: Mask) -> Affine | None:
    """The motion of most corners of `target` (uint8 luma) that are known; None where too few agree.

    Unknown parts of both should be filled smoothly before: windows reach into them.
    """
    usable = (~grown(unknown, CLEAR)).astype(np.uint8)
    corners = cv2.goodFeaturesToTrack(target, CORNERS, CORNER_QUALITY, CORNER_GAP, mask=usable)
    if corners is None or len(corners) < LEAST_CORNERS:
        return None
    ahead, found = _tracked(target, source, corners)
    back, returned = _tracked(source, target, ahead)
    held = found & returned & (np.abs(back - corners).max(axis=(1, 2)) < AGREE / 2)
    if held.sum() < LEAST_CORNERS:
        return None
    motion, inliers = cv2.estimateAffinePartial2D(corners[held], ahead[held], ransacReprojThreshold=AGREE)
    if motion is None or int(inliers.sum()) < max(LEAST_CORNERS, held.sum() // 4):
        return None
    return np.vstack([motion, [0, 0, 1]])


def _tracked(old: NDArray[np.uint8], new: NDArray[np.uint8], corners: NDArray[Any]) -> tuple[Field, Mask]:
    places = np.zeros_like(corners)
    ahead, found, _ = cv2.calcOpticalFlowPyrLK(old, new, corners, places, winSize=(WINDOW, WINDOW), maxLevel=LEVELS)
    return np.asarray(ahead, np.float32), np.asarray(found, bool).ravel()


class Anchor:
    """The places of one picture at which others are compared with it."""

    def __init__(self, luma: Luma, unknown: Mask) -> None:
        """`luma` smoothed; `unknown` of the same shape."""
        self._size = luma.shape[1], luma.shape[0]
        gx, gy = (cv2.Scharr(luma, cv2.CV_32F, *way, scale=1 / 32 / FINE) for way in ((1, 0), (0, 1)))
        rows, columns = _places(np.asarray(gx * gx + gy * gy, np.float32), ~grown(unknown, MARGIN))
        self._x, self._y = columns.astype(np.float64), rows.astype(np.float64)
        self._values = luma[rows, columns] / FINE
        self._centre = np.array(self._size, float) / 2
        u, v = self._x / self._centre[0] - 1, self._y / self._centre[1] - 1
        dx, dy = gx[rows, columns].astype(np.float64), gy[rows, columns].astype(np.float64)
        light = (self._values - 128) / 128
        self._pull = PULL * (NARROW if self._spread() < SPREAD else np.ones_like(PULL))
        self._slopes = np.stack([dx * u, dx * v, dx, dy * u, dy * v, dy, light, np.ones_like(light)], axis=1)

    @property
    def places(self) -> int:
        return len(self._x)

    def _spread(self) -> int:
        """In how many of the picture's parts, `PARTS` each way, there are places enough."""
        rows, columns = (np.minimum(one / side * PARTS, PARTS - 1).astype(int) for one, side in self._sides())
        return int((np.bincount(rows * PARTS + columns, minlength=PARTS**2) >= ENOUGH).sum())

    def _sides(self) -> tuple[tuple[NDArray[np.float64], int], tuple[NDArray[np.float64], int]]:
        return (self._y, self._size[1]), (self._x, self._size[0])

    def refine(self, source: Luma, known: NDArray[np.uint8], guess: Affine, *, quick: bool = False) -> Match:
        """`source` smoothed; `known` is 1 where it may be compared, uint8. An error of infinity means no match.

        `quick`: by fewer places, for a guess that is nearly right.
        """
        few = self.places >= QUICK * LEAST_PLACES
        # Most of the way goes as well by few places.
        match = self._settled(source, known, guess, QUICK, SETTLED_QUICK) if few else None
        if match is not None and quick:
            return match
        near = match.motion if match is not None and match.error < float("inf") else guess
        return self._settled(source, known, near, 1, SETTLED_QUICK if quick else SETTLED)

    def _settled(self, source: Luma, known: NDArray[np.uint8], guess: Affine, every: int, settled: float) -> Match:
        """Steps by one of `every` places until they are shorter than `settled` pixels, or get no shorter."""
        motion, match, before = guess.copy(), Match(guess, float("inf"), 0.0), float("inf")
        for _ in range(STEPS):
            found = self._step(source, known, motion, every)
            if found is None:
                return Match(motion, float("inf"), 0.0)
            step, error, seen = found
            moved = shift(step, self._size)
            stalls = moved > STALLS * before
            if stalls:  # to and fro about the place: half the way is nearer to it
                step = (step + np.eye(3)) / 2
            motion = motion @ np.linalg.inv(step)
            match = Match(motion, error, seen)
            if moved < settled or stalls:
                break
            before = moved
        return match

    def _step(
        self, source: Luma, known: NDArray[np.uint8], motion: Affine, every: int
    ) -> tuple[Affine, float, float] | None:
        """The motion of the target that would explain what differs; what it leaves; the share of places compared."""
        x, y = self._x[::every], self._y[::every]
        xs = (motion[0, 0] * x + motion[0, 1] * y + motion[0, 2]).astype(np.float32)
        ys = (motion[1, 0] * x + motion[1, 1] * y + motion[1, 2]).astype(np.float32)
        if len(xs) < LEAST_PLACES:
            return None
        seen = cv2.remap(known, xs, ys, cv2.INTER_NEAREST, borderValue=0).ravel() > 0
        if seen.sum() < LEAST_PLACES:
            return None
        there = cv2.remap(source, xs[seen], ys[seen], cv2.INTER_LINEAR).ravel() / FINE
        slopes, rest = self._slopes[::every][seen], there - self._values[::every][seen]
        left = rest - _median(rest)
        for _ in range(2):  # weights by what the fit before leaves
            scale = max(NOISE, 1.4826 * _median(np.abs(left)))
            weight = np.square(np.clip(1 - np.square(left / (TUKEY * scale)), 0, None))
            weighted = slopes * weight[:, None]
            # A weak pull towards the guess decides where the picture has no gradient to tell.
            pull = self._pull * (scale / LOOSE) ** 2
            solved = np.linalg.solve(weighted.T @ slopes + np.diag(pull), weighted.T @ rest)
            left = rest - slopes @ solved
        return self._motion(solved), _median(np.abs(left)), float(seen.mean())

    def _motion(self, solved: NDArray[np.float64]) -> Affine:
        """From steps in pixels, over a picture that reaches from -1 to 1, to a map of pixels."""
        cx, cy = self._centre
        a, b, c, d, e, f = solved[:6]
        return np.array(
            [[1 + a / cx, b / cy, c - a - b], [d / cx, 1 + e / cy, f - d - e], [0, 0, 1]],
        )


def _median(values: NDArray[np.float64]) -> float:
    some = values[:: -(-len(values) // MEDIAN_OF)]
    return float(np.partition(some, len(some) // 2)[len(some) // 2])


def _places(strength: Field, usable: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the strongest place of each cell, the strongest cells first."""
    height, width = (side // CELL * CELL for side in strength.shape)
    empty = np.zeros(0, np.intp)
    if not height or not width:
        return empty, empty
    cells = np.where(usable, strength, 0)[:height, :width]
    cells = cells.reshape(height // CELL, CELL, width // CELL, CELL).swapaxes(1, 2).reshape(-1, CELL * CELL)
    best = cells.argmax(axis=1)
    power = cells[np.arange(len(cells)), best]
    order = np.argsort(-power)[:PLACES]
    order = order[power[order] > FLAT * FLAT]
    row, column = np.divmod(order, width // CELL)
    down, across = np.divmod(best[order], CELL)
    return row * CELL + down, column * CELL + across
