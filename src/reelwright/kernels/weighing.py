"""How far a picture is to be believed behind text, pixel by pixel, against what is drawn between the strokes.

Guesses at what a stroke hides: pictures from other frames, and what is `drawn`, which is likely given the pixels around
it (`kernels.kriging`). A picture is nearly exact where it shows what is there and wholly wrong where something has
moved; what is drawn never errs by much and is never exact. Their mean, weighted by how likely each is to be right, errs
less than any of them, and less than a choice between them. The odds of a picture against what is drawn are a product
of powers: of how much neighbouring pixels of the frame differ between the strokes around, which is what drawing errs
by; of how far the picture is from the frame there; of the depth in the stroke, for drawing errs the more, the deeper it
is. Where strokes leave nothing to see, the nearest places that do show something decide.

The powers were learnt by least squares of the mean's error on captioned films whose clean twins are known. Six numbers
cannot learn films by heart: tried on each group of films by what the others taught, the mean came to 7 dB over Telea's
under the strokes. More was tried and did not help: the surroundings nearer by, the texture of the picture itself, how
far it is from what is drawn.

Lumas are float32 [h, w] of 0 to 255, masks bool of that shape, True where the frame shows the picture.

Source: Jacobs et al., "Adaptive mixtures of local experts" (1991), here with experts that are given.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

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

CELL = 2  # px; what surroundings tell is told on such a grid
AROUND = 3.0  # cells, standard deviation: of surroundings
LIFTED, LIFT = 2.0, 20.0  # cells, standard deviation; grey levels: by what is around and how far pictures are lifted
CLEAR = 0.5  # grey levels of lift that are none
FINDS = 4.0  # a place counts in full when a quarter of it is in view
MOST = 60.0  # grey levels; a larger difference is no more telling
UNLIKE, TEXTURE, DEPTH = -4.61, 4.55, 0.92  # powers of 1 + grey levels, likewise, and of 1 + px
MOST_SURE = 20.0  # log odds
Kind = Literal["ground", "single", "carried"]
KINDS: dict[Kind, float] = {"ground": 0.59, "single": 2.5, "carried": 1.55}
"""Log odds that a picture has for what it is: put together from many frames; one frame as it is; one with all that
moves carried along."""


class Scale:
    """For frames of which the same pixels are in view. `known`: bool [h, w]."""

    def __init__(self, known: Mask) -> None:
        self.known = known
        distance = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 3)
        self.depth = np.asarray(np.log1p(distance), np.float32)
        self._across, self._down = known[:, 1:] & known[:, :-1], known[1:] & known[:-1]
        self._share, self._lift = (self._shares(known.astype(np.float32), one) for one in (AROUND, LIFTED))
        self._pairs = self._shares(_steps(self._across.astype(np.float32), self._down.astype(np.float32)))

    def unlike(self, here: Field, there: Field) -> Field:
        """How far two pictures differ around each cell, where both are in view."""
        return _log(self._around(np.where(self.known, _squared(here - there), 0), self._share))

    def lift(self, here: Field, there: Field) -> Field:
        """What makes the second picture the first, on the whole, around each pixel."""
        rest = np.where(self.known, np.clip(here - there, -LIFT, LIFT), 0).astype(np.float32)
        slow = inpainting.membrane(_blurred(_cells(rest), LIFTED) / self._lift[0], self._lift[1])
        return _fine(np.sign(slow) * np.maximum(np.abs(slow) - np.float32(CLEAR), 0), here.shape)

    def texture(self, here: Field) -> Field:
        """How far neighbouring pixels in view differ around each cell."""
        across, down = _squared(here[:, 1:] - here[:, :-1]), _squared(here[1:] - here[:-1])
        return _log(self._around(_steps(across * self._across, down * self._down), self._pairs))

    def roughness(self, here: Field) -> Field:
        """The same around each pixel, in grey levels."""
        return np.asarray(np.expm1(_fine(self.texture(here), here.shape)), np.float32)

    @staticmethod
    def _shares(counted: Field, deviation: float = AROUND) -> tuple[Field, Field]:
        """How much is in view around each cell, and how much that counts."""
        share = _blurred(_cells(counted), deviation)
        return np.maximum(share, np.float32(1e-3)), np.minimum(np.float32(1), FINDS * share)

    @staticmethod
    def _around(values: Field, shares: tuple[Field, Field]) -> Field:
        """Means of what is in view near each cell; where little is, of the nearest."""
        return inpainting.membrane(_blurred(_cells(values), AROUND) / shares[0], shares[1])


class Frame:
    """A frame on that scale."""

    def __init__(self, scale: Scale, here: Field) -> None:
        self._scale, self._here = scale, here
        self._texture = scale.texture(here)

    def odds(self, there: Field, kind: Kind) -> Field:
        """Logarithm of how much likelier a picture is than what is drawn."""
        cells = UNLIKE * self._scale.unlike(self._here, there) + TEXTURE * self._texture
        return np.asarray(_fine(cells, there.shape) + DEPTH * self._scale.depth + KINDS[kind], np.float32)

    def lifted(self, there: Field) -> Field:
        """The picture in the light of the frame, and a little nearer to it where it shows the wrong thing."""
        return there + self._scale.lift(self._here, there)


def shares(odds: Sequence[Field], shown: Sequence[Mask]) -> list[Field]:
    """The share of each picture in the best mean of them and of what is drawn, which gets the rest. Of what a picture
    does not show it gets none."""
    weights = [
        np.where(seen, np.exp(np.clip(one, -MOST_SURE, MOST_SURE)), 0) for one, seen in zip(odds, shown, strict=True)
    ]
    total = 1 + sum(weights)
    return [np.asarray(one / total, np.float32) for one in weights]


def _steps(across: Field, down: Field) -> Field:
    """The sum of what is between a pixel and those right of it and below."""
    return np.asarray(np.pad(across, ((0, 0), (0, 1))) + np.pad(down, ((0, 1), (0, 0))), np.float32)


def _squared(values: Field) -> Field:
    return np.asarray(np.square(np.clip(values, -MOST, MOST)), np.float32)


def _log(squared: Field) -> Field:
    return np.asarray(np.log1p(np.sqrt(np.maximum(squared, 0))), np.float32)


def _blurred(cells: Field, deviation: float) -> Field:
    return np.asarray(cv2.GaussianBlur(cells, (0, 0), deviation), np.float32)


def _cells(plane: Field) -> Field:
    size = (max(1, plane.shape[1] // CELL), max(1, plane.shape[0] // CELL))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def _fine(cells: Field, shape: tuple[int, ...]) -> Field:
    return np.asarray(cv2.resize(cells, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
