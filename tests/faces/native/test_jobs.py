"""Lists, changes, steps, timeline and log, over a ledger whose worker is the test."""

import time

import pytest

from reelwright.timing import stamp


def test_pages_hold_every_job_once_newest_first(http, submit):
    ids = [submit() for _ in range(5)]

    seen, after = [], None
    while True:
        page = http.get("/v1/jobs", params={"limit": 2, **({"after": after} if after else {})}).json()
        seen.append([job["id"] for job in page["jobs"]])
        after = page["next"]
        if after is None:
            break

    assert [len(page) for page in seen] == [2, 2, 1]
    assert [one for page in seen for one in page] == sorted(ids, reverse=True)


def test_a_last_page_that_is_full_has_no_next(http, submit):
    submit(), submit()

    assert http.get("/v1/jobs", params={"limit": 2}).json()["next"] is None


def test_filters_choose(http, submit, worker):
    before = time.time()
    http.put("/v1/pipelines/slow", json={"concurrency": 1})
    done = submit()
    worker.finish(worker.claim())
    waiting = submit(pipeline="slow")

    def found(**query):
        return [job["id"] for job in http.get("/v1/jobs", params=query).json()["jobs"]]

    assert found(status="SUCCEEDED") == [done]
    assert found(pipeline="slow") == [waiting]
    assert found(operator="test.echo") == [waiting, done]
    assert found(operator="test.other") == []
    assert found(created_after=stamp(before - 1)) == [waiting, done]
    assert found(created_before=str(before - 1)) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        pytest.param({"limit": "0"}, "limit", id="limit-too-small"),
        pytest.param({"limit": "201"}, "limit", id="limit-too-large"),
        pytest.param({"limit": "many"}, "limit", id="limit-no-number"),
        pytest.param({"status": "DONE"}, "status", id="no-such-status"),
        pytest.param({"state": "QUEUED"}, "state", id="unknown-filter"),
        pytest.param({"after": "' OR 1"}, "after", id="no-cursor"),
        pytest.param({"created_after": "yesterday"}, "created_after", id="no-instant"),
    ],
)
def test_a_wrong_query_is_refused_by_field(http, query, field):
    reply = http.get("/v1/jobs", params=query)

    assert (reply.status_code, reply.json()["error"]["field"]) == (400, field)


@pytest.mark.parametrize(
    "cancel",
    [
        pytest.param(lambda http, job: http.post(f"/v1/jobs/{job}/cancel"), id="cancel"),
        pytest.param(lambda http, job: http.delete(f"/v1/jobs/{job}"), id="delete"),
    ],
)
def test_a_cancelled_job_can_be_tried_again(http, submit, cancel):
    job_id = submit()

    assert cancel(http, job_id).json()["status"] == "CANCELLED"
    assert cancel(http, job_id).status_code == 409
    assert http.post(f"/v1/jobs/{job_id}/retry").json()["status"] == "QUEUED"


def test_a_finished_job_is_neither_cancelled_nor_retried(http, submit, worker):
    job_id = submit()
    worker.finish(worker.claim())

    for change in ("cancel", "retry"):
        reply = http.post(f"/v1/jobs/{job_id}/{change}")
        assert (reply.status_code, reply.json()["error"]["code"]) == (409, "Conflict")


def test_steps_tell_what_ran_and_by_what(http, submit, worker):
    job_id = submit()
    claim = worker.claim()
    running = http.get(f"/v1/jobs/{job_id}/steps").json()["steps"]
    worker.finish(claim)
    done = http.get(f"/v1/jobs/{job_id}/steps").json()["steps"]

    assert [(one["operator"], one["state"], one["executions"], one["attempt"]) for one in running] == [
        ("test.echo", "RUNNING", 1, 1)
    ]
    assert running[0]["provider"] is None
    assert [(one["state"], one["memo"], one["provider"], one["tier"]) for one in done] == [
        ("SUCCEEDED", False, "echo", "builtin")
    ]
    assert done[0]["seconds"] is not None


def test_a_failed_step_says_why(http, submit, worker):
    job_id = submit()
    worker.fail(worker.claim())

    job = http.get(f"/v1/jobs/{job_id}").json()
    step = http.get(f"/v1/jobs/{job_id}/steps").json()["steps"][0]

    assert job["status"] == step["state"] == "FAILED"
    assert job["error"] == step["error"]
    assert (step["error"]["code"], step["error"]["field"]) == ("TruncatedMedia", "params.video")


def test_the_timeline_has_a_bar_for_waiting_and_each_phase(http, submit, worker):
    job_id = submit()
    worker.finish(worker.claim())

    told = http.get(f"/v1/jobs/{job_id}/timeline").json()

    assert [bar["name"] for bar in told["bars"]] == ["queue", "fetch", "look", "publish"]
    assert [bar["seconds"] for bar in told["bars"][1:]] == [0.25, 1.5, 0.1]
    starts = [bar["start"] for bar in told["bars"]]
    assert starts[0] == 0.0
    assert starts[2] - starts[1] == pytest.approx(0.25, abs=0.002)
    assert starts[3] - starts[1] == pytest.approx(1.75, abs=0.002)


def test_the_log_is_read_on_from_where_one_stopped(http, submit, worker):
    job_id = submit()
    for number in range(3):
        worker.do(lambda tx, n=number: tx.log(job_id, "warning", f"line {n}", {"frame": n}, 1.5))

    first = http.get(f"/v1/jobs/{job_id}/log", params={"limit": 2}).json()
    rest = http.get(f"/v1/jobs/{job_id}/log", params={"after": first["next"]}).json()

    lines = first["lines"] + rest["lines"]
    assert [line["message"] for line in lines] == ["line 0", "line 1", "line 2"]
    assert [line["fields"] for line in lines] == [{"frame": 0}, {"frame": 1}, {"frame": 2}]
    assert (lines[0]["level"], lines[0]["at"]) == ("warning", "1970-01-01T00:00:01.500Z")
    assert rest["next"] is None
