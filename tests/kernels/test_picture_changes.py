"""What has changed between two pictures: everything, only the place, or only a part."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import picture_changes
from reelwright.kernels.glances import GRAY_SIZE

WIDE, HIGH = GRAY_SIZE


def ground(seed, wide=3 * WIDE, high=3 * HIGH):
    """Clouds larger than a picture, float32 [high, wide], 0-255."""
    random = np.random.default_rng(seed)
    total = np.zeros((high, wide), np.float32)
    for cells, weight in ((9, 45), (24, 25), (60, 12)):
        coarse = random.normal(0, 1, (cells, cells * wide // high)).astype(np.float32)
        total += weight * cv2.resize(coarse, (wide, high), interpolation=cv2.INTER_CUBIC)
    return np.clip(128 + total, 0, 255).astype(np.float32)


def view(seed, x=60, y=40, zoom=1.0):
    wide, high = round(WIDE / zoom), round(HIGH / zoom)
    part = np.ascontiguousarray(ground(seed)[y : y + high, x : x + wide])
    return cv2.resize(part, GRAY_SIZE, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)


@pytest.mark.parametrize("light", [lambda one: one * 0.1, lambda one: one * 0.5 + 100], ids=["dark", "pale"])
def test_light_leaves_the_structure_alone(light):
    assert picture_changes.unlike(view(1), light(view(1))) < 0.01


@pytest.mark.parametrize("level", [0.1, 1.0], ids=["dark", "lit"])
def test_another_scene_has_another_structure(level):
    assert picture_changes.unlike(level * view(1), level * view(2)) > 0.6


def test_bars_make_pictures_no_more_alike():
    framed = []
    for seed in (1, 2):
        picture = np.full((HIGH, WIDE), 12, np.float32)
        picture[:, 25:55] = view(seed)[:, 25:55]
        framed.append(picture)

    assert picture_changes.unlike(*framed) > 0.5
    assert picture_changes.kept(*framed) < 0.2


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(view(1, x=85), id="pan"),
        pytest.param(view(1, x=44, y=48), id="both-ways"),
        pytest.param(view(1, x=70, y=46, zoom=1.35), id="closer"),
        pytest.param(cv2.blur(view(1, x=80), (9, 1)), id="smeared"),
    ],
)
def test_a_camera_that_moves_carries_the_picture(after):
    assert picture_changes.carried(view(1), after) > 0.8


@pytest.mark.parametrize("other", range(2, 8))
def test_another_scene_is_not_carried(other):
    assert picture_changes.carried(view(1), view(other)) < 0.78


def test_under_a_title_the_rest_is_kept():
    titled = view(1)
    titled[27:40] = 240
    titled[30:37, 5:75:3] = 0

    assert picture_changes.kept(view(1), titled) > 0.5
    assert picture_changes.kept(view(1), view(2)) < 0.1


def test_plain_pictures_keep_nothing_and_carry_nothing():
    plain = np.full((HIGH, WIDE), 100, np.float32)

    assert picture_changes.kept(plain, plain + 50) == 0
    assert picture_changes.carried(plain, plain + 50) == 0
    assert picture_changes.unlike(plain, plain + 50) == 0
