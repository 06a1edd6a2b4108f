"""Languages, keywords as people write them, and the key terms of a text."""

import pytest

from reelwright.kernels.wording import words


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("咖啡", "zh"),
        ("coffee", "en"),
        ("iPhone 手机壳", "zh"),
        ("A long English sentence about 茶 and more words", "en"),
        ("café au lait", "en"),
        ("123", "en"),
    ],
)
def test_the_language_is_told_by_the_letters(text, spoken):
    assert words.language(text) == spoken


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        pytest.param("咖啡,手工，云南;香浓", ("咖啡", "手工", "云南", "香浓"), id="marks-of-both-kinds"),
        pytest.param("咖啡 手工\n云南", ("咖啡", "手工", "云南"), id="chinese-spaces-and-lines"),
        pytest.param("Apple Watch 表带 防水", ("Apple Watch", "表带", "防水"), id="a-name-keeps-its-space"),
        pytest.param("wireless earbuds, waterproof", ("wireless earbuds", "waterproof"), id="english-phrases"),
        pytest.param('["tea", "green leaves"]', ("tea", "green leaves"), id="a-json-list"),
        pytest.param("Tea, tea, TEA", ("Tea",), id="each-once"),
        pytest.param(" 「咖啡」， ，。", ("咖啡",), id="marks-around-fall-off"),
    ],
)
def test_keywords_are_parted_as_people_write_them(text, keywords):
    assert words.given(text, words.language(text)) == keywords


def test_of_a_sentence_the_key_terms_are_taken():
    text = "我们的新款燕麦饼干低糖无添加，适合上班族当早餐"
    found = words.given(text, "zh")
    assert {"上班族", "早餐"} <= set(found)
    assert all(one in text for one in found)
    assert not {"我们", "适合", "的"} & set(found)


def test_an_english_sentence_keeps_what_negates():
    found = words.given("A new oat cookie with low sugar and no additives for busy office workers", "en")
    assert found == ("oat cookie", "low sugar", "no additives", "busy office workers")


def test_terms_are_ranked_by_what_they_stand_beside():
    text = "Solar panels power the farm. Solar panels need sun. The barn is red. Solar panels are cheap."
    assert words.terms(text, "en")[0] == "Solar panels"


def test_a_text_without_terms_has_none():
    assert words.terms("的 了 。！", "zh") == []
    assert words.terms("it is the", "en") == []


@pytest.mark.parametrize(("text", "count"), [("", 0), ("咖啡。", 3), ("two words", 2), ("一杯 coffee!", 4)])
def test_tokens_are_letters_words_and_marks(text, count):
    assert words.tokens(text) == count
