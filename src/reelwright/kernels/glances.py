"""What is kept of a frame to compare it with others: colours, layout, a small grey picture, its sharpness.

A glance is about 16 kB. Histograms tell scenes apart, the layout (mean colours of 16x9 cells) tells light from
content, the grey picture shows motion. Nothing here decides anything: `kernels.shots` does.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Thumb = NDArray[np.uint8]
Vector = NDArray[np.float32]

GRID = (16, 9)  # cells of the layout, (columns, rows)
BINS = (8, 4, 4)  # hue, saturation, value
LAYOUT_WEIGHT = 2.0  # layout distances are about half as large as histogram distances
GRAY_SIZE = (80, 45)  # (columns, rows) on which motion is told from mixing
EDGE_PARTS = (8, 5)  # (columns, rows) of the picture whose sharpness is told


@dataclass(frozen=True, slots=True)
class Glance:
    """One frame: its time (seconds), `histogram`, `layout`, grey levels (float32 [45, 80]), and derived figures."""

    time: Fraction
    histogram: Vector
    layout: Vector
    gray: Vector
    contrast: float
    """Standard deviation of the layout's grey levels: near 0 where the picture shows nothing."""
    level: float
    """Mean grey level, 0–255."""
    edges: Vector
    """Mean absolute Laplacian of 8x5 parts, float32 [40]."""
    sharpness: float
    """Their mean: falls to a tenth where a picture is blurred."""

    @property
    def coarse(self) -> bytes:
        """Grey levels of the 16x9 cells, to be kept of every frame: uint8 [144]."""
        return bytes(self.layout.reshape(-1, 3).mean(1).astype(np.uint8))

    @classmethod
    def of(cls, time: Fraction, thumb: Thumb) -> "Glance":
        """`thumb` is uint8 [height, width, 3] RGB, about 160 pixels wide."""
        cells = layout(thumb)
        contrast = float(cells.reshape(-1, 3).mean(1).std())
        edges = _edges(thumb)
        level, sharpness = float(cells.mean()), float(edges.mean())
        return cls(time, histogram(thumb), cells, small_gray(thumb), contrast, level, edges, sharpness)


def histogram(thumb: Thumb) -> Vector:
    """Share of the pixels in each of 8x4x4 bins of hue, saturation, value; float32 [128], sums to 1."""
    hsv = cv2.cvtColor(thumb, cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist([hsv], [0, 1, 2], None, list(BINS), [0, 180, 0, 256, 0, 256])
    shares: Vector = np.asarray(counts, np.float32).ravel() / (thumb.shape[0] * thumb.shape[1])
    return shares


def layout(thumb: Thumb) -> Vector:
    """Mean colour of 16x9 cells; float32 [432], 0–255."""
    return np.asarray(cv2.resize(thumb, GRID, interpolation=cv2.INTER_AREA), np.float32).ravel()


def small_gray(thumb: Thumb) -> Vector:
    """Grey levels on which motion is seen; float32 [45, 80]."""
    small = cv2.resize(thumb, GRAY_SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.float32)


def _edges(thumb: Thumb) -> Vector:
    edges = np.abs(cv2.Laplacian(thumb[..., 1], cv2.CV_16S))
    return np.asarray(cv2.resize(edges, EDGE_PARTS, interpolation=cv2.INTER_AREA), np.float32).ravel()


def distance(one: Glance, other: Glance) -> float:
    """How different two frames look, 0 to 3: of colours, whichever place they have, and of places."""
    colours = float(np.abs(one.histogram - other.histogram).sum()) / 2
    return colours + LAYOUT_WEIGHT * moved_cells(one, other) / 255


def moved_cells(one: Glance, other: Glance) -> float:
    """Mean difference of the layouts, grey levels."""
    return float(np.abs(one.layout - other.layout).mean())


def likeness(one: Vector, other: Vector, *, centred: bool = True) -> float:
    """Correlation of two layouts, -1 to 1; a flat one is like nothing. Not `centred`: the cosine between them."""
    a, b = (one - one.mean(), other - other.mean()) if centred else (one, other)
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm > 1e-3 else 0.0


def moved(before: Vector, after: Vector) -> float:
    """How much of a change (of its square, 0–1) a shift and zoom of the picture explain: the optical-flow equation."""
    middle = (before + after) / 2
    down, across = np.zeros_like(middle), np.zeros_like(middle)
    down[1:-1] = (middle[2:] - middle[:-2]) / 2
    across[:, 1:-1] = (middle[:, 2:] - middle[:, :-2]) / 2
    y = np.linspace(-1, 1, before.shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, before.shape[1], dtype=np.float32)
    causes = np.stack([across.ravel(), down.ravel(), (x * across + y * down).ravel()])
    change = (after - before).ravel()
    # Normal equations: three unknowns, and a hundred times faster than a decomposition of all pixels.
    found = np.linalg.solve(causes @ causes.T + np.eye(3, dtype=np.float32) * 1e-3, causes @ change)
    left = change - found @ causes
    return 1 - float(left @ left) / max(float(change @ change), 1e-6)
