"""The watched part of a picture: where it is cut, how it is scaled, and luma from any kind of picture."""

from fractions import Fraction

import av
import numpy as np
import pytest

from reelwright.media import frames
from reelwright.media.strips import Strip, luma

LOWEST = ((0.75, 1.0), (0.0, 1.0))


def strip(size, roi=LOWEST):
    return Strip.of(size, roi, watched=640 * 360, beside=0.04)


@pytest.mark.parametrize(
    ("size", "scale"),
    [((640, 360), 1), ((1280, 720), 2), ((1920, 1080), 3), ((3840, 2160), 6), ((1080, 1920), 3), ((320, 180), 1)],
)
def test_pictures_are_watched_at_about_one_size(size, scale):
    part = strip(size)
    assert part.scale == scale

    shrunk = part.shrunk(part.cut(np.zeros(size[::-1], np.uint8)))
    assert shrunk.shape == part.small[::-1]
    assert part.small[0] == size[0] // scale


@pytest.mark.parametrize("size", [(16, 16), (2, 2), (33, 1001), (641, 361)])
@pytest.mark.parametrize("roi", [LOWEST, ((0.0, 0.01), (0.99, 1.0)), ((0.99, 1.0), (0.0, 0.01))])
def test_odd_sizes_and_regions_have_at_least_a_pixel(size, roi):
    part = strip(size, roi)
    picture = np.arange(size[0] * size[1], dtype=np.uint32).astype(np.uint8).reshape(size[::-1])

    assert part.shrunk(part.cut(picture)).size > 0


def test_the_small_picture_is_its_own():
    part = strip((640, 360))
    picture = np.zeros((360, 640), np.uint8)
    small = part.shrunk(part.cut(picture))
    picture[:] = 9

    assert not small.any()


@pytest.mark.parametrize(
    ("rows", "has"),
    [
        pytest.param((40, 60), True, id="inside"),
        pytest.param((2, 12), False, id="above-the-region"),
        pytest.param((10, 30), True, id="across-its-edge"),
        pytest.param((0, 60), False, id="cut-off"),
        pytest.param((80, 104), True, id="at-the-bottom-of-the-picture"),
    ],
)
def test_a_box_is_in_the_region_if_its_middle_is_and_it_is_whole(rows, has):
    assert strip((640, 360)).has((100, rows[0], 200, rows[1])) == has


def test_a_row_is_a_share_of_the_whole_height():
    part = strip((1280, 720))
    assert part.share(0) == pytest.approx(0.71, abs=0.002)
    assert part.share(part.small[1]) == 1.0


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv420p10le", "yuv444p", "rgb24"])
def test_luma_of_any_kind_of_picture_is_the_same(pixels):
    rgb = np.repeat(np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None], 32, 0).repeat(3, 2)
    raw = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24").reformat(format=pixels)
    told = luma(frames.Frame(raw, Fraction(0), 0, frames._Converter(), None)).astype(int)

    assert told.shape == (32, 64)
    assert told.dtype.kind == "i"
    # Stored luma is of limited range; a picture that had to be converted has all of it.
    assert abs(np.diff(told[16])).max() <= 8
    assert told[16, 0] <= 20
    assert told[16, -1] >= 230
