"""`image.invert`: every level turned over, alpha as it was."""

import numpy as np
import pytest

from reelwright.operators.image.invert import InvertParams, invert


@pytest.mark.parametrize("channels", [0, 3, 4])
def test_levels_turn_over_and_alpha_stays(kept, run, noise, channels):
    pixels = noise(9, 5, channels)

    _, made = run(invert, InvertParams(image=kept(pixels)))

    expected = 255 - pixels
    if channels == 4:
        expected[..., 3] = pixels[..., 3]
    assert np.array_equal(made, expected)


def test_twice_is_not_at_all(kept, run, noise):
    pixels = noise(4, 4)

    once, _ = run(invert, InvertParams(image=kept(pixels)))
    _, twice = run(invert, InvertParams(image=once.image))

    assert np.array_equal(twice, pixels)
