"""Operators, pipelines, callbacks, keys, and the server itself."""

from typing import Annotated, Any

from msgspec import Meta

from reelwright.jobs.delivery import DeliveryState
from reelwright.jobs.job import DEFAULT_PRIORITY, LEAST_URGENT, MOST_URGENT
from reelwright.v1.base import MAX_PAGE, Instant, Reply, Request


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
