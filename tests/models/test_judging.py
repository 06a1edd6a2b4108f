"""Passages that a language model chooses: what is asked, and which answers will not do."""

import msgspec
import pytest

from reelwright.errors import UpstreamFailed
from reelwright.kernels.transcripts import Sentence, Word
from reelwright.models import judging, llm
from reelwright.models.port import Endpoint

SENTENCES = [Sentence((Word(f"line {number}", number * 2.0, number * 2.0 + 1.5, 1.0, False),)) for number in range(6)]


class Answering(llm.Llm):
    """Answers in turn, through the real check."""

    def __init__(self, *answers):
        super().__init__(Endpoint("http://127.0.0.1:1", "tiny"))
        self.answers, self.asked = list(answers), []

    def ask(self, messages, shape, *, check=None, seed=0):
        self.asked.append(messages)
        value = msgspec.convert({"passages": self.answers.pop(0)}, shape)
        try:
            check(value)
        except llm.Unfit as error:
            raise UpstreamFailed(str(error)) from error
        return llm.Answer(value, 7)


def passage(first, last, **more):
    return {"first": first, "last": last, "score": 0.8, "title": "The  turn", "reason": "she leaves", **more}


def told(model, sentences=SENTENCES, **given):
    return judging.telling(model, sentences, kind="drama", count=2, seconds=10, **given)


def test_numbers_become_times():
    model = Answering([passage(4, 5), passage(1, 2)])
    first, second = told(model)
    assert (first.start, first.end) == (0.0, 3.5)
    assert (second.start, second.end, second.title, second.why) == (6.0, 9.5, "The turn", "she leaves")
    shown = model.asked[0][1].content.splitlines()
    assert len(shown) == len(SENTENCES)
    assert shown[1].startswith("2. [2.0-3.5] line 1")


@pytest.mark.parametrize(
    ("passages", "fault"),
    [
        pytest.param([passage(0, 2)], "numbered 1 to 6", id="before-the-first"),
        pytest.param([passage(5, 7)], "numbered 1 to 6", id="after-the-last"),
        pytest.param([passage(4, 3)], "numbered 1 to 6", id="backwards"),
        pytest.param([passage(1, 3), passage(3, 4)], "overlap", id="overlapping"),
        pytest.param([passage(1, 1), passage(2, 2), passage(3, 3)], "at most 2", id="too-many"),
        pytest.param([passage(1, 1, score=1.5)], "score", id="score"),
        pytest.param([passage(1, 1, title=" ")], "no title", id="no-title"),
    ],
)
def test_answers_that_do_not_fit_are_refused(passages, fault):
    with pytest.raises(UpstreamFailed, match=fault):
        told(Answering(passages))


def test_long_talk_is_shown_in_parts_and_may_be_stopped():
    sentences = [SENTENCES[0]] * (judging.LINES + 1)
    looks = []
    assert len(told(Answering([passage(2, 2)], [passage(1, 1)]), sentences, check=lambda: looks.append(1))) == 2
    assert len(looks) == 2
    assert told(Answering(), []) == []


@pytest.mark.parametrize(("span", "share"), [((0, 4), 1.0), ((5, 10), 1.0), ((9, 13), 0.25), ((20, 25), 0.0)], ids=str)
def test_the_share_is_of_the_shorter(span, share):
    assert judging.Telling(0, 10, 1, "a", "b").share(*span) == pytest.approx(share)
