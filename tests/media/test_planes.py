"""Planes of a picture: which they are, how they are turned into RGB and back, where they are put."""

import av
import numpy as np
import pytest

from reelwright.media import planes

BT601, BT709 = 6, 1  # code points of H.273
LIMITED, FULL = 1, 2
COLOURS = [(255, 255, 255), (0, 0, 0), (38, 160, 60), (30, 70, 190), (214, 168, 140)]


def flat(colour, size=(16, 8)):
    return np.full((size[1], size[0], 3), colour, np.uint8)


@pytest.mark.parametrize("span", [LIMITED, FULL], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [BT601, BT709], ids=["601", "709"])
@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_rgb_survives_the_way_there_and_back(colour, matrix, span):
    there = planes.from_rgb(flat(colour), matrix, span)

    assert [plane.shape for plane in there] == [(8, 16), (4, 8), (4, 8)]
    assert np.abs(planes.to_rgb(there, matrix, span).astype(int) - colour).max() <= 3


def test_the_matrix_and_the_range_are_those_asked_for():
    # Y of pure green: 0.587 by BT.601, 0.715 by BT.709; limited range has 219 steps from 16.
    green = flat((0, 255, 0))

    luma = {
        (matrix, span): planes.from_rgb(green, matrix, span)[0][4, 8]
        for matrix in (BT601, BT709)
        for span in (LIMITED, FULL)
    }

    expected = {(BT601, LIMITED): 145, (BT601, FULL): 150, (BT709, LIMITED): 173, (BT709, FULL): 182}
    assert luma == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("span", [0, LIMITED, FULL], ids=["untagged", "limited", "full"])
@pytest.mark.parametrize("pixels", ["rgb24", "bgr24", "bgra", "gbrp"])
@pytest.mark.parametrize("colour", COLOURS, ids=str)
def test_rgb_becomes_limited_range_whatever_its_tag(colour, pixels, span):
    frame = av.VideoFrame.from_ndarray(flat(colour), format="rgb24").reformat(format=pixels)
    frame.color_range = span

    there = planes.of(planes.to_planar(frame, "yuv420p"))

    # FFmpeg has a coarse short cut for BGR. Taken for full range, white would come out 20 levels off.
    assert np.abs(planes.to_rgb(there, BT601, LIMITED).astype(int) - colour).max() <= 6


def test_planes_with_alpha_are_four_and_views_of_the_frame():
    frame = av.VideoFrame(6, 4, "yuva420p")
    there = planes.of(frame)
    there[planes.ALPHA][...] = 7
    there[0][...] = 100

    assert [plane.shape for plane in there] == [(4, 6), (2, 3), (2, 3), (4, 6)]
    assert (planes.of(frame)[planes.ALPHA] == 7).all()


def test_a_picture_with_alpha_is_put_in_its_place():
    target = [np.zeros(shape, np.uint8) for shape in ((8, 8), (4, 4), (4, 4), (8, 8))]
    small = [np.full(shape, value, np.uint8) for value, shape in enumerate(((2, 4), (1, 2), (1, 2), (2, 4)), 1)]

    planes.put(small, target, x=2, y=4)

    for value, (plane, (top, left), (high, wide)) in enumerate(
        zip(target, ((4, 2), (2, 1), (2, 1), (4, 2)), ((2, 4), (1, 2), (1, 2), (2, 4)), strict=True), 1
    ):
        assert (plane[top : top + high, left : left + wide] == value).all()
        assert plane.sum() == value * high * wide
