"""Clips brought to one size, rate and length: all frames there, none standing, the middle of the picture kept."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.media import conforming, frames, images, making
from reelwright.media import planes as yuv
from reelwright.media.conforming import Clip, Pace


def ramp(path, count, *, size=(160, 90), fps=24, colour=None):
    """Pictures that grow lighter by 4 levels each, so that a picture's level tells its number."""
    pictures = (np.full((size[1], size[0], 3), 20 + 4 * number, np.uint8) for number in range(count))
    if colour is not None:
        pictures = (np.full((size[1], size[0], 3), colour, np.uint8) for _ in range(count))
    making.write_video(path, pictures, size=size, fps=Fraction(fps), crf=4)
    return path


def levels(clip):
    return [float(np.mean(picture[0])) for picture in clip.pictures()]


@pytest.mark.parametrize(
    ("given", "wanted", "pace"),
    [
        pytest.param(Fraction(5), Fraction(4), Pace(Fraction(1), 1), id="too-long-is-cut"),
        pytest.param(Fraction(4), Fraction(97, 24), Pace(Fraction(1), 1), id="a-frame-short-is-enough"),
        pytest.param(Fraction(4), Fraction(5), Pace(Fraction(5, 4), 1), id="slowed"),
        pytest.param(Fraction(4), Fraction(6), Pace(Fraction(3, 2), 1), id="slowed-most"),
        pytest.param(Fraction(4), Fraction(7), Pace(Fraction(1), 2), id="shown-twice"),
        pytest.param(Fraction(2), Fraction(8), Pace(Fraction(1), 5), id="shown-five-times"),
        pytest.param(Fraction(1, 25), Fraction(8), Pace(Fraction(1), 1), id="one-picture-stands"),
    ],
)
def test_how_a_clip_fills_its_time(given, wanted, pace):
    assert Pace.of(given, wanted, Fraction(1, 24)) == pace


def test_a_clip_that_fits_is_shown_picture_by_picture(tmp_path):
    path = ramp(tmp_path / "a.mp4", 24)

    assert np.diff(levels(Clip(path, (160, 90), 24, 24))) == pytest.approx(4 * 219 / 255, abs=2.2)


def test_a_slowed_clip_moves_in_every_picture(tmp_path):
    path = ramp(tmp_path / "a.mp4", 24)

    found = levels(Clip(path, (160, 90), 24, 34))

    assert len(found) == 34
    steps = np.diff(found[:-2])
    assert steps.min() > 0.8
    assert steps.max() < 4.5


def test_a_repeated_clip_dissolves_into_its_start(tmp_path):
    path = ramp(tmp_path / "a.mp4", 24)

    found = levels(Clip(path, (160, 90), 24, 60))

    assert len(found) == 60
    assert np.abs(np.diff(found)).max() < 20  # a cut from the last picture to the first would be 79
    assert found[:12] == pytest.approx(levels(Clip(path, (160, 90), 24, 12)), abs=0.6)


def test_one_picture_is_shown_all_the_time(tmp_path):
    images.save(np.full((90, 160, 3), 120, np.uint8), tmp_path / "a.png")

    found = levels(Clip(tmp_path / "a.png", (160, 90), 24, 48))

    assert len(found) == 48
    assert len(set(found)) == 1


def test_a_file_that_says_it_is_longer_than_it_is_ends_with_its_last_picture(tmp_path, monkeypatch):
    path = ramp(tmp_path / "a.mp4", 24)
    monkeypatch.setattr(conforming, "_length", lambda media: Fraction(3))

    found = levels(Clip(path, (160, 90), 24, 120))

    assert len(found) == 120


def test_another_rate_keeps_the_tempo(tmp_path):
    path = ramp(tmp_path / "a.mp4", 12, fps=12)

    found = levels(Clip(path, (160, 90), 24, 24))

    assert found[0] == pytest.approx(found[1], abs=0.6)
    assert found[22] - found[0] == pytest.approx(11 * 4 * 219 / 255, abs=2)


def test_a_wide_clip_covers_an_upright_frame_by_its_middle(tmp_path):
    def picture():
        made = np.zeros((90, 160, 3), np.uint8)
        made[:, 70:90] = 255
        return made

    making.write_video(tmp_path / "a.mp4", (picture() for _ in range(4)), size=(160, 90), fps=Fraction(24), crf=4)

    shown = next(Clip(tmp_path / "a.mp4", (90, 160), 24, 4).pictures())[0]

    assert shown.shape == (160, 90)
    columns = np.flatnonzero(shown.mean(axis=0) > 120)
    assert columns.mean() == pytest.approx(44.5, abs=2)
    assert len(columns) == pytest.approx(20 * 160 / 90, abs=4)


def test_colours_are_those_of_the_clip(tmp_path):
    path = ramp(tmp_path / "a.mp4", 3, colour=(200, 60, 40))

    planes = next(Clip(path, (160, 90), 24, 3).pictures())

    shown = frames.at(path, Fraction(0)).rgb.mean(axis=(0, 1))
    rgb = yuv.to_rgb(planes, conforming.BT601, conforming.LIMITED).mean(axis=(0, 1))
    assert rgb == pytest.approx(shown, abs=3)
    assert rgb == pytest.approx([200, 60, 40], abs=25)


def test_light_goes_to_black_in_place():
    picture = [np.full((4, 4), 200, np.uint8), np.full((2, 2), 90, np.uint8), np.full((2, 2), 160, np.uint8)]

    conforming.dimmed(picture, 0.5)
    assert [int(plane[0, 0]) for plane in picture] == [108, 109, 144]
    conforming.dimmed(picture, 0.0)
    assert [int(plane[0, 0]) for plane in picture] == [16, 128, 128]
