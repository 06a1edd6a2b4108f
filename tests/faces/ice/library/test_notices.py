"""What is posted about assets: the vendor's envelope, with the keys of its documents."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice import notices
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.job import Failure


@pytest.fixture
def posted(service, key, told):
    """`posted(event)`: the message of the last delivery of this event, as it is posted."""

    def posted(event):
        found = [one for one in service.deliveries(DeliveryFilter(key.tenant)) if one.payload["event"] == event]
        envelope = json.loads(notices.Writer(service).write(found[0], 1.0).body)
        assert envelope.keys() == {"EventType", "UserId", "EventTime", "MessageBody"}
        assert envelope["EventType"] == event
        return envelope["MessageBody"]

    return posted


def test_an_upload(ask, service, posted, address):
    file = '{"Type":"video","Name":"my clip","Ext":"mp4"}'
    made = ask("create_upload_media", m.CreateUploadMediaRequest(file_info=file, user_data='{"k":1}'))
    service.objects.put("results", f"library/{made.media_id}/my clip.mp4", b"film!")
    ask("get_media_info", m.GetMediaInfoRequest(media_id=made.media_id))

    assert posted("FileUploadComplete") == {
        "Status": "Success",
        "MediaId": made.media_id,
        "MediaType": "video",
        "FileUrl": f"http://{address}/results/library/{made.media_id}/my%20clip.mp4",
        "Size": "5",
        "AppId": "app-1000000",
        "UserData": '{"k":1}',
    }


def test_what_was_found_in_a_video_and_its_pictures(register, look, posted, address):
    media_id = register(title="Talk")
    job_id = look().job.id

    assert posted("VideoAnalysisComplete") == {
        "Status": "Success",
        "MediaId": media_id,
        "MediaType": "video",
        "Size": "5",
        "Duration": "9.5",
        "Width": "1280",
        "Height": "720",
        "Bitrate": "983.615",
        "Fps": "25.0",
    }
    pictures = f"http://{address}/results/{job_id}/1"
    assert posted("SnapshotComplete") == {
        "Status": "Success",
        "MediaId": media_id,
        "MediaType": "video",
        "CoverUrl": f"{pictures}/cover.jpg",
        "SnapshotUrls": [f"{pictures}/snapshot-00001.jpg", f"{pictures}/snapshot-00002.jpg"],
    }
    registered = posted("RegisterMediaComplete")
    assert (registered["Title"], registered["InputURL"]) == ("Talk", "oss://media/in.mp4")


def test_a_failure_says_why(register, worker, posted):
    media_id = register()
    worker.fail(worker.claim(), Failure("NotMedia", "in.mp4 is no video"))

    body = posted("RegisterMediaComplete")

    assert (body["Status"], body["MediaId"]) == ("Fail", media_id)
    assert (body["ErrorCode"], body["ErrorMessage"]) == ("NotMedia", "in.mp4 is no video")


def test_a_change_and_an_end(ask, register, posted):
    media_id = register(title="old")

    ask("update_media_info", m.UpdateMediaInfoRequest(media_id=media_id, title="new"))
    ask("delete_media_infos", m.DeleteMediaInfosRequest(media_ids=media_id))

    assert posted("MediaBaseChangeComplete")["Title"] == "new"
    assert posted("DeleteMediaComplete")["MediaId"] == media_id
