"""Who is in a story: the record of a figure, and where a text mentions it.

A mention is a name, an alias or a role, the longest that stands at a place. The narrator's "I" counts outside of speech
only. Pronouns of others are not mentions; `speakers` resolves them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from reelwright.kernels.story import tables
from reelwright.kernels.wording.words import Language

Gender = Literal["male", "female", ""]
Age = Literal["child", "young", "adult", "old"]
CROWD = "crowd"
"""The role of a figure that is many people."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`kind` is the key of its role in the tables (`man`, `old_woman`, …), `animal`, or `crowd`."""

    name: str
    aliases: tuple[str, ...] = ()
    role: str = ""
    kind: str = "person"
    gender: Gender = ""
    age: Age = "adult"
    look: str = ""
    mentions: int = 1


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    figure: int


@dataclass(frozen=True)
class Cast:
    """The figures of a story, looked for in a text."""

    figures: Sequence[Figure]
    language: Language
    _by_name: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for number, one in enumerate(self.figures):
            for name in (one.name, *one.aliases):
                self._by_name.setdefault(self._form(name), number)

    def _form(self, name: str) -> str:
        return name if name == self.first else name.casefold()

    @property
    def first(self) -> str:
        people = tables.of(self.language).people
        return str(people["first"])

    @property
    def narrator(self) -> int | None:
        """Which figure tells the story as "I"."""
        return self._by_name.get(self.first)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = sorted((one for one in self._by_name if one and one != self.first), key=len, reverse=True)
        if not names:
            return None
        either = "|".join(map(re.escape, names))
        return re.compile(either if self.language == "zh" else rf"\b(?:{either})(?:e?s)?\b(?!-)", re.IGNORECASE)

    @cached_property
    def _self(self) -> re.Pattern[str]:
        return re.compile(r"我(?!们)" if self.language == "zh" else r"\b(?:I|me|myself)\b")

    def mentions(self, text: str, *, is_speech: bool = False) -> list[Mention]:
        """In order of the text."""
        found = []
        for one in self._pattern.finditer(text) if self._pattern else ():
            number = self._by_name.get(one.group().casefold())
            if number is None:
                number = self._by_name.get(re.sub(r"e?s$", "", one.group().casefold()))
            if number is not None and self._is_name_here(one.group(), number):
                found.append(Mention(one.start(), one.end(), number))
        if self.narrator is not None and not is_speech:
            found += [Mention(*one.span(), self.narrator) for one in self._self.finditer(text)]
        return sorted(found, key=lambda one: one.start)

    def _is_name_here(self, said: str, number: int) -> bool:
        """A name that is a common word too ("Rose") is one only with its capital."""
        figure = self.figures[number]
        is_name = self.language == "en" and figure.name[:1].isupper() and figure.kind != "animal"
        return not is_name or said[:1].isupper() or said.casefold() in {one for one in figure.aliases if one.islower()}
