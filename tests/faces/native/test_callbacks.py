"""Callbacks of `/v1/jobs`: signed, logged, sent again."""

import base64
import hashlib
import hmac
import time

import httpx
import pytest

from reelwright.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path, fetch_allow=("127.0.0.0/8",), callback_delay=0.01, callback_attempts=3)


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As a receiver checks it, by the text of Standard Webhooks 1.0."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split()


def settled(http: httpx.Client, count: int = 1) -> list[dict]:
    for _ in range(6000):
        found = http.get("/v1/callbacks").json()["callbacks"]
        if len(found) == count and all(one["state"] != "PENDING" for one in found):
            return found
        time.sleep(0.01)
    raise AssertionError(f"not settled: {found}")


def test_the_end_of_a_job_is_told_signed_and_with_links_that_work(http, submit, worker, receiver, url):
    taken = receiver(200)
    job_id = submit(callback=taken.url)
    worker.finish(worker.claim())

    (told,) = taken.wait()

    assert told["type"] == "job.succeeded"
    assert (told["data"]["id"], told["data"]["status"], told["data"]["progress"]) == (job_id, "SUCCEEDED", 100)
    (output,) = told["data"]["outputs"]
    assert output["url"].startswith(f"{url}/results/{job_id}/a%20b.mp4?")
    headers, body = taken.got[0]
    assert is_signed(http.get("/v1/callbacks/secret").json()["secret"], headers, body)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 300
    (logged,) = settled(http)
    assert (logged["id"], logged["job_id"], logged["event"]) == (headers["webhook-id"], job_id, "job.succeeded")
    assert (logged["state"], logged["tries"], logged["target"]) == ("DELIVERED", 1, taken.url)
    assert [attempt["status"] for attempt in logged["attempts"]] == [200]


def test_a_failure_is_told_as_it_was_though_the_job_goes_on(http, submit, worker, receiver):
    taken = receiver(500, 500, 500, 200)
    job_id = submit(callback=taken.url)
    worker.fail(worker.claim())
    (given_up,) = settled(http)
    assert (given_up["state"], given_up["tries"]) == ("GIVEN_UP", 3)
    assert http.post(f"/v1/jobs/{job_id}/retry").json()["status"] == "QUEUED"

    again = http.post(f"/v1/callbacks/{given_up['id']}/redeliver").json()

    assert (again["state"], again["tries"], len(again["attempts"])) == ("PENDING", 0, 3)
    assert [one["data"]["status"] for one in taken.wait(4)] == 4 * ["FAILED"]
    assert {headers["webhook-id"] for headers, _ in taken.got} == {given_up["id"]}
    assert settled(http)[0]["state"] == "DELIVERED"


def test_a_replaced_secret_signs_for_a_day_more(http, submit, worker, receiver):
    taken = receiver(200)
    submit(callback=taken.url)
    old = http.get("/v1/callbacks/secret").json()
    assert http.get("/v1/callbacks/secret").json() == old
    new = http.post("/v1/callbacks/secret").json()
    worker.finish(worker.claim())

    taken.wait()

    headers, body = taken.got[0]
    assert new["secret"] != old["secret"]
    assert len(headers["webhook-signature"].split()) == 2
    assert is_signed(new["secret"], headers, body)
    assert is_signed(old["secret"], headers, body)
    assert not is_signed("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)


def test_callbacks_are_listed_newest_first_by_pages(http, submit, worker, receiver):
    taken = receiver(200)
    jobs = [submit(callback=taken.url) for _ in range(5)]
    for job_id in jobs:
        http.post(f"/v1/jobs/{job_id}/cancel")
    settled(http, 5)

    first = http.get("/v1/callbacks?limit=3").json()
    rest = http.get(f"/v1/callbacks?limit=3&after={first['next']}").json()

    assert [one["job_id"] for one in first["callbacks"] + rest["callbacks"]] == jobs[::-1]
    assert rest["next"] is None
    assert [one["job_id"] for one in http.get(f"/v1/callbacks?job={jobs[2]}").json()["callbacks"]] == [jobs[2]]
    assert http.get("/v1/callbacks?state=GIVEN_UP").json()["callbacks"] == []
    assert http.get(f"/v1/callbacks/{first['callbacks'][0]['id']}").json() == first["callbacks"][0]


def test_callbacks_are_a_tenants_own(http, service, url, submit):
    submit(callback="http://example.com/")
    job_id = submit(callback="http://10.0.0.1/")
    http.post(f"/v1/jobs/{job_id}/cancel")
    (mine,) = settled(http)

    import asyncio

    theirs = {"authorization": f"Bearer {asyncio.run(service.create_key('u')).api_key}"}
    with httpx.Client(base_url=url, headers=theirs, trust_env=False) as other:
        assert other.get("/v1/callbacks").json()["callbacks"] == []
        assert other.get(f"/v1/callbacks/{mine['id']}").status_code == 404
        assert other.post(f"/v1/callbacks/{mine['id']}/redeliver").status_code == 404
        assert other.get("/v1/callbacks/secret").json() != http.get("/v1/callbacks/secret").json()


@pytest.mark.parametrize("target", ["nowhere", "ftp://example.com/", "http://u:p@example.com/", "", 7, "x" * 2049])
def test_an_address_that_is_none_is_refused(http, target):
    reply = http.post("/v1/jobs", json={"operator": "test.echo", "params": {}, "callback": target})
    wanted = http.post(
        "/v1/jobs", json={"operator": "test.echo", "params": {"video": "oss://media/in.mp4"}, "callback": target}
    )

    assert reply.status_code == 400
    assert (wanted.status_code, wanted.json()["error"]["field"]) == (400, "callback")


def test_the_same_request_with_a_callback_is_the_same_from_any_address(http, submit, url):
    given = {"callback": "http://example.com/", "idempotency_key": "once"}
    first = submit(**given)
    by_name = url.replace("127.0.0.1", "localhost")

    again = http.post(
        f"{by_name}/v1/jobs", json={"operator": "test.echo", "params": {"video": "oss://media/in.mp4"}, **given}
    )

    assert (again.status_code, again.json()["id"]) == (200, first)
    other = {**given, "callback": "http://example.com/other"}
    reply = http.post("/v1/jobs", json={"operator": "test.echo", "params": {"video": "oss://media/in.mp4"}, **other})
    assert reply.status_code == 409


@pytest.mark.parametrize("path", ["/v1/callbacks/" + "0" * 32, "/v1/callbacks?after=x", "/v1/callbacks?state=LOST"])
def test_a_wrong_question_is_refused(http, path):
    assert http.get(path).status_code in (400, 404)
