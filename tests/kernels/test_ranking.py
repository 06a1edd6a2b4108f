"""The best few: by score, apart in time, not all alike."""

from fractions import Fraction

import pytest

from reelwright.kernels.ranking import best_apart

SCORES = {Fraction(0): 5.0, Fraction(1): 9.0, Fraction(2): 8.0, Fraction(5): 7.0, Fraction(6): 7.0}


@pytest.mark.parametrize(
    ("count", "gap", "expected"),
    [
        pytest.param(3, 0, [1, 2, 5], id="best-first"),
        pytest.param(3, 2, [1, 5], id="no-two-closer-than-the-gap"),
        pytest.param(9, 0, [1, 2, 5, 6, 0], id="ties-go-to-the-earlier"),
        pytest.param(1, 100, [1], id="one"),
    ],
)
def test_best_apart(count, gap, expected):
    assert best_apart(SCORES, count=count, gap=Fraction(gap)) == expected


def test_alike_ones_are_left_out():
    odd_even = best_apart(SCORES, count=5, likeness=lambda one, other: float((one - other) % 2 == 0))

    assert odd_even == [1, 2]


def test_what_repeats_comes_later():
    chosen = best_apart(SCORES, count=3, likeness=lambda a, b: 0.5 * (abs(a - b) < 2), repeat_cost=10)

    assert chosen == [1, 5, 2]  # 2 and 6 repeat half of 1 and 5, so 3 and 2 are left of them


def test_nothing_of_nothing():
    assert best_apart({}, count=3) == []
