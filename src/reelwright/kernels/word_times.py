"""The written words of a sentence with the moments at which they are said.

A voice is handed words that may differ from the written ones: "1984" is said as "nineteen eighty-four", a mark is not
said at all. Letters that both have alike tie the two together, what lies between is laid out evenly.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate

import numpy as np

from reelwright.kernels.utterance import Word


def written(text: str, said: Sequence[Word]) -> list[Word]:
    """The whole `text` cut into words, each at the sample of the first of `said` that stands for it; none if mute."""
    places = [place for place, letter in enumerate(text) if letter.isalnum()]
    voiced = [one for one in said if _letters(one.text)]
    if not places or not voiced:
        return []
    counts = [0, *accumulate(len(_letters(one.text)) for one in voiced)]
    begins = _matched("".join(_letters(one.text) for one in voiced), _letters(text), counts[:-1])
    cuts: dict[int, int] = {}
    for begin, one in zip(begins, voiced, strict=True):
        cuts.setdefault(places[begin], one.at)
    starts = [0, *sorted(cuts)[1:]]
    ends = [*starts[1:], len(text)]
    return [Word(text[a:b], at) for a, b, (_, at) in zip(starts, ends, sorted(cuts.items()), strict=True)]


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _matched(said: str, text: str, counts: Sequence[int]) -> list[int]:
    """For letters of what is said, by number, those of the text that stand there."""
    if said == text:
        return list(counts)
    blocks = SequenceMatcher(None, said, text, autojunk=False).get_matching_blocks()
    # Each block ties its letters and the place behind it; where the next begins at once, that one counts.
    ties = {a + n: b + n for a, b, size in blocks for n in (*range(size), size)}
    found = np.interp(counts, list(ties), list(ties.values()))
    return [min(max(round(float(one)), 0), len(text) - 1) for one in found]
