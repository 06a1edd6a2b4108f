"""What any ledger must do. The ledger is the only truth about jobs.

Reads are plain calls, quick enough to stand inline on an event loop. Writes are
functions over a `Transaction`: they are queued, run one after the other by one
writer, and committed in groups. A future resolves only after its group is on disk.
A function that raises is rolled back alone; its neighbours in the group commit.

Fencing: a write about a running step names the attempt it belongs to, and raises
`Fenced` if the ledger has moved on. `tests/contracts/ledger` is the suite that every
adapter must pass.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from reelwright.jobs.delivery import Attempt, Delivery, DeliveryFilter, DeliveryState
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import (
    Event,
    Failure,
    Job,
    JobFilter,
    Key,
    Made,
    NewJob,
    Output,
    Phase,
    Pipeline,
    Status,
    Step,
    Usage,
)
from reelwright.jobs.records import Keeping, Kept

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Submitted:
    """`created` is false if the token had been used for the same request before."""

    job_id: str
    created: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A step handed to this dispatcher until `lease_until`, with its job."""

    job: Job
    step: Step


@dataclass(frozen=True, slots=True)
class StepResult:
    """What an execution (or a memo hit) brought."""

    result: Mapping[str, Any]
    made: Made
    memo_key: str
    memo: bool
    usage: Usage = Usage()  # noqa: RUF009 - a frozen record
    phases: tuple[Phase, ...] = ()


class Transaction(Keeping, Protocol):
    """The writes. Every one keeps the transition table, appends its event and renders the job's document."""

    def submit(self, new: NewJob, steps: Sequence[Step] = ()) -> Submitted:
        """Accept a job. Without `steps` it gets its one step when it is first claimed, or the steps of its plan now.

        Raises `IdempotentParameterMismatch` if its token was used for another request,
        `PipelineNotFound` if the tenant has no such pipeline.
        """
        ...

    def claim(self, *, owner: str, slots: int, lease: float, now: float) -> list[Claim]:
        """Take up to `slots` steps that may run now: most urgent first, then oldest.

        A step may run if it is QUEUED, `run_after` has passed, all steps before it that it
        needs are done, its pipeline is not paused and holds fewer leases than its limit.
        Raises `attempt`, sets owner and lease; the job becomes RUNNING.
        """
        ...

    def extend(self, steps: Sequence[tuple[str, int]], *, lease: float, now: float) -> list[str]:
        """Heartbeat for (step id, attempt) pairs. Returns the ids that are fenced by now."""
        ...

    def started(self, step_id: str, attempt: int, now: float) -> None:
        """The operator itself begins (no memo was found): `executions` rises."""
        ...

    def progress(self, step_id: str, attempt: int, percent: float, phase: str, now: float) -> None:
        """Progress of a running step; a lower value than the stored one is ignored."""
        ...

    def log(self, job_id: str, level: str, message: str, fields: Mapping[str, Any], now: float) -> None: ...

    def event(self, job_id: str, kind: str, data: Mapping[str, Any], now: float) -> None: ...

    def finish_step(self, step_id: str, attempt: int, result: StepResult, now: float) -> Job:
        """RUNNING -> SUCCEEDED for a step, and its memo row. The job is not finished by this.

        If the job follows a plan, that is asked what is to come next.
        The last step of a job stays held until `publish`: it takes heartbeats, and `fail_step`, `release` or
        `recover` put it back to QUEUED, where its memo makes the second run free.
        """
        ...

    def publish(
        self,
        job_id: str,
        result: Mapping[str, Any],
        outputs: Sequence[Output],
        made: Made,
        phases: Sequence[Phase],
        now: float,
    ) -> Job:
        """The one compare-and-set that makes a job SUCCEEDED: result, outputs, state, event and outbox together.

        `phases` (the publishing bar) are appended to the last step. Raises `Fenced` if the job is not RUNNING.
        """
        ...

    def fail_step(
        self,
        step_id: str,
        attempt: int,
        failure: Failure,
        now: float,
        *,
        retry_at: float | None,
        usage: Usage = Usage(),
        phases: Sequence[Phase] = (),
    ) -> Job:
        """RUNNING -> QUEUED (with `retry_at`) or -> FAILED, and then the job is FAILED too."""
        ...

    def release(self, step_id: str, attempt: int, now: float) -> None:
        """RUNNING -> QUEUED without blame: the server drains. The attempt stays used."""
        ...

    def postpone(self, step_id: str, attempt: int, until: float, now: float, *, usage: Usage = Usage()) -> Job:
        """RUNNING -> QUEUED until then, without blame, because a provider elsewhere is at work; the job stays RUNNING.

        It was a look and no execution. The step may be claimed again after `until`.
        """
        ...

    def recover(self, *, owner: str | None, now: float) -> list[str]:
        """Put steps back to QUEUED whose lease has passed (or, with `owner`, all that owner held). Returns job ids."""
        ...

    def cancel(self, tenant: str, job_id: str, now: float, *, only: Status | None = None) -> Job:
        """Any state that is not final -> CANCELLED. Raises `JobNotFound`, `Conflict` if final, or if not `only`."""
        ...

    def delete(self, tenant: str, job_id: str) -> bool:
        """Forget a job in whatever state it is, with all its rows; who works on it is fenced. False if unknown."""
        ...

    def retry(self, tenant: str, job_id: str, now: float) -> Job:
        """FAILED, CANCELLED or SUSPENDED -> QUEUED; finished steps keep their results. Raises `Conflict` otherwise."""
        ...

    def suspend(self, job_id: str, reason: Failure, now: float) -> Job: ...

    def resume(self, tenant: str, job_id: str, now: float) -> Job:
        """SUSPENDED or FAILED -> QUEUED; finished steps keep their results. Raises `Conflict` otherwise."""
        ...

    def edit(self, tenant: str, job_id: str, step: str, edit: Edit, now: float) -> Job:
        """Change a step of a job that follows a plan; it and what hangs on it run again, nothing else.

        A job that is final is opened again; one that is SUSPENDED waits for its resume. Raises `JobNotFound`,
        `NotFound` for a step that is not there, `Conflict` for a job without a plan.
        """
        ...

    def lead(self, role: str, *, owner: str, ttl: float, now: float) -> int | None:
        """Take or keep a role's lease row. Returns its epoch, None while another holds it."""
        ...

    def pipeline(self, tenant: str, name: str) -> Pipeline | None:
        """By its name or its id. Every tenant has the default one."""
        ...

    def put_pipeline(self, pipeline: Pipeline) -> Pipeline:
        """Create or update by (tenant, name); whoever waits for work is woken."""
        ...

    def delete_pipeline(self, tenant: str, name: str) -> None:
        """By its name or its id. Raises `PipelineNotFound`; `Conflict` while jobs of it are not finished."""
        ...

    def put_key(self, key: Key) -> None: ...

    def delete_key(self, access_key_id: str) -> None: ...

    def tried(self, delivery_id: str, attempt: Attempt, *, state: DeliveryState, due: float) -> None:
        """Note a try in the delivery's log, with what comes of it: done, given up, or due again."""
        ...

    def redeliver(self, tenant: str, delivery_id: str, now: float) -> Delivery:
        """PENDING again, in whatever state it was, with all its tries before it. Raises `NotFound`."""
        ...

    def prune_deliveries(self, before: float) -> int:
        """Delete older ones that no job is behind; the others go with their jobs."""
        ...

    def prune(self, *, now: float, limit: int = 500) -> int:
        """Delete expired final jobs with all their rows, in small batches."""
        ...


class Ledger(Kept, Protocol):
    def open(self) -> None:
        """Migrate the schema and start the writer."""
        ...

    def close(self) -> None:
        """Commit what is queued and stop."""
        ...

    def write(self, change: Callable[[Transaction], T]) -> Future[T]:
        """Queue a change. From any thread."""
        ...

    async def commit(self, change: Callable[[Transaction], T]) -> T:
        """`write` for an event loop: returns once the change is on disk."""
        ...

    def on_commit(self, listener: Callable[[Sequence[str]], None]) -> None:
        """Call `listener(job_ids)` after each group, on the writer's thread. It must not block."""
        ...

    def on_told(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after each group that wrote to the outbox, as for `on_commit`."""
        ...

    def document(self, tenant: str, job_id: str) -> bytes | None:
        """The rendered native reply of a job: one indexed read, no parsing. None if unknown or expired."""
        ...

    def job(self, tenant: str | None, job_id: str) -> Job | None: ...

    def jobs(self, wanted: JobFilter) -> list[Job]: ...

    def steps(self, job_id: str) -> list[Step]: ...

    def step(self, step_id: str) -> Step | None: ...

    def events(self, job_id: str, *, after: int = 0, kinds: Sequence[str] = (), limit: int = 1000) -> list[Event]: ...

    def memo(self, key: str) -> Mapping[str, Any] | None:
        """What `finish_step` stored under this key: {"result": …, "made": …}."""
        ...

    def next_due(self, now: float) -> float | None:
        """The earliest `run_after` of a queued step later than now."""
        ...

    def pipelines(self, tenant: str) -> list[Pipeline]: ...

    def credentials(self) -> list[Key]: ...

    def due_deliveries(self, now: float, *, limit: int, busy: Sequence[str] = ()) -> list[Delivery]:
        """Pending ones whose time has come, the longest overdue first, but none to the `busy` receivers."""
        ...

    def next_delivery(self, now: float) -> float | None:
        """The earliest time later than now at which a pending one is due."""
        ...

    def pending_deliveries(self) -> tuple[int, float | None]:
        """How many wait to be delivered or tried again, and when the oldest of them was written."""
        ...

    def delivery(self, tenant: str, delivery_id: str) -> Delivery | None: ...

    def deliveries(self, wanted: DeliveryFilter) -> list[Delivery]: ...

    def counts(self) -> Mapping[str, int]:
        """Jobs by state, for metrics."""
        ...
