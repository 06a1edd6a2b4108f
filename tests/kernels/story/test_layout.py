"""Title, chapters, boards: every letter in just one of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.kernels.story import layout

LINE = st.text(st.sampled_from("第一章CHAPTER I.#* 天地人走，。！？“”ab\u3000"), max_size=30)


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_title_and_author_are_not_told():
    found = layout.laid_out("孔乙己\n\n鲁迅\n\n鲁镇的酒店的格局，是和别处不同的。\n", "zh")

    assert (found.title, found.untold) == ("孔乙己", ("孔乙己", "鲁迅"))
    assert [one.text for one in found.boards] == ["鲁镇的酒店的格局，是和别处不同的。"]


@pytest.mark.parametrize(
    ("text", "language", "title", "told"),
    [
        pytest.param(
            "故乡\n鲁迅\n\n我冒了严寒，回到故乡去。",
            "zh",
            "故乡",
            "我冒了严寒，回到故乡去。",
            id="without-a-blank-line",
        ),
        pytest.param("《故乡》\n作者：鲁迅\n\n我回到故乡去。", "zh", "故乡", "我回到故乡去。", id="in-brackets"),
        pytest.param(
            "The Gift\nby O. Henry\n\nThat was all. He wept.", "en", "The Gift", "That was all. He wept.", id="by"
        ),
        pytest.param("# 雨\n\n## 第一章\n\n他来了。", "zh", "雨", "他来了。", id="a-heading-above-headings"),
        pytest.param(
            "The Project Gutenberg eBook of Rain\n\n*** START OF THE PROJECT GUTENBERG EBOOK RAIN ***\n\nRain\n\n"
            "It rains. He sat.\n\n*** END OF THE PROJECT GUTENBERG EBOOK RAIN ***\nMuch about licences.",
            "en",
            "Rain",
            "It rains. He sat.",
            id="a-library-around-it",
        ),
        pytest.param("下雨了\n他走了\n\n她也走了\n天黑了", "zh", "", "下雨了他走了她也走了天黑了", id="verse-has-none"),
    ],
)
def test_what_stands_above_a_story_is_its_title(text, language, title, told):
    found = layout.laid_out(text, language)

    assert found.title == title
    assert squeezed("".join(one.text for one in found.boards)) == squeezed(told)


@pytest.mark.parametrize(
    ("text", "language", "titles"),
    [
        pytest.param("第一章 出发\n他走了。\n第二章 归来\n他回来了。", "zh", ["第一章 出发", "第二章 归来"], id="zh"),
        pytest.param("楔子\n很久以前。\n第十二回　重逢\n他们见面了。", "zh", ["楔子", "第十二回　重逢"], id="zh-old"),
        pytest.param("# 一\n他走了。\n# 二\n他回来了。", "zh", ["一", "二"], id="markdown"),
        pytest.param(
            "CHAPTER I. Going\n\nHe went.\n\nCHAPTER II. Back\n\nHe came.",
            "en",
            ["CHAPTER I. Going", "CHAPTER II. Back"],
            id="en",
        ),
        pytest.param(
            "Chapter 1\n\nThe Start\n\nHe went away.\n\nChapter 2\n\nThe End\n\nHe came back.",
            "en",
            ["Chapter 1 The Start", "Chapter 2 The End"],
            id="title-below",
        ),
    ],
)
def test_chapters_begin_at_their_headings(text, language, titles):
    assert [one.title for one in layout.laid_out(text, language).boards] == titles


@pytest.mark.parametrize(
    "text", ["第一章是他最喜欢的，他读了三遍。\n后来他睡了。", "第一次见面，他没有说话。\n第二次他说了。"]
)
def test_a_sentence_that_begins_like_a_heading_is_told(text):
    found = layout.laid_out(text, "zh")

    assert squeezed("".join(one.text for one in found.boards)) == squeezed(text)


def test_a_contents_list_makes_no_empty_boards():
    text = "第一章 甲\n第二章 乙\n\n第一章 甲\n他走了。\n第二章 乙\n他来了。"

    assert [one.title for one in layout.laid_out(text, "zh").boards] == ["第一章 甲", "第二章 乙"]


def test_a_long_text_without_chapters_is_parted_near_scenes():
    scene = "他在城里走了一天，什么也没有找到。" * 70
    text = f"{scene}\n\n* * *\n\n{scene}"

    found = layout.laid_out(text, "zh").boards

    assert [one.text for one in found] == [scene, scene]


def test_one_giant_paragraph_is_parted_between_sentences():
    sentence = "他在城里走了一天，什么也没有找到。"

    found = layout.laid_out(sentence * 400, "zh").boards

    assert len(found) > 2
    assert all(one.text.endswith("。") for one in found)
    assert "".join(one.text for one in found) == sentence * 400


def test_hard_wrapped_lines_are_one_paragraph():
    found = layout.laid_out("The old man went down\nto the sea.\n\nHe saw\na ship.\n", "en")

    assert found.boards[0].text == "The old man went down to the sea.\nHe saw a ship."


def test_verse_is_told_from_its_first_line():
    text = "床前明月光\n疑是地上霜\n举头望明月\n低头思故乡"

    assert squeezed("".join(one.text for one in layout.laid_out(text, "zh").boards)) == squeezed(text)


def test_ids_hang_on_text_and_number():
    one, again, other = layout.board_id("a", 1), layout.board_id("a", 1), layout.board_id("a", 2)

    assert one == again != other
    assert re.fullmatch(r"st_\d{10}", one)


@settings(deadline=None, max_examples=60)
@given(st.lists(LINE, max_size=12), st.sampled_from(["zh", "en"]))
def test_boards_and_headings_are_the_text(lines, language):
    text = "\n".join(lines)
    found = layout.laid_out(text, language)

    told = "".join(squeezed(one.text) for one in found.boards)
    untold = "".join(map(squeezed, found.untold))
    assert sorted(told + untold) == sorted(squeezed(text))
