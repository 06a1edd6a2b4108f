"""The vendor's own client against a real server, in every way that it can be set up."""

import json
import re

import pytest
from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.models import Config as CredentialsConfig
from alibabacloud_ice20201109 import models as m
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException, ThrottlingException

from reelwright.errors import Throttled
from reelwright.jobs.job import Failure

PARAMS = '{ "Model" : "" }'  # spaces and all: texts come back unchanged
STILL_TEMPLATE = "5d1f8a3c0b7e4926a1c40e93d27b8f01"  # of the system
USER = '{"NotifyAddress":"http://example.test/x","naïve":"文"}'


def cover(**given) -> m.SubmitIProductionJobRequest:
    own = {
        "function_name": "Cover",
        "input": m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        "output": m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/cover/{source}-{sequenceId}.png"),
    }
    return m.SubmitIProductionJobRequest(**{**own, **given})


def asked(client: Client, job_id: str) -> m.QueryIProductionJobResponseBody:
    return client.query_iproduction_job(m.QueryIProductionJobRequest(job_id=job_id)).body


def test_a_job_from_submit_to_result(client, worker, address):
    given = {"name": "封面 1", "job_params": PARAMS, "user_data": USER, "template_id": STILL_TEMPLATE}
    submitted = client.submit_iproduction_job(cover(**given, **schedule(pipeline_id="", priority=8)))
    assert submitted.status_code == 200
    assert submitted.body.request_id == submitted.body.request_id.upper()

    waiting = asked(client, submitted.body.job_id)
    assert (waiting.status, waiting.result, waiting.finish_time) == ("Queuing", None, None)
    assert (waiting.function_name, waiting.name, waiting.template_id) == ("Cover", "封面 1", STILL_TEMPLATE)
    assert (waiting.job_params, waiting.user_data) == (PARAMS, USER)
    assert (waiting.input.type, waiting.input.media) == ("OSS", "oss://media/in.mp4")
    assert (waiting.output.type, waiting.output.media) == ("OSS", "oss://media/cover/{source}-{sequenceId}.png")
    assert (waiting.schedule_config.priority, waiting.schedule_config.pipeline_id) == (8, "")
    assert waiting.output_files == waiting.output_urls == waiting.output_media_ids == []

    claim = worker.claim()
    assert asked(client, submitted.body.job_id).status == "Analysing"
    worker.fail(claim, Failure("NoVideo", "in.mp4 has no picture; give a video", False, "params.video"))

    failed = asked(client, submitted.body.job_id)
    assert failed.status == "Fail"
    assert json.loads(failed.result) == {"Code": "NoVideo", "Message": "in.mp4 has no picture; give a video"}


def test_covers_are_told_best_first_with_keys_and_links(client, worker, address):
    job_id = client.submit_iproduction_job(cover()).body.job_id
    worker.make_covers()

    done = asked(client, job_id)

    assert done.status == "Success"
    assert done.output_files == ["cover/in-00001.png", "cover/in-00002.png"]
    assert [url.partition("?")[0] for url in done.output_urls] == [
        f"http://{address}/media/cover/in-00001.png",
        f"http://{address}/media/cover/in-00002.png",
    ]
    assert all("Signature=" in url for url in done.output_urls)
    assert json.loads(done.result) == [
        {"Score": 8.270855992569906, "Time": "4640.0", "Url": "cover/in-00001.png"},
        {"Score": 7.5, "Time": "28278.25", "Url": "cover/in-00002.png"},
    ]
    assert done.schedule_config.priority == 6
    assert done.create_time <= done.finish_time
    assert len(done.create_time) == len("2026-01-02T03:04:05Z")


def test_an_output_has_a_second_address_only_as_an_asset(client):
    given = {"output_url": "oss://media/asset/{source}.png"}

    plain = asked(client, client.submit_iproduction_job(cover(**target("oss://media/x.png", **given))).body.job_id)
    asset = asked(client, client.submit_iproduction_job(cover(**target("", "Media", **given))).body.job_id)

    assert plain.output.to_map() == {"Type": "OSS", "Media": "oss://media/x.png"}
    assert asset.output.to_map() == {"Type": "Media", "Media": "", "OutputUrl": "oss://media/asset/{source}.png"}


def test_a_cancelled_job_has_failed(client):
    job_id = client.submit_iproduction_job(cover()).body.job_id
    request = m.CancelIProductionJobRequest(job_id=job_id, client_token="once")

    assert client.cancel_iproduction_job(request).body.message == "Success"

    job = asked(client, job_id)
    assert (job.status, json.loads(job.result)["Code"]) == ("Fail", "Cancelled")
    with pytest.raises(ClientException, match="CANCELLED") as caught:
        client.cancel_iproduction_job(request)
    assert (caught.value.status_code, caught.value.code) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="v3"),
        pytest.param({"signature_algorithm": "v2"}, id="v1"),
        pytest.param({"security_token": "sts-1"}, id="v3-sts"),
        pytest.param({"security_token": "sts-1", "signature_algorithm": "v2"}, id="v1-sts"),
        pytest.param({"endpoint": "{address}/prefix"}, id="endpoint-with-a-path"),
        pytest.param({"endpoint": "http://{address}", "protocol": None}, id="endpoint-that-is-a-url"),
        pytest.param({"protocol": "HTTP"}, id="upper-case-protocol"),
        pytest.param({"region_id": "cn-shanghai"}, id="region"),
    ],
)
def test_every_way_to_set_up_the_client(connect, address, given, later):
    given = {name: value and value.replace("{address}", address) for name, value in given.items()}
    client = connect(**given)
    job_id = client.submit_iproduction_job(cover(name="a b~*+/中")).body.job_id
    assert asked(client, job_id).name == "a b~*+/中"

    async def both() -> tuple[str, str]:
        submitted = await client.submit_iproduction_job_async(cover(name="later"))
        told = await client.query_iproduction_job_async(m.QueryIProductionJobRequest(job_id=submitted.body.job_id))
        return told.body.name, told.body.status

    assert later(both()) == ("later", "Queuing")


@pytest.mark.parametrize("algorithm", [None, "v2"], ids=["v3", "v1"])
def test_a_bearer_token_is_an_api_key(connect, key, algorithm):
    credential = Credentials(CredentialsConfig(type="bearer", bearer_token=key.api_key))
    client = connect(access_key_id=None, access_key_secret=None, credential=credential, signature_algorithm=algorithm)
    assert client.submit_iproduction_job(cover()).body.job_id


def test_links_lead_to_where_the_client_reached_the_server(connect, worker, address):
    client = connect(endpoint=f"http://{address}", protocol=None)
    job_id = client.submit_iproduction_job(cover()).body.job_id
    worker.make_covers()
    assert asked(client, job_id).output_urls[0].startswith(f"http://{address}/media/cover/in-00001.png?")


def refusal(client: Client, request: m.SubmitIProductionJobRequest) -> ClientException:
    with pytest.raises(ClientException) as caught:
        client.submit_iproduction_job(request)
    assert caught.value.request_id
    return caught.value


def source(media: str | None, kind: str | None = "OSS") -> dict[str, m.SubmitIProductionJobRequestInput]:
    return {"input": m.SubmitIProductionJobRequestInput(type=kind, media=media)}


def target(media: str, kind: str = "OSS", **more: str) -> dict[str, m.SubmitIProductionJobRequestOutput]:
    return {"output": m.SubmitIProductionJobRequestOutput(type=kind, media=media, **more)}


def schedule(**given: object) -> dict[str, m.SubmitIProductionJobRequestScheduleConfig]:
    return {"schedule_config": m.SubmitIProductionJobRequestScheduleConfig(**given)}


FUNCTION_NOT_SUPPORTED = "InvalidParameter.FunctionNotSupported"
MISSING = [
    pytest.param({"function_name": None}, "FunctionName", id="function"),
    pytest.param({"input": None}, "Input ", id="input"),
    pytest.param(source(None), "Input.Media", id="input-media"),
    pytest.param(source("oss://media/in.mp4", None), "Input.Type", id="input-type"),
    pytest.param(target(""), "Output.Media", id="output-media"),
]
WRONG = [
    pytest.param({"job_params": "[1]"}, r"JobParams is '\[1\]'; give a JSON object", id="params-no-object"),
    pytest.param({"job_params": '{"Model":'}, "JobParams is .*JSON", id="params-no-json"),
    pytest.param({"job_params": '{"Model":"x"}'}, "JobParams.Model is 'x'; give '' or gif", id="params-value"),
    pytest.param({"job_params": '{"Model":7}'}, "JobParams.Model is 7; give", id="params-type"),
    pytest.param(schedule(priority=11), "ScheduleConfig.Priority is 11; .* 1 to 10", id="priority-above"),
    pytest.param(schedule(priority=0), "ScheduleConfig.Priority is 0; .* 1 to 10", id="priority-below"),
    pytest.param(schedule(priority="high"), "ScheduleConfig.Priority is 'high'", id="priority-word"),
    pytest.param({"name": "n" * 101}, "Name is 101 .*100", id="long-name"),
    pytest.param({"user_data": "n" * 257}, "UserData is 257 .*256", id="long-user-data"),
    pytest.param(source("0" * 32, "Media"), "Input.Media is '0+', but there is no such asset", id="input-asset"),
    pytest.param(source("0" * 32, "MediaId"), "Input.Media is '0+', .* no such asset", id="input-asset-synonym"),
    pytest.param(source("0" * 32, "URL"), "Input.Type is 'URL'; give OSS or Media", id="input-type"),
    pytest.param(source("in.mp4"), "Input.Media: 'in.mp4'.*oss://", id="input-no-address"),
    pytest.param(source("oss://media/no.mp4"), "Input.Media: .*oss://media/no.mp4", id="input-no-object"),
    pytest.param(source("oss://no/in.mp4"), "Input.Media: .*bucket 'no'", id="input-no-bucket"),
    pytest.param(target("0" * 32, "Media"), "Output.Media is '0+', but there is no such asset", id="output-asset"),
    pytest.param(target("oss://no/x.png"), "Output.Media: .*bucket 'no'", id="output-no-bucket"),
    pytest.param(target("http://x.test/x.png"), "Output.Media: .*http://x.test/x.png", id="output-elsewhere"),
    pytest.param(target("oss://media//x.png"), "Output.Media: '/x.png' is no object key", id="output-from-the-root"),
    pytest.param(target("oss://media/a/../{source}.png"), "Output.Media: .*segment '..'", id="output-traversal"),
    pytest.param(target("oss://media/x.mov"), "Output.Media ends in .mov.*.png, .jpg", id="output-format"),
    pytest.param(target("oss://media/x.png", biz="ABC"), "Output.Biz is 'ABC'; give IMS or VOD", id="output-biz"),
    pytest.param(
        {**target("oss://media/x.gif"), "job_params": '{"Model":""}'},
        "Output.Media ends in .gif, but JobParams.Model",
        id="still-images-in-a-gif",
    ),
]


@pytest.mark.parametrize(
    ("given", "code", "told", "status"),
    [
        *(pytest.param(one.values[0], "MissingParameter", one.values[1], 400, id=f"no-{one.id}") for one in MISSING),
        *(pytest.param(one.values[0], "InvalidParameter", one.values[1], 400, id=one.id) for one in WRONG),
        pytest.param({"function_name": "Covr"}, FUNCTION_NOT_SUPPORTED, "'Covr'.*known are Cover", 400, id="function"),
        pytest.param(
            schedule(pipeline_id="0" * 32), "InvalidParameter", "ScheduleConfig.PipelineId: .*0", 400, id="pipeline"
        ),
    ],
)
def test_a_wrong_submit_names_the_parameter_the_value_and_the_mend(client, given, code, told, status):
    error = refusal(client, cover(**given))
    assert (error.code, error.status_code) == (code, status)
    assert error.data["Recommend"] == ""
    assert error.data["HostId"]
    assert re.search(told, error.data["Message"]), error.data["Message"]


def test_an_unknown_job(client):
    for call, request in (
        (client.query_iproduction_job, m.QueryIProductionJobRequest(job_id="nope")),
        (client.cancel_iproduction_job, m.CancelIProductionJobRequest(job_id="nope")),
    ):
        with pytest.raises(ClientException, match="'nope'") as caught:
            call(request)
        assert (caught.value.status_code, caught.value.code) == (400, "InvalidParameter.JobNotFound")


@pytest.mark.parametrize(
    ("given", "code", "status"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch", 400),
        ({"access_key_secret": "wrong", "signature_algorithm": "v2"}, "SignatureDoesNotMatch", 400),
        ({"access_key_id": "nobody"}, "InvalidAccessKeyId.NotFound", 404),
        ({"signature_algorithm": "ACS3-HMAC-SM3"}, "IncompleteSignature", 400),
    ],
    ids=["wrong-secret", "wrong-secret-v1", "unknown-key", "other-algorithm"],
)
def test_a_caller_who_is_not_known(connect, given, code, status):
    error = refusal(connect(**given), cover())
    assert (error.code, error.status_code) == (code, status)


def test_operations_that_are_not_offered_say_why(client):
    with pytest.raises(ClientException, match="makes a person speak") as caught:
        client.submit_avatar_video_job(m.SubmitAvatarVideoJobRequest(input_config='{"Text": "hello"}'))
    assert (caught.value.status_code, caught.value.code) == (400, "UnsupportedOperation")


def test_operations_that_nobody_knows_are_not_found(client):
    with pytest.raises(ClientException, match="no operation") as caught:
        client.add_category(m.AddCategoryRequest(cate_name="x"))
    assert (caught.value.status_code, caught.value.code) == (404, "InvalidAction.NotFound")


def test_throttling_is_told_in_the_header_that_the_client_reads(client, service, monkeypatch):
    async def busy(*args, **kwargs):
        raise Throttled("too many requests; come back in 2.5 s", retry_after=2.5)

    monkeypatch.setattr(service, "submit", busy)
    with pytest.raises(ThrottlingException) as caught:
        client.submit_iproduction_job(cover())
    assert (caught.value.retry_after, caught.value.code) == (2500, "Throttling.User")


def test_a_crash_is_an_internal_error_and_stands_in_the_log(client, service, monkeypatch, caplog):
    async def crash(*args, **kwargs):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(service, "submit", crash)
    with pytest.raises(ServerException) as caught:
        client.submit_iproduction_job(cover())
    assert (caught.value.status_code, caught.value.code) == (500, "InternalError")
    assert "planted" not in str(caught.value)
    record = next(one for one in caplog.records if one.message == "request failed")
    assert record.request_id == caught.value.request_id
    assert "planted" in caplog.text
