"""The screen behind a subject: which colour it has, and how bright it is in every place.

The colour is the hue that fills the borders of the picture most evenly. The light on it is fitted as a polynomial
of second order over the picture, one for luma and one for each chroma plane, from pixels of that hue; pixels that
do not fit (hair, shadows, things of a like colour) are left out step by step. `Plate.updated` follows slow changes.

Planes here are those of YCbCr, 8 bits: luma 0–255, chroma 0–255 around 128, all of one size. Not known here: which
matrix they were made by (a hue is a direction, whatever it is called), and what stands before the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.maps import Map, Plane
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Picture = tuple[Plane, Plane, Plane]
"""Y, U, V of one size."""

NEUTRAL = 128
HUES = 72  # bins of the hue circle, 5 degrees each
COLOURED = 14.0  # least distance from grey of a pixel that tells a hue
LEAST_CHROMA = 28.0  # least distance from grey of a green or blue screen
BORDER = 0.12  # of the picture's width and height
WIDE = 2  # bins on each side of a peak that belong to it: 12 degrees
USUAL = 1.0  # weight of a green or blue screen
UNUSUAL = 0.6  # …and of one of another colour
GREEN, BLUE = 235.0, 350.0  # degrees of atan2(V, U) of a green and a blue screen, BT.601 and 709 alike within 10
NEAR_USUAL = 32.0  # degrees around them
SKIN_HUE = 128.0  # the same for all people, only its strength differs
NEAR_SKIN = 30.0  # degrees around it: wood, sand and faces, which nobody keys
LEAST_BORDER = 0.3  # of the border that a screen fills, at least
LEAST_WITHIN, LEAST_TOGETHER = 0.1, 0.45  # …where green or blue fills so much of border and picture together
LEAST_SHARE = 0.1  # …and of the picture
MOST_UNEVEN = 0.12  # relative spread around the fitted plate; painted walls have 0.02, grass 0.2
UNUSUAL_CHROMA, UNUSUAL_UNEVEN = 40.0, 0.06  # the same for other colours, which rooms and clothes have too
PURE = 0.35  # most sideways chroma, of that along the key, of a pixel that is all screen
FIT_SIZE = (64, 36)  # (columns, rows) of cells that a plate is fitted to
FIT_ROUNDS = 5
OUTLIER = 2.5  # robust standard deviations
TOLERANCE = 0.02  # relative spread that is never an outlier
KEPT = 0.6  # weight of the old plate in a slow change
OLD_WEIGHT = 0.15  # of a cell of the old plate beside one that is seen now
TERMS = 6
LEAST_CELLS = 24  # of the fit; fewer tell nothing


@dataclass(frozen=True, slots=True)
class Key:
    """The colour of a screen: unit vector along it in the chroma plane, (U, V), and the chroma it was found with."""

    u: float
    v: float
    chroma: float

    @classmethod
    def of(cls, u: float, v: float) -> Self:
        """From chroma around 0."""
        length = max(float(np.hypot(u, v)), 1e-6)
        return cls(u / length, v / length, length)

    @property
    def hue(self) -> float:
        """Degrees in the chroma plane, counted from U to V, 0–360."""
        return float(np.degrees(np.arctan2(self.v, self.u)) % 360)

    @property
    def is_usual(self) -> bool:
        """Green or blue."""
        return _usual(self.hue) == USUAL

    @property
    def most_uneven(self) -> float:
        """Spread of a plate above which its colour is that of something else than a screen."""
        return MOST_UNEVEN if self.is_usual else UNUSUAL_UNEVEN

    @property
    def least_chroma(self) -> float:
        return LEAST_CHROMA if self.is_usual else UNUSUAL_CHROMA

    @property
    def from_skin(self) -> float:
        """Degrees between its hue and that of skin, 0–180."""
        return abs((self.hue - SKIN_HUE + 180) % 360 - 180)

    def along(self, u: Map, v: Map) -> Map:
        """Chroma (around 0) in the direction of the key."""
        return np.asarray(u * np.float32(self.u) + v * np.float32(self.v), np.float32)

    def aside(self, u: Map, v: Map) -> Map:
        """How far chroma (around 0) lies off that direction, unsigned."""
        return np.asarray(np.abs(u * np.float32(self.v) - v * np.float32(self.u)), np.float32)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the search for a screen found, good or not: told where there is none."""

    key: Key
    border: float
    """Share of the border it fills."""
    share: float
    """Share of the picture it fills."""
    level: float
    """Its mean luma."""


def find_key(pictures: Sequence[Picture]) -> Candidate | None:
    """The hue that fills most of the borders, over all the pictures; None where everything is grey.

    The left, right and upper borders count: feet, tables and shoulders stand in the lower one.
    """
    border, whole = np.zeros(HUES), np.zeros(HUES)
    for picture in pictures:
        hues, coloured = _hues(picture)
        edge = _border(hues.shape)
        border += np.bincount(hues[coloured & edge], minlength=HUES) / edge.sum()
        whole += np.bincount(hues[coloured], minlength=HUES) / hues.size
    border, whole = _around(border / max(1, len(pictures))), _around(whole / max(1, len(pictures)))
    usual = np.array([_usual(360 * (index + 0.5) / HUES) for index in range(HUES)])
    peak = int(np.argmax((border + 0.3 * whole) * usual))
    if whole[peak] <= 0:
        return None
    return _told(pictures, peak, float(border[peak]), float(whole[peak]))


def is_screen(candidate: Candidate | None) -> bool:
    """Does a hue fill enough, is it strong enough, and far enough from skin, to be keyed?"""
    return (
        candidate is not None
        and (candidate.border >= LEAST_BORDER or _stands_within(candidate))
        and candidate.share >= LEAST_SHARE
        and candidate.key.chroma >= candidate.key.least_chroma
        and candidate.key.from_skin >= NEAR_SKIN
    )


def _stands_within(candidate: Candidate) -> bool:
    """Is it a green or blue screen smaller than the picture, or one that is mostly covered?"""
    together = candidate.border + candidate.share
    return candidate.key.is_usual and candidate.border >= LEAST_WITHIN and together >= LEAST_TOGETHER


def _hues(picture: Picture) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    u, v = (plane.astype(np.float32) - NEUTRAL for plane in picture[1:])
    hues = (np.degrees(np.arctan2(v, u)) % 360 * (HUES / 360)).astype(np.int64) % HUES
    return hues, np.hypot(u, v) > COLOURED


def _border(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    high, wide = round(shape[0] * BORDER), round(shape[1] * BORDER)
    edge = np.zeros(shape, bool)
    edge[: max(1, high)] = edge[:, : max(1, wide)] = edge[:, -max(1, wide) :] = True
    return edge


def _around(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sum(np.roll(counts, step) for step in range(-WIDE, WIDE + 1)))


def _usual(hue: float) -> float:
    near = min(abs((hue - screen + 180) % 360 - 180) for screen in (GREEN, BLUE))
    return USUAL if near <= NEAR_USUAL else UNUSUAL


def _told(pictures: Sequence[Picture], peak: int, border: float, share: float) -> Candidate:
    us, vs, ys = [], [], []
    for picture in pictures:
        hues, coloured = _hues(picture)
        near = coloured & (np.abs((hues - peak + HUES // 2) % HUES - HUES // 2) <= WIDE)
        us.append(picture[1][near])
        vs.append(picture[2][near])
        ys.append(picture[0][near])
    u, v, y = (np.concatenate(parts).astype(np.float32) for parts in (us, vs, ys))
    # The brighter half of the screen tells its hue best.
    strong = np.hypot(u - NEUTRAL, v - NEUTRAL) >= np.median(np.hypot(u - NEUTRAL, v - NEUTRAL))
    key = Key.of(float(np.median(u[strong])) - NEUTRAL, float(np.median(v[strong])) - NEUTRAL)
    return Candidate(key, border, share, float(y.mean()))


@dataclass(frozen=True, slots=True)
class Plate:
    """The screen without its subject: for each of Y, U, V (chroma around 0) the coefficients of 1, x, y, x², xy, y².

    `coefficients` is float64 [3, 6]; x and y run from -1 to 1 over the picture. `spread` is the relative
    deviation of the pixels it was fitted to: the noise of the screen, and what its light is not.
    """

    key: Key
    coefficients: NDArray[np.float64]
    spread: float

    @classmethod
    def fitted(cls, pictures: Sequence[Picture], key: Key) -> "Plate | None":
        """From pictures in which enough of the screen is in view; None where too little of it is."""
        cells = [_Cells.of(picture, key) for picture in pictures]
        parts = [one for one in cells if len(one.values) >= LEAST_CELLS]
        if not parts:
            return None
        # Pictures taken under another exposure tell of the shape of the light, not of its strength.
        middle = float(np.median([one.strength for one in parts]))
        values = np.concatenate([one.values * (middle / one.strength) for one in parts])
        return _solved(key, np.concatenate([one.terms for one in parts]), values)

    def at(self, width: int, height: int) -> tuple[Map, Map, Map]:
        """The planes Y, U, V, float32 [height, width]; U and V around 0."""
        planes = _terms(width, height) @ self.coefficients.T
        y, u, v = (np.ascontiguousarray(planes[..., index], np.float32) for index in range(3))
        return y, u, v

    def updated(self, picture: Picture) -> "Plate":
        """A step towards the screen as it is in this picture; where it is hidden, the old plate stays."""
        cells = _Cells.of(picture, self.key)
        if len(cells.values) < LEAST_CELLS:
            return self
        # The strength stays: steps of the exposure are followed frame by frame, by the keyer.
        before = np.hypot(*(cells.terms @ self.coefficients[1:].T).T)
        steady = float(np.median(before / np.hypot(*cells.values[:, 1:].T)))
        old = _terms(*FIT_SIZE).reshape(-1, TERMS)
        terms = np.concatenate([cells.terms, old * OLD_WEIGHT])
        values = np.concatenate([cells.values * steady, old @ self.coefficients.T * OLD_WEIGHT])
        new, *_ = np.linalg.lstsq(terms, values, rcond=None)
        mixed = KEPT * self.coefficients + (1 - KEPT) * new.T
        luma, strength = (_means(old @ mixed.T) / _means(old @ self.coefficients.T)).tolist()
        return replace(self, coefficients=mixed / np.array([[luma], [strength], [strength]]))


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a picture that show nothing but screen: their terms [n, 6] and mean planes [n, 3]."""

    terms: NDArray[np.float64]
    values: NDArray[np.float64]
    strength: float

    @classmethod
    def of(cls, picture: Picture, key: Key) -> "_Cells":
        y, u, v = (
            np.asarray(cv2.resize(plane, FIT_SIZE, interpolation=cv2.INTER_AREA), np.float32) for plane in picture
        )
        u, v = u - NEUTRAL, v - NEUTRAL
        along = key.along(u, v)
        pure = (along > COLOURED) & (key.aside(u, v) < PURE * along)
        strength = float(np.median(along[pure])) if pure.any() else 1.0
        pure &= (along > 0.5 * strength) & (along < 1.6 * strength)
        values = np.stack([y[pure], u[pure], v[pure]], axis=1).astype(np.float64)
        return cls(_terms(*FIT_SIZE)[pure], values, strength)


def _solved(key: Key, terms: NDArray[np.float64], values: NDArray[np.float64]) -> Plate:
    """Least squares, again and again without what lies far off: hair, shadows, things of a like colour."""
    kept = np.ones(len(values), bool)
    spread = 1.0
    found: NDArray[np.float64] = np.zeros((TERMS, 3))
    for _ in range(FIT_ROUNDS):
        found = np.asarray(np.linalg.lstsq(terms[kept], values[kept], rcond=None)[0], np.float64)
        fit = terms @ found
        along = fit[:, 1] * key.u + fit[:, 2] * key.v
        off = (values[:, 1] * key.u + values[:, 2] * key.v) / np.maximum(along, 1.0) - 1
        spread = float(1.4826 * np.median(np.abs(off)))
        inside = np.abs(off) <= max(OUTLIER * float(1.4826 * np.median(np.abs(off[kept]))), TOLERANCE)
        if inside.sum() < LEAST_CELLS or (inside == kept).all():
            break
        kept = inside
    return Plate(key, np.ascontiguousarray(found.T), spread)


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of luma and of the strength of chroma."""
    return np.array([values[:, 0].mean(), np.hypot(values[:, 1], values[:, 2]).mean()])


def _terms(width: int, height: int) -> NDArray[np.float64]:
    """1, x, y, x², xy, y² in each cell: float64 [height, width, 6]."""
    x = np.broadcast_to((np.arange(width) + 0.5) / width * 2 - 1, (height, width))
    y = np.broadcast_to(((np.arange(height) + 0.5) / height * 2 - 1)[:, None], (height, width))
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
