"""Near-duplicates are known as such, other pictures are not."""

import numpy as np
import pytest

from reelwright.kernels import similarity
from reelwright.media import frames


@pytest.fixture(scope="module")
def scenes(make_video):
    made = make_video([("scene", 0.4), ("scene", 0.4)], size=(320, 180))
    seen = [frame.rgb for frame in frames.stream(made.path)]
    return seen[2], seen[-2]


def brighter(rgb):
    return np.clip(rgb.astype(int) + 6, 0, 255).astype(np.uint8)


def noisy(rgb):
    noise = np.random.default_rng(0).normal(0, 8, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def half(rgb):
    return np.ascontiguousarray(rgb[::2, ::2])


@pytest.mark.parametrize("change", [brighter, noisy, half], ids=lambda change: change.__name__)
def test_the_same_picture_changed_a_little_is_a_duplicate(scenes, change):
    one, other = similarity.of(scenes[0]), similarity.of(change(scenes[0]))

    assert similarity.is_duplicate(one, other)
    assert similarity.distance(one, other) == similarity.distance(other, one)


def test_another_scene_is_none(scenes):
    one, other = map(similarity.of, scenes)

    assert similarity.distance(one, other) > 2 * similarity.DUPLICATE
    assert not similarity.is_duplicate(one, other)


def test_likeness_runs_from_one_to_zero(scenes):
    one, other = map(similarity.of, scenes)

    assert similarity.likeness(one, one) == 1
    assert similarity.likeness(one, other) < 0.3
