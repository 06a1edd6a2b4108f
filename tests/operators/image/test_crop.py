"""`image.crop`: the very pixels of the window."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.operators.image.crop import CropParams, crop


@pytest.mark.parametrize("channels", [0, 3, 4])
def test_the_window_is_cut_out_to_the_pixel(kept, run, noise, channels):
    pixels = noise(11, 17, channels)

    _, made = run(crop, CropParams(image=kept(pixels), x=3, y=2, width=9, height=5))

    assert np.array_equal(made, pixels[2:7, 3:12])


def test_what_reaches_beyond_the_edge_is_cut_there_and_said(kept, run, noise):
    pixels = noise(8, 8)

    result, made = run(crop, CropParams(image=kept(pixels), x=5, y=6, width=100))

    assert np.array_equal(made, pixels[6:, 5:])
    assert any("3x2" in note for note in result.notes)


@pytest.mark.parametrize(("field", "given"), [("x", {"x": 8}), ("y", {"y": 12})])
def test_a_window_outside_is_an_error(kept, run, noise, field, given):
    with pytest.raises(InvalidParameter, match=rf"{field} is .* 8x12") as caught:
        run(crop, CropParams(image=kept(noise(12, 8)), **given))
    assert caught.value.field == field
