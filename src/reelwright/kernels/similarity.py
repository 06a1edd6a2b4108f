"""How alike two pictures look: for leaving out near-duplicates and for choosing varied ones.

A `Print` holds a coarse layout of the colours, their histogram, and a perceptual hash (signs of low DCT
frequencies of the luma). Small movements, noise and re-encoding hardly change it; another
scene changes it wholly. It does not see rotation, mirroring or cropping as alike.

Source of the hash: Zauner, "Implementation and benchmarking of perceptual image hash
functions", 2010 (the DCT variant, pHash).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reelwright.kernels.shots import histogram
from reelwright.loading import lazy

if TYPE_CHECKING:
    import cv2
else:
    cv2 = lazy("cv2")

CELLS = (16, 16)  # of the layout, in Lab
SHIFT = 2  # cells by which the camera may have moved between pictures that are still alike
THUMB = (96, 96)  # on which colours are counted
DCT = 32  # side of the picture that is transformed
LOW = 8  # low frequencies kept in each direction
FAR_CELLS = 24.0  # root mean square Lab difference (8-bit units) of pictures that have nothing in common
DUPLICATE = 0.25  # distance below which two pictures show the same moment
RELATED = 0.6  # distance from which two pictures repeat nothing of each other
SCENE = 0.6  # likeness of two pictures of one scene that only share their colours
OTHER_COLOURS = 0.25  # share of the pixels that are of other colours in another scene


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What is kept of a picture to compare it: about 4 kB."""

    cells: NDArray[np.float32]
    """[16, 16, 3] Lab, 0–255."""
    bits: NDArray[np.bool_]
    """[63], signs of the low frequencies without the mean."""
    colours: NDArray[np.float32]
    """[128], share of the pixels in each bin of hue, saturation, value."""


def of(rgb: NDArray[np.uint8]) -> Print:
    """The print of a picture, uint8 [h, w, 3] RGB of any size."""
    thumb = np.asarray(cv2.resize(rgb, THUMB, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(rgb, (DCT, DCT), interpolation=cv2.INTER_AREA)
    waves = cv2.dct(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32))[:LOW, :LOW].ravel()[1:]
    cells = cv2.resize(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), CELLS, interpolation=cv2.INTER_AREA)
    return Print(cells=cells.astype(np.float32), bits=waves > np.median(waves), colours=histogram(thumb))


def distance(one: Print, other: Print) -> float:
    """0 (the same) to 1 (nothing in common): the mean of hash distance and layout distance."""
    # Unrelated pictures differ in half of the bits.
    bits = min(1.0, 2 * float(np.mean(one.bits != other.bits)))
    cells = min(1.0, min(_off(one, other), _off(other, one)) / FAR_CELLS)
    return (bits + cells) / 2


def _off(one: Print, other: Print) -> float:
    """Root mean square difference of the middle of one layout from the best place for it in the other."""
    middle = one.cells[SHIFT:-SHIFT, SHIFT:-SHIFT]
    squares = cv2.matchTemplate(other.cells, np.ascontiguousarray(middle), cv2.TM_SQDIFF)
    return float(np.sqrt(max(0.0, float(squares.min())) / middle.size))


def is_duplicate(one: Print, other: Print) -> bool:
    """Do both show the same moment, or one too like it to tell apart at a glance?"""
    return distance(one, other) < DUPLICATE


def likeness(one: Print, other: Print) -> float:
    """1 for duplicates, less for the same scene from elsewhere, 0 for pictures that repeat nothing of each other."""
    layout = (RELATED - distance(one, other)) / (RELATED - DUPLICATE)
    colours = float(np.abs(one.colours - other.colours).sum()) / 2
    return min(1.0, max(0.0, layout, SCENE * (1 - colours / OTHER_COLOURS)))
