"""Colours by their everyday names."""

import numpy as np
import pytest

from reelwright.kernels import colours

SAMPLES = {
    "black": [(0, 0, 0), (18, 16, 20)],
    "white": [(255, 255, 255), (240, 242, 238)],
    "grey": [(128, 128, 128), (90, 92, 95), (190, 188, 190)],
    "red": [(220, 20, 30), (150, 15, 20)],
    "orange": [(250, 140, 20), (240, 120, 40)],
    "brown": [(110, 65, 25), (90, 60, 35)],
    "yellow": [(250, 230, 40), (240, 220, 100)],
    "green": [(30, 150, 50), (120, 190, 60), (20, 90, 40)],
    "blue": [(30, 60, 200), (80, 150, 230), (20, 30, 90)],
    "purple": [(120, 40, 160), (150, 90, 200)],
    "pink": [(250, 150, 180), (255, 105, 180)],
}


@pytest.mark.parametrize(("name", "rgb"), [(name, rgb) for name, all_of in SAMPLES.items() for rgb in all_of], ids=str)
def test_a_plain_picture_has_its_name(name, rgb):
    shares = colours.shares(np.full((20, 30, 3), rgb, np.uint8))
    assert colours.NAMES[int(shares.argmax())] == name
    assert shares.sum() == pytest.approx(1)


def test_shares_are_those_of_the_picture():
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :48] = (30, 60, 200)
    picture[:, 48:] = (220, 20, 30)
    shares = dict(zip(colours.NAMES, colours.shares(picture), strict=True))
    assert shares["blue"] == pytest.approx(0.75, abs=0.03)
    assert shares["red"] == pytest.approx(0.25, abs=0.03)
