"""The front: which path goes to which face, and what it does when a face does not."""

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reelwright.faces.app import Front
from reelwright.jobs.deliverer import Tally
from reelwright.jobs.delivery import DeliveryState
from reelwright.settings import Settings


class Face:
    """Answers with its name, and remembers what came."""

    def __init__(self, name):
        self.name, self.seen = name, []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})


class Jobs:
    """As much of the service as the front itself asks for."""

    def __init__(self, settings):
        self.settings = settings
        self.is_running = False
        self.fault = None

    @property
    def callbacks(self):
        return self

    def tally(self):
        return Tally({DeliveryState.DELIVERED: 5, DeliveryState.PENDING: 2, DeliveryState.GIVEN_UP: 1}, 3, 61.5)

    def counts(self):
        return {"QUEUED": 3, "RUNNING": 1}

    def pipelines(self, tenant):
        if self.fault:
            raise self.fault
        return []

    @asynccontextmanager
    async def running(self):
        self.is_running = True
        if self.fault:
            raise self.fault
        yield self
        self.is_running = False


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


@pytest.fixture
def jobs(settings):
    return Jobs(settings)


@pytest.fixture
def drained():
    return []


@pytest.fixture
def front(jobs, drained):
    return build(jobs, lambda: drained.append(jobs.is_running))


def names_operation(scope):
    return any(name == b"x-acs-action" for name, _ in scope["headers"])


def build(jobs, drain=list):
    return Front(
        jobs,
        native=Face("native"),
        ice=Face("ice"),
        is_for_ice=names_operation,
        dashscope=Face("dashscope"),
        is_for_dashscope=lambda path: path.startswith("/api/"),
        oss=Face("oss"),
        drain=drain,
    )


def ask(front, path, method="GET", **headers):
    """(status, body) of one request."""
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    asyncio.run(front(scope, receive, send))
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent).decode()


@pytest.mark.parametrize(
    ("path", "headers", "face"),
    [
        pytest.param("/", {}, "ice", id="root"),
        pytest.param("/", {"authorization": "acs3-hmac-sha256 Credential=x"}, "ice", id="root-rpc-signed"),
        pytest.param("/", {"authorization": "OSS id:signature"}, "oss", id="root-object-signed"),
        pytest.param("/", {"authorization": "OSS4-HMAC-SHA256 Credential=x"}, "oss", id="root-object-signed-v4"),
        pytest.param("/ice", {"x-acs-action": "GetJob"}, "ice", id="named-operation-anywhere"),
        pytest.param("/v1/jobs", {}, "native", id="native"),
        pytest.param("/api/v1/tasks/x", {}, "dashscope", id="tasks"),
        pytest.param("/v1/", {}, "native", id="native-bare"),
        pytest.param("/docs", {}, "native", id="docs"),
        pytest.param("/openapi.json", {}, "native", id="openapi"),
        pytest.param("/bucket/key", {}, "oss", id="object"),
        pytest.param("/bucket/v1/jobs", {}, "oss", id="object-that-looks-like-a-call"),
        pytest.param("/v1x/key", {}, "oss", id="bucket-that-begins-alike"),
        pytest.param("/docs/key", {}, "oss", id="below-docs"),
    ],
)
def test_a_path_goes_to_its_face(front, path, headers, face):
    assert ask(front, path, **headers) == (200, face)


def test_health_is_told_from_the_ledger(front, jobs):
    assert ask(front, "/healthz")[0] == 200

    jobs.fault = OSError("disk gone")

    status, body = ask(front, "/healthz")
    assert status == 503
    assert "disk gone" not in body


def metrics(front):
    _, text = ask(front, "/metrics")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_requests_and_jobs(front):
    for _ in range(3):
        ask(front, "/v1/jobs")
    ask(front, "/bucket/key")

    told = metrics(front)

    assert told["reelwright_requests_total", ("face", "native"), ("status", "200")] == 3
    assert told["reelwright_requests_total", ("face", "oss"), ("status", "200")] == 1
    assert told["reelwright_jobs", ("state", "QUEUED")] == 3
    assert told["reelwright_request_seconds_count", ("face", "native")] == 3
    assert told["reelwright_request_seconds_bucket", ("face", "native"), ("le", "+Inf")] == 3
    assert told["reelwright_request_seconds_sum", ("face", "native")] > 0


def test_metrics_tell_of_callbacks(front):
    told = metrics(front)

    tries = {key[1][1]: value for key, value in told.items() if key[0] == "reelwright_callback_tries_total"}
    assert tries == {"delivered": 5, "failed": 2, "given_up": 1}
    assert told["reelwright_callbacks_pending",] == 3
    assert told["reelwright_callbacks_oldest_pending_seconds",] == 61.5


def test_a_latency_falls_into_its_bucket(front):
    front.meter.count("oss", 200, 0.003)
    front.meter.count("oss", 200, 1e9)

    told = metrics(front)

    buckets = {
        key[2][1]: value
        for key, value in told.items()
        if key[0] == "reelwright_request_seconds_bucket" and key[1][1] == "oss"
    }
    assert (buckets["0.0025"], buckets["0.005"], buckets["60.0"], buckets["+Inf"]) == (0, 1, 1, 2)


def test_a_face_that_fails_is_told_and_logged(front, caplog):
    async def torn(scope, receive, send):
        raise RuntimeError("the inside")

    front._oss = torn

    status, body = ask(front, "/bucket/key")

    assert status == 500
    assert "the inside" not in body
    assert any("the inside" in (one.exc_text or "") for one in caplog.records)
    assert metrics(front)["reelwright_requests_total", ("face", "oss"), ("status", "500")] == 1


def test_a_reply_that_breaks_off_is_not_passed_for_whole(front):
    async def torn(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half way")

    front._oss = torn

    with pytest.raises(RuntimeError, match="half way"):
        ask(front, "/bucket/key")


def test_requests_are_logged_only_when_asked_for(jobs, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, "reelwright.faces.app")
    for level in ("info", "debug"):
        jobs.settings = Settings(home=tmp_path, log_level=level)
        ask(build(jobs), f"/v1/{level}")

    assert [one.path for one in caplog.records] == ["/v1/debug"]


class TestAnOpenServer:
    @pytest.fixture
    def settings(self, tmp_path):
        return Settings(home=tmp_path, open=True)

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"host": "127.0.0.1:8710"}, id="address"),
            pytest.param({"host": "localhost"}, id="localhost"),
            pytest.param({"host": "[::1]:8710"}, id="ipv6"),
            pytest.param({"host": "127.0.0.1:8710", "origin": "http://127.0.0.1:8710"}, id="own-page"),
            pytest.param({"host": "http://127.0.0.1:8710/ice"}, id="url-as-host"),
            pytest.param({}, id="no-host"),
        ],
    )
    def test_answers_this_machine(self, front, headers):
        assert ask(front, "/v1/jobs", **headers)[0] == 200

    @pytest.mark.parametrize(
        "headers",
        [
            pytest.param({"host": "127.0.0.1:8710", "origin": "https://evil.example"}, id="page-of-another-origin"),
            pytest.param({"host": "127.0.0.1:8710", "origin": "null"}, id="page-without-origin"),
            pytest.param({"host": "rebound.example:8710"}, id="rebound-name"),
            pytest.param({"host": "127.0.0.1.evil.example"}, id="name-that-looks-like-an-address"),
        ],
    )
    @pytest.mark.parametrize("path", ["/", "/v1/jobs", "/bucket/key"])
    def test_refuses_web_pages_from_elsewhere(self, front, headers, path):
        assert ask(front, path, "POST", **headers)[0] == 403


def test_a_server_with_keys_answers_under_any_name(front):
    assert ask(front, "/v1/jobs", host="media.example", origin="https://studio.example")[0] == 200


def live(front, *messages):
    sent, waiting = [], list(messages)

    async def receive():
        return {"type": waiting.pop(0)}

    async def send(message):
        sent.append(message["type"])

    asyncio.run(front({"type": "lifespan"}, receive, send))
    return sent


def test_the_service_runs_while_the_server_lives_and_streams_end_first(front, jobs, drained):
    assert live(front, "lifespan.startup", "lifespan.shutdown") == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert drained == [True]
    assert not jobs.is_running


def test_a_start_that_fails_is_told(front, jobs):
    jobs.fault = OSError("disk gone")

    assert live(front, "lifespan.startup") == ["lifespan.startup.failed"]


def test_a_websocket_is_closed(front):
    sent = []

    async def send(message):
        sent.append(message["type"])

    asyncio.run(front({"type": "websocket", "path": "/"}, None, send))
    assert sent == ["websocket.close"]
