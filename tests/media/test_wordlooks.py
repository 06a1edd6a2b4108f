"""Lines of words that stay over several looks are one; what is no word is none."""

from fractions import Fraction

import pytest

from reelwright.media import making, wordlooks

BOX = (10, 20, 90, 44)


@pytest.fixture
def looked(make_video):
    path = make_video([(making.SCENE, 2.0)]).path

    def look(*told, ticks=None):
        """`told`: the lines of each look, (text, score) pairs."""
        left = [[(BOX, text, score) for text, score in one] for one in told]
        times = [Fraction(number, 4) for number in range(len(told))]
        return wordlooks.looked(path, times, lambda picture: left.pop(0), tick=ticks or (lambda: None))

    return look


def test_a_line_that_stays_is_one_and_the_surest_reading_counts(looked):
    found = looked([("The harb0ur", 0.8)], [("The harbour", 0.95)], [("The harbour", 0.9)])
    (line,) = found.lines
    assert (line.text, line.score, line.start, line.end, line.looks) == ("The harbour", 0.95, 0.0, 0.5, 3)
    assert found.counts == [1, 1, 1]


def test_a_line_that_comes_back_later_is_another_one(looked):
    found = looked([("Stop", 0.9)], [], [("Stop", 0.9)])
    assert [(one.start, one.end) for one in found.lines] == [(0.0, 0.0), (0.5, 0.5)]


@pytest.mark.parametrize("line", [("unsure", 0.5), ("x", 0.99), ("--", 0.99)])
def test_what_is_hardly_a_word_is_left_out(looked, line):
    assert not looked([line]).lines


def test_one_chinese_letter_is_a_word(looked):
    assert looked([("停", 0.9)]).lines[0].text == "停"


def test_it_can_be_stopped_before_each_look(looked):
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        looked([("Stop", 0.9)], ticks=stop)
