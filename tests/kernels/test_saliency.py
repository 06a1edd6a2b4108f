"""Motion against the camera, and what stands out, on pictures made for it."""

import numpy as np
import pytest

from reelwright.kernels import saliency

HEIGHT, WIDTH = 90, 160


@pytest.fixture
def scene():
    """A texture larger than the picture, smooth enough to be tracked: uint8 [130, 240]."""
    random = np.random.default_rng(3)
    coarse = random.integers(20, 200, (26, 48)).astype(float)
    rows, columns = np.linspace(0, 25, 130), np.linspace(0, 47, 240)
    low = coarse[rows.astype(int)][:, columns.astype(int)]
    for axis in (0, 1):
        low = sum(np.roll(low, shift, axis) for shift in (-1, 0, 1)) / 3
    return low.astype(np.uint8)


def taken(scene, camera, thing=None):
    """The picture at camera offset (x, y), with a bright square of 14 px at `thing` (x, y)."""
    x, y = camera
    picture = scene[y : y + HEIGHT, x : x + WIDTH].copy()
    if thing is not None:
        left, top = thing
        picture[top : top + 14, left : left + 14] = 255 - picture[top : top + 14, left : left + 14] // 3
    return picture


def moving(pictures):
    before, now, after = pictures
    came, goes = saliency.camera_motion(before, now), saliency.camera_motion(now, after)
    return saliency.moving(before, now, after, came, goes)


@pytest.mark.parametrize(
    "cameras",
    [
        pytest.param([(20, 20), (20, 20), (20, 20)], id="fixed-camera"),
        pytest.param([(10, 20), (14, 20), (18, 20)], id="pan"),
        pytest.param([(10, 12), (13, 15), (16, 18)], id="diagonal"),
    ],
)
def test_only_the_thing_that_moves_against_the_camera_is_found(scene, cameras):
    things = [(30, 40), (60, 40), (90, 40)]
    found = moving([taken(scene, *pair) for pair in zip(cameras, things, strict=True)])

    inside = found[38:56, 58:76].sum()
    assert inside > 0.9 * found.sum()
    assert found[40:54, 60:74].mean() > 20


@pytest.mark.parametrize("step", [0, 3], ids=["fixed-camera", "pan"])
def test_a_scene_without_movers_is_still(scene, step):
    found = moving([taken(scene, (10 + step * index, 20)) for index in range(3)])
    assert found.mean() < 0.02


def test_the_camera_is_measured_to_a_fraction_of_a_pixel(scene):
    matrix = saliency.camera_motion(taken(scene, (10, 20)), taken(scene, (15, 18)))
    assert matrix[:, 2] == pytest.approx([-5, 2], abs=0.2)
    assert matrix[:, :2] == pytest.approx(np.eye(2), abs=0.01)


def test_a_blank_picture_says_nothing_of_the_camera():
    blank = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert saliency.camera_motion(blank, blank) is None
    assert moving([blank] * 3).max() == 0


@pytest.mark.parametrize("at", [(20, 20), (110, 50)])
def test_the_odd_thing_out_is_salient(at):
    x, y = at
    picture = np.tile(np.arange(WIDTH) % 8 * 12 + 60, (HEIGHT, 1)).astype(np.uint8)
    picture[y : y + 16, x : x + 16] = 240
    found = saliency.spectral_residual(picture)

    assert found.sum() == pytest.approx(1, abs=1e-3)
    area = 28 * 28 / (HEIGHT * WIDTH)
    assert found[max(0, y - 6) : y + 22, max(0, x - 6) : x + 22].sum() > 3 * area
