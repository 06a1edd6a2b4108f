"""`image.rotate`: quarter turns and mirrors to the pixel, other angles to the shape."""

import numpy as np
import pytest

from reelwright.operators.image.rotate import RotateParams, rotate


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"degrees": 90}, lambda one: np.rot90(one, -1), id="clockwise"),
        pytest.param({"degrees": -90}, lambda one: np.rot90(one), id="counter-clockwise"),
        pytest.param({"degrees": 180}, lambda one: one[::-1, ::-1], id="half"),
        pytest.param({"degrees": 360}, lambda one: one, id="whole"),
        pytest.param({"flip": "horizontal"}, lambda one: one[:, ::-1], id="left-for-right"),
        pytest.param({"flip": "vertical"}, lambda one: one[::-1], id="top-for-bottom"),
        pytest.param({"flip": "vertical", "degrees": 90}, lambda one: np.rot90(one[::-1], -1), id="mirrored-first"),
    ],
)
@pytest.mark.parametrize("channels", [0, 3, 4])
def test_pixels_only_move(kept, run, noise, given, expected, channels):
    pixels = noise(5, 8, channels)

    _, made = run(rotate, RotateParams(image=kept(pixels), **given))

    assert np.array_equal(made, expected(pixels))


def test_other_angles_keep_the_whole_picture_in_the_middle(kept, run):
    pixels = np.full((40, 80, 3), 200, np.uint8)
    pixels[:, 40:] = (200, 0, 0)

    result, made = run(rotate, RotateParams(image=kept(pixels), degrees=30))

    cosine, sine = np.cos(np.pi / 6), 0.5
    assert abs(result.width - (80 * cosine + 40 * sine)) <= 1
    assert abs(result.height - (80 * sine + 40 * cosine)) <= 1
    assert made.shape[2] == 4
    assert (made[..., 3] / 255).sum() == pytest.approx(40 * 80, rel=0.02)
    middle = np.array(made.shape[:2]) // 2
    # The red half was on the right; turned clockwise it is below.
    down = middle + np.array([10, 17])
    up = middle - np.array([10, 17])
    assert made[tuple(down)].tolist() == [200, 0, 0, 255]
    assert made[tuple(up)].tolist() == [200, 200, 200, 255]


def test_the_corners_take_the_colour(kept, run, noise):
    _, made = run(rotate, RotateParams(image=kept(noise(20, 20)), degrees=45, colour="#0A141E"))

    assert made.shape[2] == 3
    assert made[0, 0].tolist() == [10, 20, 30]
