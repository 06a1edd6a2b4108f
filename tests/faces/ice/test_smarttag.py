"""Smart tags and media analysis by the vendor's own client: states, usages, and each kind of result as a JSON text."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.job import Failure

FILM = "oss://media/in.mp4"
SPANS = [{"start": 0.0, "end": 4.0}, {"start": 6.0, "end": 10.0}]
RESULT = {
    "labels": [
        {"name": "interview", "group": "category", "score": 0.9, "why": "…", "spans": [{"start": 0.0, "end": 12.0}]},
        {"name": "blue", "group": "colour", "score": 0.7, "why": "…", "spans": SPANS},
    ],
    "categories": ["interview"],
    "keywords": ["lighthouse", "storm"],
    "language": "en",
    "scenes": [
        {"start": 0.0, "end": 4.0, "faces": 2},
        {"start": 4.0, "end": 6.0, "faces": 0},
        {"start": 6.0, "end": 12.0, "faces": 1},
    ],
    "length": 12.0,
    "width": 640,
    "height": 360,
    "most_faces": 2,
    "face_share": 0.8,
    "sound": {"speech": 0.7, "music": 0.0, "cheering": 0.0, "silence": 0.2},
    "lines": [
        {"text": "Sea", "start": 1.0, "end": 3.0, "score": 0.987, "left": 10, "top": 20, "right": 90, "bottom": 44},
        {"text": "View", "start": 1.0, "end": 3.0, "score": 0.9, "left": 10, "top": 50, "right": 90, "bottom": 74},
    ],
    "sentences": [{"start": 0.5, "end": 2.0, "text": "Good evening."}],
    "looks": 30,
    "reads": 4,
}


def smarttag(**given):
    own = {
        "input": m.SubmitSmarttagJobRequestInput(type="OSS", media=FILM),
        "title": "灯塔",
        "content": "A film about the sea",
        "template_id": "S00000101-300080",
        "user_data": '{"k":1}',
        "schedule_config": m.SubmitSmarttagJobRequestScheduleConfig(priority="7"),
    }
    return m.SubmitSmarttagJobRequest(**{**own, **given})


def queried(ask, job_id, **given):
    return ask("query_smarttag_job", m.QuerySmarttagJobRequest(job_id=job_id, **given))


def data_of(body):
    return {one.type: json.loads(one.data) for one in body.results.result}


def test_a_job_from_submit_to_labels(ask, worker):
    submitted = ask("submit_smarttag_job", smarttag())
    assert queried(ask, submitted.job_id).job_status == "Submitted"
    claim = worker.claim()
    assert claim.job.operator == "video.tags"
    assert claim.job.params == {"media": FILM, "title": "灯塔", "text": "A film about the sea", "read": "some"}
    assert claim.job.priority == 7
    assert queried(ask, submitted.job_id).job_status == "Processing"
    worker.finish(claim, RESULT, [])

    done = queried(ask, submitted.job_id, params='{"labelResultType":"auto"}')
    assert (done.job_status, done.user_data) == ("Success", '{"k":1}')
    assert [(one.type, one.quota) for one in done.usages.usage] == [("Duration", 12)]
    told = data_of(done)
    assert set(told) == {"VideoLabel", "TextLabel"}
    assert told["TextLabel"] == {"tags": [{"name": "Keyword", "value": word} for word in ("lighthouse", "storm")]}
    label = told["VideoLabel"]
    assert label["classifications"] == [{"score": 0.9, "category1": "interview", "category2": ""}]
    assert label["tags"] == [
        {
            "mainTagName": "Colour",
            "subTagName": "blue",
            "ratio": 0.6667,
            "occurrences": [{"score": 0.7, "from": 0.0, "to": 4.0}, {"score": 0.7, "from": 6.0, "to": 10.0}],
        }
    ]
    assert label["persons"][0]["ratio"] == 0.8
    assert [one["count"] for one in label["persons"][0]["occurrences"]] == [2, 1]


def test_raw_data_comes_where_it_was_asked_for(ask, worker):
    wishes = '{"needAsrData":true,"needOcrData":"true","needMetaData":true,"nlpParams":{}}'
    submitted = ask("submit_smarttag_job", smarttag(params=wishes))
    claim = worker.claim()
    assert (claim.job.params["read"], claim.job.params["transcribe"]) == ("all", True)
    worker.finish(claim, RESULT, [])
    told = data_of(queried(ask, submitted.job_id))
    assert told["ASR"] == {"details": [{"from": 0.5, "to": 2.0, "content": "Good evening."}]}
    assert told["OCR"]["details"][0]["timestamp"] == 1.0
    assert told["OCR"]["details"][0]["info"][0] == {
        "score": 98.7,
        "content": "Sea",
        "position": {"leftTop": [10, 20], "rightBottom": [90, 44]},
        "to": 3.0,
    }
    assert told["Meta"]["title"] == "灯塔"
    assert told["Meta"]["length"] == 12.0


def test_a_failed_job_has_failed(ask, worker):
    submitted = ask("submit_smarttag_job", smarttag())
    worker.fail(worker.claim(), Failure("NotMedia", "in.mp4 is no film", False, "params.media"))
    failed = queried(ask, submitted.job_id)
    assert (failed.job_status, failed.results) == ("Fail", None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"params": '{"needAsrData":"maybe"}'}, "Params.needAsrData is 'maybe'", id="wish"),
        pytest.param({"title": "x" * 300}, "Title is 300 bytes long", id="title"),
        pytest.param(
            {"input": m.SubmitSmarttagJobRequestInput(type="Media", media="0" * 32)}, "no such asset", id="asset"
        ),
        pytest.param(
            {"input": m.SubmitSmarttagJobRequestInput(type="OSS", media="oss://media/no.mp4")}, "Input.Media", id="none"
        ),
        pytest.param({"notify_url": "ftp://example.test/x"}, "NotifyUrl", id="notify"),
    ],
)
def test_wrong_requests_name_their_fields(refused, given, says):
    status, _, message = refused("submit_smarttag_job", smarttag(**given))
    assert status == 400
    assert says in message


def test_a_smart_job_is_no_smarttag_job(ask, refused):
    submitted = ask("submit_smarttag_job", smarttag())
    request = m.GetSmartHandleJobRequest(job_id=submitted.job_id)
    assert refused("get_smart_handle_job", request)[1] == "InvalidParameter.JobNotFound"


def test_an_analysis_tells_all_in_one_text(ask, worker):
    wanted = m.SubmitMediaAiAnalysisJobRequest(input=FILM, analysis_params='{"needMetaData":true}')
    assert ask("submit_media_ai_analysis_job", wanted).media_id == FILM
    claim = worker.claim()
    assert (claim.job.operator, claim.job.params) == ("video.tags", {"media": FILM, "read": "some"})
    worker.finish(claim, RESULT, [])
    listed = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="MediaAiAnalysis")).smart_job_list
    done = ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=listed[0].job_id))
    assert done.state == "Finished"
    told = json.loads(done.job_result.ai_result)
    assert set(told) == {"VideoLabel", "TextLabel", "Meta"}


# In the library


@pytest.fixture
def asset(ask, service):
    service.objects.put("media", "in.mp4", b"film")
    media_id = ask("register_media_info", m.RegisterMediaInfoRequest(input_url=FILM)).media_id
    ask("update_media_info", m.UpdateMediaInfoRequest(media_id=media_id, category="Nature"))
    return media_id


def rough(ask, asset):
    return ask("get_media_info", m.GetMediaInfoRequest(media_id=asset)).media_info.ai_rough_data


def ended(ask, worker, request, result=RESULT):
    """The job of this request, and none of the asset's own."""
    job_id = ask("submit_smarttag_job", request).job_id
    while (claim := worker.claim()).job.id != job_id:
        worker.finish(claim, {"kind": "video", "size": 4}, ())
    if isinstance(result, Failure):
        worker.fail(claim, result)
    else:
        worker.finish(claim, result, ())
    return job_id


@pytest.mark.parametrize("by", ["address", "id"])
def test_the_asset_tells_what_its_film_shows(ask, worker, asset, by):
    medium = {"type": "OSS", "media": FILM} if by == "address" else {"type": "Media", "media": asset}
    job_id = ended(ask, worker, smarttag(input=m.SubmitSmarttagJobRequestInput(**medium)))

    told = rough(ask, asset)
    assert (told.ai_job_id, told.status) == (job_id, "Success")
    assert (told.standard_smart_tag_job.ai_job_id, told.standard_smart_tag_job.status) == (job_id, "Success")
    tags = {one.type: json.loads(one.data) for one in told.standard_smart_tag_job.results}
    assert tags["TextLabel"]["tags"][0] == {"name": "Keyword", "value": "lighthouse"}
    assert tags["VideoLabel"]["classifications"][0]["category1"] == "interview"


def test_one_that_fails_leaves_what_an_earlier_one_told(ask, worker, asset):
    failed = Failure("NotMedia", "no film", retryable=False)
    ended(ask, worker, smarttag(), failed)
    assert rough(ask, asset).status == "Fail"
    good = ended(ask, worker, smarttag())
    ended(ask, worker, smarttag(), failed)
    assert (rough(ask, asset).ai_job_id, rough(ask, asset).status) == (good, "Success")


def test_an_asset_that_nobody_analysed_tells_nothing_and_its_category_by_name(ask, asset):
    info = ask("get_media_info", m.GetMediaInfoRequest(media_id=asset)).media_info
    assert info.ai_rough_data is None
    assert (info.media_basic_info.category, info.media_basic_info.cate_name) == ("Nature", "Nature")
