"""The operations that all smart jobs share: tell of one, list them, delete them. And the table of the kinds.

The vendor writes the same facts in two ways: `State` and a text `UserId` about one job,
`JobState` and a number in the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from reelwright.errors import InvalidParameter, JobNotFound
from reelwright.faces.codecs import MISSING
from reelwright.faces.ice import notices
from reelwright.faces.ice.smart.asr import ASR
from reelwright.faces.ice.smart.charts import DYNAMIC_CHART
from reelwright.faces.ice.smart.cutting import CUTTING
from reelwright.faces.ice.smart.kinds import FAMILY, Kind
from reelwright.faces.ice.smart.tagging import MEDIA_AI_ANALYSIS
from reelwright.faces.ice.smart.texts import TEXT_GENERATE
from reelwright.faces.ice.smart.translation import VIDEO_TRANSLATION
from reelwright.faces.ice.smart.voices import AUDIO_PRODUCE, VOICE_GROUPS
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Table,
    always,
    each,
    find,
    handled,
    integer,
    json_object,
    moment,
    one_of,
    query,
    text,
    write,
)
from reelwright.jobs import ids
from reelwright.jobs.job import Job, JobFilter, Status
from reelwright.timing import stamp_seconds

KINDS: tuple[Kind, ...] = (
    *(ASR, AUDIO_PRODUCE, TEXT_GENERATE, DYNAMIC_CHART),
    *(*CUTTING, MEDIA_AI_ANALYSIS, VIDEO_TRANSLATION),
)
BY_FAMILY: Mapping[str, Kind] = {kind.family: kind for kind in KINDS}

STATE = {
    Status.QUEUED: "Created",
    Status.RUNNING: "Executing",
    Status.SUSPENDED: "Created",
    Status.SUCCEEDED: "Finished",
    Status.FAILED: "Failed",
    Status.CANCELLED: "Failed",
}
FILTER = {
    Status.QUEUED: "Created",
    Status.RUNNING: "Executing",
    Status.SUCCEEDED: "Finished",
    Status.FAILED: "Failed",
}
ORDER = {"newest": "CreationTime:Desc", "oldest": "CreationTime:Asc"}
PAGE, MOST_PAGE, LAST_PAGE = 10, 100, 100_000


# ---- facts that are in no column


@dataclass(frozen=True, slots=True)
class Title(Codec):
    """The job's title; one that has none is called by the time of its submit. Only written."""

    def give(self, value: object) -> str:
        given = find(value, "wire.title")
        if isinstance(given, str) and given:
            return given
        return f"default_title_{stamp_seconds(float(find(value, 'created_at')))}"  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Changed(Codec):
    """When the job last changed its state. Only written."""

    def give(self, value: object) -> str:
        moments = (find(value, f"{name}_at") for name in ("finished", "started", "created"))
        return stamp_seconds(next(float(at) for at in moments if isinstance(at, int | float)))


@dataclass(frozen=True, slots=True)
class UserId(Codec):
    as_text: bool = False

    def give(self, value: object) -> object:
        number = notices.user_id(str(find(value, "tenant")))
        return str(number) if self.as_text else number


@dataclass(frozen=True, slots=True)
class JobResult(Codec):
    """What the job's kind tells of its result; nothing before a good end. Only written."""

    def give(self, value: object) -> object:
        if find(value, "status") != Status.SUCCEEDED:
            return MISSING
        return write(_kind(value).result, value) or MISSING


@dataclass(frozen=True, slots=True)
class ErrorCode(Codec):
    """Why the job failed, in the vendor's words where it has one. Only written."""

    def give(self, value: object) -> object:
        code = find(value, "failure.code")
        if find(value, "status") == Status.CANCELLED:
            return "Cancelled"
        return _kind(value).faults.get(code, code) if isinstance(code, str) else MISSING


def _kind(job: object) -> Kind:
    return BY_FAMILY[str(find(job, "face"))]


# ---- one job

JOB_ID: Table = {"JobId": text("id", required=True)}
OUTPUT: Table = {"Bucket": "bucket", "Object": "object"}
INFO: Table = {
    "CreateTime": moment("created_at"),
    "Description": "wire.description",
    "EditingConfig": "wire.editing_config",
    "InputConfig": json_object({"InputFile": "wire.input_file", "JobParameters": "wire.job_parameters"}),
    "JobType": "wire.type",
    "ModifiedTime": Changed(""),
    "OutputConfig": json_object(OUTPUT, path="wire.output"),
    "Title": Title(""),
    "UserId": UserId("", as_text=True),
}
TOLD: Table = {
    "ErrorCode": ErrorCode(""),
    "ErrorMessage": "failure.message",
    "JobId": "id",
    "JobResult": JobResult(""),
    "Output": always("{}"),
    "SmartJobInfo": json_object(INFO),
    "State": one_of("status", STATE),
    "UserData": "wire.user_data",
}

# ---- all of them


async def list_jobs(desk: Desk, given: Document) -> Document:
    size = _size(given)
    oldest_first, token, number = given.get("order") == "oldest", given.get("after"), given.get("number", 1)
    assert isinstance(number, int)
    wanted = JobFilter(
        tenant=desk.tenant,
        status=None if "state" not in given else Status(str(given["state"])),
        face=FAMILY if "type" not in given else _family(str(given["type"])),
        after=None if token is None else _token(str(token)),
        newest_first=not oldest_first,
        skip=0 if token is not None else (number - 1) * size,
        limit=size + 1,  # One more than shown tells whether there is a next page.
    )
    found = desk.service.jobs(wanted)
    page = found[:size]
    return {"jobs": page, "size": str(size), "next": page[-1].id if len(found) > size else ""}


def _size(given: Document) -> int:
    """How many on a page: by either way of paging."""
    size = given.get("most", given.get("size", PAGE))
    assert isinstance(size, int)
    return size


def _family(job_type: str) -> str:
    for kind in KINDS:
        if kind.job_type == job_type:
            return kind.family
    known = ", ".join(kind.job_type for kind in KINDS)
    raise InvalidParameter(f"JobType is {shown(job_type)}; give one of {known}", field="type")


def _token(given: str) -> str:
    if not ids.SHAPE.match(given):
        raise InvalidParameter(f"NextToken is {shown(given)}; give the NextToken of the page before", field="after")
    return given


async def delete_jobs(desk: Desk, given: Document) -> Document:
    """Ids that are unknown, or of jobs of another family, are passed over, as the vendor does."""
    asked = [one.strip() for one in str(given["ids"]).split(",")]
    await desk.service.delete(desk.tenant, [one for one in asked if one and _is_smart(desk, one)])
    return {}


def _is_smart(desk: Desk, job_id: str) -> bool:
    try:
        job: Job = desk.service.job(desk.tenant, job_id)
    except JobNotFound:
        return False
    return job.face.startswith(f"{FAMILY}.")


LISTED: Table = {
    "CreateTime": moment("created_at"),
    "Description": "wire.description",
    "EditingConfig": "wire.editing_config",
    "InputConfig": json_object({"InputFile": "wire.input_file", "Keyword": "wire.keyword"}),
    "JobId": "id",
    "JobState": one_of("status", STATE),
    "JobType": "wire.type",
    "ModifiedTime": Changed(""),
    "OutputConfig": json_object(OUTPUT, path="wire.output"),
    "Title": Title(""),
    "UserData": "wire.user_data",
    "UserId": UserId(""),
}

SMART = (
    query("GetSmartHandleJob", takes=JOB_ID, gives=TOLD, family=FAMILY),
    handled(
        "ListSmartJobs",
        list_jobs,
        takes={
            "JobState": one_of("state", FILTER),
            "JobType": text("type"),
            "MaxResults": integer("most", least=1, most=MOST_PAGE),
            "NextToken": text("after"),
            "PageNo": integer("number", least=1, most=LAST_PAGE),
            "PageSize": integer("size", least=1, most=MOST_PAGE),
            "SortBy": one_of("order", ORDER),
        },
        gives={"SmartJobList": each("jobs", LISTED), "MaxResults": "size", "NextToken": "next"},
    ),
    handled("DeleteSmartJob", delete_jobs, takes={"JobId": text("ids", required=True)}),
    *(kind.operation for kind in KINDS),
    VOICE_GROUPS,
)
