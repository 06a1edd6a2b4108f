"""IProduction jobs: one function over one medium. What each function takes and gives is in `functions`."""

from dataclasses import replace

from reelwright.faces.ice import notices, templates
from reelwright.faces.ice.functions import FAMILY, NAMES, FunctionResult, submission
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    always,
    any_object,
    cancel,
    each,
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
    "Media": text("wire.input.media", required=True),
}
OUTPUT: Table = {
    "Type": one_of("wire.output.type", TYPE, also=TYPE_SYNONYMS, required=True),
    "Media": (text("wire.output.media", required=True), text("destination")),
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
    "OutputMediaIds": always([]),  # ids of a media library, which Output.Type=Media would need
}

ALSO_NAMED = {**NAMES, "callback": "UserData.NotifyAddress", "pipeline": "ScheduleConfig.PipelineId"}


def wanted(domain: Document, desk: Desk) -> Submission:
    """The job that is asked for, with the template's JobParams, and who is told of its end."""
    made = submission(templates.applied(domain, desk))
    user_data = str((made.wire or {}).get("user_data", ""))
    wire = {**(made.wire or {}), "event": notices.IPRODUCTION_COMPLETE}
    return replace(made, wire=wire, callback=notices.notify_address(user_data))


IPRODUCTION = (
    submit("SubmitIProductionJob", takes=ASKED, gives=JOB_ID, family=FAMILY, wanted=wanted, also_named=ALSO_NAMED),
    query("QueryIProductionJob", takes=JOB_ID, gives=TOLD, family=FAMILY),
    cancel("CancelIProductionJob", takes=JOB_ID, gives={"Message": always("Success")}, family=FAMILY),
)
