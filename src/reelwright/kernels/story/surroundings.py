"""Where and when each part of a story happens: place, time of day, weather, season, as the narration tells them.

What was told stays until something else is told, or a scene ends. A place counts where somebody is or goes ("in the
hall"), not where it is only looked at, wished for, denied or likened; what figures say of places and times is no scene.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reelwright.kernels.story import tables
from reelwright.kernels.story.places import Place, place_pattern
from reelwright.kernels.wording.words import Language

DEFAULT_TIME = "day"
_OPENS = {
    "zh": re.compile(r"^(?:有一[天回次]|一天|第二[天日年]|次日|后来|[几数两三]天[后之]|过了|到了|自此|这天|那天|当晚)"),
    "en": re.compile(r"^(?:One |The next|Next |Later|After a|That |In the |Years|Meanwhile)"),
}
_CLAUSES = {"zh": re.compile(r"[，。！？；：…—\n]"), "en": re.compile(r"[;:.!?]|, (?!low|dark|long|cold|old)|--")}
_BRACKETS = re.compile(r"[(（][^)）]*[)）]?")


@dataclass(frozen=True, slots=True)
class Setting:
    """`place` is the number of one, None while none was told; the others are keys of the tables, empty if untold."""

    place: int | None = None
    time: str = ""
    weather: str = ""
    season: str = ""


@dataclass
class Surroundings:
    """Reads a narration sentence by sentence."""

    places: Sequence[Place]
    language: Language
    now: Setting = field(default_factory=Setting)

    def __post_init__(self) -> None:
        self._pattern = place_pattern(self.places, self.language)
        self._number = {
            name.casefold(): number
            for number, one in reversed(list(enumerate(self.places)))
            for name in (one.name, *one.aliases)
        }

    def ends_scene(self) -> None:
        self.now = replace(self.now, time="", weather="")

    def begins_paragraph(self, text: str) -> None:
        """A paragraph that begins with "one day" is of another time."""
        if _OPENS[self.language].match(text.strip("“\"' ")):
            self.now = replace(self.now, time="", weather="")

    def hears(self, sentence: str) -> Setting:
        told = _BRACKETS.sub(" ", sentence)
        place = self._place(told)
        time, season = self._one(told, "times"), self._one(told, "seasons")
        now = self.now
        weather = self._one(self._without_likened(told), "weather")
        self.now = Setting(
            now.place if place is None else place, time or now.time, weather or now.weather, season or now.season
        )
        return self.now

    def _place(self, sentence: str) -> int | None:
        found = None
        for clause in _CLAUSES[self.language].split(sentence) if self._pattern else ():
            for one in self._pattern.finditer(clause) if self._pattern else ():
                if self._is_there(clause, one):
                    found = self._number[re.sub(r",?\s+", " ", one.group()).casefold()]
        return found

    def _is_there(self, clause: str, found: re.Match[str]) -> bool:
        before = clause[: found.start()]
        table = tables.of(self.language).places_words
        if self.language == "zh":
            if any(one in before for one in table["not_there"]):
                return False
            after = clause[found.end() :]
            led = any(before.endswith((one, one + "了", one + "着")) or one in before[-6:] for one in table["before"])
            return led or not before.strip() or after[:1] in set(table["after"])
        near = " ".join(before.split()[-4:])
        if re.search(rf"\b(?:{'|'.join(table['looking'])})\b", before, re.IGNORECASE) or re.search(
            rf"\b(?:{'|'.join(table['denying'])})\b", near, re.IGNORECASE
        ):
            return False
        leads = rf"\b(?:{table['prepositions']})\b(?:\s+(?!of\b)[a-z'’,-]+){{0,3}}\s*$"
        return re.search(leads, near, re.IGNORECASE) is not None or before.strip().lower() in ("the", "this")

    def _one(self, sentence: str, table: str) -> str:
        """The key that a sentence tells; empty if it tells none, or two."""
        kinds = tables.kinds_of(self.language, table)
        found = [kinds[one.lower()] for one in tables.pattern(self.language, tuple(kinds)).findall(sentence)]
        return found[0] if len(set(found)) == 1 else ""

    def _without_likened(self, sentence: str) -> str:
        return tables.pattern(self.language, tuple(tables.of(self.language).weather_not["words"])).sub(" ", sentence)


def mood(text: str, language: Language) -> str:
    """The key of the mood that most words of a text tell; `calm` if none does."""
    lists = tables.of(language).moods
    counts = {key: len(tables.pattern(language, tuple(words)).findall(text)) for key, words in lists.items()}
    best = max(counts, key=lambda key: counts[key])
    return best if counts[best] else "calm"


def told(key: str, table: str, language: Language) -> str:
    """A key as a word of the story's language."""
    lists: dict[str, Sequence[str]] = getattr(tables.of(language), table)
    return lists[key][0] if key else ""
