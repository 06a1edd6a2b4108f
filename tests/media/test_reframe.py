"""`media.reframe`: what window fits, and a picture laid on another shape without leaving YUV."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from reelwright.media import probe, reframe


def picture(wide, tall, kind=np.uint8):
    """Soft patches, the same in each plane; of odd sizes the chroma planes are rounded up."""
    coarse = np.random.default_rng(wide).integers(30, 220, (6, 8), dtype=np.uint8)
    sizes = [(wide, tall), *[((wide + 1) // 2, (tall + 1) // 2)] * 2]
    scale = 4 if kind is np.uint16 else 1
    return [cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC).astype(kind) * scale for size in sizes]


@pytest.mark.parametrize(
    ("size", "out"),
    [
        pytest.param((480, 270), (152, 86), id="to a third, chroma odd"),
        pytest.param((1280, 720), (404, 228), id="to a third"),
        pytest.param((640, 360), (320, 180), id="to the half"),
        pytest.param((640, 360), (384, 216), id="to two thirds"),
        pytest.param((322, 182), (80, 46), id="odd after one halving"),
        pytest.param((160, 90), (320, 180), id="to the double"),
        pytest.param((320, 180), (320, 180), id="as it is"),
    ],
)
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_scaled_picture_is_the_one_that_it_was(size, out, kind):
    whole = picture(*size, kind)
    scaled = reframe.fit(whole, *out)
    wanted = [out, (out[0] // 2, out[1] // 2), (out[0] // 2, out[1] // 2)]
    for plane, source, (wide, tall) in zip(scaled, whole, wanted, strict=True):
        assert plane.shape == (tall, wide)
        assert plane.dtype == kind
        way = cv2.INTER_AREA if wide < source.shape[1] else cv2.INTER_CUBIC
        exact = cv2.resize(source.astype(np.float32), (wide, tall), interpolation=way)
        unit = 4 if kind is np.uint16 else 1
        assert np.abs(plane[2:-2, 2:-2] - exact[2:-2, 2:-2]).mean() < 1.5 * unit


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_what_stays_empty_is_filled_with_the_same_picture_soft_and_dark(kind):
    whole = picture(480, 270, kind)
    canvas = reframe.fit(whole, 152, 270)
    unit = 4 if kind is np.uint16 else 1
    assert [plane.shape for plane in canvas] == [(270, 152), (135, 76), (135, 76)]
    bands = np.concatenate([canvas[0][:80], canvas[0][-80:]]).astype(float) / unit
    assert np.abs(np.diff(bands[:80], axis=0)).max() < 6  # soft: no edge, no block
    assert bands.mean() - 16 == pytest.approx(0.6 * (whole[0].mean() / unit - 16), abs=12)
    middle = cv2.resize(whole[0].astype(np.float32), (152, 86), interpolation=cv2.INTER_AREA)
    assert np.abs(canvas[0][92:178] - middle).mean() < 1.5 * unit


@pytest.mark.parametrize(
    ("size", "ratio", "height", "expected"),
    [
        pytest.param((1280, 720), Fraction(9, 16), None, ("x", 1280, 404, (404, 720)), id="landscape"),
        pytest.param((1280, 720), Fraction(9, 16), 1280, ("x", 1280, 404, (720, 1280)), id="enlarged"),
        pytest.param((720, 1280), Fraction(1), None, ("y", 1280, 720, (720, 720)), id="portrait to square"),
        pytest.param((720, 1280), Fraction(9, 16), None, ("x", 720, 720, (720, 1280)), id="portrait already"),
        pytest.param((641, 361), Fraction(9, 16), None, ("x", 640, 204, (202, 360)), id="odd sides"),
    ],
)
def test_the_largest_window_of_a_shape(size, ratio, height, expected):
    one = Fraction(1)
    video = probe.VideoStream(
        0, "h264", *size, 0, one, one, one, None, None, "yuv420p", 8, "unknown", "unknown", "unknown", "tv", False
    )
    shape = reframe.shape_of(video, ratio, height)
    assert (shape.axis, shape.extent, shape.window, shape.out) == expected
    assert shape.part(shape.window)[0 if shape.axis == "x" else 1] == shape.window
