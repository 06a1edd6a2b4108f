"""Text to speech by the vendor's own client, sync and async: what becomes of the configs, what is told of the sound."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Failure, Output
from reelwright.kernels import voices

TEXT = "你好，世界。Hello, world."
EDITING = {"voice": "Siqi", "format": "MP3"}
PLACE = {"bucket": "media", "object": "speech/hello"}
FILLED = '{"format":"MP3","pitch_rate":0,"sample_rate":16000,"speech_rate":0,"voice":"Siqi","volume":50}'
SENTENCES = [
    {"text": "你好，世界。", "start": 0.05, "end": 1.2},
    {"text": "Hello, world.", "start": 1.55, "end": 2.5},
]


def request(*, editing=EDITING, place=PLACE, **given):
    own = {
        "input_config": TEXT,
        "editing_config": editing if isinstance(editing, str) else json.dumps(editing),
        "output_config": json.dumps(place),
    }
    return m.SubmitAudioProduceJobRequest(**{**own, **given})


@pytest.fixture
def submit(ask):
    return lambda **given: ask("submit_audio_produce_job", request(**given))


@pytest.fixture
def refusal(refused):
    return lambda **given: refused("submit_audio_produce_job", request(**given))


@pytest.fixture
def told(ask):
    return lambda job_id: ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))


def finish(worker, service, key="speech/hello.mp3"):
    claim = worker.claim()
    service.objects.put("media", key, b"sound")
    output = Output("speech.mp3", "audio", "media", key, 5, "f" * 64, "audio/mpeg")
    worker.finish(claim, {"audio": f"{LINK}media/{key}", "sentences": SENTENCES}, [output])
    return claim.job


def test_a_text_from_submit_to_sound(submit, told, worker, service, address):
    submitted = submit(title="问候", description="a greeting", user_data='{"user":"data"}')
    assert submitted.state == "Created"
    assert submitted.media_id
    waiting = told(submitted.job_id)
    assert (waiting.state, waiting.job_result) == ("Created", None)

    job = finish(worker, service)
    done = told(submitted.job_id)

    assert job.operator == "speech.speak"
    assert job.params["text"] == TEXT
    assert (done.state, done.smart_job_info.job_type) == ("Finished", "TextToSpeech")
    assert done.smart_job_info.input_config.input_file == TEXT
    assert (done.smart_job_info.title, done.user_data) == ("问候", '{"user":"data"}')
    assert (done.smart_job_info.output_config.bucket, done.smart_job_info.output_config.object) == (
        "media",
        "speech/hello.mp3",
    )
    assert done.job_result.media_id == submitted.media_id
    assert done.job_result.media_url.startswith(f"http://{address}/media/speech/hello.mp3?")
    assert json.loads(done.job_result.ai_result) == [
        {"content": "你好，世界。", "from": 0.05, "to": 1.2},
        {"content": "Hello, world.", "from": 1.55, "to": 2.5},
    ]


def test_the_asset_is_in_the_library(submit, ask, worker, service):
    media_id = submit().media_id
    finish(worker, service)
    info = ask("get_media_info", m.GetMediaInfoRequest(media_id=media_id)).media_info

    assert info.media_id == media_id
    assert info.media_basic_info.media_type == "audio"


@pytest.mark.parametrize(
    ("editing", "params", "shown"),
    [
        pytest.param({}, {"voice": "Siqi", "format": "mp3", "volume": 50}, FILLED, id="defaults"),
        pytest.param(
            {"format": "wav", "speech_rate": "166", "volume": 80, "unknown": 1},
            {"format": "wav", "speech_rate": 166, "volume": 80},
            '{"format":"WAV","pitch_rate":0,"sample_rate":16000,"speech_rate":166,"voice":"Siqi","volume":80}',
            id="some",
        ),
        pytest.param(
            {"voice": "ZHITIAN", "customizedVoice": "kokoro:af_heart", "format": "PCM", "sample_rate": 24000},
            {"voice": "kokoro:af_heart", "format": "pcm", "sample_rate": 24000},
            '{"customizedVoice":"kokoro:af_heart","format":"PCM","pitch_rate":0,"sample_rate":24000,"speech_rate":0,'
            '"voice":"ZHITIAN","volume":50}',
            id="a voice of one's own wins",
        ),
    ],
)
def test_settings_are_filled_in_and_shown(submit, ask, ledger, key, editing, params, shown):
    job_id = submit(editing=editing).job_id
    listed = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="TextToSpeech")).smart_job_list

    job = ledger.job(key.tenant, job_id)
    assert {name: job.params[name] for name in params} == params
    assert [one.editing_config for one in listed] == [shown]
    assert job.destination == f"oss://media/speech/hello.{params['format']}"


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a", "MP3", "a.mp3"),
        ("/dir/a.b", "WAV", "dir/a.b.wav"),
        ("a.MP3", "MP3", "a.MP3"),
        ("a.wav", "PCM", "a.wav.pcm"),
    ],
)
def test_the_ending_of_the_format_is_added(submit, key_of, name, kind, expected):
    job_id = submit(editing={"format": kind}, place={"bucket": "media", "object": name}).job_id

    assert key_of(job_id) == expected


@pytest.fixture
def key_of(ledger, key):
    return lambda job_id: ledger.job(key.tenant, job_id).destination.removeprefix("oss://media/")


def test_ssml_is_checked_at_submit(submit, refusal):
    assert submit(input_config="<speak>你好<break time='1s'/>世界。</speak>").job_id

    status, code, message = refusal(input_config="<speak>\n<p>你好</speak>")
    assert (status, code) == (400, "InvalidParameter")
    assert "line 2, column 8" in message
    assert message.startswith("InputConfig") or "SSML" in message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"editing": {"voice": "zhitan"}}, "no voice 'zhitan'; near it are zhitian", id="voice"),
        pytest.param({"editing": {"speech_rate": 501}}, "EditingConfig.speech_rate is 501", id="rate"),
        pytest.param({"editing": {"volume": -1}}, "EditingConfig.volume is -1", id="volume"),
        pytest.param({"editing": {"format": "OGG"}}, "give PCM or WAV or MP3", id="format"),
        pytest.param({"editing": {"customizedVoice": "mine"}}, "trains no voices", id="customised"),
        pytest.param({"editing": "{"}, "EditingConfig is", id="no JSON"),
        pytest.param({"place": {"bucket": "media"}}, "OutputConfig.object", id="no object"),
        pytest.param({"place": {"bucket": "nowhere", "object": "a"}}, "there is no bucket 'nowhere'", id="no bucket"),
        pytest.param({"input_config": "a" * 10_001}, "10,000 can be said", id="too long"),
        pytest.param({"input_config": "！？"}, "give words to say", id="nothing to say"),
        pytest.param({"title": "题" * 43}, "Title is 129 bytes long", id="title"),
    ],
)
def test_what_is_wrong_is_told_at_submit(refusal, given, told):
    status, code, message = refusal(**given)

    assert (status, code) in {(400, "InvalidParameter"), (400, "MissingParameter")}
    assert told in message


def test_an_object_is_replaced_only_if_asked(submit, refusal, service):
    service.objects.put("media", "speech/hello.mp3", b"old")

    assert "is there already; set Overwrite" in refusal()[2]
    assert submit(overwrite=True).job_id


def test_why_it_failed(submit, told, worker):
    job_id = submit().job_id
    worker.fail(worker.claim(), Failure("WorkerCrashed", "the process of espeak-ng was ended by SIGSEGV", True, None))
    found = told(job_id)

    assert (found.state, found.error_code) == ("Failed", "WorkerCrashed")
    assert "SIGSEGV" in found.error_message


# ---- the list of voices


def groups(ask, **given):
    return ask("list_smart_voice_groups", m.ListSmartVoiceGroupsRequest(**given)).voice_groups


def test_all_voices_are_listed(ask):
    found = [voice for group in groups(ask) for voice in group.voice_list]

    assert {voice.voice for voice in found} == {
        one.name for group in voices.GROUPS if group.family == "standard" for one in group.voices
    }
    for voice in found:
        assert voice.desc
        assert voice.name
        assert voice.remark
        assert voice.tag
        assert voice.voice_type in ("Female", "Male")
        assert "16K" in voice.support_sample_rate
        assert voice.voice_source == "builtin"


def test_every_voice_can_be_heard(ask, service, address):
    service.objects.create_bucket("results")
    found = [
        voice for kind in (None, "CosyVoice") for group in groups(ask, voice_type=kind) for voice in group.voice_list
    ]

    assert len(found) == 94
    for voice in found:
        assert voice.voice_url.startswith(f"http://{address}/results/voices/1/{voice.voice}.mp3?")
        assert 2000 < service.objects.size("results", f"voices/1/{voice.voice}.mp3") < 20_000


def test_samples_that_a_model_would_speak_otherwise_are_left_out(ask, service, monkeypatch):
    from reelwright.faces.ice.smart import voices as face

    service.objects.create_bucket("results")
    monkeypatch.setattr(face.speakers, "is_model_best", lambda models: True)

    assert {voice.voice_url for group in groups(ask) for voice in group.voice_list} == {None}


def test_without_a_place_for_them_there_are_no_samples(ask):
    assert {voice.voice_url for group in groups(ask) for voice in group.voice_list} == {None}


def test_the_large_models_names_are_a_list_of_their_own(ask):
    (group,) = groups(ask, voice_type="CosyVoice")

    assert group.type == "CosyVoice"
    assert {"longwan", "longwan_v2", "loongbella"} <= {voice.voice for voice in group.voice_list}


def test_voices_of_installed_models_are_listed(ask, monkeypatch):
    from reelwright.faces.ice.smart import voices as face
    from reelwright.models.speakers import ModelVoice

    monkeypatch.setattr(face.speakers, "installed", lambda models: iter([ModelVoice("piper:ljspeech", "piper")]))
    group = groups(ask)[-1]

    assert (group.type, [(one.voice, one.voice_source) for one in group.voice_list]) == (
        "piper",
        [("piper:ljspeech", "model")],
    )


def test_a_type_that_there_is_not_is_refused(refused):
    assert (
        "give '' or CosyVoice"
        in refused("list_smart_voice_groups", m.ListSmartVoiceGroupsRequest(voice_type="Opera"))[2]
    )
