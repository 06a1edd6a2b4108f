"""Promises under SIGKILL: real servers, real workers, seeded instants. Thousands: `tests/acceptance/crashing.py`."""

import importlib.util
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SEEDS, HOMES = 50, 5


@pytest.fixture(scope="module")
def crashing():
    sys.path.insert(0, str(HERE))
    spec = importlib.util.spec_from_file_location("crashing", HERE / "crashing.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(HERE))


@pytest.mark.crash
@pytest.mark.parametrize("home", range(HOMES))
def test_nothing_is_lost_nothing_comes_twice_nothing_finished_runs_again(crashing, tmp_path, home):
    trial = crashing.Trial(tmp_path)
    try:
        for seed in range(home * SEEDS // HOMES, (home + 1) * SEEDS // HOMES):
            trial.run(seed)
    finally:
        trial.close()
