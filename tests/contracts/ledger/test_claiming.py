"""Which steps may run, in which order, under which limits."""

from dataclasses import replace

import pytest

from reelwright.errors import (
    PipelineNotFound,
)
from reelwright.jobs import ids
from reelwright.jobs.job import (
    Pipeline,
    Status,
)

NOW = 2_000_000_000.0
LEASE = 30.0
RUNNING, SUCCEEDED = Status.RUNNING, Status.SUCCEEDED


def test_a_claim_takes_the_step_and_starts_the_job(desk):
    job_id = desk.submit()

    claim = desk.claim_one(now=NOW + 9)

    assert (claim.job.id, claim.job.status, claim.job.started_at) == (job_id, RUNNING, NOW + 9)
    assert (claim.step.attempt, claim.step.owner, claim.step.lease_until) == (1, "d", NOW + 9 + LEASE)
    assert desk.ledger.steps(job_id) == [claim.step]
    assert desk.job(job_id) == claim.job
    assert desk.told(job_id) == ["QUEUED", "RUNNING"]
    assert desk.claim() == []


def test_the_most_urgent_come_first_and_then_the_oldest(desk):
    submitted = [(priority, desk.submit(priority=priority)) for priority in (6, 1, 10, 6, 10, 7)]

    claimed = [claim.job.id for claim in desk.claim(4) + desk.claim(10)]

    oldest_first = sorted(submitted, key=lambda one: -one[0])
    assert claimed == [job_id for _, job_id in oldest_first]


def test_order_holds_over_plain_and_planned_jobs(desk):
    wanted = [desk.submit(), desk.submit(steps=(0,)), desk.submit(), desk.submit(steps=(0,))]

    assert [claim.job.id for claim in desk.claim(9)] == wanted


def test_no_slots_claim_nothing(desk):
    desk.submit()

    assert desk.claim(0) == []


def test_a_pipeline_never_holds_more_leases_than_its_limit(desk):
    desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "narrow", concurrency=2)))
    narrow = [desk.submit(pipeline="narrow", priority=10) for _ in range(4)]
    wide = desk.submit()

    claims = desk.claim(10)
    assert [claim.job.id for claim in claims] == [*narrow[:2], wide]
    assert desk.claim(10) == []

    desk.finish(claims[0])
    assert desk.claim(10) == [], "a step that is being published still has its place"
    desk.publish(narrow[0])
    assert [claim.job.id for claim in desk.claim(10)] == narrow[2:3]


def test_a_limit_is_of_one_tenants_pipeline(desk):
    for tenant in ("t", "u"):
        desk.do(lambda tx, tenant=tenant: tx.put_pipeline(Pipeline(ids.new(NOW), tenant, "p", concurrency=1)))
        for _ in range(2):
            desk.submit(pipeline="p", tenant=tenant)

    assert sorted(claim.job.tenant for claim in desk.claim(10)) == ["t", "u"]


def test_a_paused_pipeline_waits_and_goes_on(desk):
    pipeline = desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "p", paused=True)))
    plain, planned = desk.submit(pipeline="p"), desk.submit(pipeline="p", steps=(0,))
    assert desk.claim(10) == []

    desk.do(lambda tx: tx.put_pipeline(replace(pipeline, paused=False)))
    assert [claim.job.id for claim in desk.claim(10)] == [plain, planned]


def test_the_default_pipeline_is_there_and_can_be_limited(desk):
    (default,) = desk.ledger.pipelines("t")
    assert (default.name, default.concurrency, default.paused) == ("default", 0, False)

    desk.do(lambda tx: tx.put_pipeline(replace(default, concurrency=1)))

    assert [one.id for one in desk.ledger.pipelines("t")] == [default.id]
    job_id = desk.submit(pipeline=default.id)
    desk.submit()
    assert [claim.job.id for claim in desk.claim(10)] == [job_id]


def test_a_pipeline_can_be_named_by_its_id(desk):
    pipeline = desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "p")))

    assert desk.job(desk.submit(pipeline=pipeline.id)).pipeline == "p"


@pytest.mark.parametrize("name", ["nowhere", "theirs"])
def test_an_unknown_pipeline_is_refused_by_name(desk, name: str):
    desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "u", "theirs")))

    with pytest.raises(PipelineNotFound, match=name):
        desk.submit(pipeline=name)


def test_a_pipeline_is_updated_by_name_and_keeps_its_id(desk):
    first = desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "p", 1, created_at=NOW)))
    again = desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "p", 5, paused=True, created_at=NOW + 1)))

    assert again == replace(first, concurrency=5, paused=True)
    assert again in desk.ledger.pipelines("t")


def test_steps_run_in_order_and_equal_positions_together(desk):
    job_id = desk.submit(steps=(0, 1, 1, 2))

    rounds = []
    while claims := desk.claim(10):
        rounds.append([claim.step.position for claim in claims])
        for claim in claims:
            desk.finish(claim)

    assert rounds == [[0], [1, 1], [2]]
    assert desk.publish(job_id).status is SUCCEEDED


def test_a_later_step_waits_for_all_before_it(desk):
    desk.submit(steps=(0, 0, 1))
    first, _second = desk.claim(2)

    desk.finish(first)

    assert desk.claim(10) == []
