"""`text.replace`: words for words, as they are written."""

import pytest

from reelwright.operators.text.replace import ReplaceParams, replace


@pytest.mark.parametrize(
    ("given", "text", "count"),
    [
        pytest.param({"text": "a cat, a Cat", "find": "cat", "put": "dog"}, "a dog, a Cat", 1, id="case-counts"),
        pytest.param({"text": "a cat, a Cat", "find": "cat", "put": "dog", "case": False}, "a dog, a dog", 2, id="any"),
        pytest.param({"text": "aaaa", "find": "aa", "put": "a"}, "aa", 2, id="none-within-what-was-put"),
        pytest.param({"text": "a.b(c)", "find": ".b(", "put": r"\1$"}, r"a\1$c)", 1, id="marks-mean-themselves"),
        pytest.param({"text": "你好世界", "find": "世界"}, "你好", 1, id="taken-away"),
        pytest.param({"text": "x x x", "find": "x", "put": "y", "most": 2}, "y y x", 2, id="the-first-ones"),
        pytest.param({"text": "abc", "find": "z", "put": "y"}, "abc", 0, id="not-there"),
    ],
)
def test_words_are_replaced(given, text, count):
    result = replace(ReplaceParams(**given))

    assert (result.text, result.count) == (text, count)
