"""Where a frame shows something else than a picture that should be behind its text.

Only pixels between and beside the strokes tell. Around each place their difference from the picture is compared with
what must be expected anyway: the grain of the film, and as much as neighbouring pixels differ, below which what is
drawn in from around would be no better. Light that lies over all of it is no difference. Where strokes leave nothing
to see, the nearest places that do show something decide.

Lumas are float32 [h, w] of 0 to 255, masks bool of that shape.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import inpainting
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Field = NDArray[np.float32]
Mask = NDArray[np.bool_]

CELL = 2  # px; differences are compared on such a grid
NEAR, TEXTURE = 1.25, 2.0  # cells, standard deviation: around a place, of differences and of the picture's own texture
FINDS = 4.0  # a place counts in full when a quarter of it is in view
LIGHT = 8.0  # cells, standard deviation: light changes slowly
OUTLIER, LEAST_OUTLIER = 4.0, 12.0  # times the usual difference; grey levels: it does not tell of the light
MOST = 60.0  # grey levels; a larger difference is no more telling
GRAIN, LEAST = 3.0, 6.0  # times the usual difference; grey levels: less is none
EVERY = 3  # samples between those whose median is taken
ALIKE, SMOOTH = 12.0, 4.0  # grey levels between two fills that show the same; px over which they are compared


def light(here: Field, there: Field, known: Mask) -> Field:
    """What the light adds to `there` to make it `here`, told by known pixels that are no outliers."""
    rest = here - there
    some = rest[::EVERY, ::EVERY][known[::EVERY, ::EVERY]]
    if not some.size:
        return np.zeros_like(rest)
    middle = float(np.median(some))
    usual = float(np.median(np.abs(some - middle)))
    trusted = known & (np.abs(rest - middle) < max(LEAST_OUTLIER, OUTLIER * usual))
    share, total = _cells(trusted.astype(np.float32)), _cells(np.where(trusted, rest - middle, 0))
    around = cv2.GaussianBlur(share, (0, 0), LIGHT)
    slow = np.asarray(cv2.GaussianBlur(total, (0, 0), LIGHT) / np.maximum(around, 1e-2), np.float32)
    return np.asarray(_fine(slow, rest.shape) + middle, np.float32)


def unlike(here: Field, there: Field, known: Mask) -> Mask:
    """Where `there` (in the light of here) is not what stands around there. `known`: of here, not covered."""
    apart = np.abs(here - there)
    some = apart[::EVERY, ::EVERY][known[::EVERY, ::EVERY]]
    least = max(LEAST, GRAIN * float(np.median(some))) if some.size else LEAST
    if not (known & (apart > least)).any():
        return np.zeros(known.shape, bool)
    differs = _around(np.square(np.minimum(apart, MOST)), known, NEAR)
    across = np.pad(np.square(here[:, 1:] - here[:, :-1]), ((0, 0), (0, 1)))
    pairs = np.pad(known[:, 1:] & known[:, :-1], ((0, 0), (0, 1)))
    return _fine(differs - np.maximum(_around(across, pairs, TEXTURE), least * least), known.shape) > 0


def alike(one: Field, other: Field) -> Mask:
    """Where two pictures differ by no more than texture does."""
    return np.asarray(np.abs(cv2.GaussianBlur(one - other, (0, 0), SMOOTH)) < ALIKE, bool)


def _around(values: Field, known: Mask, deviation: float) -> Field:
    """Means of the known ones near each cell; where none is near, of the nearest."""
    share = cv2.GaussianBlur(_cells(known.astype(np.float32)), (0, 0), deviation)
    near = cv2.GaussianBlur(_cells(np.where(known, values, 0)), (0, 0), deviation)
    return inpainting.membrane(near / np.maximum(share, 1e-3), np.minimum(1, FINDS * share))


def _cells(plane: Field) -> Field:
    size = (max(1, plane.shape[1] // CELL), max(1, plane.shape[0] // CELL))
    return np.asarray(cv2.resize(plane.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)


def _fine(cells: Field, shape: tuple[int, ...]) -> Field:
    return np.asarray(cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
