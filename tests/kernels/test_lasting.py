"""What lasts in pictures that change, and what only seems to."""

import cv2
import numpy as np
import pytest

from reelwright.kernels.lasting import Lasting, lasting_gradient, lasts, slopes_of

SIZE = (200, 120)
SIGN = np.zeros((SIZE[1], SIZE[0]), bool)
SIGN[30:60, 40:46] = SIGN[30:36, 40:70] = SIGN[54:60, 40:70] = True


def scenery(seed):
    grid = np.random.default_rng(seed).random((12, 20)).astype(np.float32)
    return 20 + 120 * cv2.resize(grid, SIZE, interpolation=cv2.INTER_CUBIC)


def worn(seed, light=0):
    """White, over ground that is at times nearly as bright."""
    return np.clip(np.where(SIGN, 240, scenery(seed) + light), 0, 255).astype(np.uint8)


def striped(moved):
    """A wall with level bands, past which the camera goes sideways."""
    picture = np.tile(np.where(np.arange(SIZE[1]) // 20 % 2, 200, 60)[:, None], (1, SIZE[0]))
    picture[:, (10 + 7 * moved) % SIZE[0]] = 128
    return picture.astype(np.uint8)


@pytest.mark.parametrize("lights", [(0,), (-20, 90)], ids=["steady-light", "bright-at-times"])
def test_a_sign_lasts_however_strong_it_is(lights):
    x, y, far, sway = lasting_gradient([worn(seed, lights[seed % len(lights)]) for seed in range(40)])
    length = np.hypot(x, y)
    edges = (cv2.morphologyEx(SIGN.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0) & (length > 8)

    assert lasts(length, far, sway)[edges].mean() > 0.9


def test_many_scenes_leave_nothing_that_lasts():
    x, y, far, sway = lasting_gradient([scenery(seed).astype(np.uint8) for seed in range(40)])
    length = np.hypot(x, y)

    assert not (lasts(length, far, sway) & (length > 5)).any()


def test_what_lasts_because_the_camera_goes_along_it_runs_in_one_direction():
    for pictures, told in (([striped(index) for index in range(24)], False), ([worn(one) for one in range(24)], True)):
        found = Lasting.of(pictures, [slopes_of(one) for one in pictures])
        edges = (found.length > 10) & (found.wobble < 0.4)

        assert edges.sum() > 60
        assert (found.ways(edges) > 0.06) is told


@pytest.mark.parametrize("above", [True, False], ids=["sign", "scenery"])
def test_what_passes_hides_scenery_and_not_a_sign(above):
    pictures = []
    for index in range(40):
        picture = np.where(SIGN, 220, scenery(1))
        if index % 4 == 0:
            picture[:, 20:110] = 40 + index
            picture = np.where(SIGN, 220, picture) if above else picture
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    found = Lasting.of(pictures, [slopes_of(one) for one in pictures])
    near = cv2.dilate(SIGN.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    edges = near & (found.length > 20)

    assert (found.left(edges, near & ~SIGN) > 0.4) is above
