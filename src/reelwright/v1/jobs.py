"""Jobs: how they are submitted, shown, listed and followed."""

from typing import Annotated, Any

from msgspec import Meta

from reelwright.jobs.job import DEFAULT_PIPELINE, DEFAULT_PRIORITY, LEAST_URGENT, MOST_URGENT, Status
from reelwright.v1.base import MAX_PAGE, MAX_SEED, MAX_TOKEN, Instant, Percent, Reply, Request, Seconds


class Submit(Request, frozen=True):
    """A job to be done: one call of one operator."""

    operator: Annotated[str, Meta(description="Name of the operator, `video.cover` say.")]
    params: Annotated[dict[str, Any], Meta(description="Its parameters; file fields hold addresses.")] = {}
    pipeline: Annotated[str, Meta(description="Name of the queue that the job waits in.")] = DEFAULT_PIPELINE
    priority: Annotated[int, Meta(description=f"{LEAST_URGENT} to {MOST_URGENT}; larger is more urgent.")] = (
        DEFAULT_PRIORITY
    )
    fresh: Annotated[bool, Meta(description="Run even if the result of the same request is known.")] = False
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED, description="Same seed, same random choices.")] = 0
    idempotency_key: Annotated[
        Annotated[str, Meta(min_length=1, max_length=MAX_TOKEN)] | None,
        Meta(description="Sent again with the same body, it finds the same job."),
    ] = None
    destination: Annotated[
        str | None, Meta(description="Address template of the outputs, `oss://bucket/key`; else the results bucket.")
    ] = None
    callback: Annotated[
        Annotated[str, Meta(min_length=1, max_length=2048)] | None,
        Meta(description="An http(s) address that the end of the job is posted to, signed as Standard Webhooks say."),
    ] = None


class Submitted(Reply, frozen=True):
    id: Annotated[str, Meta(description="Id of the job.")]
    status: Status
    created: Annotated[bool, Meta(description="False: the idempotency key found a job that was there.")]
    operator: str
    url: Annotated[str, Meta(description="Where to ask about the job.")]


class Output(Reply, frozen=True):
    name: str
    role: Annotated[str, Meta(description="The result field it came from, `covers.0.image` say.")]
    uri: Annotated[str, Meta(description="Its lasting address, `oss://bucket/key`.")]
    url: Annotated[str, Meta(description="A signed download link; ask again for a new one.")]
    size: Annotated[int, Meta(description="Bytes.", extra_json_schema={"x-unit": "bytes"})]
    sha256: str
    media_type: str


class MadeBy(Reply, frozen=True):
    provider: str
    tier: Annotated[str, Meta(description="`builtin`, `model` or `upstream`.")]
    models: Annotated[dict[str, str], Meta(description="Name and SHA-256 of the weights used.")] = {}


class Fault(Reply, frozen=True):
    """What went wrong. `code` is stable; the message names the thing and the mend."""

    code: str
    message: str
    field: Annotated[str | None, Meta(description="The field at fault, `params.video` say.")] = None
    retryable: Annotated[bool, Meta(description="The same request may succeed later.")] = False


class ErrorReply(Reply, frozen=True):
    error: Fault
    request_id: Annotated[str, Meta(description="Also in the server's log.")]


class Usage(Reply, frozen=True):
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0
    media_seconds: float = 0.0


class Job(Reply, frozen=True):
    id: str
    status: Status
    operator: str
    progress: Percent
    params: dict[str, Any]
    pipeline: str
    priority: int
    fresh: bool
    seed: int
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    expires_at: Instant
    result: dict[str, Any] | None
    outputs: list[Output]
    made_by: MadeBy | None
    error: Fault | None
    usage: Usage
    face: Annotated[str, Meta(description="The way in that the job came by.")]
    revision: Annotated[int, Meta(description="Rises with every change of the job.")]


class Jobs(Reply, frozen=True):
    jobs: Annotated[list[Job], Meta(description="Newest first.")]
    next: Annotated[str | None, Meta(description="Give it as `after` to get the next page; null on the last.")] = None


class JobsQuery(Request, frozen=True):
    status: Annotated[Status | None, Meta(description="Only jobs in this state.")] = None
    operator: Annotated[str | None, Meta(description="Only jobs of this operator.")] = None
    pipeline: Annotated[str | None, Meta(description="Only jobs of this pipeline.")] = None
    created_after: Annotated[str | None, Meta(description="ISO 8601, or Unix seconds.")] = None
    created_before: Annotated[str | None, Meta(description="ISO 8601, or Unix seconds.")] = None
    after: Annotated[str | None, Meta(description="Cursor: `next` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE, description="Most jobs of one page.")] = 50


class Step(Reply, frozen=True):
    id: str
    name: str
    operator: str
    state: Status
    executions: Annotated[int, Meta(description="How often the operator truly ran.")]
    attempt: Annotated[int, Meta(description="Rises with each claim by a worker.")]
    memo: Annotated[bool, Meta(description="The result was found, not made.")]
    provider: str | None
    tier: str | None
    progress: Percent
    phase: str
    seconds: Annotated[float | None, Meta(description="From its start to its end, or to now; null before it starts.")]
    started_at: Instant | None = None
    finished_at: Instant | None = None
    error: Fault | None = None
    title: Annotated[str, Meta(description="What it makes, in words.")] = ""
    needs: Annotated[list[str], Meta(description="Names of the steps that must be done before it.")] = []
    files: Annotated[dict[str, str], Meta(description="Result field -> signed link, of the files it has made.")] = {}


class Steps(Reply, frozen=True):
    steps: Annotated[list[Step], Meta(description="In the order of the plan.")]


class Bar(Reply, frozen=True):
    """One span of the job's life."""

    name: Annotated[str, Meta(description="`queue`, `fetch`, a phase of the operator, `publish`.")]
    step: Annotated[str | None, Meta(description="Name of the step; null for the whole job.")]
    start: Annotated[float, Meta(description="Seconds since the job was accepted.", extra_json_schema={"x-unit": "s"})]
    seconds: Seconds


class Timeline(Reply, frozen=True):
    created_at: Instant
    seconds: Annotated[float, Meta(description="From acceptance to the end, or to now.")]
    bars: Annotated[list[Bar], Meta(description="In order of their start.")]


class LogLine(Reply, frozen=True):
    seq: int
    at: Instant
    level: str
    message: str
    fields: dict[str, Any] = {}


class Log(Reply, frozen=True):
    lines: list[LogLine]
    next: Annotated[int | None, Meta(description="Give it as `after` to get the next lines; null at the end.")] = None


class LogQuery(Request, frozen=True):
    after: Annotated[int, Meta(ge=0, description="Only lines with a larger `seq`.")] = 0
    limit: Annotated[int, Meta(ge=1, le=1000, description="Most lines of one reply.")] = 1000


class Event(Reply, frozen=True):
    """One row of the history; `seq` is the id of the stream."""

    seq: int
    job_id: str
    at: Instant
    kind: Annotated[str, Meta(description="`state`, `step`, `progress`, `log` or `preview`.")]
    data: dict[str, Any] = {}


class EventsQuery(Request, frozen=True):
    after: Annotated[int, Meta(ge=0, description="Only events with a larger `seq`; like the header Last-Event-ID.")] = 0
