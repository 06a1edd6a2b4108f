"""AI apps: PrecheckYikeAIAppJob, SubmitYikeAIAppJob, GetYikeAIAppJob, BatchGetYikeAIAppJob.

An app is a graph with keys (`jobs.apps`); `AppParams` sets them. Where a key wants a file, its value is the MediaId
of an asset, or an address. What the app makes become assets of the production and folder that were named, in
the transaction that ends the job.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright.errors import AddressError, InvalidParameter, JobNotFound, MissingParameter, NotFound
from reelwright.faces.codecs import MISSING, Codec
from reelwright.faces.ice import library, notices
from reelwright.faces.ice.library import places, wishes
from reelwright.faces.ice.yike import studio
from reelwright.faces.objects import Link
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, each, handled, moment, one_of, query, submit, text
from reelwright.jobs import apps, ids
from reelwright.jobs import library as assets
from reelwright.jobs.apps import App
from reelwright.jobs.job import Job, Status
from reelwright.jobs.library import ASSETS, Asset, State
from reelwright.pipelines.graph import document, keys
from reelwright.pipelines.graph.document import Document as Graph
from reelwright.service import Submission
from reelwright.storage import address

FAMILY = "ice.yike.app"
RESULTS = {"ImageResult": "images", "VideoResult": "videos", "AudioResult": "audios"}
"""The vendor's lists by the result field that holds their files."""
STATUS = {
    Status.QUEUED: "Queuing",
    Status.RUNNING: "Executing",
    Status.SUSPENDED: "Queuing",
    Status.SUCCEEDED: "Finished",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Failed",
}
FIELD = "AppParams"
PATIENCE, NAP = 3.0, 0.05  # s that a precheck waits for assets to be looked into, and between two looks


# ---- what is asked


@dataclass(frozen=True, slots=True)
class AppParams(Codec):
    """The JSON text of an object. One whose quotes were escaped once too often, as in the vendor's own examples, is
    taken for what it means. Only read."""

    def take(self, value: object, name: str) -> str:
        for written in (str(value), str(value).replace('\\"', '"')):
            try:
                if isinstance(msgspec.json.decode(written), Mapping):
                    return written
            except (msgspec.DecodeError, RecursionError):
                continue
        raise InvalidParameter(f"{name} is {shown(value)}; give a JSON text of an object", field=name)

    @property
    def keeps_empty(self) -> bool:
        return False


def _given(domain: Document) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(str(domain.get("app_params") or "{}"))
    return found


def _app(desk: Desk, domain: Document) -> App:
    app_id = str(domain["app"])
    try:
        return apps.find(desk.service.kept, desk.tenant, app_id)
    except NotFound:
        told = f"AppId is {shown(app_id)}, but there is no such app; GET /v1/apps names those that there are"
        raise InvalidParameter(told, field="AppId") from None


# ---- looking before


async def precheck(desk: Desk, domain: Document) -> Document:
    app, given = _app(desk, domain), _given(domain)
    await _looked_into(desk, app, given)
    faults = _faults(desk, app, given)
    told = [{"key": key, "code": code} for key, code in faults]
    return {"status": "Failed", "faults": told} if told else {"status": "Success"}


async def _looked_into(desk: Desk, app: App, given: Mapping[str, Any]) -> None:
    """Wait a little for assets that came a moment ago: only a look into them shows what they are."""
    graph = document.read(app.graph)
    named = [one for name, value in given.items() if _is_file(graph, name) for one in _listed(value)]
    clock = asyncio.get_running_loop().time
    until = clock() + PATIENCE
    while any(_is_preparing(desk, one) for one in named) and clock() < until:
        await asyncio.sleep(NAP)


def _is_preparing(desk: Desk, value: str) -> bool:
    asset = ASSETS.get(desk.service.kept, desk.tenant, value) if ids.SHAPE.match(value) else None
    return asset is not None and asset.body.state is State.PREPARING and asset.body.binned_at is None


def _faults(desk: Desk, app: App, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    graph = document.read(app.graph)
    files = {name: key.kind for name in given if (key := keys.find(graph, name)) is not None and key.kind}
    meant = {one: kind for name, kind in files.items() for one in _listed(given[name])}
    return keys.precheck(app.graph, given, lambda value: _kind(desk, value, meant[value]))


def _listed(value: object) -> list[str]:
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _kind(desk: Desk, value: str, meant: str) -> str | None:
    """What kind of file a value names; None if there is none, or it cannot be read. `meant`: what it should be."""
    if ids.SHAPE.match(value):
        asset = ASSETS.get(desk.service.kept, desk.tenant, value)
        return _kind_of(asset.body) if asset else None
    try:
        where = address.parse(value, own_hosts=places.own_hosts(desk))
    except (InvalidParameter, AddressError):
        return None
    if isinstance(where, address.Remote):
        return wishes.kind_by_name(value) or meant  # What lies elsewhere is seen when it is fetched.
    objects = desk.service.objects
    if not objects.size(where.bucket, where.key):
        return None
    kind = wishes.kind_by_name(where.key) or assets.kind_of(objects.head(where.bucket, where.key).media_type)
    # Subtitles and lyrics have types of their own, or none; what is no medium by its name is read as a text.
    return "text" if meant == "text" and kind == "other" else kind


def _kind_of(asset: Asset) -> str | None:
    """Of a medium that nobody has looked into yet, what its owner says."""
    is_there = asset.size and asset.binned_at is None and asset.state in (State.READY, State.PREPARING)
    return asset.kind or None if is_there else None


# ---- submitting


def wanted(domain: Document, desk: Desk) -> Submission:
    app, given = _app(desk, domain), _given(domain)
    production, folder = studio.place(desk, domain)
    lands = library.lands(desk, title=app.title, roles=tuple(RESULTS.values()), production=production, folder=folder)
    return Submission(
        operator=apps.PLAN,
        params=_params(desk, app, given),
        face=FAMILY,
        wire={
            **lands,
            "app": app.id,
            "app_params": str(domain.get("app_params") or ""),
            "production": production,
            "folder": folder,
            "event": notices.YIKE_APP_COMPLETE,
        },
        names={"graph": FIELD, "params": FIELD},
    )


def _params(desk: Desk, app: App, given: Mapping[str, Any]) -> dict[str, Any]:
    """Params of the plan, with addresses in place of MediaIds."""
    try:
        params = apps.submission(app.graph, given, title=app.title)
    except InvalidParameter as error:
        raise InvalidParameter(f"{FIELD}: {error.message}", field=FIELD) from None
    _check(desk, app, given)
    graph = document.read(app.graph)
    files = {name: _addresses(desk, name, value) for name, value in given.items() if _is_file(graph, name)}
    return apps.submission(app.graph, {**given, **files}, title=app.title) if files else params


def _is_file(graph: Graph, name: str) -> bool:
    key = keys.find(graph, name)
    return key is not None and key.kind is not None


def _check(desk: Desk, app: App, given: Mapping[str, Any]) -> None:
    """What the precheck would find, as an error."""
    for key, code in _faults(desk, app, given):
        if code == keys.MISSING:
            told = f"{FIELD} has no {key}, and the app does not run without it; give the MediaId of an asset"
            raise MissingParameter(told, field=FIELD)
        told = f"{FIELD}: {key} is {shown(given[key])}, which does not do ({code}); PrecheckYikeAIAppJob looks at all"
        raise InvalidParameter(told, field=FIELD)


def _addresses(desk: Desk, key: str, value: object) -> list[str]:
    return [library.source(desk, one, field=f"{FIELD}.{key}") for one in _listed(value)]


# ---- jobs


@dataclass(frozen=True, slots=True)
class Results(Codec):
    """The files that the job has made, by their kinds, each with its asset; nothing before a good end. Only written."""

    def give(self, value: object) -> object:
        if not isinstance(value, Job) or value.status is not Status.SUCCEEDED:
            return MISSING
        landed = assets.landed(value)
        return {
            name: [
                {"MediaId": media_id, "OutputUrl": Link(output.bucket, output.key)}
                for media_id, output in landed
                if output.role.partition(".")[0] == field
            ]
            for name, field in RESULTS.items()
        }


async def batch(desk: Desk, domain: Document) -> Document:
    """Ids that are unknown, or of jobs of another family, are left out."""
    asked = wishes.listed(str(domain["ids"]), field="JobIds")
    return {"jobs": [job for job_id in asked if (job := _job(desk, job_id)) is not None]}


def _job(desk: Desk, job_id: str) -> Job | None:
    try:
        job = desk.service.job(desk.tenant, job_id)
    except JobNotFound:
        return None
    return job if job.face == FAMILY else None


TOLD: Table = {
    "JobId": "id",
    "AppId": "wire.app",
    # The vendor calls the same text so in the get, and otherwise in the batch; both are in both.
    "AppParams": "wire.app_params",
    "AppInputConfig": "wire.app_params",
    "ProductionId": "wire.production",
    "FolderId": "wire.folder",
    "Status": one_of("status", STATUS),
    "ExecutionStartTime": moment("started_at"),
    "ExecutionFinishTime": moment("finished_at"),
    "Result": Results(""),
    # The vendor's model has no field for why a job failed; its libraries pass over these two.
    "ErrorCode": "failure.code",
    "ErrorMessage": "failure.message",
}
ASKED: Table = {"AppId": text("app", required=True), "AppParams": AppParams("app_params")}
APPS = (
    handled(
        "PrecheckYikeAIAppJob",
        precheck,
        takes=ASKED,
        gives={"Status": "status", "Result": each("faults", {"Key": "key", "ErrorCode": "code"})},
    ),
    submit(
        "SubmitYikeAIAppJob",
        takes={**ASKED, "ProductionId": text("production"), "FolderId": text("folder")},
        gives={"JobId": "id"},
        family=FAMILY,
        wanted=wanted,
    ),
    query("GetYikeAIAppJob", takes={"JobId": text("id", required=True)}, gives=TOLD, family=FAMILY),
    handled(
        "BatchGetYikeAIAppJob",
        batch,
        takes={"JobIds": text("ids", required=True)},
        gives={"JobList": each("jobs", TOLD)},
    ),
)
