"""The function table agrees with the operators, and a submission says what the request meant."""

import json

import pytest

from reelwright import operators
from reelwright.errors import FunctionNotSupported, InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FAMILY, FUNCTIONS, LIST, NAMES, OFFERED, FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Failure, Status
from reelwright.operators import files

PUBLISHED = [
    *("Cover", "VideoClip", "VideoDelogo", "VideoDetext", "CaptionExtraction", "VideoGreenScreenMatting"),
    *("FaceBeauty", "VideoH2V", "MusicSegmentDetect", "AudioBeatDetection", "AudioQualityAssessment"),
    *("SpeechDenoise", "AudioMixing", "MusicDemix"),
]


def wanted(function="Cover", output="oss://b/o", **given):
    asked = {
        "FunctionName": function,
        "Input": '{"Type":"OSS","Media":"oss://b/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **given,
    }
    return submission(wire.read(ASKED, asked))


def test_all_fourteen_functions_are_known():
    assert sorted(FUNCTIONS) == sorted(PUBLISHED)
    assert len(LIST) == len(FUNCTIONS)


@pytest.mark.parametrize("function", OFFERED, ids=lambda function: function.name)
def test_every_param_that_a_function_gives_exists_in_its_operator(function):
    operator = operators.load(function.operator)
    implied = {name for params in function.formats.values() for name in params}
    given = {function.source, *wire.names(function.takes), *implied}
    assert given <= operator.params.model_fields.keys()
    needed = {name: "in" for name, one in operator.params.model_fields.items() if one.is_required()}
    assert needed.keys() <= given
    for params in function.formats.values():
        beside = {"background": "in"} if params.get("alpha_format") == "none" else {}  # an MP4 is not transparent
        model = operator.params.model_validate({**needed, **beside, **params})
        assert [path for path, _, _ in files.fields(model)] == [(name,) for name in (*needed, *beside)]


def test_every_renamed_param_exists_in_an_operator():
    fields = set().union(*(operators.load(one.operator).params.model_fields for one in OFFERED))
    assert {name.removeprefix("params.") for name in NAMES} <= fields


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({}, {"video": "oss://b/in.mp4"}),
        ({"JobParams": ""}, {"video": "oss://b/in.mp4"}),
        ({"JobParams": "{}"}, {"video": "oss://b/in.mp4"}),
        ({"JobParams": '{"Model":""}'}, {"video": "oss://b/in.mp4", "model": "still"}),
        ({"JobParams": '{"Model":"gif"}'}, {"video": "oss://b/in.mp4", "model": "gif"}),
        ({"output": "oss://b/o.png"}, {"video": "oss://b/in.mp4", "model": "still", "image_format": "png"}),
        ({"output": "oss://b/o.JPEG"}, {"video": "oss://b/in.mp4", "model": "still", "image_format": "jpg"}),
        ({"output": "oss://b/o.gif"}, {"video": "oss://b/in.mp4", "model": "gif"}),
        ({"output": "oss://b/o.gif", "JobParams": '{"Model":"gif"}'}, {"video": "oss://b/in.mp4", "model": "gif"}),
        ({"output": "oss://b/v1.2/{source}"}, {"video": "oss://b/in.mp4"}),
        ({"output": "oss://b/o.{sequenceId}"}, {"video": "oss://b/in.mp4"}),
        ({"output": "oss://b/dir/"}, {"video": "oss://b/in.mp4"}),
        ({"function": "VideoH2V", "output": "oss://b/o.mp4"}, {"video": "oss://b/in.mp4"}),
        ({"function": "SpeechDenoise", "output": "oss://b/o.WAV"}, {"audio": "oss://b/in.mp4"}),
        ({"function": "MusicDemix", "output": "oss://b/{resultType}.wav"}, {"audio": "oss://b/in.mp4"}),
    ],
    ids=str,
)
def test_the_params_of_the_operator(given, params):
    made = wanted(**given)
    assert made.params == params
    assert made.operator == FUNCTIONS[given.get("function", "Cover")].operator
    assert (made.face, made.destination) == (FAMILY, given.get("output", "oss://b/o"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"output": "oss://b/o.mp4"}, r"ends in \.mp4, but Cover writes \.png, \.jpg, \.jpeg, \.gif"),
        ({"output": "oss://b/o.mp3", "function": "SpeechDenoise"}, r"SpeechDenoise writes \.wav"),
        ({"output": "oss://b/{resultType}.mp3", "function": "MusicDemix"}, r"MusicDemix writes \.wav"),
        ({"output": "oss://b/o.mov", "function": "VideoH2V"}, r"VideoH2V writes \.mp4"),
        ({"output": "oss://b/o.png", "JobParams": '{"Model":"gif"}'}, r"ends in \.png, but JobParams\.Model"),
        ({"output": "oss://b/o.gif", "JobParams": '{"Model":""}'}, r"ends in \.gif, but JobParams\.Model"),
    ],
    ids=str,
)
def test_an_output_of_a_format_that_is_not_written_is_refused(given, told):
    with pytest.raises(InvalidParameter, match=told) as caught:
        wanted(**given)
    assert caught.value.field == "Output.Media"


def test_job_params_that_nobody_knows_are_ignored_and_stand_in_the_log(caplog):
    with caplog.at_level("INFO"):
        made = wanted(JobParams='{"Modell":"gif","x":1}')
    assert made.params == {"video": "oss://b/in.mp4"}
    assert made.wire["job_params"] == '{"Modell":"gif","x":1}'
    assert [(one.function, one.ignored) for one in caplog.records] == [("Cover", ["Modell", "x"])]


def test_defaults_are_the_houses():
    made = wanted()
    assert (made.priority, made.pipeline) == (6, "default")
    assert wanted(ScheduleConfig='{"PipelineId":"","Priority":""}').pipeline == "default"
    assert wanted(ScheduleConfig='{"PipelineId":"abc","Priority":1}').pipeline == "abc"


@pytest.mark.parametrize("name", [one.name for one in LIST if one.because])
def test_a_function_that_is_not_offered_says_why(name):
    with pytest.raises(FunctionNotSupported, match=f"not offer {name}: .*it offers Cover, VideoH2V, SpeechDenoise"):
        wanted(name)


def test_an_unknown_function_lists_the_known():
    with pytest.raises(FunctionNotSupported) as caught:
        wanted("Covr")
    assert all(name in caught.value.message for name in PUBLISHED)


@pytest.mark.parametrize(
    ("job", "result"),
    [
        ({"status": Status.QUEUED}, None),
        ({"status": Status.RUNNING}, None),
        ({"status": Status.SUCCEEDED, "wire": {"function": "VideoH2V"}, "result": {"video": "x"}}, {}),
        ({"status": Status.SUCCEEDED, "wire": {"function": "Cover"}, "result": {"covers": []}}, []),
        (
            {"status": Status.FAILED, "failure": Failure("NoVideo", "it has no picture")},
            {"Code": "NoVideo", "Message": "it has no picture"},
        ),
        (
            {"status": Status.CANCELLED, "failure": None},
            {"Code": "Cancelled", "Message": "the job was cancelled"},
        ),
    ],
    ids=["queued", "running", "nothing-to-tell", "an-empty-list", "failed", "cancelled"],
)
def test_the_result_of_every_end(job, result):
    told = wire.write({"Result": FunctionResult("")}, job).get("Result")
    assert (told and json.loads(told)) == result
