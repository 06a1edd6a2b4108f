"""The list of a tenant's tasks of the last 24 hours, in the shape of both of the vendor's clients at once."""

from dataclasses import dataclass
from datetime import datetime

from reelwright import timing
from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import bad
from reelwright.faces.dashscope import wanted
from reelwright.faces.dashscope.tasks import BEIJING, FAMILY, KEPT, STATUS, Moment, TaskId
from reelwright.faces.wire import Codec, Desk, Document, Table, always, each, handled, integer, one_of, text
from reelwright.jobs.job import Job, JobFilter, Status

REGION = "local"
MOST_LISTED = 10_000
"""Tasks of the interval among which those of one model are looked for."""
WORDS = {status.value: word for status, word in STATUS.items()}


@dataclass(frozen=True, slots=True)
class Instant(Codec):
    """`20250420000000` in Beijing, or epoch milliseconds. Only read."""

    def take(self, value: object, name: str) -> float:
        given = str(value).strip()
        if given.isdigit() and len(given) == 14:
            try:
                return datetime.strptime(given, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()
            except ValueError:
                pass
        elif given.isdigit() and len(given) == 13:
            return int(given) / 1000
        raise bad(name, value, "give it like 20250420000000, or in milliseconds since 1970")

    @property
    def keeps_empty(self) -> bool:
        return False


async def _list(desk: Desk, given: Document) -> Document:
    number, size = _whole(given, "number", 1), _whole(given, "size", 10)
    now = timing.now()
    since = _at(given, "since", now - KEPT)
    until = _at(given, "until", now)
    if since > until:
        raise InvalidParameter("start_time lies after end_time; swap them", field="start_time")
    status = given.get("status")
    wanted_jobs = JobFilter(
        tenant=desk.tenant,
        status=None if status is None else Status(str(status)),
        face=FAMILY,
        created_after=max(since, now - KEPT),
        created_before=until + 0.001,
        limit=MOST_LISTED,
    )
    found = [job for job in desk.service.jobs(wanted_jobs) if _fits(job, given)]
    first = (number - 1) * size
    return {
        "tasks": [_listed(job) for job in found[first : first + size]],
        "total": len(found),
        "pages": -(-len(found) // size),
        "number": number,
        "size": size,
    }


def _fits(job: Job, given: Document) -> bool:
    return given.get("model") in (None, (job.wire or {}).get("model"))


def _whole(given: Document, name: str, default: int) -> int:
    found = given.get(name, default)
    assert isinstance(found, int)
    return found


def _at(given: Document, name: str, default: float) -> float:
    found = given.get(name, default)
    assert isinstance(found, float)
    return found


def _listed(job: Job) -> dict[str, object]:
    """One task; what a machine of one's own cannot know, accounts and regions, is constant."""
    model = str((job.wire or {}).get("model", ""))
    action = "image-generation" if job.face == wanted.CHOICE else "text2image"
    kind = "video-generation:video-synthesis" if job.face == wanted.VIDEO else f"{action}:generation"
    return {
        "job": job,
        "model": model,
        "created": _milliseconds(job.created_at),
        "started": _milliseconds(job.started_at),
        "ended": _milliseconds(job.finished_at),
        "unique": f"apikey:v1:aigc:{kind}:{model}",
    }


def _milliseconds(at: float | None) -> int | None:
    return None if at is None else round(at * 1000)


LISTED: Table = {
    "task_id": TaskId("job.id"),
    "status": one_of("job.status", STATUS),
    "model_name": "model",
    "region": always(REGION),
    "request_id": TaskId("job.id"),
    "gmt_create": "created",
    "start_time": "started",
    "end_time": "ended",
    "api_key_id": always("1"),
    "caller_parent_id": always("1"),
    "caller_uid": always("1"),
    "user_api_unique_key": "unique",
}
LISTED_AGAIN: Table = {
    "task_id": TaskId("job.id"),
    "status": one_of("job.status", STATUS),
    "submit_time": Moment("job.created_at"),
    "scheduled_time": Moment("job.started_at"),
    "end_time": Moment("job.finished_at"),
    "model_name": "model",
}
"""The newer client reads another key, in which times are texts."""
LIST = handled(
    "list",
    _list,
    takes={
        "page_no": integer("number", least=1, most=MOST_LISTED),
        "page_size": integer("size", least=1, most=100),
        "start_time": Instant("since"),
        "end_time": Instant("until"),
        "model_name": text("model"),
        "status": one_of("status", WORDS),
    },
    gives={
        "data": each("tasks", LISTED),
        "tasks": each("tasks", LISTED_AGAIN),
        "total": "total",
        "total_page": "pages",
        "page_no": "number",
        "page_size": "size",
    },
)
