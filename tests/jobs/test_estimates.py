"""What a job will take: told before it runs, at the pace of what has run here, and compared with what it took."""

import pytest

from reelwright.jobs import estimates
from reelwright.jobs.estimates import PACES, Pace
from reelwright.jobs.job import Made, Status, Step, Usage
from reelwright.pipelines.contract import Guess

NOW = 2_000_000_000.0


@pytest.fixture
def kept(house):
    return house.ledger


def told(kept, *guesses, prices=None):
    return estimates.estimate(guesses, kept, lambda guess: "painter", prices or {})


def ran(operator="video.generate", seconds=6.0, media=3.0, executions=1, provider="painter"):
    usage = Usage(wall_seconds=seconds, bytes_out=100, media_seconds=media)
    made = Made(provider)
    return Step("s", "j", 0, "s", operator, {}, Status.SUCCEEDED, executions=executions, usage=usage, made=made)


def learnt(house, *steps):
    for step in steps:
        house.ledger.write(lambda tx, step=step: estimates.learn(tx, step, NOW)).result()


def test_without_a_history_usual_figures_stand_in(kept):
    per_step, per_second = estimates.USUAL["video.generate"]

    estimate = told(kept, Guess("video.generate", 4, media_seconds=20.0, bytes=1000))

    assert estimate.seconds == pytest.approx(4 * per_step + 20 * per_second)
    assert (estimate.steps, estimate.bytes) == (4, 1000)


def test_work_on_media_is_estimated_by_its_length(house, kept):
    learnt(house, ran(seconds=6.0, media=3.0), ran(seconds=2.0, media=1.0))

    assert told(kept, Guess("video.generate", 2, media_seconds=10.0)).seconds == pytest.approx(20.0)


def test_other_work_is_estimated_by_its_steps(house, kept):
    learnt(house, ran("story.read", 3.0, 0.0), ran("story.read", 5.0, 0.0))

    assert told(kept, Guess("story.read", 3)).seconds == pytest.approx(12.0)


def test_a_provider_has_a_pace_of_its_own(house, kept):
    learnt(house, ran(provider="elsewhere", seconds=100.0))

    assert PACES.get(kept, "", "video.generate@painter") is None
    assert PACES.get(kept, "", "video.generate@elsewhere").body == Pace(1, 100.0, 3.0)


def test_cost_is_told_by_provider(kept):
    guesses = (Guess("video.generate", 2, media_seconds=10.0), Guess("image.generate", 3))

    estimate = told(kept, *guesses, prices={"painter": 0.5})

    assert estimate.cost == {"painter": 10 * 0.5 + 3 * 0.5}


def test_the_actual_counts_what_ran_and_nothing_that_was_found():
    steps = [ran(), ran(executions=0), ran("story.read", 1.0, 0.0)]

    actual = estimates.actual(steps, {"painter": 0.1})

    assert (actual.steps, actual.seconds, actual.bytes) == (2, 7.0, 200)
    assert actual.cost == {"painter": pytest.approx(3 * 0.1 + 1 * 0.1)}
