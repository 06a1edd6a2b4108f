"""How jobs are listed, and how one is deleted before its time."""

import pytest

from reelwright.errors import Fenced
from reelwright.jobs.job import JobFilter, Made, Status

NOW = 2_000_000_000.0


@pytest.fixture
def family(desk):
    """Ids of six jobs, oldest first, of the faces that their names begin with."""
    faces = ("ice.smart.asr", "ice.smart.texttospeech", "ice.smart", "ice.smartest", "ice", "ice.smart.asr")
    return [desk.submit(face=face) for face in faces]


def listed(desk, **wanted):
    return [job.id for job in desk.ledger.jobs(JobFilter(tenant="t", **wanted))]


@pytest.mark.parametrize(
    ("face", "found"),
    [("ice.smart", [0, 1, 2, 5]), ("ice.smart.asr", [0, 5]), ("ice", [0, 1, 2, 3, 4, 5]), ("ice.sm", [])],
)
def test_a_family_holds_what_begins_with_its_name_and_a_dot(desk, family, face, found):
    assert listed(desk, face=face) == [family[number] for number in reversed(found)]


def test_pages_run_either_way(desk, family):
    assert listed(desk, newest_first=False) == family
    assert listed(desk, newest_first=False, after=family[1], limit=2) == family[2:4]
    assert listed(desk, after=family[4], limit=2) == [family[3], family[2]]
    assert listed(desk, skip=4) == [family[1], family[0]]
    assert listed(desk, newest_first=False, skip=1, limit=1) == [family[1]]


def test_a_deleted_job_is_gone_and_its_neighbours_stay(desk, family):
    assert desk.do(lambda tx: tx.delete("t", family[1])) is True

    assert desk.ledger.job("t", family[1]) is None
    assert desk.ledger.document("t", family[1]) is None
    assert listed(desk, newest_first=False) == [family[0], *family[2:]]
    assert desk.ledger.counts()["QUEUED"] == 5
    assert [claim.job.id for claim in desk.claim(9)] == [family[0], *family[2:]]


def test_who_works_on_a_deleted_job_is_fenced(desk):
    job_id = desk.submit()
    claim = desk.claim_one()

    assert desk.do(lambda tx: tx.delete("t", job_id)) is True

    assert desk.do(lambda tx: tx.extend([(claim.step.id, claim.step.attempt)], lease=9.0, now=NOW)) == [claim.step.id]
    with pytest.raises(Fenced):
        desk.finish(claim)
    with pytest.raises(Fenced):
        desk.do(lambda tx: tx.publish(job_id, {}, [], Made(), (), NOW))
    assert desk.ledger.counts()[Status.RUNNING] == 0


@pytest.mark.parametrize("tenant", ["u", "t"])
def test_what_is_not_there_or_of_another_tenant_cannot_be_deleted(desk, tenant):
    job_id = desk.submit(tenant="t")

    assert desk.do(lambda tx: tx.delete(tenant, job_id if tenant == "u" else "0" * 32)) is False
    assert desk.ledger.job("t", job_id) is not None
