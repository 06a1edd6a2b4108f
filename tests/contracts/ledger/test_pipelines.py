"""Named queues: found by name or id, more urgent ones first, deleted only when nothing is left to do in them."""

from dataclasses import replace

import pytest

from reelwright.errors import Conflict, PipelineNotFound
from reelwright.jobs import ids
from reelwright.jobs.job import DEFAULT_PIPELINE, Pipeline

NOW = 2_000_000_000.0


def put(desk, name: str, **given) -> Pipeline:
    return desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", name, created_at=NOW, **given)))


def delete(desk, name: str, tenant: str = "t") -> None:
    desk.do(lambda tx: tx.delete_pipeline(tenant, name))


def test_all_that_was_put_is_found_by_name_and_by_id(desk):
    made = put(desk, "p", concurrency=2, priority=9, title="Fast lane", speed="Boost", modified_at=NOW + 1)

    assert desk.do(lambda tx: tx.pipeline("t", "p")) == desk.do(lambda tx: tx.pipeline("t", made.id)) == made
    assert (made.priority, made.title, made.speed, made.modified_at) == (9, "Fast lane", "Boost", NOW + 1)
    assert desk.do(lambda tx: tx.pipeline("u", "p")) is None
    changed = replace(made, priority=1, title="Slow lane", paused=True)
    assert desk.do(lambda tx: tx.put_pipeline(changed)) == changed
    assert desk.ledger.pipelines("t")[-1] == changed


def test_every_tenant_has_the_default_one(desk):
    default = desk.ledger.pipelines("t")[0]

    assert desk.do(lambda tx: tx.pipeline("t", DEFAULT_PIPELINE)) == default
    assert desk.do(lambda tx: tx.pipeline("t", default.id)) == default


def test_a_more_urgent_pipeline_comes_before_a_more_urgent_job(desk):
    put(desk, "urgent", priority=10), put(desk, "slack", priority=1)
    slack, plain = desk.submit(pipeline="slack", priority=10), desk.submit(priority=5)
    late, early = desk.submit(pipeline="urgent", priority=1), desk.submit(pipeline="urgent", priority=2)

    assert [claim.job.id for claim in desk.claim(2)] == [early, late]
    assert [claim.job.id for claim in desk.claim(2)] == [plain, slack]


def test_planned_steps_wait_behind_a_more_urgent_pipeline_too(desk):
    put(desk, "urgent", priority=10)
    planned = desk.submit(steps=(0, 1), priority=10)
    urgent = desk.submit(pipeline="urgent", priority=1)

    assert [claim.job.id for claim in desk.claim(2)] == [urgent, planned]


@pytest.mark.parametrize("steps", [(), (0, 1)], ids=["plain", "planned"])
def test_a_pipeline_is_deleted_only_when_its_jobs_are_over(desk, steps):
    put(desk, "p")
    job_id = desk.submit(pipeline="p", steps=steps)
    for hold in (lambda: None, lambda: desk.fail(desk.claim_one(), retry_at=NOW + 99)):
        hold()
        with pytest.raises(Conflict, match="not finished"):
            delete(desk, "p")
    claim = desk.claim_one(now=NOW + 100)
    with pytest.raises(Conflict, match="not finished"):
        delete(desk, "p")
    desk.fail(claim)

    delete(desk, "p")

    assert [one.name for one in desk.ledger.pipelines("t")] == [DEFAULT_PIPELINE]
    assert desk.job(job_id).pipeline == "p"
    with pytest.raises(PipelineNotFound):
        desk.submit(pipeline="p")


def test_only_ones_own_and_never_the_default_one_is_deleted(desk):
    made = put(desk, "p")
    default = desk.ledger.pipelines("t")[0]

    for tenant, name in (("u", "p"), ("u", made.id), ("t", "other")):
        with pytest.raises(PipelineNotFound):
            delete(desk, name, tenant)
    for name in (DEFAULT_PIPELINE, default.id):
        with pytest.raises(Conflict, match="default"):
            delete(desk, name)
    delete(desk, made.id)


def test_who_runs_jobs_is_woken_by_a_change_of_a_pipeline(desk):
    woken = []
    desk.ledger.on_commit(woken.append)

    put(desk, "p")

    assert desk.do(lambda tx: list(woken)) == [[]]
