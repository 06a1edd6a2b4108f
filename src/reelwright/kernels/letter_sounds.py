"""How an English word that is in no dictionary sounds: from its letters, each told by its neighbours.

`letter_sounds.json` holds the rules, `tools/fit_letter_sounds.py` makes it from the dictionary of Carnegie
Mellon University (BSD-2-Clause). A rule is a letter in upper case between its neighbours, `_` for an end of
the word; the narrowest context that has a rule speaks. Phones are those of the dictionary: ARPAbet, no stress.
Words that are two known words in one are better told by those: that is the caller's to try first.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("letter_sounds.json")
EDGE = "_"
REACH = 4  # letters to each side that are looked at, at most
CONTEXTS = (
    *((0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (1, 2), (2, 1)),
    *((2, 2), (1, 3), (2, 3), (1, 4), (3, 3), (2, 4), (4, 4)),
)
"""(letters before, letters after) of the rules, from the widest to the narrowest."""


def phones(word: str) -> tuple[str, ...]:
    """The phones of a word of the letters a to z; other characters are silent."""
    letters = "".join(one for one in word.lower() if one.isascii() and one.isalpha())
    padded = EDGE * REACH + letters + EDGE * REACH
    told = (sounds_by(_table(), padded, REACH + place) for place in range(len(letters)))
    return tuple(" ".join(told).split())


def sounds_by(table: Mapping[str, str], padded: str, place: int) -> str:
    """The phones, parted by spaces, of the letter at `place` of a word with its ends marked; silent ones are empty."""
    for left, right in reversed(CONTEXTS):
        if place - left < 0 or place + right >= len(padded):
            continue
        key = f"{padded[place - left : place]}{padded[place].upper()}{padded[place + 1 : place + 1 + right]}"
        if key in table:
            return table[key]
    return ""


@cache
def _table() -> Mapping[str, str]:
    read: dict[str, str] = json.loads(TABLE.read_text())
    return read
