"""Bare letters over a picture that stands still, and scenery that has some of what they have."""

import cv2
import numpy as np
import pytest

from reelwright.kernels import lettering

SIZE = (640, 360)
STEADY = np.ones((SIZE[1], SIZE[0]), bool)


def scenery(seed=1, contrast=60):
    grid = np.random.default_rng(seed).random((10, 16)).astype(np.float32)
    picture = 100 + contrast * (cv2.resize(grid, SIZE, interpolation=cv2.INTER_CUBIC) - 0.5)
    return picture.astype(np.float32)


def cover(text="NEWS", place=(540, 44), scale=0.7, thickness=2):
    """How much of each pixel the letters cover, 0-1."""
    big = np.zeros((4 * SIZE[1], 4 * SIZE[0]), np.uint8)
    at = tuple(4 * one for one in place)
    cv2.putText(big, text, at, cv2.FONT_HERSHEY_SIMPLEX, 4 * scale, 255, 4 * thickness, cv2.LINE_AA)
    return cv2.resize(big, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def lettered(picture, letters, colour=240, opacity=1.0):
    return (picture + (colour - picture) * letters * opacity).astype(np.float32)


@pytest.mark.parametrize(
    "place", [(540, 44), (24, 44), (24, 335), (540, 335)], ids=["right", "left", "low", "low-right"]
)
@pytest.mark.parametrize(
    ("colour", "opacity", "contrast"),
    [
        pytest.param(240, 1.0, 60, id="white"),
        pytest.param(240, 0.5, 60, id="half"),
        pytest.param(20, 0.8, 60, id="dark"),
        pytest.param(240, 0.6, 0, id="on-a-plain-wall"),
    ],
)
def test_words_in_a_corner_are_found_and_covered(place, colour, opacity, contrast):
    letters = cover(place=place)
    level = lettered(scenery(contrast=contrast), letters, colour, opacity)
    found = lettering.words(level, STEADY)

    assert found
    word = lettering.again(level, found[0].box)
    covered = lettering.covered([level], word)
    assert covered[letters > 0.1].mean() > 0.98
    assert covered.sum() < 4 * (letters > 0.1).sum()


def test_a_word_is_found_again_at_another_size():
    level = lettered(scenery(), cover())
    box = lettering.words(level, STEADY)[0].box
    double = cv2.resize(level, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)[:150, 1000:]
    word = lettering.again(double, (2 * box[0] - 1000, 2 * box[1], 2 * box[2] - 1000, 2 * box[3]))

    assert word is not None
    assert word.strokes.sum() == pytest.approx(4 * (cover() > 0.5).sum(), rel=0.5)


def test_a_shadow_is_covered_and_a_card_whole():
    letters, shadow = cover(), np.roll(cover(), (3, 3), (0, 1))
    shaded = lettered(lettered(scenery(contrast=20), shadow, 0, 0.7), letters)
    word = lettering.again(shaded, lettering.words(shaded, STEADY)[0].box)
    assert lettering.covered([shaded], word)[shadow > 0.5].mean() > 0.9

    carded = scenery()
    carded[18:56, 526:626] = 50
    carded = lettered(carded, letters)
    word = lettering.again(carded, lettering.words(carded, STEADY)[0].box)
    assert lettering.covered([carded], word)[18:56, 526:626].all()


def with_bars(picture):
    """A fence: many thin things alike, far apart."""
    for x in range(520, 620, 22):
        picture[20:60, x : x + 3] = 220
    return picture


def with_twigs(picture):
    for seed in range(14):
        x, y, dx, dy = np.random.default_rng(seed).integers((520, 15, -12, -12), (620, 50, 12, 12))
        cv2.line(picture, (int(x), int(y)), (int(x + dx), int(y + dy)), 40.0 + 12 * seed, 2, cv2.LINE_AA)
    return picture


@pytest.mark.parametrize(
    "level",
    [
        pytest.param(scenery(), id="nothing"),
        pytest.param(with_bars(scenery()), id="fence"),
        pytest.param(with_twigs(scenery()), id="twigs"),
        pytest.param(lettered(scenery(), cover(place=(260, 200))), id="words-in-the-middle"),
        pytest.param(cv2.GaussianBlur(lettered(scenery(), cover()), (0, 0), 2.0), id="words-that-a-lens-drew"),
    ],
)
def test_scenery_is_no_lettering(level):
    assert lettering.words(level, STEADY) == []


def test_letters_that_do_not_last_are_none():
    assert lettering.words(lettered(scenery(), cover()), ~STEADY) == []
