"""AI apps: keys of a graph, the look before a run, and results that land as assets."""

import json
import re
import time

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice.yike import apps as faces
from reelwright.jobs import apps
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Output

GRAPH = {
    "1": {"class_type": "LoadImage", "inputs": {"image": ""}, "_meta": {"title": "TargetImage"}},
    "2": {
        "class_type": "ImageScale",
        "inputs": {"image": ["1", 0], "width": 64, "height": 36, "upscale_method": "bilinear", "crop": "disabled"},
    },
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0]}},
}
APP, KEY, WIDTH = "app-1000000", "LoadImage.1.TargetImage", "ImageScale.2.width"


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch):
    """No precheck waits for a look that no worker will take."""
    monkeypatch.setattr(faces, "PATIENCE", 0.0)


@pytest.fixture(autouse=True)
def app_(service, key):
    apps.check(APP, GRAPH)
    change = lambda tx: apps.put(tx, key.tenant, APP, "Small", GRAPH, now=time.time())  # noqa: E731
    service._ledger.write(change).result()
    for name in ("a.png", "b.png"):
        service.objects.put("media", name, b"picture")


@pytest.fixture
def picture(register, look):
    """The id of a picture that was looked into."""
    media_id = register("a.png", kind="image")
    look(kind="image")
    return media_id


def params(value, key=KEY):
    return json.dumps({key: value}, separators=(",", ":"))


@pytest.fixture
def submit(ask):
    def submit(app_params, **given):
        request = m.SubmitYikeAIAppJobRequest(app_id=APP, app_params=app_params, **given)
        return ask("submit_yike_aiapp_job", request).job_id

    return submit


@pytest.fixture
def get(ask):
    return lambda job_id: ask("get_yike_aiapp_job", m.GetYikeAIAppJobRequest(job_id=job_id))


@pytest.fixture
def batch(ask):
    def batch(*job_ids):
        return ask("batch_get_yike_aiapp_job", m.BatchGetYikeAIAppJobRequest(job_ids=",".join(job_ids))).job_list

    return batch


@pytest.fixture
def precheck(ask):
    """`precheck(text)`: Status, and key -> code."""

    def precheck(app_params):
        told = ask("precheck_yike_aiapp_job", m.PrecheckYikeAIAppJobRequest(app_id=APP, app_params=app_params))
        return told.status, {one.key: one.error_code for one in told.result or ()}

    return precheck


@pytest.fixture
def run(worker, service, settings):
    """`run()`: the steps of the next app job, played to a good end. The claims, by operator."""

    def run():
        claims = {}
        while True:
            claim = worker.claim()
            claims[claim.step.operator] = claim
            if claim.step.operator == "media.collect":
                break
            worker.finish_step(claim, {"image": "oss://results/scaled.png"})
        name = f"{claim.job.id}/scaled.png"
        service.objects.put(settings.results_bucket, name, b"small picture")
        entry = {"file": f"{LINK}{settings.results_bucket}/{name}", "node": "3", "title": "SaveImage"}
        made = Output(name, "images.0.file", settings.results_bucket, name, 13, "f" * 64, "image/png")
        worker.finish(claim, {"images": [entry], "videos": [], "audios": []}, [made])
        return claims

    return run


def test_a_run_from_the_asset_to_the_asset(submit, get, batch, picture, run, look, info, address):
    text = params(picture)
    job_id = submit(text)
    waiting = get(job_id)
    assert re.fullmatch(r"[0-9a-f]{32}", job_id)
    assert waiting.status in ("Created", "Queuing")
    assert (waiting.app_id, waiting.app_params, waiting.result) == (APP, text, None)

    claims = run()

    assert "oss://media/a.png" in json.dumps([claim.step.params for claim in claims.values()])
    done = get(job_id)
    assert done.status == "Finished"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", done.execution_start_time)
    assert done.execution_start_time <= done.execution_finish_time
    (made,) = done.result.image_result
    assert made.output_url.startswith(f"http://{address}/results/{job_id}/scaled.png?")
    assert not done.result.video_result
    assert not done.result.audio_result
    asset = info(made.media_id)
    assert (asset.biz_data.creation_job_id, asset.biz_data.production_id) == (job_id, done.production_id)
    assert asset.biz_data.folder_id == done.folder_id
    assert look().job.params["file"] == f"oss://results/{job_id}/scaled.png"
    assert info(made.media_id).media_basic_info.title == "Small"
    (listed,) = batch(job_id)
    assert (listed.app_input_config, listed.status) == (text, "Finished")
    assert listed.result.image_result[0].media_id == made.media_id


def test_results_land_in_the_production_that_is_named(ask, submit, picture, run, get, info):
    made = ask("create_yike_production", m.CreateYikeProductionRequest(title="Film")).production_id
    request = m.ListYikeAssetFoldersRequest(production_id=made)
    (folder,) = ask("list_yike_asset_folders", request).folder_list

    job_id = submit(params(picture), production_id=made, folder_id=folder.folder_id)
    run()

    told = get(job_id)
    assert (told.production_id, told.folder_id) == (made, folder.folder_id)
    place = info(told.result.image_result[0].media_id).biz_data
    assert (place.production_id, place.folder_id) == (made, folder.folder_id)


@pytest.mark.parametrize("written", ["plain", "over-escaped", "spaced"])
def test_app_params_are_told_again_as_json_takes_them(submit, get, picture, written):
    clean = json.dumps({KEY: picture}, indent=1) if written == "spaced" else params(picture)

    told = get(submit(clean.replace('"', '\\"') if written == "over-escaped" else clean)).app_params

    assert told == clean


def test_a_plain_value_is_set_beside_the_file(submit, picture, worker):
    submit(json.dumps({KEY: picture, WIDTH: 32}))

    assert '"width": 32' in json.dumps(worker.claim().job.params)


def test_an_address_serves_as_well_as_an_id(submit, worker):
    submit(params("oss://media/a.png"))

    assert worker.claim().job.params["files"] == [{"key": "1.image", "file": "oss://media/a.png"}]


def test_a_failed_job_says_why(submit, get, picture, worker):
    job_id = submit(params(picture))
    worker.fail(worker.claim(), Failure("NotMedia", "that is no picture"))

    told = get(job_id)

    assert (told.status, told.result) == ("Failed", None)
    assert told.execution_finish_time


def test_a_batch_leaves_out_what_it_does_not_know(submit, batch, picture):
    first, second = submit(params(picture)), submit(params(picture))

    assert [one.job_id for one in batch(first, "0" * 32, picture, second)] == [first, second]


# ---- looking before


def test_a_good_picture_passes(precheck, picture):
    assert precheck(params(picture)) == ("Success", {})
    assert precheck(params(picture).replace('"', '\\"')) == ("Success", {})


@pytest.mark.parametrize(
    ("url", "status"),
    [("https://example.com/a.png", "Success"), ("https://example.com/a", "Success"), ("https://x.com/a.mp4", "Failed")],
)
def test_what_lies_elsewhere_is_judged_by_its_name_as_far_as_that_tells(precheck, url, status):
    assert precheck(params(url))[0] == status


def test_a_picture_that_nobody_has_looked_into_counts_as_what_its_owner_says(precheck, register):
    assert precheck(params(register("a.png", kind="image"))) == ("Success", {})


@pytest.mark.parametrize(
    ("name", "media_type", "code"),
    [
        ("words.srt", "", None),
        ("song.lrc", "application/octet-stream", None),
        ("words.txt", "text/plain", None),
        ("words.png", "", "TextCheckFailed"),
        ("words.mp4", "", "TextCheckFailed"),
    ],
)
def test_subtitles_and_lyrics_are_texts(ask, service, name, media_type, code):
    service.objects.put("media", "talk.wav", b"sound")
    service.objects.put("media", name, b"1\n", media_type=media_type)
    given = {"LoadAudio.1.Sound": "oss://media/talk.wav", "LoadText.6.Subtitles": f"oss://media/{name}"}

    request = m.PrecheckYikeAIAppJobRequest(app_id="audiogram", app_params=json.dumps(given))
    told = ask("precheck_yike_aiapp_job", request)

    assert [(one.key, one.error_code) for one in told.result or ()] == (
        [("LoadText.6.Subtitles", code)] if code else []
    )


@pytest.mark.parametrize("kind", ["audio", "text", "other"])
def test_a_medium_of_another_kind_fails(precheck, register, look, kind):
    media_id = register("a.png", kind="image")
    look(kind=kind)

    assert precheck(params(media_id)) == ("Failed", {KEY: "ImageCheckFailed"})


def test_a_picture_that_cannot_be_decoded_fails(precheck, register, worker):
    media_id = register("a.png", kind="image")
    worker.fail(worker.claim(), Failure("NotMedia", "that is no picture"))

    assert precheck(params(media_id)) == ("Failed", {KEY: "ImageCheckFailed"})


def test_a_picture_that_is_just_being_looked_into_is_waited_for(precheck, register, worker, monkeypatch):
    monkeypatch.setattr(faces, "PATIENCE", 60.0)
    media_id = register("a.png", kind="image")
    claim = worker.claim()
    seen = faces._is_preparing
    looks = []

    def looked(desk, value):
        looks.append(value)
        if len(looks) == 3:
            worker.fail(claim, Failure("NotMedia", "that is no picture"))
        return seen(desk, value)

    monkeypatch.setattr(faces, "_is_preparing", looked)

    assert precheck(params(media_id)) == ("Failed", {KEY: "ImageCheckFailed"})
    assert looks == [media_id] * len(looks)


def test_a_picture_in_the_recycle_bin_fails(precheck, picture, ask):
    ask("delete_yike_asset_media_infos", m.DeleteYikeAssetMediaInfosRequest(media_ids=picture))

    assert precheck(params(picture)) == ("Failed", {KEY: "ImageCheckFailed"})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (params("0" * 32), {KEY: "ImageCheckFailed"}),
        (params("oss://media/none.png"), {KEY: "ImageCheckFailed"}),
        (params("oss://media/in.mp4"), {KEY: "ImageCheckFailed"}),
        (params(7), {KEY: "ImageCheckFailed"}),
        (
            params("oss://media/a.png", key="LoadImage.9.image"),
            {"LoadImage.9.image": "KeyNotFound", KEY: "MissingParameter"},
        ),
        ("{}", {KEY: "MissingParameter"}),
        (json.dumps({KEY: "oss://media/a.png", WIDTH: "wide"}), {WIDTH: "InvalidParameter"}),
    ],
    ids=["no-asset", "no-object", "a-film", "a-number", "no-key", "nothing", "bad-number"],
)
def test_what_is_wrong_is_told_by_its_key(precheck, given, found):
    assert precheck(given) == ("Failed", found)


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"app_id": None}, "MissingParameter", "AppId is missing"),
        ({"app_id": "none"}, "InvalidParameter", "AppId is 'none'"),
        ({"app_params": "no json"}, "InvalidParameter", "AppParams is 'no json'"),
        ({"app_params": "[1]"}, "InvalidParameter", "AppParams is '[1]'"),
        ({"app_params": "{}"}, "MissingParameter", f"AppParams has no {KEY}"),
        ({"app_params": '{"LoadImage.1.Image":"x"}'}, "InvalidParameter", "AppParams: 'LoadImage.1.Image' is no key"),
        ({"app_params": params("0" * 32)}, "InvalidParameter", f"AppParams: {KEY} is '000"),
        ({"production_id": "none"}, "InvalidParameter", "ProductionId is 'none'"),
        ({"folder_id": "none"}, "InvalidParameter", "FolderId is 'none'"),
    ],
)
def test_a_wrong_submit_names_the_parameter(refusal, given, code, told):
    request = m.SubmitYikeAIAppJobRequest(**{"app_id": APP, "app_params": params("oss://media/a.png"), **given})

    status, found, message = refusal("submit_yike_aiapp_job", request)

    assert (status, found) == (400, code)
    assert message.startswith(told), message


def test_a_job_of_another_kind_is_unknown(refused):
    status, code, message = refused("get_yike_aiapp_job", m.GetYikeAIAppJobRequest(job_id="0" * 32))

    assert (status, code) == (400, "InvalidParameter.JobNotFound")
    assert "there is no job" in message
