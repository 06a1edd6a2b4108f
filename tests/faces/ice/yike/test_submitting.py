"""SubmitYikeStoryboardJob: what reaches the plan, and what is refused. Nothing of it runs."""

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice.yike import stories


@pytest.fixture(autouse=True)
def texts(service, results):
    service.objects.put("media", "story.txt", b"It rains.")


@pytest.fixture
def submit(client):
    """`submit(…)`: the id of the job. Given are a file and what kind of text it is."""

    def submit(**given):
        wanted = {"file_url": "oss://media/story.txt", "source_type": "Novel", **given}
        return client.submit_yike_storyboard_job(m.SubmitYikeStoryboardJobRequest(**wanted)).body.job_id

    return submit


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({}, {"source": "novel", "mode": "first_person", "prompts": "multi", "ratio": "9:16", "resolution": "720P"}),
        ({}, {"skip_failures": True, "only_storyboard": False, "sound": True, "style": "RealisticPhotography"}),
        ({"resolution": "1K"}, {"resolution": "1080P"}),
        ({"resolution": "360P"}, {"resolution": "360P"}),
        ({"resolution": "", "video_model": ""}, {"resolution": "720P", "video_model": "wan2.6-r2v-flash"}),
        ({"shot_split_mode": "firstPersonNarrationPureVO"}, {"mode": "first_person_vo"}),
        ({"source_type": "Script", "shot_split_mode": "dialogue"}, {"source": "script", "mode": "dialogue"}),
        ({"model_params": '{"AudioEnable": false}'}, {"sound": False}),
        ({"model_params": '{"AudioEnable": "true", "Seed": 4}'}, {"sound": True}),
        ({"exec_mode": "StoryboardOnly"}, {"only_storyboard": True}),
        ({"skip_failure_shot": False}, {"skip_failures": False}),
        ({"title": "雨"}, {"title": "雨"}),
        ({"narration_voice_id": "sys_CalmDeepMale"}, {"narrator": "sys_CalmDeepMale"}),
    ],
    ids=[
        *(
            "defaults",
            "more-defaults",
            "1K",
            "draft",
            "empty-is-nothing",
            "voice-over",
            "dialogue",
            "silent",
            "bool-as-text",
        ),
        *("only-storyboard", "no-skipping", "title", "narrator"),
    ],
)
def test_what_is_asked_reaches_the_plan(submit, worker, given, params):
    submit(**given)

    kept = worker.claim().job.params

    assert {name: kept.get(name) for name in params} == params


def test_a_title_that_nobody_gave_is_not_written_into_the_film(submit, worker):
    submit()

    assert "title" not in worker.claim().job.params


def test_a_key_that_means_nothing_is_noted_in_the_log(submit, service, key, worker):
    submit(model_params='{"AudioEnable": true, "Seed": 4}')

    events = service.events(key.tenant, worker.claim().job.id, kinds=["log"])

    assert [one.data["message"] for one in events] == ["ModelParams.Seed means nothing here"]


def test_a_file_that_was_uploaded_here_is_taken_by_its_url(client, submit, worker, service):
    request = m.CreateYikeAssetUploadRequest(file_ext="txt", file_type="StoryboardInput")
    url = client.create_yike_asset_upload(request).body.file_url
    key = url.partition("/results/")[2]
    service.objects.put("results", key, b"It rains.")

    submit(file_url=url)

    assert worker.claim().job.params["text"] == f"oss://results/{key}"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("STORY.TXT", ""), ("s.docx", ""), ("story", "text/plain; charset=gbk"), ("untold", "")],
)
def test_texts_are_known_by_their_name_or_type(submit, service, name, media_type):
    service.objects.put("media", name, b"It rains.", media_type=media_type)

    assert submit(file_url=f"oss://media/{name}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("most.txt", "雨" * 30_000 + "\n"),
        ("docx.docx", b"PK\x03\x04" + b"x" * 40_000),
        ("odd.txt", bytes(range(256)) * 200),
    ],
    ids=["just-as-long", "word", "no-text"],
)
def test_how_long_a_text_is_counts_in_letters_where_they_can_be_read(submit, service, name, content):
    service.objects.put("media", name, content.encode() if isinstance(content, str) else content)

    assert submit(file_url=f"oss://media/{name}")


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ({"file_url": None}, "MissingParameter", "FileURL is missing"),
        ({"source_type": None}, "MissingParameter", "SourceType is missing"),
        ({"source_type": "Poem"}, "InvalidParameter", "SourceType is 'Poem'"),
        ({"file_url": "oss://media/none.txt"}, "InvalidParameter", "FileURL: there is no object"),
        ({"file_url": "oss://media/in.mp4"}, "InvalidFileType", "FileURL is 'oss://media/in.mp4'"),
        ({"file_url": "https://example.com/a.pdf"}, "InvalidFileType", "FileURL is 'https://example.com/a.pdf'"),
        ({"file_url": "oss://media/page"}, "InvalidFileType", "FileURL is 'oss://media/page'"),
        ({"file_url": "oss://media/long.txt"}, "FileSizeExceed", "FileURL is a file of 5242881 bytes"),
        ({"file_url": "oss://media/many.txt"}, "FileSizeExceed", "FileURL is a text of 30001 characters"),
        ({"style_id": "Cubism"}, "InvalidStyleId", "StyleId is 'Cubism'"),
        ({"narration_voice_id": "me"}, "InvalidVoiceId", "NarrationVoiceId is 'me'"),
        ({"shot_split_mode": "dialogue"}, "InvalidParameter", "ShotSplitMode is 'dialogue'"),
        ({"shot_split_mode": "song"}, "InvalidParameter", "ShotSplitMode is 'song'"),
        ({"resolution": "8K"}, "InvalidParameter", "Resolution is '8K'"),
        ({"aspect_ratio": "1:1"}, "InvalidParameter", "AspectRatio is '1:1'"),
        ({"exec_mode": "Fast"}, "InvalidParameter", "ExecMode is 'Fast'"),
        ({"title": "字" * 43}, "InvalidParameter", "Title is 129 bytes"),
        ({"model_params": "loud"}, "InvalidParameter", "ModelParams is 'loud'"),
        ({"model_params": '{"AudioEnable":"loud"}'}, "InvalidParameter", "ModelParams.AudioEnable is 'loud'"),
        ({"user_data": "mine"}, "InvalidParameter", "UserData is 'mine'"),
        ({"user_data": '{"NotifyAddress":"ftp://x"}'}, "InvalidParameter", "UserData.NotifyAddress"),
    ],
    ids=[
        *("no-file", "no-source", "source", "no-object", "a-film", "a-page", "a-picture-by-its-type"),
        *("too-long", "too-many-letters"),
        *("style", "voice", "dialogue-of-a-novel", "mode", "resolution", "ratio", "exec-mode", "title"),
        *("no-json", "audio", "user-data", "notify-address"),
    ],
)
def test_a_wrong_submit_names_the_parameter(refusal, service, given, code, told):
    service.objects.put("media", "long.txt", b"x" * (stories.MOST_BYTES + 1))
    service.objects.put("media", "many.txt", ("雨" * 30_001).encode("gbk"))
    service.objects.put("media", "page", b"x", media_type="image/png")
    wanted = {"file_url": "oss://media/story.txt", "source_type": "Novel", **given}

    status, found, message = refusal("submit_yike_storyboard_job", m.SubmitYikeStoryboardJobRequest(**wanted))

    assert (status, found) == (400, code)
    assert message.startswith(told), message
