"""Any order of submits, claims, reports, failures, cancels and lost leases, against a simple model."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from reelwright.errors import Conflict, Fenced
from reelwright.jobs import ids
from reelwright.jobs.job import Failure, Made, NewJob, Pipeline, Status, Step
from reelwright.jobs.ledger.port import Claim, StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger

START = 2_000_000_000.0
LEASE = 30.0
LIMIT = 2  # steps of the narrow pipeline at once
DELAY = 20.0
FAILURE = Failure("WorkerCrashed", "the worker died", retryable=True)
LIVE = (Status.QUEUED, Status.RUNNING)


@dataclass
class ModelStep:
    position: int
    state: Status = Status.QUEUED
    attempt: int = 0
    until: float | None = None
    run_after: float = 0.0


@dataclass
class ModelJob:
    number: int
    priority: int
    pipeline: str
    steps: list[ModelStep]
    status: Status = Status.QUEUED
    progress: float = 0.0
    told: list[str] = field(default_factory=lambda: ["QUEUED"])

    def move(self, status: Status) -> None:
        if status is not self.status:
            self.told.append(status.value)
        self.status = status

    def is_open(self, step: ModelStep, now: float) -> bool:
        before = all(one.state is Status.SUCCEEDED for one in self.steps if one.position < step.position)
        waits = step.state is Status.QUEUED and step.run_after <= now
        return self.status in LIVE and before and waits

    def stop(self, state: Status) -> None:
        for step in self.steps:
            step.until = None
            if step.state in LIVE:
                step.state = state

    def put_back(self, step: ModelStep, run_after: float = 0.0) -> None:
        step.state, step.until, step.run_after = Status.QUEUED, None, run_after
        if all(one.until is None for one in self.steps):
            self.move(Status.QUEUED)

    def again(self) -> None:
        undone = [step for step in self.steps if step.state is not Status.SUCCEEDED] or self.steps[-1:]
        for step in undone:
            step.state, step.run_after = Status.QUEUED, 0.0
        self.move(Status.QUEUED)


class Lives(RuleBasedStateMachine):
    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.ledger = SqliteLedger(self.folder / "ledger.db")
        self.ledger.open()
        self.now = START
        self.jobs: dict[str, ModelJob] = {}
        self.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(START), "t", "narrow", concurrency=LIMIT)))

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)

    def do(self, change):
        return self.ledger.write(change).result()

    def model(self, claim: Claim) -> tuple[ModelJob, ModelStep]:
        job = self.jobs[claim.job.id]
        return job, job.steps[int(claim.step.id.rpartition("-")[2])]

    def holds(self, claim: Claim) -> bool:
        _, step = self.model(claim)
        return step.attempt == claim.step.attempt and step.until is not None

    # ---- what users and dispatchers do

    @rule(
        positions=st.sampled_from([(), (0,), (0, 0), (0, 1), (0, 1, 1, 2)]),
        priority=st.integers(1, 10),
        pipeline=st.sampled_from(["default", "narrow"]),
    )
    def submit(self, positions: tuple[int, ...], priority: int, pipeline: str) -> None:
        at = START + len(self.jobs) / 1000
        new = NewJob(ids.new(at), "t", "o", {}, at, at * 2, pipeline=pipeline, priority=priority)
        steps = [Step(f"{new.id}-{n}", new.id, position, "s", "o", {}) for n, position in enumerate(positions)]
        self.do(lambda tx: tx.submit(new, steps))
        self.jobs[new.id] = ModelJob(
            len(self.jobs), priority, pipeline, [ModelStep(position) for position in positions or [0]]
        )

    @rule(target=claims, slots=st.integers(1, 4))
    def claim(self, slots: int) -> MultipleResults[Claim]:
        expected = self.expected(slots)
        taken = self.do(lambda tx: tx.claim(owner="d", slots=slots, lease=LEASE, now=self.now))
        assert [(self.jobs[one.job.id].number, one.step.position) for one in taken] == expected
        for one in taken:
            job, step = self.model(one)
            assert one.step.attempt == step.attempt + 1
            step.state, step.attempt, step.until, step.run_after = Status.RUNNING, one.step.attempt, self.now + LEASE, 0
            job.move(Status.RUNNING)
        return multiple(*taken)

    def expected(self, slots: int) -> list[tuple[int, int]]:
        waiting = sorted(
            (-job.priority, job.number, step.position, job.pipeline)
            for job in self.jobs.values()
            for step in job.steps
            if job.is_open(step, self.now)
        )
        held = sum(
            step.until is not None for job in self.jobs.values() if job.pipeline == "narrow" for step in job.steps
        )
        expected = []
        for _, number, position, pipeline in waiting:
            if pipeline == "narrow" and held >= LIMIT:
                continue
            held += pipeline == "narrow"
            expected.append((number, position))
        return expected[:slots]

    @rule(seconds=st.sampled_from([1.0, DELAY, LEASE + 1]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def recover(self) -> None:
        lost = [
            (job_id, job, step)
            for job_id, job in self.jobs.items()
            for step in job.steps
            if step.until is not None and step.until < self.now
        ]
        assert set(self.do(lambda tx: tx.recover(owner=None, now=self.now))) == {job_id for job_id, *_ in lost}
        for _, job, step in lost:
            job.put_back(step)

    # ---- what workers do

    @rule(claim=claims, percent=st.floats(0, 100))
    def progress(self, claim: Claim, percent: float) -> None:
        _, step = self.model(claim)
        self.fenced_unless(
            self.holds(claim) and step.state is Status.RUNNING,
            lambda tx: tx.progress(claim.step.id, claim.step.attempt, percent, "p", self.now),
        )

    @rule(claim=claims)
    def finish(self, claim: Claim) -> None:
        job, step = self.model(claim)
        done = StepResult({}, Made(), f"{claim.step.id:>064}", False)
        if self.fenced_unless(
            self.holds(claim) and step.state is Status.RUNNING,
            lambda tx: tx.finish_step(claim.step.id, claim.step.attempt, done, self.now),
        ):
            step.state = Status.SUCCEEDED
            if any(one.state is not Status.SUCCEEDED for one in job.steps):
                step.until = None

    @rule(claim=claims)
    def publish(self, claim: Claim) -> None:
        job, _ = self.model(claim)
        done = job.status is Status.RUNNING and all(one.state is Status.SUCCEEDED for one in job.steps)
        if self.fenced_unless(done, lambda tx: tx.publish(claim.job.id, {}, (), Made(), (), self.now)):
            job.stop(Status.CANCELLED)
            job.move(Status.SUCCEEDED)

    @rule(claim=consumes(claims), retry=st.booleans())
    def fail(self, claim: Claim, retry: bool) -> None:
        job, step = self.model(claim)
        retry_at = self.now + DELAY if retry else None
        if self.fenced_unless(
            self.holds(claim),
            lambda tx: tx.fail_step(claim.step.id, claim.step.attempt, FAILURE, self.now, retry_at=retry_at),
        ):
            if retry_at is not None:
                job.put_back(step, retry_at)
            else:
                step.state = Status.FAILED
                job.stop(Status.CANCELLED)
                job.move(Status.FAILED)

    def fenced_unless(self, allowed: bool, change) -> bool:
        if not allowed:
            with pytest.raises(Fenced):
                self.do(change)
            return False
        self.do(change)
        return True

    # ---- what users do to a job

    @rule(data=st.data(), action=st.sampled_from(["cancel", "retry", "suspend", "resume"]))
    def steer(self, data: st.DataObject, action: str) -> None:
        if not self.jobs:
            return
        job_id = data.draw(st.sampled_from(sorted(self.jobs)))
        job = self.jobs[job_id]
        change = {
            "cancel": lambda tx: tx.cancel("t", job_id, self.now),
            "retry": lambda tx: tx.retry("t", job_id, self.now),
            "suspend": lambda tx: tx.suspend(job_id, FAILURE, self.now),
            "resume": lambda tx: tx.resume("t", job_id, self.now),
        }[action]
        from_states = {
            "cancel": (*LIVE, Status.SUSPENDED),
            "retry": (Status.FAILED, Status.CANCELLED, Status.SUSPENDED),
            "suspend": LIVE,
            "resume": (Status.SUSPENDED, Status.FAILED),
        }[action]
        if job.status not in from_states:
            with pytest.raises(Conflict):
                self.do(change)
            return
        self.do(change)
        if action == "cancel":
            job.stop(Status.CANCELLED)
            job.move(Status.CANCELLED)
        elif action == "suspend":
            job.stop(Status.QUEUED)
            job.move(Status.SUSPENDED)
        else:
            job.again()

    # ---- what always holds

    @invariant()
    def the_ledger_agrees_with_the_model(self) -> None:
        if not hasattr(self, "jobs"):
            return
        counts = dict.fromkeys(map(str, Status), 0)
        for job_id, model in self.jobs.items():
            job, steps = self.ledger.job("t", job_id), self.ledger.steps(job_id)
            assert job is not None
            assert job.status is model.status
            by_id = sorted(steps, key=lambda step: int(step.id.rpartition("-")[2]))
            assert [(one.state, one.attempt) for one in by_id] == [(one.state, one.attempt) for one in model.steps]
            assert [event.data["status"] for event in self.ledger.events(job_id, kinds=["state"])] == model.told
            assert job.progress >= model.progress
            assert (job.progress == 100) == (job.status is Status.SUCCEEDED)
            model.progress = job.progress
            counts[job.status] += 1
        assert self.ledger.counts() == counts


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=25,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
