"""Readings are agreed on, and written with the marks of their script."""

import pytest

from reelwright.kernels import reading


@pytest.mark.parametrize(
    ("text", "right"),
    [
        pytest.param("你好,世界!", "你好，世界！", id="full-width-among-chinese"),
        pytest.param("真的吗?!", "真的吗？！", id="marks-in-a-row"),
        pytest.param("他说:“走吧”!", "他说：“走吧”！", id="after-a-quote"),
        pytest.param("比分是3:2,我们赢了", "比分是3:2,我们赢了", id="between-digits"),
        pytest.param("(笑)好的", "（笑）好的", id="brackets"),
        pytest.param("我用Python(很久)", "我用Python（很久）", id="brackets-after-latin"),
        pytest.param("Ｈｅｌｌｏ，ｗｏｒｌｄ！", "Hello, world!", id="half-width-elsewhere"),
        pytest.param("Wait,what?Yes", "Wait, what? Yes", id="lost-spaces"),
        pytest.param("at 10:30 p.m. it was 12,500", "at 10:30 p.m. it was 12,500", id="numbers-stay"),
        pytest.param("the end.Then", "the end. Then", id="lost-after-a-stop"),
        pytest.param("www.site.com and U.S.A.", "www.site.com and U.S.A.", id="stops-inside-stay"),
        pytest.param("  two   spaces ", "two spaces", id="spaces"),
        pytest.param("你好 世界", "你好 世界", id="a-space-between-chinese-stays"),
    ],
)
def test_marks_are_those_of_the_script(text, right):
    assert reading.tidy(text) == right
    assert reading.tidy(right) == right


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("I can't go", "I cant go.", True),
        ("你好，世界", "你好世界", True),
        ("Good morning", "Good rnorning", True),
        ("Good morning", "Good night", False),
        ("不行", "可以", False),
        ("…", "…", True),
    ],
)
def test_texts_are_the_same_but_for_a_letter_or_two(one, other, same):
    assert reading.is_same(one, other) == same


def sure(text, score=0.9, **low):
    """A reading with this probability for every letter, and another one for the letters named."""
    return text, [low.get(letter, score) for letter in text]


@pytest.mark.parametrize(
    ("candidates", "text"),
    [
        pytest.param([sure("word")], "word", id="one"),
        pytest.param([sure("word"), sure("word", 0.5)], "word", id="two-agree"),
        pytest.param([sure("hause", a=0.3), sure("house", 0.85)], "house", id="a-surer-letter-wins"),
        pytest.param([sure("house"), sure("hause", 0.8)], "house", id="an-unsurer-letter-loses"),
        pytest.param([sure("cut", 0.7), sure("cat", 0.6), sure("cat", 0.5)], "cat", id="two-against-one"),
        pytest.param([sure("", 0.0), sure("late", 0.8)], "late", id="nothing-read-first"),
    ],
)
def test_readings_agree_letter_by_letter(candidates, text):
    told, scores = reading.agreed(candidates)
    assert told == text
    assert len(scores) == len(text)
    assert 0 <= reading.mean(scores) <= 1


def test_two_readings_that_agree_are_as_sure_as_the_surer():
    told, scores = reading.agreed([sure("word", 0.7), sure("word", 0.9)])
    assert (told, reading.mean(scores)) == ("word", pytest.approx(0.9))


@pytest.mark.parametrize(
    ("one", "other", "is_other"),
    [
        pytest.param(sure("Gate 6"), sure("Gate 7"), True, id="one-digit"),
        pytest.param(sure("他来了"), sure("她来了"), True, id="one-character"),
        pytest.param(sure("Gate 6"), sure("Gate 6"), False, id="the-same"),
        pytest.param(sure("Gate 6"), sure("gate 6!"), False, id="marks-and-capitals"),
        pytest.param(sure("house"), sure("hause", a=0.5), False, id="an-unsure-letter"),
        pytest.param(sure("house", o=0.5), sure("hause"), False, id="unsure-the-other-time"),
        pytest.param(sure("Gate"), sure("Gates"), True, id="one-more"),
    ],
)
def test_two_texts_are_told_from_one_that_is_read_in_two_ways(one, other, is_other):
    assert reading.is_other(one, other) == is_other
    assert reading.is_other(other, one) == is_other


@pytest.mark.parametrize(("text", "eastern"), [("你好", True), ("カナ", True), ("한글", True), ("Hello 5!", False)])
def test_eastern_scripts_are_known(text, eastern):
    assert reading.is_eastern(text) == eastern


@pytest.mark.parametrize(("text", "says"), [("a", True), ("5", True), ("中", True), ("…", False), ("- -", False)])
def test_marks_alone_say_nothing(text, says):
    assert reading.says_something(text) == says
