"""`image.size`: as the picture is shown."""

import pytest
from PIL import Image

from reelwright.operators import Context
from reelwright.operators.image.size import SizeParams, size


@pytest.mark.parametrize("channels", [0, 3, 4])
def test_size_and_channels_are_told(kept, noise, channels):
    found = size(SizeParams(image=kept(noise(3, 7, channels))), Context.local())

    assert (found.width, found.height, found.megapixels) == (7, 3, 21e-6)
    assert (found.has_alpha, found.is_grey) == (channels == 4, channels == 0)


def test_a_picture_turned_by_exif_is_measured_upright(kept, noise):
    exif = Image.Exif()
    exif[0x0112] = 6

    found = size(SizeParams(image=kept(noise(4, 9), "turned.jpg", exif=exif)), Context.local())

    assert (found.width, found.height) == (4, 9)
