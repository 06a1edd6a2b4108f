"""Parts of films as one film: of one size, in step, silent where a part has no sound."""

from fractions import Fraction

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.media import frames, making, probe, reels, samples


@pytest.fixture(scope="module")
def wide(make_video):
    return make_video([(making.SCENE, 3.0)], sound=True).path


@pytest.fixture(scope="module")
def tall(make_video):
    return make_video([(making.SCENE, 2.0)], size=(90, 160), fps=30, name="tall.mp4").path


def test_parts_follow_each_other_in_step(wide, tall, tmp_path):
    parts = [(wide, (Fraction(1), Fraction(2))), (tall, (Fraction(0), Fraction(1))), (wide, (Fraction(0), Fraction(1)))]
    made = reels.write(parts, tmp_path / "reel.mp4", (320, 180), quality="draft")
    assert made.seconds == 3
    assert made.frames == 25 + 30 + 25
    told = list(frames.stream(tmp_path / "reel.mp4"))
    assert [float(one.time) for one in told[23:28]] == pytest.approx(
        [0.92, 0.96, 1.0, 1 + 1 / 30, 1 + 2 / 30], abs=1e-3
    )
    sound = samples.read(tmp_path / "reel.mp4", channels=1)
    assert sound.samples.shape[1] / sound.rate == pytest.approx(3.0, abs=0.03)
    silent = sound.samples[0][round(1.1 * sound.rate) : round(1.9 * sound.rate)]
    assert np.abs(silent).max() < 1e-3
    spoken = samples.read(wide, channels=1).samples[0][48000 : 2 * 48000 - 2400]
    there = sound.samples[0][: len(spoken)]
    assert np.corrcoef(spoken[2400:-2400], there[2400:-2400])[0, 1] > 0.95


def test_a_picture_of_another_shape_has_black_bars(tall, tmp_path):
    reels.write([(tall, (Fraction(0), Fraction(1, 2)))], tmp_path / "reel.mp4", (320, 180), quality="draft")
    shown = frames.at(tmp_path / "reel.mp4", Fraction(1, 5)).rgb
    assert shown.shape == (180, 320, 3)
    assert shown[:, :100].max() < 20
    assert shown[:, 220:].max() < 20
    assert shown[:, 130:190].mean() > 30


def test_without_any_sound_there_is_no_sound_track(tall, tmp_path):
    reels.write([(tall, (Fraction(0), Fraction(1, 2)))], tmp_path / "reel.mp4", (90, 160), quality="draft")
    assert not probe.probe(tmp_path / "reel.mp4").audio


def test_nothing_makes_no_film(tmp_path):
    with pytest.raises(InvalidParameter, match="at least one part"):
        reels.write([], tmp_path / "reel.mp4", (320, 180))


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [(None, None, (320, 180)), (160, None, (160, 90)), (None, 360, (640, 360)), (99, 101, (98, 100))],
)
def test_a_size_is_filled_up_by_the_films_own_shape(wide, width, height, wanted):
    assert reels.size(probe.with_video(wide), width, height) == wanted
