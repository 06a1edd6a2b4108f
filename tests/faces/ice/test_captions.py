"""`CaptionExtraction` on the wire: region, language, track and format, as texts or values."""

import json

import pytest

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status


def asked(job_params=None, output="oss://b/out.srt"):
    given = {
        "FunctionName": "CaptionExtraction",
        "Input": '{"Type":"OSS","Media":"oss://media/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **({} if job_params is None else {"JobParams": json.dumps(job_params)}),
    }
    return submission(wire.read(ASKED, given))


@pytest.mark.parametrize(
    ("job_params", "params"),
    [
        pytest.param(None, {}, id="nothing-said"),
        pytest.param(
            {"fps": 3, "roi": [[0.5, 1], [0, 1]], "lang": "ch_ml", "track": "main"},
            {"fps": 3, "roi": [[0.5, 1], [0, 1]], "lang": "ch_ml", "track": "main"},
            id="values",
        ),
        pytest.param(
            {"fps": "10", "roi": "[[0.5,1],[0.1,0.9]]", "lang": "en"},
            {"fps": 10, "roi": [[0.5, 1], [0.1, 0.9]], "lang": "en"},
            id="texts",
        ),
        pytest.param({"fps": "", "roi": "", "lang": "", "track": ""}, {"track": "all"}, id="empty"),
        pytest.param({"sep": True, "formatter": "srt"}, {"split": True}, id="sister-product"),
    ],
)
def test_job_params_become_params(job_params, params):
    job = asked(job_params)
    assert (job.operator, job.params) == ("video.captions", {"video": "oss://media/in.mp4", "format": "srt", **params})


@pytest.mark.parametrize(
    ("output", "kind"), [("oss://b/a.srt", "srt"), ("oss://b/a.vtt", "vtt"), ("oss://b/a.ass", "ass")]
)
def test_the_suffix_says_the_format(output, kind):
    assert asked(output=output).params["format"] == kind


def test_no_suffix_leaves_the_format_to_the_operator():
    assert "format" not in asked(output="oss://b/{source}").params


@pytest.mark.parametrize(
    ("job_params", "field"),
    [
        ({"fps": 1}, "JobParams.fps"),
        ({"fps": 11}, "JobParams.fps"),
        ({"fps": 2.5}, "JobParams.fps"),
        ({"roi": [[0.5, 1, 0]]}, "JobParams.roi"),
        ({"roi": "lower half"}, "JobParams.roi"),
        ({"roi": [0.5, 1]}, "JobParams.roi"),
        ({"roi": [[0.5, 1]]}, "JobParams.roi"),
        ({"roi": [[0.5, 1], [0, 1], [0, 1]]}, "JobParams.roi"),
        ({"lang": "fr"}, "JobParams.lang"),
        ({"track": "second"}, "JobParams.track"),
        ({"sep": "yes"}, "JobParams.sep"),
        ({"formatter": "vtt"}, "Output.Media"),
    ],
)
def test_what_cannot_be_is_refused_by_its_wire_name(job_params, field):
    with pytest.raises(InvalidParameter) as caught:
        asked(job_params)
    assert caught.value.field == field


def test_the_result_is_an_empty_object():
    job = {"status": Status.SUCCEEDED, "wire": {"function": "CaptionExtraction"}, "result": {"subtitles": "link:b/a"}}
    assert wire.write({"Result": FunctionResult("")}, job)["Result"] == "{}"
