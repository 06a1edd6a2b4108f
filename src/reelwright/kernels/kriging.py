"""Holes in a picture filled by the values that are likeliest, given those around: ordinary kriging.

Pictures differ the more, the farther apart two pixels are; here by a power of the distance, as photographs nearly do.
The estimate with the least expected error is then a weighted sum of the known pixels near by, and the weights hang on
where those lie alone. A mask that stays the same over many frames, as that of burned-in text does, needs them only
once: a frame costs one product of arrays. Between the strokes of letters, with known pixels on all sides, this is
some decibels better than what runs in from the rim (Telea, Navier-Stokes). In the middle of wide holes (`wide`) the
nearest known pixels all lie on one side: those are not for it. It invents no texture.

Source: Matheron, "Principles of geostatistics" (1963), with a power variogram.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
    from scipy import spatial
else:
    cv2 = lazy("cv2")
    spatial = lazy("scipy.spatial")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

POWER = 1.2  # of the distance, that the squared difference grows with
LEAST_POWER, MOST_POWER = 1.0, 1.4  # less is grain, more is unstable
LAGS = 2, 8  # px at which that growth is measured
DEEP = 12.0  # px from anything known in the middle of a hole that is wide
SOLID = 0.85  # of its bounding box that a plate fills
NEAREST = 20  # known pixels that a value is made of
GRAIN = 0.05  # squared difference of a known pixel from the picture itself, in those of pixels side by side
SMEAR = 4.0  # the same of one that a codec has smeared
AT_ONCE = 2048  # systems solved together


class Kriging:
    """For pictures of which the same pixels are known: bool [h, w]."""

    def __init__(self, known: Mask, power: float = POWER, nearest: int = NEAREST, smeared: Mask | None = None) -> None:
        """`power`: see `power_of`. More of the `nearest` pixels make it up to half a decibel better, and far slower.

        `smeared`: known pixels that are not quite what they should be."""
        self._power = power
        self._shape, self._known = known.shape, np.argwhere(known).astype(np.int32)
        self._apart_by_square = np.zeros(0, np.float32)
        self._flat = np.flatnonzero(known)
        self._grain = np.full(len(self._known), GRAIN, np.float32)
        if smeared is not None:
            self._grain[smeared[known]] = SMEAR
        self._tree = spatial.cKDTree(self._known) if len(self._known) else None
        self._row = np.full(known.size, -1, np.int32)
        count = min(nearest, len(self._known))
        self._weights, self._from = np.zeros((0, count), np.float32), np.zeros((0, count), np.intp)

    def values(self, plane: NDArray[Any], wanted: Mask) -> Field:
        """What is likely at the `wanted` pixels, in the order of `plane[wanted]`: float32 [n]. All unknown gives 0."""
        places = np.flatnonzero(wanted)
        if self._tree is None:
            return np.zeros(len(places), np.float32)
        self._learn(places[self._row[places] < 0])
        rows = self._row[places]
        around = np.asarray(plane, np.float32).ravel()[self._from[rows]]
        return np.asarray((self._weights[rows] * around).sum(axis=1), np.float32)

    def filled(self, plane: NDArray[Any], wanted: Mask) -> Field:
        """The plane with those pixels replaced."""
        out = plane.astype(np.float32)
        out[wanted] = self.values(plane, wanted)
        return out

    def _learn(self, places: NDArray[np.intp]) -> None:
        """The weights of pixels asked for the first time."""
        if not len(places):
            return
        self._row[places] = np.arange(len(places), dtype=np.int32) + len(self._weights)
        here = np.stack(np.divmod(places, self._shape[1]), axis=1).astype(np.int32)
        parts = [self._solved(here[start : start + AT_ONCE]) for start in range(0, len(here), AT_ONCE)]
        self._weights = np.concatenate([self._weights, *(weights for weights, _ in parts)])
        self._from = np.concatenate([self._from, *(near for _, near in parts)])

    def _solved(self, here: NDArray[np.int32]) -> tuple[Field, NDArray[np.intp]]:
        """Weights [n, k], and the flat places of the known pixels they belong to."""
        assert self._tree is not None  # asked for by `values` only
        count = self._weights.shape[1]
        near = self._tree.query(here, count)[1].reshape(len(here), count)
        spots = self._known[near]
        system = np.ones((len(here), count + 1, count + 1), np.float32)
        system[:, :count, :count] = self._apart(spots[:, :, None], spots[:, None])
        system[:, range(count), range(count)] = -self._grain[near]
        system[:, count, count] = 0
        wanted = np.ones((len(here), count + 1, 1), np.float32)
        wanted[:, :count, 0] = self._apart(spots, here[:, None])
        return np.linalg.solve(system, wanted)[:, :count, 0], self._flat[near]

    def _apart(self, one: NDArray[np.int32], other: NDArray[np.int32]) -> Field:
        """The squared difference to be expected between places [..., 2]; its unit does not matter."""
        rows, columns = one[..., 0] - other[..., 0], one[..., 1] - other[..., 1]
        square = rows * rows + columns * columns
        most = int(square.max(initial=0))
        if most >= len(self._apart_by_square):  # a power costs more than a look into a table
            squares = np.arange(2 * most + 1, dtype=np.float32)
            self._apart_by_square = np.asarray(squares ** np.float32(self._power / 2), np.float32)
        return np.asarray(self._apart_by_square[square], np.float32)


def wide(hole: Mask) -> Mask:
    """Those parts of a hole that are no strokes, however dense, but plates: deep, and as good as rectangles."""
    depth = cv2.distanceTransform(np.pad(hole, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    if not (depth > DEEP).any():
        return np.zeros_like(hole)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(hole.astype(np.uint8), connectivity=4)
    solid = stats[:, 4] > SOLID * stats[:, 2] * stats[:, 3]
    return np.asarray(hole & solid[labels] & np.isin(labels, np.unique(labels[depth > DEEP])), bool)


def power_of(plane: NDArray[Any], known: Mask) -> float:
    """With which power of the distance the squared difference of its known pixels grows."""
    near, far = (_difference(plane.astype(np.float32), known, lag) for lag in LAGS)
    if near <= 0 or far <= 0:
        return POWER
    return float(np.clip(np.log(far / near) / np.log(LAGS[1] / LAGS[0]), LEAST_POWER, MOST_POWER))


def _difference(plane: Field, known: Mask, lag: int) -> float:
    """Mean squared difference of known pixels so far apart, across and down; 0 where there are none."""
    across = np.square(plane[:, lag:] - plane[:, :-lag])[known[:, lag:] & known[:, :-lag]]
    down = np.square(plane[lag:] - plane[:-lag])[known[lag:] & known[:-lag]]
    return float((across.sum() + down.sum()) / max(1, across.size + down.size))
