"""The media library in a ledger: assets change in the transactions of uploads and jobs, or not at all."""

import msgspec
import pytest

from reelwright.jobs import library
from reelwright.jobs.announcing import SUBSCRIPTIONS, Subscription
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.job import Failure, Made, Output, Status
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.library import ASSETS, LANDS, Asset, Landing, State, Tells, Wants

NOW = 2_000_000_000.0
A, B = "a" * 32, "b" * 32
FOUND = {"kind": "video", "size": 9, "container": "mov", "cover": "rw-link:results/c.jpg"}
FAILED = Failure("NotMedia", "it is no video")


@pytest.fixture
def asset(desk):
    """`asset(id)`: the asset's body, None if there is none."""

    def asset(asset_id=A):
        found = ASSETS.get(desk.ledger, "t", asset_id)
        return found.body if found else None

    return asset


@pytest.fixture
def told(desk):
    """Which events were written, and where to; everything is wanted at `http://all`."""
    everything = Subscription("http://all")
    desk.do(lambda tx: SUBSCRIPTIONS.put(tx, "t", "ice", everything, now=NOW))

    def told():
        found = desk.ledger.deliveries(DeliveryFilter("t"))
        return sorted((one.payload["event"], one.target) for one in found)

    return told


def describe(desk, given=None, asset_id=A):
    given = given or Asset(address="oss://films/a.mp4", kind="video", face="ice")
    desk.do(lambda tx: library.describe(tx, "t", asset_id, given, NOW))


def end(desk, job_id, *, result=None, outputs=(), failure=None):
    """Take the job, and end it well, or with the failure."""
    claim = next(one for one in desk.claim(9) if one.job.id == job_id)
    step = claim.step
    if failure is not None:
        desk.do(lambda tx: tx.fail_step(step.id, step.attempt, failure, NOW + 1, retry_at=None))
        return
    done = StepResult(result or {}, Made(), "0" * 64, False)
    desk.do(lambda tx: tx.finish_step(step.id, step.attempt, done, NOW + 1))
    desk.do(lambda tx: tx.publish(job_id, result or {}, list(outputs), Made(), (), NOW + 2))


def output(key, role="clips.0.video", media_type="video/mp4"):
    return Output(key, role, "films", key, 7, "f" * 64, media_type)


# ---- describing


def test_what_the_job_finds_is_the_assets(desk, asset):
    wants = Wants(cover=True, snapshots=True, cover_time=1.5)
    describe(desk, Asset(address="oss://films/a.mp4", kind="video", wants=wants, face="ice"))
    assert asset().state is State.PREPARING
    job = desk.job(asset().job)
    assert (job.operator, job.face) == ("media.describe", "ice.library")
    assert job.params == {
        "file": "oss://films/a.mp4",
        "kind": "video",
        "cover": True,
        "snapshots": True,
        "sprites": False,
        "cover_time": 1.5,
    }

    end(desk, job.id, result=FOUND)

    assert (asset().state, asset().size, asset().found) == (State.READY, 9, FOUND)


def test_a_file_that_cannot_be_read_is_told_as_such(desk, asset):
    describe(desk)

    end(desk, asset().job, failure=FAILED)

    assert (asset().state, asset().failure) == (State.FAILED, FAILED)


def test_a_cancelled_look_is_a_failure_that_a_retry_mends(desk, asset):
    describe(desk)
    job_id = asset().job

    desk.cancel(job_id)
    assert (asset().state, asset().failure.code) == (State.FAILED, "Cancelled")
    desk.retry(job_id)
    end(desk, job_id, result=FOUND)

    assert (asset().state, asset().failure) == (State.READY, None)


def test_what_was_found_in_an_earlier_file_is_not_taken_for_the_later_ones(desk, asset):
    describe(desk)
    first = asset().job
    describe(desk)
    second = asset().job
    assert first != second

    end(desk, first, result={**FOUND, "size": 1})
    assert asset().state is State.PREPARING
    desk.do(lambda tx: tx.recover(owner=None, now=NOW + 99))
    end(desk, second, result=FOUND)

    assert asset().size == 9


def test_a_deleted_asset_does_not_come_back(desk, asset):
    describe(desk)
    job_id = asset().job
    desk.do(lambda tx: library.remove(tx, "t", ASSETS.get(tx, "t", A)))

    end(desk, job_id, result=FOUND)

    assert asset() is None


# ---- uploads


def expected(desk, **given):
    body = Asset(state=State.AWAITED, address="oss://films/a.mp4", kind="video", face="ice", **given)

    def change(tx):
        library.put(tx, "t", A, body, NOW)
        library.expect(tx, "t", A, "films", "a.mp4", etag="", now=NOW)

    desk.do(change)


def test_an_upload_that_comes_is_looked_into(desk, asset):
    expected(desk)
    assert library.promised(desk.ledger, NOW) == [("films", "a.mp4")]

    desk.do(lambda tx: library.arrived(tx, "films", "a.mp4", 7, NOW + 1))

    assert (asset().state, asset().size) == (State.PREPARING, 7)
    assert desk.job(asset().job).params["file"] == "oss://films/a.mp4"
    assert library.promised(desk.ledger, NOW) == []


def test_an_old_promise_is_not_looked_for_when_a_server_starts(desk):
    expected(desk)

    assert library.promised(desk.ledger, NOW + 86401) == []


def test_an_object_that_nobody_waits_for_changes_nothing(desk, asset):
    expected(desk)

    desk.do(lambda tx: library.arrived(tx, "films", "b.mp4", 7, NOW))
    desk.do(lambda tx: library.arrived(tx, "other", "a.mp4", 7, NOW))

    assert asset().state is State.AWAITED


def test_an_upload_counts_once(desk, asset):
    expected(desk)
    desk.do(lambda tx: library.arrived(tx, "films", "a.mp4", 7, NOW))
    job_id = asset().job

    desk.do(lambda tx: library.arrived(tx, "films", "a.mp4", 8, NOW))

    assert asset().job == job_id


def test_a_deleted_asset_awaits_nothing(desk, asset):
    expected(desk)
    desk.do(lambda tx: library.remove(tx, "t", ASSETS.get(tx, "t", A)))
    assert library.promised(desk.ledger, NOW) == []

    desk.do(lambda tx: library.arrived(tx, "films", "a.mp4", 7, NOW))

    assert asset() is None


# ---- outputs of jobs that become assets


def landing(**given):
    return {LANDS: msgspec.to_builtins(Landing(Asset(title="T", face="ice"), **given))}


def test_an_asset_told_at_submit_is_there_from_then_on_and_filled_at_the_end(desk, asset):
    job_id = desk.submit(wire=landing(media=(A,)))
    assert (asset().state, asset().job, asset().title) == (State.PREPARING, job_id, "T")
    assert ASSETS.get(desk.ledger, "other", A) is None

    end(desk, job_id, outputs=[output("x.mp4")])

    assert (asset().state, asset().address, asset().size, asset().kind) == (
        State.PREPARING,
        "oss://films/x.mp4",
        7,
        "video",
    )
    end(desk, asset().job, result=FOUND)
    assert asset().state is State.READY
    assert library.made(desk.job(job_id)) == [A]


def test_every_output_lands_in_order_with_ids_that_can_be_told_again(desk, asset):
    job_id = desk.submit(wire=landing(media=(A,)))

    end(
        desk, job_id, outputs=[output("x.mp4"), output("y.mp4", "clips.1.video"), output("z.png", "sheet", "image/png")]
    )

    made = library.made(desk.job(job_id))
    assert made[0] == A
    assert made[1:] == [library.media_id(job_id, 1), library.media_id(job_id, 2)]
    assert [asset(one).address for one in made] == ["oss://films/x.mp4", "oss://films/y.mp4", "oss://films/z.png"]
    assert [asset(one).title for one in made] == ["T", "T (2)", "T (3)"]
    assert asset(made[2]).kind == "image"


def test_only_the_fields_that_are_named_land(desk):
    job_id = desk.submit(wire=landing(roles=("clips",)))

    end(desk, job_id, outputs=[output("t.json", "table"), output("x.mp4"), output("y.mp4", "clips.1.video")])

    assert [ASSETS.get(desk.ledger, "t", one).body.address for one in library.made(desk.job(job_id))] == [
        "oss://films/x.mp4",
        "oss://films/y.mp4",
    ]
    assert ASSETS.count(desk.ledger, "t") == 2


@pytest.mark.parametrize("how", ["fails", "is-cancelled", "is-deleted", "makes-nothing"])
def test_an_asset_that_was_told_and_never_made_fails(desk, asset, how):
    job_id = desk.submit(wire=landing(media=(A,)))

    if how == "fails":
        end(desk, job_id, failure=FAILED)
    elif how == "is-cancelled":
        desk.cancel(job_id)
    elif how == "is-deleted":
        desk.do(lambda tx: tx.delete("t", job_id))
    else:
        end(desk, job_id)

    code = {"fails": "NotMedia", "makes-nothing": "NoOutput"}.get(how, "Cancelled")
    assert (asset().state, asset().failure.code) == (State.FAILED, code)


def test_a_retry_fills_the_asset_after_all(desk, asset):
    job_id = desk.submit(wire=landing(media=(A,)))
    end(desk, job_id, failure=FAILED)

    desk.retry(job_id)
    end(desk, job_id, outputs=[output("x.mp4")])

    assert (asset().state, asset().address) == (State.PREPARING, "oss://films/x.mp4")


def test_an_asset_deleted_meanwhile_is_not_made(desk, asset):
    job_id = desk.submit(wire=landing(media=(A,)))
    desk.do(lambda tx: ASSETS.delete(tx, "t", A))

    end(desk, job_id, outputs=[output("x.mp4")])

    assert asset() is None


def test_an_output_may_become_the_file_of_an_asset_that_is_there(desk, asset):
    describe(desk, Asset(address="oss://films/old.mp4", title="mine", size=3))
    job_id = desk.submit(wire=landing(media=(A,)))
    assert (asset().title, asset().address) == ("mine", "oss://films/old.mp4")

    end(desk, job_id, outputs=[output("x.mp4")])

    assert (asset().title, asset().address) == ("mine", "oss://films/x.mp4")


def test_a_job_that_fails_leaves_such_an_asset_as_it_was(desk, asset):
    describe(desk, Asset(address="oss://films/old.mp4", size=3))
    before = asset()
    job_id = desk.submit(wire=landing(media=(A,)))

    end(desk, job_id, failure=FAILED)

    assert asset() == before


def test_a_file_that_is_written_over_leaves_its_former_asset(desk, asset):
    describe(desk, Asset(address="oss://films/x.mp4"), B)
    job_id = desk.submit(wire=landing(media=(A,)))

    end(desk, job_id, outputs=[output("x.mp4")])

    assert asset(B) is None
    assert asset().address == "oss://films/x.mp4"


def test_a_submit_that_is_not_accepted_leaves_no_asset(desk, asset):
    with pytest.raises(Exception, match="pipeline"):
        desk.submit(pipeline="nowhere", wire=landing(media=(A,)))

    assert asset() is None


def test_a_repeated_submit_makes_no_second_asset(desk):
    given = {"token": "once", "token_digest": "d", "token_scope": "s"}
    desk.submit(wire=landing(media=(A,)), **given)

    desk.submit(wire=landing(media=(B,)), **given)

    assert [one.id for one in ASSETS.page(desk.ledger, "t")] == [A]


def test_all_of_an_end_is_kept_or_nothing(desk, asset):
    """An error after the asset's change undoes the job's end with it."""
    job_id = desk.submit(wire=landing(media=(A,)))
    claim = desk.claim_one()
    desk.finish(claim)

    def broken(tx):
        tx.publish(job_id, {}, [output("x.mp4")], Made(), (), NOW)
        raise RuntimeError("the power fails")

    with pytest.raises(RuntimeError):
        desk.do(broken)

    assert asset().address == ""
    assert desk.job(job_id).status is Status.RUNNING


# ---- events


def test_arrival_and_description_are_told_and_the_first_to_the_owner_too(desk, told):
    tells = Tells(arrived="FileUploadComplete", described=("VideoAnalysisComplete",), notify="http://mine")
    expected(desk, tells=tells)

    desk.do(lambda tx: library.arrived(tx, "films", "a.mp4", 7, NOW))
    assert told() == [("FileUploadComplete", "http://all"), ("FileUploadComplete", "http://mine")]

    end(desk, ASSETS.get(desk.ledger, "t", A).body.job, result=FOUND)
    assert told()[2:] == [("VideoAnalysisComplete", "http://all")]


def test_a_medium_that_was_here_already_is_told_of_when_it_is_described(desk, told, asset):
    tells = Tells(described=("RegisterMediaComplete", "SnapshotComplete"), notify="http://mine")
    describe(desk, Asset(address="oss://films/a.mp4", face="ice", tells=tells))

    end(desk, asset().job, result=FOUND)

    assert told() == [
        ("RegisterMediaComplete", "http://all"),
        ("RegisterMediaComplete", "http://mine"),
        ("SnapshotComplete", "http://all"),
    ]
    (payload,) = {
        msgspec.json.encode(one.payload["asset"]["id"]) for one in desk.ledger.deliveries(DeliveryFilter("t"))
    }
    assert payload == f'"{A}"'.encode()
