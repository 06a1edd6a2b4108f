"""Sentences and parts, of which no letter is lost and no word is cut."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.kernels.story import cutting
from reelwright.kernels.wording import words

ODD = st.text(st.sampled_from("。，！？…“”‘’「」'\".,!? \nab天地人走Mr😀—()（）12"), max_size=200)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        pytest.param("他走了。她来了！真的？", ["他走了。", "她来了！", "真的？"], id="zh"),
        pytest.param("“走吧。”他说。", ["“走吧。”", "他说。"], id="closing-quote-stays"),
        pytest.param("这……下回还清罢。", ["这……下回还清罢。"], id="ellipsis-within"),
        pytest.param("怎样？……谁晓得？", ["怎样？……", "谁晓得？"], id="ellipsis-after-mark"),
        pytest.param("Mr. Bell sat. He slept.", ["Mr. Bell sat. ", "He slept."], id="abbreviation"),
        pytest.param("It cost 3.50 in all. Yes!", ["It cost 3.50 in all. ", "Yes!"], id="number"),
        pytest.param("no mark at all", ["no mark at all"], id="no-mark"),
    ],
)
def test_sentences_end_at_their_marks(text, sentences):
    assert cutting.sentences(text) == sentences


@settings(deadline=None, max_examples=60)
@given(ODD)
def test_sentences_join_to_the_text(text):
    assert "".join(cutting.sentences(text)) == text


@settings(deadline=None, max_examples=60)
@given(ODD, st.integers(8, 60))
def test_parts_join_to_the_sentence(text, most):
    assert "".join(cutting.parts(text, most)) == text


def test_a_long_sentence_parts_at_its_clauses():
    sentence = "他先走过一座很旧的石桥，又穿过一条很窄的小巷，最后停在一扇紧闭的木门前。"

    parts = cutting.parts(sentence, 20)

    assert all(one[-1] in "，。" for one in parts)
    assert max(map(len, parts)) <= 20


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("孔乙己喝过半碗酒涨红的脸色渐渐复了原旁人便又问道孔乙己你当真认识字么", "zh"),
        ("a very long sentence without any mark that goes on and on until nobody listens any more", "en"),
    ],
)
def test_no_word_is_cut(sentence, language):
    parts = cutting.parts(sentence, 12)

    whole = {one.text for one in words.cut(sentence, language)}
    assert len(parts) > 1
    assert all({one.text for one in words.cut(part, language)} <= whole for part in parts)


def test_what_is_longer_than_any_word_is_cut_all_the_same():
    parts = cutting.parts("x" * 2000, 40)

    assert max(map(len, parts)) <= 40
    assert re.fullmatch("x{2000}", "".join(parts))
