"""Holes in a picture filled by the likeliest surface, where what stands around them is smooth enough to tell one.

The picture is taken for a Gaussian field whose squared differences grow by a power of the distance (`kernels.kriging`
has the same model, for thin strokes). Here all of the surroundings count together, so that the middle of a wide hole
is as well told as its rim. The power is the one under which the surroundings are likeliest (restricted maximum
likelihood): blurred scenery, clouds and skin have one near 2, and there the field goes on for many pixels; scenes of
sharp edges and fine texture have one near 1, and there is nothing to be told that a membrane does not tell.

Known pixels are taken in cells, small ones at the rim and larger ones farther off, by their means. It knows no edges
and invents no texture.

Source: Stein, "Interpolation of Spatial Data" (1999): intrinsic random functions, and the likelihood of contrasts.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
    from scipy import linalg
else:
    cv2 = lazy("cv2")
    linalg = lazy("scipy.linalg")

Field = NDArray[np.float32]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

POWERS = (0.9, 1.2, 1.4, 1.6, 1.8, 1.95)  # tried
SMOOTH, MOST = 1.4, 1.7  # the least power at which it is worth while; more than the other makes it swing
CELLS = ((0.0, 4.0, 2), (4.0, 12.0, 4), (12.0, 40.0, 8))  # px from the hole, from and to; px of a cell there
FULL = 4  # part of a cell that must be known, as a divisor
GRAIN = 0.05  # squared difference of a pixel from the picture itself, in those of pixels side by side
NOISE = 0.1  # grey levels squared, of coding
EVEN = 3.0  # grey levels, standard deviation of surroundings in which there is nothing but coding to go on
FAR = 20.0  # times the greatest difference: the variance that a field without a mean is given
JITTER = 1e-7  # of that difference
FEWEST, LARGEST = 24, 600  # cells that tell enough; more are taken twice as large
LEAST = 250  # pixels of a hole
RIM = 4  # px whose levels bound the result
STEP = 2  # px between the pixels that are reckoned


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Known cells: their middles [n, 2], means, and share of a pixel's grain."""

    places: Floats
    values: Floats
    grain: Floats

    @classmethod
    def around(cls, plane: Field, known: Mask, times: int = 1) -> "_Cells":
        """`times`: how much larger cells are than usual."""
        away = cv2.distanceTransform(known.astype(np.uint8), cv2.DIST_L2, 5)
        parts = [_cells(plane, known & (away > low) & (away <= high), times * size) for low, high, size in CELLS]
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def filled(plane: NDArray[Any], known: Mask) -> Field | None:
    """The plane, float32, with its unknown pixels likeliest; None where the surroundings tell nothing of them, and for
    small holes, where any surface does."""
    if (~known).sum() < LEAST:
        return None
    values = plane.astype(np.float32)
    cells = _Cells.around(values, known)
    if len(cells.values) > LARGEST:
        cells = _Cells.around(values, known, 2)
    if not FEWEST <= len(cells.values) <= 2 * LARGEST or cells.values.std() < EVEN:
        return None
    power = power_of(cells.places, cells.values, cells.grain)
    return _surface(values, known, cells, min(power, MOST)) if power >= SMOOTH else None


def power_of(places: Floats, values: Floats, grain: Floats) -> float:
    """The power under which such values [n] at such places [n, 2] are likeliest; `grain`: as in `_Cells`."""
    apart = _squared(places, places)
    return max(POWERS, key=lambda power: _likelihood(apart ** (power / 2), values, grain))


def _likelihood(apart: Floats, values: Floats, grain: Floats) -> float:
    """Logarithm, but for a constant, of how likely these are, whatever their mean and scale."""
    most = apart.max()
    covariance = FAR * most - apart
    covariance[np.diag_indices_from(covariance)] += GRAIN * grain + JITTER * most
    root = linalg.cholesky(covariance, lower=True, check_finite=False)
    told: Floats = linalg.solve_triangular(root, np.stack([values, np.ones_like(values)], axis=1), lower=True)
    own, level = told[:, 0], told[:, 1]
    weight, rest = float(level @ level), len(values) - 1
    left = own - level * (own @ level / weight)
    scale = float(left @ left) / rest + NOISE
    return float(-0.5 * rest * np.log(scale) - np.log(np.diag(root)).sum() - 0.5 * np.log(weight))


def _surface(plane: Field, known: Mask, cells: _Cells, power: float) -> Field:
    count = len(cells.values)
    system = np.ones((count + 1, count + 1))
    system[:count, :count] = _squared(cells.places, cells.places) ** (power / 2)
    system[range(count), range(count)] -= GRAIN * cells.grain
    system[count, count] = 0
    weights = np.linalg.solve(system, np.append(cells.values, 0.0))
    rows, columns = (np.flatnonzero(~known.all(axis=axis)) for axis in (1, 0))
    down, across = (np.arange(line[0] - STEP, line[-1] + 2 * STEP, STEP) for line in (rows, columns))
    wanted = np.stack(np.meshgrid(down + 0.5, across + 0.5, indexing="ij"), axis=-1).reshape(-1, 2)
    values = _squared(wanted, cells.places) ** (power / 2) @ weights[:count] + weights[count]
    fine = _enlarged(values.reshape(len(down), len(across)))
    top, left = int(down[0]), int(across[0])
    out, hole = plane.copy(), np.argwhere(~known)
    rim = known & (cv2.dilate((~known).astype(np.uint8), np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)) > 0)
    found = fine[hole[:, 0] - top, hole[:, 1] - left]
    out[~known] = np.clip(found, plane[rim].min(), plane[rim].max()) if rim.any() else found
    return out


def _enlarged(values: Floats) -> Field:
    size = values.shape[1] * STEP, values.shape[0] * STEP
    return np.asarray(cv2.resize(values.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32)


def _cells(plane: Field, usable: Mask, size: int) -> tuple[Floats, Floats, Floats]:
    height, width = (-(-side // size) * size for side in usable.shape)
    more = ((0, height - usable.shape[0]), (0, width - usable.shape[1]))
    weight = np.pad(usable.astype(np.float64), more)
    y, x = np.mgrid[:height, :width]

    def sums(values: NDArray[Any]) -> Floats:
        return np.asarray((values * weight).reshape(height // size, size, width // size, size).sum(axis=(1, 3)))

    count = sums(np.ones_like(weight))
    told = count >= size * size / FULL
    y_mean, x_mean, mean = (sums(one)[told] / count[told] for one in (y, x, np.pad(plane, more)))
    return np.stack([y_mean, x_mean], axis=1), mean, 1 / count[told]


def _squared(one: Floats, other: Floats) -> Floats:
    """Squared distances [n, m]."""
    far = np.square(one).sum(axis=1)[:, None] + np.square(other).sum(axis=1)[None] - 2 * one @ other.T
    return np.asarray(np.maximum(far, 0))
