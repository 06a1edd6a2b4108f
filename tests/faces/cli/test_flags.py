"""Flags are what the schema says, and what they read is what the operator gets."""

from typing import Literal

import pytest
from typer import TyperException

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces.cli import flags, offered
from reelwright.operators import Context, Params, Result, files, operator, param


class Track(Params):
    file: files.Audio = param("The track.")
    gain: float = param("Its level.", 0.0, unit="dB")


class Everything(Params):
    video: files.Video = param("Video to look at.")
    count: int = param("How many.", 3, ge=1, le=20)
    step: float = param("How far apart.", 1.5, gt=0, unit="s")
    mode: Literal["fast", "good"] = param("Which way.", "fast")
    channels: Literal[1, 2] = param("How many channels.", 2)
    loud: bool = param("Louder.", False)
    words: tuple[str, ...] = param("Words to find.", ())
    sizes: list[int] | None = param("Sizes [in order].", None)
    height: int | None = param("Height.", None, ge=64)
    track: Track | None = param("One track.", None)
    tracks: tuple[Track, ...] = param("Many tracks.", ())
    seed: int = param("Has the name of a common flag.", 0)


class Nothing(Result):
    """A result that holds nothing."""


@operator(version=1)
def everything(params: Everything, ctx: Context) -> Nothing:
    """Take one of each kind."""
    return Nothing()


@pytest.fixture
def read():
    """`read("--count", "2")`: the parameters that reach the operator, and the common flags."""
    seen = []

    def act(one, params, **common):
        seen.append((params, common))

    command = offered.command("run", everything, [offered.option("seed", int, 0, "Same seed, same choices.")], act)

    def run(*arguments, video="a.mp4"):
        command.main(["--video", video, *arguments], standalone_mode=False)
        return seen[-1]

    return run


FLAGS = {flag.name: flag for flag in flags.of(Everything.model_json_schema())}


@pytest.mark.parametrize(
    ("name", "kind", "many", "required"),
    [
        pytest.param("video", "file", False, True, id="file"),
        pytest.param("count", "integer", False, False, id="integer"),
        pytest.param("step", "number", False, False, id="number"),
        pytest.param("mode", "string", False, False, id="choice"),
        pytest.param("loud", "boolean", False, False, id="truth-value"),
        pytest.param("words", "string", True, False, id="tuple"),
        pytest.param("sizes", "integer", True, False, id="optional-list"),
        pytest.param("height", "integer", False, False, id="optional"),
        pytest.param("track", "json", False, False, id="record"),
        pytest.param("tracks", "json", False, False, id="list-of-records"),
    ],
)
def test_a_parameter_becomes_a_flag_of_its_kind(name, kind, many, required):
    flag = FLAGS[name]

    assert (flag.kind, flag.many, flag.required) == (kind, many, required)


def test_limits_choices_and_file_kinds_are_kept():
    assert (FLAGS["count"].least, FLAGS["count"].most) == (1, 20)
    assert FLAGS["height"].least == 64
    assert FLAGS["mode"].choices == ("fast", "good")
    assert FLAGS["video"].file == "video"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("step", "In s. More than 0.", id="unit-and-open-limit"),
        pytest.param("count", r"\[default: 3]", id="default"),
        pytest.param("sizes", r"Sizes \[in order].", id="brackets-are-no-markup"),
        pytest.param("tracks", "As JSON.", id="json"),
    ],
)
def test_the_help_tells(name, told):
    assert told in FLAGS[name].help


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        pytest.param(["--count", "7"], {"count": 7}, id="integer"),
        pytest.param(["--step", "0.25"], {"step": 0.25}, id="number"),
        pytest.param(["--mode", "good"], {"mode": "good"}, id="choice"),
        pytest.param(["--channels", "1"], {"channels": 1}, id="choice-of-numbers"),
        pytest.param(["--loud"], {"loud": True}, id="on"),
        pytest.param(["--no-loud"], {"loud": False}, id="off"),
        pytest.param(["--words", "a", "--words", "b c"], {"words": ("a", "b c")}, id="repeated"),
        pytest.param(["--sizes", "2", "--sizes", "1"], {"sizes": [2, 1]}, id="repeated-integers"),
        pytest.param(["--track", '{"file": "b.wav"}'], {"track": Track(file="b.wav")}, id="json"),
        pytest.param(
            ["--tracks", '[{"file": "b.wav", "gain": -3}]'],
            {"tracks": (Track(file="b.wav", gain=-3),)},
            id="json-list",
        ),
        pytest.param(["--param-seed", "5"], {"seed": 5}, id="name-of-a-common-flag"),
        pytest.param([], {}, id="nothing"),
    ],
)
def test_what_is_given_reaches_the_operator_and_nothing_else(read, arguments, wanted):
    params, common = read(*arguments)

    # Only what was given is set: the memo's key knows the difference.
    assert params.model_fields_set == {"video", *wanted}
    assert {name: getattr(params, name) for name in wanted} == wanted
    assert common == {"seed": 0}


def test_a_common_flag_keeps_its_name(read):
    params, common = read("--seed", "9", "--param-seed", "5")

    assert (params.seed, common) == (5, {"seed": 9})


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        pytest.param(["--count", "21"], InvalidParameter, "--count is 21: ", id="too-many"),
        pytest.param(["--step", "0"], InvalidParameter, "--step is 0.0: ", id="open-limit"),
        pytest.param(["--track", "{"], InvalidParameter, "--track is '{', which is no JSON", id="no-json"),
        pytest.param(["--track", "{}"], InvalidParameter, "--track.file is missing", id="inside-json"),
        pytest.param(["--count", "many"], InvalidParameter, "--count is 'many': ", id="no-number"),
        pytest.param(["--mode", "best"], InvalidParameter, "--mode is 'best': ", id="no-choice"),
        pytest.param(["--colour", "red"], TyperException, "--colour", id="no-flag"),
    ],
)
def test_what_is_wrong_is_named_with_its_value(read, arguments, error, told):
    with pytest.raises(error) as raised:
        read(*arguments)

    assert told in str(raised.value.message)


def test_a_missing_flag_is_named():
    with pytest.raises(MissingParameter, match="--video is missing"):
        flags.values(list(FLAGS.values()), {})


def test_the_example_has_every_required_flag():
    assert flags.example("run test.everything", list(FLAGS.values())) == (
        "reelwright run test.everything --video in.mp4 --count 3"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("no/such.mp4", "which is no file here", id="absent"),
        pytest.param("oss://bucket/key", "an address", id="address"),
        pytest.param(".", "which is no file here", id="folder"),
    ],
)
def test_what_is_no_local_file_is_refused(text, told):
    with pytest.raises(InvalidParameter, match=told):
        flags.local_file(text, "--video")
