"""The ICE face over the real service and ledger; the tests play the worker. Nothing runs an operator here."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi import utils_models
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.faces import ice
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Made, Output
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service, new_key
from reelwright.settings import Settings
from reelwright.storage import memory


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def ledger(tmp_path) -> Iterator[SqliteLedger]:
    ledger = SqliteLedger(tmp_path / "ledger.db")
    ledger.open()
    yield ledger
    ledger.close()


@pytest.fixture
def key(ledger):
    key = new_key()
    ledger.write(lambda tx: tx.put_key(key)).result()
    return key


@pytest.fixture
def service(settings, ledger, key) -> Service:
    service = Service(settings=settings, ledger=ledger, objects=memory.open_store())
    service.objects.create_bucket("media")
    for name in ("in.mp4", "in.wav", "dir/two words.mp4"):
        service.objects.put("media", name, b"media")
    return service


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """A real server around an application; gives its `host:port`."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server ended before it began"
            time.sleep(0.005)
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def app(service) -> Any:
    return ice.build(service)


@pytest.fixture
def address(app) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def connect(address, key):
    def connect(**given) -> Client:
        own = {
            "access_key_id": key.access_key_id,
            "access_key_secret": key.access_key_secret,
            "endpoint": address,
            "protocol": "http",
            **given,
        }
        return Client(utils_models.Config(**{name: value for name, value in own.items() if value is not None}))

    return connect


@pytest.fixture
def client(connect) -> Client:
    return connect()


@pytest.fixture(params=["sync", "async"])
def ask(request, client) -> Callable[..., Any]:
    """`ask("create_pipeline", m.CreatePipelineRequest(…))`: the body of the reply, by either kind of client."""

    def ask(method: str, *given: Any) -> Any:
        if request.param == "sync":
            return getattr(client, method)(*given).body
        return asyncio.run(getattr(client, f"{method}_async")(*given)).body

    return ask


@pytest.fixture
def refused(ask) -> Callable[..., tuple[int, str, str]]:
    """`refused(method, request)`: status, code and message of the refusal."""

    def refused(method: str, *given: Any) -> tuple[int, str, str]:
        with pytest.raises(ClientException) as caught:
            ask(method, *given)
        assert caught.value.request_id
        return caught.value.status_code, caught.value.code, caught.value.data["Message"]

    return refused


class Worker:
    """Does to the ledger what dispatcher and workers do, one step at a time."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger

    def _do(self, change: Callable[[Any], Any]) -> Any:
        return self._ledger.write(change).result()

    def claim(self) -> Any:
        at = time.time()
        claim = self._do(lambda tx: tx.claim(owner="test", slots=1, lease=60.0, now=at))[0]
        self._do(lambda tx: tx.started(claim.step.id, claim.step.attempt, at))
        return claim

    def finish(self, claim: Any, result: Mapping[str, Any], outputs: Sequence[Output]) -> None:
        at, step, made = time.time(), claim.step, Made()
        done = StepResult(result, made, "0" * 64, False)
        self._do(lambda tx: tx.finish_step(step.id, step.attempt, done, at))
        self._do(lambda tx: tx.publish(claim.job.id, result, list(outputs), made, (), at))

    def fail(self, claim: Any, failure: Failure) -> None:
        step = claim.step
        self._do(lambda tx: tx.fail_step(step.id, step.attempt, failure, time.time(), retry_at=None))

    def make_covers(self, keys: Sequence[str] = ("cover/in-00001.png", "cover/in-00002.png")) -> None:
        """Finish the next job with covers at 4.64 s, 28.27825 s, …, as `jobs.staging` publishes them."""
        times, scores = (4.64, 28.27825, 60.0), (8.270855992569906, 7.5, 1.0)
        covers = [
            {"image": f"{LINK}media/{key}", "time": time, "score": score}
            for key, time, score in zip(keys, times, scores, strict=False)
        ]
        outputs = [
            Output(f"cover-{n}.png", f"covers.{n}.image", "media", key, 9, "f" * 64, "image/png")
            for n, key in enumerate(keys)
        ]
        self.finish(self.claim(), {"covers": covers}, outputs)


@pytest.fixture
def worker(ledger) -> Worker:
    return Worker(ledger)
