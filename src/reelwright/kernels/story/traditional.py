"""Stories in traditional characters: read as if they were in simplified ones, and told as they were written.

The reader's words are simplified. Folding puts one letter for one, so that whatever is found in the folded text stands
at the same place in the text itself. Texts in simplified characters are left as they are.
"""

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

from reelwright.kernels.story.figures import Figure
from reelwright.kernels.story.places import Place
from reelwright.kernels.story.reader import Story
from reelwright.kernels.wording.words import HAN

LEAST = 0.02
"""Share of a text's Chinese letters that are traditional only, from which it is in traditional characters."""
Named = TypeVar("Named", Figure, Place)
_SPACE = re.compile(r"\s+")


@cache
def _pairs() -> dict[int, str]:
    told = tomllib.loads((Path(__file__).parent / "traditional.toml").read_text(encoding="utf-8"))
    return dict(zip(map(ord, "".join(told["traditional"])), "".join(told["simplified"]), strict=True))


def is_traditional(text: str) -> bool:
    pairs = _pairs()
    return sum(ord(one) in pairs for one in text) > LEAST * len(HAN.findall(text))


def folded(text: str) -> str:
    """In simplified characters, of the same length."""
    return text.translate(_pairs())


@dataclass
class Written:
    """A text in traditional characters, and where in it pieces of the folded one stand.

    Pieces are asked for in the order of the text; blanks do not count.
    """

    text: str
    _at: int = field(init=False, default=0)

    @cached_property
    def _own(self) -> str:
        return _SPACE.sub("", self.text)

    @cached_property
    def _folded(self) -> str:
        return folded(self._own)

    def name(self, told: str) -> str:
        """How the text writes a name."""
        place = self._folded.find(_SPACE.sub("", told))
        return self._spelt(told, list(range(place, place + len(told)))) if told and place >= 0 else told

    def piece(self, told: str) -> str:
        """How the text writes the next piece of it. Parts of the text may be left out before it, and within."""
        letters = _SPACE.sub("", told)
        whole = self._folded.find(letters, self._at)
        places = list(range(whole, whole + len(letters))) if whole >= 0 else self._scattered(letters)
        if len(places) < len(letters):
            return told
        self._at = places[-1] + 1 if places else self._at
        return self._spelt(told, places)

    def _scattered(self, letters: str) -> list[int]:
        places: list[int] = []
        at = self._at
        for one in letters:
            at = self._folded.find(one, at) + 1
            if not at:
                break
            places.append(at - 1)
        return places

    def _spelt(self, told: str, places: list[int]) -> str:
        letters = iter(self._own[place] for place in places)
        return "".join(one if one.isspace() else next(letters, one) for one in told)


def restored(story: Story, text: str) -> Story:
    """The story of a folded text with titles, storyboards and names as the text itself writes them.

    Roles and looks stay simplified: they are words for the reader and for pictures.
    """
    own, names = Written(text), Written(text)
    boards = tuple(
        replace(one, title=names.name(one.title), text="\n".join(map(own.piece, one.text.split("\n"))))
        for one in story.boards
    )
    return replace(
        story,
        title=names.name(story.title),
        boards=boards,
        figures=tuple(_renamed(one, names) for one in story.figures),
        places=tuple(_renamed(one, names) for one in story.places),
        props=tuple(replace(one, name=names.name(one.name)) for one in story.props),
    )


def _renamed(one: Named, names: Written) -> Named:
    return replace(one, name=names.name(one.name), aliases=tuple(map(names.name, one.aliases)))
