"""Text generation by the vendor's own client, synchronous and asynchronous."""

import json

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.jobs.job import Failure

CONFIG = {"keywords": "咖啡,手工", "textLength": 100, "targetCount": 3}


def request(**given):
    own = {"type": "MarketingCopy", "generate_config": CONFIG, **given}
    if isinstance(own["generate_config"], dict):
        own["generate_config"] = json.dumps(own["generate_config"], ensure_ascii=False)
    return m.SubmitTextGenerateJobRequest(**own)


def told(ask, job_id):
    return ask("get_smart_handle_job", m.GetSmartHandleJobRequest(job_id=job_id))


def test_a_job_is_told_from_its_submit_to_its_texts(ask, worker, client):
    job_id = ask("submit_text_generate_job", request(title="Coffee", user_data='{"mine":1}')).job_id
    claim = worker.claim()
    assert claim.job.operator == "text.write"
    assert claim.job.params == {"kind": "copy", "keywords": "咖啡,手工", "length": 100, "count": 3}

    worker.finish(claim, {"texts": ["一。", "二。", "三。"], "usage": {"total_tokens": 200}}, ())

    done = told(ask, job_id)
    assert (done.state, done.user_data) == ("Finished", '{"mine":1}')
    assert (done.smart_job_info.job_type, done.smart_job_info.title) == ("TextGenerate", "Coffee")
    assert json.loads(done.job_result.ai_result) == ["一。", "二。", "三。"]
    assert done.job_result.usage == '{"total_tokens":200}'
    assert done.job_result.media_id is None


def test_the_config_is_told_back_as_json_in_json(ask, worker):
    ask("submit_text_generate_job", request())
    worker.finish(worker.claim(), {"texts": ["一。"], "usage": {"total_tokens": 2}}, ())
    (listed,) = ask("list_smart_jobs", m.ListSmartJobsRequest(job_type="TextGenerate")).smart_job_list
    editing = json.loads(listed.editing_config)
    assert editing["Type"] == "MarketingCopy"
    assert json.loads(editing["GenerateConfig"]) == CONFIG
    assert listed.input_config.keyword == "咖啡,手工"


@pytest.mark.parametrize(
    ("given", "params"),
    [
        pytest.param({"type": "Title"}, {"kind": "title", "count": 3}, id="titles"),
        pytest.param(
            {"generate_config": {**CONFIG, "keywords": ["tea", "green"], "textLength": "5", "targetCount": "1000"}},
            {"keywords": "tea,green", "length": 5, "count": 1000},
            id="lists-and-numbers-as-text",
        ),
        pytest.param(
            {"type": "StoryboardScript", "generate_config": {"originText": "从前有座山。"}},
            {"kind": "storyboard", "text": "从前有座山。"},
            id="a-storyboard",
        ),
    ],
)
def test_what_is_asked_for_becomes_params(ask, worker, given, params):
    ask("submit_text_generate_job", request(**given))
    assert params.items() <= worker.claim().job.params.items()


@pytest.mark.parametrize(
    ("given", "code", "named"),
    [
        ({"type": "Poem"}, "InvalidParameter", "Type"),
        ({"generate_config": "not json"}, "InvalidParameter", "GenerateConfig"),
        ({"generate_config": {**CONFIG, "keywords": ""}}, "MissingParameter", "GenerateConfig.keywords"),
        ({"generate_config": {**CONFIG, "keywords": "，。"}}, "MissingParameter", "GenerateConfig.keywords"),
        ({"generate_config": {**CONFIG, "textLength": 1001}}, "InvalidParameter", "GenerateConfig.textLength"),
        ({"generate_config": {**CONFIG, "targetCount": 1001}}, "InvalidParameter", "GenerateConfig.targetCount"),
        ({"generate_config": {"keywords": "a"}}, "MissingParameter", "GenerateConfig.textLength"),
        ({"type": "StoryboardScript"}, "MissingParameter", "GenerateConfig.originText"),
    ],
    ids=lambda value: None if isinstance(value, str) else json.dumps(value)[:60],
)
def test_what_cannot_be_done_is_refused_by_name(refused, given, code, named):
    status, said, message = refused("submit_text_generate_job", request(**given))
    assert (status, said) == (400, code)
    assert message.startswith(named)


def test_a_failed_job_says_why(ask, worker):
    job_id = ask("submit_text_generate_job", request()).job_id
    worker.fail(worker.claim(), Failure("UpstreamRefused", "the key is wrong", False))
    failed = told(ask, job_id)
    assert (failed.state, failed.error_code, failed.error_message) == ("Failed", "UpstreamRefused", "the key is wrong")
    assert failed.job_result is None
