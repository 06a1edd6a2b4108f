"""`image.blur`: the Gauss of its sigma, and nothing lost."""

import numpy as np
import pytest

from reelwright.operators.image.blur import BlurParams, blur


def test_a_point_becomes_the_gauss_it_should(kept, run):
    dot = np.zeros((41, 41), np.uint8)
    dot[20, 20] = 255

    _, made = run(blur, BlurParams(image=kept(dot), radius=10, sigma=2.0))

    place = np.arange(-20, 21)
    line = np.exp(-(place**2) / 8) * (abs(place) <= 10)
    expected = 255 * np.outer(line, line) / line.sum() ** 2
    assert np.abs(made - expected).max() <= 0.51


def test_light_is_kept_and_flat_pictures_stay(kept, run, noise):
    flat = np.full((9, 9, 3), 77, np.uint8)

    _, made = run(blur, BlurParams(image=kept(flat)))
    _, soft = run(blur, BlurParams(image=kept(noise(60, 60), "n.png"), radius=4, sigma=1.5))

    assert (made == 77).all()
    assert soft.mean() == pytest.approx(noise(60, 60).mean(), rel=0.02)
    assert soft.std() < noise(60, 60).std() / 2


def test_hidden_colours_do_not_bleed(kept, run):
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:] = (0, 255, 0, 0)
    pixels[6:14, 6:14] = (255, 0, 0, 255)

    _, made = run(blur, BlurParams(image=kept(pixels), radius=6, sigma=2))

    assert made[made[..., 3] > 16][:, 1].max() < 20


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (3, 2)], ids=str)
def test_pictures_smaller_than_the_radius_are_taken(kept, run, noise, size):
    result, _ = run(blur, BlurParams(image=kept(noise(*size)), radius=50, sigma=20))

    assert (result.height, result.width) == size
