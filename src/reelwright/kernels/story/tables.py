"""What the built-in reader knows of a language: lists of roles, speech verbs, places, times, and words for pictures.

They are data (`zh.toml`, `en.toml`), so that a word is added without touching a rule.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reelwright.kernels.wording.words import Language

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Tables:
    """One language. Every attribute is a table of the file, by its name there."""

    language: Language
    roles: Lists
    people: Mapping[str, Sequence[str] | str]
    saying: Lists
    places: Lists
    places_hints: Mapping[str, str]
    unplaced: Lists
    places_words: Mapping[str, Sequence[str] | str]
    props: Lists
    times: Lists
    seasons: Lists
    weather: Lists
    weather_not: Lists
    moods: Lists
    shots: Mapping[str, Sequence[str] | str]
    cameras: Mapping[str, str]
    looks: Mapping[str, Sequence[str] | str]

    def listed(self, table: Mapping[str, Sequence[str] | str], key: str) -> Sequence[str]:
        """An entry that is a list."""
        value = table[key]
        return [value] if isinstance(value, str) else value

    def word(self, table: Mapping[str, Sequence[str] | str], key: str) -> str:
        """An entry that is one word."""
        value = table[key]
        return value if isinstance(value, str) else value[0]


@cache
def of(language: Language) -> Tables:
    told = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
    return Tables(language, **told)


@cache
def kinds_of(language: Language, table: str) -> Mapping[str, str]:
    """Word -> the key that it stands under, of a table of lists."""
    lists: Lists = getattr(of(language), table)
    return {word: kind for kind, listed in lists.items() for word in listed}


@cache
def pattern(language: Language, words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, longer ones first; in English whole and in any case of letters."""
    either = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(either) if language == "zh" else re.compile(rf"\b(?:{either})\b", re.IGNORECASE)
