"""Stories in traditional characters are read as their simplified twins are, and told as they were written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.kernels.story import reader, traditional

TEXT = (
    "水簾洞\n\n清晨，孫悟空走進酒館裡，對掌櫃說：「今日天氣真好！」\n"
    "「是啊，」掌櫃說，「請坐。」\n孫悟空摘下帽子，坐了下來。\n掌櫃給他倒了一碗酒。"
)
SIMPLE = (
    "水帘洞\n\n清晨，孙悟空走进酒馆里，对掌柜说：「今日天气真好！」\n"
    "「是啊，」掌柜说，「请坐。」\n孙悟空摘下帽子，坐了下来。\n掌柜给他倒了一碗酒。"
)


def test_folding_gives_one_letter_for_one():
    assert traditional.folded(TEXT) == SIMPLE


@given(st.text())
def test_folding_keeps_the_length_and_is_done_once(text):
    once = traditional.folded(text)

    assert len(once) == len(text)
    assert traditional.folded(once) == once


@pytest.mark.parametrize(
    ("text", "is_it"),
    [(TEXT, True), (SIMPLE, False), ("It rains.", False), ("", False), ("王后在後面" + "走" * 60, False)],
    ids=["traditional", "simplified", "english", "nothing", "one-odd-letter"],
)
def test_traditional_texts_are_told_from_others(text, is_it):
    assert traditional.is_traditional(text) is is_it


def test_a_story_is_found_as_in_simplified_characters_and_named_as_it_is_written():
    twin = reader.read(SIMPLE, "zh")

    story = traditional.restored(reader.read(traditional.folded(TEXT), "zh"), TEXT)

    assert story.title == "水簾洞"
    assert {one.name for one in story.figures} == {"孫悟空", "掌櫃"}
    assert [one.gender for one in story.figures] == [one.gender for one in twin.figures]
    assert [one.name for one in story.places] == ["酒館"]
    told = re.sub(r"\s", "", "".join(one.text for one in story.boards))
    assert told == re.sub(r"\s", "", TEXT).removeprefix("水簾洞")


def test_pieces_are_found_in_their_order_past_what_is_left_out():
    written = traditional.Written("孫悟空：後來呢？\n（走進門）皇后說，後來就沒有了。")

    assert [written.piece(one) for one in ("后来呢？", "皇后说，", "后来就没有了。")] == [
        "後來呢？",
        "皇后說，",
        "後來就沒有了。",
    ]


def test_what_the_text_does_not_hold_stays():
    written = traditional.Written("孫悟空")

    assert (written.name("书生"), written.piece("说")) == ("书生", "说")
