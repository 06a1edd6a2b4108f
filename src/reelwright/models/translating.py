"""Lines of subtitles in another language, by a language model.

Lines are asked for a few at a time, numbered, with the lines before them and how those were told, so that names and
the way people speak to each other stay the same. An answer that lacks a line, has one twice or leaves one empty is
refused and asked for again; what comes back is exactly one line for each, in their order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from reelwright.models.llm import Llm, Message, Unfit

BATCH = 30  # lines asked for at once; small models lose count of more
BEFORE = 5  # lines shown again, with their translations
LONGEST = 4  # times as long as its source, and 80 letters, a translation may be: what is longer is a remark
SPARE = 80

LANGUAGES = {
    "zh": "Simplified Chinese",
    "en": "English",
    "ja": "Japanese",
    "ko": "Korean",
    "fr": "French",
    "de": "German",
    "es": "Spanish",
    "ru": "Russian",
    "pt": "Portuguese",
    "ar": "Arabic",
    "it": "Italian",
    "id": "Indonesian",
    "vi": "Vietnamese",
    "th": "Thai",
}


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    text: str


class _Lines(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[_Line]


@dataclass(frozen=True, slots=True)
class Translated:
    """One line for each of the source's. `tokens`: all that the server counted."""

    lines: tuple[str, ...]
    tokens: int


def translate(
    model: Llm,
    lines: Sequence[str],
    *,
    source: str,
    target: str,
    seed: int = 0,
    told: Callable[[int], None] = lambda done: None,
) -> Translated:
    """The lines in another language. `source` and `target` are codes (en, zh, …); `source` may be empty.

    `told` hears how many are done. Raises UpstreamFailed if the model does not give a translation of every line.
    """
    made, tokens = list[str](), 0
    for start in range(0, len(lines), BATCH):
        batch = lines[start : start + BATCH]
        before = list(zip(lines[max(0, start - BEFORE) : start], made[-BEFORE:], strict=False))
        messages = _question(batch, before, name_of(source) if source else "", name_of(target))
        answer = model.ask(messages, _Lines, check=lambda found, batch=batch: _check(found, batch), seed=seed)  # type: ignore[misc]
        tokens += answer.tokens
        by_number = {one.number: one.text.strip() for one in answer.value.lines}
        made += [by_number[number] for number in range(1, len(batch) + 1)]
        told(len(made))
    return Translated(tuple(made), tokens)


def name_of(language: str) -> str:
    """The language as a model knows it; a code that is not in the table is told as it is."""
    return LANGUAGES.get(language, language)


def _question(batch: Sequence[str], before: Sequence[tuple[str, str]], source: str, target: str) -> list[Message]:
    said = f"from {source} " if source else ""
    rules = (
        f"You translate subtitles {said}into {target}. Every line stays one line: translate each by itself, by what "
        "the lines around it mean, as people would say it, short enough to be read in passing. Keep names and numbers. "
        "Add no notes. Answer with every number exactly once."
    )
    shown = "\n".join(f"{one} -> {other}" for one, other in before)
    context = f"The lines before, as they were translated:\n{shown}\n\n" if before else ""
    numbered = "\n".join(f"{number}. {_flat(line)}" for number, line in enumerate(batch, start=1))
    return [Message("system", rules), Message("user", f"{context}Translate these lines:\n{numbered}")]


def _flat(line: str) -> str:
    return " ".join(line.split())


def _check(found: _Lines, batch: Sequence[str]) -> None:
    numbers = [one.number for one in found.lines]
    wanted = list(range(1, len(batch) + 1))
    if sorted(numbers) != wanted:
        missing = sorted(set(wanted) - set(numbers))
        raise Unfit(f"it must have the lines 1 to {len(batch)}, each once; missing are {missing or 'none'}")
    for one in found.lines:
        if not one.text.strip():
            raise Unfit(f"line {one.number} is empty")
        if len(one.text) > LONGEST * len(batch[one.number - 1]) + SPARE:
            raise Unfit(f"line {one.number} is far longer than its source: give the translation alone")
