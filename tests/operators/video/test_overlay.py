"""`video.overlay`: a picture at its place, for its time."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, images
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.overlay import OverlayParams, overlay

SIZE, COUNT = (160, 96), 20
GREY = 60


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return str(odd.write_odd(path, [np.full((SIZE[1], SIZE[0], 3), GREY, np.uint8)] * COUNT))


@pytest.fixture
def run(film, tmp_path):
    def work(pixels=None, **given):
        pixels = np.full((20, 30, 3), 250, np.uint8) if pixels is None else pixels
        image = images.save(pixels, tmp_path / "logo.png")
        params = OverlayParams(video=film, image=image, quality="high", **given)
        return overlay(params, Context.local(out=tmp_path / "out"))

    return work


def light(path):
    """Of each frame: where it is light."""
    return [frame.gray > 150 for frame in frames.stream(path)]


def box(mask):
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"x": 10, "y": 20}, (10, 20, 40, 40), id="pixels"),
        pytest.param({"x": 11, "y": 21}, (11, 21, 41, 41), id="odd-pixels"),
        pytest.param({"x": -10, "y": -5}, (0, 0, 20, 15), id="sticks-out"),
        pytest.param({"x": 150, "y": 90}, (150, 90, 160, 96), id="sticks-out-below"),
        pytest.param({"place": "top-left", "margin": 0.125}, (12, 12, 42, 32), id="top-left"),
        pytest.param({"place": "bottom-right", "margin": 0}, (130, 76, 160, 96), id="bottom-right"),
        pytest.param({"place": "middle"}, (65, 38, 95, 58), id="middle"),
        pytest.param({"place": "bottom-left", "margin": 0, "width": 60}, (0, 56, 60, 96), id="width"),
        pytest.param({"place": "top-left", "margin": 0, "scale": 0.75}, (0, 0, 120, 80), id="scale"),
    ],
)
def test_it_lies_at_its_place_and_nowhere_else(run, given, expected):
    result = run(**given)

    found = light(result.video)
    assert result.frames_changed == result.frames == COUNT == len(found)
    assert np.abs(np.array(box(found[5])) - expected).max() <= 1
    assert found[5].sum() == pytest.approx((expected[2] - expected[0]) * (expected[3] - expected[1]), rel=0.05)


def test_it_comes_and_goes_with_its_frames(run):
    result = run(place="middle", start=0.2, end=0.6)

    assert [bool(one.any()) for one in light(result.video)] == [5 <= number < 15 for number in range(COUNT)]
    assert result.frames_changed == 10


def test_it_fades_in_and_out(run):
    result = run(place="middle", start=0.0, end=0.8, fade=0.4)

    middle = [float(frame.gray[44:52, 76:84].mean()) for frame in frames.stream(result.video)]
    assert middle[5] == pytest.approx(GREY + (250 - GREY) / 2, abs=8)
    assert middle[10] == pytest.approx(250, abs=8)
    assert middle[15] == pytest.approx(GREY + (250 - GREY) / 2, abs=8)
    assert np.all(np.diff(middle[:10]) > 5)


def test_alpha_and_opacity_count(run):
    pixels = np.full((20, 30, 4), 250, np.uint8)
    pixels[..., 3] = 0
    pixels[:, 15:, 3] = 255

    result = run(pixels, x=20, y=20, opacity=0.5)

    gray = [frame.gray.astype(int) for frame in frames.stream(result.video)][3]
    assert np.abs(gray[22:38, 22:33] - GREY).max() <= 3
    assert gray[22:38, 37:48].mean() == pytest.approx((GREY + 250) / 2, abs=4)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"x": 200}, "x"), ({"start": 1, "end": 0.5}, "end"), ({"width": 10, "scale": 0.5}, "scale")],
    ids=["outside", "gone-before", "two-sizes"],
)
def test_what_cannot_be_is_said(run, given, field):
    with pytest.raises(InvalidParameter) as caught:
        run(**given)
    assert caught.value.field == field
