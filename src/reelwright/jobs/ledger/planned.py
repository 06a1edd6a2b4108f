"""The writes about jobs that follow a plan: its steps are made, changed and opened here, and the job stopped where it
can go no further.

The plan is asked in the same transaction that ends a step: a server that dies leaves no job without its next steps.
What it says is worked out in `jobs.planning`, which knows no ledger.
"""

import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from reelwright.errors import ReelwrightError
from reelwright.jobs import announcing, edits, estimates, library, planning
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import Failure, Job, Made, NewJob, Status, Step
from reelwright.jobs.ledger import statements
from reelwright.jobs.ledger.keeping import Keeping
from reelwright.jobs.ledger.port import Submitted
from reelwright.jobs.planning import Outlook
from reelwright.pipelines import registry
from reelwright.pipelines.contract import Plan

BEFORE_PUBLICATION = 99.0  # percent; 100 says that the outputs can be fetched
TIERS = ("builtin", "model", "upstream", "user")
log = logging.getLogger(__name__)


class Planned(Keeping):
    @abstractmethod
    def submit(self, new: NewJob, steps: Sequence[Step] = ()) -> Submitted: ...

    # ---- how a plan goes on

    def _grow(self, job: Job, now: float) -> Job:
        """Ask the plan of a job that is open, and write what it says."""
        plan = registry.find(job.operator)
        assert plan is not None
        try:
            steps = self._group.steps(job.id)
            outlook = self._outlook(plan, job, steps)
        except Exception as error:
            # A plan is code of ours or of a plug-in: its fault must end this job, and no other.
            if not isinstance(error, ReelwrightError):
                log.exception("the plan %s of job %s failed", plan.name, job.id)
            return self._stop(job, Failure.of(error), now)
        self._write(job, outlook, {step.name: step for step in steps}, now)
        if outlook.ready:
            return self._group.save_job(replace(job, progress=self._progress(job)))
        return self._stand_still(plan, job, outlook, now)

    def _outlook(self, plan: Plan[Any], job: Job, steps: Sequence[Step]) -> Outlook:
        params = plan.params.model_validate(job.params)
        changes = edits.of_job(self, job.tenant, job.id)
        return planning.look(plan, params, job.id, steps, changes)

    def _write(self, job: Job, outlook: Outlook, known: Mapping[str, Step], now: float) -> None:
        for step in outlook.changed:
            ready = outlook.may_be_claimed(step)
            old = known.get(step.name)
            if old is None:
                self._group.add_step(step, job, ready=ready)
            else:
                self._group.plan_step(step, ready=ready)
            if old is None or old.state is not step.state:
                self._group.step_event(step, now)

    def _stand_still(self, plan: Plan[Any], job: Job, outlook: Outlook, now: float) -> Job:
        """Nothing can run: wait for a mend, or give up."""
        cause = outlook.cause
        if cause is None or cause.failure is None:
            told = f"the plan {plan.name!r} wants no step and has no result; that is a fault of the plan, report it"
            return self._stop(job, Failure("InternalError", told), now)
        named = f"step {cause.name}: {cause.failure.message}"
        failure = replace(cause.failure, message=named, retryable=False)
        if plan.suspends and plan.mends(cause.name):
            suspended = self._group.move_job(job, replace(job, status=Status.SUSPENDED, failure=failure), now)
            self._tell_of(suspended, now)
            return suspended
        return self._stop(job, failure, now)

    def _stop(self, job: Job, failure: Failure, now: float) -> Job:
        self._stop_steps(job.id, Status.CANCELLED, now)
        return self._end(job, replace(job, status=Status.FAILED, finished_at=now, failure=failure), now)

    def _made_by(self, job: Job, last: Made) -> Made:
        """Who made a job of many steps: all providers, the farthest tier, all weights."""
        made = [step.made for step in self._group.steps(job.id) if step.made] or [last]
        names = sorted({one.provider for one in made})
        tier = max((one.tier for one in made), key=lambda one: TIERS.index(one) if one in TIERS else 0)
        return Made(", ".join(names), tier, {name: digest for one in made for name, digest in one.models.items()})

    # ---- a user's

    def _edit(self, job: Job, name: str, edit: Edit, now: float) -> Job:
        edits.put(self, job.tenant, job.id, name, edit, now)
        if job.status is Status.SUSPENDED:
            return job  # It goes on when it is told to, with all its mends.
        if job.status.is_final:
            # What failed stays so unless this edit changes what it is given.
            self._reopen(job, now, Status.CANCELLED)
            job = self._group.move_job(job, replace(job, status=Status.QUEUED, finished_at=None, failure=None), now)
            job = self._group.save_job(replace(job, progress=0.0))
        return self._grow(job, now)

    def _reopen(self, job: Job, now: float, *states: Status) -> None:
        """Steps in these states may run again."""
        for step in self._group.steps(job.id):
            if step.state in states:
                queued = replace(step, state=Status.QUEUED, run_after=0.0, finished_at=None, failure=None)
                self._group.save_step(queued)
                self._group.step_event(queued, now)

    def _planned_again(self, job: Job, now: float) -> Job:
        """Go on from where a job stands still: what failed runs again, what is done stays."""
        self._reopen(job, now, Status.FAILED, Status.CANCELLED)
        moved = replace(job, status=Status.QUEUED, finished_at=None, failure=None)
        return self._grow(self._group.move_job(job, moved, now), now)

    # ---- rules for all jobs

    def _is_planned(self, job: Job) -> bool:
        return registry.find(job.operator) is not None

    def _is_final_step(self, job: Job, step: Step) -> bool:
        """The one that the job's publication follows."""
        plan = registry.find(job.operator)
        if plan is not None:
            return step.name == plan.final
        return self._count(statements.UNFINISHED_COUNT, step.job_id) == 1

    def _progress(self, job: Job) -> float:
        if self._is_planned(job):
            done = self._planned_progress(job)
        else:
            row = self._group.one(statements.MEAN_PROGRESS, {"job_id": job.id})
            done = float(row[0]) if row is not None and row[0] is not None else 0.0
        return max(job.progress, min(BEFORE_PUBLICATION, done))

    def _planned_progress(self, job: Job) -> float:
        """Percent of the steps that were expected, or of those known by now if they are more."""
        row = self._group.one(statements.PLANNED_PROGRESS, {"job_id": job.id})
        known, percents = (0, 0.0) if row is None or row[1] is None else (int(row[0]), float(row[1]))
        expected = estimates.ESTIMATES.get(self, job.tenant, job.id)
        return percents / max(known, expected.body.steps if expected else 0, 1)

    def _count(self, sql: statements.Sql, job_id: str) -> int:
        row = self._group.one(sql, {"job_id": job_id})
        return int(row[0]) if row is not None else 0

    def _stop_steps(self, job_id: str, state: Status, now: float) -> None:
        """Take every step from its holder; what is not done becomes `state` and cannot be claimed."""
        for step in self._group.steps(job_id):
            if step.state in (Status.QUEUED, Status.RUNNING):
                stopped = replace(let_go(step), state=state)
                self._group.save_step(stopped)
                if stopped.state is not step.state:
                    self._group.step_event(stopped, now)
            elif step.lease_until is not None:
                self._group.save_step(let_go(step))

    def _end(self, old: Job, new: Job, now: float) -> Job:
        """A final state, what follows of it, and the word of it, in one transaction."""
        new = self._group.move_job(old, new, now)
        library.ended(self, new, now)
        self._tell_of(new, now)
        return new

    def _tell_of(self, job: Job, now: float) -> None:
        for word in announcing.about(job, self, now):
            self.tell(word)


def let_go(step: Step) -> Step:
    return replace(step, owner=None, lease_until=None)
