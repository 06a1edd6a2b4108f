"""The colours of a picture by their everyday names, and how light it is.

Eleven names that most languages have (B. Berlin and P. Kay, "Basic Color Terms", 1969), told apart in CIELAB: first
by how colourful a pixel is, then by its hue and lightness; brown is dark orange, pink is light red. Borders between
colours are a matter of taste; these lie between the middles of what people call by each name.
"""

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

Colour = Literal["black", "white", "grey", "red", "orange", "brown", "yellow", "green", "blue", "purple", "pink"]
Picture = NDArray[np.uint8]
Shares = NDArray[np.float64]

NAMES: tuple[Colour, ...] = (
    *("black", "white", "grey", "red", "orange", "brown"),
    *("yellow", "green", "blue", "purple", "pink"),
)
SIDE = 64  # px; colours are counted on a small copy
GREY = 10.0  # chroma below which nothing has a colour…
DARK_GREY = 6.0  # …and in the dark, where less chroma shows
BLACK, WHITE = 18.0, 86.0  # lightness, 0 to 100
HUES: tuple[tuple[float, Colour], ...] = (  # degrees up to which a hue has the name
    *((15.0, "pink"), (45.0, "red"), (72.0, "orange"), (108.0, "yellow"), (190.0, "green")),
    *((308.0, "blue"), (335.0, "purple"), (360.0, "pink")),
)
DARK_ORANGE = 55.0  # lightness below which orange is brown, and yellow…
DARK_YELLOW = 50.0
PALE = 65.0  # lightness from which red is pink
DEEP_RED = 60.0  # lightness below which pink close to red is red, if it is colourful
STRONG = 45.0  # chroma
DEEP = 25.0  # chroma from which even the dark has a colour


def shares(rgb: Picture) -> Shares:
    """The share of the pixels of each colour in the order of `NAMES`: float64 [11], together 1."""
    small = cv2.resize(rgb, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float64)
    counts = np.bincount(named(lab), minlength=len(NAMES))
    return np.asarray(counts / counts.sum(), np.float64)


def named(lab: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of the name of each colour, float64 [n, 3] of CIELAB (D65)."""
    light, chroma = lab[:, 0], np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    edges = np.array([edge for edge, _ in HUES])
    by_hue = np.array([NAMES.index(name) for _, name in HUES])
    found = by_hue[np.minimum(np.searchsorted(edges, hue, side="right"), len(HUES) - 1)]
    found = np.where(_is(found, "orange") & (light < DARK_ORANGE), NAMES.index("brown"), found)
    found = np.where(_is(found, "yellow") & (light < DARK_YELLOW), NAMES.index("brown"), found)
    found = np.where(_is(found, "red") & (light >= PALE), NAMES.index("pink"), found)
    near_red = (hue < HUES[0][0]) & (light < DEEP_RED) & (chroma >= STRONG)
    found = np.where(near_red, NAMES.index("red"), found)
    grey = chroma < np.where(light < 2 * BLACK, DARK_GREY, GREY)
    found = np.where(grey, NAMES.index("grey"), found)
    found = np.where((light < BLACK) & (chroma < DEEP), NAMES.index("black"), found)
    return np.asarray(np.where(grey & (light >= WHITE), NAMES.index("white"), found), np.int64)


def _is(found: NDArray[np.int64], name: Colour) -> NDArray[np.bool_]:
    return np.asarray(found == NAMES.index(name), np.bool_)
