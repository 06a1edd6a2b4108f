"""Pipelines, keys, and what the server tells of itself."""

import httpx
import pytest

import reelwright


def test_a_pipeline_is_made_shown_and_changed(http):
    made = http.put("/v1/pipelines/slow", json={"concurrency": 2})
    paused = http.put("/v1/pipelines/slow", json={"paused": True})

    known = {"name": "slow", "concurrency": 2, "id": made.json()["id"], "priority": 6, "title": ""}
    assert made.json() == {**known, "paused": False}
    assert paused.json() == {**known, "paused": True}
    assert http.get("/v1/pipelines/slow").json() == paused.json()
    assert paused.json() in http.get("/v1/pipelines").json()["pipelines"]


def test_a_pipeline_is_deleted_once_it_is_empty(http, submit, worker):
    http.put("/v1/pipelines/slow", json={"priority": 9})
    submit(pipeline="slow")

    assert http.delete("/v1/pipelines/slow").status_code == 409
    worker.finish(worker.claim())
    assert http.delete("/v1/pipelines/slow").json()["priority"] == 9
    assert http.delete("/v1/pipelines/slow").status_code == http.get("/v1/pipelines/slow").status_code == 404
    assert http.delete("/v1/pipelines/default").status_code == 409


def test_a_pipeline_may_be_named_in_any_script(http):
    assert http.put("/v1/pipelines/慢 的", json={}).json()["name"] == "慢 的"


@pytest.mark.parametrize("name", ["x" * 129, "a%00b", "a%0Ab"])
def test_a_name_that_is_none_is_refused(http, name):
    reply = http.put(f"/v1/pipelines/{name}", json={})

    assert (reply.status_code, reply.json()["error"]["field"]) == (400, "name")


def test_a_paused_pipeline_starts_nothing(http, submit, worker):
    http.put("/v1/pipelines/slow", json={"paused": True})
    submit(pipeline="slow")

    assert worker.do(lambda tx: tx.claim(owner="t", slots=1, lease=9.0, now=4e9)) == []


def test_a_new_key_opens_the_door_at_once(http, url, submit):
    told = http.post("/v1/keys")
    keys = told.json()

    headers = {"authorization": f"Bearer {keys['api_key']}"}
    assert told.status_code == 201
    assert keys.keys() == {"access_key_id", "access_key_secret", "api_key", "tenant"}
    assert httpx.get(f"{url}/v1/jobs/{submit()}", headers=headers, trust_env=False).status_code == 200


def test_the_server_tells_its_version_and_counts(http, submit):
    submit()

    told = http.get("/v1/server").json()

    assert told["version"] == reelwright.__version__
    assert told["operators"] == 1
    assert told["jobs"]["QUEUED"] == 1
