"""Keys, ways of calling, limits of the rate, uploads: what holds for the whole face."""

import dashscope
import pytest
from dashscope.utils.oss_utils import OssUtils

CREATE = "/api/v1/services/aigc/video-generation/video-synthesis"
BODY = {"model": "wan2.6-t2v", "input": {"prompt": "a"}}


@pytest.mark.parametrize("header", [None, "Bearer sk-nobody", "Basic abc", "Bearer"])
def test_a_wrong_key_is_told_of(http, header):
    headers = {} if header is None else {"Authorization": header}
    http.headers.pop("Authorization")
    reply = http.get("/api/v1/tasks/a55bfe14-6e78-4b9d-b97d-128420399ed1", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "InvalidApiKey")
    assert reply.json()["request_id"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (CREATE, {}),
        ("/api/v1/services/aigc/multimodal-generation/generation", {"X-DashScope-Async": "enable"}),
    ],
)
def test_the_wrong_way_of_calling_is_denied(http, path, headers):
    reply = http.post(path, json=BODY, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "NotFound"),
        ("GET", "/api/v1/tasks/a/b/c", 404, "NotFound"),
        ("DELETE", "/api/v1/tasks/a", 405, "MethodNotAllowed"),
        ("GET", CREATE, 405, "MethodNotAllowed"),
        ("GET", "/api/v1/uploads?action=other", 400, "InvalidParameter"),
        ("GET", "/api/v1/tasks?page_size=0", 400, "InvalidParameter"),
        ("GET", "/api/v1/tasks?start_time=yesterday", 400, "InvalidParameter"),
    ],
)
def test_what_is_not_there_is_told_in_the_faces_own_shape(http, method, path, status, code):
    reply = http.request(method, path)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"].startswith("application/json")
    assert set(reply.json()) == {"code", "message", "request_id"}


class TestLimited:
    @pytest.fixture
    def own_settings(self):
        return {"rate_limit": 2.0}

    def test_a_key_that_asks_too_often_is_throttled(self, http):
        replies = [http.get("/api/v1/tasks/a") for _ in range(6)]
        assert replies[0].status_code == 200
        over = [one for one in replies if one.status_code == 429]
        assert over
        assert over[0].json()["code"] == "Throttling.RateQuota"
        assert int(over[0].headers["retry-after"]) >= 1


def test_a_local_file_is_uploaded_by_the_vendors_client(address, key, tmp_path, service, worker, monkeypatch):
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{address}/api/v1")
    file = tmp_path / "my picture.png"
    file.write_bytes(b"\x89PNG picture")
    created = dashscope.VideoSynthesis.async_call(
        api_key=key.api_key, model="wan2.6-i2v", prompt="a", img_url=f"file://{file}"
    )
    assert created.status_code == 200, created
    given = worker.claim().job.params["first"]
    bucket, _, name = given.removeprefix("oss://").partition("/")
    assert b"".join(service.objects.read(bucket, name)) == b"\x89PNG picture"
    assert name.endswith("/my picture.png")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"Signature": "AAAA"}, "signature"),
        ({"policy": "e30="}, "signature"),
        ({"key": "elsewhere/x.png"}, "policy lets it"),
        ({"OSSAccessKeyId": "nobody"}, "signature"),
    ],
)
def test_a_form_that_was_tampered_with_is_refused(address, key, http, monkeypatch, change, told):
    monkeypatch.setattr(dashscope, "base_http_api_url", f"{address}/api/v1")
    policy = OssUtils.get_upload_certificate("wan2.6-i2v", api_key=key.api_key).output
    form = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/x.png",
        **change,
    }
    reply = http.post(policy["upload_host"], data=form, files={"file": b"bytes"})
    assert (reply.status_code, reply.json()["code"]) == (403, "AccessDenied")
    assert told in reply.json()["message"]


def test_a_form_without_a_file_is_told_of(http):
    reply = http.post("/dashscope-upload", data={"key": "a"})
    assert (reply.status_code, reply.json()["code"]) == (400, "InvalidParameter")
