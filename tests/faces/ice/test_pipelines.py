"""Pipelines through the vendor's client: kept, changed, and truly scheduling."""

import re
import time

import pytest
from alibabacloud_ice20201109 import models as m

ID = re.compile(r"[0-9a-f]{32}")


@pytest.fixture
def make(ask):
    def make(name="Fast lane", speed="Standard", **given):
        return ask("create_pipeline", m.CreatePipelineRequest(name=name, speed=speed, **given)).pipeline

    return make


@pytest.fixture
def submit(ask):
    """A cover job in a pipeline; returns its id."""

    def submit(pipeline_id=None, priority=None):
        request = m.SubmitIProductionJobRequest(
            function_name="Cover",
            input=m.SubmitIProductionJobRequestInput(type="OSS", media="oss://media/in.mp4"),
            output=m.SubmitIProductionJobRequestOutput(type="OSS", media="oss://media/o.png"),
            schedule_config=m.SubmitIProductionJobRequestScheduleConfig(pipeline_id=pipeline_id, priority=priority),
        )
        return ask("submit_iproduction_job", request).job_id

    return submit


def started(ledger, slots=9):
    """Ids of the jobs that a dispatcher would start now, in their order."""
    now = time.time()
    claims = ledger.write(lambda tx: tx.claim(owner="test", slots=slots, lease=60.0, now=now)).result()
    return [claim.job.id for claim in claims]


def test_a_pipeline_is_made_shown_changed_and_deleted(ask, refused, make):
    made = make(priority=9, speed="Boost")
    assert ID.fullmatch(made.pipeline_id)
    assert (made.name, made.speed, made.status, made.priority) == ("Fast lane", "Boost", "Active", 9)
    assert made.create_time == made.modified_time
    asked = m.GetPipelineRequest(pipeline_id=made.pipeline_id)
    assert ask("get_pipeline", asked).pipeline.to_map() == made.to_map()

    change = m.UpdatePipelineRequest(pipeline_id=made.pipeline_id, name="Slow lane", priority=2, status="Paused")
    assert ask("update_pipeline", change).success is True

    changed = ask("get_pipeline", asked).pipeline
    assert (changed.name, changed.speed, changed.status, changed.priority) == ("Slow lane", "Boost", "Paused", 2)
    assert changed.create_time == made.create_time
    assert ask("delete_pipeline", m.DeletePipelineRequest(pipeline_id=made.pipeline_id)).success is True
    status, code, told = refused("get_pipeline", asked)
    assert (status, code) == (404, "ResourceNotFound")
    assert made.pipeline_id in told


def test_what_is_left_out_of_a_change_stays(ask, make):
    made = make(priority=9)
    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=made.pipeline_id, status="Paused"))
    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=made.pipeline_id, name="Other"))

    kept = ask("get_pipeline", m.GetPipelineRequest(pipeline_id=made.pipeline_id)).pipeline
    assert (kept.name, kept.status, kept.priority) == ("Other", "Paused", 9)


def test_listing_begins_with_the_default_one_and_can_be_narrowed(ask, make):
    make("a"), make("b", "Boost"), make("a")  # a name may come twice

    found = ask("list_pipelines", m.ListPipelinesRequest()).pipeline_list
    assert [(one.name, one.speed) for one in found] == [
        *(("default", "Standard"), ("a", "Standard"), ("b", "Boost"), ("a", "Standard"))
    ]
    assert len({one.pipeline_id for one in found}) == 4
    assert [one.name for one in ask("list_pipelines", m.ListPipelinesRequest(speed="Boost")).pipeline_list] == ["b"]


def test_a_paused_pipeline_holds_its_jobs_until_it_is_active(ask, make, submit, ledger):
    pipeline = make().pipeline_id
    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=pipeline, status="Paused"))
    held, free = submit(pipeline), submit()

    assert started(ledger) == [free]
    told = ask("query_iproduction_job", m.QueryIProductionJobRequest(job_id=held))
    assert (told.status, told.schedule_config.pipeline_id) == ("Queuing", pipeline)

    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=pipeline, status="Active"))
    assert started(ledger) == [held]


def test_the_default_pipeline_can_be_paused_too(ask, submit, ledger):
    default = ask("list_pipelines", m.ListPipelinesRequest()).pipeline_list[0].pipeline_id
    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=default, status="Paused"))
    submit(), submit(default)

    assert started(ledger) == []


def test_an_urgent_pipeline_goes_before_an_urgent_job(make, submit, ledger):
    urgent, slack = make(priority=10).pipeline_id, make(priority=1).pipeline_id
    jobs = [submit(slack, 10), submit(None, 1), submit(None, 10), submit(urgent, 1), submit(urgent, 7)]

    assert started(ledger) == [jobs[4], jobs[3], jobs[2], jobs[1], jobs[0]]


def test_a_dispatcher_is_woken_when_a_pipeline_becomes_active(ask, make, ledger):
    pipeline, woken = make().pipeline_id, []
    ledger.on_commit(woken.append)

    ask("update_pipeline", m.UpdatePipelineRequest(pipeline_id=pipeline, status="Active"))

    ledger.write(lambda tx: None).result()
    assert woken == [[]]


def test_a_pipeline_with_unfinished_jobs_is_not_deleted(ask, refused, make, submit, worker):
    pipeline = make().pipeline_id
    request = m.DeletePipelineRequest(pipeline_id=pipeline)
    submit(pipeline)

    status, code, told = refused("delete_pipeline", request)
    assert (status, code) == (400, "InvalidParameter")
    assert "not finished" in told
    claim = worker.claim()
    assert refused("delete_pipeline", request)[0] == 400
    worker.finish(claim, {"covers": []}, [])
    assert ask("delete_pipeline", request).success is True


@pytest.mark.parametrize(
    ("method", "asked", "code", "told"),
    [
        ("create_pipeline", m.CreatePipelineRequest(speed="Standard"), "MissingParameter", "^Name is missing"),
        ("create_pipeline", m.CreatePipelineRequest(name="x"), "MissingParameter", "^Speed is missing"),
        ("create_pipeline", m.CreatePipelineRequest(name="x", speed="Warp"), "InvalidParameter", "Speed is 'Warp'"),
        (
            "create_pipeline",
            m.CreatePipelineRequest(name="x", speed="Boost", priority=11),
            "InvalidParameter",
            "Priority is '11'.*1 to 10",
        ),
        ("create_pipeline", m.CreatePipelineRequest(name="n" * 129, speed="Boost"), "InvalidParameter", "Name is 129"),
        ("get_pipeline", m.GetPipelineRequest(), "MissingParameter", "^PipelineId is missing"),
        ("update_pipeline", m.UpdatePipelineRequest(pipeline_id="0" * 32), "ResourceNotFound", "no pipeline '0000"),
        (
            "update_pipeline",
            m.UpdatePipelineRequest(pipeline_id="0" * 32, status="Asleep"),
            "InvalidParameter",
            "Status is 'Asleep'; give Active or Paused",
        ),
        ("delete_pipeline", m.DeletePipelineRequest(pipeline_id="0" * 32), "ResourceNotFound", "no pipeline '0000"),
        (
            "delete_pipeline",
            m.DeletePipelineRequest(pipeline_id="default"),
            "InvalidParameter",
            "default pipeline stays",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_wrong_request_names_the_parameter(refused, method, asked, code, told):
    found = refused(method, asked)
    assert found[1] == code
    assert re.search(told, found[2]), found[2]
