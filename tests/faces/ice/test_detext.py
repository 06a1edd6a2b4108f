"""`VideoDetext` on the wire: regions, times and models, as texts or lists."""

import json

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status

NEW = "algo-video-detext-new"


def asked(job_params=None, model=None, output="oss://b/out.mp4"):
    given = {
        "FunctionName": "VideoDetext",
        "Input": '{"Type":"OSS","Media":"oss://media/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **({} if job_params is None else {"JobParams": json.dumps(job_params)}),
        **({} if model is None else {"ModelId": model}),
    }
    return submission(wire.read(ASKED, given))


@pytest.mark.parametrize(
    ("job_params", "model", "params"),
    [
        pytest.param(None, None, {"method": "quick"}, id="nothing-said"),
        pytest.param({}, "", {"method": "quick"}, id="no-model"),
        pytest.param({}, NEW, {"method": "thorough"}, id="new-model"),
        pytest.param(
            {"LimitRegion": [[0, 0.7, 1, 0.3]], "Time": [0, 12.5]},
            None,
            {"method": "quick", "regions": [[0, 0.7, 1, 0.3]], "times": [[0, 12.5]]},
            id="lists",
        ),
        pytest.param(
            {"LimitRegion": "[[0,0.7,1,0.3],[0,0,1,0.1]]", "Time": "[[0,1],[2,3]]"},
            NEW,
            {"method": "thorough", "regions": [[0, 0.7, 1, 0.3], [0, 0, 1, 0.1]], "times": [[0, 1], [2, 3]]},
            id="texts",
        ),
        pytest.param({"LimitRegion": "", "Time": ""}, None, {"method": "quick"}, id="empty"),
    ],
)
def test_job_params_and_model_become_params(job_params, model, params):
    job = asked(job_params, model)
    assert (job.operator, job.params) == ("video.detext", {"video": "oss://media/in.mp4", **params})


@pytest.mark.parametrize(
    ("job_params", "field"),
    [
        ({"LimitRegion": [[0, 0.7, 1]]}, "LimitRegion"),
        ({"LimitRegion": {"x": 1}}, "LimitRegion"),
        ({"LimitRegion": [["a", 0, 1, 1]]}, "LimitRegion"),
        ({"LimitRegion": []}, "LimitRegion"),
        ({"Time": 12}, "Time"),
        ({"Time": [1, 2, 3]}, "Time"),
        ({"Time": [True, False]}, "Time"),
    ],
)
def test_what_is_no_list_of_numbers_is_refused(job_params, field):
    with pytest.raises(InvalidParameter, match=f"JobParams.{field} is .*give lists of") as caught:
        asked(job_params)
    assert caught.value.field == f"JobParams.{field}"


def test_an_unknown_model_is_refused():
    with pytest.raises(InvalidParameter, match=f"ModelId is 'old'.*{NEW}") as caught:
        asked({}, "old")
    assert caught.value.field == "ModelId"


def test_another_format_is_refused():
    with pytest.raises(InvalidParameter, match=r"ends in \.webm, but .* writes \.mp4"):
        asked({}, output="oss://b/out.webm")


def test_the_result_is_an_empty_object():
    job = {"status": Status.SUCCEEDED, "wire": {"function": "VideoDetext"}, "result": {"video": "x", "frames": 3}}
    assert wire.write({"Result": FunctionResult("")}, job)["Result"] == "{}"


def submitted(client, job_params, model=None):
    request = m.SubmitIProductionJobRequest(
        function_name="VideoDetext",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/out.mp4"),
        job_params=json.dumps(job_params),
        model_id=model,
    )
    return client.submit_iproduction_job(request).body.job_id


def test_the_vendors_client_submits_it(client):
    job_id = submitted(client, {"Time": [[0, 1], [2, 3]]}, NEW)
    job = client.query_iproduction_job(m.QueryIProductionJobRequest(job_id=job_id)).body
    assert (job.function_name, job.status) == ("VideoDetext", "Queuing")


@pytest.mark.parametrize(
    ("job_params", "told"),
    [
        pytest.param({"Time": [[0, 1], [2, 3]]}, f"JobParams.Time.*{NEW}", id="spans-without-the-new-model"),
        pytest.param({"Time": [3, 1]}, "JobParams.Time.*ends after it began", id="backwards"),
        pytest.param({"LimitRegion": [[0, 0, 2, 1]]}, "JobParams.LimitRegion.*shares of the frame", id="too-wide"),
    ],
)
def test_faults_name_the_wires_field(client, job_params, told):
    with pytest.raises(ClientException, match=told):
        submitted(client, job_params)
