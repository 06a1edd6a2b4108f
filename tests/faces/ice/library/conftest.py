"""The library through the vendor's client; the tests play the worker that looks into files."""

import json

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.faces import ice, oss
from reelwright.jobs.announcing import SUBSCRIPTIONS, Subscription
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Output
from reelwright.jobs.library import ASSETS

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
def app(service):
    """This face, and that of objects, behind one address, as the server has them."""
    faces = ice.build(service), oss.build(service)

    async def app(scope, receive, send):
        await faces[scope["path"] != "/"](scope, receive, send)

    return app


@pytest.fixture(autouse=True)
def results(service, settings):
    service.objects.create_bucket(settings.results_bucket)


@pytest.fixture
def refusal(client):
    """`refused` for long tables: by one of the two kinds of client."""

    def refusal(method, request):
        with pytest.raises(ClientException) as caught:
            getattr(client, method)(request)
        return caught.value.status_code, caught.value.code, caught.value.data["Message"]

    return refusal


@pytest.fixture
def register(ask):
    """`register("in.mp4", title=…)`: the id of the new asset."""

    def register(key="in.mp4", **given):
        url = given.pop("input_url", f"oss://media/{key}")
        return ask("register_media_info", m.RegisterMediaInfoRequest(input_url=url, **given)).media_id

    return register


@pytest.fixture
def info(ask):
    """`info(id)`: what GetMediaInfo tells."""
    return lambda media_id, **given: ask("get_media_info", m.GetMediaInfoRequest(media_id=media_id, **given)).media_info


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


@pytest.fixture
def told(service, key):
    """What was written to the outbox, in any order: (event, target). All events are wanted at http://all.test."""
    everything = Subscription("http://all.test/")
    service._ledger.write(lambda tx: SUBSCRIPTIONS.put(tx, key.tenant, "ice", everything, now=1.0)).result()

    def told():
        return sorted((one.payload["event"], one.target) for one in service.deliveries(DeliveryFilter(key.tenant)))

    return told


@pytest.fixture
def asset(service, key):
    """`asset(id)`: the asset as it is kept; None if there is none."""

    def asset(media_id):
        found = ASSETS.get(service.kept, key.tenant, media_id)
        return found.body if found else None

    return asset


@pytest.fixture
def as_json():
    return json.loads
