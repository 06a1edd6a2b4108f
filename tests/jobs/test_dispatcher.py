"""The dispatcher with a real ledger and store: jobs end as they should, once, and nothing finished runs again."""

import asyncio

import pytest

from reelwright.errors import EmptyFile
from reelwright.jobs.job import Status


def test_a_job_ends_with_its_files_published(house):
    job = house.wait(house.submit({"times": 2}))

    assert job.status is Status.SUCCEEDED
    assert job.progress == 100
    assert [output.role for output in job.outputs] == ["parts.0.file", "parts.1.file"]
    contents = [b"".join(house.objects.read(one.bucket, one.key)) for one in job.outputs]
    assert contents == [b"alpha0", b"alpha1"]
    assert job.result["parts"][1] == {"file": f"rw-link:{job.outputs[1].bucket}/{job.outputs[1].key}", "number": 1}
    assert (job.made.provider, job.made.tier) == ("builtin", "builtin")
    assert job.usage.bytes_in == 5
    assert job.usage.bytes_out == 12


def test_the_timeline_has_every_phase(house):
    job_id = house.submit()
    house.wait(job_id)

    names = [phase.name for phase in house.service.steps("default", job_id)[0].phases]
    assert names == ["fetch", "work", "save", "publish"]


def test_scratch_is_empty_after_a_job(house):
    house.wait(house.submit())

    assert list(house.scratch.iterdir()) == []


def test_an_identical_request_runs_nothing(house, runs):
    house.wait(house.submit())
    again = house.submit()
    job = house.wait(again)

    step = house.service.steps("default", again)[0]
    assert job.status is Status.SUCCEEDED
    assert (step.memo, step.executions) == (True, 0)
    assert len(runs) == 1
    assert job.outputs[0].key.startswith(again)


def test_the_same_bytes_under_another_name_are_the_same_input(house, runs):
    house.wait(house.submit())
    house.objects.put("given", "renamed.txt", b"alpha")
    house.wait(house.submit({"text": "oss://given/renamed.txt"}))

    assert len(runs) == 1


def test_other_bytes_under_the_same_name_run_anew(house, runs):
    house.wait(house.submit())
    house.objects.put("given", "a.txt", b"beta")
    job = house.wait(house.submit())

    assert len(runs) == 2
    assert b"".join(house.objects.read(job.outputs[0].bucket, job.outputs[0].key)) == b"beta0"


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"fresh": True}, id="fresh"),
        pytest.param({"seed": 7}, id="another-seed"),
    ],
)
def test_what_asks_for_another_run_gets_one(house, runs, more):
    house.wait(house.submit())
    house.wait(house.submit(**more))

    assert len(runs) == 2


def test_a_final_error_fails_the_job_with_its_words(house, runs):
    job = house.wait(house.submit({"fail": "NotMedia"}))

    assert job.status is Status.FAILED
    assert job.failure.code == "NotMedia"
    assert job.failure.message.startswith("a.txt did not work")
    assert str(house.scratch) not in job.failure.message
    assert len(runs) == 1


def test_an_error_that_a_retry_can_mend_is_retried(house, runs):
    job = house.wait(house.submit({"fail": "FetchFailed:3"}))

    assert job.status is Status.SUCCEEDED
    assert len(runs) == 3


@pytest.mark.parametrize("asked", ["publish", "find"])
def test_a_fault_of_the_store_around_the_work_is_retried_and_nothing_runs_again(house, runs, monkeypatch, asked):
    house.wait(house.submit())
    whole, broken = getattr(house.memo, asked), [OSError("a disk hiccup")] * 2

    def hiccup(*given):
        if broken:
            raise broken.pop()
        return whole(*given)

    monkeypatch.setattr(house.memo, asked, hiccup)
    job = house.wait(house.submit())

    assert job.status is Status.SUCCEEDED
    assert not broken
    assert len(runs) == 1


def test_a_store_that_stays_broken_fails_the_job_with_its_words(house, monkeypatch):
    def broken(*given):
        raise OSError("a broken disk")

    monkeypatch.setattr(house.memo, "publish", broken)
    job = house.wait(house.submit())

    assert (job.status, job.failure.code) == (Status.FAILED, "StorageFailed")
    assert "a broken disk" in job.failure.message


def test_work_elsewhere_is_looked_at_as_often_as_it_takes(house, runs):
    job_id = house.submit({"fail": "Elsewhere:5"})
    job = house.wait(job_id)

    assert job.status is Status.SUCCEEDED
    assert len(runs) == 5, "more looks than attempts are allowed"
    (step,) = house.service.steps("default", job_id)
    assert (step.executions, step.looks, step.attempt) == (1, 4, 5)


@pytest.mark.parametrize(
    ("fail", "status", "media"),
    [
        pytest.param("FetchFailed:3", Status.SUCCEEDED, 6.0, id="runs-that-were-retried"),
        pytest.param("Elsewhere:3", Status.SUCCEEDED, 6.0, id="looks"),
        pytest.param("NotMedia", Status.FAILED, 2.0, id="a-failed-job"),
    ],
)
def test_what_did_not_end_well_counts_too(house, fail, status, media):
    job_id = house.submit({"fail": fail})
    job = house.wait(job_id)

    assert (job.status, job.usage.media_seconds) == (status, media)
    assert job.usage.wall_seconds > 0
    (step,) = house.service.steps("default", job_id)
    assert step.usage == job.usage


def test_retries_end(house, runs):
    job = house.wait(house.submit({"fail": "FetchFailed"}))

    assert job.status is Status.FAILED
    assert job.failure.retryable
    assert len(runs) == 3


def test_a_failed_job_can_be_retried_by_hand(house, runs):
    job_id = house.submit({"fail": "NotMedia:2"})
    assert house.wait(job_id).status is Status.FAILED

    asyncio.run(house.service.retry("default", job_id))

    assert house.wait(job_id).status is Status.SUCCEEDED


def test_an_empty_input_is_refused_at_submit(house):
    house.objects.put("given", "empty.txt", b"")

    with pytest.raises(EmptyFile) as refused:
        house.submit({"text": "oss://given/empty.txt"})
    assert refused.value.field == "params.text"


def test_an_input_emptied_after_the_submit_fails_by_its_name(house):
    asyncio.run(house.service.put_pipeline("default", "held", paused=True))
    job_id = house.submit(pipeline="held")
    house.objects.put("given", "a.txt", b"")
    asyncio.run(house.service.put_pipeline("default", "held", paused=False))
    asyncio.run(house.service.put_pipeline("default", "other"))
    job = house.wait(job_id)

    assert job.failure.code == "EmptyFile"
    assert job.failure.field == "params.text"


@pytest.mark.parametrize(
    ("template", "times", "keys"),
    [
        pytest.param("oss://out/{source}-{sequenceId}.txt", 2, ["a-00001.txt", "a-00002.txt"], id="sequence"),
        pytest.param("oss://out/made/{source}", 1, ["made/a.txt"], id="suffix-comes-with-the-file"),
        pytest.param("oss://out/{resultType}.txt", 1, ["file.txt"], id="result-type"),
        pytest.param("oss://out/same.txt", 2, ["same.txt", "same-00002.txt"], id="no-placeholder-loses-nothing"),
        pytest.param("oss://out/folder/", 1, ["folder/copy-0.txt"], id="folder"),
    ],
)
def test_outputs_go_where_the_template_says(house, template, times, keys):
    job = house.wait(house.submit({"times": times}, destination=template))

    assert [(output.bucket, output.key) for output in job.outputs] == [("out", key) for key in keys]
    assert all(house.objects.exists("out", key) for key in keys)


def test_a_dot_in_the_inputs_name_is_not_taken_for_a_suffix(house):
    house.objects.put("given", "take.2.txt", b"alpha")
    job = house.wait(house.submit({"text": "oss://given/take.2.txt"}, destination="oss://out/{source}"))

    assert [output.key for output in job.outputs] == ["take.2.txt"]


def test_a_job_cancelled_in_the_queue_never_runs(house, runs):
    asyncio.run(house.service.put_pipeline("default", "held", paused=True))
    job_id = house.submit(pipeline="held")
    asyncio.run(house.service.cancel("default", job_id))
    house.wait(house.submit({"times": 2}))

    assert house.service.job("default", job_id).status is Status.CANCELLED
    assert len(runs) == 1
