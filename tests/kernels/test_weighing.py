"""`kernels.weighing`: pictures that are right in places, weighed against what is drawn."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import weighing
from reelwright.kernels.kriging import Kriging
from reelwright.kernels.weighing import Frame, Scale

SIZE = (80, 240)
STROKES = np.zeros(SIZE, np.uint8)
cv2.putText(STROKES, "Words here", (16, 56), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 6)
KNOWN = STROKES == 0
LEFT = np.arange(SIZE[1]) < SIZE[1] // 2


def texture(seed, fine=2.0):
    field = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=SIZE).astype(np.float32), (0, 0), fine)
    return np.asarray(128 + 30 * field / field.std(), np.float32)


def shares(here, there, kind="ground"):
    odds = Frame(Scale(KNOWN), here).odds(there, kind)
    return weighing.shares([odds], [np.ones(SIZE, bool)])[0]


def test_a_picture_is_believed_where_the_frame_agrees_with_it_and_not_elsewhere():
    truth = texture(1)
    there = np.where(LEFT, truth, texture(2))
    share = shares(np.where(KNOWN, truth, 235), there)
    assert share[:, :100][~KNOWN[:, :100]].min() > 0.9
    assert share[:, 140:][~KNOWN[:, 140:]].max() < 0.4


def test_the_mean_errs_less_than_either_guess():
    truth = texture(1, 3.0)
    there = np.where(LEFT, truth, texture(2, 3.0)) + np.random.default_rng(3).normal(0, 2, SIZE).astype(np.float32)
    here = np.where(KNOWN, truth, 235).astype(np.float32)
    drawn = Kriging(KNOWN).filled(here, ~KNOWN)
    mean = drawn + shares(here, there) * (there - drawn)
    errors = [float(np.mean(np.square(one - truth)[~KNOWN])) for one in (mean, there, drawn)]
    assert errors[0] < 0.7 * min(errors[1:])


def test_hidden_pixels_of_the_frame_count_for_nothing():
    truth, there = texture(1), texture(2)
    assert np.array_equal(shares(np.where(KNOWN, truth, 235), there), shares(np.where(KNOWN, truth, 16), there))


def test_the_deeper_in_a_stroke_the_less_is_drawn():
    known = np.ones(SIZE, bool)
    known[20:60, 60:180] = False
    flat = np.full(SIZE, 90, np.float32)
    odds = Frame(Scale(known), flat).odds(flat + 2, "ground")
    assert odds[40, 120] > odds[22, 120]


@pytest.mark.parametrize("count", [1, 3])
def test_shares_leave_the_rest_to_what_is_drawn(count):
    odds = [np.full((2, 2), np.log(one + 1.0), np.float32) for one in range(count)]
    got = weighing.shares(odds, [np.ones((2, 2), bool)] * count)
    whole = 1 + sum(range(1, count + 1))
    assert [float(one[0, 0]) for one in got] == pytest.approx([(one + 1) / whole for one in range(count)])


def test_what_a_picture_does_not_show_is_not_taken_from_it():
    got = weighing.shares([np.full((1, 2), 9, np.float32)], [np.array([[True, False]])])
    assert got[0][0, 0] > 0.99
    assert got[0][0, 1] == 0
