"""`VideoClip` on the wire: the spans cut from the source, as seconds in texts."""

import json

import pytest

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status


def wanted(output):
    asked = {
        "FunctionName": "VideoClip",
        "Input": '{"Type":"OSS","Media":"oss://b/film.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
    }
    return submission(wire.read(ASKED, asked))


@pytest.mark.parametrize(
    ("clips", "told"),
    [
        ([(0.28, 5.28)], [{"StartTime": "0.28", "EndTime": "5.28"}]),
        (
            [(0, 2.0), (7.04036667, 9.5)],
            [{"StartTime": "0.0", "EndTime": "2.0"}, {"StartTime": "7.04", "EndTime": "9.5"}],
        ),
    ],
    ids=["the-vendor's-example", "to-the-millisecond"],
)
def test_the_result_lists_what_was_cut_from_the_source(clips, told):
    result = {"clips": [{"start": start, "end": end, "groups": [0], "worth": 0.5} for start, end in clips]}
    job = {"status": Status.SUCCEEDED, "wire": {"function": "VideoClip"}, "result": result}
    assert json.loads(wire.write({"Result": FunctionResult("")}, job)["Result"]) == {"VideoSummaryList": told}


@pytest.mark.parametrize("output", ["oss://b/short.mp4", "oss://b/short"], ids=["mp4", "no-suffix"])
def test_the_input_is_the_video_of_the_operator(output):
    meant = wanted(output)
    assert (meant.operator, meant.params) == ("video.summary", {"video": "oss://b/film.mp4"})


def test_another_format_is_refused():
    with pytest.raises(InvalidParameter, match=r"ends in .gif, but VideoClip writes .mp4"):
        wanted("oss://b/short.gif")
