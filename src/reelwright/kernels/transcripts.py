"""Words with their times, and the sentences they make.

A recogniser gives words. Where a sentence ends is told by the pause after a word and, where sentences are to
be whole in meaning, by how likely a language model holds an end there, or by the recogniser's own
punctuation. Sentences that must not be longer than so many words (characters in scripts without spaces)
are cut where the pauses are longest, into as few and as even pieces as it takes.
"""

import itertools
import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reelwright.kernels.passages import Passage

PAUSE = 0.45  # seconds of silence that end a sentence
LONG_PAUSE = 1.2  # that end one whatever its words say
SHORT_PAUSE = 0.12  # the least that may end one by its meaning: a word's own stops are shorter
WORTH_OF_PAUSE = 4.0  # nats of the language model that a second of pause is worth
NEEDED = 0.7  # nats for an end: twice as likely as not
ENDS = ".?!。？！…"
MARKS = ENDS + ",;:、，；："
UNEVEN = 0.02  # of a piece's squared share that is missing, beside a second of pause

WHO = {"what", "who", "where", "when", "why", "how", "which", "whose"}
DOES = {"do", "does", "did", "is", "are", "was", "were", "can", "could", "will", "would", "shall", "should", "have"}
DOES |= {"has", "had", "may", "might", "must", "am", "isn't", "aren't", "don't", "doesn't", "didn't", "can't", "won't"}
SOMEBODY = {"i", "you", "he", "she", "it", "we", "they", "there", "this", "that", "these", "those"}

Ends = Callable[[Sequence["Word"], int], float]
"""(words, place) -> nats for an end after that word over none."""


@dataclass(frozen=True, slots=True)
class Word:
    """Heard in [start, end), seconds. `text` may carry punctuation. `confidence`: 0 to 1."""

    text: str
    start: float
    end: float
    confidence: float = 1.0
    glued: bool = False
    """Written to the word before without a space, as Chinese characters are."""


@dataclass(frozen=True, slots=True)
class Sentence:
    words: tuple[Word, ...]
    goes_on: bool = False
    """It was cut for its length, and the next one belongs to it."""
    mark: str = ""
    """What is written at its end, if the words bring no mark of their own."""

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end

    @property
    def text(self) -> str:
        parts = [word.text if word.glued or not place else f" {word.text}" for place, word in enumerate(self.words)]
        return "".join(parts) + self.mark

    @property
    def confidence(self) -> float:
        """Of the words, weighed by their length."""
        lengths = [max(0.01, word.end - word.start) for word in self.words]
        return sum(a * b.confidence for a, b in zip(lengths, self.words, strict=True)) / sum(lengths)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser makes of a passage. `doubtful`: seconds of speech whose words are not trusted, and not told."""

    words: tuple[Word, ...]
    language: str
    doubtful: float = 0.0


class Recogniser(Protocol):
    """Turns passages of speech into words, one after the other."""

    def hear(self, passage: Passage, language: str = "") -> Heard:
        """The words of a passage. `language`: what the passages before were in, where nobody has said it."""
        ...

    def ends(self, words: Sequence[Word], place: int) -> float:
        """Nats for a sentence's end after that word over none; ±inf where it is sure."""
        ...


def sentences(words: Sequence[Word], *, most: int | None = None, ends: Ends | None = None) -> list[Sentence]:
    """The words in sentences: by pauses alone, or with `ends` also by what the words say. `most`: units in one."""
    found: list[Sentence] = []
    begun = 0
    for place in range(len(words)):
        if place + 1 == len(words) or _is_end(words, place, ends):
            found += _pieces(words[begun : place + 1], most)
            begun = place + 1
    return found


def _is_end(words: Sequence[Word], place: int, ends: Ends | None) -> bool:
    pause = words[place + 1].start - words[place].end
    if ends is None:
        return pause >= PAUSE
    if pause >= LONG_PAUSE:
        return True
    likely = ends(words, place)
    return likely == math.inf or (pause >= SHORT_PAUSE and likely + WORTH_OF_PAUSE * pause > NEEDED)


def by_marks(words: Sequence[Word], place: int) -> float:
    """`Ends` of a recogniser that writes punctuation itself."""
    return math.inf if words[place].text[-1:] in ENDS else -math.inf


def _pieces(words: Sequence[Word], most: int | None) -> list[Sentence]:
    if most is None or units(words) <= most:
        return [Sentence(tuple(words))]
    lengths = [units([word]) for word in words]
    even = sum(lengths) / math.ceil(sum(lengths) / most)
    # best[n]: (cost of the first n words in pieces, where the last piece begins)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        pause = words[end].start - words[end - 1].end if end < len(words) else LONG_PAUSE
        held, row = 0, (math.inf, end - 1)
        for begin in range(end - 1, -1, -1):
            held += lengths[begin]
            if held > most and begin < end - 1:  # one word that is too long stays whole
                break
            cost = best[begin][0] + 1 - pause / LONG_PAUSE + UNEVEN * most * (1 - held / even) ** 2
            row = min(row, (cost, begin))
        best.append(row)
    cuts, at = [len(words)], len(words)
    while at:
        at = best[at][1]
        cuts.append(at)
    cuts.reverse()
    return [Sentence(tuple(words[a:b]), goes_on=b < len(words)) for a, b in itertools.pairwise(cuts)]


def units(words: Iterable[Word]) -> int:
    """Words, but each character of a script that is written without spaces counts."""
    return sum(max(1, sum(map(_is_ideographic, word.text))) for word in words)


def _is_ideographic(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR"))


# ---- punctuation


def punctuated(found: Iterable[Sentence]) -> list[Sentence]:
    """English sentences with a capital and a mark; a piece whose sentence goes on has a comma."""
    told: list[Sentence] = []
    begun, end = True, "."
    for one in found:
        if begun:
            end = "?" if is_question(one.words) else "."
        words = tuple(_written(word, is_first=begun and not number) for number, word in enumerate(one.words))
        told.append(replace(one, words=words, mark="," if one.goes_on else end))
        begun = not one.goes_on
    return told


def is_question(words: Sequence[Word]) -> bool:
    """English: an auxiliary before somebody, or a question word before an auxiliary."""
    first, second = ([word.text.lower() for word in words[:2]] + ["", ""])[:2]
    return (first in DOES and second in SOMEBODY) or (first in WHO and second in DOES)


def _written(word: Word, *, is_first: bool) -> Word:
    text = word.text
    if is_first or text == "i" or text.startswith("i'"):
        text = text[:1].upper() + text[1:]
    return replace(word, text=text)


def bare(found: Iterable[Sentence]) -> list[Sentence]:
    """Without the marks that a recogniser wrote."""
    told = []
    for one in found:
        stripped = (replace(word, text=word.text.strip(MARKS)) for word in one.words)
        words = tuple(word for word in stripped if word.text)
        if words:
            told.append(replace(one, words=words))
    return told
