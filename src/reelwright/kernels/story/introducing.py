"""Who says a name of their own: "a girl" who says "My name is Clara" is Clara from then on, and was before.

Only a name that the text has not told before counts, said by whoever it belongs to ("my name is …", "我叫…", or nothing
but the name). The one person who was brought in shortly before as "a girl" and could be of that name is the same
figure; where there are two, nobody is.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from reelwright.kernels.story import details, quoting, tables
from reelwright.kernels.story.figures import CROWD, Figure
from reelwright.kernels.wording.words import Language

REACH = {"zh": 500, "en": 1500}  # letters before a name in which its bearer was seen
_SAYS = {
    "zh": r"(?:我叫|我是|我姓|名叫|叫我)(?:做|作)?{name}|^{name}[。.]?$",
    "en": r"(?:[Mm]y name(?:['’]s| is)|\bI am|\bI['’]m|[Cc]all me)\s+(?:\w+\s)?{name}\b|^(?:\w+\s)?{name}\.",
}


def introduced(figures: Sequence[Figure], text: str, language: Language) -> list[Figure]:
    """The figures, those that are one put together."""
    found = list(figures)
    speeches = _speeches(text, language)
    for named in figures:
        place = _introduction(named, text, speeches, language)
        if place is None or named not in found:
            continue
        near = text[max(0, place - REACH[language]) : place]
        same = [one for one in found if _may_be(one, named, near, language)]
        if len(same) == 1:
            found[found.index(named)] = _together(named, same[0])
            found.remove(same[0])
    return found


def _speeches(text: str, language: Language) -> list[tuple[int, str]]:
    """Where each speech begins, and what it says."""
    found, at = list[tuple[int, str]](), 0
    for paragraph in text.split("\n"):
        for one in quoting.segments(paragraph, language):
            if one.is_speech:
                found.append((at, quoting.unquoted(one.text)))
            at += len(one.text)
        at += 1
    return found


def _introduction(named: Figure, text: str, speeches: Sequence[tuple[int, str]], language: Language) -> int | None:
    """Where the speech begins that tells a name for the first time, if its bearer says it."""
    if named.kind != "person" or named.name == named.role:
        return None
    first = text.find(named.name)
    said = re.compile(_SAYS[language].format(name=re.escape(named.name)))
    own = [(at, told) for at, told in speeches if at <= first < at + len(told) + 4]
    return next((at for at, told in own if said.search(told)), None)


def _may_be(one: Figure, named: Figure, near: str, language: Language) -> bool:
    relations = tables.of(language).people.get("relations", ())
    is_nameless = one.name == one.role and one.role != CROWD and one.kind != "animal" and one.role not in relations
    fits = one.gender == named.gender or not one.gender or not named.gender
    return is_nameless and fits and one.name in near and details.is_brought_in(one.name, near, language)


def _together(named: Figure, nameless: Figure) -> Figure:
    return replace(
        nameless,
        name=named.name,
        aliases=(*named.aliases, nameless.name, *nameless.aliases),
        gender=nameless.gender or named.gender,
        mentions=named.mentions + nameless.mentions,
    )
