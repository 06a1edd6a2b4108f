"""`VideoGreenScreenMatting` on the wire: the background, and what the output's suffix asks for."""

import json

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status

GROUND = "oss://b/beach.png"


def asked(job_params, output):
    given = {
        "FunctionName": "VideoGreenScreenMatting",
        "Input": '{"Type":"OSS","Media":"oss://media/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **({} if job_params is None else {"JobParams": json.dumps(job_params)}),
    }
    return submission(wire.read(ASKED, given))


def submitted(client, job_params, output):
    request = m.SubmitIProductionJobRequest(
        function_name="VideoGreenScreenMatting",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media=output),
        job_params=json.dumps(job_params),
    )
    return client.submit_iproduction_job(request).body.job_id


@pytest.mark.parametrize(
    ("job_params", "output", "params"),
    [
        pytest.param(None, "oss://b/out.webm", {"alpha_format": "webm"}, id="webm"),
        pytest.param({"bgimage": ""}, "oss://b/out.webm", {"alpha_format": "webm"}, id="an-empty-background"),
        pytest.param({}, "oss://b/out.mov", {"alpha_format": "prores"}, id="mov"),
        pytest.param({}, "oss://b/out", {}, id="no-suffix"),
        pytest.param({"bgimage": GROUND}, "oss://b/out.MP4", {"background": GROUND, "alpha_format": "none"}, id="mp4"),
        pytest.param({"bgimage": GROUND}, "oss://b/out", {"background": GROUND}, id="background-no-suffix"),
    ],
)
def test_the_background_and_the_suffix_become_params(job_params, output, params):
    job = asked(job_params, output)
    assert (job.operator, job.params) == ("video.greenscreen", {"video": "oss://media/in.mp4", **params})


def test_another_format_is_refused():
    with pytest.raises(InvalidParameter, match=r"ends in \.gif, but .* writes \.mp4, \.webm, \.mov"):
        asked({}, "oss://b/out.gif")


def test_the_result_is_an_empty_object():
    job = {"status": Status.SUCCEEDED, "wire": {"function": "VideoGreenScreenMatting"}, "result": {"video": "x"}}
    assert wire.write({"Result": FunctionResult("")}, job)["Result"] == "{}"


def test_the_vendors_client_submits_it(client):
    job_id = submitted(client, {"bgimage": "oss://media/in.mp4"}, "oss://media/out.mp4")

    job = client.query_iproduction_job(m.QueryIProductionJobRequest(job_id=job_id)).body
    assert (job.function_name, job.status) == ("VideoGreenScreenMatting", "Queuing")


@pytest.mark.parametrize(
    ("job_params", "output", "told"),
    [
        pytest.param({}, "out.mp4", "an MP4 has no transparency: give a background", id="mp4-of-nothing"),
        pytest.param({"bgimage": "oss://media/in.mp4"}, "out.webm", "nothing is transparent", id="webm"),
        pytest.param({"bgimage": "oss://media/in.mp4"}, "out.mov", "nothing is transparent", id="mov"),
        pytest.param({"bgimage": "oss://media/none.png"}, "out.mp4", r"JobParams\.bgimage", id="no-such-picture"),
    ],
)
def test_contradictions_are_refused_when_they_are_submitted(client, job_params, output, told):
    with pytest.raises(ClientException, match=told) as caught:
        submitted(client, job_params, f"oss://media/{output}")
    assert "params." not in caught.value.message.replace("JobParams.", "")
