"""Every easing begins at 0 and ends at 1."""

import pytest

from reelwright.kernels import easing

EASINGS = (easing.linear, easing.cubic_out, easing.quint_out, easing.cubic_in_out, easing.back_out)


@pytest.mark.parametrize("ease", EASINGS, ids=lambda one: one.__name__)
def test_it_begins_at_zero_and_ends_at_one(ease):
    assert ease(0.0) == pytest.approx(0)
    assert ease(1.0) == pytest.approx(1)


@pytest.mark.parametrize("ease", EASINGS[:-1], ids=lambda one: one.__name__)
def test_it_never_goes_back(ease):
    way = [ease(step / 50) for step in range(51)]
    assert way == sorted(way)


def test_one_swings_a_little_beyond():
    assert 1.05 < max(easing.back_out(step / 50) for step in range(51)) < 1.15


@pytest.mark.parametrize(("time", "share"), [(-1, 0), (2, 0), (3, 0.5), (4, 1), (9, 1)])
def test_the_share_of_a_stretch_that_has_passed(time, share):
    assert easing.passed(time, 2, 2) == share


def test_a_stretch_of_no_length_is_over_at_once():
    assert (easing.passed(1.9, 2, 0), easing.passed(2, 2, 0)) == (0, 1)
