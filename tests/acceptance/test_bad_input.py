"""What users send by mistake: each gets a reason that names the thing, and the next job runs."""

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.media import making

OUT = "oss://films/out/{sequenceId}.png"
HALF = "oss://films/in/half.mp4"


@pytest.fixture(scope="module")
def broken(bucket, make_video, tmp_path_factory):
    """The broken files as objects, by name."""
    folder = tmp_path_factory.mktemp("broken")
    whole = make_video().path
    files = {
        "empty.mp4": making.empty(folder / "empty.mp4"),
        "text.mp4": making.not_media(folder / "text.mp4"),
        "half.mp4": making.cut_short(folder / "half.mp4", whole),
        "no-frames.mp4": making.no_frames(folder / "no-frames.mp4"),
        "sound.mp4": making.sound_only(folder / "sound.mp4"),
        "silent.mp4": whole,
    }
    for name, path in files.items():
        bucket.put_object_from_file(f"in/{name}", str(path))
    return files


@pytest.mark.parametrize(
    ("media", "output", "words"),
    [
        pytest.param("oss://nowhere/a.mp4", OUT, ["Input.Media", "nowhere"], id="unknown-bucket"),
        pytest.param("oss://films/in/absent.mp4", OUT, ["Input.Media", "absent.mp4"], id="unknown-object"),
        pytest.param("oss://films/in/empty.mp4", OUT, ["Input.Media", "empty"], id="empty-file"),
        pytest.param("oss://films/../ledger.db", OUT, ["Input.Media"], id="traversal"),
        pytest.param("/etc/passwd", OUT, ["Input.Media", "/etc/passwd"], id="path-of-the-server"),
        pytest.param("file:///etc/passwd", OUT, ["Input.Media"], id="file-address"),
        pytest.param(
            "oss://films/in/half.mp4", "oss://nowhere/x.png", ["Output.Media", "nowhere"], id="unknown-output"
        ),
        pytest.param("", OUT, ["Input.Media"], id="no-address"),
    ],
)
def test_what_can_be_known_is_said_at_submit(vendor, broken, media, output, words):
    with pytest.raises(ClientException) as refused:
        vendor.submit("Cover", media, output)

    assert refused.value.status_code == 400
    assert refused.value.request_id
    for word in words:
        assert word in refused.value.data["Message"]


@pytest.mark.parametrize(
    ("function", "name", "code", "word"),
    [
        pytest.param("Cover", "text.mp4", "NotMedia", "text.mp4", id="no-media"),
        pytest.param("Cover", "no-frames.mp4", None, "no-frames.mp4", id="no-frames"),
        pytest.param("VideoH2V", "sound.mp4", "NoVideo", "sound.mp4", id="sound-where-a-video-is-wanted"),
        pytest.param("SpeechDenoise", "silent.mp4", "NoAudio", "silent.mp4", id="silent-film-where-sound-is-wanted"),
    ],
)
def test_what_the_file_hides_fails_the_job_with_the_reason(vendor, broken, function, name, code, word):
    job = vendor.run(function, f"oss://films/in/{name}", "oss://films/out/{sequenceId}")

    assert job.status == "Fail"
    reason = vendor.result(job)
    assert code is None or reason["Code"] == code
    assert word in reason["Message"]


def test_half_an_upload_is_called_that_or_used_as_far_as_it_goes(vendor, broken):
    job = vendor.run("VideoH2V", HALF, "oss://films/out/half.mp4")

    assert job.status == "Fail"
    assert vendor.result(job)["Code"] == "TruncatedMedia"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:1/a.mp4", id="loopback"),
        pytest.param("http://2130706433/a.mp4", id="decimal"),
        pytest.param("http://0177.0.0.1/a.mp4", id="octal"),
        pytest.param("http://[::ffff:127.0.0.1]/a.mp4", id="v6-mapped"),
        pytest.param("http://169.254.169.254/latest/meta-data", id="link-local"),
    ],
)
def test_the_server_fetches_nothing_from_its_own_network(vendor, url):
    job = vendor.run("Cover", url, OUT)

    assert job.status == "Fail"
    assert vendor.result(job)["Code"] == "AddressRefused"


def test_after_all_that_a_good_job_runs(vendor, bucket, make_video):
    bucket.put_object_from_file("in/good.mp4", str(make_video().path))

    assert vendor.run("Cover", "oss://films/in/good.mp4", OUT).status == "Success"
