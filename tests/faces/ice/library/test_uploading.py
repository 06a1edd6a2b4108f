"""CreateUploadMedia and RefreshUploadMedia: what the replies hold is used as the vendor's documents say."""

import base64
import json
import re
import warnings

import pytest
from alibabacloud_ice20201109 import models as m

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oss2

FILE = '{"Type":"video","Name":"my clip","Ext":"mp4","Size":4}'
META = '{"Title":"Clip","BusinessType":"opening","Tags":"a,b","CateId":3,"DynamicMetaData":{"k":1}}'
NOTIFY = '{"NotifyAddress":"http://mine.test/x"}'


@pytest.fixture
def create(ask):
    def create(**given):
        request = m.CreateUploadMediaRequest(**{"file_info": FILE, "media_meta_data": META, **given})
        return ask("create_upload_media", request)

    return create


def bucket(reply):
    """The vendor's object library at what a reply says, and the object's key."""
    where, auth = (json.loads(base64.b64decode(text)) for text in (reply.upload_address, reply.upload_auth))
    given = oss2.StsAuth(auth["AccessKeyId"], auth["AccessKeySecret"], auth["SecurityToken"])
    return oss2.Bucket(given, where["Endpoint"], where["Bucket"]), where["FileName"]


def test_an_upload_from_address_to_asset(create, info, look, address):
    made = create()
    auth = json.loads(base64.b64decode(made.upload_auth))
    assert auth.keys() == {
        "AccessKeyId",
        "AccessKeySecret",
        "SecurityToken",
        "ExpireUTCTime",
        "Expiration",
        "Region",
    }
    assert auth["Expiration"] == "3600"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", auth["ExpireUTCTime"])
    assert made.file_url == f"http://{address}/results/library/{made.media_id}/my%20clip.mp4"
    assert made.media_url.startswith(f"{made.file_url}?")
    waiting = info(made.media_id)
    assert (waiting.media_basic_info.status, waiting.file_info_list) == ("Init", [])

    there, name = bucket(made)
    there.put_object(name, b"film!")

    assert info(made.media_id).media_basic_info.status == "Preparing"
    assert look().job.params["file"] == f"oss://results/{name}"
    basic = info(made.media_id).media_basic_info
    assert (basic.status, basic.title, basic.business_type, basic.upload_source) == (
        "Normal",
        "Clip",
        "opening",
        "upload",
    )
    assert (basic.media_tags, basic.cate_id, basic.media_type) == ("a,b", 3, "video")


def test_a_reply_of_refresh_puts_the_file_too_and_again(ask, create, info, look):
    made = create()
    fresh = ask("refresh_upload_media", m.RefreshUploadMediaRequest(media_id=made.media_id))
    assert fresh.media_id == made.media_id
    assert fresh.upload_address == made.upload_address
    assert fresh.upload_auth != made.upload_auth
    there, name = bucket(fresh)
    there.put_object(name, b"film!")
    look()

    again, name = bucket(ask("refresh_upload_media", m.RefreshUploadMediaRequest(media_id=made.media_id)))
    assert info(made.media_id).media_basic_info.status == "Normal"
    again.put_object(name, b"another film")

    assert info(made.media_id).media_basic_info.status == "Preparing"
    look(size=12)
    assert info(made.media_id).file_info_list[0].file_basic_info.file_size == "12"


def test_a_second_put_without_a_refresh_changes_no_asset(create, info, look):
    there, name = bucket(create())
    there.put_object(name, b"film!")
    media_id = name.split("/")[1]
    look()

    there.put_object(name, b"another film")

    assert info(media_id).media_basic_info.status == "Normal"


def test_a_file_that_came_unnoticed_is_seen_when_somebody_asks(service, create, info):
    made = create()
    _, name = bucket(made)

    service.objects.put("results", name, b"film!")

    assert info(made.media_id).media_basic_info.status == "Preparing"


def test_the_bucket_may_be_chosen_and_the_default_location_counts(ask, create):
    target = '{"StorageType":"oss","StorageLocation":"media.oss-cn-shanghai.aliyuncs.com"}'
    assert bucket(create(upload_target_config=target))[0].bucket_name == "media"

    ask("set_default_storage_location", m.SetDefaultStorageLocationRequest(bucket="media", path="/new/"))
    there, name = bucket(create())

    assert there.bucket_name == "media"
    assert name.startswith("new/")


@pytest.mark.parametrize(("name", "kept"), [("a/b", "a_b"), ("..", "file"), ("片 子", "片 子"), ("x" * 300, "x" * 120)])
def test_the_file_keeps_its_name_as_far_as_a_key_can(create, name, kept):
    file = json.dumps({"Type": "video", "Name": name, "Ext": ".mp4"})

    assert bucket(create(file_info=file))[1].rpartition("/")[2] == f"{kept}.mp4"


def test_its_events_are_told(create, look, told):
    there, name = bucket(create(user_data=NOTIFY))
    there.put_object(name, b"film!")
    everybody = "http://all.test/"
    assert told() == [("FileUploadComplete", everybody), ("FileUploadComplete", "http://mine.test/x")]

    look()

    assert ("VideoAnalysisComplete", everybody) in told()
    assert ("VideoAnalysisComplete", "http://mine.test/x") not in told()


def test_a_picture_has_an_event_of_its_own(create, told):
    there, name = bucket(create(file_info='{"Type":"image","Name":"p","Ext":"png"}'))

    there.put_object(name, b"png")

    assert told() == [("ImageUploadComplete", "http://all.test/")]


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"file_info": None}, "MissingParameter", "^FileInfo is missing"),
        ({"file_info": "{}"}, "MissingParameter", r"^FileInfo\.Type is missing"),
        ({"file_info": '{"Type":"video","Name":"a"}'}, "MissingParameter", r"^FileInfo\.Ext is missing"),
        (
            {"file_info": '{"Type":"video","Name":"a","Ext":"m/4"}'},
            "InvalidParameter",
            "^Ext is 'm/4'",
        ),
        ({"file_info": '{"Type":"film","Name":"a","Ext":"m"}'}, "InvalidParameter", r"^FileInfo\.Type is 'film'"),
        ({"media_meta_data": '{"Title":"t"}'}, "MissingParameter", r"^MediaMetaData\.BusinessType is missing"),
        (
            {"media_meta_data": json.dumps({"Title": "t" * 129, "BusinessType": "general"})},
            "InvalidParameter",
            r"^MediaMetaData\.Title is 129 characters",
        ),
        (
            {"upload_target_config": '{"StorageLocation":"nowhere"}'},
            "InvalidParameter",
            r"^UploadTargetConfig\.StorageLocation: there is no bucket 'nowhere'",
        ),
        ({"post_process_config": '{"ProcessType":"Workflow"}'}, "UnsupportedOperation", "^PostProcessConfig starts"),
    ],
    ids=["no-file", "no-type", "no-ext", "bad-ext", "bad-type", "no-business", "long-title", "no-bucket", "workflow"],
)
def test_a_wrong_upload_names_the_parameter(refusal, given, code, told):
    request = m.CreateUploadMediaRequest(**{"file_info": FILE, "media_meta_data": META, **given})

    status, found, message = refusal("create_upload_media", request)

    assert (status, found) == (400, code)
    assert re.search(told, message), message


def test_only_what_was_uploaded_is_uploaded_again(refused, register):
    media_id = register()

    status, code, message = refused("refresh_upload_media", m.RefreshUploadMediaRequest(media_id=media_id))
    assert (status, code) == (400, "InvalidParameter")
    assert "whose file is not uploaded by you" in message

    assert "no such asset" in refused("refresh_upload_media", m.RefreshUploadMediaRequest(media_id="0" * 32))[2]
