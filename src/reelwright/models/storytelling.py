"""Figures, places, looks and prompts of a story by a language model, over what the built-in reader found.

The model is asked for figures and places of the story's beginning and end, and for actions and prompts of a few shots
at once. Its answers are checked against the text (a figure's name must stand in it) and the shots (each once); one that
does not fit is asked for once more, and then what the reader found stays, item by item. The spoken text is never the
model's.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol

import msgspec

from reelwright.errors import UpstreamFailed
from reelwright.kernels.story import details, places, tables
from reelwright.kernels.story.dressing import Dressed, Stage
from reelwright.kernels.story.figures import CROWD, Figure
from reelwright.kernels.story.places import Place
from reelwright.kernels.story.reader import Story
from reelwright.kernels.wording.words import Language
from reelwright.models import llm
from reelwright.models.llm import Llm, Message, Unfit
from reelwright.models.port import BUILTIN, Models, Provider

SHOWN = 6000  # letters of a story that a question holds
SHOTS = 10  # shots asked for at once
MOST_FIGURES, MOST_PLACES = 16, 12
LONGEST_LOOK, LONGEST_PROMPT = 200, 600
MOST_FAILURES = 2  # batches in a row, after which the model is not asked again
NAP = 0.2  # seconds between two looks whether the run was cancelled
LANGUAGES = {"zh": "Simplified Chinese", "en": "English"}


class Run(Protocol):
    """What is needed of an operator's context."""

    @property
    def models(self) -> Models: ...

    @property
    def seed(self) -> int: ...

    def check(self) -> None: ...

    def report(self, done: float, total: float | None, *, unit: str = ...) -> None: ...


class _Person(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    aliases: list[str]
    role: str
    gender: Literal["male", "female", ""]
    age: Literal["child", "young", "adult", "old"]
    look: str


class _Where(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    look: str


class _Cast(msgspec.Struct, forbid_unknown_fields=True):
    figures: list[_Person]
    places: list[_Where]


class _Seen(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    action: str
    picture: str


class _Shots(msgspec.Struct, forbid_unknown_fields=True):
    shots: list[_Seen]


def provider(models: Models, engine: str) -> Provider:
    """The language model of the settings where there is one and it is wanted; else the built-in reader."""
    if engine == "builtin":
        return BUILTIN
    found = llm.provider(models)
    if engine == "model" and found is None:
        llm.opened(models)  # tells how to name one
    return found or BUILTIN


def kind_of(role: str, language: Language) -> str:
    """The kind of a role, as the tables have it."""
    people = tables.of(language).people
    if role == CROWD:
        return CROWD
    if role in tables.of(language).listed(people, "animals"):
        return "animal"
    return tables.kinds_of(language, "roles").get(role, "person")


def enriched(story: Story, run: Run, *, insists: bool = False) -> Story:
    """The story with figures, places and looks as the model tells them, where they stand in the text.

    Where the model gives no fitting answer the story stays as it was, or UpstreamFailed if the caller `insists`.
    """
    model = llm.opened(run.models, pause=_nap(run), temperature=0.3)
    text = "\n".join(one.text for one in story.boards)
    try:
        answer = model.ask(_question(story, text), _Cast, check=_named_in(text), seed=run.seed)
    except UpstreamFailed:
        if insists:
            raise
        return story
    figures = _figures(story, answer.value.figures, text)
    found = _places(story, answer.value.places, text)
    return replace(story, figures=tuple(figures), places=tuple(found))


def _question(story: Story, text: str) -> list[Message]:
    rules = (
        "You cast a film of a story. List its figures (people, animals that act, a first-person narrator under the "
        "name the reader gave it) and its places, as the story names them, letter by letter. In "
        f"{LANGUAGES[story.language]} "
        "give each figure a look of at most 30 words: age, hair, clothes with colours, one constant thing; and each "
        "place one of at most 20 words. Keep to what the story says; where it is silent, choose what fits its time."
    )
    shown = text if len(text) <= SHOWN else f"{text[: SHOWN * 2 // 3]}\n…\n{text[-SHOWN // 3 :]}"
    known = ", ".join(f"{one.name} ({'/'.join((one.role, *one.aliases))})" for one in story.figures)
    where = ", ".join(one.name for one in story.places)
    asked = f"A reader found the figures: {known or 'none'}; the places: {where or 'none'}.\n\nThe story:\n{shown}"
    return [Message("system", rules), Message("user", asked)]


def _named_in(text: str) -> Callable[[_Cast], None]:
    form = text.casefold()

    def check(value: _Cast) -> None:
        if not value.figures and not value.places:
            raise Unfit("it names neither figures nor places")
        strange = [one.name for one in value.figures if not _stands(form, one.name, one.aliases)]
        if len(strange) * 2 > len(value.figures):
            raise Unfit(f"the story does not name {', '.join(strange)}; use the story's own names")

    return check


def _stands(form: str, name: str, aliases: Sequence[str]) -> bool:
    return any(one.strip() and one.strip().casefold() in form for one in (name, *aliases))


def _figures(story: Story, told: Sequence[_Person], text: str) -> list[Figure]:
    """Each of the reader's, bettered; then those that only the model found."""
    by_name = {name.strip().casefold(): one for one in told for name in (one.name, *one.aliases)}
    found = []
    used: set[str] = set()
    for one in story.figures:
        better = next(
            (by_name[name.casefold()] for name in (one.name, *one.aliases) if name.casefold() in by_name), None
        )
        found.append(_bettered(one, better) if better and better.name not in used else one)
        used |= {better.name} if better else set()
    form = text.casefold()
    for person in told:
        if person.name not in used and _stands(form, person.name, ()) and len(found) < MOST_FIGURES:
            found.append(_new(person, story.language, form))
            used.add(person.name)
    return found


def _bettered(one: Figure, told: _Person) -> Figure:
    look = " ".join(told.look.split())[:LONGEST_LOOK]
    return replace(one, gender=one.gender or told.gender, age=told.age, look=look or one.look)


def _new(told: _Person, language: Language, form: str) -> Figure:
    role = told.role.strip()
    aliases = tuple(one.strip() for one in told.aliases if one.strip() and one.strip().casefold() in form)
    name = told.name.strip()
    figure = Figure(
        name, aliases, role, kind_of(role, language), told.gender, told.age, "", max(1, form.count(name.casefold()))
    )
    look = " ".join(told.look.split())[:LONGEST_LOOK]
    return replace(figure, look=look or str(tables.of(language).looks[details.noun_key(figure)]))


def _places(story: Story, told: Sequence[_Where], text: str) -> list[Place]:
    looks = {one.name.strip().casefold(): " ".join(one.look.split())[:LONGEST_LOOK] for one in told}
    found = []
    for one in story.places:
        look = next((looks.pop(name.casefold()) for name in (one.name, *one.aliases) if looks.get(name.casefold())), "")
        found.append(replace(one, look=_with_hint(look, one.kind, story.language)) if look else one)
    for where in told:
        name = where.name.strip()
        if name and looks.get(name.casefold()) and name.casefold() in text.casefold() and len(found) < MOST_PLACES:
            kind = places.kind_of(name, story.language)
            look = _with_hint(looks.pop(name.casefold()), kind, story.language)
            found.append(Place(name, (), kind, look, text.casefold().count(name.casefold())))
    return found


def _with_hint(look: str, kind: str, language: Language) -> str:
    """The kind in words that the painter knows, for tiers without a model of pictures."""
    hint = tables.of(language).places_hints[kind]
    return look if hint in look else f"{look}，{hint}" if language == "zh" else f"{look}, {hint}"


# ---- shots


def redressed(found: Sequence[Dressed], stage: Stage, style: str, run: Run, *, insists: bool = False) -> list[Dressed]:
    """The shots with actions and prompts by the model. A batch that it cannot tell keeps the reader's, and so do all
    after the second one in a row; or UpstreamFailed if the caller `insists`.
    """
    model = llm.opened(run.models, pause=_nap(run), temperature=0.5)
    made: list[Dressed] = []
    failures = 0
    for start in range(0, len(found), SHOTS):
        part = found[start : start + SHOTS]
        if failures < MOST_FAILURES:
            try:
                part, failures = _batch(model, part, start, stage, style, run), 0
            except UpstreamFailed:
                if insists:
                    raise
                failures += 1
        made += part
        run.report(len(made), len(found), unit="shot")
    return made


def _batch(model: Llm, part: Sequence[Dressed], start: int, stage: Stage, style: str, run: Run) -> list[Dressed]:
    answer = model.ask(
        _shot_question(part, start, stage, style), _Shots, check=_each_once(len(part), start), seed=run.seed
    )
    told = {one.number: one for one in answer.value.shots}
    return [_told(one, told[start + at]) for at, one in enumerate(part)]


def _told(one: Dressed, seen: _Seen) -> Dressed:
    action, picture = " ".join(seen.action.split()), " ".join(seen.picture.split())
    if not picture or len(picture) > LONGEST_PROMPT:
        return one
    clip = (
        f"{picture} {one.clip_prompt}"
        if one.action not in one.clip_prompt
        else one.clip_prompt.replace(one.action, picture)
    )
    return replace(one, action=action or one.action, picture_prompt=f"{one.picture_prompt} {picture}", clip_prompt=clip)


def _shot_question(part: Sequence[Dressed], start: int, stage: Stage, style: str) -> list[Message]:
    cast = "; ".join(f"{one.name}: {one.look}" for one in stage.cast.figures)
    rules = (
        f"You write picture prompts in {LANGUAGES[stage.language]} for the shots of a film"
        f"{f' in the style {style}' if style else ''}. For each numbered shot give `action` (what happens, at most 12 "
        "words) and `picture` (one sentence: place, light, the figures by name, what they do). Show only what the "
        f"shot's text lets happen. The figures: {cast or 'none'}."
    )
    asked = "\n".join(f"{start + at}. [{_where(one, stage)}] {one.take.text}" for at, one in enumerate(part))
    return [Message("system", rules), Message("user", asked)]


def _where(one: Dressed, stage: Stage) -> str:
    place = stage.places[one.place].name if one.place is not None else "-"
    return f"{one.size}; {place}; {one.time}"


def _each_once(count: int, start: int) -> Callable[[_Shots], None]:
    wanted = set(range(start, start + count))

    def check(value: _Shots) -> None:
        missing = sorted(wanted - {one.number for one in value.shots})
        if missing:
            raise Unfit(f"shots {', '.join(map(str, missing))} are missing")

    return check


def _nap(run: Run) -> Callable[[float], None]:
    """Waits, and ends with the run if that is cancelled."""

    def nap(seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            run.check()
            time.sleep(min(NAP, left))

    return nap
