"""Who is in an English story: names, people told by what they are, animals, crowds, and the narrator.

A name is written with a capital where no sentence begins, mostly so, and it acts: a verb of people follows, somebody
speaks to it, or it owns something. Roles come from a list and stand with a determiner ("her sister", "the old king").
Animals are figures where they have a name, or act more than once. The narrator is a figure where "I" acts.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from reelwright.kernels.story import tables
from reelwright.kernels.story.figures import CROWD, Figure

LEAST_SELF = 3
WEAK = frozenset({"was", "is", "had", "has", "could", "would", "will", "must"})
NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
PLURAL_CROWD = 3  # times that "they" stands in the narration, for a crowd to be a figure
_CAPITALS = r"[A-Z][a-z'’]*[a-z](?:-[A-Z][a-z]+)?"
_NAME = re.compile(
    rf"(?<![\w.])(?:(?:Mr|Mrs|Ms|Dr)\.?\s)?{_CAPITALS}(?:\s(?:(?:of|the|van|de)\s)?{_CAPITALS}){{0,2}}(?!\w)"
)
_OPENS = re.compile(r"(?:^|[.!?…:]['\"”’)]*\s+|[\"“‘(]|(?<!\w)'|--|—|\n\s*)$")


def figures(text: str, narration: str) -> list[Figure]:
    """The figures, the most mentioned first; looks are not told yet."""
    names = _names(text, narration)
    narrator = _narrator(narration)
    speaking = _speaking(narration)
    taken = {word.lower() for one in names for word in (one.role, *one.name.split(), *one.aliases) if word}
    found = [*names, *_roles(narration, taken), *_animals(narration, taken), *_crowd(narration)]
    known = {word.lower() for one in found for word in (*one.name.split(), *one.aliases)}
    found += [one for one in speaking if one.name not in known]
    found += [narrator] if narrator else []
    return sorted(found, key=lambda one: -one.mentions)


# ---- names


def _listed(key: str) -> Sequence[str]:
    table = tables.of("en")
    return table.listed(table.people, key)


def _names(text: str, narration: str) -> list[Figure]:
    counts = _counted(text)
    plain = Counter(re.findall(r"\b[a-z]+\b", text))
    joined = " ".join(text.split())
    good = [
        name
        for name, count in counts.items()
        if count > plain[name.lower()] and name.lower() not in _places() and _is_alive(name, joined, count)
    ]
    merged = _merged(good, counts)
    return [_known_as(_named(name, shorter, joined), joined) for name, shorter in merged.items()]


def _known_as(figure: Figure, joined: str) -> Figure:
    """ "Miss Pell, the housekeeper,": that is she, too."""
    kinds = tables.kinds_of("en", "roles")
    either = "|".join(sorted(map(re.escape, kinds), key=len, reverse=True))
    told = re.search(rf"\b{re.escape(figure.name)}, (?:the|her|his|my|their) (?:\w+ )?({either})[,.]", joined)
    if told is None or figure.kind != "person":
        return figure
    return replace(figure, role=told[1], kind=kinds[told[1]], aliases=(*figure.aliases, told[1]))


def _places() -> frozenset[str]:
    return frozenset(tables.kinds_of("en", "places"))


def _counted(text: str) -> Counter[str]:
    """Names as they stand within sentences, with those at a sentence's head that are known from within."""
    inner: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    for one in _NAME.finditer(text):
        name = _trimmed(" ".join(one.group().split()))
        if name:
            at_head = _OPENS.search(text[max(0, one.start() - 8) : one.start()]) and name == " ".join(
                one.group().split()
            )
            (heads if at_head else inner)[name] += 1
    known = {word for name in inner for word in name.split()}
    for name, count in heads.items():
        acts = (len(name.split()) == 1 and count > 1) or name.split()[0].rstrip(".") in _listed("titles")
        if name in inner or name.split()[-1] in known or acts:
            inner[name] += count
    return inner


def _trimmed(name: str) -> str:
    """Without what is capital for other reasons at its edges."""
    parts = [re.sub(r"['’]s$|['’]ll$|['’]d$|['’]$", "", one) for one in name.split()]
    refused = {*_listed("no_names"), *(one for one in parts if re.match(r"I['’]", one))}
    while parts and parts[0] in refused:
        parts = parts[1:]
    while parts and (parts[-1] in refused or parts[-1] in ("of", "the", "van", "de")):
        parts = parts[:-1]
    return "" if not parts or (len(parts) == 1 and parts[0].rstrip(".") in _listed("titles")) else " ".join(parts)


def _is_alive(name: str, joined: str, count: int) -> bool:
    """Somebody, not something: it acts, owns, is spoken to, or has a title."""
    first = name.split()[0].rstrip(".")
    last = name.split()[-1].lower()
    if len(name.split()) > 1 and " of " not in name and (first in _listed("titles") or last in _listed("animals")):
        return True
    said = re.escape(name)
    verbs = "|".join(_listed("animate"))
    speech = "|".join(one for one in tables.of("en").saying["verbs"] if " " not in one)
    done = re.findall(rf"(?<!what )(?<!which )\b{said}(?:,? \w+ly)? ({verbs})\b", joined)
    acts = len(done) - 0.6 * sum(one in WEAK for one in done)  # things, too, are and have
    says = len(
        re.findall(rf"\b(?:{speech}) (?:the |poor |little |old |young )*{said}\b|\b{said} (?:{speech})\b", joined)
    )
    is_called = re.search(rf"\b{said} was (?:the|a|an|her|his|my|their) \w+|\b(?:named|called) {said}\b", joined)
    spoken_to = re.search(rf"[,'\"“‘] ?{said}[,!?]|\b{said} my (?:dear|love)|\b[Dd]ear {said}\b", joined)
    owns = re.search(rf"\b{said}['’]s [a-z]", joined)
    after_place = len(re.findall(rf"\b(?:in|at|from|of|to) {said}\b", joined))
    if after_place and after_place >= acts + says + (1 if spoken_to else 0):
        return False
    return bool(
        says or is_called or acts > 1 or (acts >= 1 and (spoken_to or owns or count > 1)) or (spoken_to and count > 1)
    )


def _merged(names: Iterable[str], counts: Counter[str]) -> dict[str, list[str]]:
    """The longest form of a name -> its shorter ones: White Rabbit, Rabbit; Mary Ann, Mary."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda one: (-len(one.split()), -counts[one])):
        parts = set(name.split())
        longer = next((one for one in found if parts < set(one.split())), None)
        if longer is None:
            found[name] = []
        else:
            found[longer].append(name)
    return found


def _named(name: str, shorter: Sequence[str], joined: str) -> Figure:
    last = name.split()[-1].lower()
    kinds = tables.kinds_of("en", "roles")
    told = re.search(rf"\b{re.escape(name)} was (?:the|a|an|her|his|my|their)(?: (?:\w+ )?)?(\w+)[.,)]", joined)
    animals = _listed("animals")
    role = last if last in animals or last in kinds else ""
    if told and (told[1] in animals or told[1] in kinds):
        role = told[1]
    kind = "animal" if role in animals else kinds.get(role, "person")
    title = name.split()[0].rstrip(".")
    gender = "female" if title in _listed("titles_of_women") else "male" if title in _listed("titles_of_men") else ""
    forms = [name, *shorter]
    forms += [last.title()] if role and len(name.split()) > 1 else []
    mentions = len(re.findall(rf"\b(?:{'|'.join(map(re.escape, forms))})\b", joined))
    plain = (
        [last] if kind == "animal" and len(name.split()) > 1 and last not in (one.lower() for one in shorter) else []
    )
    return Figure(
        name,
        (*shorter, *plain),
        role,
        kind,
        "male" if gender == "male" else "female" if gender else "",
        mentions=mentions,
    )


# ---- roles, animals, crowds, the narrator


def _roles(narration: str, taken: set[str]) -> list[Figure]:
    """People told by what they are: a determiner, at most two words that describe, and the role."""
    kinds = {role: kind for role, kind in tables.kinds_of("en", "roles").items() if role not in taken}
    joined = " ".join(narration.split())
    either = "|".join(sorted(map(re.escape, kinds), key=len, reverse=True))
    determiners = tables.of("en").people["determiners"]
    counts: Counter[str] = Counter()
    for one in re.finditer(
        rf"\b(?:{determiners})\s((?:(?!(?:{determiners})\b)[a-z-]+\s){{0,2}}?)({either})\b(?!['’]s [a-z]+ was)",
        joined,
        re.IGNORECASE,
    ):
        if not re.search(r"\b(?:of|and|was|were|like|to|in|her|his)\b", one[1]) and not _is_likened(
            joined, one.start()
        ):
            counts[one[2].lower()] += 1
    found = []
    for role, count in counts.items():
        if any(role != other and role in other.split() for other in counts):
            continue
        owned = role in _listed("relations")
        verbs = "|".join(_listed("animate"))
        acts = re.search(rf"\b{role} (?:\w+ly )?(?:{verbs})\b", joined)
        says = re.search(rf"\b(?:said|asked|cried|replied) (?:the|her|his) (?:\w+ )?{role}\b", joined)
        if count > 1 or owned or acts or says:
            found.append(Figure(role, (), role, kinds[role], mentions=count))
    return found


def _is_likened(joined: str, at: int) -> bool:
    """ "like a king", "as a child": nobody who is there."""
    return re.search(r"\b(?:like|as|than|been|be)\s$", joined[max(0, at - 6) : at]) is not None


def _animals(narration: str, taken: set[str]) -> list[Figure]:
    joined = " ".join(narration.split())
    verbs = "|".join(_listed("animate"))
    found = []
    for animal in _listed("animals"):
        acts = len(
            re.findall(
                rf"\b(?:[Tt]he|[Hh]er|[Hh]is|[Mm]y|[Aa]n?)(?: [a-z]+)? {animal} (?:\w+ly )?(?:{verbs})\b", joined
            )
        )
        said = len(re.findall(rf"\b(?:said|asked|cried|replied|answered) (?:the|her|his) (?:\w+ )?{animal}\b", joined))
        told = len(re.findall(rf"\b{animal}\b", joined))
        if animal not in taken and (said or acts > 1 or (acts and told > 1)):
            found.append(Figure(animal, (), animal, "animal", mentions=len(re.findall(rf"\b{animal}\b", joined))))
    return found


def _speaking(narration: str) -> list[Figure]:
    """Whoever says something, though no list knows it: the heron, the lamp-post."""
    joined = " ".join(narration.split())
    verbs = "|".join(one for one in tables.of("en").saying["verbs"] if " " not in one and one.endswith(("ed", "id")))
    told = re.findall(rf"'' (?:{verbs}) (?:the|an?) (?:[a-z]+ )??([a-z-]{{3,}})(?=[.,;:])", joined)
    told += re.findall(rf"'' ?[Tt]he (?:[a-z]+ )??([a-z-]{{3,}}) (?:{verbs})\b", joined)
    unknown = {word for one in tables.of("en").saying["unknown"] for word in one.split()}
    refused = unknown | set(tables.kinds_of("en", "roles")) | set(_listed("animals"))
    names = [one for one in dict.fromkeys(told) if one not in refused and not one.endswith("ly")]
    return [Figure(one, (), one, "animal", mentions=len(re.findall(rf"\b{one}\b", joined))) for one in names]


def _crowd(narration: str) -> list[Figure]:
    told = [
        one
        for one in ("the crowd", "everyone", "everybody", "the others")
        if re.search(rf"\b{one}\b", narration, re.IGNORECASE)
    ]
    plural = len(re.findall(r"\b[Tt]hey\b", narration))
    if not told or plural + len(told) < PLURAL_CROWD:
        return []
    return [Figure(told[0], tuple(told[1:]), CROWD, CROWD, mentions=plural)]


def _narrator(narration: str) -> Figure | None:
    count = len(re.findall(r"\bI\b", narration))
    if count < LEAST_SELF:
        return None
    kinds = tables.kinds_of("en", "roles")
    either = "|".join(sorted(map(re.escape, kinds), key=len, reverse=True))
    became = "was|am|worked as|had become|became"
    told = re.search(rf"\bI (?:{became}) (?:only |still |just |then )*(?:a|an|the)(?: [a-z]+)? ({either})\b", narration)
    years = years_in(re.findall(r"\bI was (?:only |just |not yet |about )?([a-z]+|\d{1,2})\b", narration))
    role = told[1] if told else ""
    kind = kinds.get(role, "child" if years is not None and years < 16 else "person")
    return Figure("the narrator", ("I",), role, kind, mentions=count)


def years_in(told: Iterable[str]) -> int | None:
    """The first that is a number of years, in words or digits."""
    return next((years for years in map(_number, told) if years is not None), None)


def _number(told: str) -> int | None:
    if told.isdigit():
        return int(told)
    tens, _, ones = told.lower().partition("-")
    if tens in TENS:
        return TENS[tens] + (NUMBERS.index(ones) if ones in NUMBERS else 0)
    return NUMBERS.index(tens) if tens in NUMBERS and not ones else None
