"""What keywords are about: which of them is the subject, what kind of thing it is, and which part the others play.

The tables of words and phrases (`zh.toml`, `en.toml`) say what tells a kind: food, a place, an event, … A keyword that
is no known person, feast, offer or place is a quality (what something is like) or a thing beside the subject.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reelwright.kernels.wording import words
from reelwright.kernels.wording.words import Language

GENERAL = "general"
CLEAR = 2.0  # the keyword names a thing of the kind, and does not only hold such a word
PROPER_OF = frozenset({"place"})  # kinds whose own name is the subject
WITH_THE = frozenset({"place", "event"})
DETERMINERS = frozenset({"the", "a", "an", "our", "your", "my", "this", "these"})
ACTIVITIES = frozenset(
    [
        "yoga",
        "fitness",
        "travel",
        "football",
        "soccer",
        "tennis",
        "golf",
        "basketball",
        "badminton",
        "automation",
        "ai",
        "machine-learning",
        "education",
        "english",
        "math",
        "sightseeing",
        "open-source",
        "programming",
        "piano",
    ]
)


@dataclass(frozen=True, slots=True)
class Table:
    """The phrases of one kind of thing; those for every kind are in `common`."""

    name: str
    words: frozenset[str]
    ends: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Phrases:
    comma: str
    roles: Mapping[str, tuple[str, ...]]
    types: Mapping[str, Table]
    common: Mapping[str, tuple[str, ...]]
    film: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Brief:
    """The parts that keywords play. `subject` as it stands in a sentence, `bare` as in a headline."""

    language: Language
    type: str
    subject: str
    bare: str
    named: tuple[str, ...]
    """The keywords inside the subject."""
    qualities: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    occasion: tuple[str, ...] = ()
    offer: tuple[str, ...] = ()

    @property
    def keywords(self) -> tuple[str, ...]:
        return (*self.named, *self.qualities, *self.things, *self.audience, *self.occasion, *self.offer)


@cache
def phrases(spoken: Language) -> Phrases:
    """The tables of a language."""
    with (Path(__file__).parent / f"{spoken}.toml").open("rb") as file:
        read = tomllib.load(file)
    kinds = ("open", "body", "close", "hook")
    types = {
        one["name"]: Table(
            one["name"],
            frozenset(word.casefold() for word in one["words"]),
            tuple(one.get("ends", ())),
            {kind: tuple(one[kind]) for kind in kinds},
        )
        for one in read["types"]
    }
    roles = {name: tuple(listed) for name, listed in read["roles"].items()}
    common = {name: tuple(listed) for name, listed in read["common"].items()}
    return Phrases(read["comma"], roles, types, common, read["film"])


def brief(keywords: Sequence[str], spoken: Language) -> Brief:
    """The parts of these keywords; at least one is needed."""
    known = phrases(spoken)
    roles = {one: _role(one, known.roles, spoken) for one in keywords}
    kind = _kind(keywords, known, roles)
    subject = _subject(keywords, kind, roles)
    is_compound = spoken == "zh" and len(words.cut(subject, "zh")) > 1
    if roles[subject] == "quality" and (_speaks_for(subject, kind) or is_compound):
        roles[subject] = "thing"  # "smart watch" begins like a quality and names a thing
    prefix = "" if kind.name in PROPER_OF else _prefix(keywords, subject, roles)
    named = (prefix, subject) if prefix else (subject,)
    bare = (" " if spoken == "en" else "").join(named)
    parts: dict[str, list[str]] = {name: [] for name in ("quality", "thing", "audience", "occasion", "offer")}
    for one in keywords:
        if one not in named:
            parts[roles[one] if roles[one] in parts else "thing"].append(one)
    return Brief(
        spoken,
        kind.name,
        _in_sentence(bare, kind.name, roles[subject], spoken),
        f"“{bare}”" if spoken == "zh" and roles[subject] == "quality" else bare,
        named,
        tuple(parts["quality"]),
        tuple(parts["thing"]),
        tuple(parts["audience"]),
        tuple(parts["occasion"]),
        tuple(parts["offer"]),
    )


def _role(keyword: str, roles: Mapping[str, Sequence[str]], spoken: Language) -> str:
    form = keyword.casefold()
    for role in ("audience", "occasion", "offer"):
        ends, starts = tuple(roles.get(f"{role}_ends", ())), tuple(roles.get(f"{role}_starts", ()))
        if form in roles[role] or form.endswith(ends) or (starts and form.startswith(starts)):
            return role
    if form in roles["places"] or form.endswith(tuple(roles["place_ends"])):
        return "place"
    if (
        form in roles["quality_words"]
        or form.startswith(tuple(roles["quality_starts"]))
        or form.endswith(tuple(roles["quality_ends"]))
    ):
        return "quality"
    if form in roles["brands"]:
        return "name"
    if spoken == "zh" and words.HAN.search(keyword):
        return "quality" if _is_predicate(keyword) else "thing"
    if keyword[0].isupper() and not keyword.isupper():
        return "name"
    return "thing"


def _is_predicate(keyword: str) -> bool:
    """It ends with a verb or an adjective, or is a saying."""
    cut = words.cut(keyword, "zh")
    return cut[-1].kind in ("v", "vi", "vd", "a", "ad", "l", "i", "z")


def _kind(keywords: Sequence[str], known: Phrases, roles: Mapping[str, str]) -> Table:
    """The kind that most keywords speak for; a later word says more than an earlier one about what a name is of."""
    scores = {
        name: sum(_speaks_for(one, table) for one in keywords if roles[one] not in ("occasion", "offer", "place"))
        for name, table in known.types.items()
    }
    if "place" in scores:
        scores["place"] += 0.5 * sum(roles[one] == "place" for one in keywords)
    best = max(scores, key=lambda name: scores[name])
    return known.types[best if scores[best] else GENERAL]


def _speaks_for(keyword: str, table: Table) -> float:
    form = keyword.casefold()
    if form in table.words:
        return 3.0
    if table.ends and form.endswith(table.ends):
        return 2.0
    parts = form.split()
    if len(parts) > 1 and (parts[-1] in table.words or " ".join(parts[-2:]) in table.words):
        return 2.5
    return 1.0 if any(_has(form, word) for word in table.words) else 0.0


def _has(form: str, word: str) -> bool:
    """The word stands in it: anywhere in Chinese (two letters at least), whole in English."""
    return (len(word) > 1 and word in form) if words.HAN.search(word) else word in form.split()


def _subject(keywords: Sequence[str], kind: Table, roles: Mapping[str, str]) -> str:
    if kind.name in PROPER_OF:
        for one in keywords:
            if roles[one] == "place":
                return one
    free = [one for one in keywords if roles[one] in ("thing", "name", "place")]
    free += [one for one in keywords if roles[one] == "quality"]
    free = free or list(keywords)
    for least in (CLEAR, 1.0):
        for one in free:
            if _speaks_for(one, kind) >= least:
                return one
    return next((one for one in keywords if one in free), free[0])


def _prefix(keywords: Sequence[str], subject: str, roles: Mapping[str, str]) -> str:
    """A place or a brand that belongs before the subject, as in "Yunnan coffee"."""
    if roles[subject] in ("place", "name", "quality"):
        return ""
    return next((one for one in keywords if roles[one] in ("place", "name") and one not in subject), "")


def _in_sentence(bare: str, kind: str, role: str, spoken: Language) -> str:
    """With quotation marks where it is no noun, and with its article in English."""
    if spoken == "zh":
        return f"“{bare}”" if role == "quality" else bare
    if role in ("quality", "audience", "occasion", "offer"):
        return f'"{bare}"'
    first, last = bare.casefold().split()[0], bare.casefold().split()[-1]
    if first in DETERMINERS or role == "place" or (role == "name" and kind in WITH_THE):
        return bare
    if kind == "service":
        return (
            f"our {bare} service"
            if last.endswith("ing") or last in ("delivery", "repair", "laundry")
            else f"our {bare}"
        )
    if last.endswith("ing") or "-".join(bare.casefold().split()) in ACTIVITIES or last in ACTIVITIES:
        return bare
    return f"the {bare}" if kind in WITH_THE else f"our {bare}"
