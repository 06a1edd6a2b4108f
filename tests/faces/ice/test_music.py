"""The vendor's music documents: choruses as a list of numbers and words, beats in a file alone."""

import json

import pytest

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status

CHORUS = {"start": 39.32, "end": 63.85, "title": "副歌", "likeness": 0.98, "key_change": 0}


def told(function, result):
    job = {"status": Status.SUCCEEDED, "wire": {"function": function}, "result": result}
    return wire.write({"Result": FunctionResult("")}, job)["Result"]


def wanted(function, output):
    asked = {
        "FunctionName": function,
        "Input": '{"Type":"OSS","Media":"oss://b/song.mp3"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
    }
    return submission(wire.read(ASKED, asked))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_choruses_are_a_list_of_start_end_and_title(count):
    result = told("MusicSegmentDetect", {"choruses": [CHORUS] * count, "table": "link:b/c.json", "tempo": 120.0})
    assert json.loads(result) == [{"start": 39.32, "end": 63.85, "title": "副歌"}] * count


def test_the_result_of_beats_is_an_empty_object():
    assert told("AudioBeatDetection", {"beats": "link:b/beats.json", "count": 3, "tempo": 120.0}) == "{}"


@pytest.mark.parametrize(
    ("function", "operator"), [("MusicSegmentDetect", "audio.chorus"), ("AudioBeatDetection", "audio.beats")]
)
@pytest.mark.parametrize("output", ["oss://b/out.json", "oss://b/out"], ids=["json", "no-suffix"])
def test_the_input_is_the_audio_of_the_operator(function, operator, output):
    meant = wanted(function, output)
    assert (meant.operator, meant.params) == (operator, {"audio": "oss://b/song.mp3"})


@pytest.mark.parametrize("function", ["MusicSegmentDetect", "AudioBeatDetection"])
def test_another_format_is_refused(function):
    with pytest.raises(InvalidParameter, match=r"ends in .wav, but .* writes .json"):
        wanted(function, "oss://b/out.wav")
