"""Promises under SIGKILL: real servers, real workers, seeded instants. Thousands: `tests/acceptance/crashing.py`."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SEEDS, HOMES = 50, 5
PLAN_SEEDS = 20


@pytest.fixture(scope="module")
def loaded():
    """A module of this folder by its name."""
    sys.path.insert(0, str(HERE))

    def load(name):
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield load
    sys.path.remove(str(HERE))


@pytest.mark.crash
@pytest.mark.parametrize("home", range(HOMES))
def test_nothing_is_lost_nothing_comes_twice_nothing_finished_runs_again(loaded, tmp_path, home):
    trial = loaded("crashing").Trial(tmp_path)
    try:
        for seed in range(home * SEEDS // HOMES, (home + 1) * SEEDS // HOMES):
            trial.run(seed)
    finally:
        trial.close()


@pytest.mark.crash
def test_no_finished_step_of_a_plan_runs_again_and_its_result_is_that_of_an_undisturbed_run(loaded, tmp_path):
    trial = loaded("crashing_plans").PlanTrial(tmp_path)
    try:
        for seed in range(PLAN_SEEDS):
            trial.run(seed)
    finally:
        trial.close()


@pytest.mark.crash
@pytest.mark.slow
def test_a_film_made_through_kills_is_that_of_an_undisturbed_run_to_the_byte(loaded, tmp_path):
    crashing = loaded("crashing_storyboards")

    assert crashing.disturbed(tmp_path, seed=1) == crashing.undisturbed(tmp_path)
