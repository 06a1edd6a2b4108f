"""Ticks, figures, and labels that keep apart."""

import numpy as np
import pytest

from reelwright.kernels import scales


@pytest.mark.parametrize(
    ("low", "high", "first", "last"),
    [
        (0, 1_318_683_096, 0, 1.5e9),
        (0, 7, 0, 8),
        (-5, 12.3, -5, 15),
        (3, 3, 3, 6),
        (0, 0.0123, 0, 0.0125),
        (0, 0, 0, 1),
    ],
)
def test_ticks_hold_the_values_in_even_nice_steps(low, high, first, last):
    at = scales.ticks(low, high)
    assert at[0] == pytest.approx(first)
    assert at[-1] == pytest.approx(last)
    assert np.allclose(np.diff(at), at[1] - at[0])
    assert 2 <= len(at) <= 7


@pytest.mark.parametrize(
    ("value", "whole", "english", "chinese"),
    [
        (1_318_683_096, True, "1.32B", "13.2亿"),
        (56_602_560, True, "56.6M", "5,660万"),
        (12_345, True, "12.3K", "12,345"),
        (9_999, True, "9,999", "9,999"),
        (12.345, False, "12.3", "12.3"),
        (0.0042, False, "0.0042", "0.0042"),
        (-0.4, False, "-0.40", "-0.40"),
        (0, True, "0", "0"),
        (-0.0, False, "0.00", "0.00"),
        (1e12, True, "1.00T", "1.00万亿"),
    ],
)
def test_figures_are_short(value, whole, english, chinese):
    assert scales.Figures("en", whole).of(value) == english
    assert scales.Figures("zh", whole).of(value) == chinese


def test_the_ticks_of_an_axis_share_their_unit_and_are_exact():
    assert scales.Figures("en").ticks([0, 0.5e9, 1e9, 1.5e9]) == ["0", "0.5B", "1.0B", "1.5B"]
    assert scales.Figures("zh").ticks([0, 5e8, 1e9]) == ["0", "5亿", "10亿"]
    assert scales.Figures("en").ticks([0, 0.0025, 0.005]) == ["0", "0.0025", "0.0050"]


@pytest.mark.parametrize(
    ("widths", "pitch", "step"),
    [([10] * 5, 20, 1), ([30] * 5, 20, 2), ([90] * 10, 20, 5), ([500, 500], 20, 2), ([], 5, 1)],
)
def test_as_many_labels_are_shown_as_fit(widths, pitch, step):
    assert scales.every(widths, pitch, gap=5) == step


@pytest.mark.parametrize("seed", range(20))
def test_labels_keep_apart_inside_their_room_and_near_to_their_place(seed):
    generator = np.random.default_rng(seed)
    wanted = generator.uniform(0, 100, 8)
    heights = generator.uniform(2, 9, 8)

    found = scales.spread(wanted, heights, 0, 100)

    order = np.argsort(wanted)
    gaps = np.diff(found[order]) - (heights[order][:-1] + heights[order][1:]) / 2
    assert (gaps > -1e-9).all()
    assert (found - heights / 2 > -1e-9).all()
    assert (found + heights / 2 < 100 + 1e-9).all()
    assert np.abs(found - wanted).max() <= heights.sum()


def test_labels_that_do_not_touch_stay_where_they_are():
    assert scales.spread([10, 50, 90], [5, 5, 5], 0, 100) == pytest.approx([10, 50, 90])


def test_labels_without_enough_room_are_spaced_evenly():
    assert scales.spread([1, 1, 1], [10, 10, 10], 0, 15) == pytest.approx([2.5, 7.5, 12.5])
