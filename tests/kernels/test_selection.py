"""What is chosen of scenes whose worth is known."""

import itertools

import numpy as np
import pytest

from reelwright.kernels import selection, similarity
from reelwright.kernels.cut_points import Points
from reelwright.kernels.importance import TICKS
from reelwright.kernels.selection import Scene, choose


def anywhere(start, end, group, cost=0.0):
    """A scene that can be cut at any quarter of a second."""
    times = np.arange(start, end + 0.01, 0.25)
    costs = np.full(len(times), cost)
    costs[[0, -1]] = 0
    return Scene(start, end, group, Points(times, costs, costs))


def worth(*parts):
    """(seconds, worth) one after the other."""
    return np.concatenate([np.full(round(seconds * TICKS), value) for seconds, value in parts])


def shown(scenes, values, **given):
    given = {"budget": 10.0, "least": 2.0, "most": 10.0, **given}
    return choose(scenes, values, **given)


def test_the_worthiest_part_of_a_scene_is_chosen():
    (clip,) = shown([anywhere(0, 20, 0)], worth((8, 0.1), (4, 0.9), (8, 0.1)), budget=4.0)
    assert (clip.start, clip.end) == (8, 12)
    assert clip.worth == pytest.approx(0.9)


def test_every_group_is_shown_before_one_is_shown_twice():
    scenes = [anywhere(number * 5, number * 5 + 5, number // 2) for number in range(8)]
    values = worth(*[(5, 0.9 if number < 2 else 0.2) for number in range(8)])
    clips = shown(scenes, values)
    assert {clip.group for clip in clips} == {0, 1, 2, 3}
    assert len(clips) == 4


def test_clips_are_in_order_within_the_budget_and_apart():
    scenes = [anywhere(number * 7, number * 7 + 7, number % 3) for number in range(9)]
    clips = shown(scenes, worth((63, 0.5)), budget=17.3)
    assert sum(clip.length for clip in clips) <= 17.3
    assert all(one.end <= other.start for one, other in itertools.pairwise(clips))
    assert all(clip.length >= 2 for clip in clips)


def test_where_there_is_little_time_the_weightiest_groups_are_shown():
    scenes = [anywhere(number * 5, number * 5 + 5, number) for number in range(4)]
    clips = shown(scenes, worth((5, 0.2), (5, 0.9), (5, 0.1), (5, 0.8)), budget=1.5, least=0.7)
    assert {clip.group for clip in clips} == {1, 3}


def test_clips_are_shorter_than_wanted_where_groups_would_be_missing():
    scenes = [anywhere(number * 5, number * 5 + 5, number) for number in range(5)]
    clips = shown(scenes, worth((25, 0.5)), budget=7.5)
    assert {clip.group for clip in clips} == set(range(5))


def test_a_short_scene_is_shown_whole():
    (clip,) = shown([anywhere(3, 4, 0)], worth((10, 0.5)))
    assert (clip.start, clip.end) == (3, 4)


def test_a_costly_cut_is_made_only_where_there_is_no_other():
    times = np.array([0.0, 2.0, 3.0, 5.0, 6.0])
    costs = np.array([0.0, 0.5, 0.0, 0.5, 0.0])
    (clip,) = shown([Scene(0, 6, 0, Points(times, costs, costs))], worth((6, 0.5)), budget=5.0)
    assert (clip.start, clip.end) in {(0, 3), (3, 6)}


def test_one_long_scene_gives_several_clips():
    clips = shown([anywhere(0, 300, 0)], worth((300, 0.5)), budget=60.0)
    assert len(clips) >= 6
    assert sum(clip.length for clip in clips) == pytest.approx(60, abs=2)
    assert min(other.start - one.end for one, other in itertools.pairwise(clips)) >= selection.APART


def print_of(seed, shift=0):
    noise = np.random.default_rng(seed).integers(0, 255, (9, 16 + 4, 3), np.uint8)
    return similarity.of(noise.repeat(20, 0).repeat(20, 1)[:, shift : shift + 320])


def test_shots_that_come_back_are_of_one_group():
    shots = [[print_of(1), print_of(1, 4)], [print_of(2)], [print_of(1, 8)], [print_of(3)], [print_of(2, 6)]]
    assert selection.groups(shots) == [0, 1, 0, 2, 1]


def test_a_group_is_joined_by_a_shot_that_is_like_two():
    assert selection.groups([[print_of(1)], [print_of(2)], [print_of(3)], [print_of(1), print_of(3)]]) == [0, 1, 0, 0]
