"""The event stream: nothing missed, nothing twice, and nothing left behind by a reader that goes away."""

import json
import time

import httpx
import pytest

from reelwright.jobs import watch


def frames(lines):
    """(id, event, data) of each event of a stream, and None for a sign of life."""
    told = {}
    for line in lines:
        if line.startswith(":"):
            yield None
        elif line:
            name, _, value = line.partition(": ")
            told[name] = value
        elif "data" in told:
            yield int(told["id"]), told["event"], json.loads(told["data"])
            told = {}
        else:
            told = {}


def read(http, job_id, **headers):
    with http.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield from frames(reply.iter_lines())


def until(truth):
    while not truth():
        time.sleep(0.005)


def test_a_stream_ends_with_the_job(http, submit, worker):
    job_id = submit()
    stream = read(http, job_id)
    first = next(stream)
    claim = worker.claim()
    worker.report(claim, 40.0)
    worker.finish(claim)

    seen = [first, *stream]

    numbers = [number for number, _, _ in seen]
    assert numbers == sorted(set(numbers))
    assert all(data["seq"] == number and data["kind"] == kind for number, kind, data in seen)
    assert {"state", "progress"} <= {kind for _, kind, _ in seen}
    assert seen[-1][2]["data"]["status"] == "SUCCEEDED"


@pytest.mark.parametrize("way", ["header", "query"])
def test_a_reader_that_comes_back_gets_the_rest(http, submit, worker, way):
    job_id = submit()
    worker.finish(worker.claim())
    whole = list(read(http, job_id))
    last = whole[0][0]

    if way == "header":
        rest = list(read(http, job_id, **{"last-event-id": str(last)}))
    else:
        with http.stream("GET", f"/v1/jobs/{job_id}/events?after={last}") as reply:
            rest = list(frames(reply.iter_lines()))

    assert rest == whole[1:]


def test_whoever_has_seen_all_of_a_finished_job_is_told_not_to_come_back(http, submit, worker):
    job_id = submit()
    worker.finish(worker.claim())
    last = list(read(http, job_id))[-1][0]

    assert http.get(f"/v1/jobs/{job_id}/events", headers={"last-event-id": str(last)}).status_code == 204


@pytest.mark.parametrize("given", ["x", "-1", "9" * 30])
def test_a_last_event_id_that_is_none_is_refused(http, submit, given):
    reply = http.get(f"/v1/jobs/{submit()}/events", headers={"last-event-id": given})

    assert (reply.status_code, reply.json()["error"]["field"]) == (400, "Last-Event-ID")


def test_a_silent_job_shows_signs_of_life(http, submit, monkeypatch):
    monkeypatch.setattr(watch, "KEEP_ALIVE", 0.02)
    stream = read(http, submit())

    seen = [next(stream) for _ in range(4)]
    stream.close()

    assert seen.count(None) >= 2


def test_a_reader_that_goes_away_leaves_nothing_behind(http, submit, service):
    job_id = submit()
    stream = read(http, job_id)
    next(stream)
    until(lambda: service._watchers._waiting)

    stream.close()

    until(lambda: not service._watchers._waiting)


def test_a_server_that_drains_ends_the_streams_whole(url, key, submit, front):
    job_id = submit()
    headers = {"authorization": f"Bearer {key.api_key}"}
    with (
        httpx.Client(base_url=url, headers=headers, trust_env=False) as http,
        http.stream("GET", f"/v1/jobs/{job_id}/events") as reply,
    ):
        lines = reply.iter_lines()
        first = next(frames(lines))
        front._service._watchers._loop.call_soon_threadsafe(front.drain)
        rest = list(lines)

    assert first[1] == "state"
    assert not any(line.startswith("data") for line in rest)


def test_two_readers_see_the_same(url, key, submit, worker):
    job_id = submit()
    headers = {"authorization": f"Bearer {key.api_key}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as http:
        one, two = read(http, job_id), read(http, job_id)
        begun = [next(one)], [next(two)]
        worker.finish(worker.claim())
        assert [*begun[0], *one] == [*begun[1], *two]
