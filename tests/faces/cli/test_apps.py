"""`reelwright apps` against a real server, and in this process."""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.client import connect
from reelwright.faces.cli import home as homes
from reelwright.media import images
from reelwright.pipelines import apps as builtin


def graph_of(radius=2):
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}, "_meta": {"title": "TargetImage"}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {"class_type": "image.blur", "inputs": {"image": ["2", 0], "radius": radius}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0]}, "_meta": {"title": "Negative"}},
    }


@pytest.fixture
def ask(cli, server):
    return lambda *arguments: cli(*arguments, "--home", server.home)


@pytest.fixture
def red(tmp_path) -> Path:
    return Path(images.save(np.full((64, 64, 3), (200, 30, 30), np.uint8), tmp_path / "red.png"))


@pytest.fixture
def write(tmp_path):
    def write(graph, name="negative.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(graph))
        return path

    return write


def test_the_built_in_apps_are_listed(ask):
    told = ask("apps", "list")

    assert told.exit_code == 0, told.stderr
    assert all(name in told.stdout for name in builtin.names())


def test_an_app_tells_its_keys(ask):
    told = ask("apps", "show", "audiogram")

    assert told.exit_code == 0, told.stderr
    assert "LoadAudio.1.Sound" in told.stdout
    assert "required" in told.stdout
    graph = json.loads(ask("apps", "show", "audiogram", "--graph").stdout)
    assert graph == builtin.find("audiogram").graph


def test_a_graph_is_added_run_and_removed(ask, write, red, tmp_path):
    added = ask("apps", "add", write(graph_of()), "--title", "Negative")
    assert added.exit_code == 0, added.stderr
    assert "LoadImage.1.TargetImage" in added.stdout

    ran = ask("apps", "run", "negative", "--set", f"LoadImage.1.TargetImage={red}", "--out", tmp_path / "out")

    assert ran.exit_code == 0, ran.stderr
    (made,) = (tmp_path / "out").iterdir()
    assert images.load(made)[30, 30].tolist() == [55, 225, 225]
    assert ask("apps", "remove", "negative").stdout.strip() == "negative"
    assert ask("apps", "show", "negative").exit_code != 0


def test_a_graph_again_runs_nothing_and_a_change_only_what_hangs_on_it(ask, server, write, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    picture = images.save(noise, tmp_path / "noise.png")

    def executions(radius):
        ask("apps", "add", write(graph_of(radius)), "--id", "again")
        told = ask("apps", "run", "again", "--set", f"LoadImage.1.image={picture}", "--wait", "--json")
        job = json.loads(told.stdout)
        assert job["status"] == "SUCCEEDED", told.stderr
        with connect(server.url, homes.credentials(server.home).api_key) as client:
            return {one.name: one.executions for one in client.steps(job["id"])}

    assert executions(4) == {"n2.invert": 1, "n3.blur": 1, "results": 1}
    assert executions(4) == {"n2.invert": 0, "n3.blur": 0, "results": 0}
    assert executions(5) == {"n2.invert": 0, "n3.blur": 1, "results": 1}


def test_a_result_that_may_fail_does_not_take_the_others_with_it(ask, write, red, tmp_path):
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": ""}},
        "2": {"class_type": "LoadAudio", "inputs": {"audio": ""}},
        "3": {"class_type": "audio.denoise", "inputs": {"audio": ["2", 0]}},
        "4": {"class_type": "SaveAudio", "inputs": {"audio": ["3", "audio"], "may_fail": True}},
        "5": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }
    ask("apps", "add", write(graph), "--id", "partly")

    files = (f"LoadImage.1.image={red}", f"LoadAudio.2.audio={red}")
    told = ask("apps", "run", "partly", *(part for one in files for part in ("--set", one)), "--wait", "--json")

    job = json.loads(told.stdout)
    assert job["status"] == "SUCCEEDED", told.stderr
    assert (len(job["result"]["images"]), job["result"]["audios"]) == (1, [])


def test_it_runs_here_without_a_server(cli, write, red, tmp_path):
    told = cli(
        "apps", "run", write(graph_of()), "--here", "--set", f"LoadImage.1.TargetImage={red}", "--out", tmp_path / "out"
    )

    assert told.exit_code == 0, told.stderr
    (made,) = (one for one in (tmp_path / "out").iterdir() if one.suffix == ".png")
    assert images.load(made)[30, 30].tolist() == [55, 225, 225]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "no-app", "--here"), "audiogram"),
        (("run", "audiogram", "--here"), "LoadAudio.1.Sound"),
        (("run", "audiogram", "--here", "--set", "Sound"), "write KEY=VALUE"),
        (("run", "audiogram", "--here", "--set", "LoadAudio.1.Sound=nowhere.wav"), "is no file here"),
        (("run", "audiogram", "--here", "--set", "LoadAudio.1.Sond=a.wav"), "did you mean LoadAudio.1.Sound"),
        (("nodes", "ImageScal"), "ImageScale"),
    ],
    ids=["no-such-app", "no-file", "no-value", "a-file-that-is-not-there", "unknown-key", "unknown-type"],
)
def test_what_cannot_be_is_told(cli, tmp_path, arguments, told):
    done = cli("apps", *arguments, *(("--out", tmp_path / "out") if arguments[0] == "run" else ()))

    assert done.exit_code != 0
    assert told in done.stderr


def test_a_graph_of_the_editor_is_refused_before_it_is_sent(ask, write):
    told = ask("apps", "add", write({"nodes": [], "links": []}))

    assert told.exit_code != 0
    assert "export it in API format" in told.stderr


def test_types_of_nodes_are_told(cli):
    everything, one = cli("apps", "nodes"), cli("apps", "nodes", "ImageScale")

    assert {"KSampler", "video.portrait", "SaveImage"} <= set(everything.stdout.split())
    assert "upscale_method" in one.stdout
    assert "IMAGE" in one.stdout


@pytest.mark.parametrize(
    ("given", "values"),
    [
        (["a=1", "b=x", "c=true"], {"a": 1, "b": "x", "c": True}),
        (["a=x", "a=y", "a=z"], {"a": ["x", "y", "z"]}),
        (["a.b=c=d"], {"a.b": "c=d"}),
        (["a="], {"a": ""}),
    ],
    ids=["json-or-text", "several", "equals-in-the-value", "nothing"],
)
def test_values_of_keys(given, values):
    from reelwright.faces.cli import apps

    assert apps._values(given) == values
