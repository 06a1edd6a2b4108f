"""`kernels.drawing`: strokes between what is seen, plates, and masks that come back."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.drawing import KEPT, Between, Drawing

SIZE = (80, 240)
RAMP = np.asarray(np.linspace(40, 200, SIZE[1])[None] + np.linspace(0, 30, SIZE[0])[:, None], np.float32)
WORDS = np.zeros(SIZE, np.uint8)
cv2.putText(WORDS, "Words here", (16, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 6)
PLATE = np.zeros(SIZE, bool)
PLATE[14:66, 60:180] = True


@pytest.mark.parametrize("mask", [WORDS > 0, PLATE], ids=["words", "plate"])
def test_a_slope_goes_on_behind(mask):
    got = Between(mask, mask).drawn(np.where(mask, 235, RAMP), mask)
    assert np.array_equal(got[~mask], RAMP[~mask])
    assert np.abs(got - RAMP)[mask].mean() < 3


def test_only_the_part_asked_for_is_drawn():
    mask, half = WORDS > 0, np.arange(SIZE[1]) < 120
    shown = np.where(mask, 235, RAMP).astype(np.float32)
    got = Between(mask, mask).drawn(shown, mask & half)
    assert np.array_equal(got[:, 120:], shown[:, 120:])
    assert np.abs(got - RAMP)[mask & half].max() < 12


def test_masks_that_come_back_are_not_learnt_again():
    drawing = Drawing()
    first = drawing.between(WORDS > 0, WORDS > 0)
    assert drawing.between(WORDS > 0, WORDS > 0) is first
    for shift in range(KEPT):
        drawing.between(np.roll(PLATE, shift, axis=1), PLATE)
    assert drawing.between(WORDS > 0, WORDS > 0) is not first


def test_what_is_smeared_counts_for_less_than_what_is_clean():
    opaque = WORDS > 0
    hidden = cv2.dilate(WORDS, np.ones((5, 5), np.uint8)) > 0
    noise = np.random.default_rng(4).normal(0, 12, SIZE)
    shown = np.where(opaque, 235, np.where(hidden, RAMP + noise, RAMP)).astype(np.float32)
    errors = [np.abs(Between(opaque, one).drawn(shown, opaque) - RAMP)[opaque].mean() for one in (hidden, opaque)]
    assert errors[0] < 0.85 * errors[1]
