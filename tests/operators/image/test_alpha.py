"""`image.alpha`: put on by a mask, taken off onto a colour."""

import numpy as np

from reelwright.operators.image.alpha import AlphaParams, alpha


def test_a_mask_becomes_the_alpha_and_colours_stay(kept, run, noise):
    pixels, share = noise(6, 8), noise(6, 8, 0, seed=3)

    _, made = run(alpha, AlphaParams(image=kept(pixels), mask=kept(share, "m.png")))
    _, other = run(alpha, AlphaParams(image=kept(pixels), mask=kept(share, "m.png"), invert=True))

    assert np.array_equal(made[..., :3], pixels)
    assert np.array_equal(made[..., 3], share)
    assert np.array_equal(other[..., 3], 255 - share)


def test_without_a_mask_the_picture_is_laid_on_the_colour(kept, run):
    pixels = np.array([[[200, 0, 0, 255], [200, 0, 0, 0], [200, 0, 0, 51]]], np.uint8)

    _, made = run(alpha, AlphaParams(image=kept(pixels), colour="#0000FF"))

    assert made.tolist() == [[[200, 0, 0], [0, 0, 255], [40, 0, 204]]]


def test_a_picture_without_alpha_stays(kept, run, noise):
    _, made = run(alpha, AlphaParams(image=kept(noise(4, 4))))

    assert np.array_equal(made, noise(4, 4))
