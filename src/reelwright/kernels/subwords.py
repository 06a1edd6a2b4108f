"""Words cut into the pieces that a model was trained on, by the table in its `tokenizer.json`.

Two ways of cutting are known, those of CLIP and of SigLIP: byte-pair merges of the bytes of each word, whose last one
carries `</w>` (R. Sennrich et al., "Neural machine translation of rare words with subword units", ACL 2016), and the
likeliest pieces of a whole text, spaces written `▁` (T. Kudo, "Subword regularization", ACL 2018). Text is brought to
small letters and single spaces first, and for pieces its marks are dropped, as both models' own tables say. Other rules
a file may hold (accents, other ways of splitting) are not read, so it serves for short plain texts: labels, names.
"""

import itertools
import math
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WORD_END = "</w>"
SPACE = "▁"
UNKNOWN_COST = 10.0  # below the least likely piece, in ln of probability; as the original does
# CLIP's own: endings of English, runs of letters, single digits, runs of other marks.
_CLIP_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\s\w]|_)+")
_MARKS = str.maketrans("", "", string.punctuation)
_SPACES = re.compile(r"\s+")


class UnknownCutting(ValueError):
    """The table cuts in a way that is not known here."""


@dataclass(frozen=True, slots=True)
class Subwords:
    """`ids` of a text, with what stands before and after it."""

    pieces: "Merges | Likeliest"
    before: tuple[int, ...]
    after: tuple[int, ...]

    def ids(self, text: str, *, length: int, padding: int) -> list[int]:
        """Exactly `length` of them: cut off before the end mark, or filled up with `padding`."""
        room = length - len(self.before) - len(self.after)
        found = [*self.before, *self.pieces.ids(_plain(text))[:room], *self.after]
        return found + [padding] * (length - len(found))


@dataclass(frozen=True, slots=True)
class Merges:
    vocabulary: Mapping[str, int]
    ranks: Mapping[tuple[str, str], int]
    unknown: int | None

    def ids(self, text: str) -> list[int]:
        letters = _letters_of_bytes()
        found: list[int] = []
        for word in _CLIP_WORDS.findall(text):
            spelt = [letters[one] for one in word.encode()]
            for piece in self._merged([*spelt[:-1], spelt[-1] + WORD_END]):
                number = self.vocabulary.get(piece, self.unknown)
                if number is not None:
                    found.append(number)
        return found

    def _merged(self, parts: list[str]) -> list[str]:
        while len(parts) > 1:
            best = min(itertools.pairwise(parts), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            parts = _joined(parts, best)
        return parts


def _joined(parts: Sequence[str], pair: tuple[str, str]) -> list[str]:
    """Every place where the pair stands, from the left."""
    made: list[str] = []
    place = 0
    while place < len(parts):
        if tuple(parts[place : place + 2]) == pair:
            made.append("".join(pair))
            place += 2
        else:
            made.append(parts[place])
            place += 1
    return made


@dataclass(frozen=True, slots=True)
class Likeliest:
    """`scores`: piece -> (id, ln of its probability)."""

    scores: Mapping[str, tuple[int, float]]
    unknown: int

    def ids(self, text: str) -> list[int]:
        """The way through the text with the greatest sum of `scores`."""
        words = text.translate(_MARKS).split()
        line = "".join(SPACE + word for word in words)
        longest = max(map(len, self.scores), default=1)
        worst = min((score for _, score in self.scores.values()), default=0.0) - UNKNOWN_COST
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(-math.inf, 0, 0)] * len(line)  # (sum, from, id)
        for end in range(1, len(line) + 1):
            for start in range(max(0, end - longest), end):
                known = self.scores.get(line[start:end])
                if known is None and end - start > 1:
                    continue
                number, score = known or (self.unknown, worst)
                best[end] = max(best[end], (best[start][0] + score, start, number))
        return self._back(best)

    def _back(self, best: Sequence[tuple[float, int, int]]) -> list[int]:
        """Letters nobody knows, side by side, count as one."""
        found: list[int] = []
        place = len(best) - 1
        while place:
            _, start, number = best[place]
            if not (number == self.unknown and found and found[-1] == self.unknown):
                found.append(number)
            place = start
        return found[::-1]


def read(table: Mapping[str, Any]) -> Subwords:
    """The cutting of a parsed `tokenizer.json`. Raises UnknownCutting for ways that are not known here."""
    model = table.get("model") or {}
    kind = model.get("type") or ("BPE" if "merges" in model else "?")
    before, after = _around(table.get("post_processor") or {})
    if kind == "BPE" and model.get("end_of_word_suffix") == WORD_END:
        pairs = (tuple(one.split(" ") if isinstance(one, str) else one) for one in model["merges"])
        ranks = {(pair[0], pair[1]): rank for rank, pair in enumerate(pairs)}
        vocabulary: Mapping[str, int] = model["vocab"]
        return Subwords(Merges(vocabulary, ranks, vocabulary.get(model.get("unk_token") or "")), before, after)
    if kind == "Unigram":
        scores = {piece: (number, float(score)) for number, (piece, score) in enumerate(model["vocab"])}
        return Subwords(Likeliest(scores, int(model.get("unk_id") or 0)), before, after)
    raise UnknownCutting(f"its pieces are cut by {kind}; CLIP's BPE and SigLIP's Unigram are known")


def _around(processor: Mapping[str, Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What the table puts before and after one text."""
    if processor.get("type") == "RobertaProcessing":
        return (int(processor["cls"][1]),), (int(processor["sep"][1]),)
    marks = processor.get("special_tokens") or {}
    before: list[int] = []
    after: list[int] = []
    now = before
    for one in processor.get("single") or ():
        if "Sequence" in one:
            now = after
        else:
            now += map(int, marks[one["SpecialToken"]["id"]]["ids"])
    return tuple(before), tuple(after)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip().lower()


def _letters_of_bytes() -> list[str]:
    """A letter that can be shown for each byte, as byte-pair tables write them: printable ones stand for themselves."""
    shown = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in shown]
    letters = {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]
