"""Segmentation and highlights by the vendor's own client: what becomes of configs, what is told of the clips."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Output

FILM = "oss://media/in.mp4"
PLACE = {"Bucket": "media", "ObjectKey": "cut/test_{index}.mp4"}


@pytest.fixture
def finished(worker, service):
    """`finished(clips, field="clips")`: the next job ends with these clips, published where it wants them."""

    def finish(clips, *, field="clips", reel=None):
        claim = worker.claim()
        keys = [f"cut/test_{number:05}.mp4" for number in range(1, len(clips) + 1)]
        told = [
            {**clip, "video": f"{LINK}media/{key}" if reel is None else None}
            for clip, key in zip(clips, keys, strict=True)
        ]
        roles = [(f"{field}.{number}.video", key) for number, key in enumerate(keys)]
        if reel is not None:
            roles = [("reel", reel)]
        outputs = [
            Output(f"clip-{number}.mp4", role, "media", key, 9, "f" * 64, "video/mp4")
            for number, (role, key) in enumerate(roles)
        ]
        for output in outputs:
            service.objects.put("media", output.key, b"clip")
        worker.finish(claim, {field: told, "reel": f"{LINK}media/{reel}" if reel else None}, outputs)
        return claim.job

    return finish


@pytest.fixture(autouse=True)
def results(service):
    """Where outputs go that were given no address."""
    service.objects.create_bucket("results")


def segmentation(**given):
    own = {
        "input_config": json.dumps({"Type": "OSS", "Media": FILM}),
        "job_params": json.dumps({"Mode": "UserDefined", "Ranges": [{"In": 10, "Out": 20}, {"In": 35, "Out": "50.5"}]}),
        "output_config": json.dumps(PLACE),
    }
    return m.SubmitSegmentationJobRequest(**{**own, **given})


def told(ask, job_id):
    return ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))


def test_ranges_become_clips(ask, worker, finished, address):
    submitted = ask("submit_segmentation_job", segmentation(user_data='{"test":"22"}'))
    waiting = told(ask, submitted.job_id)
    assert (waiting.state, waiting.smart_job_info.job_type) == ("Created", "Segmentation")
    assert waiting.smart_job_info.input_config.input_file == FILM
    assert waiting.smart_job_info.output_config.bucket == "media"
    assert waiting.job_result is None

    clips = [{"title": "1", "start": 10.0, "end": 20.0}, {"title": "2", "start": 35.0, "end": 50.48}]
    job = finished(clips)
    assert job.operator == "video.segments"
    assert job.params["ranges"] == [{"start": 10.0, "end": 20.0}, {"start": 35.0, "end": 50.5}]
    assert job.destination == "oss://media/cut/test_{sequenceId}"

    done = told(ask, submitted.job_id)
    assert (done.state, done.user_data) == ("Finished", '{"test":"22"}')
    assert json.loads(done.job_result.ai_result) == {
        "Clips": [
            {"In": 10.0, "Out": 20.0, "Title": "1", "MediaUrl": "oss://media/cut/test_00001.mp4"},
            {"In": 35.0, "Out": 50.48, "Title": "2", "MediaUrl": "oss://media/cut/test_00002.mp4"},
        ]
    }
    assert done.job_result.media_url.startswith(f"http://{address}/media/cut/test_00001.mp4?")


def test_clips_land_in_the_library(ask, finished):
    output = json.dumps({**PLACE, "ExportAsNewMedia": True, "Width": 640, "Height": 360})
    submitted = ask(
        "submit_segmentation_job",
        segmentation(job_params='{"Mode":"BasicClipSplit"}', output_config=output),
    )
    job = finished([{"title": "1", "start": 0.0, "end": 4.0}, {"title": "2", "start": 4.0, "end": 9.0}])
    assert (job.params["width"], job.params["height"]) == (640, 360)
    assert "ranges" not in job.params
    clips = json.loads(told(ask, submitted.job_id).job_result.ai_result)["Clips"]
    ids = [clip["MediaId"] for clip in clips]
    assert len(set(ids)) == 2
    found = ask("get_media_info", m.GetMediaInfoRequest(media_id=ids[1])).media_info
    assert found.media_basic_info.input_url.endswith("cut/test_00002.mp4")


def test_without_an_address_there_are_assets(ask, finished):
    submitted = ask("submit_segmentation_job", segmentation(output_config=None))
    job = finished([{"title": "1", "start": 0.0, "end": 4.0}])
    assert job.destination.startswith("oss://")
    clips = json.loads(told(ask, submitted.job_id).job_result.ai_result)["Clips"]
    assert clips[0]["MediaId"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"job_params": '{"Mode":"UserDefined"}'}, "JobParams.Ranges is missing", id="no-ranges"),
        pytest.param({"job_params": '{"Mode":"Magic"}'}, "JobParams.Mode is 'Magic'", id="mode"),
        pytest.param(
            {"job_params": '{"Mode":"UserDefined","Ranges":[{"In":5,"Out":2}]}'}, "JobParams.Ranges", id="backwards"
        ),
        pytest.param({"input_config": '{"Type":"OSS"}'}, "InputConfig.Media is missing", id="no-medium"),
        pytest.param({"input_config": '{"Type":"Media","Media":"' + "0" * 32 + '"}'}, "InputConfig.Media", id="asset"),
        pytest.param({"output_config": '{"Bucket":"media"}'}, "OutputConfig.ObjectKey is missing", id="no-key"),
        pytest.param(
            {"output_config": '{"OutputMediaTarget":"vod-media"}'}, "OutputConfig.OutputMediaTarget", id="vod"
        ),
        pytest.param(
            {"output_config": '{"Bucket":"nowhere","ObjectKey":"a.mp4"}'}, "OutputConfig.ObjectKey", id="bucket"
        ),
    ],
)
def test_wrong_configs_name_their_fields(refused, given, says):
    status, _, message = refused("submit_segmentation_job", segmentation(**given))
    assert status == 400
    assert says in message


def test_a_failure_is_told(ask, worker):
    submitted = ask("submit_segmentation_job", segmentation())
    worker.fail(worker.claim(), Failure("NoVideo", "in.mp4 has no video stream", False, "params.video"))
    failed = told(ask, submitted.job_id)
    assert (failed.state, failed.error_code, failed.error_message) == (
        *("Failed", "NoVideo"),
        "in.mp4 has no video stream",
    )


FOUND = [
    {"film": 0, "title": "1", "start": 12.0, "end": 20.0, "score": 0.41, "reason": "cheering and loud sound"},
    {"film": 0, "title": "2", "start": 40.0, "end": 52.0, "score": 0.32, "reason": "fast motion"},
]


def test_highlights_are_only_told_unless_they_are_exported(ask, worker):
    config = {"MediaArray": [{"MediaURL": FILM}], "Strategy": {"Count": 2, "ClipDuration": 10, "CustomActions": ["x"]}}
    submitted = ask(
        "submit_highlight_extraction_job", m.SubmitHighlightExtractionJobRequest(input_config=json.dumps(config))
    )
    claim = worker.claim()
    assert claim.job.params == {"videos": [FILM], "count": 2, "clip": 10, "write": "none"}
    worker.finish(claim, {"highlights": [{**one, "video": None} for one in FOUND], "reel": None}, [])
    done = told(ask, submitted.job_id)
    assert done.smart_job_info.job_type == "HighlightExtraction"
    assert json.loads(done.job_result.ai_result)["Clips"][0] == {
        "In": 12.0,
        "Out": 20.0,
        "Title": "1",
        "Score": 0.41,
        "Reason": "cheering and loud sound",
        "MediaIndex": 0,
    }


def test_exported_highlights_are_files(ask, finished):
    config = {"MediaArray": [FILM]}
    output = {**PLACE, "NeedExport": True, "ExportAsNewMedia": True}
    request = m.SubmitHighlightExtractionJobRequest(input_config=json.dumps(config), output_config=json.dumps(output))
    submitted = ask("submit_highlight_extraction_job", request)
    job = finished(FOUND, field="highlights")
    assert (job.params["write"], job.destination) == ("clips", "oss://media/cut/test_{sequenceId}")
    clips = json.loads(told(ask, submitted.job_id).job_result.ai_result)["Clips"]
    assert [clip["MediaUrl"] for clip in clips] == [f"oss://media/cut/test_{number:05}.mp4" for number in (1, 2)]
    assert all(clip["MediaId"] for clip in clips)


@pytest.mark.parametrize(
    ("method", "request_of", "kind"),
    [
        pytest.param(
            "submit_screen_media_highlights_job",
            lambda output: m.SubmitScreenMediaHighlightsJobRequest(
                input_config=json.dumps({"MediaArray": [FILM]}),
                editing_config='{"ProcessConfig":{"AllowTransition":true}}',
                output_config=json.dumps(output),
            ),
            "drama",
            id="screen-media",
        ),
        pytest.param(
            "submit_sports_highlights_job",
            lambda output: m.SubmitSportsHighlightsJobRequest(
                input_config=json.dumps({"SportsCategory": "basketball", "InputMedia": FILM}),
                output_config=json.dumps(output),
            ),
            "sports",
            id="sports",
        ),
    ],
)
def test_a_reel_becomes_one_asset(ask, finished, address, method, request_of, kind):
    output = {"MediaURL": f"http://{address}/media/reels/best_{{index}}.mp4", "Count": 1, "Width": 1080, "Height": 1920}
    submitted = ask(method, request_of(output))
    job = finished(FOUND, field="highlights", reel="reels/best_00001.mp4")
    assert job.params == {"videos": [FILM], "kind": kind, "write": "reel", "width": 1080, "height": 1920}
    assert job.destination == "oss://media/reels/best_{sequenceId}"
    done = told(ask, submitted.job_id)
    assert done.job_result.media_url.startswith(f"http://{address}/media/reels/best_00001.mp4?")
    found = ask("get_media_info", m.GetMediaInfoRequest(media_id=done.job_result.media_id)).media_info
    assert found.media_basic_info.media_id == done.job_result.media_id
    assert [clip["In"] for clip in json.loads(done.job_result.ai_result)["Clips"]] == [12.0, 40.0]


def test_more_than_one_reel_is_refused(refused):
    config = json.dumps({"InputMedia": FILM})
    request = m.SubmitSportsHighlightsJobRequest(input_config=config, output_config='{"Count":3}')
    assert "OutputConfig.Count is 3" in refused("submit_sports_highlights_job", request)[2]


def test_what_is_not_done_is_noted(ask, service, key):
    config = json.dumps({"InputMedia": FILM, "SportsCategory": "pingpong"})
    submitted = ask("submit_sports_highlights_job", m.SubmitSportsHighlightsJobRequest(input_config=config))
    said = [event.data for event in service.events(key.tenant, submitted.job_id) if event.kind == "log"]
    assert any("SportsCategory was passed over" in str(one) for one in said)


def test_jobs_are_listed_by_their_type(ask):
    ask("submit_segmentation_job", segmentation())
    listed = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="Segmentation")).smart_job_list
    assert [(one.job_type, one.job_state) for one in listed] == [("Segmentation", "Created")]


def test_a_repeated_request_makes_one_job(ask, refused):
    once = segmentation(client_token="once", output_config=None)
    assert ask("submit_segmentation_job", once).job_id == ask("submit_segmentation_job", once).job_id
    other = segmentation(client_token="once", job_params='{"Mode":"BasicClipSplit"}', output_config=None)
    assert refused("submit_segmentation_job", other)[1] == "IdempotentParameterMismatch"
