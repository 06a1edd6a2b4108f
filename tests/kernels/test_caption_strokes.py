"""The strokes of a line are known again, and tell when they are others."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reelwright.kernels.caption_strokes import Strokes, body_of, strokes

SIZE = (300, 34)


def picture(text, *, behind=90, outline=2, level=240, seed=None, strength=1.0, box=None):
    """A line of words, uint8 [h, w]; `behind`: luma, or clouds of that mean where a seed is given."""
    back = np.full(SIZE[::-1], float(behind))
    if seed is not None:
        coarse = np.random.default_rng(seed).uniform(-70, 70, (5, 40))
        back += np.asarray(Image.fromarray(coarse.astype(np.float32)).resize(SIZE, Image.Resampling.BICUBIC))
    if box is not None:
        back[2:32] = back[2:32] * 0.2 + box * 0.8
    words, cover = (Image.new("L", SIZE, 0) for _ in range(2))
    face = ImageFont.load_default(24)
    ImageDraw.Draw(words).text((10, 26), text, level, face, "ls", stroke_width=outline, stroke_fill=5)
    ImageDraw.Draw(cover).text((10, 26), text, 255, face, "ls", stroke_width=outline, stroke_fill=255)
    part = np.asarray(cover, float) / 255 * strength
    return np.clip(back * (1 - part) + np.asarray(words, float) * part, 0, 255).astype(np.uint8)


def learnt(gray):
    return Strokes(gray, strokes(gray))


def test_thin_and_bright_or_dark_is_a_stroke_and_a_wide_patch_is_none():
    gray = np.full((40, 80), 100, np.uint8)
    gray[10:13, 10:40], gray[20:23, 10:40], gray[5:35, 50:75] = 200, 20, 200
    found = strokes(gray)

    assert (found[11, 12:38] == 1).all()
    assert (found[21, 12:38] == -1).all()
    assert not found[10:30, 55:70].any()


@pytest.mark.parametrize(
    ("given", "kind", "level"),
    [
        pytest.param({"outline": 0}, 1, 240, id="bright"),
        pytest.param({"outline": 0, "level": 10, "behind": 200}, -1, 10, id="dark"),
        pytest.param({"outline": 0, "box": 10, "seed": 1}, 1, 240, id="in-a-dark-box"),
        pytest.param({"outline": 2, "behind": 15}, 1, 240, id="outline-on-black"),
    ],
)
def test_letters_are_told_from_the_gaps_between_them(given, kind, level):
    gray = picture("Words of a caption", **given)
    told, luma = body_of(gray[2:32], strokes(gray)[2:32])

    assert told == kind
    assert luma == pytest.approx(level, abs=12)


LOOKS = [{"outline": 2}, {"outline": 0}, {"outline": 0, "box": 10}]


@pytest.mark.parametrize("look", LOOKS, ids=["outline", "plain", "box"])
@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        pytest.param("Chapter 1 of 9 is done", True, id="the-same"),
        pytest.param("Chapter 2 of 9 is done", False, id="one-digit"),
        pytest.param("She left an hour ago", False, id="others"),
        pytest.param("", False, id="none"),
    ],
)
def test_one_other_digit_is_another_line(look, text, is_there):
    line = learnt(picture("Chapter 1 of 9 is done", seed=2, **look))
    line.are_known = True
    assert line.are_in(picture(text, seed=2, **look)) == is_there


@pytest.mark.parametrize("look", LOOKS, ids=["outline", "plain", "box"])
def test_a_line_stays_over_a_cut_once_it_is_known_from_what_is_behind(look):
    line = learnt(picture("Still the same words as ever", seed=0, **look))
    for seed in range(1, 6):
        line.forget(picture("Still the same words as ever", seed=seed, **look))
    line.are_known = True

    assert line.are_in(picture("Still the same words as ever", seed=9, behind=60, **look))
    assert not line.are_in(picture("", seed=9, behind=60, **look))


@pytest.mark.parametrize("strength", [0.35, 0.5, 0.7, 0.85, 0.95])
def test_fading_words_are_there_and_their_strength_is_told(strength):
    line = learnt(picture("Words that fade", seed=3))
    now = picture("Words that fade", seed=3, strength=strength)

    assert line.are_in(now)
    # What is behind has some likeness to the words of its own.
    assert line.strength(now) == pytest.approx(strength, abs=0.12)


@pytest.mark.parametrize(("text", "is_there"), [("5 doors", True), ("8 doors", False)])
def test_one_digit_counts_though_the_box_behind_it_gets_brighter(text, is_there):
    """What shines through the box lights the gaps between letters, and hardly the letters."""
    look = {"box": 10, "level": 225}
    line = learnt(picture("5 doors", behind=40, **look))
    line.are_known = True

    assert line.are_in(picture(text, behind=220, **look)) == is_there


def test_no_words_have_no_strength_and_make_no_line():
    line = learnt(picture("Words that fade"))
    assert line.strength(picture("")) == pytest.approx(0, abs=0.02)

    nothing = learnt(picture(""))
    assert not nothing.are_in(picture(""))
    assert nothing.strength(picture("")) == 0.0
    assert not nothing.forget(picture(""))


def test_bright_letters_are_not_seen_in_a_picture_as_bright_as_they():
    line = learnt(picture("White words", outline=0))
    assert not line.are_in(np.full(SIZE[::-1], 240, np.uint8))


def with_bars(gray, *, first=2, last=20):
    """Bright bars beside the words that are no letters: nothing dark is beside them."""
    barred = gray.copy()
    for left in range(first, last, 12):
        barred[6:28, left : left + 4] = 238
    return barred


def test_strokes_at_one_end_that_go_were_behind_the_words():
    gray = picture("  Over here", behind=150)
    line = learnt(with_bars(gray, last=26))
    stays = line.shed(gray)

    assert stays is not None
    assert 12 <= stays.start <= 30
    assert stays.stop is None
    assert line.are_in(gray[:, stays])


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param("Take 3 of 9", "Take 3 of 8", id="another-digit-at-the-end"),
        pytest.param("6 of 9 are here", "8 of 9 are here", id="another-digit-at-the-start"),
        pytest.param("Over here", "Come along", id="other-words"),
        pytest.param("Over here", "", id="no-words"),
    ],
)
def test_letters_that_others_take_the_place_of_were_the_words_own(before, now):
    assert learnt(picture(before)).shed(picture(now)) is None


def in_a_box(text, shining):
    """Letters on a box that lets a fifth of a wide picture through; beside it the picture is seen itself."""
    gray = np.full((SIZE[1], SIZE[0]), shining, np.uint8)
    gray[:, :140] = 8 + shining // 5
    face = ImageFont.load_default(24)
    image = Image.fromarray(gray)
    ImageDraw.Draw(image).text((10, 26), text, 240, face, "ls")
    return np.asarray(image)


def test_letters_in_a_box_are_known_when_another_picture_shines_through_it():
    line = learnt(in_a_box("Over here", 220))
    line.are_known = True

    assert line.are_in(in_a_box("Over here", 20))
    assert not line.are_in(in_a_box("Come along", 20))
