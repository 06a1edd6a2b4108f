"""Tasks: the vendor's word for jobs. How one is written when it is fetched, and in a list.

A finished task is known for 24 hours, and so is the link to what it made; then it is UNKNOWN like one that
never was. Times are Beijing's, without saying so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from reelwright.errors import UnsupportedOperation
from reelwright.faces.codecs import MISSING
from reelwright.faces.dashscope import wanted
from reelwright.faces.dashscope.errors import code_in_a_task
from reelwright.faces.objects import Link
from reelwright.faces.wire import (
    Codec,
    Desk,
    Document,
    Operation,
    Table,
    find,
    handled,
    json_object,
    one_of,
    query,
    submit,
    write,
)
from reelwright.jobs.job import Job, Status

FAMILY = "dashscope"
KEPT = 24 * 3600.0  # seconds after its end
BEIJING = timezone(timedelta(hours=8))

STATUS = {
    Status.QUEUED: "PENDING",
    Status.RUNNING: "RUNNING",
    Status.SUSPENDED: "SUSPENDED",
    Status.SUCCEEDED: "SUCCEEDED",
    Status.FAILED: "FAILED",
    Status.CANCELLED: "CANCELED",
}
UNKNOWN = "UNKNOWN"
TIERS = (480, 720, 1080)  # lines, as usage tells them


def task_id(job_id: str) -> str:
    """Our 32 digits as the vendor writes them, with hyphens."""
    return "-".join((job_id[:8], job_id[8:12], job_id[12:16], job_id[16:20], job_id[20:]))


def until(job: Job) -> float | None:
    """When the task is forgotten."""
    return None if job.finished_at is None else job.finished_at + KEPT


# ---- one task


@dataclass(frozen=True, slots=True)
class TaskId(Codec):
    def take(self, value: object, name: str) -> str:
        return str(value).replace("-", "").lower()

    def give(self, value: object) -> str:
        return task_id(str(value))


@dataclass(frozen=True, slots=True)
class Moment(Codec):
    """`2025-10-11 18:55:56.952`, in Beijing. Only written."""

    def give(self, value: object) -> str:
        at = datetime.fromtimestamp(float(value), BEIJING)  # type: ignore[arg-type]
        return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


@dataclass(frozen=True, slots=True)
class OfSuccess(Codec):
    """A row that only a task that succeeded has. Only written."""

    row: Codec = field(default_factory=lambda: Codec(""))

    def give(self, value: object) -> object:
        if find(value, "status") != Status.SUCCEEDED:
            return MISSING
        found = find(value, self.row.path)
        return MISSING if found is MISSING or found is None else self.row.give(found)


@dataclass(frozen=True, slots=True)
class FilmLink(Codec):
    """The link to the film that a job made; it dies with the task. Only written."""

    def give(self, value: object) -> object:
        found = [_link(value, one) for one in _outputs(value) if str(find(one, "role")) == "video"]
        return found[0] if found else MISSING


@dataclass(frozen=True, slots=True)
class Pictures(Codec):
    """The pictures that a job made: `{"url", "orig_prompt", "actual_prompt"}` each. Only written."""

    def give(self, value: object) -> list[object]:
        prompts = {"orig_prompt": find(value, "wire.prompt"), "actual_prompt": find(value, "result.prompt")}
        return [{"url": _link(value, one), **prompts} for one in _pictures(value)]


@dataclass(frozen=True, slots=True)
class Choices(Codec):
    """The pictures as the newer operations tell them: as messages of an assistant. Only written."""

    def give(self, value: object) -> list[object]:
        return [
            {
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": [{"type": "image", "image": _link(value, one)}]},
            }
            for one in _pictures(value)
        ]


@dataclass(frozen=True, slots=True)
class FaultCode(Codec):
    """Why a task failed, in the vendor's word. Only written."""

    def give(self, value: object) -> str:
        return code_in_a_task(str(value))


def _outputs(job: object) -> list[object]:
    found = find(job, "outputs")
    return list(found) if isinstance(found, (list, tuple)) else []


def _pictures(job: object) -> list[object]:
    return [one for one in _outputs(job) if str(find(one, "role")).startswith("images.")]


def _link(job: object, output: object) -> Link:
    finished = find(job, "finished_at")
    dies = finished + KEPT if isinstance(finished, float) else None
    return Link(str(find(output, "bucket")), str(find(output, "key")), dies)


@dataclass(frozen=True, slots=True)
class FilmUsage(Codec):
    """What the film counts as: the members of every generation of the vendor's models together. Only written."""

    def give(self, value: object) -> dict[str, object]:
        width, height = _number(value, "width"), _number(value, "height")
        seconds = _number(value, "seconds")
        lines = min(width, height)
        return {
            "SR": min(TIERS, key=lambda tier: abs(tier - lines)),
            "duration": round(seconds),
            "video_count": 1,
            "video_duration": round(seconds),
            "video_ratio": f"{width:.0f}*{height:.0f}",
            "input_video_duration": round(_number(value, "seconds_in")),
            "output_video_duration": round(seconds),
            "size": f"{width:.0f}*{height:.0f}",
        }


def _number(result: object, name: str) -> float:
    found = find(result, name)
    return float(found) if isinstance(found, int | float) else 0.0


PROMPTS: Table = {
    "orig_prompt": OfSuccess("", row=Codec("wire.prompt")),
    "actual_prompt": OfSuccess("", row=Codec("result.prompt")),
}
TASK: Table = {
    "task_id": TaskId("id"),
    "task_status": one_of("status", STATUS),
    "submit_time": Moment("created_at"),
    "scheduled_time": Moment("started_at"),
    "end_time": Moment("finished_at"),
    "code": FaultCode("failure.code"),
    "message": "failure.message",
}
FILM: Table = {**TASK, **PROMPTS, "video_url": OfSuccess("", row=FilmLink(""))}
PICTURE: Table = {**TASK, "results": OfSuccess("", row=Pictures(""))}
CHOICE: Table = {**TASK, "choices": OfSuccess("", row=Choices(""))}
PICTURE_USAGE: Table = {"image_count": "count"}


@dataclass(frozen=True, slots=True)
class Kind:
    output: Table
    usage: Codec


KINDS: Mapping[str, Kind] = {
    wanted.VIDEO: Kind(FILM, FilmUsage("result")),
    wanted.PICTURE: Kind(PICTURE, json_object(PICTURE_USAGE, path="result")),
    wanted.CHOICE: Kind(CHOICE, json_object(PICTURE_USAGE, path="result")),
}


@dataclass(frozen=True, slots=True)
class Output(Codec):
    def give(self, value: object) -> object:
        return write(KINDS[str(find(value, "face"))].output, value)


@dataclass(frozen=True, slots=True)
class Usage(Codec):
    def give(self, value: object) -> object:
        return OfSuccess("", row=KINDS[str(find(value, "face"))].usage).give(value)


@dataclass(frozen=True, slots=True)
class Accepted(Codec):
    def give(self, value: object) -> object:
        return {"task_id": task_id(str(value)), "task_status": STATUS[Status.QUEUED]}


GIVEN: Table = {"model": "model", "input": "input", "parameters": "parameters"}
CREATED: Table = {"output": Accepted("id")}


def _creates(action: str, family: str, make: wanted.Wanted) -> Operation:
    return submit(action, takes=GIVEN, gives=CREATED, family=family, wanted=make)


VIDEO = _creates("video", wanted.VIDEO, wanted.video)
IMAGES = _creates("images", wanted.PICTURE, wanted.picture)
CHOICES = _creates("choices", wanted.CHOICE, wanted.choice)
FETCH = query(
    "fetch",
    takes={"task_id": TaskId("id", required=True)},
    gives={"output": Output(""), "usage": Usage("")},
    family=FAMILY,
    until=until,
)


# ---- cancelling


async def _cancel(desk: Desk, given: Document) -> Document:
    job = desk.service.job(desk.tenant, str(given["id"]))
    if not job.face.startswith(f"{FAMILY}."):
        raise UnsupportedOperation(f"there is no task {task_id(job.id)}", field="task_id")
    await desk.service.cancel(desk.tenant, job.id, only=Status.QUEUED)
    return {}


CANCEL = handled("cancel", _cancel, takes={"task_id": TaskId("id", required=True)})
