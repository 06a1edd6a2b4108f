"""A submit: what is there afterwards, tokens, pipelines by name."""

import msgspec
import pytest

from reelwright.errors import (
    Conflict,
    IdempotentParameterMismatch,
)
from reelwright.jobs import document, ids
from reelwright.jobs.job import (
    Status,
)
from reelwright.jobs.ledger.port import Submitted

NOW = 2_000_000_000.0
QUEUED = Status.QUEUED


# ---- submitting and reading


def test_a_submitted_job_is_queued_and_its_document_says_so(desk):
    new = desk.new(params={"video": "oss://in/é.mp4"}, seed=7, fresh=True, wire={"a": [1]}, destination="oss://o/{n}")

    assert desk.do(lambda tx: tx.submit(new)) == Submitted(new.id, created=True)

    job = desk.job(new.id)
    assert (job.status, job.params, job.seed, job.fresh) == (QUEUED, {"video": "oss://in/é.mp4"}, 7, True)
    assert (job.wire, job.destination, job.created_at) == ({"a": [1]}, "oss://o/{n}", new.created_at)
    assert desk.ledger.document("t", new.id) == document.render(job)
    assert desk.told(new.id) == ["QUEUED"]


def test_a_queued_plain_job_shows_its_one_step(desk):
    job_id = desk.submit()

    (step,) = desk.ledger.steps(job_id)

    assert (step.job_id, step.state, step.operator, step.attempt) == (job_id, QUEUED, "video.cover", 0)
    assert desk.ledger.step(step.id) == step
    assert desk.claim_one().step.id == step.id


@pytest.mark.parametrize("read", ["document", "job"])
def test_another_tenants_job_is_unknown(desk, read: str):
    job_id = desk.submit()

    assert getattr(desk.ledger, read)("t", job_id) is not None
    assert getattr(desk.ledger, read)("other", job_id) is None
    assert getattr(desk.ledger, read)("t", ids.new(NOW)) is None


def test_the_document_follows_every_write(desk):
    job_id = desk.submit()

    def same() -> bool:
        return desk.ledger.document("t", job_id) == document.render(desk.job(job_id))

    claim = desk.claim_one()
    assert same()
    desk.progress(claim, 40)
    assert same()
    desk.finish(claim)
    assert same()
    desk.publish(job_id)
    assert same()
    assert msgspec.json.decode(desk.ledger.document("t", job_id) or b"")["status"] == "SUCCEEDED"


def test_revision_rises_with_every_change(desk):
    job_id = desk.submit()
    seen = [desk.job(job_id).revision]
    claim = desk.claim_one()
    seen.append(claim.job.revision)
    desk.progress(claim, 40)
    seen.append(desk.job(job_id).revision)
    seen += [desk.finish(claim).revision, desk.publish(job_id).revision]

    assert seen == sorted(set(seen))


def test_an_id_is_taken_once(desk):
    new = desk.new()
    desk.do(lambda tx: tx.submit(new))

    with pytest.raises(Conflict, match=new.id):
        desk.do(lambda tx: tx.submit(new))
    assert desk.ledger.counts()["QUEUED"] == 1


# ---- tokens


@pytest.mark.parametrize("in_one_change", [True, False], ids=["same-group", "later"])
def test_a_token_makes_a_submit_happen_once(desk, in_one_change: bool):
    first, second = (desk.new(token="k", token_scope="Submit", token_digest="d") for _ in range(2))

    if in_one_change:
        answers = desk.do(lambda tx: [tx.submit(first), tx.submit(second)])
    else:
        answers = [desk.do(lambda tx: tx.submit(first)), desk.do(lambda tx: tx.submit(second))]

    assert answers == [Submitted(first.id, created=True), Submitted(first.id, created=False)]
    assert desk.ledger.counts()["QUEUED"] == 1


def test_a_token_for_another_request_is_refused_by_name(desk):
    desk.submit(token="k", token_digest="one")

    with pytest.raises(IdempotentParameterMismatch, match="'k'"):
        desk.submit(token="k", token_digest="two")


@pytest.mark.parametrize("other", [{"tenant": "u"}, {"token_scope": "else"}, {"token": "l"}], ids=str)
def test_tokens_of_others_do_not_meet(desk, other: dict[str, str]):
    same = {"token": "k", "token_scope": "s", "token_digest": "one"}
    desk.submit(**same)

    assert desk.ledger.job(None, desk.submit(**{**same, "token_digest": "two", **other})) is not None


def test_the_token_of_an_expired_job_is_free_again(desk):
    desk.submit(token="k", created_at=1.0, expires_at=2.0)

    assert desk.job(desk.submit(token="k", token_digest="new")).status is QUEUED
