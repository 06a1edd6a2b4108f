"""`/v1/apps`: kept, shown with their keys, run as jobs of the plan `graph`, removed."""

import pytest

from reelwright.faces.native import openapi
from reelwright.pipelines import apps as builtin

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": ""}, "_meta": {"title": "TargetImage"}},
    "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    "3": {"class_type": "PrimitiveString", "inputs": {"value": "x"}},
}
APP = {"id": "look", "title": "Look at it", "graph": GRAPH}


@pytest.fixture
def service(settings, ledger, key):
    """With all operators: graphs are made of them."""
    from reelwright.service import Service
    from reelwright.storage import local

    openapi.document.cache_clear()
    openapi.rendered.cache_clear()
    service = Service(settings=settings, ledger=ledger, objects=local.open_store(settings))
    service.objects.create_bucket("media")
    service.objects.put("media", "in.png", b"a picture")
    yield service
    openapi.document.cache_clear()
    openapi.rendered.cache_clear()


def test_an_app_is_kept_and_shown(http):
    reply = http.post("/v1/apps", json=APP)

    assert reply.status_code == 201, reply.text
    shown = http.get("/v1/apps/look").json()
    assert shown == reply.json()
    assert (shown["id"], shown["title"], shown["builtin"], shown["graph"]) == ("look", "Look at it", False, GRAPH)
    (key,) = shown["keys"]
    assert (key["key"], key["aliases"]) == ("LoadImage.1.TargetImage", ["LoadImage.1.image"])
    assert (key["file"], key["required"], key["value"]) == ("image", True, None)


def test_the_list_has_the_built_in_ones_first(http):
    http.post("/v1/apps", json=APP)

    listed = http.get("/v1/apps").json()["apps"]

    assert [one["id"] for one in listed] == [*builtin.names(), "look"]
    assert listed[0]["keys"] == [one.key for one in builtin.find(listed[0]["id"]).inputs]


def test_a_built_in_app_tells_what_its_keys_are(http):
    shown = http.get("/v1/apps/audiogram").json()

    about = {one["key"]: one["about"] for one in shown["keys"]}
    assert about["LoadAudio.1.Sound"] == "The talk."
    assert about["video.audiogram.5.kind"]


@pytest.mark.parametrize(
    ("wanted", "status", "code", "field"),
    [
        ({**APP, "graph": {"1": {"class_type": "Lod"}}}, 400, "InvalidParameter", "graph.1.class_type"),
        ({**APP, "id": "audiogram"}, 409, "Conflict", "id"),
        ({**APP, "id": "a/b"}, 400, "InvalidParameter", "id"),
        ({"id": "x"}, 400, "MissingParameter", "graph"),
        ({**APP, "name": "x"}, 400, "InvalidParameter", "name"),
    ],
    ids=["wrong-graph", "built-in-id", "wrong-id", "no-graph", "unknown-field"],
)
def test_what_cannot_be_kept_is_told(http, wanted, status, code, field):
    reply = http.post("/v1/apps", json=wanted)

    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["field"]) == (status, code, field)


def test_a_run_is_a_job_of_the_plan(http):
    http.post("/v1/apps", json=APP)

    reply = http.post("/v1/apps/look/jobs", json={"params": {"LoadImage.1.TargetImage": "oss://media/in.png"}})

    assert reply.status_code == 201, reply.text
    job = http.get(reply.json()["url"]).json()
    assert (job["operator"], job["status"]) == ("graph", "QUEUED")
    assert job["params"]["files"] == [{"key": "1.image", "file": "oss://media/in.png"}]
    steps = http.get(f"/v1/jobs/{job['id']}/steps").json()["steps"]
    assert [one["operator"] for one in steps] == ["media.collect"]


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({}, 400, "graph.1.inputs.image"),
        ({"LoadImage.1.Other": "oss://media/in.png"}, 400, "LoadImage.1.Other"),
        ({"LoadImage.1.TargetImage": "oss://media/no.png"}, 404, "params.files.0.file"),
    ],
    ids=["no-file", "unknown-key", "a-file-that-is-not-there"],
)
def test_a_run_that_cannot_be_is_told(http, params, status, field):
    http.post("/v1/apps", json=APP)

    reply = http.post("/v1/apps/look/jobs", json={"params": params})

    assert (reply.status_code, reply.json()["error"]["field"]) == (status, field)


def test_a_removed_app_is_gone_and_its_last_words_are_its_own(http):
    http.post("/v1/apps", json=APP)

    assert http.delete("/v1/apps/look").json()["id"] == "look"
    assert http.get("/v1/apps/look").status_code == 404
    assert http.delete("/v1/apps/look").status_code == 404
    assert http.delete("/v1/apps/audiogram").status_code == 409


def test_the_client_speaks_of_apps(url, key):
    from reelwright import v1
    from reelwright.client import connect

    with connect(url, key.api_key) as client:
        made = client.put_app(v1.AppWanted(id="look", graph=GRAPH))
        submitted = client.run_app("look", v1.AppRun(params={"LoadImage.1.image": "oss://media/in.png"}, seed=5))

        assert made.title == "look"
        assert client.app("look") == made
        assert [one.id for one in client.apps()][-1] == "look"
        assert client.job(submitted.id).seed == 5
        assert client.remove_app("look").id == "look"
