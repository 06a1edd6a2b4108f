"""A text told as shots: scene by scene, with the picture of each and the words spoken over it.

A scene lasts until the text names another place or time. A shot holds whole sentences, about as many as are spoken in
eight seconds; nothing of the text is left out or said in other words. The picture is a size of shot, chosen by what
happens (speech, movement, a look), and the clause that says most, by the weight of its key terms. Figures are names
and roles that the text mentions. It is told from the words alone: irony, dreams and pronouns are not understood.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reelwright.kernels.wording import words
from reelwright.kernels.wording.briefs import phrases
from reelwright.kernels.wording.words import Language

PACE = {"zh": 4.5, "en": 14.0}  # letters spoken in a second: 270 Chinese ones a minute, 150 English words
SHOT_SECONDS, MOST_SECONDS = 8.0, 16.0
HEADING = {"zh": 20, "en": 60}  # letters that a line without a full stop may have to be a heading
LEAST_MENTIONS, LONG_TEXT = 2, 3000  # of a name, to be a figure; one more in a text of so many letters
PARTING = {"zh": (r"(?<=[；;])", r"(?<=[，：])"), "en": (r"(?<=;)\s+", r"(?<=[,:])\s+")}
MOST_FIGURES = 8
PICTURE = {"zh": 40, "en": 110}  # letters of the clause that describes a picture
_SENTENCE_ZH = re.compile(r"[^。！？!?…]*[。！？!?…]+[”’」』）)]*|[^。！？!?…]+$")
_END_EN = re.compile(r"[.!?][\"'”’)]*(\s+)(?=[\"'“‘(]*[A-Z])")
_NOT_END = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc|e\.g|i\.e)|\b[A-Z])\.$")
_CLAUSES = {
    "zh": re.compile(r"[，；：。！？—…“”‘’「」（）\s]+"),
    "en": re.compile(r"[,;:.!?()\"“”]+\s*|\s--+\s*|(?<!\w)['‘]|['’](?!\w)"),
}
_SPOKEN = {
    "zh": re.compile(r"[“「『][^”」』]*[”」』]"),
    "en": re.compile(r"[\"“][^\"”]*[\"”]|(?<!\w)['‘].*?['’](?!\w)"),
}
_LED_BY = {
    "zh": re.compile(r"^(?:但是|但|虽然|可是|而且|而|便|又|因为|所以|如果|于是|然后|不过|还有|也|就|才)"),
    "en": re.compile(r"^(?:and|but|for|when|so|that|then|nor|or|while|as|though|if|which|who)\s+", re.IGNORECASE),
}
_NAME_EN = re.compile(r"(?<![.!?'\"“‘]\s)(?<!^)\b([A-Z][a-z]{2,}(?:\s[A-Z][a-z]+)?)\b")
_NO_NAME = re.compile(
    "The|This|That|There|Then|They|She|Her|His|Its|And|But|For|With|When|What|You|Well|Chapter|Not|How|Why|Yes|Let|"
    "Please|Christmas|Which|Who|Nor|Either"
)


@dataclass(frozen=True, slots=True)
class Shot:
    """`scene` counts from 1, as `number` does. `seconds`: about how long the narration takes to speak."""

    number: int
    scene: int
    place: str
    time: str
    size: str
    picture: str
    narration: str
    figures: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Script:
    title: str
    figures: tuple[str, ...]
    shots: tuple[Shot, ...]


def script(text: str, spoken: Language) -> Script:
    """The shots of a text; at least one if it holds a letter."""
    film = phrases(spoken).film
    headings, paragraphs = _paragraphs(text, spoken)
    weights = {term.casefold(): 1 / (1 + place) for place, term in enumerate(words.terms(text, spoken, most=40))}
    figures = _figures(text, spoken, film)
    shots: list[Shot] = []
    scene, place, time = 0, "", ""
    for paragraph in paragraphs:
        sentences = _sentences(paragraph, spoken)
        told = _SPOKEN[spoken].sub("", paragraph)  # a place that somebody speaks of is not where the scene is
        found = _place(told, film, spoken), _first(told, film["times"], spoken)
        if not scene or (found[0] and found[0] != place) or (found[1] and found[1] != time):
            scene, place, time = scene + 1, found[0] or place, found[1] or ("" if found[0] else time)
        for narration in _grouped(sentences, spoken):
            is_first = not shots or shots[-1].scene != scene
            size = _size(narration, film, spoken, is_first=is_first, before=[one.size for one in shots[-2:]])
            seen = tuple(one for one in figures if _mentions(narration, one, spoken))
            clause = _clause(narration, weights, seen, spoken)
            seconds = round(len(narration) / PACE[spoken], 1)
            shots.append(Shot(len(shots) + 1, scene, place, time, size, clause, narration, seen, seconds))
    return Script(headings[0] if headings else "", figures, tuple(shots))


def written(told: Script, spoken: Language) -> str:
    """The script as text: a line for a scene that begins, and one for each shot."""
    film = phrases(spoken).film
    colon, part = film["colon"], film["part"]
    lines = [told.title] if told.title else []
    scene = 0
    for one in told.shots:
        if one.scene != scene:
            scene = one.scene
            where = " · ".join(filter(None, (one.place, one.time))) or film["unplaced"]
            lines.append(f"{film['scene']} {scene}{colon}{where}")
        lines.append(
            f"{film['shot']} {one.number}{part}{one.size}{part}{film['picture']}{colon}{one.picture}"
            f"{part}{film['narration']}{colon}{one.narration}"
        )
    return "\n".join(lines)


# ---- paragraphs, sentences, shots


def _paragraphs(text: str, spoken: Language) -> tuple[list[str], list[str]]:
    """(headings, paragraphs). Lines of one paragraph are joined; a short line without an end is a heading."""
    glue = "" if spoken == "zh" else " "
    headings, found = list[str](), list[str]()
    for block in re.split(r"\n\s*\n" if re.search(r"\n\s*\n", text) else r"\n", text.strip()):
        joined = glue.join(line.strip() for line in block.splitlines() if line.strip())
        is_heading = len(joined) <= HEADING[spoken] and not re.search(r"[。！？!?…”\"]$|[a-z]\.$", joined)
        if joined and words.WORD.search(joined):
            (headings if is_heading else found).append(joined)
    return (headings, found) if found else ([], headings)


def _sentences(paragraph: str, spoken: Language) -> list[str]:
    if spoken == "zh":
        return [one.strip() for one in _SENTENCE_ZH.findall(paragraph) if one.strip()]
    found: list[str] = []
    for one in _between(paragraph, [one.span(1) for one in _END_EN.finditer(paragraph)]):
        if found and _NOT_END.search(found[-1]):
            found[-1] += f" {one}"
        else:
            found.append(one)
    return [one.strip() for one in found if one.strip()]


def _between(text: str, gaps: Sequence[tuple[int, int]]) -> Iterator[str]:
    start = 0
    for left, right in gaps:
        yield text[start:left]
        start = right
    yield text[start:]


def _grouped(sentences: Sequence[str], spoken: Language) -> Iterator[str]:
    """Narrations: whole sentences, or parts of one that is too long to be one shot."""
    glue, most = "" if spoken == "zh" else " ", SHOT_SECONDS * PACE[spoken]
    held = ""
    for sentence in sentences:
        for part in _parts(sentence, spoken):
            if held and len(held) + len(part) > most:
                yield held
                held = ""
            held = f"{held}{glue}{part}" if held else part
    if held:
        yield held


def _parts(sentence: str, spoken: Language) -> list[str]:
    """A very long sentence parted after semicolons, then after commas; each part no longer than must be."""
    most = MOST_SECONDS * PACE[spoken]
    parts = [sentence]
    for mark in PARTING[spoken]:
        cut = [_packed(re.split(mark, part), most, spoken) if len(part) > most else [part] for part in parts]
        parts = [piece for pieces in cut for piece in pieces]
    return parts


def _packed(pieces: Sequence[str], most: float, spoken: Language) -> list[str]:
    glue = "" if spoken == "zh" else " "
    packed: list[str] = []
    for piece in filter(None, pieces):
        if packed and len(packed[-1]) + len(piece) <= most:
            packed[-1] += glue + piece
        else:
            packed.append(piece)
    return packed


# ---- what is in a picture


def _size(narration: str, film: Mapping[str, Any], spoken: Language, *, is_first: bool, before: Sequence[str]) -> str:
    """The size of the shot, by what happens in it; never the same three times running."""
    if is_first:
        return str(film["wide"])
    has_speech = bool(re.search(r"[“”「」\"]|(?<!\w)['‘]\w", narration))
    ranked = [
        (film["close"], has_speech or _holds(narration, film["saying"], spoken)),
        (film["tracking"], _holds(narration, film["moving"], spoken)),
        (film["detail"], _holds(narration, film["feeling"], spoken)),
        (film["medium"], True),
        (film["close"], True),
    ]
    worn = before[0] if len(before) == 2 and before[0] == before[1] else ""
    return next(str(size) for size, holds in ranked if holds and size != worn)


def _clause(narration: str, weights: Mapping[str, float], figures: Sequence[str], spoken: Language) -> str:
    """The clause of the narration that says most."""
    clauses = [one.strip() for one in _CLAUSES[spoken].split(narration) if one and words.WORD.search(one)]
    if not clauses:
        return narration

    def says(clause: str) -> float:
        form = clause.casefold()
        weight = sum(value for term, value in weights.items() if term in form)
        shown = 0.5 * sum(_mentions(clause, one, spoken) for one in figures)
        is_long = len(clause) > PICTURE[spoken]
        return weight + shown + min(len(clause), PICTURE[spoken]) / PICTURE[spoken] / 2 - is_long

    best = max(clauses, key=says)
    best = _LED_BY[spoken].sub("", best) or best
    return best[0].upper() + best[1:]


def _place(paragraph: str, film: Mapping[str, Any], spoken: Language) -> str:
    """The place a paragraph names first: after a word that leads to one, or else any of the known ones."""
    if spoken == "en":
        return _after_preposition(paragraph, film["places"]) or ""
    cut = words.cut(paragraph, "zh")
    for index, word in enumerate(cut):
        is_place = word.text.endswith(tuple(film["places"])) and len(word.text) > 1
        if is_place and word.kind.startswith(("n", "s")):
            named = cut[index - 1] if index and cut[index - 1].kind in ("nr", "nz", "nt", "ns", "nrt") else None
            return f"{named.text}{word.text}" if named else word.text
    return ""


def _after_preposition(paragraph: str, places: Sequence[str]) -> str:
    """ "…on the bank", "in a long hall": the words after the article, up to the place."""
    known = "|".join(sorted(map(re.escape, places), key=len, reverse=True))
    lead = r"\b(?:in|on|at|into|to|down|through|across|near|inside|under|from|by)\s+(?:the|a|an|his|her|their)\s+"
    found = re.search(rf"{lead}((?:[a-z-]+,?\s){{0,2}}?(?:{known}))\b", paragraph)
    return found[1] if found else ""


def _first(text: str, listed: Sequence[str], spoken: Language) -> str:
    """Which of the listed stands first in the text."""
    at = {one: _where(text, one, spoken) for one in listed}
    there = [one for one in listed if at[one] >= 0]
    return min(there, key=lambda one: (at[one], -len(one)), default="")


def _where(text: str, term: str, spoken: Language) -> int:
    if spoken == "zh":
        return text.find(term)
    found = re.search(rf"\b{re.escape(term)}\b", text, re.IGNORECASE)
    return found.start() if found else -1


def _holds(text: str, listed: Sequence[str], spoken: Language) -> bool:
    return any(_where(text, one, spoken) >= 0 for one in listed)


def _mentions(text: str, figure: str, spoken: Language) -> bool:
    return _where(text, figure, spoken) >= 0


def _figures(text: str, spoken: Language, film: Mapping[str, Any]) -> tuple[str, ...]:
    """Who is in it, the most mentioned first."""
    if spoken == "zh":
        told = {one.text for one in words.cut(text, "zh") if one.kind == "nr" and len(one.text) > 1}
        names = Counter({one: text.count(one) for one in told})
    else:
        plain = Counter(re.findall(r"\b[a-z]+\b", text))  # a word that is mostly written small is no name
        found = Counter(one for one in _NAME_EN.findall(text) if not _NO_NAME.fullmatch(one.split()[0]))
        names = Counter({one: count for one, count in found.items() if count > plain[one.lower()]})
    least = LEAST_MENTIONS + (len(text) > LONG_TEXT)
    counts = {name: count for name, count in names.items() if count >= least}
    for role in film["roles"]:
        mentions = text.count(role) if spoken == "zh" else len(re.findall(rf"\b{role}\b", text))
        if mentions:
            counts.setdefault(role, mentions)
    ranked = sorted(counts, key=lambda name: -counts[name])
    return tuple(one for one in ranked if not any(one != other and one in other for other in ranked))[:MOST_FIGURES]
