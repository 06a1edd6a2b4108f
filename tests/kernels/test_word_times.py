"""Written words and the moments at which they are said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.kernels.utterance import Word
from reelwright.kernels.word_times import written


def said(*words):
    return [Word(text, 100 * number) for number, text in enumerate(words, 1)]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        pytest.param(
            "He came, at last.",
            ["He ", "came, ", "at ", "last."],
            [("He ", 100), ("came, ", 200), ("at ", 300), ("last.", 400)],
            id="as-written",
        ),
        pytest.param(
            "“好！”他说。",
            ["好！”", "他", "说。"],
            [("“好！”", 100), ("他", 200), ("说。", 300)],
            id="a-mark-before-it-all",
        ),
        pytest.param(
            "In 1984 it rained.",
            ["In ", "nineteen ", "eighty four ", "it ", "rained."],
            [("In ", 100), ("19", 200), ("84 ", 300), ("it ", 400), ("rained.", 500)],
            id="a-number-said-in-words",
        ),
        pytest.param(
            "共12人", ["共", "十", "二", "人"], [("共", 100), ("1", 200), ("2", 300), ("人", 400)], id="digits"
        ),
        pytest.param(
            "Dr. Wu left", ["Doctor ", "Wu ", "left"], [("Dr. ", 100), ("Wu ", 200), ("left", 300)], id="short"
        ),
        pytest.param("a b", [" ", "a ", "b"], [("a ", 200), ("b", 300)], id="a-word-without-letters"),
        pytest.param("…", ["x"], [], id="nothing-to-say"),
        pytest.param("silence", [], [], id="a-voice-that-tells-nothing"),
    ],
)
def test_words_of_the_text_come_when_they_are_said(text, words, expected):
    assert [(one.text, one.at) for one in written(text, said(*words))] == expected


@given(st.text(alphabet="abé你好1 ,.“", max_size=30), st.lists(st.text(alphabet="abé你好x ,.", max_size=6), max_size=8))
def test_no_letter_is_lost_and_no_time_runs_back(text, words):
    found = written(text, said(*words))

    assert not found or "".join(one.text for one in found) == text
    assert [one.at for one in found] == sorted(one.at for one in found)
