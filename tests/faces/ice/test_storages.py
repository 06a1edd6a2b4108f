"""Storage locations through the vendor's client."""

import re

import pytest
from alibabacloud_ice20201109 import models as m


@pytest.fixture(autouse=True)
def _results(service, settings):
    service.objects.create_bucket(settings.results_bucket)


def test_the_results_bucket_is_the_default_until_another_is_set(ask):
    told = ask("get_default_storage_location")
    assert (told.bucket, told.path, told.storage_type, told.status) == ("results", "", "user_oss_bucket", "Normal")

    request = m.SetDefaultStorageLocationRequest(bucket="media", path="/in/", storage_type="user_oss_bucket")
    assert ask("set_default_storage_location", request).success is True

    told = ask("get_default_storage_location")
    assert (told.bucket, told.path, told.status) == ("media", "in", "Normal")


def test_the_list_tells_every_bucket_and_marks_the_default(ask):
    ask("set_default_storage_location", m.SetDefaultStorageLocationRequest(bucket="media"))

    found = ask("get_storage_list", m.GetStorageListRequest()).storage_info_list

    assert [(one.storage_location, one.default_storage, one.status) for one in found] == [
        ("media", True, "Normal"),
        ("results", False, "Normal"),
    ]
    assert all(one.app_id == "app-1000000" and one.editing_temp_file_storage is False for one in found)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found[0].creation_time)
    assert found[1].creation_time is None


def test_a_bucket_that_is_gone_is_told_as_such(ask, service, monkeypatch):
    ask("set_default_storage_location", m.SetDefaultStorageLocationRequest(bucket="media"))
    monkeypatch.setattr(service.objects, "has_bucket", lambda bucket: bucket != "media")
    monkeypatch.setattr(service.objects, "buckets", lambda: ["results"])

    assert ask("get_default_storage_location").status == "notExist"
    gone = ask("get_storage_list", m.GetStorageListRequest(status="notExist")).storage_info_list
    assert [one.storage_location for one in gone] == ["media"]
    assert ask("get_storage_list", m.GetStorageListRequest(app_id="app-other")).storage_info_list == []


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({}, "MissingParameter", "^Bucket is missing"),
        ({"bucket": "nowhere"}, "InvalidParameter", "^Bucket: there is no bucket 'nowhere'"),
        (
            {"bucket": "media", "storage_type": "tape"},
            "InvalidParameter",
            "StorageType is 'tape'; give user_oss_bucket",
        ),
    ],
    ids=["no-bucket", "unknown-bucket", "unknown-type"],
)
def test_a_wrong_location_is_refused(refused, given, code, told):
    found = refused("set_default_storage_location", m.SetDefaultStorageLocationRequest(**given))
    assert found[1] == code
    assert re.search(told, found[2]), found[2]
