"""`image.sharpen`: edges rise, flats and alpha stay."""

import numpy as np

from reelwright.operators.image.sharpen import SharpenParams, sharpen


def edge(channels=3):
    pixels = np.full((20, 20, channels), 100, np.uint8)
    pixels[:, 10:] = 150
    return pixels


def test_an_edge_overshoots_on_both_sides_and_flats_stay(kept, run):
    _, made = run(sharpen, SharpenParams(image=kept(edge()), radius=3, sigma=1.0, amount=1.0))

    row = made[10, :, 0].astype(int)
    assert row[9] < 90
    assert row[10] > 160
    assert (row[:6] == 100).all()
    assert (row[-6:] == 150).all()


def test_by_the_formula(kept, run):
    _, made = run(sharpen, SharpenParams(image=kept(edge()), radius=2, sigma=1.0, amount=2.0))

    line = np.exp(-(np.arange(-2, 3) ** 2) / 2)
    line /= line.sum()
    before = edge()[10, :, 0].astype(float)
    soft = np.convolve(np.pad(before, 2, mode="reflect"), line, mode="valid")
    assert np.abs(made[10, :, 0] - np.clip(before + 2 * (before - soft), 0, 255)).max() <= 0.51


def test_nothing_at_amount_0_and_alpha_always_stays(kept, run, noise):
    pixels = noise(12, 12, 4)

    _, same = run(sharpen, SharpenParams(image=kept(pixels), amount=0))
    _, made = run(sharpen, SharpenParams(image=kept(pixels), amount=3))

    assert np.array_equal(same, pixels)
    assert np.array_equal(made[..., 3], pixels[..., 3])
