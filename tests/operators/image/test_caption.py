"""`image.caption`: words that can be read, where they belong."""

import numpy as np
import pytest

from reelwright.errors import InvalidParameter
from reelwright.models import ocr
from reelwright.models.port import NoModels
from reelwright.operators.image.caption import CaptionParams, caption

GROUND = 90


@pytest.fixture
def plain(kept):
    return lambda width=480, height=270: kept(np.full((height, width, 3), GROUND, np.uint8))


def changed(made):
    rows, columns = np.nonzero((made[..., :3] != GROUND).any(axis=2))
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


@pytest.mark.parametrize(("position", "share"), [("top", 1 / 6), ("middle", 1 / 2), ("bottom", 5 / 6)])
def test_the_words_stand_where_they_should_and_the_rest_stays(plain, run, position, share):
    result, made = run(caption, CaptionParams(image=plain(), text="two words", position=position, size=0.12))

    top, bottom, left, right = changed(made)
    assert abs((top + bottom) / 2 / 270 - share) < 0.08
    assert abs((left + right) / 2 - 240) <= 4
    assert result.top <= top
    assert bottom <= result.bottom
    assert result.left <= left
    assert right <= result.right
    assert result.lines == ("two words",)


@pytest.mark.parametrize("text", ["HELLO WORLD", "你好世界"])
def test_the_words_can_be_read_back(plain, run, text):
    _, made = run(caption, CaptionParams(image=plain(), text=text, size=0.2))

    found = "".join(reading.text for _, reading in ocr.warm(NoModels()).find_and_read(made[..., :3]))
    assert found.replace(" ", "") == text.replace(" ", "")


def test_long_texts_are_broken_and_made_smaller_until_they_fit(plain, run):
    text = "a rather long sentence that says nothing and fills a picture " * 3

    result, made = run(caption, CaptionParams(image=plain(), text=text, size=0.2, position="middle"))

    assert len(result.lines) >= 3
    assert " ".join(result.lines).split() == text.split()
    top, bottom, left, right = changed(made)
    assert (top, left) > (0, 0)
    assert (bottom, right) < (270, 480)


def test_words_are_opaque_on_clear_ground(kept, run):
    clear = np.zeros((120, 200, 4), np.uint8)

    _, made = run(caption, CaptionParams(image=kept(clear), text="A", size=0.4, colour="#FF0000", outline=0))

    assert made[..., 3].max() == 255
    assert made[made[..., 3] == 255][:, :3].tolist()[0] == [255, 0, 0]


@pytest.mark.parametrize(
    ("given", "word"),
    [({"text": " \n "}, "blanks"), ({"text": "A", "size": 0.3, "image": "small"}, "32 px")],
    ids=["blanks", "small"],
)
def test_what_cannot_be_done_is_said(plain, kept, run, given, word):
    path = kept(np.zeros((20, 20, 3), np.uint8), "s.png") if given.pop("image", "") else plain()
    with pytest.raises(InvalidParameter, match=word):
        run(caption, CaptionParams(image=path, **given))
