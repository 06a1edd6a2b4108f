"""Which pixels of a face are skin: an outline, less eyes, brows and lips, and a colour model fitted to that very face.

Skin has no fixed place in colour space, so none is assumed: the colour of the middle of the face, as a straight line
of chroma over luma with a spread around it, is fitted by least squares with the worst pixels left out, and what lies
far from it is no skin. Shadows and highlights of the same skin stay near that line, whatever its tone; what is much
darker than the skin around it (hair, brows, nostrils, the rims of glasses) is taken out by luma. Beards are not skin.

All maps have the size of the chroma planes, half that of luma, and are float32.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels import landmarks
from reelwright.kernels.landmarks import Points
from reelwright.kernels.maps import Map, blurred, odd
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

NEUTRAL = 128.0
BLACK = 16.0
CORE = 0.72  # the part of the outline around its middle that is surely face
SAMPLES = 1500  # pixels a model is fitted to; more make it no better
TRIM = 0.7  # share of them that is kept: the others are lips, brows, glasses, a hand
ROUNDS = 3
FLOOR = 1.8  # grey levels; a smaller spread of the chroma is coding noise
NEAR, FAR = 2.2, 4.2  # standard deviations: certainly skin, certainly not
DARKER = (0.14, 0.34)  # of the luma around: still skin, no longer skin
AROUND = 0.16  # of the face's breadth: the surroundings luma is compared with
FEATHER = 0.055  # of the breadth: how softly the face ends
FEATURE_MARGIN = 0.018  # of the breadth, around eyes and lips
BLEMISH = 0.035  # of the breadth: what is smaller and of another colour is a spot on the skin
FOREHEAD = 1.5  # the mesh ends below the hair; the skin is sought so much higher above the eyes
MOST_SPREAD = 14.0  # grey levels of chroma: what varies more is not one skin

Colours = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """The chroma of one face's skin. `line` [2, 2]: offset and slope over luma, of U and of V; `inverse` [2, 2]: of the
    covariance around it."""

    line: Colours
    inverse: Colours
    spread: float
    """Standard deviation of the chroma around the line, grey levels."""

    def blended(self, newer: "Model", part: float) -> "Model":
        """A step of size `part` towards another one: the light on a face changes slowly, an estimate jumps."""
        mix = [np.asarray(a + (b - a) * np.float32(part), np.float32) for a, b in self._pairs(newer)]
        return Model(mix[0], mix[1], self.spread + (newer.spread - self.spread) * part)

    def _pairs(self, other: "Model") -> tuple[tuple[Colours, Colours], ...]:
        return (self.line, other.line), (self.inverse, other.inverse)

    def likelihood(self, luma: Map, u: Map, v: Map) -> Map:
        """0–1 for each pixel of planes of one size, in grey levels of 8 bits."""
        du = u - np.float32(self.line[0, 0]) - np.float32(self.line[0, 1]) * luma
        dv = v - np.float32(self.line[1, 0]) - np.float32(self.line[1, 1]) * luma
        a, b, c = (np.float32(one) for one in (self.inverse[0, 0], 2 * self.inverse[0, 1], self.inverse[1, 1]))
        return falling(np.sqrt(np.maximum(a * du * du + b * du * dv + c * dv * dv, 0)), NEAR, FAR)


def fitted(luma: Map, u: Map, v: Map, core: Map) -> Model | None:
    """The model of the pixels where `core` is above a half; None if they are few or of no one colour."""
    chosen = np.flatnonzero(core > 0.5)
    if len(chosen) < 24:
        return None
    chosen = chosen[:: max(1, len(chosen) // SAMPLES)]
    y, chroma = luma.ravel()[chosen], np.stack([u.ravel()[chosen], v.ravel()[chosen]], axis=1)
    keep = np.ones(len(y), bool)
    keep &= y > np.quantile(y, 0.1)  # hair and shadow
    for _ in range(ROUNDS):
        line = _line(y[keep], chroma[keep])
        off = chroma - line[:, 0] - y[:, None] * line[:, 1]
        covariance = np.cov(off[keep].T) + np.eye(2) * FLOOR**2
        inverse = np.linalg.inv(covariance)
        far = np.einsum("ni,ij,nj->n", off, inverse, off)
        keep = far <= np.quantile(far, TRIM)
    # What was left out made the spread too small; for a normal one TRIM of it lies within 1.55 deviations.
    spread = float(np.sqrt(np.trace(covariance) / 2))
    if spread > MOST_SPREAD:
        return None
    return Model(line.astype(np.float32), inverse.astype(np.float32), spread)


def _line(luma: NDArray[np.float32], chroma: Colours) -> NDArray[np.float64]:
    """Offset and slope of each chroma over luma; the slope is held back where there is little luma to tell it by."""
    middle, mean = luma.mean(), chroma.mean(axis=0)
    centred = luma - middle
    slope = (centred @ (chroma - mean)) / (centred @ centred + 25.0 * len(luma))
    return np.stack([mean - slope * middle, slope], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Region:
    """The window of a picture that a face is worked on in, and its outline drawn there. Window in chroma pixels."""

    x: int
    y: int
    width: int
    height: int
    inside: Map
    """1 within the outline, soft at its end."""
    features: Map
    """1 on eyes, brows, lips and nostrils; 0 everywhere if there are no landmarks."""
    core: Map
    """1 where the skin's colour is learnt."""
    unit: float
    """The face's breadth, in chroma pixels."""

    def of(self, plane: NDArray[np.generic], scale: int = 1) -> NDArray[np.generic]:
        """The window of a plane; `scale` 2 for luma."""
        x, y, wide, tall = (one * scale for one in (self.x, self.y, self.width, self.height))
        return plane[y : y + tall, x : x + wide]


def region(points: Points, size: tuple[int, int]) -> Region | None:
    """`points`: of a face, in luma pixels; `size`: (width, height) of the chroma planes. None if it is out of view."""
    half = points * np.float32(0.5)
    unit = landmarks.unit(half)
    around = _with_forehead(half)
    margin = 3 * FEATHER * unit
    low = np.floor(np.maximum(around.min(axis=0) - margin, 0)).astype(int)
    high = np.ceil(np.minimum(around.max(axis=0) + margin, size)).astype(int)
    width, height = (int(one) for one in high - low)
    if width < 4 or height < 4:
        return None
    shape = (height, width)
    outline = _drawn([around - low], shape)
    # The feather lies inside: outside the outline nothing may change.
    soft = odd(2 * FEATHER * unit)
    inside = np.asarray(cv2.GaussianBlur(cv2.erode(outline, _disc(soft)), (soft, soft), 0), np.float32)
    middle = around.mean(axis=0)
    core = _drawn([(around - middle) * np.float32(CORE) + middle - low], shape)
    polygons = [one - low for one in landmarks.features(half)]
    if not polygons:
        return Region(int(low[0]), int(low[1]), width, height, inside, np.zeros(shape, np.float32), core, unit)
    reach = odd(2 * FEATURE_MARGIN * unit)
    drawn = cv2.dilate(_drawn(polygons, shape), _disc(reach))
    features = np.asarray(cv2.GaussianBlur(drawn, (reach, reach), 0), np.float32)
    return Region(int(low[0]), int(low[1]), width, height, inside, features, core * (features < 0.05), unit)


def mask(region: Region, model: Model | None, luma: Map, u: Map, v: Map) -> Map:
    """How much each pixel of the region is skin, 0–1. `luma` at chroma size; without a model only shape counts."""
    shape = region.inside * (1 - region.features)
    if model is None:
        return shape
    soft = odd(0.02 * region.unit)
    likely = model.likelihood(luma, blurred(u, soft), blurred(v, soft)) * shape
    window = odd(2 * AROUND * region.unit)
    near = blurred(likely, window) + np.float32(1e-3)
    local = blurred(likely * luma, window) / near
    darker = (local - luma) / np.maximum(local - np.float32(BLACK), np.float32(BLACK))
    found = cv2.morphologyEx(likely * falling(darker, *DARKER), cv2.MORPH_CLOSE, _disc(odd(BLEMISH * region.unit)))
    return np.asarray(cv2.GaussianBlur(found, (soft, soft), 0) * shape, np.float32)


def falling(values: Map, near: float, far: float) -> Map:
    """1 up to `near`, 0 from `far` on, a smooth step between."""
    part = np.clip((np.float32(far) - values) / np.float32(far - near), 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def _with_forehead(points: Points) -> Points:
    """The outline, with as much of the forehead as can be skin."""
    around = landmarks.outline(points)
    if not landmarks.is_mesh(points):
        return around
    axes = landmarks.axes(points)
    own = axes.inward(around)
    own[:, 1] = np.where(own[:, 1] < 0, own[:, 1] * np.float32(FOREHEAD), own[:, 1])
    return axes.centre + axes.outward(own)


def _drawn(polygons: list[Points], shape: tuple[int, int]) -> Map:
    """1 inside, 0 outside, with a sixteenth of a pixel at the edges."""
    canvas = np.zeros(shape, np.uint8)
    for one in polygons:
        cv2.fillPoly(canvas, [np.round(one * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return canvas.astype(np.float32) / np.float32(255)


def _disc(size: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
