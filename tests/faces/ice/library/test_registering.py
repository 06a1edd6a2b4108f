"""RegisterMediaInfo through the vendor's client."""

import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.job import Failure

TOKEN = "0123456789abcdef0123456789abcdef"
NOTIFY = '{"NotifyAddress":"http://mine.test/x"}'


def test_an_object_becomes_an_asset_that_is_looked_into(register, info, look, address, as_json):
    media_id = register(title="Talk", description="d", media_tags="a, b,,a", cate_id=7, reference_id="ref-000001")
    waiting = info(media_id).media_basic_info
    assert (waiting.status, waiting.media_type, waiting.title) == ("Preparing", "video", "Talk")

    params = look().job.params

    assert params == {
        "file": "oss://media/in.mp4",
        "kind": "video",
        "cover": True,
        "snapshots": True,
        "sprites": True,
        "cover_time": None,
    }
    told = info(media_id)
    basic, (file,) = told.media_basic_info, told.file_info_list
    assert (basic.status, basic.business_type, basic.source, basic.biz) == ("Normal", "general", "oss", "IMS")
    assert (basic.media_tags, basic.cate_id, basic.reference_id) == ("a,b", 7, "ref-000001")
    assert (basic.input_url, basic.upload_source, basic.description) == ("oss://media/in.mp4", "register", "d")
    assert basic.cover_url.startswith(f"http://{address}/results/")
    (snapshots,), (sprites,) = as_json(basic.snapshots), as_json(basic.sprite_images)
    assert (snapshots["bucket"], snapshots["count"]) == ("results", "2")
    assert snapshots["snapshotRegular"].endswith("/snapshot-{Count}.jpg")
    assert (sprites["count"], sprites["tileCount"]) == ("10", "1")
    assert [len(one["urls"]) for one in (snapshots, sprites)] == [2, 1]
    assert (file.file_basic_info.file_name, file.file_basic_info.file_size) == ("in.mp4", "5")
    assert file.video_stream_info_list[0].codec_name == "h264"


def test_a_file_that_cannot_be_read_fails_with_the_reason(ask, register, worker):
    media_id = register()

    worker.fail(worker.claim(), Failure("NotMedia", "in.mp4 is no video"))

    told = ask("get_media_info", m.GetMediaInfoRequest(media_id=media_id)).media_info
    assert told.media_basic_info.status == "PrepareFail"


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("in.mp4", {}, "video"),
        ("in.wav", {}, "audio"),
        ("in.mp4", {"media_type": "audio"}, "audio"),
        ("in.png", {}, "image"),
        ("in.srt", {"media_type": "text", "business_type": "subtitles"}, "text"),
        ("in.bin", {}, "auto"),
    ],
)
def test_the_media_type_is_given_or_guessed_by_the_ending(service, register, worker, name, given, kind):
    service.objects.put("media", name, b"media")

    register(name, **given)

    assert worker.claim().job.params["kind"] == kind


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ('{"NeedSnapshot":"false"}', (False, False, True, None)),
        ('{"NeedSprite":false,"NeedSnapshot":"false"}', (False, False, False, None)),
        ('{"CoverConfig":{"StartTime":1.5}}', (True, True, True, 1.5)),
        ('{"CoverConfig":{"StartTime":"2"},"NeedSnapshot":false}', (False, False, True, 2.0)),
    ],
)
def test_the_config_says_which_pictures_are_made(register, worker, config, expected):
    register(register_config=config)

    params = worker.claim().job.params
    assert (params["cover"], params["snapshots"], params["sprites"], params["cover_time"]) == expected


def test_a_title_is_made_where_none_is_given(register, info):
    told = info(register()).media_basic_info

    assert re.fullmatch(r"default_title_\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told.title)


@pytest.mark.parametrize(
    "url",
    [
        "oss://media/in.mp4",
        "OSS://media/in.mp4",
        "http://media.oss-cn-shanghai.aliyuncs.com/in.mp4",
        "oss://media.oss-cn-shanghai.aliyuncs.com/in.mp4",
        "http://{address}/media/in.mp4",
    ],
)
def test_every_form_of_an_address_is_the_same_object(refused, register, info, address, url):
    url = url.replace("{address}", address)
    media_id = register(input_url=url)
    assert info(media_id).media_basic_info.input_url == url

    status, code, told = refused("register_media_info", m.RegisterMediaInfoRequest(input_url="oss://media/in.mp4"))

    assert (status, code) == (400, "InvalidParameter")
    assert re.search(f"^InputURL 'oss://media/in.mp4' is registered already, as {media_id}; set Overwrite", told)


def test_overwrite_forgets_the_asset_of_before(register, asset, told):
    first = register(reference_id="ref-000001")

    second = register(overwrite=True, reference_id="ref-000001")

    assert second != first
    assert asset(first) is None
    assert asset(second).reference == "ref-000001"
    assert told() == [("DeleteMediaComplete", "http://all.test/")]


def test_a_token_makes_the_request_idempotent(register, refused):
    first = register(client_token=TOKEN, title="a")

    assert register(client_token=TOKEN, title="a") == first
    request = m.RegisterMediaInfoRequest(input_url="oss://media/in.mp4", client_token=TOKEN, title="b")
    assert refused("register_media_info", request)[1] == "IdempotentParameterMismatch"


def test_its_events_are_told_and_the_first_to_the_owner(register, look, told):
    register(user_data=NOTIFY)
    assert told() == []

    look()

    everybody = "http://all.test/"
    assert told() == [
        ("MediaBaseChangeComplete", everybody),
        ("RegisterMediaComplete", everybody),
        ("RegisterMediaComplete", "http://mine.test/x"),
        ("SnapshotComplete", everybody),
        ("VideoAnalysisComplete", everybody),
    ]


LONG = "文" * 43  # 129 bytes
WRONG = [
    ({"input_url": None}, "MissingParameter", "^InputURL is missing"),
    ({"input_url": "in.mp4"}, "InvalidParameter", "'in.mp4' is no address"),
    ({"input_url": "oss://media/none.mp4"}, "InvalidParameter", "^InputURL: there is no object oss://media/none.mp4"),
    ({"input_url": "oss://none/in.mp4"}, "InvalidParameter", "^InputURL: there is no bucket 'none'"),
    ({"input_url": "vod://0123"}, "InvalidParameter", "^InputURL is 'vod://0123', but .*video-on-demand"),
    (
        {"input_url": "https://example.com/a.mp4"},
        "InvalidParameter",
        "^InputURL is .* bring it here by UploadMediaByURL",
    ),
    ({"media_type": "film"}, "InvalidParameter", "^MediaType is 'film'; give image or video"),
    ({"media_type": "text"}, "InvalidParameter", "^BusinessType is 'general', but a text is subtitles or font"),
    ({"business_type": "x"}, "InvalidParameter", "^BusinessType is 'x'; give subtitles or font"),
    ({"title": LONG}, "InvalidParameter", "^Title is 129 bytes long; give at most 128"),
    ({"description": "d" * 1025}, "InvalidParameter", "^Description is 1025 bytes"),
    ({"cover_url": "c" * 129}, "InvalidParameter", "^CoverURL is 129 bytes"),
    ({"user_data": "u" * 1025}, "InvalidParameter", "^UserData is 1025 bytes"),
    ({"user_data": '{"NotifyAddress":"ftp://x"}'}, "InvalidParameter", r"^UserData\.NotifyAddress"),
    ({"media_tags": ",".join(map(str, range(17)))}, "InvalidParameter", "^MediaTags are 17; give at most 16"),
    ({"media_tags": "文" * 11}, "InvalidParameter", "^MediaTags: .* is 33 bytes long; a tag has at most 32"),
    ({"reference_id": "short"}, "InvalidParameter", "^ReferenceId is 'short'; give 6 to 64"),
    ({"reference_id": "a b c d e"}, "InvalidParameter", "^ReferenceId is"),
    ({"client_token": "t" * 65}, "InvalidParameter", "^ClientToken is 65 characters"),
    ({"register_config": "[1]"}, "InvalidParameter", "^RegisterConfig is .*JSON object"),
    ({"register_config": '{"NeedSprite":"maybe"}'}, "InvalidParameter", r"^RegisterConfig\.NeedSprite is 'maybe'"),
    (
        {"register_config": '{"CoverConfig":{"StartTime":-1}}'},
        "InvalidParameter",
        r"^RegisterConfig\.CoverConfig\.StartTime is -1",
    ),
    (
        {"register_config": '{"SearchLibName":"x"}'},
        "UnsupportedOperation",
        r"^RegisterConfig\.SearchLibName starts nothing",
    ),
    ({"smart_tag_template_id": "S0"}, "UnsupportedOperation", "^SmartTagTemplateId starts nothing .*SubmitSmarttagJob"),
    ({"workflow_id": "w"}, "UnsupportedOperation", "^WorkflowId starts nothing"),
]


@pytest.mark.parametrize(("given", "code", "told"), WRONG, ids=lambda value: next(iter(value)) if value else "")
def test_a_wrong_registration_names_the_parameter_and_leaves_nothing(refusal, client, given, code, told):
    request = m.RegisterMediaInfoRequest(**{"input_url": "oss://media/in.mp4", **given})

    status, found, message = refusal("register_media_info", request)

    assert (status, found) == (400, code)
    assert re.search(told, message), message
    assert client.list_media_basic_infos(m.ListMediaBasicInfosRequest()).body.total_count == 0


def test_two_assets_cannot_have_one_reference(register, refused):
    media_id = register(reference_id="ref-000001")

    request = m.RegisterMediaInfoRequest(input_url="oss://media/in.wav", reference_id="ref-000001")
    status, code, message = refused("register_media_info", request)

    assert (status, code) == (400, "InvalidParameter")
    assert message.startswith(f"ReferenceId 'ref-000001' is that of {media_id} already")
