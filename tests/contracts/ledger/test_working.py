"""A worker's writes: fenced, monotone, kept."""

from collections.abc import Callable
from typing import Any

import pytest

from reelwright.errors import (
    Fenced,
    JobNotFound,
)
from reelwright.jobs import ids
from reelwright.jobs.job import (
    Phase,
    Status,
    Usage,
)
from reelwright.jobs.ledger.port import Claim, StepResult, Transaction

NOW = 2_000_000_000.0
LEASE = 30.0
RUNNING, SUCCEEDED = Status.RUNNING, Status.SUCCEEDED


# ---- fencing


def worker_writes(desk, tx: Transaction, step_id: str, attempt: int) -> dict[str, Callable[[], Any]]:
    done = StepResult({}, desk.MADE, "k" * 64, False)
    return {
        "started": lambda: tx.started(step_id, attempt, NOW),
        "progress": lambda: tx.progress(step_id, attempt, 90, "late", NOW),
        "finish_step": lambda: tx.finish_step(step_id, attempt, done, NOW),
        "fail_step": lambda: tx.fail_step(step_id, attempt, desk.FAILURE, NOW, retry_at=None),
        "retry_step": lambda: tx.fail_step(step_id, attempt, desk.FAILURE, NOW, retry_at=NOW),
        "release": lambda: tx.release(step_id, attempt, NOW),
    }


WRITES = ("started", "progress", "finish_step", "fail_step", "retry_step", "release")


def lost_lease(desk, claim: Claim) -> None:
    desk.do(lambda tx: tx.recover(owner=None, now=NOW + LEASE + 1))


def taken_again(desk, claim: Claim) -> None:
    lost_lease(desk, claim)
    desk.claim_one(now=NOW + LEASE + 2, owner="other")


def cancelled(desk, claim: Claim) -> None:
    desk.cancel(claim.job.id)


def cancelled_and_retried(desk, claim: Claim) -> None:
    desk.cancel(claim.job.id)
    desk.retry(claim.job.id)
    desk.claim_one(now=NOW + 9)


def suspended(desk, claim: Claim) -> None:
    desk.suspend(claim.job.id)


def published(desk, claim: Claim) -> None:
    desk.finish(claim)
    desk.publish(claim.job.id)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "moves_on",
    [lost_lease, taken_again, cancelled, cancelled_and_retried, suspended, published],
    ids=lambda f: f.__name__,
)
def test_a_late_worker_changes_nothing(desk, moves_on: Callable[..., None], write: str):
    job_id = desk.submit()
    claim = desk.claim_one()
    moves_on(desk, claim)
    before = (desk.job(job_id), desk.ledger.steps(job_id), desk.ledger.events(job_id))

    with pytest.raises(Fenced, match=claim.step.id):
        desk.do(lambda tx: worker_writes(desk, tx, claim.step.id, claim.step.attempt)[write]())

    assert (desk.job(job_id), desk.ledger.steps(job_id), desk.ledger.events(job_id)) == before


@pytest.mark.parametrize("write", ["started", "progress", "finish_step"])
def test_a_step_that_is_done_is_not_worked_on_again(desk, write: str):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.finish(claim)
    before = (desk.job(job_id), desk.ledger.steps(job_id), desk.ledger.events(job_id))

    with pytest.raises(Fenced, match=claim.step.id):
        desk.do(lambda tx: worker_writes(desk, tx, claim.step.id, claim.step.attempt)[write]())

    assert (desk.job(job_id), desk.ledger.steps(job_id), desk.ledger.events(job_id)) == before


@pytest.mark.parametrize("moves_on", [lost_lease, taken_again, cancelled, suspended], ids=lambda f: f.__name__)
def test_a_late_result_is_not_published(desk, moves_on: Callable[..., None]):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.finish(claim)
    moves_on(desk, claim)

    with pytest.raises(Fenced, match=job_id):
        desk.publish(job_id)
    assert desk.job(job_id).outputs == ()


def test_a_job_is_published_once_and_never_before_its_steps_are_done(desk):
    job_id = desk.submit(steps=(0, 1))
    desk.finish(desk.claim_one())
    with pytest.raises(Fenced):
        desk.publish(job_id)

    desk.finish(desk.claim_one())
    desk.publish(job_id)
    with pytest.raises(Fenced):
        desk.publish(job_id)
    assert desk.told(job_id).count("SUCCEEDED") == 1


def test_a_heartbeat_keeps_a_step_and_names_the_fenced(desk):
    desk.submit(), desk.submit()
    kept, lost = desk.claim(2)
    desk.cancel(lost.job.id)
    held = [(kept.step.id, 1), (lost.step.id, 1), (kept.step.id + "x", 1)]

    late = desk.do(lambda tx: tx.extend(held, lease=LEASE, now=NOW + 20))

    assert late == [lost.step.id, kept.step.id + "x"]
    assert desk.do(lambda tx: tx.recover(owner=None, now=NOW + LEASE + 1)) == []
    assert desk.do(lambda tx: tx.extend([(kept.step.id, 2)], lease=LEASE, now=NOW)) == [kept.step.id]


# ---- what a worker says


def test_executions_count_true_runs(desk):
    desk.submit()
    claim = desk.claim_one()
    assert claim.step.executions == 0

    desk.do(lambda tx: tx.started(claim.step.id, 1, NOW))

    step = desk.ledger.step(claim.step.id)
    assert step is not None
    assert step.executions == 1


@pytest.mark.parametrize(
    ("reported", "shown"),
    [
        pytest.param([10, 50], 50, id="rises"),
        pytest.param([50, 10], 50, id="never-falls"),
        pytest.param([100], 99, id="100-only-when-published"),
        pytest.param([250], 99, id="more-than-all"),
        pytest.param([20, float("nan")], 20, id="not-a-number"),
    ],
)
def test_progress_of_a_plain_job(desk, reported: list[float], shown: float):
    job_id = desk.submit()
    claim = desk.claim_one()

    for percent in reported:
        desk.progress(claim, percent)

    assert desk.job(job_id).progress == shown
    percents = desk.told(job_id, "progress", "percent")
    assert percents == sorted(percents)


def test_progress_of_a_job_is_the_mean_of_its_steps(desk):
    job_id = desk.submit(steps=(0, 0, 1, 1))
    first, second = desk.claim(2)
    desk.progress(first, 50)
    desk.finish(second)

    assert desk.job(job_id).progress == pytest.approx((50 + 100) / 4)


def test_progress_survives_a_retry(desk):
    job_id = desk.submit()
    desk.progress(desk.claim_one(), 70)
    desk.do(lambda tx: tx.recover(owner="d", now=NOW))
    again = desk.claim_one()
    desk.progress(again, 5)
    assert desk.job(job_id).progress == 70

    desk.fail(again)
    desk.retry(job_id)
    desk.progress(desk.claim_one(), 80)
    assert desk.job(job_id).progress == 80


def test_a_report_that_says_nothing_new_writes_nothing(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.progress(claim, 30, "decode")
    before = desk.ledger.events(job_id)

    desk.progress(claim, 20, "decode")
    assert desk.ledger.events(job_id) == before

    desk.progress(claim, 20, "encode")
    assert desk.told(job_id, "progress", "phase") == ["decode", "encode"]


def test_logs_and_previews_are_events_of_their_job(desk):
    job_id = desk.submit()
    desk.do(lambda tx: tx.log(job_id, "warning", "odd frame", {"pts": 3}, NOW))
    desk.do(lambda tx: tx.event(job_id, "preview", {"image": "x"}, NOW))

    log, preview = desk.ledger.events(job_id, kinds=["log", "preview"])

    assert log.data == {"level": "warning", "message": "odd frame", "fields": {"pts": 3}}
    assert preview.data == {"image": "x"}
    with pytest.raises(JobNotFound):
        desk.do(lambda tx: tx.log(ids.new(NOW), "info", "lost", {}, NOW))


def test_a_finished_step_keeps_what_made_it_and_its_memo(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    bars = (Phase("decode", NOW, 2.0), Phase("encode", NOW + 2, 1.0))
    found = StepResult({"covers": []}, desk.MADE, "k" * 64, True, Usage(1.0, 2.0, 3, 4, 5.0), bars)

    job = desk.finish(claim, result=found)

    (step,) = desk.ledger.steps(job_id)
    assert (step.state, step.progress, step.finished_at) == (SUCCEEDED, 100, NOW + 5)
    assert (step.result, step.made, step.memo, step.memo_key) == ({"covers": []}, desk.MADE, True, "k" * 64)
    assert (step.usage, step.phases) == (found.usage, bars)
    assert (job.status, job.progress, job.usage) == (RUNNING, 99, found.usage)
    assert desk.ledger.memo("k" * 64) == {
        "result": {"covers": []},
        "made": {"provider": "tiny", "tier": "model", "models": {"weights": "0" * 64}},
    }
    assert desk.ledger.memo("l" * 64) is None


def test_the_first_memo_of_a_key_stays(desk):
    for number in range(2):
        desk.submit()
        desk.finish(desk.claim_one(), result=StepResult({"number": number}, desk.MADE, "k" * 64, False))

    memo = desk.ledger.memo("k" * 64)
    assert memo is not None
    assert memo["result"] == {"number": 0}


def test_publication_shows_everything_at_once(desk):
    job_id = desk.submit()
    desk.finish(desk.claim_one())

    job = desk.publish(job_id)

    assert (job.status, job.progress, job.finished_at) == (SUCCEEDED, 100, NOW + 6)
    assert (job.result, job.outputs, job.made, job.failure) == ({"covers": 1}, (desk.OUTPUT,), desk.MADE, None)
    assert desk.job(job_id) == job
    (step,) = desk.ledger.steps(job_id)
    assert [phase.name for phase in step.phases] == ["publish"]
    assert (step.owner, step.lease_until) == (None, None)
    assert desk.told(job_id) == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert desk.told(job_id, "step", "state") == ["RUNNING", "SUCCEEDED"]


# ---- work elsewhere


def test_a_look_at_work_elsewhere_is_no_execution_and_its_job_stays_running(desk):
    job_id = desk.submit()
    first = desk.claim_one()
    desk.do(lambda tx: tx.started(first.step.id, first.step.attempt, NOW))

    job = desk.do(lambda tx: tx.postpone(first.step.id, first.step.attempt, NOW + 8, NOW + 1))

    assert job.status is Status.RUNNING
    step = desk.ledger.step(first.step.id)
    assert (step.state, step.executions, step.looks, step.run_after) == (Status.QUEUED, 0, 1, NOW + 8)
    assert desk.claim(now=NOW + 7) == []
    assert desk.ledger.next_due(NOW + 1) == NOW + 8
    again = desk.claim_one(now=NOW + 8)
    assert (again.job.id, again.step.attempt, again.step.looks) == (job_id, 2, 1)
    assert desk.ledger.job("t", job_id).status is Status.RUNNING


def test_a_postponed_job_can_be_cancelled_and_its_holder_is_fenced(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.do(lambda tx: tx.postpone(claim.step.id, claim.step.attempt, NOW + 8, NOW))
    with pytest.raises(Fenced):
        desk.do(lambda tx: tx.postpone(claim.step.id, claim.step.attempt, NOW + 9, NOW))

    assert desk.do(lambda tx: tx.cancel("t", job_id, NOW + 2)).status is Status.CANCELLED
    assert desk.claim(now=NOW + 9) == []
