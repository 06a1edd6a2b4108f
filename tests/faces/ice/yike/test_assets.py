"""Assets of productions: the media library with a place in it, and a recycle bin."""

import base64
import json
import warnings

import pytest
from alibabacloud_ice20201109 import models as m

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oss2


@pytest.fixture
def default(client):
    """The default production and folder."""
    (folder,) = client.list_yike_asset_folders(m.ListYikeAssetFoldersRequest()).body.folder_list
    return folder.production_id, folder.folder_id


@pytest.fixture
def production(client):
    """Another production, and its folder."""
    made = client.create_yike_production(m.CreateYikeProductionRequest(title="Film")).body.production_id
    request = m.ListYikeAssetFoldersRequest(production_id=made)
    (folder,) = client.list_yike_asset_folders(request).body.folder_list
    return made, folder.folder_id


@pytest.fixture
def batch(ask):
    def batch(*media_ids):
        request = m.BatchGetYikeAssetMediaInfosRequest(media_ids=",".join(media_ids))
        return ask("batch_get_yike_asset_media_infos", request)

    return batch


@pytest.fixture
def delete(ask):
    def delete(*media_ids, **given):
        request = m.DeleteYikeAssetMediaInfosRequest(media_ids=",".join(media_ids), **given)
        return ask("delete_yike_asset_media_infos", request).ignored_list

    return delete


def test_an_upload_becomes_an_asset_when_it_is_registered(ask, info, look, default):
    request = m.CreateYikeAssetUploadRequest(file_ext="png", file_type="StoryboardInput")
    made = ask("create_yike_asset_upload", request)
    where, auth = (json.loads(base64.b64decode(one)) for one in (made.upload_address, made.upload_auth))
    given = oss2.StsAuth(auth["AccessKeyId"], auth["AccessKeySecret"], auth["SecurityToken"])
    oss2.Bucket(given, where["Endpoint"], where["Bucket"]).put_object(where["FileName"], b"picture")
    request = m.RegisterYikeAssetMediaInfoRequest(input_url=made.file_url, media_type="image")

    media_id = ask("register_yike_asset_media_info", request).media_id

    assert info(media_id).media_basic_info.status == "Preparing"
    assert look(kind="image").job.params["file"] == f"oss://{where['Bucket']}/{where['FileName']}"
    told = info(media_id)
    assert (told.media_id, told.media_basic_info.status) == (media_id, "Normal")
    assert (told.media_basic_info.media_type, told.media_basic_info.input_url) == ("image", made.file_url)
    assert (told.biz_data.production_id, told.biz_data.folder_id) == default
    assert (told.biz_data.is_favorite, told.biz_data.is_logical_deleted) == ("false", "false")
    assert told.biz_data.creation_job_id is None


def test_facts_of_a_medium_are_texts(register, look, info, batch):
    media_id = register()
    look()

    file = info(media_id).file_info_list[0]
    (one,) = batch(media_id).media_infos

    basic, stream = file.file_basic_info, file.video_stream_info_list[0]
    assert (basic.width, basic.height, basic.duration, basic.file_size) == ("1280", "720", "9.500000", "5")
    assert (stream.codec_name, stream.num_frames, stream.fps) == ("h264", "237", "25.0")
    assert one.file_info_list[0].file_basic_info.width == "1280"
    assert "VideoStreamInfoList" not in one.file_info_list[0].to_map()


@pytest.mark.parametrize("named", ["both", "production", "folder"])
def test_an_asset_lies_where_it_was_put(register, info, batch, production, named):
    both = {"production_id": production[0], "folder_id": production[1]}
    media_id = register(**{name: value for name, value in both.items() if named in ("both", name.partition("_")[0])})

    place = info(media_id).biz_data

    assert (place.production_id, place.folder_id) == production
    assert batch(media_id).media_infos[0].biz_data.folder_id == production[1]


def test_a_folder_must_be_one_of_the_production_that_is_named(refused, default, production):
    request = m.RegisterYikeAssetMediaInfoRequest(
        input_url="oss://media/in.mp4", media_type="video", production_id=production[0], folder_id=default[1]
    )

    assert f"production {production[0]} has no such folder" in refused("register_yike_asset_media_info", request)[2]


def test_an_asset_of_the_media_library_counts_as_of_the_default_production(ask, info, default):
    media_id = ask("register_media_info", m.RegisterMediaInfoRequest(input_url="oss://media/in.mp4")).media_id

    place = info(media_id).biz_data

    assert (place.production_id, place.folder_id) == default


def test_a_batch_names_what_is_not_there(register, batch):
    media_id = register()

    told = batch(media_id, "0" * 32, media_id)

    assert [one.media_id for one in told.media_infos] == [media_id]
    assert told.ignored_list == ["0" * 32]


def test_deleting_moves_to_the_recycle_bin_and_keeps_the_file(register, look, info, delete, service):
    media_id = register()
    look()

    assert delete(media_id, "0" * 32) == ["0" * 32]

    told = info(media_id)
    assert told.biz_data.is_logical_deleted == "true"
    assert told.media_basic_info.deleted_time
    assert service.objects.exists("media", "in.mp4")


@pytest.mark.parametrize("from_bin", [False, True])
def test_deleting_for_good_takes_the_file_too(register, look, refused, delete, service, from_bin):
    media_id = register()
    look()
    if from_bin:
        delete(media_id)

    assert delete(media_id, logic_delete=False) == []

    assert not service.objects.exists("media", "in.mp4")
    status, code, _ = refused("get_yike_asset_media_info", m.GetYikeAssetMediaInfoRequest(media_id=media_id))
    assert (status, code) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("method", "request_", "code", "told"),
    [
        ("create_yike_asset_upload", m.CreateYikeAssetUploadRequest(), "MissingParameter", "FileExt is missing"),
        (
            "create_yike_asset_upload",
            m.CreateYikeAssetUploadRequest(file_ext="a/b"),
            "InvalidParameter",
            "FileExt is 'a/b'",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(input_url="oss://media/in.mp4"),
            "MissingParameter",
            "MediaType is missing",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(input_url="oss://media/none.mp4", media_type="video"),
            "InvalidParameter",
            "InputURL: there is no object",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(input_url="oss://media/in.mp4", media_type="film"),
            "InvalidParameter",
            "MediaType is 'film'",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(
                input_url="oss://media/in.mp4", media_type="video", production_id="none"
            ),
            "InvalidParameter",
            "ProductionId is 'none'",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(input_url="oss://media/in.mp4", media_type="video", folder_id="none"),
            "InvalidParameter",
            "FolderId is 'none'",
        ),
        (
            "register_yike_asset_media_info",
            m.RegisterYikeAssetMediaInfoRequest(
                input_url="oss://media/in.mp4", media_type="video", folder_id=f"folder-{'1' * 32}"
            ),
            "InvalidParameter",
            "FolderId is 'folder-11",
        ),
        ("delete_yike_asset_media_infos", m.DeleteYikeAssetMediaInfosRequest(), "MissingParameter", "MediaIds is"),
        (
            "batch_get_yike_asset_media_infos",
            m.BatchGetYikeAssetMediaInfosRequest(media_ids=",".join(map(str, range(101)))),
            "InvalidParameter",
            "MediaIds names 101",
        ),
    ],
    ids=[
        *("no-ext", "bad-ext", "no-kind", "no-object", "bad-kind", "no-production", "no-folder", "strange-folder"),
        *("nothing", "too-many"),
    ],
)
def test_a_wrong_request_names_the_parameter(refusal, method, request_, code, told):
    status, found, message = refusal(method, request_)

    assert (status, found) == (400, code)
    assert message.startswith(told), message


def test_a_file_is_registered_once(register, refused):
    media_id = register()
    request = m.RegisterYikeAssetMediaInfoRequest(input_url="oss://media/in.mp4", media_type="video")

    assert f"is registered already, as {media_id}" in refused("register_yike_asset_media_info", request)[2]
