"""The caption maker draws what it says, where and when it says it."""

import numpy as np
import pytest

from reelwright.media import frames
from reelwright.media.making.captioned import Cue, Style, captioned

SIZE = (320, 180)


def lumas(film):
    return np.array([frame.gray for frame in frames.stream(film.path)]).astype(int)


def pair(tmp_path, cues, **given):
    """The film with the cues, and the same without them."""
    bare = captioned(tmp_path / "bare.mp4", [Cue(50, 51, "x")], size=SIZE, seconds=1.6, crf=12, **given)
    return captioned(tmp_path / "words.mp4", cues, size=SIZE, seconds=1.6, crf=12, **given), bare


def test_words_are_there_from_the_first_frame_to_the_last_they_are_said_to_be(tmp_path):
    film, bare = pair(tmp_path, [Cue(0.42, 1.2, "Hello there")])
    changed = np.abs(lumas(film) - lumas(bare)).max((1, 2)) > 100

    assert (film.frames, film.cues[0].start, film.cues[0].end) == (40, 0.44, 1.2)
    assert np.flatnonzero(changed).tolist() == list(range(11, 30))


@pytest.mark.parametrize(
    ("style", "rows", "columns"),
    [
        pytest.param(Style(), (150, 175), (110, 210), id="below-in-the-middle"),
        pytest.param(Style(base=0.4, align="left"), (50, 78), (20, 125), id="above-to-the-left"),
    ],
)
def test_words_are_where_their_style_puts_them(tmp_path, style, rows, columns):
    film, bare = pair(tmp_path, [Cue(0, 1.6, "Hello there")], style=style)
    changed = np.argwhere(np.abs(lumas(film)[10] - lumas(bare)[10]) > 60)

    low, high = changed.min(0), changed.max(0)
    assert rows[0] <= low[0] <= high[0] < rows[1]
    assert columns[0] <= low[1] <= high[1] < columns[1]


def test_fading_words_grow_evenly(tmp_path):
    film, bare = pair(tmp_path, [Cue(0.4, 1.4, "Hello there")], style=Style(fade=0.4), pan=0)
    strength = np.abs(lumas(film) - lumas(bare)).mean((1, 2))

    assert strength[15] / strength[22] == pytest.approx(0.5, abs=0.1)
    assert strength[[9, 36]].max() < 0.1 * strength[22]


@pytest.mark.parametrize("pan", [0, 0.5, -0.5])
def test_signs_move_with_the_scene(tmp_path, pan):
    film = captioned(tmp_path / "a.mp4", [Cue(9, 10, "x")], size=SIZE, seconds=0.6, pan=pan, signs=("PIER 39",), crf=12)
    shown = lumas(film)

    # The camera moves to the right by `step`, so the scene moves to the left by as much.
    step = int(np.sign(pan)) * (round(abs(pan) * SIZE[0] * 7 / 25) - round(abs(pan) * SIZE[0] * 2 / 25))
    assert np.abs(shown[7][:, 60 - step : 260 - step] - shown[2][:, 60:260]).mean() < 8


def test_a_cut_is_another_scene(tmp_path):
    film = captioned(tmp_path / "a.mp4", [Cue(9, 10, "x")], size=SIZE, seconds=0.8, pan=0, cuts=(0.4,))
    shown = lumas(film)

    assert np.abs(shown[9] - shown[2]).mean() < 4
    assert np.abs(shown[10] - shown[9]).mean() > 15


def test_frames_may_be_handed_in(tmp_path):
    grey = (np.full((*SIZE[::-1], 3), 128, np.uint8) for _ in range(100))
    film = captioned(tmp_path / "a.mp4", [Cue(0.4, 0.8, "Hello")], size=SIZE, seconds=1.2, behind=grey)
    shown = lumas(film)

    assert film.frames == len(shown) == 30
    assert np.abs(shown[2] - 128).max() <= 3
    assert np.abs(shown[15] - 128).max() > 80
