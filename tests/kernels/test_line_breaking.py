"""Where texts are broken into lines."""

import pytest

from reelwright.kernels.line_breaking import broken


def wide(text):
    """Chinese letters are twice as wide."""
    return float(sum(2 if ord(letter) > 0x2E80 else 1 for letter in text))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("One line", 20, ["One line"], id="fits"),
        pytest.param("the quick brown fox jumps", 15, ["the quick", "brown fox jumps"], id="even"),
        pytest.param("first\nsecond", 20, ["first", "second"], id="breaks-are-kept"),
        pytest.param("  ", 20, [], id="nothing"),
        pytest.param("今天天气很好我们去公园", 14, ["今天天气很", "好我们去公园"], id="chinese"),
        pytest.param("他说：“好吧。”我们走", 12, ["他说：“好", "吧。”我们走"], id="marks"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="a-word-too-wide"),
        pytest.param("买2台iPhone 15吧", 11, ["买2台", "iPhone 15吧"], id="mixed"),
    ],
)
def test_lines(text, width, lines):
    assert broken(text, wide, width) == lines


def test_no_line_is_wider_than_allowed_and_no_letter_is_lost():
    text = "Das ist ein ziemlich langer Satz, der in mehrere Zeilen gebrochen werden muss, damit er passt."
    lines = broken(text, wide, 24)
    assert all(wide(line) <= 24 for line in lines)
    assert " ".join(lines) == text
    assert len(lines) == 5


def test_lines_are_as_few_as_fit_and_even():
    lines = broken("a b c d e f g h", wide, 9)
    assert [len(line) for line in lines] == [7, 7]


def test_no_line_begins_with_a_mark_that_closes():
    for width in range(6, 30, 2):
        lines = broken("好的，我知道了。那么（现在）我们出发吧！真的？", wide, width)
        assert not any(line[0] in "，。）！？" for line in lines)
        assert not any(line[-1] == "（" for line in lines)
