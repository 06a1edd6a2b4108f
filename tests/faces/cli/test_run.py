"""`reelwright run`: real work without a server, whole outputs or none."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest

from reelwright.errors import Cancelled
from reelwright.faces.cli import run
from reelwright.media import making


@pytest.fixture
def video(make_video) -> making.Picture:
    return make_video([(making.SCENE, 1.0), (making.BLACK, 0.4), (making.SCENE, 1.0)], size=(160, 90))


def test_the_list_has_every_operator_with_what_it_does(cli):
    shown = cli("run", "--help").stdout

    assert "video.cover" in shown
    assert "video.portrait" in shown
    assert "portrait one" in shown


def test_an_operators_help_teaches(cli):
    shown = cli("run", "video.cover", "--help").stdout

    for told in (
        "--video",
        "<video file>",
        "<int 1…20>",
        "[default: 3]",
        "In s.",
        "Example: reelwright run video.cover",
    ):
        assert told in shown


def test_a_run_writes_its_outputs_and_says_where(cli, video, tmp_path):
    out = tmp_path / "out"
    done = cli("run", "video.cover", "--video", video.path, "--count", 1, "--out", out)

    assert done.exit_code == 0, done.stderr
    (picture,) = out.iterdir()
    assert str(picture) in done.stdout
    with av.open(str(picture)) as box:
        stream = box.streams.video[0]
        assert (stream.width, stream.height) == video.size


def test_json_holds_the_result_the_outputs_and_what_made_them(cli, video, tmp_path):
    done = cli("run", "video.cover", "--video", video.path, "--count", 1, "--out", tmp_path, "--json")
    told = json.loads(done.stdout)

    assert (told["operator"], told["made_by"]["tier"]) == ("video.cover", "builtin")
    (output,) = told["outputs"]
    assert output["role"] == "covers.0.image"
    assert output["path"] == told["result"]["covers"][0]["image"]
    assert output["size"] == Path(output["path"]).stat().st_size
    assert not video.is_bad(told["result"]["covers"][0]["time"])


@pytest.mark.parametrize("broken", ["empty", "not_media", "cut_short", "no_frames", "sound_only"])
def test_a_run_that_fails_leaves_nothing_and_says_why_in_a_line(cli, broken_files, tmp_path, broken):
    done = cli("run", "video.cover", "--video", broken_files[broken], "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert broken_files[broken].name in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_a_name_is_not_taken_for_a_path_of_someone_elses_folder(cli, tmp_path):
    done = cli("run", "video.cover", "--video", tmp_path / "nothere.mp4")

    assert done.exit_code == 2
    assert "nothere.mp4" in done.stderr


def test_the_first_ctrl_c_cancels_at_the_next_look_and_the_second_at_once():
    stop = run.Stop()
    watch = run.Watch(run.bars.bar(hidden=True), "test", stop)
    watch.check()
    stop(signal.SIGINT, None)

    with pytest.raises(Cancelled):
        watch.check()
    with pytest.raises(KeyboardInterrupt):
        stop(signal.SIGINT, None)


@pytest.mark.slow
def test_ctrl_c_ends_a_real_run_with_3_and_leaves_nothing(tmp_path, make_video):
    long = make_video([(making.SCENE, 20.0)], size=(640, 360))
    out = tmp_path / "out"
    running = subprocess.Popen(
        [sys.executable, "-m", "reelwright", "run", "video.portrait", "--video", str(long.path), "--out", str(out)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "REELWRIGHT_HOME": str(tmp_path / "home")},
    )
    while not (out.exists() and any(out.glob(".reelwright-*/out"))):
        assert running.poll() is None, running.stderr.read()
    # The handler is in place once the run's folder is.
    running.send_signal(signal.SIGINT)
    _, told = running.communicate()

    assert running.returncode == 3, told
    assert "cancel" in told
    assert list(out.iterdir()) == []
