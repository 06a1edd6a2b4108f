"""UpdateMediaInfo and DeleteMediaInfos through the vendor's client."""

import pytest
from alibabacloud_ice20201109 import models as m


@pytest.fixture
def update(ask):
    return lambda **given: ask("update_media_info", m.UpdateMediaInfoRequest(**given)).media_id


@pytest.fixture
def delete(ask):
    return lambda **given: ask("delete_media_infos", m.DeleteMediaInfosRequest(**given))


def test_what_is_given_is_changed_and_nothing_else(register, look, update, info, told):
    media_id = register(title="old", description="kept", cate_id=1, media_tags="a")
    look()
    before = len(told())

    assert update(media_id=media_id, title="new", category="news", cate_id=2, reference_id="ref-000001") == media_id

    basic = info(media_id).media_basic_info
    assert (basic.title, basic.description, basic.category, basic.cate_id) == ("new", "kept", "news", 2)
    assert (basic.reference_id, basic.media_tags, basic.status) == ("ref-000001", "a", "Normal")
    assert len(told()) == before + 1
    assert told().count(("MediaBaseChangeComplete", "http://all.test/")) == 2


def test_an_empty_text_is_a_value(register, update, info):
    media_id = register(description="gone", media_tags="a,b")

    update(media_id=media_id, description="", media_tags="")

    basic = info(media_id).media_basic_info
    assert (basic.description, basic.media_tags) == (None, "")


def test_tags_replace_or_are_added_each_once(register, update, info):
    media_id = register(media_tags="a,b")

    update(media_id=media_id, media_tags="b,c", append_tags=True)
    assert info(media_id).media_basic_info.media_tags == "a,b,c"
    update(input_url="oss://media/in.mp4", media_tags="d")
    assert info(media_id).media_basic_info.media_tags == "d"


def test_a_change_while_the_file_is_looked_into_is_kept(register, look, update, info):
    media_id = register(title="old")

    update(media_id=media_id, title="new")
    look()

    basic = info(media_id).media_basic_info
    assert (basic.title, basic.status) == ("new", "Normal")


@pytest.mark.parametrize(
    ("given", "status", "told"),
    [
        ({}, 400, "MediaId is missing"),
        ({"media_id": "0" * 32}, 404, "there is no asset with MediaId"),
        ({"input_url": "oss://media/in.mp4", "title": "t" * 129}, 400, "Title is 129 bytes"),
        ({"input_url": "oss://media/in.mp4", "category": "c" * 65}, 400, "Category is 65 bytes"),
        ({"input_url": "oss://media/in.mp4", "reference_id": "x"}, 400, "ReferenceId is 'x'"),
        (
            {"input_url": "oss://media/in.mp4", "append_tags": True, "media_tags": ",".join("cdefghijklmnopq")},
            400,
            "MediaTags are 17; give at most 16",
        ),
    ],
    ids=["nothing", "unknown", "title", "category", "reference", "tags"],
)
def test_a_wrong_change_names_the_parameter_and_changes_nothing(register, refused, asset, given, status, told):
    media_id = register(title="old", media_tags="a,b")
    before = asset(media_id)

    found, _, message = refused("update_media_info", m.UpdateMediaInfoRequest(**given))

    assert found == status
    assert message.startswith(told), message
    assert asset(media_id) == before


def test_two_assets_cannot_share_a_reference(register, refused):
    register(reference_id="ref-000001")
    media_id = register("in.wav")

    request = m.UpdateMediaInfoRequest(media_id=media_id, reference_id="ref-000001")

    assert refused("update_media_info", request)[2].startswith("ReferenceId 'ref-000001' is that of")


def test_a_deleted_asset_leaves_its_file_but_not_its_pictures(service, register, look, delete, asset, told):
    media_id = register()
    claim = look()
    cover = f"{claim.job.id}/1/cover.jpg"
    assert service.objects.exists("results", cover)

    reply = delete(media_ids=f"{media_id},nope")

    assert (reply.ignored_list, reply.forbidden_list) == (["nope"], [])
    assert asset(media_id) is None
    assert service.objects.exists("media", "in.mp4")
    assert not service.objects.exists("results", cover)
    assert ("DeleteMediaComplete", "http://all.test/") in told()


def test_the_file_goes_too_if_asked(service, register, delete):
    media_id = register()

    delete(media_ids=media_id, delete_physical_files=True)

    assert not service.objects.exists("media", "in.mp4")
    assert service.objects.exists("media", "in.wav")


def test_assets_are_deleted_by_address_too(register, delete, asset):
    media_id = register()

    reply = delete(input_urls="http://media.oss-cn-shanghai.aliyuncs.com/in.mp4,oss://media/none,nonsense")

    assert reply.ignored_list == ["oss://media/none", "nonsense"]
    assert asset(media_id) is None


def test_an_object_can_be_registered_again_after_its_asset_was_deleted(register, delete):
    first = register(reference_id="ref-000001", client_token="0" * 32)
    delete(media_ids=first)

    assert register(reference_id="ref-000001", client_token="0" * 32) != first


def test_nothing_to_delete_is_told(refused):
    assert refused("delete_media_infos", m.DeleteMediaInfosRequest())[2].startswith("MediaIds is missing")
