"""The commands against a server, from a local file to a downloaded result."""

import json

import av
import pytest

from reelwright.client import connect
from reelwright.faces.cli import home as homes
from reelwright.media import making


@pytest.fixture
def ask(cli, server):
    """`ask("jobs")`: a command against the module's server."""
    return lambda *arguments, **given: cli(*arguments, "--home", server.home, **given)


@pytest.fixture(scope="module")
def video(make_video):
    return make_video([(making.SCENE, 1.0)], size=(160, 90)).path


@pytest.fixture
def done(ask, video):
    """A job that succeeded."""
    told = ask("submit", "video.cover", "--video", video, "--count", 1, "--wait", "--json")
    assert told.exit_code == 0, told.stderr
    return json.loads(told.stdout)


def test_submit_uploads_waits_and_downloads(ask, video, tmp_path):
    told = ask("submit", "video.cover", "--video", video, "--count", 1, "--out", tmp_path / "got")

    assert told.exit_code == 0, told.stderr
    (picture,) = (tmp_path / "got").iterdir()
    assert str(picture) in told.stdout
    with av.open(str(picture)) as box:
        assert (box.streams.video[0].width, box.streams.video[0].height) == (160, 90)


def test_submit_without_waiting_prints_the_id_alone(ask, video):
    told = ask("submit", "video.cover", "--video", video)

    job_id = told.stdout.strip()
    assert len(job_id) == 32
    assert job_id in told.stderr
    assert ask("job", job_id, "--json").exit_code == 0


def test_the_same_file_is_the_same_address(ask, done, video):
    again = json.loads(ask("submit", "video.cover", "--video", video, "--count", 1, "--wait", "--json").stdout)

    assert again["id"] != done["id"]
    assert again["params"] == done["params"]
    assert done["params"]["video"].startswith("oss://uploads/")


def test_a_job_that_fails_ends_with_1_and_says_why(ask, broken_files):
    told = ask("submit", "video.cover", "--video", broken_files["sound_only"], "--wait")

    assert told.exit_code == 1
    assert "NoVideo" in told.stderr


def test_what_the_server_refuses_ends_with_2(ask):
    told = ask("submit", "video.cover", "--video", "oss://no-such-bucket/a.mp4")

    assert told.exit_code == 2
    assert "no-such-bucket" in told.stderr


def test_jobs_are_listed_and_filtered(ask, done):
    listed = ask("jobs").stdout
    succeeded = json.loads(ask("jobs", "--status", "succeeded", "--operator", "video.cover", "--json").stdout)

    assert done["id"] in listed
    assert done["id"] in [one["id"] for one in succeeded["jobs"]]
    assert {one["status"] for one in succeeded["jobs"]} == {"SUCCEEDED"}
    assert ask("jobs", "--status", "done").exit_code == 2


def test_a_job_is_shown_with_steps_and_timeline(ask, done):
    shown = ask("job", done["id"]).stdout
    told = json.loads(ask("job", done["id"], "--json").stdout)

    for part in (done["id"], "SUCCEEDED", "video.cover", "builtin", "timeline", "█"):
        assert part in shown
    assert [step["state"] for step in told["steps"]] == ["SUCCEEDED"]
    assert told["timeline"]["bars"]


def test_a_log_can_be_followed_to_its_end(ask, done):
    assert ask("logs", done["id"]).exit_code == 0
    assert ask("logs", done["id"], "--follow").exit_code == 0


def test_a_finished_job_is_neither_cancelled_nor_run_again(ask, done):
    for verb in ("cancel", "retry"):
        told = ask(verb, done["id"])
        assert told.exit_code == 2
        assert "[Conflict]" in told.stderr


def test_a_cancelled_job_can_be_run_again(ask, make_video):
    long = make_video([(making.SCENE, 6.0)], size=(320, 180)).path
    job_id = ask("submit", "video.portrait", "--video", long, "--priority", 1).stdout.strip()

    assert "CANCELLED" in ask("cancel", job_id).stdout
    assert json.loads(ask("job", job_id, "--json").stdout)["status"] == "CANCELLED"
    again = ask("retry", job_id, "--wait")
    assert again.exit_code == 0, again.stderr


def test_a_file_goes_there_and_back(ask, video, tmp_path):
    there = ask("cp", video, "oss://kept/folder/")
    back = ask("cp", there.stdout.strip(), str(tmp_path / "back.mp4"))

    assert there.stdout.strip() == f"oss://kept/folder/{video.name}"
    assert back.exit_code == 0, back.stderr
    assert (tmp_path / "back.mp4").read_bytes() == video.read_bytes()


def test_a_transfer_tells_its_bytes_until_they_are_all_there(server, tmp_path):
    content = bytes(5 << 20)
    (tmp_path / "there").write_bytes(content)
    up, down = [], []
    with connect(server.url, homes.credentials(server.home).api_key) as client:
        client.put_object("kept", "big", tmp_path / "there", on_bytes=lambda *told: up.append(told))
        client.get_object("kept", "big", tmp_path / "back", on_bytes=lambda *told: down.append(told))

    assert (tmp_path / "back").read_bytes() == content
    for told in (up, down):
        assert len(told) > 1
        assert told == sorted(told)
        assert told[-1] == (len(content), len(content))


def test_a_file_goes_through_pipes(ask):
    there = ask("cp", "-", "oss://kept/piped.bin", input=b"\x00\x01\xff")
    back = ask("cp", "oss://kept/piped.bin", "-")

    assert there.exit_code == 0, there.stderr
    assert back.stdout_bytes == b"\x00\x01\xff"


def test_pipelines_are_listed(ask):
    assert "default" in ask("pipelines").stdout


def test_a_key_comes_from_the_running_server_and_works(ask, cli, server):
    made = json.loads(ask("keys", "create", "--json").stdout)

    assert set(made) == {"AccessKeyId", "AccessKeySecret", "ApiKey"}
    assert cli("jobs", "--server", server.url, "--api-key", made["ApiKey"]).exit_code == 0
    assert cli("jobs", "--server", server.url, "--api-key", "sk-wrong").exit_code == 2


def test_the_environment_names_a_server(cli, server, monkeypatch):
    monkeypatch.setenv("REELWRIGHT_SERVER", server.url)
    monkeypatch.setenv("REELWRIGHT_API_KEY", homes.credentials(server.home).api_key)

    assert cli("pipelines").exit_code == 0


def test_a_key_is_made_without_a_server_and_lies_in_the_home(cli, tmp_path, serve):
    home = tmp_path / "home"
    made = json.loads(cli("keys", "create", "--home", home, "--json").stdout)
    second = json.loads(cli("keys", "create", "--home", home, "--json").stdout)

    assert homes.credentials(home).document() == made
    assert second["ApiKey"] != made["ApiKey"]
    served = serve(home=home)
    for one in (made, second):
        assert cli("jobs", "--server", served.url, "--api-key", one["ApiKey"]).exit_code == 0
