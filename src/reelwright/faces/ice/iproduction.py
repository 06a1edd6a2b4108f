"""IProduction jobs: one function over one medium. What each function takes and gives is in `functions`."""

from collections.abc import Mapping
from dataclasses import replace

from reelwright.errors import MissingParameter
from reelwright.faces.codecs import MISSING
from reelwright.faces.ice import library, notices, templates
from reelwright.faces.ice.functions import FAMILY, NAMES, FunctionResult, submission
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    always,
    any_object,
    cancel,
    each,
    find,
    integer,
    json_object,
    link,
    moment,
    one_of,
    query,
    submit,
    text,
)
from reelwright.jobs.job import LEAST_URGENT, MOST_URGENT, Status
from reelwright.service import Submission

STATUS = {
    Status.QUEUED: "Queuing",
    Status.RUNNING: "Analysing",
    Status.SUSPENDED: "Queuing",
    Status.SUCCEEDED: "Success",
    Status.FAILED: "Fail",
    Status.CANCELLED: "Fail",
}
TYPE = {"OSS": "OSS", "Media": "Media"}
TYPE_SYNONYMS = {"MediaId": "Media"}
BIZ = {"IMS": "IMS", "VOD": "VOD"}

JOB_ID: Table = {"JobId": text("id", required=True)}
INPUT: Table = {
    "Type": one_of("wire.input.type", TYPE, also=TYPE_SYNONYMS, required=True),
    "Media": (text("wire.input.media", required=True), text("source")),
}
OUTPUT: Table = {
    "Type": one_of("wire.output.type", TYPE, also=TYPE_SYNONYMS, required=True),
    "Media": (text("wire.output.media"), text("destination")),
    "OutputUrl": text("wire.output.url"),
    "Biz": one_of("wire.output.biz", BIZ),
}
SCHEDULE: Table = {
    "PipelineId": (text("wire.pipeline"), text("pipeline")),
    "Priority": integer("priority", least=LEAST_URGENT, most=MOST_URGENT),
}
ASKED: Table = {
    "FunctionName": text("wire.function", required=True),
    "Input": json_object(INPUT, required=True),
    "Output": json_object(OUTPUT, required=True),
    "JobParams": (text("wire.job_params"), any_object("job_params")),
    "ModelId": "wire.model",
    "Name": text("wire.name", most=100),
    "ScheduleConfig": json_object(SCHEDULE),
    "TemplateId": "wire.template",
    "UserData": text("wire.user_data", most=256),
}
TOLD: Table = {
    **JOB_ID,
    **{name: rows for name, rows in ASKED.items() if name != "ModelId"},
    "Status": one_of("status", STATUS),
    "CreateTime": moment("created_at"),
    "FinishTime": moment("finished_at"),
    "Result": FunctionResult(""),
    "OutputFiles": each("outputs", "key"),
    "OutputUrls": each("outputs", link()),
    "OutputMediaIds": library.MediaIds(""),
}

ALSO_NAMED = {
    **NAMES,
    "callback": "UserData.NotifyAddress",
    "pipeline": "ScheduleConfig.PipelineId",
}


def wanted(domain: Document, desk: Desk) -> Submission:
    """The job that is asked for, with the template's JobParams, and who is told of its end."""
    given, media = str(find(domain, "wire.input.media")), _output(domain)
    source = library.source(desk, given, field="Input.Media", kind=str(find(domain, "wire.input.type")))
    destination, lands = _landing(domain, desk) if media is None else (media, {})
    made = submission({**templates.applied(domain, desk), "source": source, "destination": destination})
    user_data = str((made.wire or {}).get("user_data", ""))
    wire = {**(made.wire or {}), **lands, "event": notices.IPRODUCTION_COMPLETE}
    if media is not None and isinstance(wire["output"], Mapping):
        # Only an output that becomes an asset has a second address, and only then it is told.
        wire["output"] = {name: value for name, value in wire["output"].items() if name != "url"}
    names = {"destination": "Output.OutputUrl"} if lands else {}
    return replace(made, wire=wire, callback=notices.notify_address(user_data), names=names)


def _output(domain: Document) -> str | None:
    """The address that the output goes to; None if it becomes an asset."""
    if find(domain, "wire.output.type") == "Media":
        return None
    media = find(domain, "wire.output.media")
    if media is MISSING or media == "":
        raise MissingParameter("Output.Media is missing; it is required", field="Output.Media")
    return str(media)


def _landing(domain: Document, desk: Desk) -> tuple[str, dict[str, object]]:
    """Where the files of future assets go, and how they land.

    `Output.Media` may name an asset, and then its file is replaced.
    """
    into, biz, url = (find(domain, f"wire.output.{name}") for name in ("media", "biz", "url"))
    name = find(domain, "wire.name")
    lands = library.lands(
        desk,
        into="" if into is MISSING else str(into),
        title="" if name is MISSING else str(name),
        biz=BIZ["IMS"] if biz is MISSING else str(biz),
    )
    where = str(url) if isinstance(url, str) and url else library.destination(desk, "{source}")
    return where, lands


IPRODUCTION = (
    submit("SubmitIProductionJob", takes=ASKED, gives=JOB_ID, family=FAMILY, wanted=wanted, also_named=ALSO_NAMED),
    query("QueryIProductionJob", takes=JOB_ID, gives=TOLD, family=FAMILY),
    cancel("CancelIProductionJob", takes=JOB_ID, gives={"Message": always("Success")}, family=FAMILY),
)
