"""The library through the vendor's client; the tests play the worker that looks into files."""

import json

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.jobs.announcing import SUBSCRIPTIONS, Subscription
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.library import ASSETS


@pytest.fixture
def app(with_objects):
    return with_objects


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
