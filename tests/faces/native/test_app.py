"""The hot two calls, and that whatever goes wrong is told in one shape and an honest status."""

import asyncio
import json

import httpx
import msgspec
import pytest

from reelwright import v1
from reelwright.errors import InternalError
from reelwright.faces.request import MAX_BODY
from reelwright.jobs import document
from reelwright.settings import Settings

WANTED = {"operator": "test.echo", "params": {"video": "oss://media/in.mp4"}}


def test_a_submitted_job_can_be_asked_for_at_once(http):
    submitted = http.post("/v1/jobs", json={**WANTED, "priority": 9, "seed": 7})
    told = submitted.json()
    shown = http.get(submitted.headers["location"])

    assert submitted.status_code == 201
    assert told == {
        **told,
        "status": "QUEUED",
        "created": True,
        "operator": "test.echo",
        "url": f"/v1/jobs/{told['id']}",
    }
    assert shown.status_code == 200
    assert shown.json()["id"] == told["id"]
    assert (shown.json()["priority"], shown.json()["seed"], shown.json()["face"]) == (9, 7, "native")
    assert shown.json()["params"] == WANTED["params"]


def test_the_document_reads_as_the_record_that_openapi_shows(http, submit, worker):
    submit()
    worker.finish(worker.claim())
    raw = http.get("/v1/jobs").json()["jobs"][0]

    assert msgspec.to_builtins(msgspec.convert(raw, v1.Job)) == raw


def test_outputs_have_links_to_the_address_that_the_caller_used(http, submit, worker, key):
    job_id = submit()
    worker.finish(worker.claim())

    output = http.get(f"/v1/jobs/{job_id}").json()["outputs"][0]

    link = httpx.URL(output["url"])
    assert f"{link.scheme}://{link.netloc.decode()}" == str(http.base_url)
    assert link.path == f"/results/{job_id}/a b.mp4"
    assert link.params["OSSAccessKeyId"] == key.access_key_id
    assert output["uri"] == f"oss://results/{job_id}/a b.mp4"


@pytest.mark.parametrize("host", ['evil"host', "a b", "<script>"])
def test_a_host_header_that_is_no_host_is_not_repeated_in_links(http, submit, worker, host):
    job_id = submit()
    worker.finish(worker.claim())

    reply = http.get(f"/v1/jobs/{job_id}", headers={"host": host})

    assert reply.json()["outputs"][0]["url"].startswith("http://127.0.0.1:")


def test_the_same_key_and_body_find_the_same_job(http, worker):
    first = http.post("/v1/jobs", json={**WANTED, "idempotency_key": "k1"})
    worker.claim()
    again = http.post("/v1/jobs", json={**WANTED, "idempotency_key": "k1"})
    other = http.post("/v1/jobs", json={**WANTED, "idempotency_key": "k1", "priority": 1})

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == {**first.json(), "created": False, "status": "RUNNING"}
    assert other.json()["error"]["code"] == "IdempotentParameterMismatch"


SUBMITS = [
    pytest.param(b"", 400, "InvalidRequest", None, id="empty"),
    pytest.param(b'{"operator":', 400, "InvalidRequest", None, id="cut-short"),
    pytest.param(b"\xff\xfe", 400, "InvalidRequest", None, id="no-utf-8"),
    pytest.param(b"[" * 200_000, 400, "InvalidRequest", None, id="too-deep"),
    pytest.param(b"[1]", 400, "InvalidRequest", None, id="no-object"),
    pytest.param({"params": {}}, 400, "MissingParameter", "operator", id="no-operator"),
    pytest.param({**WANTED, "oprator": "x"}, 400, "InvalidParameter", "oprator", id="unknown-key"),
    pytest.param({**WANTED, "operator": "test.ecco"}, 404, "UnknownOperator", "operator", id="unknown-operator"),
    pytest.param({**WANTED, "priority": "high"}, 400, "InvalidParameter", "priority", id="priority-no-number"),
    pytest.param({**WANTED, "priority": 11}, 400, "InvalidParameter", "priority", id="priority-out-of-range"),
    pytest.param({**WANTED, "seed": -1}, 400, "InvalidParameter", "seed", id="seed-negative"),
    pytest.param({**WANTED, "seed": 1 << 63}, 400, "InvalidParameter", "seed", id="seed-too-wide"),
    pytest.param({**WANTED, "params": []}, 400, "InvalidParameter", "params", id="params-no-object"),
    pytest.param({**WANTED, "params": {}}, 400, "MissingParameter", "params.video", id="param-missing"),
    pytest.param({**WANTED, "idempotency_key": ""}, 400, "InvalidParameter", "idempotency_key", id="token-empty"),
    pytest.param({**WANTED, "idempotency_key": "k" * 256}, 400, "InvalidParameter", "idempotency_key", id="token-long"),
    pytest.param(
        {**WANTED, "params": {"video": "oss://media/in.mp4", "count": 0}},
        400,
        "InvalidParameter",
        "params.count",
        id="param-out-of-range",
    ),
    pytest.param(
        {**WANTED, "params": {"video": "oss://media/in.mp4", "cuont": 1}},
        400,
        "InvalidParameter",
        "params.cuont",
        id="param-unknown",
    ),
    pytest.param({**WANTED, "params": {"video": "in.mp4"}}, 400, "InvalidParameter", "params.video", id="no-address"),
    pytest.param(
        {**WANTED, "params": {"video": "oss://media/gone.mp4"}}, 404, "ObjectNotFound", "params.video", id="no-object"
    ),
    pytest.param(
        {**WANTED, "params": {"video": "oss://nowhere/in.mp4"}}, 404, "BucketNotFound", "params.video", id="no-bucket"
    ),
    pytest.param({**WANTED, "destination": "oss://nowhere/x"}, 404, "BucketNotFound", "destination", id="destination"),
    pytest.param({**WANTED, "pipeline": "nosuch"}, 404, "PipelineNotFound", None, id="no-pipeline"),
]


@pytest.mark.parametrize(("body", "status", "code", "field"), SUBMITS)
def test_a_wrong_submit_is_refused_by_field_and_makes_no_job(http, body, status, code, field):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    reply = http.post("/v1/jobs", content=content)

    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert error["code"] == code
    if field:
        assert error["field"] == field
    assert http.get("/v1/jobs").json()["jobs"] == []


def test_an_own_link_is_taken_as_an_input(http, service, url):
    link = service.link("media", "in.mp4", url)

    submitted = http.post("/v1/jobs", json={**WANTED, "params": {"video": link}})

    assert http.get(submitted.json()["url"]).json()["params"] == {"video": "oss://media/in.mp4"}


REFUSED = [
    pytest.param("GET", "/v1/nosuch", 404, "NotFound", id="unknown-path"),
    pytest.param("GET", "/v1/", 404, "NotFound", id="bare-version"),
    pytest.param("GET", "/v1/jobs/" + "0" * 32, 404, "JobNotFound", id="unknown-job"),
    pytest.param("GET", "/v1/jobs/nosuch", 404, "JobNotFound", id="odd-id"),
    pytest.param("GET", "/v1/jobs/" + "0" * 32 + "/steps", 404, "JobNotFound", id="steps-of-no-job"),
    pytest.param("GET", "/v1/jobs/" + "0" * 32 + "/events", 404, "JobNotFound", id="events-of-no-job"),
    pytest.param("POST", "/v1/jobs/" + "0" * 32 + "/retry", 404, "JobNotFound", id="retry-no-job"),
    pytest.param("DELETE", "/v1/jobs/" + "0" * 32, 404, "JobNotFound", id="cancel-no-job"),
    pytest.param("PUT", "/v1/jobs", 405, "MethodNotAllowed", id="wrong-method"),
    pytest.param("POST", "/v1/server", 405, "MethodNotAllowed", id="wrong-method-cold"),
    pytest.param("GET", "/v1/operators/nosuch", 404, "UnknownOperator", id="unknown-operator"),
    pytest.param("GET", "/v1/pipelines/nosuch", 404, "PipelineNotFound", id="unknown-pipeline"),
    pytest.param("PUT", "/v1/pipelines/x", 400, "InvalidRequest", id="body-missing"),
]


@pytest.mark.parametrize(("method", "path", "status", "code"), REFUSED)
def test_a_refusal_has_one_shape(http, method, path, status, code):
    reply = http.request(method, path)

    assert reply.status_code == status
    told = reply.json()
    assert told["error"].keys() == {"code", "message", "field", "retryable"}
    assert told["error"]["code"] == code
    assert told["request_id"] == reply.headers["x-request-id"]


def test_a_wrong_method_is_told_the_right_ones(http):
    assert http.put("/v1/jobs").headers["allow"] == "POST, GET"


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/jobs/" + "0" * 32, "/v1/nosuch", "/v1/server"])
@pytest.mark.parametrize(
    "authorization", [None, "Bearer sk-wrong", "Bearer", "Basic abc", "Bearer \xff"], ids=lambda text: repr(text)
)
def test_nothing_is_told_without_a_key(url, path, authorization):
    headers = {} if authorization is None else {"authorization": authorization.encode("latin-1")}

    reply = httpx.get(url + path, headers=headers, trust_env=False)

    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "Unauthorized")
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_job_of_another_tenant_is_an_unknown_job(http, submit, service, url):
    job_id = submit()
    other = asyncio.run(service.create_key("other"))
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {other.api_key}"}, trust_env=False) as stranger:
        seen = [stranger.get(f"/v1/jobs/{job_id}{below}").status_code for below in ("", "/steps", "/log", "/events")]
        assert seen == [404] * 4
        assert stranger.post(f"/v1/jobs/{job_id}/cancel").status_code == 404
        assert stranger.get("/v1/jobs").json()["jobs"] == []
    assert http.get(f"/v1/jobs/{job_id}").json()["status"] == "QUEUED"


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_a_body_that_is_too_large_is_refused(http, announced):
    body = b" " * (MAX_BODY + 1)

    reply = http.post("/v1/jobs", content=body if announced else iter([body]))

    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "TooLarge")


def test_a_body_in_pieces_is_read_whole(http):
    body = json.dumps(WANTED).encode()

    reply = http.post("/v1/jobs", content=iter([body[:10], body[10:]]))

    assert reply.status_code == 201


def test_a_crash_is_told_without_its_inside_and_logged_with_it(http, service, monkeypatch, caplog):
    def torn(tenant, job_id):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(service, "document", torn)
    reply = http.get("/v1/jobs/" + "0" * 32)

    assert (reply.status_code, reply.json()["error"]["code"]) == (500, InternalError.code)
    assert "secret inside" not in reply.text
    record = next(one for one in caplog.records if one.message == "request failed")
    assert record.request_id == reply.json()["request_id"]
    assert "the secret inside" in record.exc_text


def test_head_asks_for_a_job_without_its_body(http, submit):
    reply = http.head(f"/v1/jobs/{submit()}")

    assert (reply.status_code, reply.content) == (200, b"")


class TestAnOpenServer:
    @pytest.fixture
    def settings(self, tmp_path):
        return Settings(home=tmp_path, open=True)

    def test_lets_an_anonymous_caller_in(self, url):
        submitted = httpx.post(f"{url}/v1/jobs", json=WANTED, trust_env=False)

        assert submitted.status_code == 201
        assert httpx.get(url + submitted.json()["url"], trust_env=False).json()["status"] == "QUEUED"

    def test_makes_keys_only_for_callers_with_one(self, url, http):
        assert httpx.post(f"{url}/v1/keys", trust_env=False).status_code == 403
        assert http.post("/v1/keys").status_code == 201


def test_the_rendered_document_is_sent_as_it_is(http, submit, service, key):
    job_id = submit()

    assert http.get(f"/v1/jobs/{job_id}").content == document.render(service.job("default", job_id))
