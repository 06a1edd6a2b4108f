"""A real server is killed between a post and its note: the same word comes again, under the same id."""

import time

import pytest
from alibabacloud_ice20201109 import models as ice

HANGS = 60.0  # seconds; far more than a stop needs
STALL = 1.0  # seconds a receiver keeps its answer, so that the kill falls in between


@pytest.fixture
def house(serving, tmp_path):
    one = serving.Server(tmp_path / "home", workers=1, fetch_allow='["127.0.0.0/8"]', callback_delay=0.05).start()
    yield one
    if one.is_running:
        one.stop()


def submitted(server, callback: str) -> str:
    text = server.put("texts", "in.txt", b"some words")
    journal = str(server.home.parent / "journal")
    return server.submit("crash.journal", {"text": text, "journal": journal, "label": "a"}, callback=callback)


def delivered(server, job_id: str) -> dict:
    for _ in range(3000):
        (found,) = server.api.get(f"/v1/callbacks?job={job_id}").json()["callbacks"]
        if found["state"] != "PENDING":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


@pytest.mark.crash
def test_a_kill_between_the_post_and_its_note_repeats_the_word(house, receiver):
    taken = receiver(STALL, 200)
    job_id = submitted(house, taken.url)
    taken.wait()

    house.kill()
    house.start()

    done = delivered(house, job_id)
    assert done["state"] == "DELIVERED"
    assert [body["data"]["id"] for body in taken.wait(2)] == [job_id, job_id]
    assert {headers["webhook-id"] for headers, _ in taken.got} == {done["id"]}
    assert house.job(job_id)["status"] == "SUCCEEDED"


@pytest.mark.crash
def test_a_word_that_waits_for_its_next_try_survives_a_kill(serving, tmp_path, receiver):
    taken = receiver((503, {"Retry-After": "1"}), 200)
    settings = {"workers": 1, "fetch_allow": '["127.0.0.0/8"]', "callback_delay": 0.05}
    server = serving.Server(tmp_path / "home", **settings).start()
    job_id = submitted(server, taken.url)
    taken.wait()
    for _ in range(500):
        if server.api.get(f"/v1/callbacks?job={job_id}").json()["callbacks"][0]["attempts"]:
            break
        time.sleep(0.01)

    server.kill()
    server.start()

    done = delivered(server, job_id)
    assert [attempt["status"] for attempt in done["attempts"]] == [503, 200]
    assert server.stop() == 0


def test_a_server_whose_receiver_hangs_stops_all_the_same(house, receiver):
    taken = receiver(HANGS)
    submitted(house, taken.url)
    taken.wait()

    began = time.monotonic()
    assert house.stop() == 0
    assert time.monotonic() - began < HANGS


def test_a_paused_pipeline_of_the_vendors_starts_when_it_is_active(server, vendor):
    client = vendor._client
    made = client.create_pipeline(ice.CreatePipelineRequest(name="held", speed="Standard")).body.pipeline
    change = ice.UpdatePipelineRequest(pipeline_id=made.pipeline_id, status="Paused")
    client.update_pipeline(change)
    text = server.put("texts", "in.txt", b"some words")
    params = {"text": text, "journal": str(server.home.parent / "journal"), "label": "held"}
    job_id = server.submit("crash.journal", params, pipeline=made.pipeline_id)
    other = server.submit("crash.journal", {**params, "label": "free"})

    assert server.wait(other)["status"] == "SUCCEEDED"
    assert server.job(job_id)["status"] == "QUEUED"
    client.update_pipeline(ice.UpdatePipelineRequest(pipeline_id=made.pipeline_id, status="Active"))
    assert server.wait(job_id)["status"] == "SUCCEEDED"
