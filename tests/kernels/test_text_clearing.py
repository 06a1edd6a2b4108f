"""`kernels.text_clearing`: specks that a mask of strokes leaves open, of text and of the picture."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.kernels import text_fill
from reelwright.kernels.strokes import Strokes
from reelwright.kernels.text_spans import Pattern
from reelwright.kernels.text_tracking import Line, Passage, Strip

SIZE, BOX, AREA = (110, 360), (80, 40, 280, 74), (60, 24, 300, 92)
NOISE = np.random.default_rng(8).uniform(0, 255, SIZE).astype(np.float32)
SMOOTH = cv2.GaussianBlur(NOISE, (0, 0), 14) * 6 - 640
ROUGH = np.clip((cv2.GaussianBlur(NOISE, (0, 0), 1.2) - 127) * 2.5 + 127, 30, 220)
WORDS = np.zeros(SIZE, np.uint8)
cv2.putText(WORDS, "Words here", (86, 68), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 6)
COVERED = cv2.dilate(WORDS, np.ones((3, 3))) > 0
HIDDEN = cv2.dilate(WORDS, np.ones((7, 7))) > 0
INSIDE = cv2.erode(WORDS, np.ones((3, 3))) > 0


def specks(every):
    """Single pixels in the midst of strokes."""
    rows, columns = np.nonzero(INSIDE)
    mask = np.zeros(SIZE, bool)
    mask[rows[::every], columns[::every]] = True
    alone = cv2.boxFilter(mask.astype(np.float32), -1, (5, 5), normalize=False) <= 1
    return mask & alone


def cleared(scene, left_open, dark=None):
    """The luma of a line that is always there; its mask leaves out `left_open`, which shows `dark` or the scene."""
    shown = np.where(COVERED, 235, scene)
    shown = np.where(left_open, scene if dark is None else dark, shown)
    chroma = np.full((55, 180), 128, np.uint8)
    strips = [
        Strip(index, Fraction(index, 25), [np.rint(shown).astype(np.uint8), chroma, chroma]) for index in range(6)
    ]
    left, top, right, bottom = AREA
    part = slice(top, bottom), slice(left, right)
    strokes = Strokes(INSIDE[part], (COVERED & ~left_open)[part], HIDDEN[part])
    still = strips[0].seen(AREA)
    line = Line(BOX, AREA, strokes, Pattern.of(still, strokes.mask, 34), 0, 6, still)
    (*_, last) = text_fill.fill(Passage(strips, [line], 0, 6), text_fill.Count())
    x, y, *_ = last.area
    luma = strips[-1].planes[0].copy()
    height, width = last.planes[0].shape
    np.copyto(luma[y : y + height, x : x + width], last.planes[0], where=last.masks[0])
    return luma


def off(luma, scene):
    return float(np.sqrt(np.mean(np.square(luma - scene)[COVERED])))


@pytest.mark.parametrize("dark", [16, 235], ids=["shadow", "letter"])
def test_specks_of_text_are_not_drawn_with(dark):
    whole = off(cleared(SMOOTH, np.zeros(SIZE, bool)), SMOOTH)
    assert whole < 4
    holed = off(cleared(SMOOTH, specks(9), dark), SMOOTH)
    assert holed < 1.3 * whole + 0.5


def test_specks_that_show_the_picture_help_to_draw_it():
    whole = off(cleared(ROUGH, np.zeros(SIZE, bool)), ROUGH)
    seen = off(cleared(ROUGH, specks(9)), ROUGH)
    assert seen < 0.95 * whole
