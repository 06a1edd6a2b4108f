"""Which steps may run now, and in which order.

Work waits in two places: jobs without steps (most of them; their one step is made here)
and steps that are ready. Both are read queue by queue, a queue being a tenant's pipeline,
because one that is paused or full may hold a million jobs that must not be walked through.
Within a queue: most urgent first, then the oldest job, then the place in the job. Over all
queues the same, but the urgency of the pipeline comes before that of the job.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reelwright.jobs.job import DEFAULT_PRIORITY, Job, Pipeline, Status
from reelwright.jobs.ledger import rows, statements
from reelwright.jobs.ledger.group import Group
from reelwright.jobs.ledger.port import Claim
from reelwright.jobs.ledger.statements import Sql

Queue = tuple[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A step that may run; the fields are in the order of the queue. No `step_id`: it is still to be made."""

    queue_rank: int
    rank: int
    job_id: str
    position: int
    step_id: str = ""


def claim(group: Group, *, owner: str, slots: int, lease: float, now: float) -> list[Claim]:
    if slots <= 0:
        return []
    held: dict[Queue, int] = {(row[0], row[1]): row[2] for row in group.all(statements.HELD_COUNTS, {})}
    waiting: list[Waiting] = []
    for queue in _queues(group):
        pipeline = _pipeline(group, *queue)
        room = _room(pipeline, held.get(queue, 0), slots)
        if room > 0:
            waiting += _head(group, queue, pipeline, room, now)
    return [_take(group, one, owner=owner, until=now + lease, now=now) for one in sorted(waiting)[:slots]]


def _queues(group: Group) -> set[Queue]:
    return {*_each(group, statements.NEXT_UNPLANNED_QUEUE), *_each(group, statements.NEXT_READY_QUEUE)}


def _each(group: Group, following: Sql) -> Iterator[Queue]:
    """A jump through the index from queue to queue: the cost is the number of queues, not of jobs."""
    queue: Queue = ("", "")
    while row := group.one(following, {"tenant": queue[0], "pipeline": queue[1]}):
        queue = (row[0], row[1])
        yield queue


def _pipeline(group: Group, tenant: str, name: str) -> Pipeline | None:
    row = group.one(statements.PIPELINE, {"tenant": tenant, "name": name})
    return None if row is None else rows.pipeline(row)


def _room(pipeline: Pipeline | None, held: int, slots: int) -> int:
    """How many more steps of a pipeline may start. One without a row is an untouched default: no limit."""
    if pipeline is None or (not pipeline.paused and pipeline.concurrency == 0):
        return slots
    return 0 if pipeline.paused else min(slots, pipeline.concurrency - held)


def _head(group: Group, queue: Queue, pipeline: Pipeline | None, room: int, now: float) -> list[Waiting]:
    urgency = rows.rank(DEFAULT_PRIORITY if pipeline is None else pipeline.priority)
    values = {"tenant": queue[0], "pipeline": queue[1], "limit": room, "now": now}
    unplanned = [Waiting(urgency, row[0], row[1], 0) for row in group.all(statements.UNPLANNED_HEAD, values)]
    ready = [Waiting(urgency, *row) for row in group.all(statements.READY_HEAD, values)]
    return sorted(unplanned + ready)[:room]


def _take(group: Group, waiting: Waiting, *, owner: str, until: float, now: float) -> Claim:
    job = group.job(waiting.job_id)
    step = group.step(waiting.step_id) if waiting.step_id else rows.only_step(job)
    step = replace(
        step,
        state=Status.RUNNING,
        attempt=step.attempt + 1,
        owner=owner,
        lease_until=until,
        run_after=0.0,
        started_at=now if step.started_at is None else step.started_at,
        finished_at=None,
        failure=None,
    )
    if waiting.step_id:
        group.save_step(step)
    else:
        group.run(statements.PLAN_JOB, {"job_id": job.id})
        group.add_step(step, job, ready=False)
    group.step_event(step, now)
    return Claim(_running(group, job, now), step)


def _running(group: Group, job: Job, now: float) -> Job:
    if job.status is Status.RUNNING:
        return job
    started = now if job.started_at is None else job.started_at
    return group.move_job(job, replace(job, status=Status.RUNNING, started_at=started), now)
