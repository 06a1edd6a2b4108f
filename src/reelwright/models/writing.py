"""Copy, titles and the pictures of a storyboard, by a language model.

Texts are asked for a few at a time. Each that is too long, lacks every keyword or was there before is dropped, and as
many are asked for again; a model that keeps giving bad ones is not asked for ever, so fewer may come back than were
wanted. A storyboard keeps its shots and every word of its narration; the model only says what is seen in each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from reelwright.kernels.wording.shots import Script, Shot
from reelwright.models.llm import Llm, Message, Unfit

BATCH = 10  # texts asked for at once; small models lose count of more
SPARE = 1.5  # times as many questions as would be enough if every text were good
SHOTS = 12  # shots described at once
KNOWN_SHOWN = 20  # texts of before that a question repeats, so that the next ones differ
LANGUAGES = {"zh": "Simplified Chinese", "en": "English"}
KINDS = {"copy": "short advertising texts of whole sentences", "title": "catchy titles, one line each, no full stop"}


@dataclass(frozen=True, slots=True)
class Wish:
    """`length`: the most letters of one text."""

    kind: Literal["copy", "title"]
    keywords: Sequence[str]
    count: int
    length: int
    language: Literal["zh", "en"]


class _Texts(msgspec.Struct, forbid_unknown_fields=True):
    texts: list[str]


class _Picture(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    picture: str
    place: str
    time: str


class _Pictures(msgspec.Struct, forbid_unknown_fields=True):
    shots: list[_Picture]


def texts(
    model: Llm, wish: Wish, *, seed: int = 0, told: Callable[[int], None] = lambda _: None
) -> tuple[list[str], int]:
    """At most `wish.count` good texts, all different, and the tokens they took. `told` hears how many there are."""
    found: dict[str, None] = {}
    spent = 0
    for number in range(max(2, round(SPARE * -(-wish.count // BATCH)))):
        missing = wish.count - len(found)
        if not missing:
            break
        answer = model.ask(_question(wish, min(BATCH, missing), list(found)), _Texts, check=_some, seed=seed + number)
        spent += answer.tokens
        for text in answer.value.texts:
            tidy = " ".join(text.split())
            if _is_good(tidy, wish) and len(found) < wish.count:
                found.setdefault(tidy)
        told(len(found))
    return list(found), spent


def _question(wish: Wish, count: int, known: Sequence[str]) -> list[Message]:
    rules = (
        f"You write {KINDS[wish.kind]} in {LANGUAGES[wish.language]}. Write exactly {count}, all different. Each has "
        f"at most {wish.length} letters, spaces and marks counted, and holds at least one of the keywords letter by "
        "letter. Claim no facts that the keywords do not say. No emoji, no hashtags, no numbering."
    )
    before = "\n".join(f"- {one}" for one in known[-KNOWN_SHOWN:])
    asked = f"Keywords: {', '.join(wish.keywords)}" + (f"\nDo not repeat these:\n{before}" if before else "")
    return [Message("system", rules), Message("user", asked)]


def _some(value: _Texts) -> None:
    if not any(one.strip() for one in value.texts):
        raise Unfit("`texts` is empty")


def _is_good(text: str, wish: Wish) -> bool:
    form = text.casefold()
    return 0 < len(text) <= wish.length and any(one.casefold() in form for one in wish.keywords)


def pictures(
    model: Llm,
    script: Script,
    language: Literal["zh", "en"],
    *,
    seed: int = 0,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Script, int]:
    """The script with pictures, places and times by the model, and the tokens they took."""
    described: list[Shot] = []
    spent = 0
    for start in range(0, len(script.shots), SHOTS):
        part = script.shots[start : start + SHOTS]
        answer = model.ask(_scene_question(script, part, language), _Pictures, check=_all_of(part), seed=seed)
        spent += answer.tokens
        by_number = {one.number: one for one in answer.value.shots}
        described += [_described(shot, by_number[shot.number]) for shot in part]
        told(len(described), len(script.shots))
    return replace(script, shots=tuple(described)), spent


def _described(shot: Shot, seen: _Picture) -> Shot:
    """In one line each: a script has a line for a shot."""
    picture, place, time = (" ".join(one.split()) for one in (seen.picture, seen.place, seen.time))
    return replace(shot, picture=picture or shot.picture, place=place or shot.place, time=time or shot.time)


def _scene_question(script: Script, part: Sequence[Shot], language: Literal["zh", "en"]) -> list[Message]:
    rules = (
        f"You draw up a storyboard in {LANGUAGES[language]}. For each numbered shot say in one sentence what is seen "
        "(`picture`), where (`place`) and when (`time`); leave place or time empty if the text does not tell. Invent "
        f"no events. The figures of the story: {', '.join(script.figures) or 'not named'}."
    )
    asked = "\n".join(f"{one.number}. [{one.size}] {one.narration}" for one in part)
    return [Message("system", rules), Message("user", asked)]


def _all_of(part: Sequence[Shot]) -> Callable[[_Pictures], None]:
    wanted = {one.number for one in part}

    def check(value: _Pictures) -> None:
        missing = sorted(wanted - {one.number for one in value.shots})
        if missing:
            raise Unfit(f"shots {', '.join(map(str, missing))} are missing")

    return check
