"""`image.pad`: the canvas and its mask."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import pictures
from reelwright.operators.image.pad import PadParams, pad


@pytest.mark.parametrize(
    ("channels", "colour", "out"),
    [
        pytest.param(3, "#102030", 3, id="colour"),
        pytest.param(0, "#808080", 0, id="grey-stays-grey"),
        pytest.param(0, "#102030", 3, id="grey-on-colour"),
        pytest.param(3, "#10203000", 4, id="clear-canvas"),
        pytest.param(4, "#102030", 4, id="alpha-stays"),
    ],
)
def test_the_picture_stands_in_its_canvas(kept, run, noise, channels, colour, out):
    pixels = noise(6, 9, channels)

    result, made = run(pad, PadParams(image=kept(pixels), left=1, top=2, right=3, bottom=4, colour=colour))

    assert made.shape == ((12, 13, out) if out else (12, 13))
    whole = {0: np.array, 3: pictures.rgb, 4: pictures.rgba}[out]
    assert np.array_equal(made[2:8, 1:10], whole(pixels))
    ground = pictures.colour(colour)
    assert (made[0] == (ground[0] if not out else ground[:out])).all()
    mask = pictures.opened(result.mask).pixels
    assert mask.shape == (12, 13)
    assert (mask[2:8, 1:10] == 0).all()
    assert mask.sum() == 255 * (12 * 13 - 6 * 9)


def test_the_mask_fades_into_the_picture_only_where_canvas_was_added(kept, run, noise):
    result, _ = run(pad, PadParams(image=kept(noise(20, 20)), left=5, feather=8))

    row = pictures.opened(result.mask).pixels[10].astype(int)
    assert (row[:5] == 255).all()
    assert (np.diff(row[5:14]) < 0).all()
    assert (row[13:] == 0).all()
    assert (np.diff(pictures.opened(result.mask).pixels.astype(int), axis=0) == 0).all()


def test_nothing_to_pad_is_an_error(kept, run, noise):
    with pytest.raises(InvalidParameter, match="left, top, right or bottom"):
        run(pad, PadParams(image=kept(noise(4, 4))))
