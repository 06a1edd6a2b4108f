"""Where a film is parted: between shots, in pauses, never amid a word."""

from itertools import pairwise

import numpy as np
import pytest

from reelwright.kernels import splitting
from reelwright.kernels.cut_points import Voice

SILENT = Voice(np.zeros(0, bool), np.zeros(0))


def talking(length, *spans):
    """A voice that talks in these spans."""
    talk = np.zeros(round(100 * length), bool)
    for start, end in spans:
        talk[round(100 * start) : round(100 * end)] = True
    return Voice(talk, np.where(talk, -20.0, -60.0))


def ends(parts):
    return [one.end for one in parts]


def test_each_shot_is_a_clip():
    parts = splitting.split(20, [5, 9, 15], SILENT, least=3, most=60)
    assert [(one.start, one.end, one.why) for one in parts] == [
        (0, 5, "shot"),
        (5, 9, "shot"),
        (9, 15, "shot"),
        (15, 20, "end"),
    ]


def test_a_shot_that_is_too_short_joins_a_neighbour():
    parts = splitting.split(20, [9, 10, 15], SILENT, least=3, most=60)
    assert all(one.end - one.start >= 3 for one in parts)
    assert len(parts) == 3


def test_shots_stay_together_where_somebody_talks_on():
    voice = talking(20, (1, 8), (11, 14))
    assert ends(splitting.split(20, [5, 10, 15], voice, least=3, most=60)) == [10, 15, 20]


def test_a_long_shot_is_parted_in_its_longest_pauses():
    voice = talking(40, (0, 11), (11.5, 19), (22, 30), (30.4, 40))
    parts = splitting.split(40, [], voice, least=3, most=25)
    assert len(parts) == 2
    assert 19 < parts[0].end < 22
    assert parts[0].why == "pause"


def test_talk_without_a_pause_makes_a_clip_longer_than_asked():
    voice = talking(30, (0, 18), (19, 30))
    parts = splitting.split(30, [4, 8, 12], voice, least=2, most=6)
    assert 18 < parts[0].end < 19


@pytest.mark.parametrize("seed", range(6))
def test_no_cut_is_amid_talk_and_nothing_is_lost(seed):
    random = np.random.default_rng(seed)
    length, at, spans = 120.0, 0.5, []
    while at < length - 5:
        spans.append((at, at + random.uniform(0.5, 6)))
        at = spans[-1][1] + random.uniform(0.05, 3)
    voice = talking(length, *spans)
    edges = sorted(random.uniform(1, length - 1, 25).tolist())
    parts = splitting.split(length, edges, voice, least=2, most=20)
    assert parts[0].start == 0
    assert parts[-1].end == length
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert not any(voice.talks_at(one.end) or voice.talks_at(one.end - 0.01) for one in parts[:-1])
    assert all(one.end - one.start >= 2 - 1e-6 for one in parts)


def test_a_film_shorter_than_a_clip_is_one():
    assert ends(splitting.split(1.5, [0.7], SILENT, least=3, most=60)) == [1.5]
