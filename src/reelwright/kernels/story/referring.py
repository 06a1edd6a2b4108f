"""Whom a sentence is about: its subject, and whom its pronouns mean.

The subject is the first figure that is named and is no object there ("对我说" is about whoever says it). A pronoun
means the figure of its gender that was spoken of last; "they" means the crowd. Rules of thumb: whoever is meant by the
second "he" of a sentence is not asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reelwright.kernels.story import tables
from reelwright.kernels.story.figures import CROWD, Cast, Mention
from reelwright.kernels.wording.words import Language

PRONOUNS = {
    "zh": re.compile(
        r"(?P<male>(?<![吉其])他(?!们))|(?P<female>她(?!们))|(?P<neuter>它(?!们))|(?P<plural>[他她它]们|有的|有人)"
    ),
    "en": re.compile(
        r"\b(?:(?P<male>he|him|himself)|(?P<female>she|herself)|(?P<plural>they|them)|(?P<neuter>it(?= (?:say|said|cry"
        r"|cried|ask|turn|ran|run|hurr|look|took|went|jump|bark|whisper|replie|answer|call))|itself))\b",
        re.IGNORECASE,
    ),
}
REMEMBERED = 12  # figures
_OBJECT_PRONOUN = re.compile(r"^(?:him|them|himself|herself|itself)$", re.IGNORECASE)


@dataclass
class Attention:
    """What a reader has in mind: the last subject, and the last figure that each pronoun may mean."""

    cast: Cast
    subject: int | None = None
    meant: dict[str, int] = field(default_factory=dict)
    latest: int | None = None
    """Whom the last clause of the last sentence is about: in a long one that may be somebody who comes in."""
    recent: list[int] = field(default_factory=list)
    """Who was named or meant last, the latest at the end."""
    voices: set[int] = field(default_factory=set)
    """Who has said something; a crowd that has not is only there."""

    @property
    def language(self) -> Language:
        return self.cast.language

    def about(self, text: str) -> int | None:
        """The subject of a piece of narration; None if it names nobody. Changes nothing."""
        return next((figure for _, figure, is_object in self._named(text) if not is_object), None)

    def hears(self, sentence: str) -> int | None:
        """Read a sentence of the narration: who it is about, and keep that in mind."""
        named = self._named(sentence)
        subjects = [figure for _, figure, is_object in named if not is_object]
        self.recent = [*self.recent, *(figure for _, figure, _ in named)][-REMEMBERED:]
        for mention in self.cast.mentions(sentence):
            self._keep(mention.figure)
        if not subjects:
            return None
        self.subject, self.latest = subjects[0], subjects[-1]
        self._keep(subjects[0])
        if tables.pattern(self.language, tuple(tables.of(self.language).saying["leaving"])).search(sentence):
            self.recent = [one for one in self.recent if one != subjects[0]]
        return subjects[0]

    def speaks(self, figure: int) -> None:
        self.recent = [*self.recent, figure][-REMEMBERED:]
        self.voices.add(figure)

    def last_but(self, *but: int | None) -> int | None:
        """Who was named, meant or heard last and is none of these."""
        figures = self.cast.figures
        some = (one for one in reversed(self.recent) if figures[one].role != CROWD or one in self.voices)
        return next((one for one in some if one not in but), None)

    def everyone(self, text: str, *, is_speech: bool = False) -> list[int]:
        """Every figure that a text names or means, each once, in order."""
        if is_speech:
            return list(dict.fromkeys(one.figure for one in self.cast.mentions(text, is_speech=True)))
        return list(dict.fromkeys(figure for _, figure, _ in self._named(text)))

    def _keep(self, figure: int) -> None:
        one = self.cast.figures[figure]
        if figure == self.cast.narrator:
            return
        if one.role == CROWD:
            self.meant["plural"] = figure
            return
        for pronoun in _pronouns_of(one.gender, one.kind):
            known = self.meant.get(pronoun)
            if pronoun == "neuter" or known is None or self._rank(figure) >= self._rank(known):
                self.meant[pronoun] = figure

    def _rank(self, figure: int) -> int:
        """Who might be either does not push out who is known to be meant, nor does an animal push out a person."""
        one = self.cast.figures[figure]
        return 2 if one.gender and one.kind != "animal" else int(bool(one.gender))

    def _named(self, text: str) -> list[tuple[int, int, bool]]:
        """(place, figure, is it an object there), in order."""
        mentions = self.cast.mentions(text)
        found = [(one.start, one.figure, self._is_object(text, one)) for one in mentions]
        for one in PRONOUNS[self.language].finditer(text):
            figure = self._meant(str(one.lastgroup))
            if figure is not None and not any(m.start <= one.start() < m.end for m in mentions):
                place = Mention(one.start(), one.end(), figure)
                found.append((one.start(), figure, self._is_object(text, place)))
        return sorted(found)

    def _meant(self, pronoun: str) -> int | None:
        if pronoun == "plural":
            crowds = (place for place, one in enumerate(self.cast.figures) if one.role == CROWD)
            return self.meant.get("plural", next(crowds, None))
        known = self.meant.get(pronoun)
        return known if known is not None or pronoun == "neuter" else self._to_come(pronoun)

    def _to_come(self, gender: str) -> int | None:
        """ "'Who is there?' she called": somebody whose name comes later; the one most spoken of."""
        people = enumerate(self.cast.figures)
        return next((at for at, one in people if one.gender == gender and at != self.cast.narrator), None)

    def _is_object(self, text: str, mention: Mention) -> bool:
        before, after = text[: mention.start], text[mention.end :]
        if self.language == "zh":
            led = tuple(tables.of("zh").saying["not_subject_after"])
            is_led = re.sub(r"[了着过]$", "", before).endswith(led)
            opens = not before or before[-1] in "，。！？；：、“”…—"
            return is_led or (not opens and bool(re.match(r"的(?!确)|[家身]|脸上|手里", after)))
        if before.strip().lower() in ("asked", "told"):
            return False  # asked Tom: the tag of a speech
        if _OBJECT_PRONOUN.match(text[mention.start : mention.end]) or re.match(r"['’]s\b(?! (?:got|been|a))", after):
            return True
        return (
            re.search(
                rf"\b(?:{_objects_en()})\s+(?:(?:the|a|an|her|his|my|poor|little|old|own)\s+)*$", before, re.IGNORECASE
            )
            is not None
        )


def _objects_en() -> str:
    return "|".join(map(re.escape, tables.of("en").saying["not_subject_after"]))


def _pronouns_of(gender: str, kind: str) -> Sequence[str]:
    if kind == "animal":
        return ("neuter", gender) if gender else ("neuter",)
    return (gender,) if gender else ("male", "female")
