"""Letters that change within a line that stays, and what only looks like it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from reelwright.kernels import caption_changes
from reelwright.kernels.caption_strokes import Strokes, strokes

SIZE = (300, 34)


def picture(text, *, edge=2, strength=1.0, behind=0, blob=None):
    """A line of words on clouds, uint8 [h, w]. `behind`: pixels by which the clouds have moved; `blob`: where something
    bright is behind the words."""
    coarse = np.random.default_rng(3).uniform(40, 140, (5, 60)).astype(np.float32)
    wide = np.asarray(Image.fromarray(coarse).resize((SIZE[0] + 150, SIZE[1]), Image.Resampling.BICUBIC))
    back = Image.fromarray(np.clip(wide[:, behind : behind + SIZE[0]], 0, 255).astype(np.uint8))
    if blob is not None:
        ImageDraw.Draw(back).ellipse((blob, 4, blob + 26, 30), 235)
    words = back.copy()
    face = ImageFont.load_default(24)
    ImageDraw.Draw(words).text((10, 26), text, 240, face, "ls", stroke_width=edge, stroke_fill=5)
    return np.asarray(Image.blend(back, words, strength))


def known(text, **given):
    """The strokes of words that have been seen on several pictures."""
    first = picture(text, **given)
    words = Strokes(first, strokes(first))
    for moved in (30, 60, 90):
        words.forget(picture(text, **(given | {"behind": moved})))
    words.are_known = True
    return words


CHANGES = [("Take 3 of 9", "Take 8 of 9"), ("Take 5 of 9", "Take 6 of 9"), ("A cat here", "A car here")]


@pytest.mark.parametrize("edge", [2, 0], ids=["outline", "plain"])
@pytest.mark.parametrize(("one", "other"), CHANGES + [pair[::-1] for pair in CHANGES])
def test_another_letter_is_noticed(one, other, edge):
    words, before, now = (
        known(one, edge=edge),
        picture(one, edge=edge, behind=100),
        picture(other, edge=edge, behind=101),
    )

    assert caption_changes.is_other(words, before, now)
    assert caption_changes.is_lasting(before, now, picture(other, edge=edge, behind=102))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        pytest.param({"behind": 100}, {"behind": 100}, id="nothing"),
        pytest.param({"behind": 100}, {"behind": 103}, id="a-camera-that-pans"),
        pytest.param({"behind": 100}, {"behind": 20}, id="a-cut"),
        pytest.param({"behind": 100}, {"behind": 100, "strength": 0.6}, id="a-fade"),
    ],
)
def test_the_same_letters_are_no_others(before, now):
    text = "Take 3 of 9"
    assert not caption_changes.is_other(known(text), picture(text, **before), picture(text, **now))


def test_something_bright_that_flies_past_behind_is_no_other_letter():
    text = "Take 3 of 9"
    before, then, now = (picture(text, blob=blob) for blob in (-40, 50, 80))
    assert not caption_changes.is_lasting(before, then, now)


def test_letters_that_go_on_changing_are_on_their_way():
    before = picture("Take 3 of 9", behind=100)
    halfway, now = picture("Take 8 of 9", strength=0.85, behind=100), picture("Take 8 of 9", behind=100)
    fading = picture("Take 8 of 9", strength=0.2, behind=100)

    assert caption_changes.is_lasting(before, halfway, now)
    assert not caption_changes.is_lasting(before, now, fading)
