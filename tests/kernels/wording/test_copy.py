"""Texts around keywords: as many as asked, all different, never too long, with the keywords in them."""

import re

import pytest

from reelwright.errors import InvalidParameter
from reelwright.kernels.wording import briefs, copy, words

CASES = [
    "咖啡",
    "蓝牙耳机,长续航,降噪,学生,双十一",
    "杭州,西湖,民宿,美食,亲子家庭",
    "coffee",
    "wireless earbuds, waterproof, long battery life, runners, Christmas",
    "Kyoto, temples, old town, couples",
]


def writer(text, length=100, seed=0):
    spoken = words.language(text)
    return copy.Writer(briefs.brief(words.given(text, spoken), spoken), length=length, seed=seed)


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("kind", ["copy", "title"])
@pytest.mark.parametrize("length", [50, 300])
def test_a_thousand_texts_keep_every_promise(text, kind, length):
    spoken = words.language(text)
    keywords = words.given(text, spoken)

    texts = writer(text, length).texts(kind, 1000)

    assert len(set(texts)) == 1000
    assert max(map(len, texts)) <= length
    assert all(any(one.casefold() in text.casefold() for one in keywords) for text in texts)
    assert not any("{" in text or "  " in text for text in texts)
    if kind == "copy":
        assert all(text[-1] in "。！？.!?" for text in texts)


@pytest.mark.parametrize("text", CASES)
def test_where_there_is_room_every_keyword_stands_in_every_text(text):
    keywords = words.given(text, words.language(text))
    for one in writer(text, 400).texts("copy", 50):
        assert all(keyword.casefold() in one.casefold() for keyword in keywords)


@pytest.mark.parametrize("text", CASES)
def test_no_sentence_comes_twice_in_a_text(text):
    for one in writer(text, 1000).texts("copy", 100):
        sentences = re.findall(r"[^。！？]+[。！？]|[^.!?]+[.!?]", one)
        assert len(set(sentences)) == len(sentences)


def test_a_seed_gives_the_same_texts_and_another_gives_others():
    first, same, other = (writer(CASES[1], seed=seed).texts("copy", 20) for seed in (1, 1, 2))
    assert first == same
    assert len(set(first) & set(other)) < 5


@pytest.mark.parametrize(("text", "most"), [(CASES[1], 0.2), (CASES[4], 0.2)])
def test_texts_do_not_begin_alike(text, most):
    texts = writer(text, 120).texts("copy", 100)
    begins = [re.split(r"[，。,.?？!:]", one)[0] for one in texts]
    assert max(begins.count(one) for one in begins) <= most * len(texts)


@pytest.mark.parametrize(
    ("text", "length", "count"),
    [("咖啡", 5, 60), ("茶", 8, 100), ("coffee", 20, 50), ("tea", 12, 30), ("蓝牙耳机,长续航", 12, 300)],
)
@pytest.mark.parametrize("kind", ["copy", "title"])
def test_short_texts_are_whole_words_too(text, length, count, kind):
    texts = writer(text, length).texts(kind, count)
    assert len(set(texts)) == count
    assert max(map(len, texts)) <= length


def test_more_than_there_are_is_an_error_that_says_how_many():
    with pytest.raises(InvalidParameter, match=r"only \d+ different texts of at most 6 letters") as caught:
        writer("咖啡", 6).texts("copy", 1000)
    assert caught.value.field == "count"


def test_a_length_that_no_keyword_fits_is_an_error_that_names_the_shortest():
    with pytest.raises(InvalidParameter, match="'waterproof', has 10") as caught:
        writer("wireless earbuds, waterproof", 8).texts("title", 1)
    assert caught.value.field == "length"


def test_english_sentences_begin_with_a_capital():
    for text in writer("waterproof bag, light", 200).texts("copy", 100):
        assert all(one[0].isupper() or not one[0].isalpha() for one in re.split(r"(?<=[.!?]) ", text))


def test_a_deck_deals_every_card_before_any_comes_again():
    import random

    deck = copy.Deck("abcdef", random.Random(0))
    dealt = [deck.deal() for _ in range(18)]
    assert all(sorted(dealt[start : start + 6]) == list("abcdef") for start in (0, 6, 12))
    assert deck.deal(lambda card: card == "z") is None
