"""The DashScope face over the real service and ledger; the tests play the worker. Nothing is painted here."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dashscope
import httpx
import pytest
from dashscope.aigc.video_synthesis import AioVideoSynthesis

from reelwright.faces import app
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Made, Output
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service
from reelwright.settings import Settings
from reelwright.storage import memory


@pytest.fixture
def own_settings() -> dict[str, Any]:
    """Settings of a test's own."""
    return {}


@pytest.fixture
def service(tmp_path, ledger, key, own_settings) -> Service:
    service = Service(settings=Settings(home=tmp_path, **own_settings), ledger=ledger, objects=memory.open_store())
    service.objects.create_bucket("media")
    for name in ("in.png", "last.png", "in.mp4", "in.wav"):
        service.objects.put("media", name, b"media")
    return service


@pytest.fixture
def address(service, serving) -> Iterator[str]:
    with serving(app.build(service)) as address:
        yield f"http://{address}"


@pytest.fixture
def http(address, key) -> Iterator[httpx.Client]:
    """A plain client with a good key, as curl would be."""
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key.api_key}"}) as client:
        yield client


@pytest.fixture
def create(http):
    """`create(input, model=…, **parameters)`: the reply of a create."""

    def create(
        input_: Any, model="wan2.6-t2v", path="video-generation/video-synthesis", prefix="/api/v1", **parameters
    ):
        return http.post(
            f"{prefix}/services/aigc/{path}",
            json={"model": model, "input": input_, "parameters": parameters},
            headers={"X-DashScope-Async": "enable"},
        )

    return create


@pytest.fixture(params=["/api/v1", "/alibailian/api/v1"])
def prefix(request) -> str:
    return request.param


class One:
    """The 1.x client, synchronous."""

    def __init__(self, key: str) -> None:
        self.key = key

    def create(self, **given: Any) -> Any:
        return dashscope.VideoSynthesis.async_call(api_key=self.key, **given)

    def fetch(self, task: str) -> Any:
        return dashscope.VideoSynthesis.fetch(task, api_key=self.key)

    def wait(self, task: str) -> Any:
        return dashscope.VideoSynthesis.wait(task, api_key=self.key)

    def cancel(self, task: str) -> Any:
        return dashscope.VideoSynthesis.cancel(task, api_key=self.key)

    def list(self, **given: Any) -> Any:
        return dashscope.VideoSynthesis.list(api_key=self.key, **given)


class Aio(One):
    """The 1.x client, asynchronous."""

    def create(self, **given: Any) -> Any:
        return asyncio.run(AioVideoSynthesis.async_call(api_key=self.key, **given))

    def fetch(self, task: str) -> Any:
        return asyncio.run(AioVideoSynthesis.fetch(task, api_key=self.key))

    def wait(self, task: str) -> Any:
        return asyncio.run(AioVideoSynthesis.wait(task, api_key=self.key))

    def cancel(self, task: str) -> Any:
        return asyncio.run(AioVideoSynthesis.cancel(task, api_key=self.key))

    def list(self, **given: Any) -> Any:
        return asyncio.run(AioVideoSynthesis.list(api_key=self.key, **given))


@pytest.fixture(params=[One, Aio], ids=["sync", "async"])
def client(request, address, key, prefix, monkeypatch, later) -> One:
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{address}{prefix}")
    return request.param(key.api_key)


RESULT = {
    "prompt": "a cat, at length",
    "width": 1280,
    "height": 720,
    "seconds": 5.0,
    "seconds_in": 0.0,
    "seed": 7,
}


class Worker:
    """Does to the ledger what dispatcher and workers do, one job at a time."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger

    def _do(self, change: Any) -> Any:
        return self._ledger.write(change).result()

    def claim(self) -> Any:
        claims = self._do(lambda tx: tx.claim(owner="test", slots=1, lease=60.0, now=time.time()))
        return claims[0] if claims else None

    def finish(self, claim: Any, *, at: float | None = None) -> None:
        at = time.time() if at is None else at
        if claim.job.operator == "image.generate":
            count = claim.job.params["count"]
            keys, roles = [f"p-{n}.png" for n in range(count)], [f"images.{n}.image" for n in range(count)]
            result: dict[str, Any] = {"prompt": "a cat, at length", "count": count, "images": []}
        else:
            keys, roles, result = ["film.mp4"], ["video"], {**RESULT, "video": f"{LINK}results/film.mp4"}
        outputs = [
            Output(name, role, "results", name, 9, "f" * 64, "video/mp4")
            for name, role in zip(keys, roles, strict=True)
        ]
        step, made = claim.step, Made()
        self._do(lambda tx: tx.finish_step(step.id, step.attempt, StepResult(result, made, "0" * 64, False), at))
        self._do(lambda tx: tx.publish(claim.job.id, result, outputs, made, (), at))

    def fail(self, claim: Any, failure: Failure) -> None:
        step = claim.step
        self._do(lambda tx: tx.fail_step(step.id, step.attempt, failure, time.time(), retry_at=None))


@pytest.fixture
def worker(ledger) -> Worker:
    return Worker(ledger)


@contextmanager
def finishing(worker: Worker) -> Iterator[None]:
    """Meanwhile, in another thread, the next job is claimed and finished."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            claim = worker.claim()
            if claim is not None:
                worker.finish(claim)
                return
            time.sleep(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def meanwhile(worker):
    return lambda: finishing(worker)
