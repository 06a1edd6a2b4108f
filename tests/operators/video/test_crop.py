"""`video.crop`: the window of every picture."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.crop import CropParams, crop


@pytest.fixture
def film(tmp_path):
    """A white square at (40, 20) before grey, 32 px wide."""
    pixels = np.full((96, 160, 3), 60, np.uint8)
    pixels[20:52, 40:72] = 240

    def make(**given):
        return str(odd.write_odd(tmp_path / "film.mp4", [pixels] * 3, **given))

    return make


def run(path, tmp_path, **given):
    params = CropParams(video=path, quality="high", **given)
    return crop(params, Context.local(out=tmp_path / "out"))


@pytest.mark.parametrize(("x", "y"), [(40, 20), (41, 21), (39, 19)], ids=str)
def test_the_window_is_cut_to_the_pixel(film, tmp_path, x, y):
    result = run(film(), tmp_path, x=x, y=y, width=48, height=40)

    assert (result.width, result.height, result.frames) == (48, 40, 3)
    light = next(iter(frames.stream(result.video))).gray > 150
    rows, columns = (np.flatnonzero(light.any(axis=axis)) for axis in (1, 0))
    assert (columns[0], columns[-1] + 1) == (max(0, 40 - x), 72 - x)
    assert (rows[0], rows[-1] + 1) == (max(0, 20 - y), 52 - y)


def test_of_a_turned_film_the_upright_picture_is_cut(film, tmp_path):
    result = run(film(rotation=90), tmp_path, x=96 - 52, y=40, width=32, height=32)

    assert (next(iter(frames.stream(result.video))).gray > 150).all()


def test_odd_lengths_and_edges_are_said(film, tmp_path):
    result = run(film(), tmp_path, x=100, width=99, height=33)

    assert (result.width, result.height) == (60, 32)
    assert any("60x32" in note for note in result.notes)


@pytest.mark.parametrize(("field", "given"), [("x", {"x": 159}), ("y", {"y": 400})])
def test_a_window_outside_is_an_error(film, tmp_path, field, given):
    with pytest.raises(InvalidParameter) as caught:
        run(film(), tmp_path, **given)
    assert caught.value.field == field
