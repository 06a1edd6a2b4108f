"""The records of `/v1`, declared once for both of its ends: the native face and the client.

Requests refuse what they do not know; replies are read leniently, so that an older
client understands a newer server. The OpenAPI document is made from these classes.
A job's own document is rendered by `jobs.document`; `Job` here is how it reads.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from reelwright.jobs.delivery import DeliveryState
from reelwright.jobs.job import DEFAULT_PIPELINE, DEFAULT_PRIORITY, LEAST_URGENT, MOST_URGENT, Status

MAX_PAGE = 200
MAX_TOKEN = 255
MAX_SEED = (1 << 63) - 1  # a ledger's integer is 64 bits wide

Instant = Annotated[
    str, Meta(description="An instant, UTC.", extra_json_schema={"format": "date-time", "x-unit": "ISO 8601"})
]
Seconds = Annotated[float, Meta(description="Seconds.", extra_json_schema={"x-unit": "s"})]
Percent = Annotated[float, Meta(description="Percent done.", extra_json_schema={"x-unit": "%"})]


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of what comes in: an unknown key is an error, never ignored."""


class Reply(msgspec.Struct, frozen=True):
    """Base of what goes out."""


# ---- jobs


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


# ---- operators, pipelines, keys, the server


class Figure(Reply, frozen=True):
    """The figure an operator is held to."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None


class OperatorSummary(Reply, frozen=True):
    name: str
    version: Annotated[int, Meta(description="Rises when results change.")]
    summary: str
    tiers: Annotated[list[str], Meta(description="Tiers it can run at.")]
    quality: Figure | None = None


class Operators(Reply, frozen=True):
    operators: list[OperatorSummary]


class Operator(Reply, frozen=True):
    name: str
    version: int
    summary: str
    description: str
    tiers: list[str]
    quality: Figure | None
    phases: Annotated[dict[str, float], Meta(description="Phase and its share of the work.")]
    params: Annotated[dict[str, Any], Meta(description="JSON schema of the parameters.")]
    result: Annotated[dict[str, Any], Meta(description="JSON schema of the result.")]


class Pipeline(Reply, frozen=True):
    name: str
    concurrency: Annotated[int, Meta(description="Steps that run at once; 0 is as many as fit.")]
    paused: bool
    id: Annotated[str, Meta(description="What vendors' APIs call PipelineId.")] = ""
    priority: Annotated[int, Meta(description="Of the whole queue; a more urgent pipeline starts first.")] = (
        DEFAULT_PRIORITY
    )
    title: Annotated[str, Meta(description="What people call it, if that is not its name.")] = ""


class Pipelines(Reply, frozen=True):
    pipelines: list[Pipeline]


class PipelineChange(Request, frozen=True):
    """What is left out keeps its value."""

    concurrency: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None,
        Meta(description="Steps that run at once; 0 is as many as fit."),
    ] = None
    paused: Annotated[bool | None, Meta(description="A paused pipeline starts nothing new.")] = None
    priority: Annotated[
        Annotated[int, Meta(ge=LEAST_URGENT, le=MOST_URGENT)] | None,
        Meta(description=f"{LEAST_URGENT} to {MOST_URGENT}; a more urgent pipeline starts first."),
    ] = None


class CallbackAttempt(Reply, frozen=True):
    at: Instant
    seconds: Annotated[float, Meta(description="Until the answer, or until it broke off.")]
    status: Annotated[int | None, Meta(description="HTTP status of the answer; null if none came.")]
    error: Annotated[str, Meta(description="What was wrong; empty for a good one.")]


class Callback(Reply, frozen=True):
    """Something that was to be told to an address, and how the telling went."""

    id: Annotated[str, Meta(description="Also what the receiver sees; the same in every try.")]
    job_id: Annotated[str | None, Meta(description="The job it is about; null if it is about none.")]
    event: Annotated[str, Meta(description="`job.succeeded` say, or a vendor's name of it.")]
    kind: Annotated[str, Meta(description="The face in whose words it is told.")]
    target: Annotated[str, Meta(description="Where it is posted to.")]
    state: DeliveryState
    tries: Annotated[int, Meta(description="Since it was written, or since it was last asked for again.")]
    created_at: Instant
    due: Annotated[Instant | None, Meta(description="When it is tried next; null if it is settled.")]
    settled_at: Instant | None
    attempts: Annotated[list[CallbackAttempt], Meta(description="All tries, the oldest first.")]


class Callbacks(Reply, frozen=True):
    callbacks: Annotated[list[Callback], Meta(description="Newest first.")]
    next: Annotated[str | None, Meta(description="Give it as `after` to get the next page; null on the last.")] = None


class CallbacksQuery(Request, frozen=True):
    state: Annotated[DeliveryState | None, Meta(description="Only those in this state.")] = None
    job: Annotated[str | None, Meta(description="Only those about this job.")] = None
    after: Annotated[str | None, Meta(description="Cursor: `next` of the page before.")] = None
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE, description="Most of one page.")] = 50


class CallbackSecret(Reply, frozen=True):
    """What a receiver checks the header `webhook-signature` with."""

    secret: Annotated[str, Meta(description="`whsec_` and Base64, as Standard Webhooks write it.")]
    rotated_at: Annotated[Instant, Meta(description="For a day after it the secret before signs too.")]


class Credentials(Reply, frozen=True):
    """Shown once: the secret parts cannot be read again."""

    access_key_id: str
    access_key_secret: str
    api_key: str
    tenant: str


class Server(Reply, frozen=True):
    version: str
    operators: Annotated[int, Meta(description="How many operators are installed.")]
    jobs: Annotated[dict[str, int], Meta(description="Jobs by state.")]
