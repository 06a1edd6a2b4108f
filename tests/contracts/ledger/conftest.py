"""One suite for every ledger: an adapter is added to `ADAPTERS`, nothing else.

`NOW` lies ahead of the true time, so that what expires is what a test lets expire.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright import timing
from reelwright.jobs import ids
from reelwright.jobs.job import Failure, Job, Made, NewJob, Output, Phase, Status, Step
from reelwright.jobs.ledger.port import Claim, Ledger, StepResult, Transaction
from reelwright.jobs.ledger.sqlite import SqliteLedger

ADAPTERS = {"sqlite": lambda folder: SqliteLedger(folder / "ledger.db")}
NOW = 2_000_000_000.0
LEASE = 30.0


@pytest.fixture(params=sorted(ADAPTERS))
def make_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Ledger]]:
    """`make_ledger()`: one more adapter on the same store."""
    made: list[Ledger] = []

    def make() -> Ledger:
        made.append(ADAPTERS[request.param](tmp_path))
        return made[-1]

    yield make
    for ledger in made:
        ledger.close()


class Desk:
    """A ledger with the calls of these tests: every write is awaited, time is given."""

    MADE = Made("tiny", "model", {"weights": "0" * 64})
    OUTPUT = Output("cover.jpg", "covers.0.image", "results", "a/cover.jpg", 12, "0" * 64, "image/jpeg")
    FAILURE = Failure("NotMedia", "input 'a.mp4' is not media; send a video", field="params.video")

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._numbers = iter(range(1, 10_000))

    def do(self, change: Callable[[Transaction], Any]) -> Any:
        return self.ledger.write(change).result()

    def new(self, **given: Any) -> NewJob:
        """Each a millisecond later than the one before."""
        at = given.pop("created_at", NOW + next(self._numbers) / 1000)
        wanted = {"tenant": "t", "operator": "video.cover", "params": {"video": "oss://in/a.mp4"}} | given
        return NewJob(id=ids.new(at), created_at=at, expires_at=wanted.pop("expires_at", at + timing.YEAR), **wanted)

    def submit(self, steps: tuple[int, ...] = (), **given: Any) -> str:
        """A job, plain or with a step at each of these positions; returns its id."""
        new = self.new(**given)
        planned = [
            Step(f"{new.id}-{number}", new.id, position, f"part {number}", "video.cover", {"part": number})
            for number, position in enumerate(steps)
        ]
        return self.do(lambda tx: tx.submit(new, planned)).job_id

    def claim(self, slots: int = 1, *, now: float = NOW, owner: str = "d") -> list[Claim]:
        return self.do(lambda tx: tx.claim(owner=owner, slots=slots, lease=LEASE, now=now))

    def claim_one(self, **given: Any) -> Claim:
        (claim,) = self.claim(1, **given)
        return claim

    def finish(self, claim: Claim, *, result: StepResult | None = None) -> Job:
        done = result or StepResult({"part": claim.step.position}, self.MADE, f"{claim.step.id:0>64}", False)
        return self.do(lambda tx: tx.finish_step(claim.step.id, claim.step.attempt, done, NOW + 5))

    def publish(self, job_id: str) -> Job:
        phases = (Phase("publish", NOW + 5, 1.0),)
        return self.do(lambda tx: tx.publish(job_id, {"covers": 1}, [self.OUTPUT], self.MADE, phases, NOW + 6))

    def fail(self, claim: Claim, *, retry_at: float | None = None) -> Job:
        step, attempt = claim.step.id, claim.step.attempt
        return self.do(lambda tx: tx.fail_step(step, attempt, self.FAILURE, NOW + 4, retry_at=retry_at))

    def cancel(self, job_id: str, tenant: str = "t") -> Job:
        return self.do(lambda tx: tx.cancel(tenant, job_id, NOW + 3))

    def retry(self, job_id: str) -> Job:
        return self.do(lambda tx: tx.retry("t", job_id, NOW + 7))

    def suspend(self, job_id: str) -> Job:
        return self.do(lambda tx: tx.suspend(job_id, self.FAILURE, NOW + 2))

    def resume(self, job_id: str) -> Job:
        return self.do(lambda tx: tx.resume("t", job_id, NOW + 8))

    def progress(self, claim: Claim, percent: float, phase: str = "work") -> None:
        self.do(lambda tx: tx.progress(claim.step.id, claim.step.attempt, percent, phase, NOW + 1))

    def job(self, job_id: str) -> Job:
        job = self.ledger.job("t", job_id)
        assert job is not None
        return job

    def states(self, job_id: str) -> list[Status]:
        return [step.state for step in self.ledger.steps(job_id)]

    def told(self, job_id: str, kind: str = "state", field: str = "status") -> list[Any]:
        return [event.data[field] for event in self.ledger.events(job_id, kinds=[kind])]

    def brought_to(self, status: Status) -> str:
        """A plain job in this state."""
        job_id = self.submit()
        if status in (Status.RUNNING, Status.SUCCEEDED, Status.FAILED):
            claim = self.claim_one()
            if status is Status.SUCCEEDED:
                self.finish(claim)
                self.publish(job_id)
            elif status is Status.FAILED:
                self.fail(claim)
        elif status is Status.CANCELLED:
            self.cancel(job_id)
        elif status is Status.SUSPENDED:
            self.suspend(job_id)
        return job_id


@pytest.fixture
def desk(make_ledger: Callable[[], Ledger]) -> Desk:
    ledger = make_ledger()
    ledger.open()
    return Desk(ledger)
