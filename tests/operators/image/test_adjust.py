"""`image.adjust`: each amount by its formula; together in their order."""

import numpy as np
import pytest

from reelwright.operators.image.adjust import AdjustParams, adjust

PIXEL = (40, 100, 200)


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        pytest.param({}, PIXEL, id="nothing"),
        pytest.param({"brightness": 1.5}, (60, 150, 255), id="brightness"),
        pytest.param({"brightness": 0}, (0, 0, 0), id="black"),
        pytest.param({"contrast": 0}, (128, 128, 128), id="flat"),
        pytest.param({"contrast": 1.2}, (22.5, 94.5, 214.5), id="contrast"),
        pytest.param({"saturation": 0}, (93.46, 93.46, 93.46), id="grey"),
        pytest.param({"gamma": 2}, tuple(255 * (one / 255) ** 0.5 for one in PIXEL), id="gamma"),
        pytest.param({"hue": 120}, (200, 40, 100), id="hue-goes-round-by-a-third"),
        pytest.param({"hue": 360}, PIXEL, id="hue-comes-round"),
        pytest.param({"levels": 2}, (0, 0, 255), id="two-levels"),
        pytest.param({"levels": 6}, (51, 102, 204), id="six-levels"),
        pytest.param({"brightness": 2, "contrast": 0.5}, (103.75, 163.75, 255), id="in-order"),
    ],
)
def test_levels_by_the_formula(kept, run, given, levels):
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[:] = (*PIXEL, 77)

    _, made = run(adjust, AdjustParams(image=kept(pixels), **given))

    assert np.abs(made[..., :3] - np.array(levels)).max() <= 0.75
    assert (made[..., 3] == 77).all()


def test_masks_stay_masks(kept, run, noise):
    pixels = noise(5, 9, 0)

    _, made = run(adjust, AdjustParams(image=kept(pixels), brightness=0.5, saturation=3, hue=40))

    assert np.abs(made - pixels / 2).max() <= 0.5
