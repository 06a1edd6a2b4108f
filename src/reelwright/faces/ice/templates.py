"""Templates: defaults for what a job is asked to do, kept under a name.

A job of IProduction may name one: of type 8 for covers, of type 9 for what is erased. Its
`TemplateConfig` gives the JobParams that the job itself does not. The other types are kept
for their owners and read by no job of this server. The vendor's own templates (`SYSTEM`) are those
that a function here can honour.

The vendor writes a subtype as its name in the reply of Create, and as its number beside its
name in those of Get and List.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter, MissingParameter, NotFound
from reelwright.faces.codecs import bad, parsed_object
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    boolean,
    each,
    find,
    handled,
    integer,
    json_object,
    one_of,
    text,
)
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids
from reelwright.jobs.records import Entry, Keeping, Shelf

TYPE_NAMES = {
    1: "Transcode",
    2: "Snapshot",
    3: "AnimatedImage",
    4: "ImageWatermark",
    5: "TextWatermark",
    6: "Subtitle",
    7: "AIReview",
    8: "AICover",
    9: "AIErase",
    10: "AIDna",
    11: "AILabel",
}
SUBTYPE_NAMES: Mapping[int, Mapping[int, str]] = {
    1: {1: "Normal", 2: "AudioTranscode", 3: "Remux", 4: "NarrowBandV1", 5: "NarrowBandV2"},
    2: {1: "Normal", 2: "Sprite", 3: "WebVtt"},
    7: {1: "Video", 2: "Audio", 3: "Image"},
    9: {1: "VideoDelogo", 2: "VideoDetext"},
}
T = TypeVar("T")
NO_SUBTYPE = 0
MOST_TEMPLATES = 10_000  # of one tenant that are listed
PAGE, MOST_PAGE = 20, 100
NORMAL = "Normal"


class Template(msgspec.Struct, frozen=True):
    """`config` is the text as it was given."""

    name: str
    type: int
    subtype: int
    config: str


class Chosen(msgspec.Struct, frozen=True):
    template: str


CUSTOM = Shelf("ice.template", Template)
DEFAULTS = Shelf("ice.template.default", Chosen)
"""By `type.subtype`: which template is the default one."""


@dataclass(frozen=True, slots=True)
class System:
    id: str
    body: Template


SYSTEM = (
    System("5d1f8a3c0b7e4926a1c40e93d27b8f01", Template("Cover-Still", 8, NO_SUBTYPE, '{"Model":""}')),
    System("5d1f8a3c0b7e4926a1c40e93d27b8f02", Template("Cover-GIF", 8, NO_SUBTYPE, '{"Model":"gif"}')),
)
FUNCTIONS = {(8, NO_SUBTYPE): "Cover", (9, 1): "VideoDelogo", (9, 2): "VideoDetext"}
"""The functions of IProduction that read a template of this type and subtype."""


# ---- in a job


def applied(domain: Document, desk: Desk) -> Document:
    """What a submit asks for, with the JobParams of the template that it names."""
    template_id = find(domain, "wire.template")
    if not isinstance(template_id, str) or not template_id:
        return domain
    template = _any(desk, template_id)
    if template is None:
        told = f"TemplateId is {shown(template_id)}, but there is no such template; create it, or leave it out"
        raise InvalidParameter(told, field="TemplateId")
    function = FUNCTIONS.get((template.type, template.subtype))
    if function is None or function != find(domain, "wire.function"):
        serves = f"serves {function}" if function else "serves no function of IProduction"
        told = f"template {shown(template.name)} is of the type {TYPE_NAMES[template.type]}, which {serves}"
        raise InvalidParameter(f"TemplateId: {told}; name another, or leave it out", field="TemplateId")
    given = domain.get("job_params")
    config = parsed_object(template.config, "TemplateConfig")
    return {**domain, "job_params": {**config, **(given if isinstance(given, Mapping) else {})}}


def _any(desk: Desk, template_id: str) -> Template | None:
    system = next((one.body for one in SYSTEM if one.id == template_id), None)
    found = CUSTOM.get(desk.service.kept, desk.tenant, template_id)
    return found.body if found else system


# ---- custom templates


async def create(desk: Desk, given: Document) -> Document:
    body = Template(str(given["name"]), _type(given), _subtype(given), _config(given))
    now = timing.now()
    entry = await desk.service.keep(lambda tx: CUSTOM.put(tx, desk.tenant, ids.new(now), body, now=now))
    return {"template": _told(desk, entry)}


async def get(desk: Desk, given: Document) -> Document:
    if given.get("id"):
        return {"template": _told(desk, _custom(desk, given))}
    if "type" not in given:
        raise MissingParameter("TemplateId is missing; give it, or a Type to get the default of", field="TemplateId")
    key = _default_key(_type(given), _subtype(given))
    chosen = DEFAULTS.get(desk.service.kept, desk.tenant, key)
    if chosen is None:
        raise NotFound(f"type {_type(given)} has no default template; SetDefaultCustomTemplate makes one", field="type")
    return {"template": _told(desk, _custom(desk, {"id": chosen.body.template}))}


async def list_custom(desk: Desk, given: Document) -> Document:
    is_newest_first = given.get("order", "newest") == "newest"
    entries = CUSTOM.page(desk.service.kept, desk.tenant, newest_first=is_newest_first, limit=MOST_TEMPLATES)
    fitting = [one for one in entries if _fits(one.id, one.body, given)]
    return {"templates": [_told(desk, one) for one in _page(fitting, given)], "total": len(fitting)}


async def update(desk: Desk, given: Document) -> Document:
    template_id, config = str(given["id"]), _config(given) if "config" in given else None

    def change(tx: Keeping) -> None:
        found = CUSTOM.get(tx, desk.tenant, template_id)
        if found is None:
            raise _unknown(template_id)
        name = str(given.get("name", found.body.name))
        body = msgspec.structs.replace(found.body, name=name, config=config or found.body.config)
        CUSTOM.put(tx, desk.tenant, template_id, body, now=timing.now())

    await desk.service.keep(change)
    return {"done": True}


async def delete(desk: Desk, given: Document) -> Document:
    template_id = str(given["id"])

    def change(tx: Keeping) -> None:
        found = CUSTOM.get(tx, desk.tenant, template_id)
        if found is None:
            raise _unknown(template_id)
        CUSTOM.delete(tx, desk.tenant, template_id)
        key = _default_key(found.body.type, found.body.subtype)
        chosen = DEFAULTS.get(tx, desk.tenant, key)
        if chosen is not None and chosen.body.template == template_id:
            DEFAULTS.delete(tx, desk.tenant, key)

    await desk.service.keep(change)
    return {"done": True}


async def set_default(desk: Desk, given: Document) -> Document:
    template_id = str(given["id"])

    def change(tx: Keeping) -> None:
        found = CUSTOM.get(tx, desk.tenant, template_id)
        if found is None:
            raise _unknown(template_id)
        key = _default_key(found.body.type, found.body.subtype)
        DEFAULTS.put(tx, desk.tenant, key, Chosen(template_id), now=timing.now())

    await desk.service.keep(change)
    return {"done": True}


# ---- system templates


async def list_system(desk: Desk, given: Document) -> Document:
    wants_normal = given.get("status", NORMAL) in (NORMAL, "All")  # None of them is ever invisible.
    fitting = [one for one in SYSTEM if wants_normal and _fits(one.id, one.body, given)]
    told = [{"id": one.id, **_facts(one.body)} for one in _page(fitting, given)]
    return {"templates": told, "total": len(fitting)}


async def get_system(desk: Desk, given: Document) -> Document:
    found = next((one for one in SYSTEM if one.id == given["id"]), None)
    if found is None:
        raise NotFound(f"there is no system template {shown(given['id'])}; ListSystemTemplates names them", field="id")
    return {"template": {"id": found.id, **_facts(found.body)}}


# ---- reading


def _type(given: Document) -> int:
    found = given["type"]
    assert isinstance(found, int)
    return found


def _subtype(given: Document) -> int:
    """1 where it is left out and the type has subtypes; types without them ignore it, as the vendor says."""
    names = SUBTYPE_NAMES.get(_type(given), {})
    if not names:
        return NO_SUBTYPE
    wanted = given.get("subtype", 1)
    if not isinstance(wanted, int) or wanted not in names:
        known = ", ".join(f"{number} ({name})" for number, name in names.items())
        raise bad("Subtype", wanted, f"give one of {known}")
    return wanted


def _config(given: Document) -> str:
    config = str(given["config"])
    parsed_object(config, "TemplateConfig")
    return config


def _custom(desk: Desk, given: Document) -> Entry[Template]:
    found = CUSTOM.get(desk.service.kept, desk.tenant, str(given["id"]))
    if found is None:
        raise _unknown(str(given["id"]))
    return found


def _unknown(template_id: str) -> NotFound:
    return NotFound(f"there is no template {shown(template_id)}; ListCustomTemplates names them", field="id")


def _fits(template_id: str, body: Template, given: Document) -> bool:
    """Types and subtypes are lists; a subtype may be given by its number or its name."""
    types = _listed(given, "types")
    subtypes = _listed(given, "subtypes")
    name = SUBTYPE_NAMES.get(body.type, {}).get(body.subtype, "")
    return (
        str(body.type) in types
        and (not subtypes or str(body.subtype) in subtypes or name in subtypes)
        and str(given.get("name", "")) in body.name
        and given.get("id", template_id) == template_id
    )


def _listed(given: Document, name: str) -> set[str]:
    return {word.strip() for word in str(given.get(name, "")).split(",") if word.strip()}


def _page(found: Sequence[T], given: Document) -> Sequence[T]:
    number, size = given.get("page", 1), given.get("size", PAGE)
    assert isinstance(number, int)
    assert isinstance(size, int)
    return found[(number - 1) * size : number * size]


def _default_key(kind: int, subtype: int) -> str:
    return f"{kind}.{subtype}"


# ---- writing


def _facts(body: Template) -> dict[str, object]:
    return {
        "name": body.name,
        "type": body.type,
        "type_name": TYPE_NAMES[body.type],
        "subtype": body.subtype or None,
        "subtype_name": SUBTYPE_NAMES.get(body.type, {}).get(body.subtype),
        "config": body.config,
        "status": NORMAL,
    }


def _told(desk: Desk, entry: Entry[Template]) -> dict[str, object]:
    chosen = DEFAULTS.get(desk.service.kept, desk.tenant, _default_key(entry.body.type, entry.body.subtype))
    return {
        "id": entry.id,
        **_facts(entry.body),
        "is_default": chosen is not None and chosen.body.template == entry.id,
        "created_at": entry.created_at,
        "changed_at": entry.changed_at,
    }


ID: Table = {"TemplateId": text("id", required=True)}
TYPE = integer("type", required=True, least=min(TYPE_NAMES), most=max(TYPE_NAMES))
PAGING: Table = {
    "PageNumber": integer("page", least=1),
    "PageSize": integer("size", least=1, most=MOST_PAGE),
}
FILTERS: Table = {
    **PAGING,
    "Name": text("name"),
    "Type": text("types", required=True),
    "Subtype": text("subtypes"),
    "TemplateId": text("id"),
}
CREATED: Table = {
    "TemplateId": "id",
    "TemplateName": "name",
    "Type": "type",
    "TypeName": "type_name",
    "Subtype": "subtype_name",
    "TemplateConfig": "config",
    "Status": "status",
    "IsDefault": boolean("is_default"),
    "CreateTime": at("created_at"),
    "ModifiedTime": at("changed_at"),
}
FOUND: Table = {**CREATED, "Subtype": "subtype", "SubtypeName": "subtype_name"}
DONE: Table = {"Success": boolean("done")}
ORDER = {"newest": "CreationTime:Desc", "oldest": "CreationTime:Asc"}
STATUS = {word: word for word in (NORMAL, "Invisible", "All")}

TEMPLATES = (
    handled(
        "CreateCustomTemplate",
        create,
        takes={
            "Name": text("name", required=True, most=128),
            "Type": TYPE,
            "Subtype": integer("subtype"),
            "TemplateConfig": text("config", required=True),
        },
        gives={"CustomTemplate": json_object(CREATED, path="template")},
    ),
    handled(
        "GetCustomTemplate",
        get,
        takes={
            "TemplateId": text("id"),
            "Type": integer("type", least=min(TYPE_NAMES), most=max(TYPE_NAMES)),
            "Subtype": integer("subtype"),
        },
        gives={"CustomTemplate": json_object(FOUND, path="template")},
    ),
    handled(
        "ListCustomTemplates",
        list_custom,
        takes={**FILTERS, "OrderBy": one_of("order", ORDER)},
        gives={"CustomTemplateList": each("templates", FOUND), "Total": integer("total")},
    ),
    handled(
        "UpdateCustomTemplate",
        update,
        takes={**ID, "Name": text("name", most=128), "TemplateConfig": text("config")},
        gives=DONE,
    ),
    handled("DeleteCustomTemplate", delete, takes=ID, gives=DONE),
    handled("SetDefaultCustomTemplate", set_default, takes=ID, gives=DONE),
    handled(
        "ListSystemTemplates",
        list_system,
        takes={**FILTERS, "Status": one_of("status", STATUS)},
        gives={"SystemTemplateList": each("templates", FOUND), "Total": integer("total")},
    ),
    handled("GetSystemTemplate", get_system, takes=ID, gives={"SystemTemplate": json_object(FOUND, path="template")}),
)
