"""Speech recognition by the vendor's own client: what becomes of its parameters, and what is told of the sentences."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.job import Failure

SOUND = "oss://media/in.wav"
WORDS = [m.Hotword(text="reelwright", weight=5), m.Hotword(text="block books", weight=-2)]
SENTENCES = [
    {"text": "And so, my fellow Americans,", "start": 0.32, "end": 2.05, "confidence": 0.9},
    {"text": "ask not.", "start": 3.3, "end": 4.4, "confidence": 0.8},
]


def request(**given):
    own = {"input_file": SOUND, **given}
    if isinstance(own.get("editing_config"), dict):
        own["editing_config"] = json.dumps(own["editing_config"])
    return m.SubmitASRJobRequest(**own)


def told(ask, job_id):
    return ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))


@pytest.fixture
def submit(ask, worker):
    """The job that the request makes, as a worker gets it."""

    def submit(**given):
        submitted = ask("submit_asrjob", request(**given))
        assert submitted.state == "Created"
        return submitted.job_id, worker.claim()

    return submit


def test_a_job_is_told_from_its_submit_to_its_sentences(ask, worker, submit):
    job_id, claim = submit(
        title="A speech",
        description="of long ago",
        user_data='{"mine":1}',
        start_time="00:00:01",
        duration="00:30:00",
        editing_config={"SentenceMaxLength": 20},
    )
    running = told(ask, job_id)
    assert (running.state, running.smart_job_info.job_type) == ("Executing", "ASR")
    assert (running.smart_job_info.title, running.smart_job_info.description) == ("A speech", "of long ago")
    assert running.smart_job_info.input_config.input_file == SOUND
    assert running.user_data == '{"mine":1}'

    worker.finish(claim, {"sentences": SENTENCES, "language": "en"}, ())

    done = told(ask, job_id)
    assert done.state == "Finished"
    assert json.loads(done.job_result.ai_result) == [
        {"content": "And so, my fellow Americans,", "from": 0.32, "to": 2.05},
        {"content": "ask not.", "from": 3.3, "to": 4.4},
    ]


@pytest.mark.parametrize(
    ("given", "params"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"start_time": "00:01:30", "duration": "01:00:05"}, {"start": 90, "duration": 3605}, id="stretch"),
        pytest.param({"start_time": "00:00:00"}, {"start": 0}, id="from-the-start"),
        pytest.param({"editing_config": {"SentenceMaxLength": 4}}, {"sentence_max_length": 4}, id="shortest"),
        pytest.param(
            {"editing_config": {"SentenceMaxLength": "50"}}, {"sentence_max_length": 50}, id="longest-as-text"
        ),
        pytest.param(
            {"editing_config": {"EnableSemanticSentenceDetection": True}}, {"semantic_sentences": True}, id="semantic"
        ),
        pytest.param({"editing_config": {"Unknown": [1], "AsrModel": "x"}}, {}, id="unknown-keys-are-ignored"),
        pytest.param({"editing_config": {"HotwordLibraryIdList": []}}, {}, id="no-library"),
    ],
)
def test_parameters_become_params(submit, given, params):
    job = submit(**given)[1].job
    assert job.operator == "speech.transcribe"
    assert dict(job.params) == {"audio": SOUND, "require_speech": True, **params}


@pytest.mark.parametrize("as_list", [False, True], ids=["text", "list"])
def test_a_library_of_hotwords_is_looked_up(ask, submit, as_list):
    wanted = m.CreateHotwordLibraryRequest(name="names", usage_scenario="ASR", hotwords=WORDS)
    made = ask("create_hotword_library", wanted)
    given = [made.hotword_library_id] if as_list else made.hotword_library_id
    job = submit(editing_config={"HotwordLibraryIdList": given})[1].job
    assert [(one["word"], one["weight"]) for one in job.params["hotwords"]] == [("reelwright", 5), ("block books", -2)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"input_file": None}, "InputFile", id="no-input"),
        pytest.param({"input_file": "oss://media/none.wav"}, "InputFile", id="no-object"),
        pytest.param({"input_file": "0" * 32}, "InputFile", id="no-asset"),
        pytest.param({"start_time": "90"}, "StartTime is '90'; give HH:MM:SS", id="start"),
        pytest.param({"duration": "00:61:00"}, "Duration is '00:61:00'; give HH:MM:SS", id="duration"),
        pytest.param({"duration": "00:00:00"}, "Duration is '00:00:00'", id="nothing-to-hear"),
        pytest.param(
            {"editing_config": {"SentenceMaxLength": 3}},
            "'EditingConfig.SentenceMaxLength' is invalid, input: 3, value range: 4-50",
            id="too-short",
        ),
        pytest.param(
            {"editing_config": {"SentenceMaxLength": 51}},
            "'EditingConfig.SentenceMaxLength' is invalid, input: 51, value range: 4-50",
            id="too-long",
        ),
        pytest.param(
            {"editing_config": {"SentenceMaxLength": "ten"}},
            "'EditingConfig.SentenceMaxLength' is invalid, input: ten, value range: 4-50",
            id="no-number",
        ),
        pytest.param({"editing_config": {"EnableSemanticSentenceDetection": 3}}, "give true or false", id="no-flag"),
        pytest.param({"editing_config": "no json"}, "EditingConfig", id="no-json"),
        pytest.param(
            {"editing_config": {"HotwordLibraryIdList": "nothing"}}, "there is no such hotword library", id="library"
        ),
        pytest.param({"editing_config": {"HotwordLibraryIdList": ["a", "b"]}}, "names 2 libraries; give one", id="two"),
        pytest.param({"title": "é" * 65}, "Title is 130 bytes long", id="title"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(refused, given, says):
    status, _, message = refused("submit_asrjob", request(**given))
    assert status == 400
    assert says in message


def test_a_sound_without_speech_fails_in_the_vendors_words(ask, worker, submit):
    job_id, claim = submit()
    worker.fail(claim, Failure("NoSpeech", "nobody says a word in in.wav that could be told", False, "params.audio"))

    failed = told(ask, job_id)

    assert (failed.state, failed.error_code) == ("Failed", "SpeechTranslationNoValidVocal")
    assert "nobody says a word" in failed.error_message


def test_a_missing_model_is_told_with_its_mend(ask, worker, submit):
    job_id, claim = submit()
    worker.fail(claim, Failure("ModelNotInstalled", "`reelwright models pull whisper_small`", False, ""))
    assert (told(ask, job_id).error_code, told(ask, job_id).state) == ("ModelNotInstalled", "Failed")


def test_the_list_knows_the_type(ask, submit):
    job_id, _ = submit()
    found = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="ASR")).smart_job_list
    assert [(one.job_id, one.job_type, one.job_state) for one in found] == [(job_id, "ASR", "Executing")]
