"""`image.solid`: one colour, as many channels as it needs."""

import pytest

from reelwright.errors import TooLarge
from reelwright.operators.image.solid import SolidParams, solid


@pytest.mark.parametrize(
    ("given", "pixel"),
    [
        pytest.param({"colour": "#0A141E"}, [10, 20, 30], id="rgb"),
        pytest.param({"colour": "#0A141E80"}, [10, 20, 30, 128], id="rgba"),
        pytest.param({"colour": "#FFFFFF", "grey": True}, 255, id="mask"),
        pytest.param({"colour": "#FF0000", "grey": True}, 76, id="brightness-of-red"),
    ],
)
def test_every_pixel_is_the_colour(run, given, pixel):
    result, made = run(solid, SolidParams(width=5, height=3, **given))

    assert (result.width, result.height) == (5, 3)
    assert made.tolist() == [[pixel] * 5] * 3


def test_too_many_pixels_are_refused(run):
    with pytest.raises(TooLarge, match="64 million"):
        run(solid, SolidParams(width=16384, height=16384))
