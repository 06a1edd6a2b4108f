"""Which passages of what is said in a film people would want to see alone, by a language model.

It is shown the sentences with numbers and times, a few minutes at once, and names passages from one number to another,
each with a score, a title and a reason. An answer that names sentences which are not there, or passages that overlap,
is refused and asked for again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from reelwright.kernels.transcripts import Sentence
from reelwright.models.llm import Llm, Message, Unfit

LINES = 120  # sentences shown at once; small models lose count of more
MOST_TITLE, MOST_WHY = 60, 200  # letters
KINDS = {
    "any": "a film",
    "drama": "a drama: quarrels, confessions, turns of the story, jokes that land",
    "sports": "a sports broadcast: goals, records, decisions, what the commentator is excited about",
}


class _Passage(msgspec.Struct, forbid_unknown_fields=True):
    first: int
    last: int
    score: float
    title: str
    reason: str


class _Passages(msgspec.Struct, forbid_unknown_fields=True):
    passages: list[_Passage]


@dataclass(frozen=True, slots=True)
class Telling:
    """A passage that says something. `start`, `end` in seconds; `score` 0 to 1."""

    start: float
    end: float
    score: float
    title: str
    why: str

    def share(self, start: float, end: float) -> float:
        """How much of the shorter of the two, it and the span, is in the other, 0 to 1."""
        common = min(self.end, end) - max(self.start, start)
        return max(0.0, common) / max(min(self.end - self.start, end - start), 1e-9)


def telling(
    model: Llm,
    sentences: Sequence[Sentence],
    *,
    kind: Literal["any", "drama", "sports"],
    count: int,
    seconds: float,
    seed: int = 0,
    check: Callable[[], None] = lambda: None,
) -> list[Telling]:
    """At most `count` passages of about `seconds` for every `LINES` sentences, in order of time.

    `check` is called before each question; it may raise to stop. Raises UpstreamFailed if the model gives no usable
    answer.
    """
    found: list[Telling] = []
    for start in range(0, len(sentences), LINES):
        check()
        shown = sentences[start : start + LINES]
        messages = _question(shown, kind, count, seconds)
        answer = model.ask(messages, _Passages, check=lambda told, shown=shown: _check(told, shown, count), seed=seed)  # type: ignore[misc]
        found += [_timed(one, shown) for one in sorted(answer.value.passages, key=lambda one: one.first)]
    return found


def _timed(one: _Passage, shown: Sequence[Sentence]) -> Telling:
    title, why = " ".join(one.title.split())[:MOST_TITLE], " ".join(one.reason.split())[:MOST_WHY]
    return Telling(shown[one.first - 1].start, shown[one.last - 1].end, one.score, title, why)


def _question(shown: Sequence[Sentence], kind: str, count: int, seconds: float) -> list[Message]:
    rules = (
        f"You choose highlights of {KINDS[kind]}. From the numbered sentences choose at most {count} passages that "
        f"people would want to see alone, each about {seconds:.0f} seconds long and whole in itself. For each give its "
        "first and last number, a score from 0 to 1, a title and a reason, both short and in the language of the "
        "sentences. Passages must not overlap. Choose none where nothing stands out."
    )
    lines = [
        f"{number}. [{one.start:.1f}-{one.end:.1f}] {' '.join(one.text.split())}" for number, one in enumerate(shown, 1)
    ]
    return [Message("system", rules), Message("user", "\n".join(lines))]


def _check(told: _Passages, shown: Sequence[Sentence], count: int) -> None:
    if len(told.passages) > count:
        raise Unfit(f"it has {len(told.passages)} passages; at most {count} are wanted")
    last = 0
    for one in sorted(told.passages, key=lambda one: one.first):
        if not 1 <= one.first <= one.last <= len(shown):
            raise Unfit(f"a passage goes from {one.first} to {one.last}; sentences are numbered 1 to {len(shown)}")
        if one.first <= last:
            raise Unfit(f"two passages have the sentence {one.first}; they must not overlap")
        if not 0 <= one.score <= 1 or not one.title.strip():
            raise Unfit(f"the passage from {one.first} has no title, or a score that is not within 0 and 1")
        last = one.last
