"""The studio through the vendor's client; the tests play the worker that looks into files."""

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException


@pytest.fixture
def results(service, settings):
    service.objects.create_bucket(settings.results_bucket)


@pytest.fixture
def app(with_objects, results):
    return with_objects


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
    """`register("in.mp4", kind="video", …)`: the id of the new asset."""

    def register(key="in.mp4", kind="video", **given):
        request = m.RegisterYikeAssetMediaInfoRequest(input_url=f"oss://media/{key}", media_type=kind, **given)
        return ask("register_yike_asset_media_info", request).media_id

    return register


@pytest.fixture
def info(ask):
    """`info(id)`: what GetYikeAssetMediaInfo tells."""

    def info(media_id):
        request = m.GetYikeAssetMediaInfoRequest(media_id=media_id)
        return ask("get_yike_asset_media_info", request).media_info

    return info
