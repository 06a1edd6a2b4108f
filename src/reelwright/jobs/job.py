"""The records: a job, its steps, what they made, and which state may follow which.

All are frozen: a change is a new record (`dataclasses.replace`), written by the
ledger in one transaction with its event. Nothing here knows a database or a face.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reelwright.errors import ReelwrightError

DEFAULT_PIPELINE = "default"
DEFAULT_PRIORITY = 6
MOST_URGENT = 10
"""Larger is more urgent. The vendor's texts contradict each other; this is the one place to flip it."""
LEAST_URGENT = 1


class Status(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SUSPENDED = "SUSPENDED"

    @property
    def is_final(self) -> bool:
        return self in FINAL

    @property
    def stands_still(self) -> bool:
        """Nothing more happens unless a user says so."""
        return self in FINAL or self is Status.SUSPENDED


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})

TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    # QUEUED -> SUCCEEDED is a memo hit; RUNNING -> QUEUED a lost lease or a retry that may help.
    Status.QUEUED: frozenset({Status.RUNNING, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.SUSPENDED}),
    Status.RUNNING: frozenset({Status.QUEUED, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.SUSPENDED}),
    Status.SUSPENDED: frozenset({Status.QUEUED, Status.CANCELLED, Status.FAILED}),
    # Only a user's explicit word leaves these.
    Status.FAILED: frozenset({Status.QUEUED}),
    Status.CANCELLED: frozenset({Status.QUEUED}),
    # A plan of which a user has changed a step.
    Status.SUCCEEDED: frozenset({Status.QUEUED}),
}


def may_become(old: Status, new: Status) -> bool:
    return new in TRANSITIONS[old]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job or step failed, in words a user can act on."""

    code: str
    message: str
    retryable: bool = False
    field: str | None = None

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        if isinstance(error, ReelwrightError):
            return cls(error.code, error.message, error.retryable, error.field)
        return cls("InternalError", f"{type(error).__name__}: {error}")


@dataclass(frozen=True, slots=True)
class Output:
    """One published file. `role` is the result field it came from, `covers.0.image` say."""

    name: str
    role: str
    bucket: str
    key: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Usage:
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0
    media_seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.cpu_seconds + other.cpu_seconds,
            self.wall_seconds + other.wall_seconds,
            self.bytes_in + other.bytes_in,
            self.bytes_out + other.bytes_out,
            self.media_seconds + other.media_seconds,
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """One bar of the timeline."""

    name: str
    started_at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Made:
    """What made a result: the provider, its tier (`builtin`, `model`, `upstream`), the weights' digests."""

    provider: str = "builtin"
    tier: str = "builtin"
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewJob:
    """A submit, checked, before the ledger accepts it.

    `params` are the operator's, with addresses in the `files.*` fields.
    `destination` is an address template for the outputs (None: the results bucket).
    `wire` belongs to the face: whatever it must give back later. `token` with
    `token_scope` makes the submit idempotent; `token_digest` is of the request.
    """

    id: str
    tenant: str
    operator: str
    params: Mapping[str, Any]
    created_at: float
    expires_at: float
    pipeline: str = DEFAULT_PIPELINE
    priority: int = DEFAULT_PRIORITY
    fresh: bool = False
    seed: int = 0
    face: str = "native"
    destination: str | None = None
    wire: Mapping[str, Any] | None = None
    token: str | None = None
    token_scope: str = ""
    token_digest: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    tenant: str
    operator: str
    params: Mapping[str, Any]
    status: Status
    created_at: float
    expires_at: float
    pipeline: str = DEFAULT_PIPELINE
    priority: int = DEFAULT_PRIORITY
    fresh: bool = False
    seed: int = 0
    face: str = "native"
    destination: str | None = None
    wire: Mapping[str, Any] | None = None
    started_at: float | None = None
    finished_at: float | None = None
    progress: float = 0.0
    """Percent; never falls; 100 only once the outputs are published."""
    result: Mapping[str, Any] | None = None
    outputs: tuple[Output, ...] = ()
    made: Made | None = None
    failure: Failure | None = None
    usage: Usage = Usage()
    revision: int = 0
    """Rises with every change of the row."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of one operator. `attempt` fences: it rises with each claim."""

    id: str
    job_id: str
    position: int
    name: str
    operator: str
    params: Mapping[str, Any]
    state: Status = Status.QUEUED
    attempt: int = 0
    executions: int = 0
    """How often the operator truly ran."""
    looks: int = 0
    """How often it was only asked whether a provider elsewhere is done. Each took an attempt, none is an execution."""
    memo: bool = False
    """The result was found, not made."""
    memo_key: str | None = None
    owner: str | None = None
    lease_until: float | None = None
    run_after: float = 0.0
    progress: float = 0.0
    phase: str = ""
    started_at: float | None = None
    finished_at: float | None = None
    made: Made | None = None
    failure: Failure | None = None
    phases: tuple[Phase, ...] = ()
    usage: Usage = Usage()
    result: Mapping[str, Any] | None = None
    needs: tuple[str, ...] = ()
    """Names of the steps of a plan that must be done before it."""
    title: str = ""
    seed: int | None = None
    """Its own, where that of the job does not serve."""
    is_ready: bool = field(default=False, compare=False)
    """It waits for nothing but a slot and its `run_after`. Read from the ledger, never written by this field."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the history. `seq` rises over all jobs; it is the SSE id."""

    seq: int
    job_id: str
    at: float
    kind: str
    """`state`, `step`, `progress`, `log`, `preview`."""
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A named queue. `concurrency` steps of it run at once (0: as many as fit).

    Jobs are marked with its `name`, which never changes; `title` is what people call it.
    """

    id: str
    tenant: str
    name: str
    concurrency: int = 0
    paused: bool = False
    created_at: float = 0.0
    priority: int = DEFAULT_PRIORITY
    """Of the whole queue: what waits in a more urgent pipeline starts before what waits in another."""
    title: str = ""
    speed: str = ""
    """A vendor's class of machines. Kept for whoever asks; here all are the same."""
    modified_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Key:
    """Credentials of one tenant: the pair that signs, and the bearer key."""

    access_key_id: str
    access_key_secret: str
    api_key: str
    tenant: str = "default"
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class JobFilter:
    tenant: str
    status: Status | None = None
    operator: str | None = None
    pipeline: str | None = None
    face: str | None = None
    """A family; those that begin with it and a dot belong to it."""
    created_after: float | None = None
    created_before: float | None = None
    after: str | None = None
    """Cursor: the id of the last job of the page before."""
    newest_first: bool = True
    skip: int = 0
    limit: int = 50
