"""What the vendor's models and parameters ask of our operators, and what is refused."""

import base64

import pytest

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n and more").decode()
PICTURE = "oss://media/in.png"


@pytest.fixture
def params(create, worker):
    """`params(input, …)`: the params of the job that a create makes."""

    def params(input_, **given):
        reply = create(input_, **given)
        assert reply.status_code == 200, reply.text
        return worker.claim().job.params

    return params


@pytest.mark.parametrize(
    ("model", "given", "parameters", "wanted"),
    [
        ("wan2.6-t2v", {"prompt": "a"}, {}, {"seconds": 5, "resolution": 1080, "sound": True}),
        ("wan2.2-t2v-plus", {"prompt": "a"}, {"size": "832*480"}, {"width": 832, "height": 480, "sound": False}),
        ("wan2.6-i2v", {"img_url": PICTURE}, {"resolution": "720P"}, {"first": PICTURE, "resolution": 720}),
        (
            "wan2.2-kf2v-flash",
            {"first_frame_url": PICTURE, "last_frame_url": "oss://media/last.png"},
            {"resolution": "480P"},
            {"first": PICTURE, "last": "oss://media/last.png", "resolution": 480, "seconds": 5},
        ),
        (
            "wan2.6-r2v",
            {"prompt": "character1 sings", "reference_urls": [PICTURE, "oss://media/in.mp4"]},
            {"duration": 10, "shot_type": "multi"},
            {"references": [PICTURE, "oss://media/in.mp4"], "seconds": 10, "shots": "multi"},
        ),
        (
            "wan2.7-i2v",
            {
                "prompt": "a",
                "media": [
                    {"type": "first_frame", "url": PICTURE},
                    {"type": "driving_audio", "url": "oss://media/in.wav"},
                    {"type": "link", "url": "oss://media/in.mp4"},
                ],
            },
            {"ratio": "9:16"},
            {"first": PICTURE, "audio": "oss://media/in.wav", "ratio": "9:16"},
        ),
    ],
)
def test_a_model_is_served_by_the_operator(params, model, given, parameters, wanted):
    found = params(given, model=model, **parameters)
    assert {name: found[name] for name in wanted} == wanted


def test_what_the_old_client_adds_means_nothing(params):
    found = params({"prompt": "a", "extend_prompt": True, "function": "video-synthesis"}, unheard="of")
    assert "edit" not in found


def test_the_default_is_another_seed_each_time(create, worker):
    create({"prompt": "a"}), create({"prompt": "a"})
    first, second = worker.claim().job, worker.claim().job
    assert first.seed != second.seed


def test_limits_of_a_model_are_warnings_in_the_log(create, worker, service):
    assert create({"prompt": "x" * 900}, model="wan2.2-t2v-plus", duration=40).status_code == 200
    job = worker.claim().job
    assert (job.params["seconds"], len(job.params["prompt"])) == (15, 800)
    told = [event.data["message"] for event in service.events("default", job.id, kinds=("log",))]
    assert any("first 800 count" in line for line in told)
    assert any("duration is 40" in line for line in told)


def test_a_data_uri_becomes_an_object(params, service):
    found = params({"img_url": f"data:image/png;base64,{PNG}"}, model="wan2.6-i2v")
    bucket, _, key = found["first"].removeprefix("oss://").partition("/")
    assert b"".join(service.objects.read(bucket, key)) == base64.b64decode(PNG)
    assert params({"img_url": f"data:image/png;base64,{PNG}"}, model="wan2.6-i2v")["first"] == found["first"]


@pytest.mark.parametrize(
    ("body", "status", "code", "told"),
    [
        ({"input": {"prompt": "a"}}, 400, "BadRequest.EmptyModel", "model"),
        ({"model": "wan2.6-t2v"}, 400, "BadRequest.EmptyInput", "input"),
        ({"model": "wan2.6-t2v", "input": {}}, 400, "BadRequest.EmptyInput", "input"),
        ({"model": "gpt-9", "input": {"prompt": "a"}}, 404, "ModelNotFound", "gpt-9"),
        ({"model": "wan2.6-t2v", "input": {"negative_prompt": "a"}}, 400, "InvalidParameter", "input.prompt"),
        ({"model": "wan2.6-i2v", "input": {"prompt": "a"}}, 400, "InvalidParameter", "input.img_url"),
        ({"model": "wan2.6-r2v", "input": {"prompt": "a"}}, 400, "InvalidParameter", "input.reference_urls"),
        ({"model": "wan2.6-i2v", "input": {"img_url": "oss://media/no.png"}}, 400, "InvalidURL", "input.img_url"),
        ({"model": "wan2.6-i2v", "input": {"img_url": "data:image/png;base64,***"}}, 400, "InvalidParameter", "Base64"),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"size": "big"}},
            400,
            "InvalidParameter",
            "1280*720",
        ),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"duration": "5"}},
            400,
            "InvalidParameter",
            "duration",
        ),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"duration": 5.5}},
            400,
            "InvalidParameter",
            "duration",
        ),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"seed": -1}},
            400,
            "InvalidParameter",
            "seed",
        ),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"resolution": "4K"}},
            400,
            "InvalidParameter",
            "720P",
        ),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"watermark": "yes"}},
            400,
            "InvalidParameter",
            "watermark",
        ),
        ({"model": "wan2.6-t2v", "input": {"prompt": 5}}, 400, "InvalidParameter", "input.prompt"),
        (
            {"model": "wan2.6-t2v", "input": {"prompt": "a"}, "parameters": {"ratio": "wide"}},
            400,
            "InvalidParameter",
            "16:9",
        ),
    ],
)
def test_bad_requests_name_what_is_wrong(http, service, body, status, code, told):
    reply = http.post(
        "/api/v1/services/aigc/video-generation/video-synthesis", json=body, headers={"X-DashScope-Async": "enable"}
    )
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert told in reply.json()["message"]
    assert service.counts()["QUEUED"] == 0


def test_a_body_that_is_no_json_is_told_of(http):
    reply = http.post(
        "/api/v1/services/aigc/video-generation/video-synthesis",
        content=b"{no",
        headers={"X-DashScope-Async": "enable"},
    )
    assert (reply.status_code, reply.json()["code"]) == (400, "InvalidParameter")


# ---- pictures


def test_pictures_are_listed_with_their_prompts(create, worker, http):
    task = create(
        {"prompt": "a cat"}, model="wan2.5-t2i-preview", path="text2image/image-synthesis", n=2, size="720*1280"
    )
    worker.finish(worker.claim())
    found = http.get(f"/api/v1/tasks/{task.json()['output']['task_id']}").json()
    assert [sorted(one) for one in found["output"]["results"]] == [["actual_prompt", "orig_prompt", "url"]] * 2
    assert found["usage"] == {"image_count": 2}


def test_the_newer_operation_answers_with_messages(create, worker, http):
    said = {"messages": [{"role": "user", "content": [{"text": "a cat"}, {"image": PICTURE}]}]}
    task = create(said, model="wan2.6-image", path="image-generation/generation", n=1)
    claim = worker.claim()
    assert (claim.job.params["prompt"], claim.job.params["references"]) == ("a cat", [PICTURE])
    worker.finish(claim)
    found = http.get(f"/api/v1/tasks/{task.json()['output']['task_id']}").json()
    part = found["output"]["choices"][0]["message"]["content"][0]
    assert part["type"] == "image"
    assert "/results/p-0.png" in part["image"]


def test_it_can_be_called_and_waited_for(http, meanwhile):
    said = {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]}
    with meanwhile():
        reply = http.post(
            "/api/v1/services/aigc/multimodal-generation/generation", json={"model": "wan2.6-t2i", "input": said}
        )
    assert reply.status_code == 200, reply.text
    assert "/results/p-0.png" in reply.json()["output"]["choices"][0]["message"]["content"][0]["image"]
