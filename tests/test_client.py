"""The client: records back, errors as they were raised, and a job followed through every break of the line."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
import uvicorn

from reelwright import client, errors, following, v1
from reelwright.client import connect
from reelwright.faces import native
from reelwright.faces.app import Front
from reelwright.jobs.job import Made
from reelwright.jobs.ledger.port import StepResult
from reelwright.operators import Context, Params, Result, operator, param, registry
from reelwright.service import Service
from reelwright.settings import Settings
from reelwright.storage import local


class WaitParams(Params):
    words: str = param("What to say.")


class WaitResult(Result):
    words: str = param("What was said.")


@operator(version=1)
def wait(params: WaitParams, ctx: Context) -> WaitResult:
    return WaitResult(words=params.words)


@pytest.fixture(autouse=True)
def only_wait(monkeypatch):
    mine = replace(wait, name="test.wait")
    monkeypatch.setattr(registry, "_plugins", lambda: {"test.wait": SimpleNamespace(load=lambda: mine)})
    registry.names.cache_clear(), registry.load.cache_clear()
    yield
    registry.names.cache_clear(), registry.load.cache_clear()


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch):
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(following, "LONGEST_PAUSE", 0.02)


@pytest.fixture
def make_app(tmp_path, ledger, key):
    def make():
        settings = Settings(home=tmp_path)
        service = Service(settings=settings, ledger=ledger, objects=local.open_store(settings))
        face = native.build(service)
        return Front(
            service,
            native=face,
            ice=objects,
            is_for_ice=lambda scope: False,
            dashscope=objects,
            is_for_dashscope=lambda path: False,
            oss=objects,
            drain=face.drain,
        )

    return make


async def objects(scope, receive, send):
    """An object face of one object, that speaks XML when it refuses."""
    known, method = scope["path"] == "/media/a b.bin", scope["method"]
    body = b""
    while method == "PUT":
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            objects.held = body
            break
    told = b"<Error><Code>NoSuchKey</Code><Message>there is no &lt;that&gt;</Message></Error>"
    if known:
        told = objects.held if method == "GET" else b""
    await send({"type": "http.response.start", "status": 200 if known else 404, "headers": []})
    await send({"type": "http.response.body", "body": told})


@contextmanager
def serving(app, port=0):
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, ws="none", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it began"
            time.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.servers[0].get_loop().call_soon_threadsafe(app.drain)
        server.should_exit = True
        thread.join()


@pytest.fixture
def reelwright(make_app, key):
    with serving(make_app()) as port, connect(f"http://127.0.0.1:{port}/", key.api_key) as reelwright:
        yield reelwright


def work(ledger, upto=100.0):
    """Do the next job; with `upto` below 100 leave it running there."""
    at = time.time()
    claim = ledger.write(lambda tx: tx.claim(owner="t", slots=1, lease=60.0, now=at)).result()[0]
    step = claim.step
    ledger.write(lambda tx: tx.progress(step.id, step.attempt, min(upto, 99.0), "say", at)).result()
    if upto >= 100.0:
        finish(ledger, claim)
    return claim


def finish(ledger, claim):
    at, step, result = time.time(), claim.step, {"words": "hello"}
    done = StepResult(result, Made(), "0" * 64, False)
    ledger.write(lambda tx: tx.finish_step(step.id, step.attempt, done, at)).result()
    ledger.write(lambda tx: tx.publish(claim.job.id, result, [], Made(), [], at)).result()


def test_a_job_is_submitted_followed_and_read(reelwright, ledger):
    submitted = reelwright.submit("test.wait", words="hello")
    seen = []
    threading.Timer(0.05, work, [ledger]).start()

    job = reelwright.wait(submitted.id, on_event=seen.append)

    assert (job.status, job.result) == (v1.Status.SUCCEEDED, {"words": "hello"})
    assert [one.seq for one in seen] == sorted({one.seq for one in seen})
    assert seen[-1].data["status"] == "SUCCEEDED"
    assert [step.state for step in reelwright.steps(job.id)] == ["SUCCEEDED"]
    assert reelwright.timeline(job.id).bars[0].name == "queue"


def test_all_pages_of_a_list_are_walked(reelwright):
    ids = [reelwright.submit("test.wait", words=str(n)).id for n in range(5)]

    assert [job.id for job in reelwright.jobs(v1.JobsQuery(limit=2))] == sorted(ids, reverse=True)
    assert [job.id for job in reelwright.jobs(v1.JobsQuery(status=v1.Status.FAILED))] == []


def test_the_whole_log_is_read(reelwright, ledger):
    job_id = reelwright.submit("test.wait", words="x").id
    many = 1234  # more than one reply holds

    def write(tx):
        for number in range(many):
            tx.log(job_id, "info", f"line {number}", {}, 0.0)

    ledger.write(write).result()

    assert [line.message for line in reelwright.log(job_id)] == [f"line {number}" for number in range(many)]


def test_a_job_is_cancelled_and_tried_again(reelwright):
    job_id = reelwright.submit("test.wait", words="x").id

    assert reelwright.cancel(job_id).status == "CANCELLED"
    assert reelwright.wait(job_id).status == "CANCELLED"
    assert reelwright.retry(job_id).status == "QUEUED"


@pytest.mark.parametrize(
    ("call", "kind", "field"),
    [
        pytest.param(lambda c: c.job("0" * 32), errors.JobNotFound, "id", id="no-job"),
        pytest.param(lambda c: c.wait("0" * 32), errors.JobNotFound, "id", id="wait-for-no-job"),
        pytest.param(lambda c: c.submit("test.weit", words="x"), errors.UnknownOperator, "operator", id="operator"),
        pytest.param(lambda c: c.submit("test.wait"), errors.MissingParameter, "params.words", id="param"),
        pytest.param(lambda c: c.operator("a/b"), errors.NotFound, None, id="slash-in-a-name"),
        pytest.param(lambda c: c.put_object("media", "gone", __file__), errors.ObjectNotFound, None, id="object"),
    ],
)
def test_what_the_server_refuses_is_raised_as_its_error(reelwright, call, kind, field):
    with pytest.raises(kind) as caught:
        call(reelwright)

    if field:
        assert caught.value.field == field


def test_a_wrong_key_is_unauthorized(reelwright):
    with connect(reelwright.url, "sk-wrong") as stranger, pytest.raises(errors.Unauthorized, match="Bearer"):
        stranger.server()


def test_keys_and_pipelines(reelwright):
    made = reelwright.create_key()
    with connect(reelwright.url, made.api_key) as second:
        second.put_pipeline("慢/x".replace("/", "-"), concurrency=2)
        put = second.put_pipeline("慢-x", paused=True)
        assert put == v1.Pipeline("慢-x", 2, True, put.id)
        assert put in second.pipelines()
    assert "test.wait" in [one.name for one in reelwright.operators()]


def test_an_object_goes_up_and_comes_down(reelwright, tmp_path):
    up = tmp_path / "up.bin"
    up.write_bytes(bytes(range(256)) * 9000)

    assert reelwright.put_object("media", "a b.bin", up) == "oss://media/a b.bin"
    down = reelwright.get_object("media", "a b.bin", tmp_path / "down.bin")

    assert down.read_bytes() == up.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_a_missing_object_leaves_no_file(reelwright, tmp_path):
    with pytest.raises(errors.ObjectNotFound, match="there is no <that>"):
        reelwright.get_object("media", "gone", tmp_path / "down.bin")

    assert not list(tmp_path.glob("down*"))


def test_a_restart_of_the_server_is_survived(make_app, key, ledger):
    with serving(make_app()) as port:
        reelwright = connect(f"http://127.0.0.1:{port}", key.api_key)
        job_id = reelwright.submit("test.wait", words="x").id
        events = reelwright.events(job_id)
        seen = [next(events)]
        claim = work(ledger, upto=50.0)
        seen.append(next(events))

    finish(ledger, claim)
    reader = threading.Thread(target=seen.extend, args=[events])
    reader.start()
    with serving(make_app(), port):
        reader.join()
    reelwright.close()

    numbers = [one.seq for one in seen]
    assert numbers == sorted(set(numbers))
    assert numbers == [one.seq for one in ledger.events(job_id)]


class Script:
    """A server that says what is written: each stream is told its text, then broken off, ended or refused."""

    def __init__(self, *streams):
        self.streams, self.asked = list(streams), []

    def __call__(self, request):
        if not request.url.path.endswith("/events"):
            return httpx.Response(404, json={"error": {"code": "JobNotFound", "message": "no"}, "request_id": "x"})
        self.asked.append(request.headers.get("last-event-id"))
        turn = self.streams.pop(0) if len(self.streams) > 1 else self.streams[0]
        return turn(request) if callable(turn) else turn


def frame(seq):
    return b'id: %d\nevent: log\ndata: {"seq":%d,"job_id":"j","at":"t","kind":"log","data":{}}\n\n' % (seq, seq)


def broken(*parts):
    def chunks():
        yield from parts
        raise httpx.ReadError("line cut")

    return httpx.Response(200, content=chunks())


def refuse(request):
    raise httpx.ConnectError("refused", request=request)


END = httpx.Response(204)


def follow(script, **given):
    with connect("http://server", transport=httpx.MockTransport(script)) as reelwright:
        return [one.seq for one in reelwright.events("j", **given)]


def test_a_cut_line_is_taken_up_after_the_last_whole_event():
    script = Script(broken(frame(1), frame(2), frame(3)[:20]), refuse, broken(b": alive\n\n", frame(3)), END)

    assert follow(script) == [1, 2, 3]
    assert script.asked == [None, "2", "2", "3"]


def test_a_proxy_that_finds_no_server_is_waited_for():
    assert follow(Script(httpx.Response(502, text="Bad Gateway"), broken(frame(1)), END)) == [1]


def test_patience_ends():
    with pytest.raises(errors.Unreachable, match="reelwright serve"):
        follow(Script(refuse), patience=0.05)


def test_a_time_limit_ends_the_waiting_though_the_line_lives():
    with pytest.raises(TimeoutError, match="goes on without us"):
        follow(Script(lambda request: broken(b": alive\n\n")), timeout=0.05)


def test_a_refusal_is_not_tried_again():
    script = Script(httpx.Response(403, json={"error": {"code": "Forbidden", "message": "no"}, "request_id": "x"}))

    with pytest.raises(errors.Forbidden):
        follow(script)
    assert len(script.asked) == 1


def test_an_error_that_this_client_does_not_know_keeps_its_code():
    error = client.rebuilt(v1.Fault("FromTheFuture", "later", "x", True))

    assert (error.code, error.message, error.field, error.retryable) == ("FromTheFuture", "later", "x", True)


@pytest.mark.parametrize("kind", [errors.JobNotFound, errors.WorkerCrashed, errors.InternalError, errors.Unreachable])
def test_an_error_comes_back_as_its_class(kind):
    assert type(client.rebuilt(v1.Fault(kind.code, "m"))) is kind


def test_a_server_that_is_something_else_is_told_so():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text="<html>"))

    with (
        connect("http://server", transport=transport) as reelwright,
        pytest.raises(errors.ReelwrightError, match="answer like"),
    ):
        reelwright.server()
