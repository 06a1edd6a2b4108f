"""The ICE face over the real service and ledger; the tests play the worker. Nothing runs an operator here."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi import utils_models
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.faces import ice, oss
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Made, Output
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service
from reelwright.settings import Settings
from reelwright.storage import memory

STREAM = {
    "index": 0,
    "codec": "h264",
    "codec_name": "H.264",
    "tag": "avc1",
    "tag_number": 0x31637661,
    "profile": "High",
    "level": 31,
    "language": "und",
    "start": 0.0,
    "duration": 9.5,
    "time_base": "1/12800",
    "codec_time_base": "1/50",
    "bit_rate": 971325.0,
    "frames": 237,
}
VIDEO = {
    **STREAM,
    "width": 1280,
    "height": 720,
    "sample_aspect_ratio": "1:1",
    "display_aspect_ratio": "16:9",
    "frame_rate": 25.0,
    "average_frame_rate": 25.0,
    "reorder_depth": 2,
    "pix_fmt": "yuv420p",
    "rotation": 0,
}
PICTURES = ("cover.jpg", "snapshot-00001.jpg", "snapshot-00002.jpg", "sprite-00001.jpg")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def service(settings, ledger, key) -> Service:
    service = Service(settings=settings, ledger=ledger, objects=memory.open_store())
    service.objects.create_bucket("media")
    for name in ("in.mp4", "in.wav", "dir/two words.mp4"):
        service.objects.put("media", name, b"media")
    return service


@pytest.fixture
def app(service) -> Any:
    return ice.build(service)


@pytest.fixture
def with_objects(service) -> Any:
    """This face, and that of objects, behind one address, as the server has them."""
    faces = ice.build(service), oss.build(service)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await faces[scope["path"] != "/"](scope, receive, send)

    return app


@pytest.fixture
def address(app, serving) -> Iterator[str]:
    with serving(app, lifespan="off") as address:
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
def ask(request, client, later) -> Callable[..., Any]:
    """`ask("create_pipeline", m.CreatePipelineRequest(…))`: the body of the reply, by either kind of client."""

    def ask(method: str, *given: Any) -> Any:
        if request.param == "sync":
            return getattr(client, method)(*given).body
        return later(getattr(client, f"{method}_async")(*given)).body

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
        claim = self.claim_any()
        assert claim is not None, "nothing waits to be worked on"
        return claim

    def claim_any(self) -> Any:
        """The next step, started; None if nothing waits."""
        at = time.time()
        claims = self._do(lambda tx: tx.claim(owner="test", slots=1, lease=60.0, now=at))
        if not claims:
            return None
        self._do(lambda tx: tx.started(claims[0].step.id, claims[0].step.attempt, at))
        return claims[0]

    def finish_step(self, claim: Any, result: Mapping[str, Any]) -> None:
        """One step of a plan: what comes after it may be claimed."""
        at, step = time.time(), claim.step
        done = StepResult(result, Made(), "0" * 64, False)
        self._do(lambda tx: tx.finish_step(step.id, step.attempt, done, at))

    def finish(self, claim: Any, result: Mapping[str, Any], outputs: Sequence[Output]) -> None:
        self.finish_step(claim, result)
        self._do(lambda tx: tx.publish(claim.job.id, result, list(outputs), Made(), (), time.time()))

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


@pytest.fixture
def look(worker, service, settings):
    """`look()`: the next file is looked into, and found to be a video with all its pictures. The job's claim."""

    def look(**changed):
        claim = worker.claim()
        assert claim.job.operator == "media.describe", claim.job
        keys = [f"{claim.job.id}/1/{name}" for name in PICTURES]
        for key in keys:
            service.objects.put(settings.results_bucket, key, b"jpeg")
        cover, first, second, sprite = (f"{LINK}{settings.results_bucket}/{key}" for key in keys)
        found = {
            "kind": "video",
            "size": 5,
            "container": "mov,mp4,m4a,3gp,3g2,mj2",
            "duration": 9.5,
            "bit_rate": 983614.9,
            "width": 1280,
            "height": 720,
            "video": [VIDEO],
            "audio": [],
            "subtitles": [],
            "cover": cover,
            "snapshots": [first, second],
            "sprite": sprite,
            "tiles": 10,
            **changed,
        }
        worker.finish(
            claim, found, [Output(key, key, settings.results_bucket, key, 4, "f" * 64, "x/y") for key in keys]
        )
        return claim

    return look
