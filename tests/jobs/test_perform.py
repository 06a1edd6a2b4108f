"""Inputs from http(s): fetched once, however often somebody looks whether the work elsewhere is done."""

import hashlib
from types import SimpleNamespace

import pytest

from reelwright.errors import Elsewhere, FetchFailed, UpstreamFailed
from reelwright.jobs.perform import World, perform
from reelwright.jobs.task import Task
from reelwright.models.port import NoModels
from reelwright.operators import Context, Params, Result, files, operator, param, registry
from reelwright.settings import Settings
from reelwright.storage import local, memory

ADDRESS = "https://media.example/a.txt"


class WaitParams(Params):
    text: files.Text = param("A file of words.")


class WaitResult(Result):
    words: tuple[str, ...] = param("The words, at each look.")


@operator(version=1, name="test.wait")
def _wait(params: WaitParams, ctx: Context) -> WaitResult:
    with open(params.text) as given:
        SEEN.append(given.read())
    ordered = ctx.once("order", lambda: f"order {len(SEEN)}")
    fault = ENDS.pop(0) if ENDS else None
    if fault is not None:
        raise fault
    return WaitResult(words=(str(ordered), *SEEN))


SEEN: list[str] = []
ENDS: list[Exception | None] = []
WAIT = Elsewhere("at work", after=1)


@pytest.fixture(params=["folder", "memory"])
def world(request, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_plugins", lambda: {"test.wait": SimpleNamespace(load=lambda: _wait)})
    for cached in (registry.names, registry.load):
        cached.cache_clear()
    SEEN.clear()
    ENDS.clear()
    settings = Settings(home=tmp_path / "home")
    stores = local.open_store(settings), local.open_memo(settings)
    objects, kept = stores if request.param == "folder" else memory.open_both()
    yield World(objects, kept, NoModels(), Web(), tmp_path / "scratch", "previews")
    for cached in (registry.names, registry.load):
        cached.cache_clear()


class Web:
    """Something else lies at the address each time."""

    def __init__(self):
        self.fetched = 0

    def __call__(self, url, path):
        self.fetched += 1
        path.write_text(f"version {self.fetched}")
        return path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()


def look(world, attempt):
    return perform(Task("job", "step", attempt, "test.wait", {"text": ADDRESS}), world, lambda news: None)


def test_an_input_is_fetched_once_for_all_looks(world):
    ENDS[:] = [WAIT, WAIT]
    for attempt in (1, 2):
        with pytest.raises(Elsewhere):
            look(world, attempt)
    done = look(world, 3)

    assert world.fetch.fetched == 1
    assert done.result["words"] == ["order 1", *["version 1"] * 3], "what was ordered with is what is seen"


@pytest.mark.parametrize("end", [None, UpstreamFailed("down")], ids=["done", "failed"])
def test_it_is_forgotten_when_the_work_ends(world, end):
    ENDS[:] = [WAIT, end]
    with pytest.raises(Elsewhere):
        look(world, 1)
    if end is None:
        look(world, 2)
    else:
        with pytest.raises(UpstreamFailed):
            look(world, 2)
    ENDS[:] = [WAIT]
    with pytest.raises(Elsewhere):
        look(world, 3)
    assert SEEN[-1] == "version 2"


def test_a_run_that_nobody_waits_for_keeps_nothing(world):
    ENDS[:] = [UpstreamFailed("down")]
    with pytest.raises(UpstreamFailed):
        look(world, 1)
    look(world, 2)
    assert world.fetch.fetched == 2


def test_another_step_fetches_for_itself(world):
    ENDS[:] = [WAIT]
    with pytest.raises(Elsewhere):
        look(world, 1)
    perform(Task("job", "other", 2, "test.wait", {"text": ADDRESS}), world, lambda news: None)
    assert world.fetch.fetched == 2


def test_what_cannot_be_fetched_leaves_nothing_behind(world):
    def refuse(url, path):
        raise FetchFailed(f"{url} is gone")

    with pytest.raises(FetchFailed):
        perform(
            Task("job", "step", 2, "test.wait", {"text": ADDRESS}),
            World(world.objects, world.memo, world.models, refuse, world.scratch, world.previews),
            lambda news: None,
        )
