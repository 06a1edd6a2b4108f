"""A cancelled job whose work goes on elsewhere: the server there hears of it once, and nothing that was kept stays."""

import asyncio
import time

import pytest

from reelwright.errors import UpstreamRefused
from reelwright.jobs import abroad, memo
from reelwright.jobs.recaller import Recaller


@pytest.fixture
def recalled():
    """The tasks that were recalled."""
    return []


@pytest.fixture
def recall(recalled):
    """What the server does of each task, by its id."""
    answers = {"stops": True, "cannot": False, "refuses": UpstreamRefused("400: only what waits can be cancelled")}

    def recall(task):
        recalled.append(task)
        if isinstance(answers[task], Exception):
            raise answers[task]
        return answers[task]

    return recall


@pytest.fixture
def recaller(house, recall):
    started = Recaller(ledger=house.ledger, memo=house.memo, recall=recall)
    started.start()
    yield started
    started.close()


def away(house, task):
    """A job whose one step waits for a task elsewhere, with an input that is kept for it."""
    job_id = house.submit({"fail": "Elsewhere:99"})
    for _ in range(2000):
        (step,) = house.ledger.steps(job_id)
        if step.looks:
            break
        time.sleep(0.005)
    key = memo.part_key(step.id, "input https://media.example/a.txt")
    house.memo.save(key, {}, {}, {})
    abroad.note(house.memo, step.id, task, [key])
    return job_id, step.id, key


def logged(house, job_id):
    for _ in range(2000):
        found = [one.data for one in house.ledger.events(job_id, kinds=["log"]) if "elsewhere" in one.data["message"]]
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError("nothing was logged")


@pytest.mark.parametrize(
    ("task", "level", "told"),
    [("stops", "info", "was recalled"), ("cannot", "info", "cannot be recalled"), ("refuses", "warning", "400: only")],
)
def test_the_server_is_told_and_the_log_says_what_came_of_it(house, recaller, recalled, task, level, told):
    job_id, step_id, key = away(house, task)
    asyncio.run(house.service.cancel("default", job_id))

    (entry,) = logged(house, job_id)
    assert recalled == [task]
    assert entry["level"] == level
    assert told in entry["message"]
    assert house.memo.find(key) is None
    assert abroad.found(house.memo, step_id) is None


def test_it_is_told_once(house, recaller, recalled):
    job_id, _, _ = away(house, "stops")
    asyncio.run(house.service.cancel("default", job_id))
    logged(house, job_id)
    house.ledger.write(lambda tx: tx.log(job_id, "info", "more", {}, time.time())).result()
    recaller.close()
    assert recalled == ["stops"]


def test_jobs_that_go_on_are_let_be(house, recaller, recalled):
    _, step_id, _ = away(house, "stops")
    house.wait(house.submit())
    recaller.close()
    assert recalled == []
    assert abroad.found(house.memo, step_id).task == "stops"


def test_a_task_that_is_ordered_anew_takes_the_place_of_the_first(house):
    abroad.note(house.memo, "step", "first", [])
    abroad.note(house.memo, "step", "second", [])
    assert abroad.found(house.memo, "step").task == "second"
