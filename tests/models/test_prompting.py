"""Prompts that a language model tells at length."""

import pytest

from reelwright.errors import UpstreamFailed
from reelwright.models import llm, prompting
from reelwright.models.port import BUILTIN, Endpoint, NoModels


class Talking(NoModels):
    def endpoint(self, capability):
        return Endpoint("http://127.0.0.1:1", "tiny") if capability == llm.CAPABILITY else None


@pytest.fixture
def says(monkeypatch):
    """What the model answers, or the error it raises."""

    def says(answer):
        def text(self, messages, *, seed=0):
            if isinstance(answer, Exception):
                raise answer
            return llm.Answer(answer, 9)

        monkeypatch.setattr(llm.Llm, "text", text)

    return says


def test_the_longer_prompt_is_one_line_without_quotes(says):
    says('"A cat,\n in the  rain, at night."')
    assert prompting.extended("a cat", Talking(), seed=1) == "A cat, in the rain, at night."


@pytest.mark.parametrize("answer", ["", "  \n", UpstreamFailed("down")])
def test_a_model_that_does_not_help_is_done_without(says, answer):
    says(answer)
    assert prompting.extended("a cat", Talking(), seed=1) is None


def test_without_a_model_nobody_is_asked():
    assert prompting.extended("a cat", NoModels(), seed=1) is None
    assert prompting.painter(NoModels(), extends=True) is BUILTIN


def test_the_model_s_name_is_part_of_who_made_it():
    assert prompting.painter(Talking(), extends=True).models
    assert prompting.painter(Talking(), extends=False) is BUILTIN
