"""Cutting a text without losing a letter: into sentences, and a long one into parts.

What is cut joins to what it was, blanks and all. A sentence ends at its mark with the quotes and brackets that close
there; a part ends at a semicolon or colon, else a comma or dash, else between two words. A word is never cut, unless it
is longer than any word is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from reelwright.kernels.wording import words
from reelwright.kernels.wording.words import HAN, Word

CLOSERS = "\"'”’」』）)】》\\]"
_END = re.compile(
    rf"(?:[。！？]|(?<=[\u3400-\u9fff])[!?]|…+(?=[{CLOSERS}]|\s|$)|(?<=[。！？])…+)[。！？!?…]*[{CLOSERS}]*\s*"
    rf"|[.!?…]+[{CLOSERS}]*\s+(?=[\"'“‘(\[「『—–-]*[A-Z0-9\u3400-\u9fff])"
)
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Capt|Col|Gen|St|No|Vol|vs|etc|e\.g|i\.e|Jr|Sr)|\b[A-Z])\.\s*$")
_MARKS = (
    (re.compile(rf"[；;：:][{CLOSERS}]*\s*|(?:——|--+|—)\s*|…+\s*"), 0.0),
    (re.compile(rf"[，,][{CLOSERS}]*(?!\d)\s*"), 0.05),
    (re.compile(r"[、)）]\s*"), 0.25),
    (re.compile(r"\s+"), 0.35),
)
BETWEEN_WORDS = 0.4
LONGEST_WORD = 300  # letters; what is longer is no word


def sentences(text: str) -> list[str]:
    """Their concatenation is the text."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end.group().startswith(".") and _ABBREVIATION.search(text[start : end.end()]):
            continue
        found.append(text[start : end.end()])
        start = end.end()
    if start < len(text):
        found.append(text[start:])
    return found


def parts(sentence: str, most: float) -> list[str]:
    """The sentence in parts of at most `most` letters, of about one length; their concatenation is the sentence."""
    if len(sentence) <= most:
        return [sentence]
    wanted = -(-len(sentence) // int(most))
    ideal = len(sentence) * (wanted // 2) / wanted
    costs = {
        at: abs(at - ideal) / len(sentence) + cost
        for at, cost in _places(sentence)
        if sentence[:at].strip() and sentence[at:].strip()
    }
    if not costs:
        return [sentence] if len(sentence) <= LONGEST_WORD else _hacked(sentence, int(most))
    at = min(costs, key=lambda one: (costs[one], one))
    return [*parts(sentence[:at], most), *parts(sentence[at:], most)]


def _places(sentence: str) -> Iterator[tuple[int, float]]:
    """Where it may be cut, and what each costs; cheaper ones come last, so that they win."""
    for at in _between_words(sentence):
        yield at, BETWEEN_WORDS
    for mark, cost in reversed(_MARKS):
        for one in mark.finditer(sentence):
            yield one.end(), cost


def _between_words(sentence: str) -> Iterator[int]:
    """Where two words meet of which one is Chinese; the others have blanks between them."""
    if not HAN.search(sentence):
        return
    at = 0
    before = ""
    for word in words_of(sentence):
        if before and (HAN.match(word.text) or HAN.match(before)) and word.text[0].isalnum():
            yield at
        at += len(word.text)
        before = word.text


@lru_cache(maxsize=64)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of a Chinese text; kept, because several readers ask for those of one text."""
    return tuple(words.cut(text, "zh"))


def _hacked(text: str, most: int) -> list[str]:
    return [text[at : at + most] for at in range(0, len(text), most)]
