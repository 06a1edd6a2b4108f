"""Small steps on planes and float maps: scaling, blurring, comparing, rounding. Arrays are [height, width]."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Plane = NDArray[np.uint8]
Map = NDArray[np.floating[Any]]
FULL = 255


def mean_around(values: Map, weight: Map, window: int) -> Map:
    """Weighted mean around each pixel, 0 where nothing weighs."""
    return blurred(weight * values, window) / (blurred(weight, window) + np.float32(1e-3))


def odd(length: float) -> int:
    return max(3, round(length) | 1)


def size_of(plane: NDArray[Any]) -> tuple[int, int]:
    return plane.shape[1], plane.shape[0]


def equal(plane: Plane, value: int) -> Plane:
    return np.asarray(cv2.inRange(plane, value, value), np.uint8)


def above(values: Map, least: float) -> Plane:
    """1 where the values are above `least`, else 0."""
    return (values > np.float32(least)).view(np.uint8)


def as_bytes(part: Map) -> Plane:
    """0–1 as bytes, clipped."""
    return np.asarray(cv2.convertScaleAbs(np.maximum(part, 0), alpha=FULL), np.uint8)


def blurred(values: Map, window: int) -> Map:
    return np.asarray(cv2.blur(values, (window, window)), np.float32)


P = TypeVar("P", Plane, Map)


def smaller(plane: P, size: tuple[int, int], into: P | None = None) -> P:
    return cast(P, cv2.resize(plane, size, dst=into, interpolation=cv2.INTER_AREA))


def halved(plane: P, size: tuple[int, int]) -> P:
    """The same, by halves as far as they go: OpenCV has a quick path for those."""
    while plane.shape[1] >= 2 * size[0] and plane.shape[0] >= 2 * size[1]:
        plane = smaller(plane, (max(size[0], plane.shape[1] // 2), max(size[1], plane.shape[0] // 2)))
    return plane if size_of(plane) == size else smaller(plane, size)


def larger(plane: Map, size: tuple[int, int], into: Map | None = None) -> Map:
    return np.asarray(cv2.resize(plane, size, dst=into, interpolation=cv2.INTER_LINEAR), np.float32)
