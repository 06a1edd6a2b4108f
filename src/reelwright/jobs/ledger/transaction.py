"""The writes of the ledger's port, over one group: the rules of a job's life.

The writer runs one change after the other, so what is read here stands until it is
written. Each rule is: read the record, refuse it or make the next one, write it with its
event. A worker's write first shows that its attempt still holds the step (`_held`).

A step is held from its claim until its work is over. The last step of a job stays held
after it SUCCEEDED, until the job is published: a server that dies between the two leaves a
lease that passes, the step goes back to the queue, and its memo makes the second run free.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reelwright import timing
from reelwright.errors import Conflict, Fenced, IdempotentParameterMismatch, JobNotFound, NotFound, PipelineNotFound
from reelwright.jobs import edits, estimates, library
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import (
    DEFAULT_PIPELINE,
    Failure,
    Job,
    Made,
    NewJob,
    Output,
    Phase,
    Status,
    Step,
    Usage,
)
from reelwright.jobs.ledger import claims, rows, statements
from reelwright.jobs.ledger.planned import Planned, let_go
from reelwright.jobs.ledger.port import Claim, StepResult, Submitted
from reelwright.jobs.ledger.rows import JSON
from reelwright.pipelines import registry


class SqliteTransaction(Planned):
    # ---- submitting

    def submit(self, new: NewJob, steps: Sequence[Step] = ()) -> Submitted:
        if new.token is not None and (used := self._group.token(new)) is not None:
            job_id, digest = used
            if digest != new.token_digest:
                raise IdempotentParameterMismatch(
                    f"token {new.token!r} was used for another request (job {job_id}); take a fresh token",
                    field="token",
                )
            return Submitted(job_id, created=False)
        pipeline = self._pipeline_name(new.tenant, new.pipeline)
        planned = registry.find(new.operator) is not None
        self._group.add_job(new, pipeline, unplanned=not steps and not planned)
        if planned:
            self._grow(self._group.job(new.id), new.created_at)
        if steps:
            job = self._group.job(new.id)
            first = min(step.position for step in steps)
            for step in steps:
                self._group.add_step(step, job, ready=step.position == first)
        library.submitted(self, new)
        return Submitted(new.id, created=True)

    def _pipeline_name(self, tenant: str, wanted: str) -> str:
        """The name of the pipeline that was named by its name or id."""
        if wanted == DEFAULT_PIPELINE or wanted == rows.default_pipeline(tenant).id:
            return DEFAULT_PIPELINE
        row = self._group.look(statements.PIPELINE, {"tenant": tenant, "name": wanted})
        if row is None:
            raise PipelineNotFound(
                f"there is no pipeline {wanted!r}; create it, or leave it out for {DEFAULT_PIPELINE!r}",
                field="pipeline",
            )
        return rows.pipeline(row).name

    # ---- the dispatcher's

    def claim(self, *, owner: str, slots: int, lease: float, now: float) -> list[Claim]:
        return claims.claim(self._group, owner=owner, slots=slots, lease=lease, now=now)

    def extend(self, steps: Sequence[tuple[str, int]], *, lease: float, now: float) -> list[str]:
        fenced = []
        for step_id, attempt in steps:
            values = {"step_id": step_id, "held_attempt": attempt, "until": now + lease}
            if self._group.run(statements.EXTEND, values).rowcount == 0:
                fenced.append(step_id)
        return fenced

    def recover(self, *, owner: str | None, now: float) -> list[str]:
        lost = (
            self._group.all(statements.LAPSED, {"now": now})
            if owner is None
            else self._group.all(statements.HELD_BY, {"owner": owner})
        )
        steps = [rows.step(row) for row in lost]
        for step in steps:
            self._requeue(step, now)
        return list(dict.fromkeys(step.job_id for step in steps))

    # ---- a worker's, each fenced

    def started(self, step_id: str, attempt: int, now: float) -> None:
        if self._group.run(statements.STARTED, {"step_id": step_id, "held_attempt": attempt}).rowcount == 0:
            raise _fenced(step_id, attempt)

    def progress(self, step_id: str, attempt: int, percent: float, phase: str, now: float) -> None:
        step = self._running(step_id, attempt)
        reached = min(100.0, max(step.progress, percent))  # in this order a NaN changes nothing
        if (reached, phase) == (step.progress, step.phase):
            return
        self._group.run(statements.STEP_PROGRESS, {"step_id": step_id, "new_progress": reached, "new_phase": phase})
        job = self._group.job(step.job_id)
        further = self._progress(job)
        if further > job.progress:
            self._group.save_job(replace(job, progress=further))
        self._group.event(job.id, now, "progress", {"percent": round(further, 2), "phase": phase, "step": step_id})

    def finish_step(self, step_id: str, attempt: int, result: StepResult, now: float) -> Job:
        step = self._running(step_id, attempt)
        step = replace(
            step,
            state=Status.SUCCEEDED,
            memo=result.memo,
            memo_key=result.memo_key or None,
            progress=100.0,
            finished_at=now,
            made=result.made,
            result=result.result,
            phases=(*step.phases, *result.phases),
            usage=step.usage + result.usage,
        )
        job = self._group.job(step.job_id)
        is_last = self._is_final_step(job, step)
        self._group.save_step(step if is_last else let_go(step))
        self._remember(result, now)
        self._group.step_event(step, now)
        job = self._group.save_job(replace(job, progress=self._progress(job), usage=job.usage + result.usage))
        if self._is_planned(job):
            return self._planned_step(job, step, is_last, now)
        if not is_last:
            self._group.open_steps(step.job_id)
        return job

    def _planned_step(self, job: Job, step: Step, is_last: bool, now: float) -> Job:
        if not step.memo:
            estimates.learn(self, step, now)
        return job if is_last else self._grow(job, now)

    def publish(
        self,
        job_id: str,
        result: Mapping[str, Any],
        outputs: Sequence[Output],
        made: Made,
        phases: Sequence[Phase],
        now: float,
    ) -> Job:
        job = self._group.find_job(job_id)
        steps = self._group.steps(job_id)
        if job is None or job.status is not Status.RUNNING or not self._may_be_published(job, steps):
            raise Fenced(f"job {job_id} has moved on; this result of it is not wanted any more")
        if self._is_planned(job):
            made = self._made_by(job, made)
        last = max(steps, key=lambda step: (step.lease_until is not None and _is_done(step), step.position))
        self._group.save_step(replace(let_go(last), phases=(*last.phases, *phases)))
        done = replace(
            job,
            status=Status.SUCCEEDED,
            finished_at=now,
            progress=100.0,
            result=result,
            outputs=tuple(outputs),
            made=made,
            failure=None,
        )
        if self._is_planned(job):
            self._stop_steps(job_id, Status.CANCELLED, now)
        return self._end(job, done, now)

    def _may_be_published(self, job: Job, steps: Sequence[Step]) -> bool:
        if self._is_planned(job):
            return any(_is_done(step) and step.lease_until is not None for step in steps)
        return all(map(_is_done, steps))

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
        step = self._held(step_id, attempt)
        step = replace(step, failure=failure, phases=(*step.phases, *phases), usage=step.usage + usage)
        if retry_at is not None:
            return self._requeue(step, now, run_after=retry_at, usage=usage)
        step = replace(let_go(step), state=Status.FAILED, finished_at=now)
        self._group.save_step(step)
        self._group.step_event(step, now)
        job = self._group.job(step.job_id)
        if self._is_planned(job):
            return self._grow(self._group.save_job(replace(job, usage=job.usage + usage)), now)
        self._stop_steps(job.id, Status.CANCELLED, now)
        failed = replace(job, status=Status.FAILED, finished_at=now, failure=failure, usage=job.usage + usage)
        return self._end(job, failed, now)

    def release(self, step_id: str, attempt: int, now: float) -> None:
        self._requeue(self._held(step_id, attempt), now)

    def postpone(self, step_id: str, attempt: int, until: float, now: float, *, usage: Usage = Usage()) -> Job:
        step = self._held(step_id, attempt)
        looked = replace(step, looks=step.looks + 1, executions=max(0, step.executions - 1), usage=step.usage + usage)
        self._group.save_step(replace(let_go(looked), state=Status.QUEUED, run_after=until), ready=True)
        job = self._group.job(step.job_id)
        return self._group.save_job(replace(job, usage=job.usage + usage))

    def log(self, job_id: str, level: str, message: str, fields: Mapping[str, Any], now: float) -> None:
        self.event(job_id, "log", {"level": level, "message": message, "fields": fields}, now)

    def event(self, job_id: str, kind: str, data: Mapping[str, Any], now: float) -> None:
        if self._group.one(statements.JOB_EXISTS, {"job_id": job_id}) is None:
            raise JobNotFound(f"there is no job {job_id!r}; it may have expired", field="id")
        self._group.event(job_id, now, kind, data)

    # ---- a user's

    def cancel(self, tenant: str, job_id: str, now: float, *, only: Status | None = None) -> Job:
        job = self._theirs(tenant, job_id, now)
        if only is not None and job.status is not only:
            raise Conflict(f"job {job_id} is {job.status}; only one that is {only} can be cancelled here", field="id")
        if job.status.is_final:
            raise Conflict(f"job {job_id} is {job.status} already; nothing is left to cancel", field="id")
        self._stop_steps(job_id, Status.CANCELLED, now)
        return self._end(job, replace(job, status=Status.CANCELLED, finished_at=now), now)

    def delete(self, tenant: str, job_id: str) -> bool:
        job = self._group.find_job(job_id)
        if job is None or job.tenant != tenant:
            return False
        library.forgotten(self, job, timing.now())
        self._forget(job_id, tenant, job.status)
        return True

    def retry(self, tenant: str, job_id: str, now: float) -> Job:
        job = self._theirs(tenant, job_id, now)
        if job.status not in (Status.FAILED, Status.CANCELLED, Status.SUSPENDED) and not self._has_failures(job):
            raise Conflict(
                f"job {job_id} is {job.status}; only a FAILED, CANCELLED or SUSPENDED job can be retried", field="id"
            )
        return self._queue_again(job, now)

    def _has_failures(self, job: Job) -> bool:
        """A plan may come to its end without some of its steps."""
        failed = (step.state is Status.FAILED for step in self._group.steps(job.id))
        return job.status is Status.SUCCEEDED and self._is_planned(job) and any(failed)

    def suspend(self, job_id: str, reason: Failure, now: float) -> Job:
        job = self._group.job(job_id)
        suspended = self._group.move_job(job, replace(job, status=Status.SUSPENDED, failure=reason), now)
        self._stop_steps(job_id, Status.QUEUED, now)
        return suspended

    def resume(self, tenant: str, job_id: str, now: float) -> Job:
        job = self._theirs(tenant, job_id, now)
        if job.status not in (Status.SUSPENDED, Status.FAILED):
            raise Conflict(f"job {job_id} is {job.status}; only a SUSPENDED or FAILED job can be resumed", field="id")
        return self._queue_again(job, now)

    def edit(self, tenant: str, job_id: str, step: str, edit: Edit, now: float) -> Job:
        job = self._theirs(tenant, job_id, now)
        if not self._is_planned(job):
            raise Conflict(f"job {job_id} has one step only; submit it anew with other params", field="id")
        if all(one.name != step for one in self._group.steps(job_id)):
            raise NotFound(f"job {job_id} has no step {step!r}; its steps tell their names", field="step")
        return self._edit(job, step, edit, now)

    # ---- retention

    def prune(self, *, now: float, limit: int = 500) -> int:
        expired = self._group.all(statements.EXPIRED, {"now": now, "limit": limit})
        for job_id, status, tenant in expired:
            self._forget(job_id, tenant, Status(status))
        return len(expired)

    def _forget(self, job_id: str, tenant: str, status: Status) -> None:
        """With what lies beside a job of many steps; for others that is two looks into an index."""
        self._group.forget_job(job_id, status)
        for shelf in (edits.EDITS, estimates.ESTIMATES):
            shelf.delete(self, tenant, job_id)

    # ---- rules

    def _held(self, step_id: str, attempt: int) -> Step:
        step = self._group.step(step_id)
        if step.attempt != attempt or step.lease_until is None:
            raise _fenced(step_id, attempt)
        return step

    def _running(self, step_id: str, attempt: int) -> Step:
        step = self._held(step_id, attempt)
        if step.state is not Status.RUNNING:
            raise _fenced(step_id, attempt)
        return step

    def _theirs(self, tenant: str, job_id: str, now: float) -> Job:
        job = self._group.find_job(job_id)
        if job is None or job.tenant != tenant or job.expires_at <= now:
            raise JobNotFound(f"there is no job {job_id!r}; it may have expired, or belong to another key", field="id")
        return job

    def _requeue(self, step: Step, now: float, *, run_after: float = 0.0, usage: Usage = Usage()) -> Job:
        """A held step waits again; with nothing else running, so does its job."""
        waiting = replace(let_go(step), state=Status.QUEUED, run_after=run_after, finished_at=None)
        self._group.save_step(waiting, ready=True)
        self._group.step_event(waiting, now)
        job = self._group.job(step.job_id)
        after = replace(job, usage=job.usage + usage)
        if job.status is Status.RUNNING and not self._count(statements.HELD_COUNT, job.id):
            return self._group.move_job(job, replace(after, status=Status.QUEUED), now)
        return job if after == job else self._group.save_job(after)

    def _queue_again(self, job: Job, now: float) -> Job:
        """Back to the queue from where a job stands still; steps that are done keep their results."""
        if self._is_planned(job):
            return self._planned_again(job, now)
        steps = self._group.steps(job.id)
        # All done and yet not published: the last one runs once more, and finds its memo.
        again = [step for step in steps if not _is_done(step)] or steps[-1:]
        for step in again:
            queued = replace(step, state=Status.QUEUED, run_after=0.0, finished_at=None, failure=None)
            self._group.save_step(queued)
            if step.state is not Status.QUEUED:
                self._group.step_event(queued, now)
        self._group.open_steps(job.id)
        return self._group.move_job(job, replace(job, status=Status.QUEUED, finished_at=None, failure=None), now)

    def _remember(self, result: StepResult, now: float) -> None:
        if result.memo_key:
            value = JSON.encode({"result": result.result, "made": result.made})
            self._group.run(statements.REMEMBER, {"key": result.memo_key, "value": value, "created_at": now})


def _is_done(step: Step) -> bool:
    return step.state is Status.SUCCEEDED


def _fenced(step_id: str, attempt: int) -> Fenced:
    return Fenced(f"step {step_id} is not held by attempt {attempt} any more; stop this work")
