"""Video translation by the vendor's own client: levels, sources of the lines, and what is refused at submit."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Output

FILM, SRT = "oss://media/in.mp4", "oss://media/in.srt"
GIVEN = {"SourceLanguage": "zh", "TargetLanguage": "en", "TextSource": "SubtitleFile", "CustomSrtType": "TargetSrt"}


@pytest.fixture(autouse=True)
def files(service):
    service.objects.create_bucket("results")
    service.objects.put("media", "in.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n")


@pytest.fixture
def with_model(settings, service):
    """A language model is named in the settings; nobody asks it here."""
    object.__setattr__(service, "settings", settings.model_copy(update={"llm_url": "http://127.0.0.1:9/v1"}))


def translation(editing=GIVEN, *, given=None, output=None, **more):
    source = {"Type": "Video", "Video": FILM, "Subtitle": SRT} if given is None else given
    return m.SubmitVideoTranslationJobRequest(
        input_config=json.dumps(source),
        editing_config=json.dumps(editing),
        output_config=json.dumps(output or {}),
        **more,
    )


def params_of(ask, worker, *asked, **given):
    ask("submit_video_translation_job", translation(*asked, **given))
    return worker.claim().job


def test_a_film_from_submit_to_result(ask, worker, service, address):
    output = {"MediaURL": f"http://{address}/media/out/film.mp4", "Width": None, "Height": None}
    submitted = ask("submit_video_translation_job", translation(output=output, title="Film", user_data='{"a":1}'))
    assert submitted.success is True
    claim = worker.claim()
    assert claim.job.operator == "video.translate"
    assert claim.job.params == {
        "video": FILM,
        "translation": SRT,
        "source_language": "zh",
        "target_language": "en",
    }
    assert claim.job.destination == "oss://media/out/film"

    marks = {name: f"{LINK}media/out/film.{name}" for name in ("mp4", "srt")}
    service.objects.put("media", "out/film.mp4", b"film")
    result = {
        "lines": [{"start": 0.0, "end": 1.0, "text": "Hello", "source": "你好"}],
        "video": marks["mp4"],
        "subtitles": marks["srt"],
        "source_subtitles": None,
    }
    outputs = [
        Output("translated.mp4", "video", "media", "out/film.mp4", 4, "f" * 64, "video/mp4"),
        Output("translated.srt", "subtitles", "media", "out/film.srt", 9, "f" * 64, "application/x-subrip"),
    ]
    worker.finish(claim, result, outputs)
    done = ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=submitted.data.job_id))
    assert (done.state, done.smart_job_info.job_type, done.smart_job_info.title) == (
        *("Finished", "VideoTranslation"),
        "Film",
    )
    assert done.job_result.media_url.startswith(f"http://{address}/media/out/film.mp4?")
    assert json.loads(done.job_result.ai_result) == {
        "Lines": [{"from": 0.0, "to": 1.0, "content": "Hello", "source": "你好"}],
        "Subtitle": "oss://media/out/film.srt",
    }
    found = ask("get_media_info", m.GetMediaInfoRequest(media_id=done.job_result.media_id)).media_info
    assert found.media_basic_info.media_id == done.job_result.media_id


@pytest.mark.usefixtures("with_model")
@pytest.mark.parametrize(
    ("editing", "given", "params"),
    [
        pytest.param(
            {"TargetLanguage": "en", "TextSource": "OCR", "DetextArea": "Auto", "BilingualSubtitle": True},
            {"Type": "Video", "Video": FILM},
            {"video": FILM, "target_language": "en", "source": "picture", "erase": True, "bilingual": True},
            id="from-the-picture",
        ),
        pytest.param(
            {"TargetLanguage": "en", "SourceLanguage": "zh-CN", "DetextArea": "[[0,0.8,1,0.2]]"},
            {"Type": "Video", "Video": FILM},
            {
                "video": FILM,
                "target_language": "en",
                "source_language": "zh",
                "erase": True,
                "regions": [[0.0, 0.8, 1.0, 0.2]],
            },
            id="boxes",
        ),
        pytest.param(
            {"TargetLanguage": "ja", "TextSource": "SubtitleFile", "CustomSrtType": "SourceSrt"},
            {"Type": "Video", "Video": FILM, "Subtitle": SRT},
            {"video": FILM, "subtitles": SRT, "target_language": "ja"},
            id="source-file",
        ),
        pytest.param(
            {"TargetLanguage": "en"},
            {"Type": "Subtitle", "Subtitle": SRT},
            {"subtitles": SRT, "target_language": "en", "burn": False},
            id="subtitles-alone",
        ),
        pytest.param(
            {"TargetLanguage": "en"},
            {"Type": "Audio", "Audio": "oss://media/in.wav"},
            {"video": "oss://media/in.wav", "target_language": "en", "burn": False, "source": "speech"},
            id="sound",
        ),
        pytest.param(
            {
                "TargetLanguage": "English",
                "NeedSpeechTranslate": True,
                "TextSource": "ALL",
                "SpeechTranslate": {"VoiceConfig": {"Voice": "Abby"}},
                "SubtitleTranslate": {"SubtitleConfig": {"FontSize": 54, "FontColor": "#ffee00"}},
            },
            {"Type": "Video", "Video": FILM},
            {
                "video": FILM,
                "target_language": "en",
                "speak": True,
                "source": "auto",
                "voice": "Abby",
                "look": {"size": 0.05, "colour": "#ffee00"},
            },
            id="speech",
        ),
    ],
)
def test_configs_become_params(ask, worker, editing, given, params):
    assert params_of(ask, worker, editing, given=given).params == params


@pytest.mark.parametrize(
    ("editing", "given", "says"),
    [
        pytest.param({"TargetLanguage": "en"}, None, "no language model to translate with", id="no-model"),
        pytest.param({"SourceLanguage": "zh"}, None, "EditingConfig.TargetLanguage is missing", id="no-target"),
        pytest.param({**GIVEN, "NeedFaceTranslate": True}, None, "NeedFaceTranslate is not offered", id="face"),
        pytest.param({**GIVEN, "CustomSrtType": None}, None, "EditingConfig.CustomSrtType is missing", id="which-srt"),
        pytest.param(GIVEN, {"Type": "Video", "Video": FILM}, "InputConfig.Subtitle is missing", id="no-srt"),
        pytest.param(GIVEN, {"Type": "Video", "Subtitle": SRT}, "InputConfig.Video is missing", id="no-film"),
        pytest.param({**GIVEN, "DetextArea": "[[1,2]]"}, None, "EditingConfig.DetextArea", id="area"),
        pytest.param({**GIVEN, "TargetLanguage": "1"}, None, "EditingConfig.TargetLanguage is '1'", id="language"),
        pytest.param(
            {**GIVEN, "NeedSpeechTranslate": True, "SpeechTranslate": {"VoiceConfig": {"Voice": "nobody-at-all"}}},
            None,
            "voice",
            id="voice",
        ),
    ],
)
def test_what_cannot_be_done_is_said_at_submit(refused, editing, given, says):
    status, _, message = refused("submit_video_translation_job", translation(editing, given=given))
    assert status == 400
    assert says in message


@pytest.mark.parametrize(
    ("method", "request_of"),
    [
        pytest.param("submit_avatar_video_job", m.SubmitAvatarVideoJobRequest, id="video"),
        pytest.param("list_smart_sys_avatar_models", m.ListSmartSysAvatarModelsRequest, id="models"),
    ],
)
def test_avatars_are_refused_with_the_reason(refused, method, request_of):
    _, code, message = refused(method, request_of())
    assert code == "UnsupportedOperation"
    assert "a model that makes a person speak" in message
