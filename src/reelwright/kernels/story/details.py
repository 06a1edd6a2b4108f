"""What a text tells of its figures: gender by role and pronouns, age by words for it, and how they look.

A look is a phrase for pictures: what the figure is, then what the text says of body and clothes in its own words. Where
it tells no clothes, each figure gets a colour of its own, so that figures are told apart in every shot.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reelwright.kernels.story import cutting, tables
from reelwright.kernels.story.figures import CROWD, Age, Cast, Figure, Gender, Mention
from reelwright.kernels.story.naming_en import years_in
from reelwright.kernels.story.naming_zh import age_of
from reelwright.kernels.wording.words import Language

EPITHETS = {
    "boy": ("male", "child"),
    "girl": ("female", "child"),
    "old_man": ("male", "old"),
    "old_woman": ("female", "old"),
}
"""Kind of a role -> gender and age of whom it may stand for."""
SURE = 1  # pronouns that make an animal he or she
MOST_TOLD = 3  # clauses of a look that are the text's own
LONGEST_CLAUSE = {"zh": 16, "en": 48}
MALE_KINDS, FEMALE_KINDS = frozenset({"man", "boy", "old_man"}), frozenset({"woman", "girl", "old_woman"})
AGES: dict[str, Age] = {"boy": "child", "girl": "child", "child": "child", "old_man": "old", "old_woman": "old"}
_NOT_LED = "".join(
    rf"(?<!\b{one} )" for one in ("by", "to", "at", "for", "with", "of", "near", "behind", "past", "from", "on")
)
_VOTES = {
    "zh": (
        re.compile(r"(?<![给对向把朝跟和让叫问在吉其])他(?!们)"),
        re.compile(r"(?<![给对向把朝跟和让叫问在])她(?!们)"),
    ),
    "en": (
        re.compile(rf"\b(?:he|his|himself)\b|{_NOT_LED}him\b", re.I),
        re.compile(rf"\b(?:she|hers|herself)\b|{_NOT_LED}her\b", re.I),
    ),
}
_ACTS = {
    "zh": tuple(re.compile(rf"(?:^|[，。；！？”」])\s*{one}(?![们的])", re.MULTILINE) for one in "他她"),
    "en": (re.compile(r"\bhe\b", re.I), re.compile(r"\bshe\b", re.I)),
}
"""Pronouns that can mean nobody but who acts; they count twice."""
_OPENS = re.compile(r"(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er)\b|[他她](?!们)")
_CLAUSES = {"zh": re.compile(r"[，。！？；：…—“”\n]+"), "en": re.compile(r"[,.;:!?()\n]+|--")}
_PASSING = re.compile(
    "涨红|低下|抬起|转过|露出|显出|笼上|睁|涨|变|回过|伸|望着|看着|捂|擦|垂|眯|摘|脱|眨|闭|看了|拍"
)  # of a face, and gone the next moment
_LOOKS_EN = re.compile(
    r"\b(?:with|in|wore|wearing|had|and|dressed in)\s+((?:an?\s|his\s|her\s|the\s)?(?:[a-z-]+\s){0,3}?(?:eyes|hair"
    r"|beard|face|coat|dress|hat|cloak|waistcoat|boots|spectacles|glasses|whiskers|shawl|gown|apron|jacket|scarf|cap|moustache"
    r"|uniform|overalls))\b(?!-)",
    re.IGNORECASE,
)
_WEARS_ZH = re.compile(
    r"([穿披戴])(?:着|的)?(?:虽然)?(?:是)?(?:[一两][件条顶副])?([\u4e00-\u9fff]{0,6}?(?:长衫|棉袄|夹袄|袍子|长袍|裙子|裙|衫|大衣|衣服|外套|斗篷"
    r"|帽子|帽|眼镜|围巾|制服|工装|雨衣))"
)
_CLOTHES = re.compile(r"穿|戴|披|衫|袄|裙|袍|衣|coat|dress|cloak|gown|jacket|clothes|uniform|apron|shawl|overalls")


def detailed(figures: Sequence[Figure], narration: str, language: Language) -> list[Figure]:
    """The figures with gender, age and look."""
    cast = Cast(figures, language)
    votes, told, ages = _read(cast, narration)
    found = []
    for place, one in enumerate(figures):
        gender = _gender(one, votes[place])
        age = _age(one, narration, told[place], ages.get(place), language)
        found.append(replace(one, gender=gender, age=age))
    found, told = _known_by_epithet(found, told, narration, language)
    outfit = _outfit(narration, language)
    return [replace(one, look=_look(one, place, told[place], outfit, language)) for place, one in enumerate(found)]


def _known_by_epithet(
    figures: Sequence[Figure], told: Mapping[int, list[str]], narration: str, language: Language
) -> tuple[list[Figure], dict[int, list[str]]]:
    """ "The boy" is the one named figure that is a boy, where no other boy is ever brought in ("a boy")."""
    kept, looks = list[Figure](), dict[int, list[str]]()
    for place, one in enumerate(figures):
        same = [other for other in figures if other.name != one.name and _may_be(one, other)]
        if (
            one.kind in EPITHETS
            and one.name == one.role
            and len(same) == 1
            and not is_brought_in(one.name, narration, language)
        ):
            continue
        mine = [
            other.name
            for other in figures
            if other.kind in EPITHETS and other.name == other.role and _may_be(other, one)
        ]
        alone = [
            name
            for name in mine
            if name != one.name
            and sum(_may_be(Figure(name, kind=tables.kinds_of(language, "roles")[name]), other) for other in figures)
            == 1
            and not is_brought_in(name, narration, language)
        ]
        looks[len(kept)] = list(told.get(place, ()))
        kept.append(replace(one, aliases=(*one.aliases, *alone)))
    return kept, looks


def _may_be(epithet: Figure, named: Figure) -> bool:
    """Could the figure of a name be called that?"""
    if named.kind != "person" or named.name == named.role or named.role == CROWD:
        return False
    return EPITHETS.get(epithet.kind) == (named.gender, named.age)


def is_brought_in(role: str, narration: str, language: Language) -> bool:
    """As somebody new: a boy, another boy, two boys."""
    if language == "zh":
        return re.search(rf"[一个位名几两群][\u4e00-\u9fff]{{0,4}}{role}", narration) is not None
    return (
        re.search(
            rf"\b(?:an?|another|some|other|two|three|old|young|her|his|my|their)\s(?:\w+\s)?{role}s?\b", narration, re.I
        )
        is not None
    )


def _read(cast: Cast, narration: str) -> tuple[dict[int, Counter[str]], dict[int, list[str]], dict[int, int]]:
    """Per figure: votes of pronouns, what is said of its looks, and its years."""
    votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    told: defaultdict[int, list[str]] = defaultdict(list)
    ages: dict[int, int] = {}
    current: int | None = None
    is_clear = True  # one figure only was named last
    is_near = False  # in this paragraph, or it goes on with a pronoun
    for sentence, is_first in _sentences(narration):
        mentions = cast.mentions(sentence)
        people = dict.fromkeys(one.figure for one in mentions)
        if people:
            current, is_clear = next(iter(people)), len(people) == 1
        is_near = bool(people) or (is_first and _OPENS.match(sentence) is not None) or (is_near and not is_first)
        if current is None or not is_near:
            continue  # "he asked" in another paragraph is as often somebody else
        if current == cast.narrator:
            continue
        if is_clear and cast.figures[current].role != CROWD:
            votes[current] += _votes(sentence, mentions[0].start if mentions else 0, cast.language)
        for owner, look in _looks_in(sentence, mentions, current, cast.language):
            told[owner] += [look] if not cast.mentions(look) else []
        years = _years(sentence, cast.language)
        if years is not None and is_clear:
            ages.setdefault(current, years)
    return votes, told, ages


def _votes(sentence: str, start: int, language: Language) -> Counter[str]:
    """Pronouns after a name. Where one acts before it ("She ran on, but the Rabbit …") they are somebody else's."""
    if any(one.search(sentence, 0, start) for one in _ACTS[language]):
        return Counter()
    both = zip(("male", "female"), _VOTES[language], _ACTS[language], strict=True)
    return Counter({one: len(a.findall(sentence, start)) + len(b.findall(sentence, start)) for one, a, b in both})


def _sentences(narration: str) -> Iterator[tuple[str, bool]]:
    """Those of each paragraph, and which is its first; where a speech was, one ends."""
    for paragraph in narration.split("\n"):
        parts = (one for piece in paragraph.split("''") for one in cutting.sentences(piece))
        for number, sentence in enumerate(parts):
            yield sentence, not number


def _years(sentence: str, language: Language) -> int | None:
    """Of whoever a pronoun means: he was nine."""
    if language == "zh":
        return age_of(re.findall(r"[他她](?:今年|才|已经|那年|刚)?([一二三四五六七八九十\d]{1,3})岁", sentence))
    return years_in(
        re.findall(
            r"\b(?:[Hh]e|[Ss]he) (?:was|is) (?:only |just |about |not yet )?([a-z-]+|\d{1,2})(?= years|[,.;])", sentence
        )
    )


def _gender(figure: Figure, votes: Counter[str]) -> Gender:
    if figure.gender:
        return figure.gender
    if figure.kind in MALE_KINDS:
        return "male"
    if figure.kind in FEMALE_KINDS:
        return "female"
    if (
        figure.role == CROWD
        or votes["male"] == votes["female"]
        or (figure.kind == "animal" and sum(votes.values()) < SURE)
    ):
        return ""
    return "male" if votes["male"] > votes["female"] else "female"


def _age(figure: Figure, narration: str, told: Sequence[str], aged: int | None, language: Language) -> Age:
    if figure.kind in AGES:
        return AGES[figure.kind]
    words = tables.of(language)
    people = words.people
    joined = " ".join(told)
    name = re.escape(figure.name)
    if language == "en":
        if re.search(rf"\blittle {name}\b", narration):
            return "child"
        if re.search(rf"\b[Oo]ld {name}\b", narration):
            return "old"
        years = years_in(re.findall(rf"\b{name},? (?:who )?(?:was|is|aged)? ?([a-z-]+|\d{{1,2}})\b", narration)) or aged
    else:
        years = age_of(re.findall(rf"{name}[^。，]{{0,6}}?([一二三四五六七八九十\d]{{1,3}})岁", narration)) or aged
        if figure.name.startswith("老") or any(one in joined for one in words.listed(people, "old")):
            return "old"
    if years is not None:
        return "child" if years < 15 else "young" if years < 30 else "adult" if years < 60 else "old"
    near = re.findall(rf".{{0,12}}{name}.{{0,12}}", narration)[:3]
    young = any(
        word in one for one in near for word in words.listed(people, "young") if language == "zh" or word == "young"
    )
    return "young" if young else "adult"


# ---- looks


def _looks_in(
    sentence: str, mentions: Sequence[Mention], current: int, language: Language
) -> Iterator[tuple[int, str]]:
    """(whose, the look). In English of the figure named just before; in Chinese of who the sentence is about."""
    if language == "zh":
        yield from ((current, one) for one in _looks_zh(sentence))
        return
    for one in _LOOKS_EN.finditer(sentence):
        owner = next((named.figure for named in reversed(mentions) if named.end <= one.start()), current)
        look = " ".join(one[1].split())
        if one.group().lower().startswith("and") and not _LOOKS_EN.search(sentence[: one.start()]):
            continue  # "… and his face": no list of looks
        yield owner, f"in {look}" if _CLOTHES.search(look) else f"with {look}"


def _looks_zh(sentence: str) -> Iterator[str]:
    words = tables.of("zh").listed(tables.of("zh").people, "look_words")
    for clause in _CLAUSES["zh"].split(sentence):
        tidy = re.sub(r"^[他她它](?!们)(?:的)?", "", clause.strip())
        dressed = _WEARS_ZH.search(tidy)
        if dressed:
            yield f"{dressed[1]}{dressed[2]}"
        elif 3 <= len(tidy) <= LONGEST_CLAUSE["zh"] and any(one in tidy for one in words) and not _PASSING.search(tidy):
            yield re.sub(r"^(?:虽然|可是|但|便|只|也|却|又)", "", tidy)


def _outfit(narration: str, language: Language) -> str:
    looks = tables.of(language).looks

    def count(key: str) -> int:
        found = tables.pattern(language, tuple(tables.of(language).listed(looks, key))).findall(narration)
        return len({one.lower() for one in found})

    if count("modern_times") > count("old_times"):
        return str(looks["wears_modern"])
    return str(looks["wears_old" if count("old_times") > 1 else "wears"])


def _look(figure: Figure, place: int, told: Sequence[str], outfit: str, language: Language) -> str:
    looks = tables.of(language).looks
    noun = _noun(figure, language)
    mark = "，" if language == "zh" else ", "
    if figure.role == CROWD:
        return str(looks["crowd"])
    all_told = [one for one in dict.fromkeys(told) if figure.name not in one]
    own = [one for one in all_told if not _CLOTHES.search(one)][:MOST_TOLD] + [
        one for one in all_told if _CLOTHES.search(one)
    ][:1]
    colours = tables.of(language).listed(looks, "colours")
    if figure.kind != "animal" and not any(_CLOTHES.search(one) for one in own):
        own.append(outfit.format(colour=colours[place % len(colours)]))
    return mark.join([noun, *own]) if language == "zh" else f"{noun} {mark.join(own)}".strip()


def _noun(figure: Figure, language: Language) -> str:
    looks = tables.of(language).looks
    if figure.kind == "animal":
        return (
            figure.name
            if language == "zh"
            else (figure.name.lower() if figure.role in figure.name.lower() else figure.role)
        )
    noun = str(looks[noun_key(figure)])
    role = figure.role if figure.role and figure.role not in noun and not figure.role.endswith("人") else ""
    if language == "zh":
        return f"{role}，{noun}" if role else noun
    return f"{role}, {noun}" if role and role not in ("boy", "girl", "child") else noun


def noun_key(figure: Figure) -> str:
    """Which of the tables' words for looks it is."""
    if figure.role == CROWD:
        return "crowd"
    names = {"male": ("boy", "young_man", "man", "old_man"), "female": ("girl", "young_woman", "woman", "old_woman")}
    place = ("child", "young", "adult", "old").index(figure.age)
    if figure.gender:
        return names[figure.gender][place]
    return "child" if figure.age == "child" else "old_man" if figure.age == "old" else "person"
