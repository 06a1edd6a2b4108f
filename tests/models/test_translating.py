"""Lines translated by a language model: every one of them, in order, in small questions with what went before."""

import pytest

from reelwright.errors import UpstreamFailed
from reelwright.models import translating
from reelwright.models.llm import Answer, Unfit


class Model:
    """Answers as a model would; `spoil` changes what it says to the questions in turn."""

    def __init__(self, *spoil):
        self.asked, self._spoil = [], list(spoil)

    def ask(self, messages, shape, *, check=None, seed=0):
        self.asked.append(messages[-1].content)
        numbered = [line.partition(". ") for line in messages[-1].content.partition("lines:\n")[2].splitlines()]
        lines = [translating._Line(int(number), text.upper()) for number, _, text in numbered]
        for change in self._spoil and [self._spoil.pop(0)]:
            lines = change(lines)
        value = shape(lines)
        try:
            check(value)
        except Unfit as error:
            raise UpstreamFailed(str(error)) from error
        return Answer(value, 10)


def test_every_line_is_translated_in_order():
    told = []
    lines = [f"line number {number}" for number in range(70)]
    made = translating.translate(Model(), lines, source="en", target="zh", told=told.append)
    assert made.lines == tuple(line.upper() for line in lines)
    assert made.tokens == 30
    assert told == [30, 60, 70]


def test_the_lines_before_are_shown_again():
    model = Model()
    translating.translate(model, [f"one {number}" for number in range(40)], source="", target="fr")
    assert "one 29 -> ONE 29" in model.asked[1]
    assert "one 24 ->" not in model.asked[1]


def test_lines_stay_one_line_each():
    model = Model()
    translating.translate(model, ["two\nlines", "next"], source="en", target="de")
    assert "1. two lines\n2. next" in model.asked[0]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(lambda lines: lines[1:], r"missing are \[1\]", id="one-missing"),
        pytest.param(lambda lines: [*lines, lines[0]], "each once", id="one-twice"),
        pytest.param(lambda lines: [translating._Line(1, "  "), *lines[1:]], "line 1 is empty", id="empty"),
        pytest.param(lambda lines: [translating._Line(1, "x" * 500), *lines[1:]], "far longer", id="a-remark"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(spoil, told):
    with pytest.raises(UpstreamFailed, match=told):
        translating.translate(Model(spoil), ["one", "two"], source="en", target="zh")


def test_nothing_is_nothing():
    assert translating.translate(Model(), [], source="en", target="zh") == translating.Translated((), 0)


@pytest.mark.parametrize(("code", "name"), [("zh", "Simplified Chinese"), ("sw", "sw")])
def test_languages_have_names_where_they_are_known(code, name):
    assert translating.name_of(code) == name
