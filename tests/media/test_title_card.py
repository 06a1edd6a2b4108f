"""The title before a film: read, moving, in the film's colours, out of black and into it."""

import itertools

import numpy as np
import pytest

from reelwright.media import fonts, title_card
from reelwright.media.title_card import Card

SIZE = (160, 284)
GROUND = [np.full((284, 160), 140, np.uint8), np.full((142, 80), 100, np.uint8), np.full((142, 80), 170, np.uint8)]


def picture():
    made = [plane.copy() for plane in GROUND]
    made[0][::16] = 30
    return made


@pytest.fixture(scope="module")
def found():
    return fonts.Fonts.found()


def test_it_lasts_its_time_and_comes_out_of_black_and_goes_into_it(found):
    shown = list(title_card.pictures(picture(), Card("雪夜的灯").layers(found, SIZE), 24))

    light = [float(one[0].mean()) for one in shown]
    assert len(shown) == round(title_card.SECONDS * 24)
    assert light[0] < 24 < light[30]
    assert light[-1] < 24
    assert all(one[0].shape == (284, 160) and one[1].shape == (142, 80) for one in shown)


def test_it_moves_and_keeps_the_colours_of_the_film(found):
    shown = list(title_card.pictures(picture(), Card("灯").layers(found, SIZE), 24))[15:45]

    assert min(np.abs(b[0].astype(int) - a[0]).mean() for a, b in zip(shown[:-12], shown[12:], strict=True)) > 0.2
    assert float(shown[5][1].mean()) == pytest.approx(128 + (100 - 128) * title_card.LIGHT, abs=3)


@pytest.mark.parametrize(
    "title",
    ["灯", "一个很长很长很长很长很长的标题，写也写不完", "The Strange Case of the Lamp in the Snow"],
    ids=["short", "long", "en"],
)
def test_title_and_second_line_stand_one_below_the_other(found, title):
    first, second = Card(title, "第一章 小禾").layers(found, SIZE)

    assert first.box[3] <= second.box[1] + 6
    assert 0 <= first.box[0] < first.box[2] <= SIZE[0]
    assert second.box[3] <= SIZE[1]


def test_without_second_line_there_is_one(found):
    assert len(Card("灯").layers(found, SIZE)) == 1


def test_letters_are_lighter_than_what_is_behind_them(found):
    (layer,) = Card("灯").layers(found, SIZE)
    shown = next(itertools.islice(title_card.pictures(picture(), [layer], 24), 30, None))

    left, top, right, bottom = layer.box
    assert shown[0][top:bottom, left:right].max() > 200
    assert shown[0][: top - 20].max() < 120
