"""Places to cut in sound whose words are known."""

import numpy as np
import pytest

from reelwright.kernels.cut_points import AT_EDGE, IN_GAP, INSIDE, RATE, Cutter, Voice


def voice(length, *talks, gaps=()):
    """Talk at -20 dB, the rest and the gaps within talk at -60 dB."""
    talk, level = np.zeros(length * RATE, bool), np.full(length * RATE, -60.0)
    for start, end in talks:
        talk[round(start * RATE) : round(end * RATE)] = True
    level[talk] = -20.0
    for start, end in gaps:
        level[round(start * RATE) : round(end * RATE)] = -60.0
    return Voice(talk, level)


SILENT = Voice(np.zeros(0, bool), np.zeros(0))


def harmless(points):
    return [round(float(time), 2) for time, cost in zip(points.times, points.end, strict=True) if cost < IN_GAP]


@pytest.mark.parametrize(
    ("sound", "wanted"),
    [
        pytest.param(SILENT, [0.0, 0.25, 0.5, 0.75, 1.0], id="no-sound"),
        pytest.param(voice(2, (0, 2)), [0.0, 1.0], id="talk-all-over"),
        pytest.param(voice(2, (0.3, 0.8)), [0.0, 0.15, 0.2, 0.25, 0.96, 1.0], id="a-word"),
    ],
)
def test_cuts_are_free_where_nobody_talks(sound, wanted):
    assert harmless(Cutter(sound, []).points(0, 1)) == wanted


def test_no_harmless_place_lies_in_talk():
    talks = [(0.4, 2.2), (2.8, 4.3), (4.6, 7.9)]
    points = Cutter(voice(10, *talks), [1.0, 3.0, 8.5]).points(0, 10)
    places = harmless(points)
    assert not any(start < time < end for time in places for start, end in talks)
    assert {time for time in places if 2.2 <= time <= 2.8}


def test_the_edge_of_a_shot_moves_into_a_gap_between_words():
    points = Cutter(voice(6, (0, 6), gaps=[(2.04, 2.12), (3.9, 3.98)]), []).points(2, 4)
    assert points.times[0] == pytest.approx(2.08)
    assert points.times[-1] == pytest.approx(3.94)
    assert points.begin[0] < AT_EDGE


def test_an_edge_without_a_gap_near_stays_and_costs():
    points = Cutter(voice(6, (0, 6)), []).points(2, 4)
    assert (points.times[0], points.times[-1]) == (2, 4)
    assert points.end[-1] == AT_EDGE


def test_key_frames_are_the_better_beginning():
    points = Cutter(SILENT, [0.6]).points(0, 1)
    at = int(np.searchsorted(points.times, 0.6))
    assert points.begin[at] == INSIDE
    assert points.begin[at - 1] > INSIDE
