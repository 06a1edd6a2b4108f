"""`VideoDelogo` on the wire: what is looked for, and where."""

import json

import pytest
from alibabacloud_ice20201109 import models as m
from alibabacloud_tea_openapi.exceptions import ClientException

from reelwright.errors import InvalidParameter
from reelwright.faces import wire
from reelwright.faces.ice.functions import FunctionResult, submission
from reelwright.faces.ice.iproduction import ASKED
from reelwright.jobs.job import Status

BOXES = "[[0,0,0.3,0.3],[0.7,0,0.3,0.3]]"


def asked(job_params=None, output="oss://b/out.mp4"):
    given = {
        "FunctionName": "VideoDelogo",
        "Input": '{"Type":"OSS","Media":"oss://media/in.mp4"}',
        "Output": json.dumps({"Type": "OSS", "Media": output}),
        **({} if job_params is None else {"JobParams": json.dumps(job_params)}),
    }
    return submission(wire.read(ASKED, given))


@pytest.mark.parametrize(
    ("job_params", "params"),
    [
        pytest.param(None, {}, id="nothing-said"),
        pytest.param({"LogoModel": "tv"}, {"logo_model": ["tv"]}, id="one-model"),
        pytest.param({"LogoModel": "internet, tv"}, {"logo_model": ["internet", "tv"]}, id="both"),
        pytest.param({"Boxes": BOXES}, {"boxes": [[0, 0, 0.3, 0.3], [0.7, 0, 0.3, 0.3]]}, id="boxes"),
        pytest.param({"Boxes": [[0, 0, 0.3, 0.3]]}, {"boxes": [[0, 0, 0.3, 0.3]]}, id="a-list"),
        pytest.param({"LogoModel": "", "Boxes": ""}, {}, id="empty"),
    ],
)
def test_job_params_become_params(job_params, params):
    job = asked(job_params)
    assert (job.operator, job.params) == ("video.delogo", {"video": "oss://media/in.mp4", **params})


@pytest.mark.parametrize(
    ("job_params", "field"),
    [
        pytest.param({"LogoModel": "radio"}, "LogoModel", id="no-such-model"),
        pytest.param({"LogoModel": "tv,radio"}, "LogoModel", id="one-of-them"),
        pytest.param({"Boxes": "[[0,0,0.3]]"}, "Boxes", id="three-numbers"),
        pytest.param({"Boxes": "top right"}, "Boxes", id="words"),
        pytest.param({"Boxes": [[0, 0, 0.1, 0.1]] * 3}, "Boxes", id="three-boxes"),
    ],
)
def test_what_cannot_be_read_is_refused(job_params, field):
    with pytest.raises(InvalidParameter) as caught:
        asked(job_params)
    assert caught.value.field == f"JobParams.{field}"


def test_the_result_is_an_empty_object():
    job = {"status": Status.SUCCEEDED, "wire": {"function": "VideoDelogo"}, "result": {"video": "x"}}
    assert wire.write({"Result": FunctionResult("")}, job)["Result"] == "{}"


def submitted(client, job_params):
    request = m.SubmitIProductionJobRequest(
        function_name="VideoDelogo",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/out.mp4"),
        job_params=json.dumps(job_params),
    )
    return client.submit_iproduction_job(request).body.job_id


def test_the_vendors_client_submits_it(client):
    job_id = submitted(client, {"LogoModel": "tv,internet", "Boxes": BOXES})

    job = client.query_iproduction_job(m.QueryIProductionJobRequest(job_id=job_id)).body
    assert (job.function_name, job.status) == ("VideoDelogo", "Queuing")


@pytest.mark.parametrize(
    "boxes",
    [
        pytest.param("[[0,0,0.1,0.1],[0.2,0,0.1,0.1],[0.4,0,0.1,0.1]]", id="three"),
        pytest.param("[[0.8,0,0.3,0.3]]", id="beyond-the-frame"),
        pytest.param("[[0,0,0,0.3]]", id="no-width"),
    ],
)
def test_impossible_boxes_are_refused_when_they_are_submitted(client, boxes):
    with pytest.raises(ClientException, match=r"JobParams\.Boxes"):
        submitted(client, {"Boxes": boxes})
