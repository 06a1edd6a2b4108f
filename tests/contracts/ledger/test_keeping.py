"""What is kept: retention, listings, events, counts, leaders, keys."""

from dataclasses import replace
from typing import Any

import pytest

from reelwright.errors import JobNotFound
from reelwright.jobs import ids
from reelwright.jobs.job import (
    JobFilter,
    Key,
    Pipeline,
    Status,
)
from reelwright.jobs.ledger.port import StepResult

NOW = 2_000_000_000.0
QUEUED, SUCCEEDED = Status.QUEUED, Status.SUCCEEDED
FAILED, CANCELLED = Status.FAILED, Status.CANCELLED


# ---- retention


def test_an_expired_job_is_unknown_before_it_is_pruned(desk):
    job_id = desk.submit(created_at=1.0, expires_at=2.0)

    assert desk.ledger.document("t", job_id) is None
    assert desk.ledger.job("t", job_id) is None
    assert desk.ledger.job(None, job_id) is None
    assert desk.ledger.steps(job_id) == []
    assert desk.ledger.jobs(JobFilter("t")) == []
    with pytest.raises(JobNotFound):
        desk.cancel(job_id)


def test_prune_removes_expired_final_jobs_in_batches(desk):
    kept = desk.brought_to(CANCELLED)
    waiting = desk.submit(expires_at=NOW + 50)
    gone = [desk.submit(expires_at=NOW + 50, wire={"callback": "x"}) for _ in range(5)]
    for job_id in gone:
        desk.cancel(job_id)

    sizes = [desk.do(lambda tx: tx.prune(now=NOW + 60, limit=3)) for _ in range(3)]

    assert sizes == [3, 2, 0]
    assert all(desk.ledger.events(job_id) == [] for job_id in gone)
    assert desk.ledger.due_deliveries(NOW + 1000, limit=10) == []
    assert desk.ledger.counts() == {**dict.fromkeys(map(str, Status), 0), "CANCELLED": 1, "QUEUED": 1}
    assert [job.id for job in desk.ledger.jobs(JobFilter("t"))] == [waiting, kept]


def test_prune_keeps_memos(desk):
    job_id = desk.submit(expires_at=NOW + 50)
    desk.finish(desk.claim_one(), result=StepResult({}, desk.MADE, "k" * 64, False))
    desk.publish(job_id)

    assert desk.do(lambda tx: tx.prune(now=NOW + 60)) == 1
    assert desk.ledger.memo("k" * 64) is not None


# ---- listing, events, counts


def test_listing_is_newest_first_page_by_page(desk):
    submitted = [desk.submit() for _ in range(7)]
    desk.submit(tenant="u")

    pages, after = [], None
    while page := desk.ledger.jobs(JobFilter("t", after=after, limit=3)):
        pages.append([job.id for job in page])
        after = page[-1].id

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [job_id for page in pages for job_id in page] == submitted[::-1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param({"status": CANCELLED}, [1], id="status"),
        pytest.param({"operator": "audio.mix"}, [2], id="operator"),
        pytest.param({"pipeline": "p"}, [3], id="pipeline"),
        pytest.param({"face": "ice"}, [4], id="face"),
        pytest.param({"created_after": NOW + 3}, [5, 4, 3], id="after-is-inclusive"),
        pytest.param({"created_before": NOW + 1}, [0], id="before-is-exclusive"),
        pytest.param({"created_after": NOW + 1, "created_before": NOW + 3}, [2, 1], id="between"),
        pytest.param({"status": QUEUED, "created_after": NOW + 2, "operator": "video.cover"}, [5, 4, 3], id="all"),
        pytest.param({"status": FAILED}, [], id="none"),
    ],
)
def test_listing_can_be_narrowed(desk, wanted: dict[str, Any], found: list[int]):
    desk.do(lambda tx: tx.put_pipeline(Pipeline(ids.new(NOW), "t", "p")))
    special = {2: {"operator": "audio.mix"}, 3: {"pipeline": "p"}, 4: {"face": "ice"}}
    submitted = [desk.submit(created_at=NOW + number, **special.get(number, {})) for number in range(6)]
    desk.cancel(submitted[1])

    assert [job.id for job in desk.ledger.jobs(JobFilter("t", **wanted))] == [submitted[number] for number in found]


def test_event_numbers_rise_over_all_jobs_and_a_reader_can_resume(desk):
    one, other = desk.submit(), desk.submit()
    desk.cancel(one)
    desk.cancel(other)

    everything = sorted(desk.ledger.events(one) + desk.ledger.events(other), key=lambda event: event.seq)
    assert [event.job_id for event in everything] == [one, other, one, other]
    first, second = desk.ledger.events(one)
    assert first.seq < second.seq
    assert desk.ledger.events(one, after=first.seq) == [second]
    assert desk.ledger.events(one, limit=1) == [first]
    assert desk.ledger.events(one, kinds=["log"]) == []


def test_counts_follow_every_move(desk):
    for status in (FAILED, *(status for status in Status if status is not QUEUED), QUEUED):
        desk.brought_to(status)

    assert desk.ledger.counts() == {**dict.fromkeys(map(str, Status), 1), "FAILED": 2}


# ---- leaders, keys


def test_a_role_has_one_leader_until_its_lease_passes(desk):
    def lead(owner: str, now: float) -> int | None:
        return desk.do(lambda tx: tx.lead("dispatcher", owner=owner, ttl=10, now=now))

    assert lead("a", NOW) == 1
    assert lead("b", NOW + 9) is None
    assert lead("a", NOW + 9) == 1
    assert lead("b", NOW + 18) is None
    assert lead("b", NOW + 19) == 2
    assert lead("a", NOW + 20) is None
    assert desk.do(lambda tx: tx.lead("other", owner="b", ttl=10, now=NOW)) == 1


def test_keys_are_put_changed_and_deleted(desk):
    key = Key("id", "secret", "sk-1", "t", NOW)
    desk.do(lambda tx: tx.put_key(key))
    assert desk.ledger.credentials() == [key]

    desk.do(lambda tx: tx.put_key(replace(key, access_key_secret="new")))
    assert desk.ledger.credentials() == [replace(key, access_key_secret="new")]

    desk.do(lambda tx: tx.delete_key("id"))
    assert desk.ledger.credentials() == []
