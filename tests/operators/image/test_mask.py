"""`image.mask`: every channel, and what is done to masks."""

import numpy as np
import pytest

from reelwright.operators.image.mask import MaskParams, mask

PIXELS = np.array([[[10, 20, 30, 40], [200, 100, 50, 255]]], np.uint8)


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        pytest.param({"channel": "red"}, [10, 200], id="red"),
        pytest.param({"channel": "green"}, [20, 100], id="green"),
        pytest.param({"channel": "blue"}, [30, 50], id="blue"),
        pytest.param({"channel": "alpha"}, [40, 255], id="alpha"),
        pytest.param({}, [18, 124], id="luma"),
        pytest.param({"channel": "colour", "colour": "#C86432"}, [0, 255], id="colour"),
        pytest.param({"channel": "colour", "colour": "#000000", "tolerance": 30}, [255, 0], id="tolerance"),
        pytest.param({"channel": "colour", "colour": "#000000", "tolerance": 29}, [0, 0], id="just-beyond"),
        pytest.param({"threshold": 124}, [0, 255], id="threshold"),
        pytest.param({"invert": True}, [237, 131], id="invert"),
        pytest.param({"threshold": 124, "invert": True}, [255, 0], id="both"),
    ],
)
def test_the_mask_has_the_levels(kept, run, given, levels):
    result, made = run(mask, MaskParams(image=kept(PIXELS), **given))

    assert made.tolist() == [levels]
    assert result.share == pytest.approx(sum(levels) / 510)


def test_alpha_is_white_where_there_is_none(kept, run, noise):
    _, made = run(mask, MaskParams(image=kept(noise(3, 3)), channel="alpha"))

    assert (made == 255).all()


def test_a_mask_is_its_own_channel(kept, run, noise):
    given = noise(7, 9, 0)

    for channel in ("luma", "red", "blue"):
        _, made = run(mask, MaskParams(image=kept(given), channel=channel))
        assert np.array_equal(made, given)


def test_grown_by_a_disc_and_shrunk_back(kept, run):
    dot = np.zeros((21, 21), np.uint8)
    dot[10, 10] = 255

    _, grown = run(mask, MaskParams(image=kept(dot), grow=4))
    _, shrunk = run(mask, MaskParams(image=kept(grown, "g.png"), grow=-4))

    rows, columns = np.nonzero(grown)
    assert np.hypot(rows - 10, columns - 10).max() <= 4.3
    assert (grown[10, 6:15] == 255).all()
    assert np.array_equal(shrunk, dot)


def test_feathering_keeps_the_sum_and_softens_the_edge(kept, run):
    square = np.zeros((60, 60), np.uint8)
    square[20:40, 20:40] = 255

    _, made = run(mask, MaskParams(image=kept(square), feather=3))

    assert made.sum() == pytest.approx(int(square.sum()), rel=0.01)
    assert abs(int(made[30, 20]) - 127) < 25
    assert (np.diff(made[30, :30].astype(int)) >= 0).all()
