"""`reelwright run` with a plan of many steps: the steps run here, and only what the last one made is left."""

import json

STORY = "A fox sat beneath a tree. A crow sat on a branch above it."


def test_a_plan_runs_without_a_server(cli, tmp_path):
    (tmp_path / "story.txt").write_text(STORY)
    out = tmp_path / "out"

    ran = cli(
        *("run", "storyboard", "--text", tmp_path / "story.txt", "--only-storyboard", "--resolution", "360P"),
        *("--out", out, "--json", "--quiet"),
    )

    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told["operator"] == "storyboard"
    made = {path.name for path in out.iterdir()}
    assert {"storyboard.json", "storyboard.html"} <= made
    spoken = [
        shot["text"] for board in json.loads((out / "storyboard.json").read_text())["boards"] for shot in board["shots"]
    ]
    assert " ".join(spoken) == STORY


def test_a_plan_that_cannot_come_to_its_end_says_which_step_failed(cli, tmp_path):
    (tmp_path / "story.txt").write_bytes(b"\x00\x01\x02\x03" * 50)
    out = tmp_path / "out"

    ran = cli("run", "storyboard", "--text", tmp_path / "story.txt", "--only-storyboard", "--out", out, "--quiet")

    assert ran.exit_code == 2, ran.output
    assert "step read failed" in ran.output
    assert not list(out.iterdir())


def test_what_is_wrong_with_the_params_of_a_plan_is_said_before_anything_runs(cli, tmp_path):
    (tmp_path / "story.txt").write_text(STORY)

    ran = cli("run", "storyboard", "--text", tmp_path / "story.txt", "--ratio", "5:4", "--out", tmp_path / "out")

    assert ran.exit_code == 2, ran.output
    assert "--ratio" in ran.output
