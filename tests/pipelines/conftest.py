"""Small files for graphs, and runs of graphs in this process."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reelwright.media import images
from reelwright.pipelines import inline, registry

PLAN = registry.find("graph")


@pytest.fixture
def red_blue(tmp_path) -> Path:
    """160x90: red at the left, blue at the right."""
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[:, :80], picture[:, 80:] = (200, 30, 30), (30, 30, 200)
    return Path(images.save(picture, tmp_path / "red-blue.png"))


@pytest.fixture
def run(tmp_path) -> Callable[..., inline.Ran]:
    """`run(graph, files={"1.image": path}, before=…, models=…)`: check the graph and run it; only `fails` may fail."""

    def run(graph, *, files=None, folder="run", seed=0, fails=(), **given):
        named = [{"key": key, "file": str(file)} for key, file in (files or {}).items()]
        params = PLAN.params(graph=graph, files=named)
        PLAN.check(params)
        ran = inline.run(PLAN, params, folder=tmp_path / folder, seed=seed, **given)
        assert set(ran.failed) == set(fails), {name: error.message for name, error in ran.failed.items()}
        return ran

    return run
