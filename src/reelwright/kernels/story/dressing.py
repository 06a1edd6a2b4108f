"""What is seen in each shot: its size, its camera, the action, and the prompts for picture and clip.

A prompt names the place with its look, time, weather and season, who is there and what happens, in the story's
language, in words that the built-in painter knows and a real model understands. Sizes follow what happens: a scene
opens wide, speech is close, a look or a hand is a detail; never the same three times running. So do cameras.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.kernels.story import details, surroundings, tables
from reelwright.kernels.story.figures import CROWD, Cast
from reelwright.kernels.story.places import Place, Prop
from reelwright.kernels.story.shots import Take
from reelwright.kernels.wording import words
from reelwright.kernels.wording.words import Language

MOST_SEEN, MOST_PROPS = 4, 3
DOES = "vdpz"  # classes of words that a clause without a subject begins with
LONGEST_ACTION = {"zh": 40, "en": 110}
CAMERAS = {
    "wide": ("pull", "right", "left"),
    "medium": ("right", "push", "left"),
    "close": ("push", "still", "orbit"),
    "detail": ("push", "down", "up"),
}
_CLAUSES = {
    "zh": re.compile(r"[，；：。！？—…“”‘’「」（）\s]+"),
    "en": re.compile(r"[,;:.!?()\"“”]+\s*|\s--+\s*|--+|(?<!\w)['‘]|['’](?!\w)"),
}
_LED = {
    "zh": re.compile(
        r"^(?:但是|但|虽然|可是|而且|而|便|又|因为|所以|如果|于是|然后|不过|还有|也|就|才|这时|忽然|突然|一面)+"
    ),
    "en": re.compile(
        r"^(?:(?:and|but|for|when|so|that|then|nor|or|while|as|though|if|which|who|just|suddenly|however)\s+)+", re.I
    ),
}
_PRONOUN = {
    "zh": re.compile(r"^(?:他们|她们|他|她|它)(?!们)"),
    "en": re.compile(r"^(?:he|she|they)\b", re.I),
}


@dataclass(frozen=True, slots=True)
class Dressed:
    """A shot ready to be told. Figures and props are numbers; `place` is one, or None for a story without any."""

    take: Take
    place: int | None
    figures: tuple[int, ...]
    props: tuple[int, ...]
    time: str
    weather: str
    season: str
    mood: str
    size: str
    camera: str
    action: str
    picture_prompt: str
    clip_prompt: str


@dataclass(frozen=True)
class Stage:
    """What a story has to show."""

    cast: Cast
    places: Sequence[Place]
    props: Sequence[Prop]

    @property
    def language(self) -> Language:
        return self.cast.language


def dressed(takes: Sequence[Take], stage: Stage) -> list[Dressed]:
    found: list[Dressed] = []
    opening = next((one.place for take in takes for one in [take.units[0].setting] if one.place is not None), None)
    usual = opening if opening is not None else (0 if stage.places else None)
    elsewhere = "" if stage.places else _unplaced("\n".join(take.text for take in takes), stage.language)
    sizes: list[str] = []
    before: tuple[int | None, str] | None = None
    for number, take in enumerate(takes):
        setting = take.units[-1].setting
        place = setting.place if setting.place is not None else usual
        time = setting.time or surroundings.DEFAULT_TIME
        size = _size(take, stage.language, opens=before != (place, time), before=sizes[-2:])
        sizes.append(size)
        before = (place, time)
        options = CAMERAS[size]
        camera = options[number % len(options)]
        found.append(_one(take, stage, place, elsewhere, time, size, camera))
    return found


def _unplaced(text: str, language: Language) -> str:
    """Where a story may be that names no place, by what it is about."""
    table = tables.of(language)
    counts = {
        kind: len(tables.pattern(language, tuple(listed)).findall(text)) if listed else 0
        for kind, listed in table.unplaced.items()
    }
    most = max(counts.values())
    return table.places_hints[next(kind for kind in counts if counts[kind] == most) if most else [*counts][-1]]


def _one(take: Take, stage: Stage, place: int | None, elsewhere: str, time: str, size: str, camera: str) -> Dressed:
    """`elsewhere`: in words for pictures, for a story without any place."""
    language = stage.language
    setting = take.units[-1].setting
    figures, props = _seen(take), _props(take, stage)
    action = _action(take, stage)
    mood = surroundings.mood(take.text, language)
    table = tables.of(language)
    time, weather, season, mood = (
        surroundings.told(time, "times", language),
        surroundings.told(setting.weather, "weather", language),
        surroundings.told(setting.season, "seasons", language),
        surroundings.told(mood, "moods", language),
    )
    where = stage.places[place].look if place is not None else elsewhere
    shown = _scene_words(stage, where, time, weather, season, figures, action)
    size_word, camera_word = str(table.shots[size]), table.cameras[camera]
    comma, stop = str(table.shots["comma"]), str(table.shots["stop"])
    picture = comma.join([size_word, *shown]) + stop
    clip = comma.join([camera_word, *shown, mood]) + stop
    return Dressed(
        take, place, figures, props, time, weather, season, mood, size_word, camera_word, action, picture, clip
    )


def _scene_words(
    stage: Stage, where: str, time: str, weather: str, season: str, figures: Sequence[int], action: str
) -> list[str]:
    names = [_shown(stage, one) for one in figures]
    people = [str(tables.of(stage.language).shots["and"]).join(names)] if names else []
    return [one for one in (where, time, weather, season, *people, action) if one]


def _shown(stage: Stage, number: int) -> str:
    """The name, and in words that can be painted what it is."""
    figure = stage.cast.figures[number]
    looks = tables.of(stage.language).looks
    noun = figure.role if figure.kind == "animal" else str(looks[details.noun_key(figure)])
    if figure.kind == "person" and noun == looks["person"]:
        return figure.name
    if noun in figure.name or noun.lower() in figure.name.lower().split():
        return figure.name
    return f"{figure.name}（{noun}）" if stage.language == "zh" else f"{figure.name} ({noun})"


def _seen(take: Take) -> tuple[int, ...]:
    speaker = [take.speaker] if take.speaker is not None else []
    there = (one for unit in take.units for one in (*([unit.subject] if unit.subject in unit.seen else []), *unit.seen))
    return tuple(dict.fromkeys(one for one in (*speaker, *there) if one is not None))[:MOST_SEEN]


def _props(take: Take, stage: Stage) -> tuple[int, ...]:
    told = "".join(unit.text for unit in take.units if unit.speaker is None).casefold()
    return tuple(number for number, one in enumerate(stage.props) if one.name in told)[:MOST_PROPS]


def _size(take: Take, language: Language, *, opens: bool, before: Sequence[str]) -> str:
    if opens:
        return "wide"
    shots = tables.of(language).shots
    is_crowd = any(unit.subject is not None for unit in take.units) is False
    told = "".join(unit.text for unit in take.units if unit.speaker is None)

    def holds(key: str) -> bool:
        listed = shots[key]
        return tables.pattern(language, tuple(listed)).search(told) is not None

    ranked = [
        ("close", take.speaker is not None),
        ("wide", is_crowd),
        ("medium", holds("moving")),
        ("detail", holds("feeling")),
        ("medium", True),
        ("close", True),
    ]
    worn = before[0] if len(before) == 2 and before[0] == before[1] else ""
    return next(size for size, fits in ranked if fits and size != worn)


# ---- what happens


def _action(take: Take, stage: Stage) -> str:
    """The clause that shows most, with a name for its pronoun; of speech its tag."""
    language = stage.language
    if take.speaker is not None:
        return _speaking(take, take.speaker, stage)
    clauses = [
        (one.strip(), unit)
        for unit in take.units
        for one in _CLAUSES[language].split(unit.text)
        if one and any(letter.isalpha() for letter in one)
    ]
    if not clauses:
        return ""
    best, unit = max(clauses, key=lambda one: _shows(one[0], stage))
    return _with_name(_LED[language].sub("", best) or best, unit.subject, stage)


def _shows(clause: str, stage: Stage) -> float:
    language = stage.language
    shots = tables.of(language).shots
    longest = LONGEST_ACTION[language]
    moves = tables.pattern(language, tuple(shots["moving"])).search(clause) is not None
    looks = tables.pattern(language, tuple(shots["feeling"])).search(clause) is not None
    does = tables.pattern(language, tuple(shots["doing"])).search(clause) is not None
    named = bool(stage.cast.mentions(clause)) or _PRONOUN[language].match(clause) is not None
    return (
        max(moves, 0.8 * does)
        + 0.6 * looks
        + 0.5 * named
        + min(len(clause), longest / 2) / longest
        - 2 * (not longest / 9 < len(clause) <= longest)
    )


def _with_name(clause: str, subject: int | None, stage: Stage) -> str:
    language = stage.language
    if subject is None:
        return clause
    name = stage.cast.figures[subject].name
    if _PRONOUN[language].match(clause):
        return _PRONOUN[language].sub(name, clause, count=1)
    if language == "zh" and re.match("我(?!们)", clause) and subject == stage.cast.narrator:
        return name + clause[1:]
    if stage.cast.mentions(clause):
        return clause
    if language == "en" or words.cut(clause, "zh")[0].kind[0] not in DOES:
        return clause  # it has a subject of its own
    return f"{name}{clause}"


def _speaking(take: Take, speaker: int, stage: Stage) -> str:
    language = stage.language
    name = stage.cast.figures[speaker].name
    says = str(tables.of(language).shots["says"])
    tag = next((unit.action for unit in take.units if unit.speaker == speaker and unit.action), "")
    clauses = [one.strip() for one in _CLAUSES[language].split(tag) if one.strip()]
    shown = [one for one in clauses if _tells_manner(one, language)]
    plain = f"{name}{says}" if language == "zh" else f"{name} {says}"
    if not shown or stage.cast.figures[speaker].role == CROWD:
        return plain
    best = max(shown, key=lambda one: _shows(one, stage))
    manner = _with_name(_LED[language].sub("", best), speaker, stage)
    comma = str(tables.of(language).shots["comma"])
    return f"{manner}{comma}{plain}"


def _tells_manner(clause: str, language: Language) -> bool:
    """More than "he said": a look or a movement."""
    shots = tables.of(language).shots
    tells = [*tables.of(language).listed(shots, "moving"), *tables.of(language).listed(shots, "feeling")]
    return (
        len(clause) <= LONGEST_ACTION[language] // 2
        and tables.pattern(language, tuple(tells)).search(clause) is not None
    )
