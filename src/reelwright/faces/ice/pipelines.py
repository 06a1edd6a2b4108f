"""Pipelines: the vendor's words for the ledger's named queues.

A pipeline that is made here has its id for a name; the vendor's `Name` is its title, which
may come twice and may be changed. `Speed` is kept and shown; this machine has one speed.
"""

from typing import cast

from reelwright import timing
from reelwright.errors import NotFound
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, boolean, each, handled, integer, json_object, one_of, text
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids
from reelwright.jobs.job import LEAST_URGENT, MOST_URGENT, Pipeline
from reelwright.service import PipelineChanges

STANDARD = "Standard"
SPEEDS = {speed: speed for speed in (STANDARD, "Boost", "NarrowBandHDV2")}
STATUS = {"active": "Active", "paused": "Paused"}

PRIORITY = integer("priority", least=LEAST_URGENT, most=MOST_URGENT)
ID: Table = {"PipelineId": text("id", required=True)}
PIPELINE: Table = {
    "PipelineId": "id",
    "Name": "name",
    "Speed": "speed",
    "Status": one_of("status", STATUS),
    "Priority": "priority",
    "CreateTime": at("created_at"),
    "ModifiedTime": at("modified_at"),
}
ONE: Table = {"Pipeline": json_object(PIPELINE, path="pipeline")}
DONE: Table = {"Success": boolean("done")}


async def create(desk: Desk, given: Document) -> Document:
    name = ids.new(timing.now())
    return {"pipeline": _told(await desk.service.put_pipeline(desk.tenant, name, **_changes(given)))}


async def get(desk: Desk, given: Document) -> Document:
    return {"pipeline": _told(_found(desk, given))}


async def list_all(desk: Desk, given: Document) -> Document:
    found = [_told(one) for one in desk.service.pipelines(desk.tenant)]
    return {"pipelines": [one for one in found if given.get("speed") in (None, one["speed"])]}


async def update(desk: Desk, given: Document) -> Document:
    found = _found(desk, given)
    await desk.service.put_pipeline(desk.tenant, found.id, make=False, **_changes(given))
    return {"done": True}


async def delete(desk: Desk, given: Document) -> Document:
    await desk.service.delete_pipeline(desk.tenant, _found(desk, given).id)
    return {"done": True}


def _found(desk: Desk, given: Document) -> Pipeline:
    found = desk.service.pipeline(desk.tenant, str(given["id"]))
    if found is None:
        raise NotFound(f"there is no pipeline {shown(given['id'])}; ListPipelines names them", field="id")
    return found


def _changes(given: Document) -> PipelineChanges:
    named = {"title": "name", "speed": "speed", "priority": "priority"}
    changes = {ours: given[theirs] for ours, theirs in named.items() if theirs in given}
    if "status" in given:
        changes["paused"] = given["status"] == "paused"
    return cast(PipelineChanges, changes)  # The codecs of the tables made each what it says there.


def _told(one: Pipeline) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.title or one.name,
        "speed": one.speed or STANDARD,
        "status": "paused" if one.paused else "active",
        "priority": one.priority,
        # The default pipeline was never made.
        "created_at": one.created_at or None,
        "modified_at": one.modified_at or one.created_at or None,
    }


PIPELINES = (
    handled(
        "CreatePipeline",
        create,
        takes={
            "Name": text("name", required=True, most=128),
            "Speed": one_of("speed", SPEEDS, required=True),
            "Priority": PRIORITY,
        },
        gives=ONE,
    ),
    handled("GetPipeline", get, takes=ID, gives=ONE),
    handled(
        "ListPipelines",
        list_all,
        takes={"Speed": one_of("speed", SPEEDS)},
        gives={"PipelineList": each("pipelines", PIPELINE)},
    ),
    handled(
        "UpdatePipeline",
        update,
        takes={**ID, "Name": text("name", most=128), "Priority": PRIORITY, "Status": one_of("status", STATUS)},
        gives=DONE,
    ),
    handled("DeletePipeline", delete, takes=ID, gives=DONE),
)
