"""A whole job of each function by the vendor's own libraries against a real server."""

import io
from pathlib import Path

import av
import httpx
import pytest
from alibabacloud_ice20201109 import models as ice

from reelwright.media import making


@pytest.fixture(scope="module")
def film(bucket, make_video):
    made = make_video(sound=True)
    bucket.put_object_from_file("in/talk.mp4", str(made.path))
    return made


def fetched(url):
    return io.BytesIO(httpx.get(url, trust_env=False).raise_for_status().content)


def test_cover(vendor, film):
    job = vendor.run(
        "Cover", "oss://films/in/talk.mp4", "oss://films/covers/{source}-{sequenceId}.png", user_data="mine"
    )

    assert job.status == "Success", job.result
    assert job.user_data == "mine"
    assert job.output_files[0] == "covers/talk-00001.png"
    covers = vendor.result(job)
    assert [cover["Url"] for cover in covers] == list(job.output_files)
    assert [cover["Score"] for cover in covers] == sorted((cover["Score"] for cover in covers), reverse=True)
    for url in job.output_urls:
        with av.open(fetched(url)) as picture:
            frame = next(picture.decode(video=0))
            assert (frame.width, frame.height) == (320, 180)


def test_cover_as_an_animation(vendor, film):
    job = vendor.run(
        "Cover", "oss://films/in/talk.mp4", "oss://films/covers/{source}.gif", job_params='{"Model":"gif"}'
    )

    assert job.status == "Success", job.result
    assert fetched(job.output_urls[0]).read(6) == b"GIF89a"


def test_portrait(vendor, film):
    job = vendor.run("VideoH2V", "http://films.oss-cn-shanghai.aliyuncs.com/in/talk.mp4", "oss://films/out/up.mp4")

    assert job.status == "Success", job.result
    with av.open(fetched(job.output_urls[0])) as made, av.open(str(film.path)) as given:
        assert made.streams.video[0].height > made.streams.video[0].width
        assert len(made.streams.audio) == 1
        assert abs(made.duration - given.duration) / 1e6 < 0.1


def test_denoise(vendor, bucket, tmp_path):
    voice = making.speech(3.0, rate=16000, snr_db=5)
    noisy = making.write_wav(tmp_path / "noisy.wav", voice.noisy, 16000)
    bucket.put_object_from_file("in/noisy.wav", str(noisy))

    job = vendor.run("SpeechDenoise", "oss://films/in/noisy.wav", "oss://films/out/clean.wav")

    assert job.status == "Success", job.result
    Path(tmp_path / "clean.wav").write_bytes(bucket.get_object("out/clean.wav").read())
    clean, rate = making.read_wav(tmp_path / "clean.wav")
    assert rate == 16000
    assert clean.shape[-1] == voice.noisy.shape[-1]


def test_a_running_job_can_be_cancelled(vendor, server, serving, bucket):
    server.api.put("/v1/pipelines/held", json={"paused": True}).raise_for_status()
    held = next(one for one in server.api.get("/v1/pipelines").json()["pipelines"] if one["name"] == "held")
    bucket.put_object("in/any.mp4", b"looked at by nobody")
    schedule = ice.SubmitIProductionJobRequestScheduleConfig(pipeline_id=held["id"], priority=9)
    job_id = vendor.submit(
        "Cover", "oss://films/in/any.mp4", "oss://films/x-{sequenceId}.png", schedule_config=schedule
    )

    assert vendor.query(job_id).status == "Queuing"
    assert vendor.query(job_id).schedule_config.priority == 9
    assert vendor.cancel(job_id).message == "Success"
    assert vendor.query(job_id).status == "Fail"
    assert vendor.result(vendor.query(job_id))["Code"] == "Cancelled"
