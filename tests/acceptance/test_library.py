"""The media library on a real server: files looked into by its workers, and a server killed between any two steps."""

import base64
import json
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import httpx
import oss2
import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi import utils_models

from reelwright.media import images

PATIENCE = 120.0  # seconds until a test gives up on a server that hangs; no figure is taken from it


class Librarian:
    """The vendor's SDK, in the words of these tests."""

    def __init__(self, server):
        config = utils_models.Config(
            access_key_id=server.keys["AccessKeyId"],
            access_key_secret=server.keys["AccessKeySecret"],
            endpoint=server.url.removeprefix("http://"),
            protocol="http",
        )
        self.ask = Client(config)

    def register(self, url, **given):
        return self.ask.register_media_info(m.RegisterMediaInfoRequest(input_url=url, **given)).body.media_id

    def info(self, media_id):
        return self.ask.get_media_info(m.GetMediaInfoRequest(media_id=media_id)).body.media_info

    def settled(self, media_id):
        """What is told once the asset is Normal, or has failed."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            info = self.info(media_id)
            if info.media_basic_info.status in ("Normal", "PrepareFail"):
                return info
            time.sleep(0.05)
        raise AssertionError(f"the asset is {info.media_basic_info.status} still")

    def create(self, name="clip", extension="mp4"):
        """An asset that waits for its file, and the vendor's object library at the place where that is put."""
        file = json.dumps({"Type": "video", "Name": name, "Ext": extension})
        made = self.ask.create_upload_media(m.CreateUploadMediaRequest(file_info=file)).body
        where, auth = (json.loads(base64.b64decode(text)) for text in (made.upload_address, made.upload_auth))
        given = oss2.StsAuth(auth["AccessKeyId"], auth["AccessKeySecret"], auth["SecurityToken"])
        return made.media_id, oss2.Bucket(given, where["Endpoint"], where["Bucket"]), where["FileName"]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, film):
    """A plain web server on loopback that has the film."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "a film.mp4").write_bytes(film.path.read_bytes())

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *given):
            super().__init__(*given, directory=str(folder))

        def log_message(self, *_):
            pass

    one = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=one.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{one.server_port}"
    one.shutdown()
    one.server_close()


@pytest.fixture(scope="module")
def film(make_video):
    return make_video(sound=True)


@pytest.fixture(scope="module")
def house(serving, tmp_path_factory):
    """A server that may fetch from loopback."""
    home = tmp_path_factory.mktemp("library") / "home"
    one = serving.Server(home, workers=1, retry_delay=0.05, fetch_allow='["127.0.0.0/8"]').start()
    yield one
    if one.is_running:
        assert one.stop() == 0


@pytest.fixture(scope="module")
def library(house):
    return Librarian(house)


def fetched(url):
    return httpx.get(url, trust_env=False).raise_for_status().content


def test_a_film_is_registered_with_all_that_is_in_it(house, library, film, tmp_path):
    house.put("films", "talk.mp4", film.path.read_bytes())

    told = library.settled(library.register("oss://films/talk.mp4", title="Talk"))

    basic, (file,) = told.media_basic_info, told.file_info_list
    assert basic.status == "Normal", basic
    (video,), (audio,) = file.video_stream_info_list, file.audio_stream_info_list
    assert (video.width, video.height, video.codec_name, video.avg_fps) == ("320", "180", "h264", "25.0")
    assert int(video.num_frames) == int(video.nb_frames) == round(float(video.duration) * 25)
    assert (audio.codec_name, audio.sample_rate, audio.channels) == ("aac", "48000", "1")
    assert file.file_basic_info.file_size == str(film.path.stat().st_size)
    assert fetched(file.file_basic_info.file_url) == film.path.read_bytes()
    (snapshots,), (sprites,) = json.loads(basic.snapshots), json.loads(basic.sprite_images)
    for url, size in ((basic.cover_url, (180, 320)), (snapshots["urls"][0], (180, 320)), (sprites["urls"][0], None)):
        path = tmp_path / "picture.jpg"
        path.write_bytes(fetched(url))
        assert size is None or images.load(path).shape[:2] == size


def test_what_is_no_medium_fails_with_the_reason(house, library):
    house.put("films", "words.mp4", b"these are words")

    told = library.settled(library.register("oss://films/words.mp4"))

    assert told.media_basic_info.status == "PrepareFail"
    assert told.file_info_list[0].file_basic_info.file_size == "15"


def test_an_upload_by_address(library, film):
    media_id, bucket, name = library.create("my clip 片")
    assert library.info(media_id).media_basic_info.status == "Init"

    bucket.put_object_from_file(name, str(film.path))

    told = library.settled(media_id)
    assert told.media_basic_info.status == "Normal"
    assert told.file_info_list[0].file_basic_info.file_name == "my clip 片.mp4"


def test_an_upload_by_url_and_one_that_fails(house, library, film, elsewhere):
    urls = f"{elsewhere}/a%20film.mp4,{elsewhere}/none.mp4"
    good, bad = library.ask.upload_media_by_url(m.UploadMediaByURLRequest(upload_urls=urls)).body.upload_jobs

    assert library.settled(good.media_id).media_basic_info.status == "Normal"
    assert library.settled(bad.media_id).media_basic_info.status == "PrepareFail"
    asked = m.GetUrlUploadInfosRequest(job_ids=f"{good.job_id},{bad.job_id}")
    one, other = library.ask.get_url_upload_infos(asked).body.urlupload_info_list
    assert (one.status, one.file_size) == ("SUCCESS", str(film.path.stat().st_size))
    assert (other.status, other.error_code) == ("FAIL", "ObjectNotFound")
    assert fetched(library.info(good.media_id).file_info_list[0].file_basic_info.file_url) == film.path.read_bytes()


def test_a_job_takes_an_asset_and_leaves_assets(house, library, film):
    house.put("films", "in.mp4", film.path.read_bytes())
    media_id = library.register("oss://films/in.mp4", register_config='{"NeedSprite":false,"NeedSnapshot":false}')
    request = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="Media", media=media_id),
        output=m.SubmitIProductionJobRequestOutput(type="Media", media=""),
    )

    job_id = library.ask.submit_iproduction_job(request).body.job_id

    assert house.wait(job_id)["status"] == "SUCCEEDED"
    job = library.ask.query_iproduction_job(m.QueryIProductionJobRequest(job_id=job_id)).body
    assert len(job.output_media_ids) == len(job.output_files) > 0
    for made, url in zip(job.output_media_ids, job.output_urls, strict=True):
        told = library.settled(made)
        assert (told.media_basic_info.status, told.media_basic_info.media_type) == ("Normal", "image")
        assert fetched(told.file_info_list[0].file_basic_info.file_url) == fetched(url)


def test_a_deleted_asset_takes_its_file_along(house, library, film):
    house.put("films", "gone.mp4", film.path.read_bytes())
    media_id = library.register("oss://films/gone.mp4")
    url = library.settled(media_id).file_info_list[0].file_basic_info.file_url

    request = m.DeleteMediaInfosRequest(media_ids=media_id, delete_physical_files=True)
    library.ask.delete_media_infos(request)

    assert httpx.get(url, trust_env=False).status_code == 404


@pytest.mark.parametrize("pause", [0.0, 0.05, 0.3], ids=lambda seconds: f"after-{seconds}s")
def test_a_killed_server_loses_no_asset(serving, tmp_path, film, pause):
    """Answered is kept: registrations, an upload, and a job whose asset was told at submit."""
    server = serving.Server(tmp_path / "home", workers=1, retry_delay=0.05).start()
    try:
        library = Librarian(server)
        server.put("films", "in.mp4", film.path.read_bytes())
        registered = library.register("oss://films/in.mp4")
        uploaded, bucket, name = library.create()
        bucket.put_object_from_file(name, str(film.path))
        request = m.UploadMediaByURLRequest(upload_urls="oss://films/in.mp4")
        (kept,) = library.ask.upload_media_by_url(request).body.upload_jobs
        time.sleep(pause)
        server.kill()

        server.start()

        library = Librarian(server)
        assets = [library.settled(media_id) for media_id in (registered, uploaded, kept.media_id)]
        assert [one.media_basic_info.status for one in assets] == ["Normal"] * 3
        assert {one.file_info_list[0].video_stream_info_list[0].width for one in assets} == {"320"}
        assert server.wait(kept.job_id)["status"] == "SUCCEEDED"
    finally:
        if server.is_running:
            server.stop()
