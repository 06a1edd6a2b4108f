"""The life of a task, through the vendor's 1.x clients, its newer one, and plain HTTP."""

import re
import time

import pytest
from dashscope.v2.client import Client

from reelwright import timing
from reelwright.jobs.job import Failure

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
DAY = 24 * 3600


def test_a_film_from_its_order_to_its_link(client, worker):
    created = client.create(model="wan2.6-t2v", prompt="a cat", size="1280*720", duration=5, seed=7)
    assert created.status_code == 200, created
    task = created.output.task_id
    assert UUID.fullmatch(task)
    assert created.output.task_status == "PENDING"
    assert UUID.fullmatch(created.request_id)

    waiting = client.fetch(task)
    assert (waiting.output.task_status, waiting.output.task_id) == ("PENDING", task)
    assert STAMP.fullmatch(waiting.output["submit_time"])
    claim = worker.claim()
    assert client.fetch(task).output.task_status == "RUNNING"
    assert (claim.job.operator, claim.job.seed) == ("video.generate", 7)
    assert claim.job.params["prompt"] == "a cat"
    assert (claim.job.params["width"], claim.job.params["height"], claim.job.params["seconds"]) == (1280, 720, 5)

    worker.finish(claim)
    done = client.wait(task)
    output = done.output
    assert output.task_status == "SUCCEEDED"
    members = ("task_id", "task_status", "submit_time", "scheduled_time", "end_time")
    assert set(output) >= {*members, "orig_prompt", "actual_prompt", "video_url"}
    assert (output["orig_prompt"], output["actual_prompt"]) == ("a cat", "a cat, at length")
    assert re.search(r"/results/film\.mp4\?.*Expires=\d+", output["video_url"])
    assert (done.usage["SR"], done.usage["duration"], done.usage["video_count"]) == (720, 5, 1)
    assert done.usage["size"] == "1280*720"


def test_wait_ends_within_a_step_of_the_end(client, meanwhile):
    created = client.create(model="wan2.5-t2v-preview", prompt="a cat")
    with meanwhile():
        assert client.wait(created.output.task_id).output.task_status == "SUCCEEDED"


def test_the_link_dies_with_the_task(client, worker):
    created = client.create(model="wan2.6-t2v", prompt="a cat")
    ended = time.time()
    worker.finish(worker.claim(), at=ended)

    url = client.fetch(created.output.task_id).output["video_url"]
    assert abs(int(re.search(r"Expires=(\d+)", url)[1]) - (ended + DAY)) <= 1


def test_a_task_is_unknown_a_day_after_its_end(client, worker, monkeypatch):
    task = client.create(model="wan2.6-t2v", prompt="a cat").output.task_id
    worker.finish(worker.claim())
    assert client.fetch(task).output.task_status == "SUCCEEDED"
    now = time.time()

    monkeypatch.setattr(timing, "now", lambda: now + DAY + 5)
    forgotten = client.fetch(task)
    assert (forgotten.status_code, forgotten.output.task_status, forgotten.output.task_id) == (200, "UNKNOWN", task)


@pytest.mark.parametrize("task", ["a55bfe14-6e78-4b9d-b97d-128420399ed1", "nothing"])
def test_what_nobody_knows_is_unknown_and_no_error(client, task):
    found = client.fetch(task)
    assert (found.status_code, found.output.task_status, found.output.task_id) == (200, "UNKNOWN", task)


def test_a_failed_task_says_why(client, worker):
    task = client.create(model="wan2.6-t2v", prompt="a cat").output.task_id
    worker.fail(worker.claim(), Failure("NotMedia", "in.png is no picture", field="params.first"))

    found = client.fetch(task)
    assert (found.status_code, found.output.task_status) == (200, "FAILED")
    assert (found.output["code"], found.output["message"]) == ("InvalidParameter", "in.png is no picture")
    assert not found.output.get("video_url")


def test_only_a_waiting_task_can_be_cancelled(client, worker):
    first, second = (client.create(model="wan2.6-t2v", prompt=word).output.task_id for word in ("a cat", "a dog"))
    assert client.cancel(first).status_code == 200
    assert client.fetch(first).output.task_status == "CANCELED"
    assert client.wait(first).output.task_status == "CANCELED"

    assert worker.claim() is not None
    refused = client.cancel(second)
    assert (refused.status_code, refused.code) == (400, "UnsupportedOperation")
    assert client.fetch(second).output.task_status == "RUNNING"


def test_a_list_counts_and_filters(client, worker):
    tasks = [client.create(model=f"wan2.{n}-t2v", prompt="a cat").output.task_id for n in (5, 6, 6)]
    worker.finish(worker.claim())

    listed = client.list(page_no=1, page_size=2)
    assert listed.status_code == 200
    page = listed.output
    assert [one["task_id"] for one in page["data"]] == [tasks[2], tasks[1]]
    assert (page["total"], page["total_page"], page["page_no"], page["page_size"]) == (3, 2, 1, 2)
    assert isinstance(page["data"][0]["gmt_create"], int)
    models = client.list(model_name="wan2.6-t2v").output["data"]
    assert [one["task_id"] for one in models] == [tasks[2], tasks[1]]
    assert [one["task_id"] for one in client.list(status="SUCCEEDED").output["data"]] == [tasks[0]]
    assert client.list(start_time="20200101000000", end_time="20200102000000").output["data"] == []


def test_the_newer_client_goes_through_the_whole_life(address, key, worker, prefix):
    with Client(api_key=key.api_key, base_url=f"{address}{prefix}") as client:
        jobs = client.videos.jobs
        created = jobs.create(model="wan2.6-t2v", prompt="a cat", duration=5)
        assert created.status == "PENDING"
        worker.finish(worker.claim())
        done = jobs.wait(created.task_id)
        assert done.succeeded
        assert done.video_url.startswith(address)
        assert (done.usage.duration, done.usage.video_count) == (5, 1)
        listed = jobs.list()
        assert [one.task_id for one in listed.tasks] == [created.task_id]
        assert listed.total == 1

        other = jobs.create(model="wan2.6-t2v", prompt="a dog")
        jobs.cancel(other.task_id)
        assert jobs.fetch(other.task_id).status == "CANCELED"
        assert jobs.fetch("a55bfe14-6e78-4b9d-b97d-128420399ed1").status == "UNKNOWN"


def test_every_reply_has_an_id_and_slashes_do_not_matter(http, create, prefix):
    created = create({"prompt": "a cat"}, prefix=prefix).json()
    task = created["output"]["task_id"]
    for path in (f"/tasks/{task}", f"/tasks/{task}/"):
        found = http.get(prefix + path).json()
        assert (found["output"]["task_status"], bool(UUID.fullmatch(found["request_id"]))) == ("PENDING", True)
    assert http.post(f"{prefix}/tasks/{task}/cancel/", json={"a": 1}).json().keys() == {"request_id"}


def test_another_account_does_not_see_it(http, create, service, ledger):
    from reelwright.service import new_key

    task = create({"prompt": "a cat"}).json()["output"]["task_id"]
    other = new_key("other")
    ledger.write(lambda tx: tx.put_key(other)).result()
    service.load_keys()
    found = http.get(f"/api/v1/tasks/{task}", headers={"Authorization": f"Bearer {other.api_key}"}).json()
    assert found["output"]["task_status"] == "UNKNOWN"
