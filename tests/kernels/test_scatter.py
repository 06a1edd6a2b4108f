"""What scatters as noise is told from what shines through, and cloth near the screen's colour from smoke."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import scatter

SHAPE = (180, 320)
NOISE = 0.01


def screen(noise=NOISE):
    return (1 + np.random.default_rng(2).normal(0, noise, SHAPE)).astype(np.float32)


def solid(share):
    return cv2.erode((share > 0.8).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def with_subject(share):
    share[60:, 130:190] = 0
    return share


def test_noise_is_as_deep_as_it_scatters():
    share = with_subject(screen())
    assert scatter.lowest(share, solid(share)) == pytest.approx(1 - 2.58 * NOISE, abs=0.006)


def test_haze_around_a_subject_is_no_noise():
    share = with_subject(screen())
    share[70:, 110:130] -= 0.12
    assert scatter.lowest(share, solid(share)) > 0.96


def test_creases_far_from_any_subject_are():
    share = with_subject(screen())
    share[:, 40:46] -= 0.14
    assert scatter.lowest(share, solid(share)) < 0.89


def test_without_a_place_far_from_any_subject_the_scatter_counts():
    share = screen()
    share[::20] = share[:, ::20] = 0
    assert scatter.lowest(share, solid(share)) == pytest.approx(1 - 2.58 * NOISE, abs=0.01)


@pytest.mark.parametrize("shade", [0.36, 0.42, 0.52])
def test_cloth_near_the_colour_of_the_screen_is_found(shade):
    share = with_subject(screen())
    share[20:60, 140:180] = -0.1  # who wears it
    share[60:, 110:230] = shade + np.random.default_rng(3).normal(0, 0.01, (120, 120))

    assert shade < scatter.cloth(share) < shade + 0.1


def smoke():
    share = screen()
    share[40:, 80:240] = np.linspace(0, 1, 160)[None]
    return share


def drink():
    share = screen()
    share[100:160, 130:190] = 0.42
    return share


@pytest.mark.parametrize(
    "share", [screen(), with_subject(screen()), smoke(), drink()], ids=["empty", "subject", "smoke", "drink"]
)
def test_other_things_are_no_cloth(share):
    assert scatter.cloth(share) == 0
