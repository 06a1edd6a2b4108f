"""One real server for the tests that only ask it, with the vendor's clients pointed at it."""

import importlib.util
import json
import sys
from pathlib import Path

import oss2
import pytest
from alibabacloud_ice20201109 import models as ice
from alibabacloud_ice20201109.client import Client
from alibabacloud_tea_openapi import utils_models

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def serving():
    spec = importlib.util.spec_from_file_location("serving", HERE / "serving.py")
    module = sys.modules.setdefault("serving", importlib.util.module_from_spec(spec))
    if not hasattr(module, "Server"):
        spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def server(serving, tmp_path_factory):
    one = serving.Server(tmp_path_factory.mktemp("house") / "home", workers=2, retry_delay=0.05).start()
    yield one
    if one.is_running:
        assert one.stop() == 0


@pytest.fixture(scope="module")
def bucket(server):
    """The vendor's object library, at a bucket it made."""
    auth = oss2.Auth(server.keys["AccessKeyId"], server.keys["AccessKeySecret"])
    one = oss2.Bucket(auth, server.url, "films")
    one.create_bucket()
    return one


@pytest.fixture(scope="module")
def vendor(server):
    return Vendor(server)


class Vendor:
    """The vendor's SDK, in the words of the tests."""

    def __init__(self, server):
        self._client = Client(
            utils_models.Config(
                access_key_id=server.keys["AccessKeyId"],
                access_key_secret=server.keys["AccessKeySecret"],
                endpoint=server.url.removeprefix("http://"),
                protocol="http",
                region_id="cn-shanghai",
            )
        )
        self._server = server

    def submit(self, function, media, output, *, input_type="OSS", output_type="OSS", **more):
        request = ice.SubmitIProductionJobRequest(
            function_name=function,
            input=ice.SubmitIProductionJobRequestInput(type=input_type, media=media),
            output=ice.SubmitIProductionJobRequestOutput(type=output_type, media=output),
            **more,
        )
        return self._client.submit_iproduction_job(request).body.job_id

    def query(self, job_id):
        return self._client.query_iproduction_job(ice.QueryIProductionJobRequest(job_id=job_id)).body

    def cancel(self, job_id):
        return self._client.cancel_iproduction_job(ice.CancelIProductionJobRequest(job_id=job_id)).body

    def wait(self, job_id):
        self._server.wait(job_id)
        return self.query(job_id)

    def run(self, function, media, output, **more):
        return self.wait(self.submit(function, media, output, **more))

    @staticmethod
    def result(job):
        return json.loads(job.result)
