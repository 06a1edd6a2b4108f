"""Texts cut into sentences, phrases and spans."""

import pytest

from reelwright.kernels.script import (
    LONGEST,
    Pause,
    Run,
    Stop,
    Style,
    language_of,
    plain,
    sentences,
    trailing_pause,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("你好，世界。今天天气很好！对吧？", ["你好，世界。", "今天天气很好！", "对吧？"], id="Chinese"),
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="English"),
        pytest.param("Mr. Smith met Dr. Jones. They spoke.", ["Mr. Smith met Dr. Jones.", "They spoke."], id="titles"),
        pytest.param("J. K. Rowling wrote it.", ["J. K. Rowling wrote it."], id="initials"),
        pytest.param("It costs 3.5 dollars. Cheap.", ["It costs 3.5 dollars.", "Cheap."], id="decimals"),
        pytest.param(
            "他说：“你好。”然后走了。", ["他说：“你好。”", "然后走了。"], id="quotes belong to their sentence"
        ),
        pytest.param("Wait... what?!", ["Wait...", "what?!"], id="rows of marks"),
        pytest.param("First line\nSecond line\n\nthird", ["First line", "Second line", "third"], id="lines"),
        pytest.param(
            "by her sister on the\nbank, and\n'so' on.\nThen",
            ["by her sister on the bank, and 'so' on.", "Then"],
            id="wrapped",
        ),
        pytest.param("See example.com/a.b now", ["See example.com/a.b now"], id="points inside words"),
        pytest.param("我用Python 3.11写。好", ["我用Python 3.11写。", "好"], id="mixed"),
        pytest.param("… — ?!", [], id="nothing to say"),
        pytest.param("It is over.结束了。3.5元", ["It is over.", "结束了。", "3.5元"], id="Chinese after English"),
        pytest.param("甲；乙；丙", ["甲；", "乙；", "丙"], id="semicolons"),
    ],
)
def test_where_sentences_end(text, expected):
    assert [one.text for one in sentences(plain(text))] == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hello", "en"),
        ("你好 hello", "zh"),
        ("こんにちは世界", "ja"),
        ("안녕", "ko"),
        ("Привет", "ru"),
        ("123", "en"),
        ("Ωmega", "el"),
    ],
)
def test_the_letters_tell_the_language(text, language):
    assert language_of(text) == language


def test_latin_words_do_not_part_a_chinese_sentence():
    (one,) = sentences(plain("我们喜欢Python语言。"))

    assert [phrase.language for phrase in one.phrases] == ["zh"]


def test_each_sentence_has_its_own_language():
    found = sentences(plain("你好。Hello there. Привет."))

    assert [one.phrases[0].language for one in found] == ["zh", "en", "ru"]


def test_a_given_language_holds_for_all_that_names_none():
    marks = [Run("Bonjour. "), Run("Hello.", Style(language="en-GB"))]

    assert [one.phrases[0].language for one in sentences(marks, "fr")] == ["fr", "en-GB"]


def test_a_text_without_marks_is_cut_at_its_commas():
    found = sentences(plain("很长的话，" * 200))

    assert all(len(one.text) <= LONGEST for one in found)
    assert all(one.text.endswith("，") for one in found)
    assert "".join(one.text for one in found) == "很长的话，" * 200


def test_a_text_without_any_mark_is_cut_too():
    assert [len(one.text) for one in sentences(plain("a" * 1000))] == [LONGEST, LONGEST, 200]


def test_paragraphs_are_told_apart():
    found = sentences(plain("One.\nTwo.\n\nThree."))

    assert [one.paragraph for one in found] == [False, False, True]


def test_a_pause_parts_a_phrase_and_the_voice_stays_up():
    (one,) = sentences([Run("Hello"), Pause(0.5), Run("world.")])

    assert [(phrase.pause, phrase.goes_on) for phrase in one.phrases] == [(0.0, True), (0.5, False)]


def test_pauses_between_sentences_and_at_the_ends():
    marks = [Pause(0.3), Run("One."), Pause(1.0), Pause(0.5), Run("Two."), Pause(2.0)]

    assert [one.pause for one in sentences(marks)] == [0.3, 1.5]
    assert trailing_pause(marks) == 2.0


def test_a_stop_ends_a_sentence_without_any_mark():
    found = sentences([Run("One"), Stop(), Run("two"), Stop(paragraph=True), Run("three")])

    assert [(one.text, one.paragraph) for one in found] == [("One", False), ("two", False), ("three", True)]


def test_styles_become_spans_and_neighbours_of_one_style_are_joined():
    fast = Style(pace=2.0)
    (one,) = sentences([Run("a "), Run("b "), Run("c", fast), Run(", "), Run("d.")])

    assert [(span.text, span.pace) for span in one.phrases[0].spans] == [("a b ", 1.0), ("c, ", 2.0), ("d.", 1.0)]


def test_what_is_said_may_differ_from_what_is_written():
    (one,) = sentences([Run("WHO", said="World Health Organization"), Run(" says.")])

    assert one.text == "WHO says."
    assert one.phrases[0].spans[0].text == "World Health Organization says."


def test_a_full_stop_inside_what_is_said_ends_nothing():
    assert len(sentences([Run("x", said="One. Two."), Run(" three.")])) == 1


def test_sounds_are_of_their_language():
    marks = [Run("银"), Run("行", said="hang2", alphabet="pinyin"), Run("好。")]
    (one,) = sentences(marks)

    assert [phrase.language for phrase in one.phrases] == ["zh"]
    assert [span.alphabet for span in one.phrases[0].spans] == ["", "pinyin", ""]


def test_another_voice_is_another_phrase():
    (one,) = sentences([Run("He said "), Run("hello", Style(voice="emily")), Run(".")])

    assert [phrase.voice for phrase in one.phrases] == [None, "emily"]
