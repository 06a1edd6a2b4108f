"""GetMediaInfo, BatchGetMediaInfos and ListMediaBasicInfos through the vendor's client."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from alibabacloud_ice20201109 import models as m


@pytest.fixture
def shelf(service, register):
    """Four assets, in the order they came: two videos, a sound, and a picture for covers."""
    service.objects.put("media", "p.png", b"media")
    return [
        register("in.mp4", title="one"),
        register("dir/two words.mp4", title="two", business_type="opening"),
        register("in.wav", title="three"),
        register("p.png", title="four", business_type="cover"),
    ]


@pytest.fixture
def listed(ask):
    def listed(**given):
        return ask("list_media_basic_infos", m.ListMediaBasicInfosRequest(**given))

    return listed


def titles(reply):
    return [one.media_basic_info.title for one in reply.media_infos]


def test_links_live_as_long_as_is_asked(register, look, info):
    media_id = register()
    look()

    for given, seconds in (({}, 3600), ({"auth_timeout": 60}, 60), ({"output_type": "cdn"}, 3600)):
        url = info(media_id, **given).file_info_list[0].file_basic_info.file_url
        left = int(parse_qs(urlsplit(url).query)["Expires"][0]) - time.time()
        assert seconds - 30 < left <= seconds


def test_links_open_the_files(register, look, info, address):
    import httpx

    look_at = register()
    look()
    told = info(look_at)

    for url, body in (
        (told.file_info_list[0].file_basic_info.file_url, b"media"),
        (told.media_basic_info.cover_url, b"jpeg"),
    ):
        assert httpx.get(url, trust_env=False).content == body


def test_an_asset_is_found_by_its_address(ask, register):
    media_id = register()

    request = m.GetMediaInfoRequest(input_url="http://media.oss-cn-shanghai.aliyuncs.com/in.mp4")

    assert ask("get_media_info", request).media_info.media_id == media_id


def test_a_cover_that_the_owner_named_is_told(register, look, info, address):
    media_id = register(cover_url="https://example.com/c.png")
    look()
    assert info(media_id).media_basic_info.cover_url == "https://example.com/c.png"

    media_id = register(overwrite=True, cover_url="oss://media/c.png")
    assert info(media_id).media_basic_info.cover_url.startswith(f"http://{address}/media/c.png?")


def test_a_picture_is_its_own_cover(service, register, look, info, address):
    service.objects.put("media", "p.png", b"media")
    media_id = register("p.png")
    look(kind="image", cover=None, snapshots=[], sprite=None, video=[])

    told = info(media_id)

    assert told.media_basic_info.cover_url.startswith(f"http://{address}/media/p.png?")
    assert told.media_basic_info.snapshots is told.media_basic_info.sprite_images is None


def test_a_batch_tells_the_basics_and_what_is_asked_beside(ask, shelf):
    asked = ",".join([shelf[2], "nope", shelf[0], shelf[2]])

    plain = ask("batch_get_media_infos", m.BatchGetMediaInfosRequest(media_ids=asked))
    full = ask("batch_get_media_infos", m.BatchGetMediaInfosRequest(media_ids=asked, addition_type="FileInfo"))

    assert [one.media_id for one in plain.media_infos] == [shelf[2], shelf[0]]
    assert plain.ignored_list == full.ignored_list == ["nope"]
    assert not plain.media_infos[0].file_info_list
    assert full.media_infos[0].file_info_list[0].file_basic_info.file_name == "in.wav"
    assert full.media_infos[0].media_basic_info.transcode_status == "Init"


def test_a_list_comes_page_by_page_newest_first(shelf, listed):
    first = listed(max_results=3)
    assert titles(first) == ["four", "three", "two"]
    assert (first.max_results, first.total_count, first.next_token) == (3, 4, shelf[1])

    second = listed(max_results=3, next_token=first.next_token)
    assert (titles(second), second.next_token) == (["one"], None)
    assert titles(listed(sort_by="asc", max_results=2)) == ["one", "two"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"media_type": "video"}, ["two", "one"]),
        ({"media_type": "video", "business_type": "opening"}, ["two"]),
        ({"business_type": "cover"}, ["four"]),
        ({"source": "oss"}, ["four", "three", "two", "one"]),
        ({"source": "live"}, []),
        ({"status": "Normal"}, ["one"]),
        ({"status": "Preparing"}, ["four", "three", "two"]),
    ],
    ids=str,
)
def test_a_list_is_filtered(shelf, look, listed, given, expected):
    look()

    found = listed(**given)

    assert titles(found) == expected
    assert found.total_count == len(expected)


def test_a_list_of_one_id(shelf, listed):
    assert titles(listed(media_id=shelf[1])) == ["two"]
    assert titles(listed(media_id=shelf[1], media_type="audio")) == []
    assert titles(listed(media_id="0" * 32)) == []


def test_the_span_excludes_its_beginning_and_includes_its_end(shelf, listed, info):
    created = info(shelf[0]).media_basic_info.create_time
    before = f"{int(created[:4]) - 1}{created[4:]}"
    latest = info(shelf[-1]).media_basic_info.create_time

    assert len(titles(listed(start_time=before, end_time=latest))) == 4
    assert "one" not in titles(listed(start_time=created))
    assert titles(listed(end_time=before)) == []


def test_files_are_told_in_a_list_if_asked(shelf, listed):
    assert listed(max_results=1).media_infos[0].file_info_list is None or not listed().media_infos[0].file_info_list

    (one,) = listed(max_results=1, include_file_basic_info=True).media_infos

    assert one.file_info_list[0].file_basic_info.file_name == "p.png"


@pytest.mark.parametrize(
    ("method", "request_", "status", "told"),
    [
        ("get_media_info", m.GetMediaInfoRequest(), 400, "MediaId is missing; give it, or the InputURL"),
        ("get_media_info", m.GetMediaInfoRequest(media_id="0" * 32), 404, "there is no asset with MediaId"),
        ("get_media_info", m.GetMediaInfoRequest(input_url="oss://media/x"), 404, "there is no asset with InputURL"),
        ("get_media_info", m.GetMediaInfoRequest(media_id="x", auth_timeout=0), 400, "AuthTimeout is '0'"),
        ("get_media_info", m.GetMediaInfoRequest(media_id="x", output_type="ftp"), 400, "OutputType is 'ftp'"),
        ("batch_get_media_infos", m.BatchGetMediaInfosRequest(), 400, "MediaIds is missing"),
        (
            "batch_get_media_infos",
            m.BatchGetMediaInfosRequest(media_ids="x", addition_type="All"),
            400,
            "AdditionType is 'All'; give FileInfo, DynamicMetaData",
        ),
        ("list_media_basic_infos", m.ListMediaBasicInfosRequest(max_results=101), 400, "MaxResults is '101'"),
        ("list_media_basic_infos", m.ListMediaBasicInfosRequest(next_token="x"), 400, "NextToken is 'x'"),
        ("list_media_basic_infos", m.ListMediaBasicInfosRequest(start_time="today"), 400, "StartTime is 'today'"),
        ("list_media_basic_infos", m.ListMediaBasicInfosRequest(sort_by="up"), 400, "SortBy is 'up'"),
    ],
    ids=[
        *("nothing", "unknown", "unknown-address", "short-link", "output", "no-ids"),
        *("addition", "large-page", "token", "time", "order"),
    ],
)
def test_a_wrong_question_names_the_parameter(refusal, method, request_, status, told):
    found, _, message = refusal(method, request_)

    assert found == status
    assert message.startswith(told), message
