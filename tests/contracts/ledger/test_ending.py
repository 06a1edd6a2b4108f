"""How jobs end and come back: failures, lost leases, cancels, retries."""

import msgspec
import pytest

from reelwright.errors import (
    Conflict,
    Fenced,
    JobNotFound,
)
from reelwright.jobs.job import (
    Phase,
    Status,
    Usage,
)
from reelwright.jobs.ledger.port import StepResult

NOW = 2_000_000_000.0
LEASE = 30.0
QUEUED, RUNNING, SUCCEEDED = Status.QUEUED, Status.RUNNING, Status.SUCCEEDED
FAILED, CANCELLED, SUSPENDED = Status.FAILED, Status.CANCELLED, Status.SUSPENDED


# ---- failing, releasing, recovering


def test_a_final_failure_ends_the_job_and_says_why(desk):
    job_id = desk.submit(steps=(0, 0, 1))
    failing, beside = desk.claim(2)

    job = desk.fail(failing)

    assert (job.status, job.failure, job.finished_at) == (FAILED, desk.FAILURE, NOW + 4)
    assert desk.states(job_id) == [FAILED, CANCELLED, CANCELLED]
    assert desk.ledger.events(job_id, kinds=["state"])[-1].data == {
        "status": "FAILED",
        "failure": msgspec.to_builtins(desk.FAILURE),
    }
    with pytest.raises(Fenced):
        desk.finish(beside)


def test_a_mendable_failure_waits_for_its_time(desk):
    job_id = desk.submit()
    job = desk.fail(desk.claim_one(), retry_at=NOW + 60)
    assert job.status is QUEUED

    assert desk.claim(now=NOW + 59) == []
    assert desk.ledger.next_due(NOW) == NOW + 60
    assert desk.ledger.next_due(NOW + 60) is None
    again = desk.claim_one(now=NOW + 60)
    assert (again.step.attempt, again.job.id) == (2, job_id)
    assert again.job.started_at == NOW, "set once, at the first claim"
    assert desk.told(job_id) == ["QUEUED", "RUNNING", "QUEUED", "RUNNING"]


def test_one_failing_step_leaves_its_neighbour_running(desk):
    desk.submit(steps=(0, 0))
    failing, beside = desk.claim(2)

    assert desk.fail(failing, retry_at=NOW + 60).status is RUNNING
    assert desk.finish(beside).status is RUNNING


def test_usage_and_bars_of_failed_attempts_are_kept(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    spent, bar = Usage(3.0, 4.0), (Phase("decode", NOW, 4.0),)
    desk.do(
        lambda tx: tx.fail_step(claim.step.id, 1, desk.FAILURE, NOW, retry_at=NOW, usage=spent, phases=bar),
    )
    job = desk.finish(desk.claim_one(), result=StepResult({}, desk.MADE, "", False, Usage(1.0, 1.0), bar))

    (step,) = desk.ledger.steps(job_id)
    assert job.usage == step.usage == Usage(4.0, 5.0)
    assert step.phases == bar * 2


def test_a_released_step_is_queued_without_blame(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.do(lambda tx: tx.release(claim.step.id, 1, NOW))

    assert desk.job(job_id).status is QUEUED
    again = desk.claim_one()
    assert (again.step.attempt, again.step.failure) == (2, None)


def test_recover_takes_back_what_has_passed_only(desk):
    early, late = desk.submit(), desk.submit()
    desk.claim_one(now=NOW)
    desk.claim_one(now=NOW + 10)

    assert desk.do(lambda tx: tx.recover(owner=None, now=NOW + LEASE + 1)) == [early]

    assert [desk.job(one).status for one in (early, late)] == [QUEUED, RUNNING]
    assert desk.told(early, "step", "state") == ["RUNNING", "QUEUED"]


def test_recover_takes_back_all_that_an_owner_held(desk):
    mine, theirs = desk.submit(), desk.submit()
    desk.claim_one(owner="dead")
    desk.claim_one(owner="alive")

    assert desk.do(lambda tx: tx.recover(owner="dead", now=NOW)) == [mine]
    assert desk.job(theirs).status is RUNNING
    assert desk.claim_one().step.attempt == 2


def test_a_job_that_was_done_but_not_published_comes_back(desk):
    job_id = desk.submit()
    desk.finish(desk.claim_one())

    assert desk.do(lambda tx: tx.recover(owner=None, now=NOW + LEASE + 1)) == [job_id]

    desk.finish(desk.claim_one(now=NOW + LEASE + 1))
    assert desk.publish(job_id).status is SUCCEEDED


def test_publishing_can_fail_too(desk):
    job_id = desk.submit()
    claim = desk.claim_one()
    desk.finish(claim)

    assert desk.fail(claim).status is FAILED
    assert desk.states(job_id) == [FAILED]


# ---- transitions by hand


@pytest.mark.parametrize("status", list(Status), ids=str)
@pytest.mark.parametrize(
    ("action", "allowed", "after"),
    [
        pytest.param("cancel", {QUEUED, RUNNING, SUSPENDED}, CANCELLED, id="cancel"),
        pytest.param("retry", {FAILED, CANCELLED, SUSPENDED}, QUEUED, id="retry"),
        pytest.param("suspend", {QUEUED, RUNNING}, SUSPENDED, id="suspend"),
        pytest.param("resume", {SUSPENDED, FAILED}, QUEUED, id="resume"),
    ],
)
def test_what_may_follow_each_state(desk, status: Status, action: str, allowed: set[Status], after: Status):
    job_id = desk.brought_to(status)
    before = desk.job(job_id)
    assert before.status is status

    if status in allowed:
        assert getattr(desk, action)(job_id).status is after
        assert desk.told(job_id)[-1] == after.value
    else:
        with pytest.raises(Conflict, match=status.value):
            getattr(desk, action)(job_id)
        assert desk.job(job_id) == before


@pytest.mark.parametrize("status", [FAILED, CANCELLED, SUSPENDED], ids=str)
def test_a_job_brought_back_runs_to_its_end(desk, status: Status):
    job_id = desk.brought_to(status)
    job = desk.resume(job_id) if status is SUSPENDED else desk.retry(job_id)
    assert (job.failure, job.finished_at) == (None, None)

    claim = desk.claim_one(now=NOW + 9)
    desk.finish(claim)

    assert desk.publish(job_id).status is SUCCEEDED


@pytest.mark.parametrize("way", ["cancel", "suspend"])
def test_a_stopped_job_is_never_claimed(desk, way: str):
    for job_id in (desk.submit(), desk.submit(steps=(0, 1))):
        getattr(desk, way)(job_id)

    assert desk.claim(10) == []


def test_a_cancel_ends_every_step_but_the_finished(desk):
    job_id = desk.submit(steps=(0, 1, 2))
    desk.finish(desk.claim_one())
    desk.claim_one()

    job = desk.cancel(job_id)

    assert (job.status, job.finished_at) == (CANCELLED, NOW + 3)
    assert desk.states(job_id) == [SUCCEEDED, CANCELLED, CANCELLED]


def test_a_cancelled_plain_job_shows_a_cancelled_step(desk):
    assert desk.states(desk.brought_to(CANCELLED)) == [CANCELLED]


def test_a_retry_keeps_finished_steps(desk):
    job_id = desk.submit(steps=(0, 1, 2))
    desk.finish(desk.claim_one())
    desk.fail(desk.claim_one())
    done = desk.ledger.steps(job_id)[0]

    desk.retry(job_id)

    assert desk.states(job_id) == [SUCCEEDED, QUEUED, QUEUED]
    assert desk.ledger.steps(job_id)[0] == done
    again = desk.claim_one()
    assert (again.step.position, again.step.attempt) == (1, 2)


def test_a_job_stopped_while_publishing_can_be_brought_back(desk):
    job_id = desk.submit()
    desk.finish(desk.claim_one())
    desk.cancel(job_id)
    desk.retry(job_id)

    desk.finish(desk.claim_one())
    assert desk.publish(job_id).status is SUCCEEDED


@pytest.mark.parametrize("action", ["cancel", "retry", "resume"])
def test_another_tenants_job_cannot_be_touched(desk, action: str):
    job_id = desk.submit(tenant="u")

    with pytest.raises(JobNotFound, match=job_id):
        getattr(desk, action)(job_id)
