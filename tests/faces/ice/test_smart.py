"""What all smart jobs share: being told of, listed and deleted, whatever their type."""

import json
import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice.smart.jobs import KINDS
from reelwright.jobs.job import Failure, JobFilter
from reelwright.jobs.library import ASSETS

CONFIG = json.dumps({"keywords": "tea", "textLength": 100, "targetCount": 1})
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def write(ask):
    """Submit a text job; returns its id."""

    def write(**given):
        request = m.SubmitTextGenerateJobRequest(type="Title", generate_config=CONFIG, **given)
        return ask("submit_text_generate_job", request).job_id

    return write


@pytest.fixture
def hear(ask):
    """Submit a recognition; returns its id."""
    return lambda: ask("submit_asrjob", m.SubmitASRJobRequest(input_file="oss://media/in.wav")).job_id


@pytest.fixture
def listed(ask):
    """`listed(…)`: ids and token of a page."""

    def listed(**given):
        body = ask("list_smart_jobs", m.ListSmartJobsRequest(**given))
        return [one.job_id for one in body.smart_job_list or []], body.next_token

    return listed


@pytest.fixture
def told(ask):
    return lambda job_id: ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))


def test_a_job_goes_through_its_states(write, told, worker):
    job_id = write(title="Tea", description="three words", user_data="mine")
    created = told(job_id)
    assert (created.state, created.job_id, created.user_data, created.output) == ("Created", job_id, "mine", "{}")
    info = created.smart_job_info
    assert (info.title, info.description, info.job_type) == ("Tea", "three words", "TextGenerate")
    assert re.fullmatch(r"\d{16}", info.user_id)
    assert STAMP.fullmatch(info.create_time)
    assert created.job_result is None
    assert created.error_code is None

    claim = worker.claim()
    assert told(job_id).state == "Executing"
    worker.finish(claim, {"texts": ["Tea."], "usage": {"total_tokens": 4}}, ())
    assert told(job_id).state == "Finished"


def test_a_job_without_a_title_is_called_by_its_time(write, told):
    info = told(write()).smart_job_info
    assert info.title == f"default_title_{info.create_time}"


def test_a_failed_job_says_why(write, told, worker):
    job_id = write()
    worker.fail(worker.claim(), Failure("UpstreamFailed", "the language model did not answer"))
    failed = told(job_id)
    assert (failed.state, failed.error_code) == ("Failed", "UpstreamFailed")
    assert failed.error_message == "the language model did not answer"
    assert failed.job_result is None


@pytest.mark.parametrize(
    ("given", "told_of"),
    [
        ({"title": "好" * 43}, "Title is 129 bytes long; give at most 128"),
        ({"description": "x" * 1025}, "Description"),
        ({"user_data": "x" * 513}, "UserData"),
        ({"user_data": '{"NotifyAddress": "nonsense"}'}, "UserData.NotifyAddress"),
    ],
)
def test_what_is_too_long_is_refused(refused, given, told_of):
    request = m.SubmitTextGenerateJobRequest(type="Title", generate_config=CONFIG, **given)
    status, code, message = refused("submit_text_generate_job", request)
    assert (status, code) == (400, "InvalidParameter")
    assert told_of in message


def test_an_unknown_job_and_one_of_another_family_are_not_found(refused, ask):
    other = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
    )
    for job_id in ("0" * 32, ask("submit_iproduction_job", other).job_id):
        status, code, _ = refused("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))
        assert (status, code) == (400, "InvalidParameter.JobNotFound")
    job = ask("list_smart_jobs", m.ListSmartJobsRequest()).smart_job_list
    assert not job


def test_a_list_is_newest_first_and_narrowed_by_type_and_state(write, hear, listed, worker):
    first, second, third = write(), hear(), write()
    assert listed()[0] == [third, second, first]
    assert listed(sort_by="CreationTime:Asc")[0] == [first, second, third]
    assert listed(job_type="ASR")[0] == [second]
    worker.finish(worker.claim(), {"texts": ["a"], "usage": {"total_tokens": 1}}, ())
    assert listed(job_state="Finished")[0] == [first]
    assert listed(job_state="Created", job_type="TextGenerate")[0] == [third]


def test_pages_run_by_number_and_by_token(write, listed):
    ids = [write() for _ in range(5)][::-1]
    assert listed(page_no=2, page_size=2)[0] == ids[2:4]
    page, token = listed(max_results=2)
    assert page == ids[:2]
    page, token = listed(max_results=2, next_token=token)
    assert page == ids[2:4]
    page, token = listed(max_results=2, next_token=token)
    assert (page, token) == (ids[4:], "")
    up, token = listed(max_results=3, sort_by="CreationTime:Asc")
    assert up + listed(max_results=3, sort_by="CreationTime:Asc", next_token=token)[0] == ids[::-1]


def test_a_listed_job_has_its_facts_in_the_list_s_own_words(write, ask):
    job_id = write(title="Tea")
    body = ask("list_smart_jobs", m.ListSmartJobsRequest())
    (one,) = body.smart_job_list
    assert (one.job_id, one.job_state, one.job_type, one.title) == (job_id, "Created", "TextGenerate", "Tea")
    assert isinstance(one.user_id, int)
    assert body.max_results == "10"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"job_type": "Nonsense"}, "JobType"),
        ({"job_state": "Done"}, "JobState"),
        ({"sort_by": "Name"}, "SortBy"),
        ({"max_results": 0}, "MaxResults"),
        ({"page_size": 101}, "PageSize"),
        ({"next_token": "nonsense"}, "NextToken"),
    ],
)
def test_a_wrong_filter_is_named(refused, given, field):
    status, code, message = refused("list_smart_jobs", m.ListSmartJobsRequest(**given))
    assert (status, code) == (400, "InvalidParameter")
    assert field in message


def test_deleted_jobs_are_gone_and_unknown_ids_do_no_harm(write, listed, ask, refused, worker):
    first, second, third = write(), write(), write()
    assert worker.claim().job.id == first, "one at work can be deleted too"
    ask("delete_smart_job", m.DeleteSmartJobRequest(job_id=f"{first}, {third},{'0' * 32}"))
    assert listed()[0] == [second]
    status, code, _ = refused("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=first))
    assert (status, code) == (400, "InvalidParameter.JobNotFound")
    ask("delete_smart_job", m.DeleteSmartJobRequest(job_id=second))


def test_an_iproduction_job_is_not_deleted_by_this(ask):
    other = m.SubmitIProductionJobRequest(
        function_name="Cover",
        input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
        output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
    )
    job_id = ask("submit_iproduction_job", other).job_id
    ask("delete_smart_job", m.DeleteSmartJobRequest(job_id=job_id))
    assert ask("query_iproduction_job", m.QueryIProductionJobRequest(job_id=job_id)).status == "Queuing"


# Once only: by `ClientToken`, though places and ids of future assets are made up anew for each request

FILM = "oss://media/in.mp4"
TRANSLATION = {"SourceLanguage": "zh", "TargetLanguage": "en", "TextSource": "SubtitleFile"}
TRANSLATION |= {"CustomSrtType": "TargetSrt"}
ONCE_ONLY = {
    "SubmitSegmentationJob": {
        "input_config": {"Type": "OSS", "Media": FILM},
        "job_params": {"Mode": "UserDefined", "Ranges": [{"In": 1, "Out": 2}]},
    },
    "SubmitHighlightExtractionJob": {"input_config": {"MediaArray": [FILM]}},
    "SubmitSportsHighlightsJob": {"input_config": {"InputMedia": FILM}},
    "SubmitVideoTranslationJob": {
        "input_config": {"Type": "Video", "Video": FILM, "Subtitle": "oss://media/in.srt"},
        "editing_config": TRANSLATION,
    },
}


def submits():
    """The vendor's requests that take a `ClientToken` and make a smart job."""
    ours = {kind.action for kind in KINDS}
    found = {name: getattr(m, f"{name}Request") for name in ours if hasattr(m, f"{name}Request")}
    return {name for name, request in found.items() if hasattr(request(), "client_token")}


def once_request(action, film=FILM, **more):
    given = {name: json.dumps(value).replace(FILM, film) for name, value in ONCE_ONLY[action].items()}
    return getattr(m, f"{action}Request")(**given, client_token="once", **more)


@pytest.fixture
def submit_once(ask, service):
    """`submit_once(action, …)`: the id of the job."""
    service.objects.create_bucket("results")
    service.objects.put("media", "other.mp4", b"another film")
    service.objects.put("media", "in.srt", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n")

    def submit(action, **given):
        body = ask(method_of(action), once_request(action, **given))
        return body.job_id if hasattr(body, "job_id") else body.data.job_id

    return submit


def method_of(action):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower()


def test_every_request_with_a_token_is_here():
    assert submits() == set(ONCE_ONLY)


@pytest.mark.parametrize("action", ONCE_ONLY)
def test_the_same_request_makes_one_job_and_one_asset(submit_once, service, key, action):
    assert submit_once(action) == submit_once(action)
    assert len(service.jobs(JobFilter(key.tenant, face="ice.smart"))) == 1
    assert ASSETS.count(service.kept, key.tenant) <= 1


@pytest.mark.parametrize("action", ONCE_ONLY)
def test_another_request_with_the_same_token_is_refused(submit_once, refused, action):
    submit_once(action)
    status, code, _ = refused(method_of(action), once_request(action, film="oss://media/other.mp4"))
    assert (status, code) == (400, "IdempotentParameterMismatch")


def test_the_same_token_serves_each_operation_for_itself(submit_once):
    assert len({submit_once(action) for action in ONCE_ONLY}) == len(ONCE_ONLY)
