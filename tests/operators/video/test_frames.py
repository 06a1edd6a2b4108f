"""`video.frames`: the pictures that are on the screen at their times."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import images
from reelwright.media.making import odd
from reelwright.operators import Context
from reelwright.operators.video.frames import FramesParams, frames

LEVELS = [10 + 20 * number for number in range(12)]


@pytest.fixture
def film(tmp_path):
    """Twelve pictures, each a level of its own."""
    pictures = [np.full((48, 64, 3), level, np.uint8) for level in LEVELS]

    def make(**given):
        return str(odd.write_odd(tmp_path / "film.mp4", pictures, **given))

    return make


def run(path, tmp_path, **given):
    return frames(FramesParams(video=path, **given), Context.local(out=tmp_path / "out"))


def numbers(result):
    means = [images.load(one.image).mean() for one in result.images]
    return [int(np.argmin([abs(mean - level) for level in LEVELS])) for mean in means]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, list(range(12)), id="every-one"),
        pytest.param({"start": 0.16, "end": 0.32}, [4, 5, 6, 7], id="span"),
        pytest.param({"every": 0.12}, [0, 3, 6, 9], id="step"),
        pytest.param({"every": 0.1}, [0, 2, 5, 7, 10], id="step-between-frames"),
        pytest.param({"every": 0.01}, list(range(12)), id="each-once"),
        pytest.param({"count": 3}, [2, 6, 10], id="middles"),
        pytest.param({"count": 1}, [6], id="one"),
        pytest.param({"every": 0.12, "start": 0.05}, [1, 4, 7, 10], id="step-from"),
    ],
)
def test_the_pictures_of_the_times(film, tmp_path, given, expected):
    result = run(film(), tmp_path, **given)

    assert numbers(result) == expected
    assert [one.time for one in result.images] == pytest.approx([number / 25 for number in expected])
    assert result.count == len(expected)
    assert not result.is_cut


def test_a_picture_that_stays_is_taken_once(film, tmp_path):
    times = [Fraction(number, 25) for number in range(6)] + [Fraction(number, 2) for number in range(2, 8)]

    result = run(film(times=times), tmp_path, every=0.2)

    # The last one is over before the next moment comes.
    assert numbers(result) == [0, 5, 6, 7, 8, 9, 10]


def test_no_more_than_the_most(film, tmp_path):
    result = run(film(), tmp_path, most=5)

    assert numbers(result) == [0, 1, 2, 3, 4]
    assert result.is_cut


def test_pictures_are_upright_of_square_samples_and_scaled(film, tmp_path):
    whole = run(film(rotation=90), tmp_path, count=1)
    small = run(film(aspect=Fraction(2)), tmp_path, count=1, width=32, format="jpg")

    assert images.load(whole.images[0].image).shape == (64, 48, 3)
    assert images.load(small.images[0].image).shape == (12, 32, 3)
    assert small.images[0].image.endswith(".jpg")


@pytest.mark.parametrize("given", [{"every": 1, "count": 2}, {"start": 9}, {"start": 0.3, "end": 0.2}], ids=str)
def test_what_cannot_be_is_said(film, tmp_path, given):
    with pytest.raises(InvalidParameter):
        run(film(), tmp_path, **given)
