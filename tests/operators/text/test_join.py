"""`text.join`: the texts, in order, with what stands between."""

import pytest

from reelwright.operators.text.join import JoinParams, join


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param({"texts": ("one", "two")}, "onetwo", id="plain"),
        pytest.param({"texts": ("one", "two", "三"), "separator": ", "}, "one, two, 三", id="separator"),
        pytest.param({"texts": ("one", " ", "", "two"), "separator": "-"}, "one-two", id="empty-left-out"),
        pytest.param({"texts": ("a", "", "b"), "separator": "-", "skip_empty": False}, "a--b", id="empty-kept"),
        pytest.param({"texts": (" a ",)}, " a ", id="blanks-around-words-stay"),
        pytest.param({"texts": ("",)}, "", id="nothing"),
    ],
)
def test_texts_are_joined(given, text):
    result = join(JoinParams(**given))

    assert (result.text, result.characters) == (text, len(text))
