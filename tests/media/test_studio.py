"""Films of hard things before hard screens are mixed by their truth."""

import numpy as np
import pytest

from reelwright.media import frames
from reelwright.media.making import screens, studio
from reelwright.media.making.studio import Stage

SIZE = (320, 180)
PLAIN = Stage(size=SIZE, uneven=0.0, grain=0.0, spill=0.0, crf=6)
SUBJECTS = {
    "person": studio.person(),
    "glass": studio.glass,
    "smoke": studio.smoke,
    "fan": studio.fan,
    "wires": studio.wires,
    "leaves": studio.leaves,
}


def shown(path):
    return [frame.rgb.astype(float) for frame in frames.stream(path)]


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_frame_shows_the_screen_where_nothing_covers_it(tmp_path, name):
    alphas = studio.film(tmp_path / "a.mp4", SUBJECTS[name], PLAIN)

    pictures = shown(tmp_path / "a.mp4")
    assert len(pictures) == len(alphas) == PLAIN.frames
    for picture, alpha in zip(pictures, alphas, strict=True):
        assert (alpha.shape, alpha.dtype) == (SIZE[::-1], np.float32)
        assert 0 <= alpha.min() < alpha.max() <= 1
        empty = alpha == 0
        assert empty.mean() > 0.2
        assert np.abs(picture[empty] - PLAIN.colour).mean() < 6


def covered(alpha):
    return float(((alpha > 0.02) & (alpha < 0.9)).mean())


def test_what_shines_through_is_covered_in_part(tmp_path):
    parts = {name: covered(subject(SIZE, 0.5, 3)[1]) for name, subject in SUBJECTS.items()}

    assert parts["glass"] > 2 * parts["person"]
    assert parts["smoke"] > 2 * parts["person"]
    assert parts["fan"] > parts["leaves"]


def test_beside_a_narrow_screen_all_is_foreground(tmp_path):
    stage = Stage(size=SIZE, width=0.6, grain=0.0, crf=6)
    (alpha, _) = studio.film(tmp_path / "a.mp4", studio.glass, stage)

    assert (alpha[:, :60] == 1).all()
    assert (alpha[:, -60:] == 1).all()
    assert alpha[5, 160] == 0
    assert np.abs(shown(tmp_path / "a.mp4")[0][:, 5:50] - studio.WALL).mean() < 4


@pytest.mark.parametrize(
    ("given", "darker"),
    [
        pytest.param({"creases": 0.4}, True, id="creases"),
        pytest.param({"shadow": 0.5}, True, id="shadow"),
        pytest.param({"marks": 0.5}, False, id="marks"),
    ],
)
def test_the_screen_is_marked_but_not_covered(tmp_path, given, darker):
    stage = Stage(size=SIZE, uneven=0.0, grain=0.0, crf=6, **given)
    alpha = studio.film(tmp_path / "a.mp4", studio.fan, stage)[0]
    plain = studio.film(tmp_path / "b.mp4", studio.fan, PLAIN)[0]

    assert (alpha == plain).all()
    green = shown(tmp_path / "a.mp4")[0][..., 1][alpha == 0]
    off = np.percentile(green, 0.2 if darker else 99.8) - screens.GREEN[1]
    assert off < -25 if darker else off > 25


@pytest.mark.parametrize(
    ("given", "pixels"),
    [
        pytest.param({"pixels": "yuv420p10le"}, "yuv420p10le", id="ten-bit"),
        pytest.param({"full_range": True}, "yuvj420p", id="full-range"),
    ],
)
def test_the_camera_writes_what_it_is_told(tmp_path, given, pixels):
    stage = Stage(size=SIZE, frames=1, crf=6, grain=0.0, uneven=0.0, **given)
    studio.film(tmp_path / "a.mp4", studio.leaves, stage)

    (frame,) = frames.stream(tmp_path / "a.mp4")
    assert frame.raw.format.name == pixels
    assert np.abs(frame.rgb[:10, :10].astype(float) - screens.GREEN).mean() < 5


def test_a_person_may_be_near_or_far():
    shares = [float(studio.person(near=near)(SIZE, 0.5, 0)[1].mean()) for near in (0.4, 1.0, 2.0)]

    assert shares[0] < shares[1] / 3
    assert shares[2] > 1.5 * shares[1]


def test_a_picture_with_its_own_alpha_stands_on_the_lower_edge():
    alpha = np.zeros((60, 40), np.float32)
    alpha[10:, 5:35] = 1
    colours, found = studio.cut_out(np.full((60, 40, 3), 90, np.float32), alpha)(SIZE, 0.5, 0)

    assert found.shape == SIZE[::-1]
    assert found[-5:, 160].min() > 0.99
    assert found[:20].max() < 0.01
    assert np.abs(colours[found > 0.99] - 90).max() < 1
