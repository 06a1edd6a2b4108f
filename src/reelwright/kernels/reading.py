"""What a text reader says about one line, made right: several readings agreed on, widths and lost spaces mended.

Punctuation is written full width among Chinese characters and half width elsewhere; a space that a reader dropped
after a mark comes back. Nothing else is guessed: no words are looked up, and gaps between letters are not measured,
because a reader tells too roughly where it saw each letter (that lost more than it mended).
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

FULL = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；"}
HALF = {full: half for half, full in FULL.items()} | {"。": ".", "、": ",", "（": "(", "）": ")"}
EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
EASTERN = re.compile(f"[{EAST}]")
LATIN = "A-Za-z\u00c0-\u024f"
# A mark that is read half width stands among Chinese characters: after one and before one, or the end, or another mark.
HALF_AMONG_EASTERN = re.compile(f"(?<=[{EAST}”’》），？！：；])([,?!:;])(?=[{EAST}“‘《（,?!:;]|$)")
BRACKETED = re.compile(f"\\(([^()]*[{EAST}][^()]*)\\)")
LOST_AFTER_MARK = re.compile(f"(?<=[{LATIN}0-9'\"])([,;!?])(?=[{LATIN}])")
LOST_AFTER_STOP = re.compile("(?<=[a-z]{2})\\.(?=[A-Z][a-z'])")
LIKE = 0.8  # share of two texts that must agree to be one line read twice
PLAIN = 0.8  # probability of letters that differ, from which they are others and not misread

Candidate = tuple[str, Sequence[float]]
"""A reading: its text, and the probability of each letter."""


def is_eastern(text: str) -> bool:
    """Are there Chinese, Japanese or Korean characters in it?"""
    return EASTERN.search(text) is not None


def says_something(text: str) -> bool:
    """Is there a letter, a digit or a character in it?"""
    return any(one.isalnum() for one in text)


def letters(text: str) -> str:
    """The text without spaces and marks, in lower case; as it is if it has nothing else."""
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text


def is_same(one: str, other: str) -> bool:
    """Do they say the same, but for a letter or two, spaces and punctuation?"""
    return SequenceMatcher(None, letters(one), letters(other), autojunk=False).ratio() >= LIKE


def is_other(one: Candidate, other: Candidate) -> bool:
    """Is there a letter in the one that is surely not in the other: "Chapter 1", "Chapter 2"? Marks do not count."""
    (first, odds), (second, others) = _told(*one), _told(*other)
    return any(
        step != "equal" and min((*odds[start:end], *others[left:right])) >= PLAIN
        for step, start, end, left, right in SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    )


def _told(text: str, scores: Sequence[float]) -> Candidate:
    """The letters and digits alone, in lower case, with their probabilities; all of it if there are none."""
    pairs = [(low, score) for letter, score in zip(text, scores, strict=False) for low in letter.casefold()]
    pairs = [pair for pair in pairs if pair[0].isalnum()] or pairs
    return "".join(letter for letter, _ in pairs), [score for _, score in pairs]


def tidy(text: str) -> str:
    """Widths and spaces as they are written: full-width marks among Chinese characters, half-width ones elsewhere."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    if not is_eastern(text):
        text = "".join(_half(letter) for letter in text)
        return LOST_AFTER_STOP.sub(". ", LOST_AFTER_MARK.sub(r"\1 ", text))
    text = BRACKETED.sub(r"（\1）", text)
    while (wider := HALF_AMONG_EASTERN.sub(lambda found: FULL[found[1]], text)) != text:
        text = wider
    return text


def _half(letter: str) -> str:
    if "！" <= letter <= "～":
        return chr(ord(letter) - ord("！") + ord("!"))
    return HALF.get(letter, letter)


def agreed(candidates: Sequence[Candidate]) -> Candidate:
    """The text most sure of, letter by letter.

    The best reading is the frame. Where others read something else between the same letters, the alternative with
    the greatest sum of mean probabilities wins (J. Fiscus, "ROVER", ASRU 1997).
    """
    ranked = sorted(candidates, key=lambda one: -mean(one[1]))
    frame, sure = ranked[0][0], list(ranked[0][1])
    for text, scores in ranked[1:]:
        if text == frame:
            return max((frame, sure), (text, scores), key=lambda one: mean(one[1]))
    votes: dict[tuple[int, int], dict[str, float]] = {}
    for text, scores in ranked[1:]:
        steps = SequenceMatcher(None, frame, text, autojunk=False).get_opcodes()
        for step, start, end, left, right in steps:
            if step != "equal":
                span = votes.setdefault((start, end), {frame[start:end]: mean(sure[start:end])})
                span[text[left:right]] = span.get(text[left:right], 0.0) + mean(scores[left:right])
    for (start, end), told in sorted(votes.items(), reverse=True):
        best = max(told, key=lambda one: told[one])
        if best != frame[start:end]:
            sure[start:end] = [told[best] / len(ranked)] * len(best)
            frame = frame[:start] + best + frame[end:]
    return frame, sure


def mean(scores: Sequence[float]) -> float:
    return sum(scores) / len(scores) if scores else 0.0
