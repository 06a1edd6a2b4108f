"""The worth of moments that differ in one thing only."""

import numpy as np
import pytest

from reelwright.kernels import importance
from reelwright.kernels.stills import Still

TICKS = importance.TICKS
GOOD = Still(luma=0.48, contrast=60, brightest=230, clipped=0, detail=3, blur=0.3, entropy=7.5, colour=60)
DULL = Still(luma=0.2, contrast=20, brightest=120, clipped=0, detail=2, blur=0.4, entropy=5, colour=10)


def test_better_pictures_are_worth_more():
    worth = importance.pictures([0, 2], [DULL, GOOD], 4 * TICKS)
    assert worth[: 2 * TICKS].max() < 0.3
    assert worth[2 * TICKS :].min() > 0.7


def test_pictures_that_hardly_differ_are_worth_the_same():
    worth = importance.pictures([0, 2], [GOOD, GOOD], 4 * TICKS)
    assert worth == pytest.approx(np.full(4 * TICKS, 0.5))


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_motion_counts_by_the_second_not_by_the_frame(fps):
    times = np.arange(0, 6, 1 / fps)
    changes = np.where(times < 3, 0.0, 1.0 / fps)
    lively = importance.motion(times, changes, 6 * TICKS, [])
    assert lively[: 2 * TICKS].max() < 0.01
    assert lively[4 * TICKS : 5 * TICKS].mean() == pytest.approx(1 / (1 + importance.STIR), abs=0.05)


def test_a_cut_is_no_motion():
    times = np.arange(0, 4, 0.04)
    changes = np.where(np.isclose(times, 2.0), 1.5, 0.0)
    assert importance.motion(times, changes, 4 * TICKS, [2.0]).max() == 0


def test_talk_and_loud_moments_stand_out():
    talk = np.repeat([False, True, False], 20)
    level = np.repeat([-50.0, -50.0, -20.0], 20)
    spoken, loud = importance.sound(talk, level)
    assert (spoken[30], spoken[5]) == (1, 0)
    assert loud[50] == 1
    assert loud[:35].max() == 0


def test_where_there_is_no_sound_nothing_is_loud():
    spoken, loud = importance.sound(np.zeros(10, bool), np.full(10, -np.inf))
    assert not spoken.any()
    assert not loud.any()
