"""Where a story happens, and what things are in it.

A place is a word of the list with the words that tell which one ("咸亨酒店", "long low hall"); shorter forms of it
("酒店", "the hall") are its other names. Its look ends with a word for its kind, so that every tier paints some such
place. A prop is a thing of the list that comes again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reelwright.kernels.story import cutting, tables
from reelwright.kernels.story.figures import Cast
from reelwright.kernels.wording import words
from reelwright.kernels.wording.words import Language, Word

MOST_PLACES, MOST_PROPS = 12, 10
LEAST_PROP = 2
_WITHIN = re.compile(r"(?<=..)[里内]$")
"""What only says that somebody is in it: 王家村里."""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    aliases: tuple[str, ...]
    kind: str
    look: str
    mentions: int


@dataclass(frozen=True, slots=True)
class Prop:
    name: str
    look: str
    mentions: int


def places(text: str, narration: str, cast: Cast, language: Language) -> list[Place]:
    """The places, the most mentioned first. One that only speech names counts, if it has a name of its own."""
    found = _found_zh(text, cast) if language == "zh" else _found_en(text, narration, cast)
    merged = _merged(found, language)
    ranked = sorted(merged, key=lambda one: -one.mentions)
    return ranked[:MOST_PLACES]


def place_pattern(found: Sequence[Place], language: Language) -> re.Pattern[str] | None:
    """Any name of the places, longer ones first."""
    names = sorted({name for one in found for name in (one.name, *one.aliases)}, key=len, reverse=True)
    if not names:
        return None
    if language == "zh":
        return re.compile("|".join(map(re.escape, names)))
    either = "|".join(re.escape(one).replace("\\ ", r",?\s+") for one in names)
    return re.compile(rf"\b(?:{either})\b(?!-)", re.IGNORECASE)


# ---- Chinese


def _found_zh(text: str, cast: Cast) -> Counter[tuple[str, str, str]]:
    """(name, what it is without its own words, kind) -> times."""
    kinds = tables.kinds_of("zh", "places")
    cut = cutting.words_of(text)
    people = {name for one in cast.figures for name in (one.name, *one.aliases)}
    found: Counter[tuple[str, str, str]] = Counter()
    for place, word in enumerate(cut):
        head = _head_zh(word, cut, place, kinds)
        if not head:
            continue
        before = cut[place - 1] if place else Word("", "x")
        owner = _owner(cut, place, people)
        if owner and head in ("家里", "家中", "家"):
            found[owner + "家", owner + "家", "room"] += 1
        elif _tells_which(before, people):
            found[_WITHIN.sub("", before.text + head), head, kinds[head]] += 1
        else:
            found[_own(word.text, head), head, kinds[head]] += 1
    return found


def _head_zh(word: Word, cut: Sequence[Word], place: int, kinds: Iterable[str]) -> str:
    """The place word at the end of a word, without what only tells where at it: 店里, 店内."""
    table = tables.of("zh").places_words
    if any(one in word.text for one in table["no_place"]) or not word.kind.startswith(("n", "s", "f", "z", "v")):
        return ""
    heads = [one for one in kinds if word.text.endswith(one)]
    bare = re.sub(r"[里内外中上下旁边口前后面]$", "", word.text)
    heads = (
        heads
        or [one for one in kinds if len(bare) > 1 and bare.endswith(one)]
        or ([bare] if bare in table["bare"] else [])
    )
    if not heads:
        return ""
    head = max(heads, key=len)
    if len(word.text) > 1:
        return head if word.kind[0] != "v" else ""
    after = cut[place + 1].text[:1] if place + 1 < len(cut) else ""
    before = cut[place - 1].text if place else ""
    is_place = after in table["after"] or before.endswith(tuple(table["before"]))
    return head if is_place and word.text in table["bare"] else ""


def _own(text: str, head: str) -> str:
    """The whole word where it is longer than the list's, as 鲁镇 is."""
    return text[: text.rfind(head) + len(head)]


def _owner(cut: Sequence[Word], place: int, people: Iterable[str]) -> str:
    before = "".join(one.text for one in cut[max(0, place - 3) : place])
    owners = [one for one in people if len(one) > 1 and before.endswith(one)]
    return max(owners, key=len, default="")


def _tells_which(before: Word, people: Iterable[str]) -> bool:
    if len(before.text) < 2 or before.text in tables.of("zh").places_words["no_modifier"] or before.text in people:
        return False
    return before.kind in ("nr", "nz", "ns", "nt", "n", "a", "b", "nrt") and words.HAN.match(before.text) is not None


# ---- English


def _found_en(text: str, narration: str, cast: Cast) -> Counter[tuple[str, str, str]]:
    kinds = tables.kinds_of("en", "places")
    table = tables.of("en").places_words
    joined = " ".join(narration.split())
    senses = dict(one.split("=") for one in table["other_sense"])
    for said, meant in senses.items():
        joined = re.sub(rf"\b{said}\b", f"{said.rsplit(' ', 1)[0]} {meant}", joined)
    either = "|".join(sorted(map(re.escape, kinds), key=len, reverse=True))
    joined = re.sub(r"[(][^)]*[)]", " ", joined)
    determiners = "the|a|an|this|that|his|her|their|my|our|its|another|some|every|no|of"
    found: Counter[tuple[str, str, str]] = Counter()
    pattern = rf"\b(?:{determiners})\s((?:(?!(?:{determiners})\b)[a-z-]+,?\s){{0,3}}?)({either})\b(?!-|['’]s)"
    for one in re.finditer(pattern, joined, re.IGNORECASE):
        if re.search(r"\b(?:like|as|than)\s$", joined[max(0, one.start() - 6) : one.start()]):
            continue  # likened: no place of the story
        own = [part.strip(",") for part in one[1].lower().split()]
        own = [] if re.match(r"th(?:is|at)\b", one.group(), re.IGNORECASE) else own  # one that was told before
        while own and any(part in table["no_modifier"] or part.endswith(("ed", "ing")) for part in own):
            own = own[1:]
        head = one[2].lower()
        found[" ".join([*own, head]), head, kinds[head]] += 1
    return found + _named_en(text, cast)


def _named_en(text: str, cast: Cast) -> Counter[tuple[str, str, str]]:
    """Places with a name: Baker Street, or what follows "in" and is nobody."""
    people = {word for one in cast.figures for name in (one.name, *one.aliases) for word in name.split()}
    kinds = tables.kinds_of("en", "places")
    refused = set(tables.of("en").listed(tables.of("en").people, "no_names"))
    found: Counter[tuple[str, str, str]] = Counter()
    for one in re.finditer(
        r"\b(?:[Ii]n|[Aa]t|[Tt]o|[Ff]rom|[Ii]nto|[Nn]ear|[Rr]eached|[Oo]n)\s(?:the\s)?((?:[A-Z][a-z]+\s?){1,3})\b", text
    ):
        parts = one[1].split()
        if not parts or people & set(parts) or parts[0] in refused:
            continue
        kind = kinds.get(parts[-1].lower(), "city" if len(re.findall(rf"\b{one[1].strip()}\b", text)) > 1 else "")
        if kind and (parts[-1].lower() in kinds or len(parts) < 3):
            found[" ".join(parts), parts[-1].lower() if len(parts) > 1 else " ".join(parts), kind] += 1
    return found


# ---- both


def _merged(found: Counter[tuple[str, str, str]], language: Language) -> list[Place]:
    """Shorter forms go with the longer name of the same head that is told most."""
    heads: dict[str, list[tuple[str, str, int]]] = {}
    for (name, head, kind), count in found.items():
        heads.setdefault(_group(head, language), []).append((name, kind, count))
    made: list[Place] = []
    for head, told in heads.items():
        long = [one for one in told if _is_longer(one[0], head, language)]
        bare = [one for one in told if one not in long]
        if not long:
            name, kind, _ = max(bare, key=lambda one: (len(one[0]) if language == "zh" else one[2], one[2]))
            made.append(
                _place(name, [one[0] for one in bare if one[0] != name], kind, sum(one[2] for one in bare), language)
            )
            continue
        best = max(long, key=lambda one: (one[2], len(one[0])))
        for one in long:
            names = [other[0] for other in bare] if one is best else []
            extra = sum(other[2] for other in bare) if one is best else 0
            made.append(_place(one[0], names, one[1], one[2] + extra, language))
    return made


def _group(head: str, language: Language) -> str:
    if language == "en":
        return head
    tail = re.sub(r"[里内外中上下旁边口前后面]$", "", head) or head
    return tail[-1]


def _is_longer(name: str, head: str, language: Language) -> bool:
    return (
        " " in name and name != head
        if language == "en"
        else name not in tables.kinds_of("zh", "places") and len(name) > 1
    )


def _place(name: str, aliases: Sequence[str], kind: str, mentions: int, language: Language) -> Place:
    hint = tables.of(language).places_hints[kind]
    shown = re.sub(r"\b[a-z]+-hole\b", "burrow", name)  # no rabbit is to be painted into every picture of its hole
    look = shown if hint in shown else f"{shown}，{hint}" if language == "zh" else f"{shown}, {hint}"
    senses = (one.split("=")[1] for one in tables.of("en").places_words["other_sense"])
    said = [name.split()[-1]] if language == "en" and name in senses else []
    return Place(name, tuple(dict.fromkeys([*aliases, *said])), kind, look, mentions)


def props(narration: str, language: Language) -> list[Prop]:
    """Things of the list that come at least twice, with the words before them that say what they are like."""
    listed = tables.of(language).props["words"]
    counts: Counter[str] = Counter()
    looks: dict[str, str] = {}
    for one in tables.pattern(language, tuple(listed)).finditer(
        narration if language == "zh" else " ".join(narration.split())
    ):
        name = one.group().lower()
        counts[name] += 1
        looks.setdefault(name, _described(one, language))
        looks[name] = max(looks[name], _described(one, language), key=len)
    often = [(name, count) for name, count in counts.most_common() if count >= LEAST_PROP or " " in name]
    return [Prop(name, looks[name], count) for name, count in often][:MOST_PROPS]


def _described(found: re.Match[str], language: Language) -> str:
    """ "tiny golden key": the words between the article and the thing."""
    if language == "zh":
        return found.group()
    before = found.string[max(0, found.start() - 40) : found.start()]
    own = re.search(r"\b(?:the|a|an|his|her)\s((?:[a-z-]+\s){1,2})$", before)
    refused = tables.of("en").places_words["no_modifier"]
    parts = [one for one in own[1].split() if one not in refused] if own else []
    return " ".join([*parts, found.group().lower()])


def kind_of(name: str, language: Language) -> str:
    """The kind of place that a name ends with; a street where the list has none."""
    kinds = tables.kinds_of(language, "places")
    fitting = [one for one in kinds if name.lower().endswith(one)]
    return kinds[max(fitting, key=len)] if fitting else "street"


def furnished(look: str, things: Sequence[str], language: Language) -> str:
    """A look with what stands or lies there."""
    if not things:
        return look
    return f"{look}，有{'和'.join(things)}" if language == "zh" else f"{look}, with {' and '.join(things)}"
