"""Rows to records and back. The JSON of a blob is typed: a record comes out, never a loose dict."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from reelwright.jobs import document
from reelwright.jobs.delivery import Attempt, Delivery, DeliveryState, NewDelivery
from reelwright.jobs.job import (
    DEFAULT_PIPELINE,
    MOST_URGENT,
    Event,
    Failure,
    Job,
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
from reelwright.jobs.records import Record

Row: TypeAlias = tuple[Any, ...]
Values: TypeAlias = dict[str, Any]
JSON = msgspec.json.Encoder()
MAPPING = msgspec.json.Decoder(dict[str, Any])


class Request(msgspec.Struct, omit_defaults=True):
    """What was asked for; it never changes."""

    params: Mapping[str, Any]
    fresh: bool = False
    seed: int = 0
    destination: str | None = None
    wire: Mapping[str, Any] | None = None


class Outcome(msgspec.Struct, omit_defaults=True):
    """What came of a job."""

    result: Mapping[str, Any] | None = None
    outputs: tuple[Output, ...] = ()
    made: Made | None = None
    failure: Failure | None = None
    usage: Usage = Usage()


class StepOutcome(msgspec.Struct, omit_defaults=True):
    """What came of a step, over all its attempts."""

    result: Mapping[str, Any] | None = None
    made: Made | None = None
    failure: Failure | None = None
    phases: tuple[Phase, ...] = ()
    usage: Usage = Usage()
    looks: int = 0


class Planned(msgspec.Struct, omit_defaults=True):
    """What a plan says of a step beside its params."""

    needs: tuple[str, ...] = ()
    title: str = ""
    seed: int | None = None


REQUEST = msgspec.json.Decoder(Request)
OUTCOME = msgspec.json.Decoder(Outcome)
ATTEMPTS = msgspec.json.Decoder(list[Attempt])
STEP_OUTCOME = msgspec.json.Decoder(StepOutcome)
PLANNED = msgspec.json.Decoder(Planned)
NOTHING_YET = Outcome()
NO_STEP_OUTCOME = StepOutcome()
UNPLANNED = Planned()
QUEUED = Status.QUEUED.value


def rank(priority: int) -> int:
    """0 for the most urgent, whichever end of the scale that is."""
    return abs(MOST_URGENT - priority)


# ---- jobs


def accepted(new: NewJob, pipeline: str) -> Job:
    """The record of a job that has just been submitted."""
    return Job(
        id=new.id,
        tenant=new.tenant,
        operator=new.operator,
        params=new.params,
        status=Status.QUEUED,
        created_at=new.created_at,
        expires_at=new.expires_at,
        pipeline=pipeline,
        priority=new.priority,
        fresh=new.fresh,
        seed=new.seed,
        face=new.face,
        destination=new.destination,
        wire=new.wire,
    )


def new_job_row(new: NewJob, pipeline: str, *, unplanned: bool) -> Row:
    """The values of `statements.NEW_JOB_COLUMNS`."""
    return (
        new.id,
        new.tenant,
        new.operator,
        QUEUED,
        pipeline,
        new.priority,
        rank(new.priority),
        int(unplanned),
        new.face,
        new.created_at,
        new.expires_at,
        new.token_scope,
        new.token,
        new.token_digest,
        JSON.encode(Request(new.params, new.fresh, new.seed, new.destination, new.wire)),
        document.render(accepted(new, pipeline)),
    )


def job(row: Row) -> Job:
    """From the columns `statements.JOB_COLUMNS`."""
    request = REQUEST.decode(row[13])
    outcome = NOTHING_YET if row[14] is None else OUTCOME.decode(row[14])
    return Job(
        id=row[0],
        tenant=row[1],
        operator=row[2],
        params=request.params,
        status=Status(row[3]),
        created_at=row[7],
        expires_at=row[8],
        pipeline=row[4],
        priority=row[5],
        fresh=request.fresh,
        seed=request.seed,
        face=row[6],
        destination=request.destination,
        wire=request.wire,
        started_at=row[9],
        finished_at=row[10],
        progress=row[11],
        result=outcome.result,
        outputs=outcome.outputs,
        made=outcome.made,
        failure=outcome.failure,
        usage=outcome.usage,
        revision=row[12],
    )


def job_changes(job: Job) -> Values:
    """The values of `statements.SAVE_JOB`."""
    return {
        "job_id": job.id,
        "new_status": job.status.value,
        "new_started_at": job.started_at,
        "new_finished_at": job.finished_at,
        "new_progress": job.progress,
        "new_revision": job.revision,
        "new_outcome": JSON.encode(Outcome(job.result, job.outputs, job.made, job.failure, job.usage)),
        "new_doc": document.render(job),
    }


# ---- steps


def only_step(job: Job) -> Step:
    """The one step of a job that was submitted without steps, as it stands before its first claim."""
    state = Status.CANCELLED if job.status is Status.CANCELLED else Status.QUEUED
    return Step(f"{job.id}-0", job.id, 0, job.operator, job.operator, job.params, state)


@lru_cache(maxsize=4096)
def step(row: Row) -> Step:
    """From the columns `statements.STEP_COLUMNS`.

    Kept by the row's content: a plan looks at all steps of its job whenever one of them ends.
    """
    outcome = NO_STEP_OUTCOME if row[18] is None else STEP_OUTCOME.decode(row[18])
    planned = UNPLANNED if row[19] is None else PLANNED.decode(row[19])
    return Step(
        id=row[0],
        job_id=row[1],
        position=row[2],
        name=row[3],
        operator=row[4],
        params=MAPPING.decode(row[5]),
        state=Status(row[6]),
        attempt=row[7],
        executions=row[8],
        looks=outcome.looks,
        memo=bool(row[9]),
        memo_key=row[10],
        owner=row[11],
        lease_until=row[12],
        run_after=row[13],
        progress=row[14],
        phase=row[15],
        started_at=row[16],
        finished_at=row[17],
        made=outcome.made,
        failure=outcome.failure,
        phases=outcome.phases,
        usage=outcome.usage,
        result=outcome.result,
        needs=planned.needs,
        title=planned.title,
        seed=planned.seed,
        is_ready=bool(row[20]),
    )


def new_step(step: Step, job: Job, *, ready: bool) -> Values:
    """The values of `statements.INSERT_STEP`."""
    changing = {name.removeprefix("new_"): value for name, value in step_changes(step, ready=ready).items()}
    del changing["step_id"]
    return {
        "id": step.id,
        "job_id": job.id,
        "tenant": job.tenant,
        "pipeline": job.pipeline,
        "rank": rank(job.priority),
        "position": step.position,
        "name": step.name,
        "operator": step.operator,
        "params": JSON.encode(step.params),
        "planned": _planned(step),
        **changing,
    }


def _planned(step: Step) -> bytes | None:
    said = Planned(step.needs, step.title, step.seed)
    return None if said == UNPLANNED else JSON.encode(said)


def step_plan(step: Step) -> Values:
    """The values of `statements.PLAN_STEP`."""
    return {
        "step_id": step.id,
        "new_position": step.position,
        "new_operator": step.operator,
        "new_params": JSON.encode(step.params),
        "new_planned": _planned(step),
    }


def step_changes(step: Step, *, ready: bool) -> Values:
    """The values of `statements.SAVE_STEP`."""
    return {
        "step_id": step.id,
        "new_state": step.state.value,
        "new_ready": int(ready),
        "new_attempt": step.attempt,
        "new_executions": step.executions,
        "new_memo": int(step.memo),
        "new_memo_key": step.memo_key,
        "new_owner": step.owner,
        "new_lease_until": step.lease_until,
        "new_run_after": step.run_after,
        "new_progress": step.progress,
        "new_phase": step.phase,
        "new_started_at": step.started_at,
        "new_finished_at": step.finished_at,
        "new_outcome": JSON.encode(
            StepOutcome(step.result, step.made, step.failure, step.phases, step.usage, step.looks)
        ),
    }


# ---- the rest


def default_pipeline(tenant: str) -> Pipeline:
    """What every tenant has without a row; its id is the same in every ledger."""
    return Pipeline(hashlib.blake2b(tenant.encode(), digest_size=16).hexdigest(), tenant, DEFAULT_PIPELINE)


def event(row: Row) -> Event:
    return Event(row[0], row[1], row[2], row[3], MAPPING.decode(row[4]))


def delivery(row: Row) -> Delivery:
    """From the columns `kept_statements.DELIVERY_COLUMNS`."""
    return Delivery(
        id=row[0],
        tenant=row[1],
        job_id=row[2],
        kind=row[3],
        target=row[4],
        receiver=row[5],
        payload=MAPPING.decode(row[6]),
        state=DeliveryState(row[7]),
        attempts=row[8],
        created_at=row[9],
        due=row[10],
        settled_at=row[11],
        log=tuple(ATTEMPTS.decode(row[12])),
    )


def new_delivery(new: NewDelivery) -> Values:
    """The values of `kept_statements.TELL`."""
    return {
        "id": new.id,
        "tenant": new.tenant,
        "job_id": new.job_id,
        "kind": new.kind,
        "target": new.target,
        "receiver": new.receiver,
        "payload": JSON.encode(new.payload),
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "created_at": new.created_at,
        "due": new.created_at,
        "settled_at": None,
        "log": b"[]",
    }


def delivery_changes(delivery: Delivery) -> Values:
    """The values of `kept_statements.SAVE_DELIVERY`."""
    return {
        "delivery_id": delivery.id,
        "new_state": delivery.state.value,
        "new_attempts": delivery.attempts,
        "new_due": delivery.due,
        "new_settled_at": delivery.settled_at,
        "new_log": JSON.encode(delivery.log),
    }


def pipeline(row: Row) -> Pipeline:
    return Pipeline(row[0], row[1], row[2], row[3], bool(row[4]), row[5], row[6], row[7], row[8], row[9])


def pipeline_values(pipeline: Pipeline) -> Values:
    return {**asdict(pipeline), "paused": int(pipeline.paused)}


def record(row: Row) -> Record:
    """From the columns `kept_statements.RECORD_COLUMNS`."""
    return Record(*row)


def record_values(record: Record) -> Values:
    return {
        "tenant": record.tenant,
        "kind": record.kind,
        "id": record.id,
        "body": record.body,
        "created_at": record.created_at,
        "changed_at": record.changed_at,
    }


def key(row: Row) -> Key:
    return Key(*row)


def key_values(key: Key) -> Values:
    return {
        "access_key_id": key.access_key_id,
        "access_key_secret": key.access_key_secret,
        "api_key": key.api_key,
        "tenant": key.tenant,
        "created_at": key.created_at,
    }
