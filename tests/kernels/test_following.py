"""A camera followed over a scene, part of which is hidden in every frame."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import following, registration
from reelwright.kernels.following import Follower

SIZE = (240, 120)


@pytest.fixture(scope="module")
def scene():
    random = np.random.default_rng(8)
    parts = [(10, 0.5), (40, 0.3), (140, 0.2)]
    mix = sum(
        weight * cv2.resize(random.random((across // 2, across)).astype(np.float32), (900, 450), interpolation=2)
        for across, weight in parts
    )
    return (20 + 210 * mix).astype(np.float32)


def view(scene, x, y):
    """The luma of a camera at (x, y), with something drawn over its corner; and where that is."""
    luma = cv2.getRectSubPix(scene, SIZE, (200 + x + (SIZE[0] - 1) / 2, 120 + y + (SIZE[1] - 1) / 2))
    unknown = np.zeros(SIZE[::-1], bool)
    unknown[20:50, 150:210] = True
    return np.where(unknown, 255, np.rint(luma)).astype(np.uint8), unknown


@pytest.mark.parametrize("step", [0.0, 0.4, 3.3, 9.0], ids=["still", "slow", "brisk", "fast"])
def test_the_way_from_first_to_last_is_told_without_drift(scene, step):
    follower, (_, unknown) = Follower(), view(scene, 0, 0)
    first = None
    for index in range(30):
        key, motion = follower.push([view(scene, step * index, step / 3 * index)[0]], unknown)
        first = first or key
    way = key.to(first) @ motion
    assert key.run == first.run
    assert way[:2, 2] == pytest.approx([step * 29, step / 3 * 29], abs=0.3)


def test_a_sudden_jerk_is_followed_by_corners(scene):
    follower, (_, unknown) = Follower(), view(scene, 0, 0)
    first = None
    for x in (0, 0, 0, 17):
        key, motion = follower.push([view(scene, x, 0)[0]], unknown)
        first = first or key
    assert key.run == 0
    assert (key.to(first) @ motion)[:2, 2] == pytest.approx([17, 0], abs=0.2)


def test_a_cut_begins_a_new_run(scene):
    follower, (first, unknown) = Follower(), view(scene, 0, 0)
    follower.push([first], unknown)
    key, motion = follower.push([255 - cv2.flip(first, -1)], unknown)
    assert key.run == 1
    assert np.array_equal(motion, registration.identity())


def test_a_frame_that_shows_what_the_key_hides_is_a_key(scene):
    follower, (first, unknown) = Follower(), view(scene, 0, 0)
    key, _ = follower.push([first], unknown)
    same, _ = follower.push([first], unknown)
    other, _ = follower.push([first], np.zeros_like(unknown))
    assert same is key
    assert other is not key


def test_a_key_of_a_still_camera_grows_old(scene):
    follower, (first, unknown) = Follower(), view(scene, 0, 0)
    keys = [follower.push([first], unknown)[0] for _ in range(2 * following.OLD)]
    assert len({id(key) for key in keys}) == 2
