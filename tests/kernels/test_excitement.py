"""What stands out, and the windows that show it."""

import itertools

import numpy as np
import pytest

from reelwright.kernels import excitement
from reelwright.kernels.cut_points import Points
from reelwright.kernels.importance import TICKS

SECONDS = 60
EVERYWHERE = Points(*(np.arange(0, SECONDS + 0.25, 0.25) * scale for scale in (1, 0, 0)))


def quiet(**given):
    """The signs of a minute in which nothing happens but what is given: name -> (start, end, value)."""
    count = SECONDS * TICKS
    base = {"lively": 0.1, "level": -40.0, "band": -50.0, "noisiness": 0.2, "onsets": 0.02, "talk": 0.0}
    found = {name: np.full(count, value) for name, value in base.items()}
    for name, (start, end, value) in given.items():
        found[name][round(start * TICKS) : round(end * TICKS)] = value
    found["talk"] = found["talk"] > 0
    return found


def signs(cuts=(), **given):
    return excitement.signs(**quiet(**given), cuts=cuts)


@pytest.mark.parametrize(
    ("given", "sign"),
    [
        pytest.param({"lively": (20, 24, 0.8)}, "motion", id="motion"),
        pytest.param({"level": (20, 24, -25.0)}, "level", id="level"),
        pytest.param({"band": (20, 24, -35.0), "noisiness": (20, 24, 0.8)}, "cheering", id="cheering"),
        pytest.param({"cuts": (20.5, 21.5, 22.5, 23.5)}, "pace", id="pace"),
    ],
)
def test_each_sign_finds_its_moment(given, sign):
    found = signs(**given)
    window = excitement.choose(found.excitement("any"), EVERYWHERE, count=1, length=8)[0]
    assert window.start <= 20.5
    assert window.end >= 23.5
    assert found.reasons(window.start, window.end, "any")[0] == sign


def test_a_raised_voice_is_louder_than_talk_is():
    talking = quiet(talk=(5, 40, 1.0), level=(5, 40, -30.0))
    talking["level"][300:340] = -20.0
    found = excitement.signs(**talking, cuts=())
    raised = found.found["raised voice"]
    assert raised[300:340].mean() > 0.8
    assert raised[60:280].max() < 0.05


def test_noise_as_loud_as_always_is_no_cheering():
    found = signs(noisiness=(0, 60, 0.9))
    assert found.found["cheering"].max() == 0


def test_in_sports_the_window_shows_what_the_cheer_is_for():
    found = signs(band=(30, 34, -35.0), noisiness=(30, 34, 0.8))
    led = found.excitement("sports")
    assert led[260:290].min() > 3 * found.excitement("any")[260:290].max()
    window = excitement.choose(led, EVERYWHERE, count=1, length=10)[0]
    assert window.start <= 27
    assert window.end >= 33


def test_windows_do_not_overlap_and_the_best_comes_first():
    moved = np.zeros(SECONDS * TICKS)
    for start, height in ((5, 0.5), (22, 0.9), (40, 0.7)):
        moved[start * TICKS : (start + 4) * TICKS] = height
    found = excitement.choose(moved, EVERYWHERE, count=3, length=8)
    assert [round(one.start / 20) for one in found] == [1, 2, 0]
    in_order = sorted(found, key=lambda one: one.start)
    assert all(one.end <= other.start for one, other in itertools.pairwise(in_order))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_windows_begin_and_end_where_a_cut_does_no_harm():
    moved = np.zeros(SECONDS * TICKS)
    moved[300:340] = 1.0
    times = np.arange(0, SECONDS + 0.5, 0.5)
    harm = np.where(np.isin(times, (27.0, 36.5)), 0.0, 1.0)
    window = excitement.choose(moved, Points(times, harm, harm), count=1, length=8)[0]
    assert (window.start, window.end) == (27.0, 36.5)


def test_where_nothing_stands_out_one_window_comes_back():
    assert len(excitement.choose(np.zeros(SECONDS * TICKS), EVERYWHERE, count=5, length=8)) == 1


def test_a_short_film_is_one_window():
    points = Points(np.array([0.0, 5.0]), np.zeros(2), np.zeros(2))
    assert excitement.choose(np.zeros(51), points, count=3, length=15) == [excitement.Window(0.0, 5.0, 0.0)]


def test_words_that_somebody_chose_count_as_much_as_all_else():
    found = signs(band=(30, 34, -35.0), noisiness=(30, 34, 0.8)).with_words([(10.0, 14.0, 1.0), (12.0, 20.0, 0.4)])
    moved = found.excitement("sports")
    assert moved[120] == pytest.approx(excitement.SAID)
    assert moved[170] == pytest.approx(0.4 * excitement.SAID)
    assert moved[320] > 0
    assert found.reasons(10, 14, "sports") == ("words",)
