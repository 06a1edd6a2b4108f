"""Sentences out of words whose pauses and meanings are planted."""

import math

import pytest

from reelwright.kernels.transcripts import Sentence, Word, bare, by_marks, punctuated, sentences, units


def spoken(text, pauses=(), *, length=0.3, gap=0.02, glued=False):
    """One word after the other; `pauses`: number of the word -> silence after it."""
    at, words = 1.0, []
    for number, one in enumerate(list(text) if glued else text.split()):
        words.append(Word(one, at, at + length, glued=glued))
        at += length + dict(pauses).get(number, gap)
    return words


def texts(found):
    return [one.text for one in found]


def test_pauses_end_sentences():
    words = spoken("it was late we went home", {2: 0.6, 4: 0.3})
    found = sentences(words)
    assert texts(found) == ["it was late", "we went home"]
    assert (found[0].start, found[0].end) == (words[0].start, words[2].end)
    assert (found[1].start, found[1].end) == (words[3].start, words[5].end)


def test_no_words_are_no_sentence():
    assert sentences([]) == []


@pytest.mark.parametrize(
    ("pauses", "told"),
    [
        pytest.param({1: 0.8, 3: 0.15}, ["we went home then", "it rained"], id="meaning-beats-pauses"),
        pytest.param({1: 1.5}, ["we went", "home then it rained"], id="but-not-long-ones"),
        pytest.param({}, ["we went home then it rained"], id="nor-where-there-is-none"),
    ],
)
def test_with_meaning_sentences_end_where_they_are_whole(pauses, told):
    def ends(words, place):
        return {3: 2.0}.get(place, -6.0)

    assert texts(sentences(spoken("we went home then it rained", pauses), ends=ends)) == told


def test_marks_of_the_recogniser_end_sentences_at_any_pause():
    words = spoken("He came. Did he? Yes, he did", {1: 0.0})
    assert texts(sentences(words, ends=by_marks)) == ["He came.", "Did he?", "Yes, he did"]


@pytest.mark.parametrize("most", [4, 5, 7, 12])
def test_no_sentence_is_longer_than_asked(most):
    words = spoken(" ".join(f"w{number}" for number in range(31)))
    found = sentences(words, most=most)
    assert [word for one in found for word in one.words] == words
    assert max(len(one.words) for one in found) <= most
    assert len(found) == math.ceil(31 / most)
    assert max(len(one.words) for one in found) - min(len(one.words) for one in found) <= 1
    assert [one.goes_on for one in found] == [True] * (len(found) - 1) + [False]


def test_long_sentences_are_cut_at_their_pauses():
    words = spoken("a b c d e f g h i j", {3: 0.3})
    assert texts(sentences(words, most=7)) == ["a b c d", "e f g h i j"]


def test_chinese_is_counted_by_characters_and_written_without_spaces():
    words = spoken("今天天气很好我们出去走走吧", glued=True)
    found = sentences(words, most=7)
    assert sorted(units(one.words) for one in found) == [6, 7]
    assert "".join(texts(found)) == "今天天气很好我们出去走走吧"


def test_a_word_that_is_too_long_stays_whole():
    words = [Word("北京市朝阳区", 0.0, 1.0, glued=True), Word("好", 1.0, 1.2, glued=True)]
    assert texts(sentences(words, most=4)) == ["北京市朝阳区", "好"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("i know it", "I know it."),
        ("do you know it", "Do you know it?"),
        ("what is this", "What is this?"),
        ("what your country can do", "What your country can do."),
        ("where have they gone", "Where have they gone?"),
        ("which were the first", "Which were the first?"),
        ("he says i'm late", "He says I'm late."),
    ],
)
def test_english_gets_capitals_and_marks(text, told):
    assert texts(punctuated(sentences(spoken(text)))) == [told]


def test_pieces_of_one_sentence_go_on_after_a_comma():
    found = sentences(spoken("are you sure that this was the last one of them all"), most=6)
    assert texts(punctuated(found)) == ["Are you sure that this was,", "the last one of them all?"]


def test_marks_are_taken_off():
    found = bare([Sentence((Word("Yes,", 0, 1), Word("sir.", 1, 2))), Sentence((Word("...", 3, 4),))])
    assert texts(found) == ["Yes sir"]


def test_confidence_is_weighed_by_length():
    one = Sentence((Word("long", 0.0, 0.9, 1.0), Word("a", 0.9, 1.0, 0.0)))
    assert one.confidence == pytest.approx(0.9)
