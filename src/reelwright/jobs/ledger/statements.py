"""Every statement of the SQLite ledger: written in SQLAlchemy Core, compiled once, run as text.

Compiling a Core statement for each call costs several times what SQLite needs to run it,
so each is compiled at its first use and kept. Values go in by name, except for the
inserts of many rows, whose values come flat and in the order of the columns.
"""

from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import ClauseElement

from reelwright.jobs.ledger.schema import (
    DELAYED,
    FINAL,
    HELD,
    QUEUED,
    READY,
    RUNNING,
    UNPLANNED,
    credentials,
    events,
    jobs,
    leaders,
    memos,
    outbox,
    pipelines,
    steps,
    tallies,
)

ZERO: ColumnElement[int] = literal_column("0")
ONE: ColumnElement[int] = literal_column("1")
LIMIT: ColumnElement[int] = bindparam("limit")
NAMED = sqlite.dialect(paramstyle="named")
JOB_COLUMNS = (
    *("id", "tenant", "operator", "status", "pipeline", "priority", "face", "created_at", "expires_at"),
    *("started_at", "finished_at", "progress", "revision", "request", "outcome"),
)
NEW_JOB_COLUMNS = (
    *("id", "tenant", "operator", "status", "pipeline", "priority", "rank", "unplanned", "face"),
    *("created_at", "expires_at", "token_scope", "token", "token_digest", "request", "doc"),
)
CHANGING_JOB_COLUMNS = ("status", "started_at", "finished_at", "progress", "revision", "outcome", "doc")
STEP_COLUMNS = (
    *("id", "job_id", "position", "name", "operator", "params", "state", "attempt", "executions", "memo", "memo_key"),
    *(
        "owner",
        "lease_until",
        "run_after",
        "progress",
        "phase",
        "started_at",
        "finished_at",
        "outcome",
        "planned",
        "ready",
    ),
)
CHANGING_STEP_COLUMNS = (
    *("state", "ready", "attempt", "executions", "memo", "memo_key", "owner", "lease_until", "run_after"),
    *("progress", "phase", "started_at", "finished_at", "outcome"),
)
NEW_EVENT_COLUMNS = ("job_id", "at", "kind", "data")
IN_LINE = (64, 8)
"""Rows of one INSERT. Few sizes, so that few statements are prepared."""


class Sql:
    """A Core statement and, from its first use on, its text."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement

    @cached_property
    def text(self) -> str:
        compiled = self._statement.compile(dialect=NAMED)
        hidden = [name for name, value in compiled.params.items() if value is not None]
        # A plain number in a Core expression becomes a value that the caller would have to bind; write it as a literal.
        assert not hidden, f"{compiled}: {hidden}"
        return str(compiled)


def select_columns(table: Table, columns: Sequence[str]) -> Select[Any]:
    return select(*(table.c[name] for name in columns))


def first_rows(statement: Select[Any], limit: ColumnElement[Any], skip: ColumnElement[Any] = ZERO) -> Sql:
    return Sql(statement.limit(limit).offset(skip))


def upsert(table: Table, key: Sequence[str], changes: Collection[str]) -> Sql:
    new = sqlite.insert(table)
    return Sql(new.on_conflict_do_update(index_elements=key, set_={name: new.excluded[name] for name in changes}))


@lru_cache(maxsize=32)
def insert_rows(table: Table, columns: tuple[str, ...], count: int) -> str:
    """INSERT of `count` rows; the values are flat, row after row."""
    rows: list[dict[str, ColumnElement[Any]]] = [
        {name: bindparam(f"{name}_{row}") for name in columns} for row in range(count)
    ]
    statement: Insert = insert(table).values(rows)
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == bindparam(name)


# ---- jobs

DOCUMENT = Sql(
    select(jobs.c.doc).where(of(jobs.c.id, "job_id"), of(jobs.c.tenant, "tenant"), jobs.c.expires_at > bindparam("now"))
)
JOB = Sql(select_columns(jobs, JOB_COLUMNS).where(of(jobs.c.id, "job_id")))
JOB_EXISTS = Sql(select(jobs.c.id).where(of(jobs.c.id, "job_id")))
NEWEST_JOB = Sql(select(func.max(jobs.c.id)))
TOKEN = Sql(
    select(jobs.c.id, jobs.c.token_digest, jobs.c.expires_at).where(
        of(jobs.c.tenant, "tenant"), of(jobs.c.token_scope, "scope"), of(jobs.c.token, "token")
    )
)
FORGET_TOKEN = Sql(update(jobs).where(of(jobs.c.id, "job_id")).values(token=null()))
PLAN_JOB = Sql(update(jobs).where(of(jobs.c.id, "job_id")).values(unplanned=ZERO))
SAVE_JOB = Sql(
    update(jobs)
    .where(of(jobs.c.id, "job_id"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING_JOB_COLUMNS})
)


@lru_cache(maxsize=256)
def job_page(filters: frozenset[str], newest_first: bool) -> str:
    """A page of jobs by the filters that are given."""
    after: ColumnElement[str] = bindparam("after")
    conditions = {
        "status": of(jobs.c.status, "status"),
        "operator": of(jobs.c.operator, "operator"),
        "pipeline": of(jobs.c.pipeline, "pipeline"),
        "face": of(jobs.c.face, "face") | ((jobs.c.face > bindparam("within")) & (jobs.c.face < bindparam("beyond"))),
        # The id begins with the time, so the bound on it keeps the scan short; the second bound is exact.
        "created_after": (jobs.c.id >= bindparam("first_id")) & (jobs.c.created_at >= bindparam("created_after")),
        "created_before": (jobs.c.id < bindparam("last_id")) & (jobs.c.created_at < bindparam("created_before")),
        "after": jobs.c.id < after if newest_first else jobs.c.id > after,
    }
    statement = (
        select_columns(jobs, JOB_COLUMNS)
        .where(of(jobs.c.tenant, "tenant"), jobs.c.expires_at > bindparam("now"))
        .where(*(condition for name, condition in conditions.items() if name in filters))
        .order_by(jobs.c.id.desc() if newest_first else jobs.c.id)
    )
    return first_rows(statement, LIMIT, bindparam("skip")).text


# ---- steps

STEP = Sql(select_columns(steps, STEP_COLUMNS).where(of(steps.c.id, "step_id")))
STEPS = Sql(
    select_columns(steps, STEP_COLUMNS).where(of(steps.c.job_id, "job_id")).order_by(steps.c.position, steps.c.id)
)
INSERT_STEP = Sql(insert(steps))
SAVE_STEP = Sql(
    update(steps)
    .where(of(steps.c.id, "step_id"))
    .values({name: bindparam(f"new_{name}") for name in CHANGING_STEP_COLUMNS})
)
PLANNED_STEP_COLUMNS = ("position", "operator", "params", "planned")
PLAN_STEP = Sql(
    update(steps)
    .where(of(steps.c.id, "step_id"))
    .values({name: bindparam(f"new_{name}") for name in PLANNED_STEP_COLUMNS})
)
PLANNED_PROGRESS = Sql(
    select(func.count(), func.sum(steps.c.progress)).where(of(steps.c.job_id, "job_id"), text("state <> 'CANCELLED'"))
)
EXTEND = Sql(
    update(steps)
    .where(of(steps.c.id, "step_id"), of(steps.c.attempt, "held_attempt"), HELD)
    .values(lease_until=bindparam("until"))
)
STARTED = Sql(
    update(steps)
    .where(of(steps.c.id, "step_id"), of(steps.c.attempt, "held_attempt"), RUNNING)
    .values(executions=steps.c.executions + ONE)
)
STEP_PROGRESS = Sql(
    update(steps)
    .where(of(steps.c.id, "step_id"))
    .values(progress=bindparam("new_progress"), phase=bindparam("new_phase"))
)
_unfinished = steps.alias("unfinished")
OPEN_STEPS = Sql(
    update(steps)
    .where(
        of(steps.c.job_id, "job_id"),
        QUEUED,
        steps.c.position
        == select(func.min(_unfinished.c.position))
        .where(of(_unfinished.c.job_id, "job_id"), text("unfinished.state <> 'SUCCEEDED'"))
        .scalar_subquery(),
    )
    .values(ready=ONE)
)
UNFINISHED_COUNT = Sql(select(func.count()).where(of(steps.c.job_id, "job_id"), text("state <> 'SUCCEEDED'")))
HELD_COUNT = Sql(select(func.count()).where(of(steps.c.job_id, "job_id"), HELD))
MEAN_PROGRESS = Sql(select(func.avg(steps.c.progress)).where(of(steps.c.job_id, "job_id")))
LAPSED = Sql(select_columns(steps, STEP_COLUMNS).where(HELD, steps.c.lease_until < bindparam("now")))
HELD_BY = Sql(select_columns(steps, STEP_COLUMNS).where(HELD, of(steps.c.owner, "owner")))
NEXT_DUE = Sql(select(func.min(steps.c.run_after)).where(DELAYED, steps.c.run_after > bindparam("now")))

# ---- the queue

HELD_COUNTS = Sql(
    select(steps.c.tenant, steps.c.pipeline, func.count()).where(HELD).group_by(steps.c.tenant, steps.c.pipeline)
)
_BEFORE: tuple[ColumnElement[str], ...] = (bindparam("tenant"), bindparam("pipeline"))
NEXT_UNPLANNED_QUEUE = first_rows(
    select(jobs.c.tenant, jobs.c.pipeline)
    .where(UNPLANNED, tuple_(jobs.c.tenant, jobs.c.pipeline) > tuple_(*_BEFORE))
    .order_by(jobs.c.tenant, jobs.c.pipeline),
    ONE,
)
NEXT_READY_QUEUE = first_rows(
    select(steps.c.tenant, steps.c.pipeline)
    .where(READY, tuple_(steps.c.tenant, steps.c.pipeline) > tuple_(*_BEFORE))
    .order_by(steps.c.tenant, steps.c.pipeline),
    ONE,
)
UNPLANNED_HEAD = first_rows(
    select(jobs.c.rank, jobs.c.id)
    .where(UNPLANNED, of(jobs.c.tenant, "tenant"), of(jobs.c.pipeline, "pipeline"))
    .order_by(jobs.c.rank, jobs.c.id),
    LIMIT,
)
READY_HEAD = first_rows(
    select(steps.c.rank, steps.c.job_id, steps.c.position, steps.c.id)
    .where(
        READY,
        of(steps.c.tenant, "tenant"),
        of(steps.c.pipeline, "pipeline"),
        steps.c.run_after <= bindparam("now"),
    )
    .order_by(steps.c.rank, steps.c.job_id, steps.c.position),
    LIMIT,
)

# ---- events, memo


@lru_cache(maxsize=32)
def event_page(kinds: int) -> str:
    """Events of a job after a sequence number; with `kinds` > 0 only of that many kinds (`kind_0` …)."""
    statement = (
        select_columns(events, ("seq", *NEW_EVENT_COLUMNS))
        .where(of(events.c.job_id, "job_id"), events.c.seq > bindparam("after"))
        .order_by(events.c.seq)
    )
    if kinds:
        statement = statement.where(events.c.kind.in_([bindparam(f"kind_{number}") for number in range(kinds)]))
    return first_rows(statement, LIMIT).text


MEMO = Sql(select(memos.c.value).where(of(memos.c.key, "memo_key")))
REMEMBER = Sql(sqlite.insert(memos).on_conflict_do_nothing())

# ---- pipelines, credentials, leaders, tallies

PIPELINES = Sql(
    select(pipelines).where(of(pipelines.c.tenant, "tenant")).order_by(pipelines.c.created_at, pipelines.c.id)
)
PIPELINE = Sql(
    select(pipelines).where(
        of(pipelines.c.tenant, "tenant"),
        (pipelines.c.name == bindparam("name")) | (pipelines.c.id == bindparam("name")),
    )
)
PUT_PIPELINE = upsert(
    pipelines, ["tenant", "name"], ["concurrency", "paused", "priority", "title", "speed", "modified_at"]
)
DELETE_PIPELINE = Sql(delete(pipelines).where(of(pipelines.c.tenant, "tenant"), of(pipelines.c.name, "name")))
UNFINISHED_IN_PIPELINE = tuple(
    first_rows(
        select(ONE).select_from(table).where(state, of(table.c.tenant, "tenant"), of(table.c.pipeline, "name")), ONE
    )
    for table, state in ((jobs, UNPLANNED), (steps, READY), (steps, HELD))
)
"""Each finds a row if the pipeline has work in that state."""
CREDENTIALS = Sql(select(credentials).order_by(credentials.c.created_at, credentials.c.access_key_id))
PUT_KEY = upsert(credentials, ["access_key_id"], ["access_key_secret", "api_key", "tenant", "created_at"])
DELETE_KEY = Sql(delete(credentials).where(of(credentials.c.access_key_id, "access_key_id")))
LEADER = Sql(select(leaders.c.owner, leaders.c.until, leaders.c.epoch).where(of(leaders.c.role, "role")))
PUT_LEADER = upsert(leaders, ["role"], ["owner", "until", "epoch"])
TALLIES = Sql(select(tallies.c.status, tallies.c.jobs))
_tally = sqlite.insert(tallies)
TALLY = Sql(
    _tally.on_conflict_do_update(index_elements=["status"], set_={"jobs": tallies.c.jobs + _tally.excluded.jobs})
)

# ---- pruning

EXPIRED = first_rows(
    select(jobs.c.id, jobs.c.status, jobs.c.tenant)
    .where(jobs.c.expires_at <= bindparam("now"), FINAL)
    .order_by(jobs.c.expires_at),
    LIMIT,
)
FORGET_JOB = tuple(
    Sql(delete(table).where(of(column, "job_id")))
    for table, column in (
        (events, events.c.job_id),
        (outbox, outbox.c.job_id),
        (steps, steps.c.job_id),
        (jobs, jobs.c.id),
    )
)
