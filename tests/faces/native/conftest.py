"""A real server on loopback over a real ledger, with one small operator; the tests play the worker."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from reelwright.faces import native
from reelwright.faces.app import Front
from reelwright.faces.native import openapi, page
from reelwright.jobs.job import Failure, Made, Output, Phase
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.operators import Context, Params, Quality, Result, files, operator, param, registry
from reelwright.pipelines import registry as plans
from reelwright.service import Service
from reelwright.settings import Settings
from reelwright.storage import local


class Box(Result):
    left: int = param("Left edge.", unit="px")


class EchoParams(Params):
    video: files.Video = param("Video to look at.")
    count: int = param("How many to make.", 1, ge=1, le=20)
    step: float = param("Time between two.", 1.0, gt=0, unit="s", example=0.5)
    unit: str = param("A field that is called like a keyword.", "m")


class EchoResult(Result):
    video: files.Video = param("The same again.")
    boxes: tuple[Box, ...] = param("What was seen.", ())


@operator(version=3, quality=Quality("likeness", at_least=0.9), phases={"look": 1.0})
def echo(params: EchoParams, ctx: Context) -> EchoResult:
    return EchoResult(video=params.video)


@pytest.fixture
def only_echo(monkeypatch) -> Iterator[str]:
    """The name of the one operator there is."""
    mine = replace(echo, name="test.echo", summary="Say it again.")
    caches = (registry.names, registry.load, openapi.document, openapi.rendered, page.rendered)
    monkeypatch.setattr(registry, "_plugins", lambda: {"test.echo": SimpleNamespace(load=lambda: mine)})
    monkeypatch.setattr(registry, "FAMILIES", ())
    monkeypatch.setattr(plans, "names", tuple)
    for cached in caches:
        cached.cache_clear()
    yield "test.echo"
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def service(settings, ledger, key, only_echo) -> Service:
    service = Service(settings=settings, ledger=ledger, objects=local.open_store(settings))
    service.objects.create_bucket("media")
    service.objects.put("media", "in.mp4", b"a film")
    return service


async def nobody(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def front(service) -> Front:
    face = native.build(service)
    return Front(
        service,
        native=face,
        ice=nobody,
        is_for_ice=lambda scope: False,
        dashscope=nobody,
        is_for_dashscope=lambda path: False,
        oss=nobody,
        drain=face.drain,
    )


@pytest.fixture
def url(front, serving) -> Iterator[str]:
    with serving(front) as address:
        yield f"http://{address}"


@pytest.fixture
def http(url, key) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {key.api_key}"}, trust_env=False) as http:
        yield http


WANTED = {"operator": "test.echo", "params": {"video": "oss://media/in.mp4"}}


@pytest.fixture
def submit(http) -> Callable[..., str]:
    """Submit a job; returns its id."""

    def submit(**more: Any) -> str:
        reply = http.post("/v1/jobs", json={**WANTED, **more})
        assert reply.status_code == 201, reply.text
        return reply.json()["id"]

    return submit


class Worker:
    """Does to the ledger what dispatcher and workers do, one step at a time."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self.ledger = ledger

    def do(self, change: Callable[[Any], Any]) -> Any:
        return self.ledger.write(change).result()

    def claim(self) -> Any:
        at = time.time()
        claims = self.do(lambda tx: tx.claim(owner="test", slots=1, lease=60.0, now=at))
        step = claims[0].step
        self.do(lambda tx: tx.started(step.id, step.attempt, at))
        return claims[0]

    def report(self, claim: Any, percent: float) -> None:
        self.do(lambda tx: tx.progress(claim.step.id, claim.step.attempt, percent, "look", time.time()))

    def finish(self, claim: Any) -> None:
        at, step = time.time(), claim.step
        made = Made("echo", "builtin", {})
        phases = (Phase("fetch", at, 0.25), Phase("look", at + 0.25, 1.5))
        result = StepResult({"video": "rw-link:results/a b.mp4"}, made, "0" * 64, False, phases=phases)
        output = Output("a b.mp4", "video", "results", f"{claim.job.id}/a b.mp4", 6, "f" * 64, "video/mp4")
        published = {"video": f"oss://results/{claim.job.id}/a b.mp4", "boxes": []}
        self.do(lambda tx: tx.finish_step(step.id, step.attempt, result, at))
        self.do(lambda tx: tx.publish(claim.job.id, published, [output], made, (Phase("publish", at + 1.75, 0.1),), at))

    def fail(self, claim: Any, message: str = "the third frame is torn") -> None:
        failure = Failure("TruncatedMedia", message, False, "params.video")
        step = claim.step
        self.do(lambda tx: tx.fail_step(step.id, step.attempt, failure, time.time(), retry_at=None))


@pytest.fixture
def worker(ledger) -> Worker:
    return Worker(ledger)
