"""Jobs of many steps: they grow, fail in part, wait for a mend, and after a change do again what hangs on it only."""

import asyncio
from types import SimpleNamespace

import pytest

from reelwright.errors import Conflict, InvalidParameter, NotFound, ObjectNotFound
from reelwright.jobs.delivery import DeliveryFilter
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import Status
from reelwright.service import Submission


@pytest.fixture
def press(house):
    """Books made of words: `make("a few words")`, and looks at what came of them."""

    def make(words, **params):
        house.objects.put("given", "words.txt", words.encode())
        wanted = Submission("test-book", {"text": "oss://given/words.txt", **params})
        return house.wait(asyncio.run(house.service.submit("default", wanted)).job_id)

    def steps(job):
        return {step.name: step for step in house.service.steps("default", job.id)}

    def executions(job):
        return {name: step.executions for name, step in steps(job).items()}

    def text(job):
        (output,) = job.outputs
        return b"".join(house.objects.read(output.bucket, output.key)).decode()

    def edit(job, step, **changed):
        asyncio.run(house.service.edit("default", job.id, step, Edit(**changed)))
        return house.wait(job.id)

    def again(job, how="resume"):
        asyncio.run(getattr(house.service, how)("default", job.id))
        return house.wait(job.id)

    return SimpleNamespace(
        make=make, steps=steps, executions=executions, text=text, edit=edit, again=again, house=house
    )


def test_a_plan_grows_with_its_results_and_its_last_step_is_published(press):
    job = press.make("one two")

    assert job.status is Status.SUCCEEDED
    assert job.progress == 100
    assert press.text(job) == "one0 two0"
    steps = press.steps(job)
    assert list(steps) == ["read", "page-0", "page-0.copy", "page-1", "page-1.copy", "book"]
    assert set(press.executions(job).values()) == {1}
    assert steps["page-1.copy"].needs == ("page-1",)
    assert steps["book"].needs == ("page-0.copy", "page-1.copy")
    assert steps["read"].title == "Read"


def test_the_same_plan_again_runs_nothing(press, runs):
    press.make("one two")
    ran = len(runs)

    job = press.make("one two")

    assert len(runs) == ran
    assert set(press.executions(job).values()) == {0}
    assert press.text(job) == "one0 two0"


def test_another_word_in_the_text_runs_what_hangs_on_it(press, runs):
    press.make("one two")
    runs.clear()

    job = press.make("one three")

    assert runs[:2] == ["words", "three"]
    assert [name for name, count in press.executions(job).items() if count] == [
        "read",
        "page-1",
        "page-1.copy",
        "book",
    ]


def test_a_changed_param_runs_its_step_and_its_dependants_only(press):
    job = press.make("one two")

    job = press.edit(job, "page-1", params={"loud": True})

    assert job.status is Status.SUCCEEDED
    assert job.progress == 100
    assert press.text(job) == "one0 TWO0"
    assert press.executions(job) == {
        "read": 1,
        "page-0": 1,
        "page-0.copy": 1,
        "page-1": 2,
        "page-1.copy": 2,
        "book": 2,
    }


def test_a_change_that_changes_nothing_ends_where_it_began(press):
    job = press.make("one 22")

    job = press.edit(job, "page-1", params={"loud": True})  # digits have no capitals

    assert press.text(job) == "one0 220"
    executions = press.executions(job)
    assert executions["page-1"] == 2
    assert executions["page-1.copy"] == 1


def test_a_new_seed_runs_a_step_again(press):
    job = press.make("one two")

    job = press.edit(job, "page-0", seed=7)

    assert press.executions(job)["page-0"] == 2
    assert press.executions(job)["page-1"] == 1
    assert press.steps(job)["page-0"].seed == 7


def test_a_file_of_the_users_own_takes_the_place_of_a_result(press):
    job = press.make("one two")
    press.house.objects.put("given", "mine.txt", b"mine")

    job = press.edit(job, "page-0", result={"file": "oss://given/mine.txt"})

    assert press.text(job) == "mine0 two0"
    step = press.steps(job)["page-0"]
    assert (step.executions, step.made.provider, step.result["length"]) == (1, "user", 3)
    assert "user" in job.made.provider


def test_an_edit_is_taken_back_by_an_empty_one(press):
    job = press.edit(press.make("one two"), "page-1", params={"loud": True})

    job = press.edit(job, "page-1")

    assert press.text(job) == "one0 two0"
    assert press.executions(job)["page-1"] == 2, "its first result was found again"


def test_a_file_of_the_users_own_is_taken_back_by_an_empty_edit(press):
    press.house.objects.put("given", "mine.txt", b"mine")
    job = press.edit(press.make("one two"), "page-0", result={"file": "oss://given/mine.txt"})

    job = press.edit(job, "page-0")

    assert press.text(job) == "one0 two0"
    assert press.steps(job)["page-0"].made.provider == "builtin"
    assert press.executions(job)["page-0"] == 1, "its own result was found again"


def test_whoever_waits_for_a_job_is_told_that_it_is_suspended(press):
    press.house.objects.put("given", "words.txt", b"one bad")
    wanted = Submission("test-book", {"text": "oss://given/words.txt"}, callback="http://example.com/told")
    job = press.house.wait(asyncio.run(press.house.service.submit("default", wanted)).job_id)

    (delivery,) = press.house.service.deliveries(DeliveryFilter("default", job_id=job.id))
    assert delivery.payload["event"] == "job.suspended"
    assert delivery.payload["job"]["error"]["code"] == "NotMedia"


def test_a_failed_step_stops_its_dependants_only_and_suspends(press):
    job = press.make("one bad two")

    assert job.status is Status.SUSPENDED
    assert job.failure.code == "NotMedia"
    assert job.failure.message.startswith("step page-1: bad is a bad word")
    states = {name: step.state for name, step in press.steps(job).items()}
    assert states["page-1"] is Status.FAILED
    assert states["page-1.copy"] is states["book"] is Status.QUEUED
    assert states["page-2.copy"] is Status.SUCCEEDED
    assert press.house.service.job("default", job.id).outputs == ()


def test_after_its_mend_a_resume_runs_that_step_and_what_waits_for_it(press):
    job = press.make("one bad two")

    job = press.edit(job, "page-1", params={"word": "good"})
    assert job.status is Status.SUSPENDED
    job = press.again(job)

    assert press.text(job) == "one0 good0 two0"
    assert press.executions(job) == {
        "read": 1,
        "page-0": 1,
        "page-0.copy": 1,
        "page-1": 2,
        "page-1.copy": 1,
        "page-2": 1,
        "page-2.copy": 1,
        "book": 1,
    }


def test_a_failed_step_may_be_mended_by_a_file_of_the_users_own(press):
    job = press.make("one bad")
    press.house.objects.put("given", "mine.txt", b"mine")

    press.edit(job, "page-1", result={"file": "oss://given/mine.txt"})
    job = press.again(job)

    assert press.text(job) == "one0 mine0"
    assert press.executions(job)["page-1"] == 1


@pytest.mark.parametrize("how", ["resume", "retry"])
def test_what_fails_again_suspends_again(press, how):
    job = press.again(press.make("one bad"), how)

    assert job.status is Status.SUSPENDED
    assert press.executions(job)["page-1"] == 2
    assert press.executions(job)["page-0"] == 1


def test_a_plan_may_do_without_what_failed(press):
    job = press.make("one bad two", skip=True)

    assert job.status is Status.SUCCEEDED
    assert press.text(job) == "one0 two0"
    assert press.steps(job)["page-1"].state is Status.FAILED
    assert press.steps(job)["page-1.copy"].state is Status.CANCELLED


def test_what_was_left_out_is_put_in_after_its_mend(press):
    job = press.make("one bad two", skip=True)

    job = press.edit(job, "page-1", params={"word": "good"})

    assert press.text(job) == "one0 good0 two0"
    assert press.executions(job)["page-2.copy"] == 1


def test_an_edit_of_one_step_does_not_try_another_that_failed(press):
    job = press.make("one bad two", skip=True)

    job = press.edit(job, "page-0", params={"loud": True})

    assert press.text(job) == "ONE0 two0"
    assert press.executions(job)["page-1"] == 1


def test_a_failure_that_cannot_be_mended_fails_the_job(press):
    press.house.objects.put("given", "words.txt", b"\xff\xfe\xff")
    wanted = Submission("test-book", {"text": "oss://given/words.txt"})
    job = press.house.wait(asyncio.run(press.house.service.submit("default", wanted)).job_id)

    assert job.status is Status.FAILED
    assert job.failure.message.startswith("step read: ")


@pytest.mark.parametrize(
    ("step", "edit", "error", "field"),
    [
        pytest.param("page-9", Edit(params={"word": "a"}), NotFound, "step", id="step"),
        pytest.param("page-0", Edit(params={"words": "a"}), InvalidParameter, "params.words", id="param"),
        pytest.param("page-0", Edit(params={"loud": "very"}), InvalidParameter, "params.loud", id="value"),
        pytest.param(
            "page-0", Edit(result={"length": "oss://given/a.txt"}, seed=1), InvalidParameter, "result", id="both"
        ),
        pytest.param(
            "page-0", Edit(result={"sound": "oss://given/a.txt"}), InvalidParameter, "result.sound", id="field"
        ),
        pytest.param("page-0", Edit(result={"file": "oss://given/none"}), ObjectNotFound, "result.file", id="missing"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(press, step, edit, error, field):
    job = press.make("one two")

    with pytest.raises(error) as refused:
        asyncio.run(press.house.service.edit("default", job.id, step, edit))

    assert refused.value.field == field
    assert press.house.service.job("default", job.id).status is Status.SUCCEEDED


def test_a_job_of_one_step_has_nothing_to_edit(press):
    job = press.house.wait(press.house.submit())

    with pytest.raises(Conflict):
        asyncio.run(press.house.service.edit("default", job.id, "test.echo", Edit(seed=1)))
