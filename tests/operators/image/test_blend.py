"""`image.blend`: each mode by its formula, on levels that are known."""

import numpy as np
import pytest

from reelwright.operators.image.blend import BlendParams, blend

BELOW, ABOVE = 64, 192


@pytest.mark.parametrize(
    ("mode", "level"),
    [
        ("normal", 192),
        ("multiply", 64 * 192 / 255),
        ("screen", 255 - (255 - 64) * (255 - 192) / 255),
        ("overlay", 2 * 64 * 192 / 255),
        ("soft_light", 255 * (64 / 255 + (2 * 192 / 255 - 1) * ((64 / 255) ** 0.5 - 64 / 255))),
        ("difference", 128),
        ("add", 255),
        ("subtract", 0),
        ("lighten", 192),
        ("darken", 64),
    ],
)
def test_each_mode_by_its_formula(kept, run, mode, level):
    below, above = (np.full((3, 3, 3), one, np.uint8) for one in (BELOW, ABOVE))

    for factor in (0.0, 0.5, 1.0):
        params = BlendParams(image=kept(below), other=kept(above, "o.png"), mode=mode, factor=factor)
        _, made = run(blend, params)
        assert abs(made.astype(float) - (BELOW + factor * (level - BELOW))).max() <= 0.5


def test_the_others_alpha_weighs_it(kept, run):
    below = np.full((2, 2, 3), 100, np.uint8)
    above = np.full((2, 2, 4), 200, np.uint8)
    above[..., 3] = [[0, 255], [0, 255]]

    _, made = run(blend, BlendParams(image=kept(below), other=kept(above, "o.png"), factor=1))

    assert made[:, 0].tolist() == [[100] * 3] * 2
    assert made[:, 1].tolist() == [[200] * 3] * 2


def test_the_other_is_scaled_to_the_picture(kept, run, noise):
    result, _ = run(blend, BlendParams(image=kept(noise(10, 14)), other=kept(noise(3, 3), "o.png")))

    assert (result.width, result.height) == (14, 10)


def test_masks_stay_masks(kept, run, noise):
    one, other = noise(6, 6, 0), noise(6, 6, 0, seed=2)

    _, made = run(blend, BlendParams(image=kept(one), other=kept(other, "o.png"), mode="multiply", factor=1))

    assert np.abs(made - one.astype(float) * other / 255).max() <= 0.5
