"""Words drawn on pictures: where they lie, how they look, and what is left alone."""

import numpy as np
import pytest

from reelwright.errors import ModelNotInstalled
from reelwright.media import planes
from reelwright.media.fonts import Fonts
from reelwright.media.lettering import Lettering, Pen, Style
from reelwright.media.subtitles import Cue
from reelwright.models import ocr
from reelwright.models.port import NoModels

SIZE = (640, 360)
GREY = 90


@pytest.fixture(scope="module")
def fonts():
    return Fonts.found()


def ground(deep=False):
    scale, kind = (4, np.uint16) if deep else (1, np.uint8)
    return [np.full((360 // part, 640 // part), value * scale, kind) for part, value in ((1, GREY), (2, 128), (2, 128))]


def drawn(fonts, text, *, style=None, picture=None):
    layer = Lettering(fonts, SIZE, style or Style()).layer(text)
    picture = picture or ground()
    layer.put_on(picture)
    return layer, picture


def test_words_are_read_back(fonts):
    _, picture = drawn(fonts, "The lighthouse keeper waits\nfor 7 ships")
    rgb = planes.to_rgb(picture, 1, 1)
    told = [said.text for _, said in ocr.warm(NoModels()).find_and_read(rgb)]
    assert told == ["The lighthouse keeper waits", "for 7 ships"]


def test_they_stand_at_the_bottom_in_the_middle(fonts):
    layer, picture = drawn(fonts, "Hello", style=Style(bottom=0.1))
    left, top, right, _ = layer.box
    assert (left + right) / 2 == pytest.approx(SIZE[0] / 2, abs=3)
    rows = np.flatnonzero((picture[0] != GREY).any(axis=1))
    assert rows.min() >= top
    assert rows.max() == pytest.approx(SIZE[1] * 0.9, abs=0.03 * SIZE[1])


def test_nothing_else_is_touched(fonts):
    layer, picture = drawn(fonts, "Hello")
    left, top, right, bottom = layer.box
    for plane, part, value in zip(picture, (1, 2, 2), (GREY, 128, 128), strict=True):
        outside = np.ones(plane.shape, bool)
        outside[top // part : bottom // part, left // part : right // part] = False
        assert (plane[outside] == value).all()


def test_letters_have_their_colour_and_a_dark_outline(fonts):
    _, picture = drawn(fonts, "HHH", style=Style(colour=(255, 230, 0), size=0.15, outline=0.01))
    rgb = planes.to_rgb(picture, 1, 1).astype(int)
    brightest = rgb[picture[0] > 200]
    assert brightest[:, 0].mean() > 220
    assert brightest[:, 2].mean() < 60
    assert (picture[0] < 25).sum() > 200


def test_a_box_lies_behind_them(fonts):
    layer, picture = drawn(fonts, "box", style=Style(box=(0, 0, 0), box_opacity=1.0, outline=0.0))
    left, top, right, _ = layer.box
    inside = picture[0][top + 4 : top + 8, left + 12 : right - 12]
    assert inside.max() < 30


def test_ten_bits_look_like_eight(fonts):
    _, eight = drawn(fonts, "Hello")
    _, ten = drawn(fonts, "Hello", picture=ground(deep=True))
    assert ten[0].dtype == np.uint16
    assert np.abs(ten[0] / 4 - eight[0]).max() <= 1


def test_long_words_get_more_lines_and_much_text_smaller_letters(fonts):
    letters = Lettering(fonts, SIZE)
    few, size = letters.lines("word " * 12)
    assert 2 <= len(few) <= 3
    many, smaller = letters.lines("word " * 120)
    assert smaller < size
    assert len(many) > len(few)


def test_a_letter_that_no_font_has_is_an_error_not_a_box(fonts):
    with pytest.raises(ModelNotInstalled, match="no font here has the letters"):
        Lettering(fonts, SIZE).require(["fine", "\U00013000"])


def test_chinese_is_drawn_where_a_font_has_it(fonts):
    try:
        fonts.require("你好")
    except ModelNotInstalled:
        pytest.skip("no font with Chinese letters is installed")
    _, picture = drawn(fonts, "今天天气很好")
    told = ocr.warm(NoModels()).find_and_read(planes.to_rgb(picture, 1, 1), letters="han")
    assert [said.text for _, said in told] == ["今天天气很好"]


def test_nothing_to_say_is_nothing_to_draw(fonts):
    assert Lettering(fonts, SIZE).layer(" \n ") is None


def test_a_pen_gives_what_is_there_at_a_time(fonts):
    pen = Pen(Lettering(fonts, SIZE), [Cue(1.0, 2.0, "one"), Cue(1.5, 3.0, "two"), Cue(5.0, 6.0, "three")])
    told = {time: pen.at(time) for time in (0.0, 0.96, 1.0, 1.6, 2.0, 3.0, 5.5, 6.0)}
    lines = {time: layer.lines if layer else None for time, layer in told.items()}
    assert lines == {
        0.0: None,
        0.96: None,
        1.0: ("one",),
        1.6: ("one", "two"),
        2.0: ("two",),
        3.0: None,
        5.5: ("three",),
        6.0: None,
    }
