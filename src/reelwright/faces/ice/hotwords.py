"""Hotword libraries: words that a recognition or translation should expect, each with its weight.

A job that is given a library asks for its words here (`of`). What a weight does is the recogniser's affair.
"""

import re
from typing import Any

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter, NotFound
from reelwright.faces.codecs import Each, bad
from reelwright.faces.ice import paging
from reelwright.faces.ice.paging import MOST_PAGE, PAGE
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Table,
    boolean,
    each,
    handled,
    integer,
    json_text,
    one_of,
    text,
)
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids
from reelwright.jobs.records import Entry, Keeping, Shelf

ASR, TRANSLATION = "ASR", "VideoTranslation"
SCENARIOS = {scenario: scenario for scenario in (ASR, "StructuredMediaAssets", TRANSLATION)}
MOST_NAME, MOST_DESCRIPTION, MOST_WORDS = 100, 200, 300
LEAST_WEIGHT, WEIGHT, MOST_WEIGHT = -6, 2, 5
IDEOGRAPHS = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
MOST_IDEOGRAPHS, MOST_SPELLED, MOST_TRANSLATED = 15, 10, 100
"""Of one hotword: Chinese characters, words of other scripts; characters, if it is for translation."""
LAST_PAGE = 100
ORDERS = {"newest": "CreationTime:Desc", "oldest": "CreationTime:Asc"}
ALSO = {"desc": "newest", "asc": "oldest", "Desc": "newest", "Asc": "oldest"}


class Translated(msgspec.Struct, frozen=True):
    language: str = ""
    text: str = ""


class Hotword(msgspec.Struct, frozen=True):
    """`weight` from -6 to 5: negative to hear it more rarely, positive more often."""

    text: str
    weight: int = WEIGHT
    language: str = ""
    translations: tuple[Translated, ...] = ()


class Library(msgspec.Struct, frozen=True):
    name: str
    scenario: str
    description: str = ""
    words: tuple[Hotword, ...] = ()


LIBRARIES = Shelf("ice.hotwords", Library)


def of(desk: Desk, library_id: str, *, field: str, scenario: str = ASR) -> tuple[Hotword, ...]:
    """The words of a library, for a job. Raises `InvalidParameter` if there is none, or it is for something else."""
    found = LIBRARIES.get(desk.service.kept, desk.tenant, library_id)
    if found is None:
        told = f"{field} is {shown(library_id)}, but there is no such hotword library; create it, or leave it out"
        raise InvalidParameter(told, field=field)
    if found.body.scenario != scenario:
        told = f"{field} is a hotword library for {found.body.scenario}; name one for {scenario}"
        raise InvalidParameter(told, field=field)
    return found.body.words


# ---- operations


async def create(desk: Desk, given: Document) -> Document:
    scenario = str(given["scenario"])
    library = Library(str(given["name"]), scenario, str(given.get("description", "")), _words(given["words"], scenario))
    now = timing.now()
    entry = await desk.service.keep(lambda tx: _put(tx, desk.tenant, ids.new(now), library, now))
    return {"id": entry.id}


async def get(desk: Desk, given: Document) -> Document:
    return _told(_found(desk, given))


async def update(desk: Desk, given: Document) -> Document:
    old = _found(desk, given)
    changes: dict[str, Any] = {name: str(given[name]) for name in ("name", "description") if name in given}
    if "words" in given:
        changes["words"] = _words(given["words"], old.body.scenario)
    library = msgspec.structs.replace(old.body, **changes)
    await desk.service.keep(lambda tx: _put(tx, desk.tenant, old.id, library, timing.now()))
    return {"done": "true"}


async def delete(desk: Desk, given: Document) -> Document:
    library_id = _found(desk, given).id
    await desk.service.keep(lambda tx: LIBRARIES.delete(tx, desk.tenant, library_id))
    return {"done": True}


async def list_all(desk: Desk, given: Document) -> Document:
    size, number = given.get("most", given.get("size", PAGE)), given.get("number", 1)
    assert isinstance(size, int)
    assert isinstance(number, int)
    token = paging.token(given)
    skipped = 0 if token else (number - 1) * size
    wanted: dict[str, Any] = {
        "labels": {name: str(given[name]) for name in ("name", "scenario") if given.get(name)},
        "created_after": paging.moment(given, "after", "StartTime"),
        "created_until": paging.moment(given, "until", "EndTime"),
        "newest_first": given.get("order") != "oldest",
    }
    kept = desk.service.kept
    page = LIBRARIES.page(kept, desk.tenant, **wanted, after=token, limit=skipped + size + 1)[skipped:]
    return {
        "libraries": [_told(entry) for entry in page[:size]],
        "most": size,
        "total": LIBRARIES.count(kept, desk.tenant, **wanted),
        "next": page[size - 1].id if len(page) > size else None,
    }


def _put(tx: Keeping, tenant: str, library_id: str, library: Library, now: float) -> Entry[Library]:
    labels = {"name": library.name, "scenario": library.scenario}
    return LIBRARIES.put(tx, tenant, library_id, library, now=now, labels=labels)


def _found(desk: Desk, given: Document) -> Entry[Library]:
    found = LIBRARIES.get(desk.service.kept, desk.tenant, str(given["id"]))
    if found is None:
        told = f"there is no hotword library {shown(given['id'])}; ListHotwordLibraries names them"
        raise NotFound(told, field="id")
    return found


def _told(entry: Entry[Library]) -> Document:
    body = msgspec.to_builtins(entry.body)
    return {"id": entry.id, **body, "created_at": entry.created_at, "changed_at": entry.changed_at}


# ---- the words


def _words(given: object, scenario: str) -> tuple[Hotword, ...]:
    assert isinstance(given, list)  # The table's codec made it one.
    if not 1 <= len(given) <= MOST_WORDS:
        raise InvalidParameter(f"Hotwords are {len(given)}; give 1 to {MOST_WORDS}", field="Hotwords")
    words = msgspec.convert(given, tuple[Hotword, ...])
    for number, word in enumerate(words):
        _check(word.text, scenario, f"Hotwords.{number}.Text")
    return words


def _check(word: str, scenario: str, field: str) -> None:
    if not word.strip():
        raise InvalidParameter(f"{field} is empty; give a word, or leave the entry out", field=field)
    if scenario == TRANSLATION:
        if len(word) > MOST_TRANSLATED:
            raise bad(field, word, f"give at most {MOST_TRANSLATED} characters")
        return
    spelled = IDEOGRAPHS.sub(" ", word).split()
    if len(IDEOGRAPHS.findall(word)) > MOST_IDEOGRAPHS or len(spelled) > MOST_SPELLED:
        raise bad(field, word, f"give at most {MOST_IDEOGRAPHS} Chinese characters, or {MOST_SPELLED} words")


ID: Table = {"HotwordLibraryId": text("id", required=True)}
TRANSLATED: Table = {"TargetLanguage": text("language"), "TranslatedText": text("text")}
WORD: Table = {
    "Text": text("text", required=True),
    "Weight": integer("weight", least=LEAST_WEIGHT, most=MOST_WEIGHT),
    "Language": text("language"),
    "TranspositionResultList": each("translations", TRANSLATED),
}
NAME, DESCRIPTION = text("name", most=MOST_NAME), text("description", most=MOST_DESCRIPTION)
SCENARIO: Codec = one_of("scenario", SCENARIOS)
LISTED: Table = {
    "HotwordLibraryId": "id",
    "Name": "name",
    "Description": "description",
    "UsageScenario": "scenario",
    "CreationTime": at("created_at"),
}

HOTWORDS = (
    handled(
        "CreateHotwordLibrary",
        create,
        takes={
            "Name": text("name", most=MOST_NAME, required=True),
            "Description": DESCRIPTION,
            "UsageScenario": one_of("scenario", SCENARIOS, required=True),
            "Hotwords": json_text(Each("words", required=True, item=WORD)),
        },
        gives={"HotwordLibraryId": "id"},
    ),
    handled("GetHotwordLibrary", get, takes=ID, gives={**LISTED, "Hotwords": each("words", WORD)}),
    handled(
        "ListHotwordLibraries",
        list_all,
        takes={
            "Name": NAME,
            "UsageScenario": SCENARIO,
            "StartTime": text("after"),
            "EndTime": text("until"),
            "SortBy": one_of("order", ORDERS, also=ALSO),
            "MaxResults": integer("most", least=1, most=MOST_PAGE),
            "NextToken": text("token"),
            "PageNo": integer("number", least=1, most=LAST_PAGE),
            "PageSize": integer("size", least=1, most=MOST_PAGE),
        },
        gives={
            "HotwordLibraryList": each("libraries", {**LISTED, "ModifiedTime": at("changed_at")}),
            "MaxResults": "most",
            "NextToken": "next",
            "TotalCount": "total",
        },
    ),
    handled(
        "UpdateHotwordLibrary",
        update,
        takes={**ID, "Name": NAME, "Description": DESCRIPTION, "Hotwords": json_text(each("words", WORD))},
        gives={"Success": "done"},  # The vendor types it as a text here, and as a boolean where one is deleted.
    ),
    handled("DeleteHotwordLibrary", delete, takes=ID, gives={"Success": boolean("done")}),
)
