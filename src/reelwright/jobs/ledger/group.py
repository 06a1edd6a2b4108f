"""The rows one group of changes writes, before they are committed together.

Inserts of jobs and events are gathered and written many to a statement: a submit alone
runs no SQL at all until its group ends. That is quicker, and it matters more than it
seems: the sqlite3 module drops the interpreter lock around every statement, and a busy
event loop gives it back only after a switch interval.

A change that does more than submit runs inside a savepoint, opened at its first
statement. A failed change is undone alone: back to its savepoint, and what it had
gathered is dropped. No rule about states is here; those are in `transaction`.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Table

from reelwright.errors import Conflict, Fenced, JobNotFound
from reelwright.jobs.job import Job, NewJob, Status, Step, may_become
from reelwright.jobs.ledger import rows, statements
from reelwright.jobs.ledger.rows import JSON, Row
from reelwright.jobs.ledger.schema import events, jobs
from reelwright.jobs.ledger.statements import NEW_EVENT_COLUMNS, NEW_JOB_COLUMNS, Sql

Token = tuple[str, str, str]


class Changed(NamedTuple):
    """What a group has done: the jobs that changed, each once; is there news for who runs them; for who delivers?"""

    job_ids: list[str]
    stirred: bool
    told: bool


class Group:
    """Over one connection; the writer uses it for one group after the other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._jobs: list[Row] = []
        self._ids: set[str] = set()
        self._tokens: dict[Token, tuple[str, str]] = {}
        self._events: list[Row] = []
        self._moves: list[tuple[Status | None, Status | None]] = []
        self._marks = (0, 0, 0)
        self._nested = False
        self._stirred = False
        self.told = False
        """Has this group written to the outbox?"""
        self._newest: str = connection.execute(statements.NEWEST_JOB.text).fetchone()[0] or ""

    # ---- the life of a change

    def begin(self) -> None:
        self._marks = (len(self._jobs), len(self._events), len(self._moves))
        self._nested = False

    def keep(self) -> None:
        if self._nested:
            self._connection.execute("RELEASE change")
            self._nested = False

    def undo(self) -> None:
        if self._nested:
            self._connection.execute("ROLLBACK TO change")
            self._connection.execute("RELEASE change")
            self._nested = False
        jobs_before, events_before, moves_before = self._marks
        for row in self._jobs[jobs_before:]:
            self._ids.discard(row[0])
            self._tokens.pop(_token(row), None)
        del self._jobs[jobs_before:], self._events[events_before:], self._moves[moves_before:]

    def finish(self) -> Changed:
        """Write what was gathered."""
        self._write_jobs(len(self._jobs))
        changed = list(dict.fromkeys(row[0] for row in self._events))
        self._insert(events, NEW_EVENT_COLUMNS, self._events)
        self._events = []
        self._write_tallies()
        news = Changed(changed, self._stirred or bool(changed), self.told)
        self._stirred = self.told = False
        return news

    def forget(self) -> None:
        """The group was rolled back as a whole."""
        self._jobs, self._events, self._moves, self._nested = [], [], [], False
        self._ids, self._tokens = set(), {}
        self._stirred = self.told = False

    # ---- statements

    def run(self, sql: Sql, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Any statement but the gathered inserts; it sees what this group has written so far."""
        if not self._nested:
            before, self._marks = self._marks, (0, *self._marks[1:])
            self._write_jobs(before[0])
            self._connection.execute("SAVEPOINT change")
            self._nested = True
        if self._jobs:
            self._write_jobs(len(self._jobs))
        return self._connection.execute(sql.text, values)

    def one(self, sql: Sql, values: Mapping[str, Any]) -> Row | None:
        row: Row | None = self.run(sql, values).fetchone()
        return row

    def all(self, sql: Sql, values: Mapping[str, Any]) -> list[Row]:
        return self.run(sql, values).fetchall()

    def run_text(self, text: str, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """`run` for a statement that was made for its filters. No rows of jobs are in it."""
        return self._connection.execute(text, values)

    def look(self, sql: Sql, values: Mapping[str, Any]) -> Row | None:
        """One row of what gathered inserts cannot change; needs no savepoint, and submits stay gathered."""
        row: Row | None = self._connection.execute(sql.text, values).fetchone()
        return row

    # ---- jobs

    def add_job(self, new: NewJob, pipeline: str, *, unplanned: bool) -> None:
        if self._is_taken(new.id):
            raise Conflict(f"there is a job {new.id!r} already; take a fresh id", field="id")
        self._newest = max(self._newest, new.id)
        row = rows.new_job_row(new, pipeline, unplanned=unplanned)
        self._jobs.append(row)
        self._ids.add(new.id)
        if new.token is not None:
            self._tokens[_token(row)] = (new.id, new.token_digest)
        self._moves.append((None, Status.QUEUED))
        self.event(new.id, new.created_at, "state", {"status": rows.QUEUED})

    def _is_taken(self, job_id: str) -> bool:
        # Ids are time-ordered, so nearly every new one is past all others and needs no look.
        if job_id > self._newest:
            return False
        return job_id in self._ids or self.look(statements.JOB_EXISTS, {"job_id": job_id}) is not None

    def token(self, new: NewJob) -> tuple[str, str] | None:
        """(job id, digest) of the job that has used this submit's token, if one has."""
        token = (new.tenant, new.token_scope, new.token or "")
        gathered = self._tokens.get(token)
        if gathered is not None:
            return gathered
        found = self.look(statements.TOKEN, {"tenant": token[0], "scope": token[1], "token": token[2]})
        if found is None:
            return None
        if found[2] <= new.created_at:
            self.run(statements.FORGET_TOKEN, {"job_id": found[0]})
            return None
        return found[0], found[1]

    def find_job(self, job_id: str) -> Job | None:
        row = self.one(statements.JOB, {"job_id": job_id})
        return None if row is None else rows.job(row)

    def job(self, job_id: str) -> Job:
        job = self.find_job(job_id)
        if job is None:
            raise JobNotFound(f"there is no job {job_id!r}; it may have expired", field="id")
        return job

    def save_job(self, job: Job) -> Job:
        """Write a changed job; returns it with its new revision."""
        job = replace(job, revision=job.revision + 1)
        self.run(statements.SAVE_JOB, rows.job_changes(job))
        return job

    def move_job(self, old: Job, new: Job, at: float) -> Job:
        """Write a job whose state changed, if the state may follow, and tell of it."""
        if not may_become(old.status, new.status):
            raise Conflict(f"job {old.id} is {old.status} and cannot become {new.status}", field="id")
        new = self.save_job(new)
        self._moves.append((old.status, new.status))
        failed = {} if new.failure is None else {"failure": new.failure}
        self.event(new.id, at, "state", {"status": new.status.value, **failed})
        return new

    def forget_job(self, job_id: str, status: Status) -> None:
        """Delete a job with all its rows. (One of its events may still be gathered; nothing would ever ask for it.)"""
        for sql in statements.FORGET_JOB:
            self.run(sql, {"job_id": job_id})
        self._moves.append((status, None))

    # ---- steps

    def step(self, step_id: str) -> Step:
        row = self.one(statements.STEP, {"step_id": step_id})
        if row is None:
            raise Fenced(f"there is no step {step_id!r}; its job has expired")
        return rows.step(row)

    def steps(self, job_id: str) -> list[Step]:
        return [rows.step(row) for row in self.all(statements.STEPS, {"job_id": job_id})]

    def add_step(self, step: Step, job: Job, *, ready: bool) -> None:
        self.run(statements.INSERT_STEP, rows.new_step(step, job, ready=ready))

    def save_step(self, step: Step, *, ready: bool = False) -> None:
        self.run(statements.SAVE_STEP, rows.step_changes(step, ready=ready))

    def plan_step(self, step: Step, *, ready: bool) -> None:
        """Write a step that a plan has changed: what it is, and how it stands."""
        self.run(statements.PLAN_STEP, rows.step_plan(step))
        self.save_step(step, ready=ready)

    def open_steps(self, job_id: str) -> None:
        """Let those steps be claimed that have none before them to wait for."""
        self.run(statements.OPEN_STEPS, {"job_id": job_id})

    # ---- what is told

    def event(self, job_id: str, at: float, kind: str, data: Mapping[str, Any]) -> None:
        self._events.append((job_id, at, kind, JSON.encode(data)))

    def step_event(self, step: Step, at: float) -> None:
        failed = {} if step.failure is None else {"failure": step.failure}
        self.event(
            step.job_id,
            at,
            "step",
            {
                "step": step.id,
                "name": step.name,
                "operator": step.operator,
                "state": step.state.value,
                "attempt": step.attempt,
                "memo": step.memo,
                **failed,
            },
        )

    def stir(self) -> None:
        """Something changed that may let waiting work run, though no job did."""
        self._stirred = True

    # ---- writing what was gathered

    def _write_jobs(self, count: int) -> None:
        if count:
            self._insert(jobs, NEW_JOB_COLUMNS, self._jobs[:count])
            del self._jobs[:count]
            if not self._jobs:
                self._ids.clear()
                self._tokens.clear()

    def _insert(self, table: Table, columns: tuple[str, ...], gathered: Sequence[Row]) -> None:
        start = 0
        while start < len(gathered):
            left = len(gathered) - start
            count = next((size for size in statements.IN_LINE if size <= left), 1)
            flat = [value for row in gathered[start : start + count] for value in row]
            self._connection.execute(statements.insert_rows(table, columns, count), flat)
            start += count

    def _write_tallies(self) -> None:
        tally: Counter[str] = Counter()
        for old, new in self._moves:
            if old is not None:
                tally[old.value] -= 1
            if new is not None:
                tally[new.value] += 1
        self._moves = []
        for status, jobs_more in tally.items():
            if jobs_more:
                self._connection.execute(statements.TALLY.text, {"status": status, "jobs": jobs_more})


def _token(row: Row) -> Token:
    tenant, scope, token = row[1], row[11], row[12]
    return tenant, scope, token or ""
