"""Parts of a step that are finished outlive the run: the next run of the very same step finds them, and no other."""

from types import SimpleNamespace

import pytest

from reelwright.jobs import memo
from reelwright.jobs.perform import World, perform
from reelwright.jobs.task import Task
from reelwright.models.port import NoModels
from reelwright.operators import Context, Params, Result, files, operator, param, registry
from reelwright.settings import Settings
from reelwright.storage import local


class CountParams(Params):
    text: files.Text = param("A file of words.")
    loud: bool = param("In capitals?", False)


class CountResult(Result):
    words: tuple[str, ...] = param("The words.")


DONE = []
LIMIT = [99]


@operator(version=1, name="test.count")
def _count(params: CountParams, ctx: Context) -> CountResult:
    def heard(word):
        if len(DONE) == LIMIT[0]:
            raise MemoryError("killed")  # as hard an end as a test can make without a process
        DONE.append(word)
        return {"word": word.upper() if params.loud else word}

    with open(params.text) as given:
        words = given.read().split()
    return CountResult(words=tuple(ctx.once(word, lambda word=word: heard(word))["word"] for word in words))


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_plugins", lambda: {"test.count": SimpleNamespace(load=lambda: _count)})
    for cached in (registry.names, registry.load):
        cached.cache_clear()
    DONE.clear()
    LIMIT[0] = 99
    settings = Settings(home=tmp_path / "home")
    objects, kept = local.open_store(settings), local.open_memo(settings)
    objects.create_bucket("given")
    objects.put("given", "a.txt", b"one two three")
    yield World(objects, kept, NoModels(), lambda url, path: (0, ""), tmp_path / "scratch", "previews")
    for cached in (registry.names, registry.load):
        cached.cache_clear()


def run(world, *, attempt=1, salt="", **params):
    task = Task("job", "step", attempt, "test.count", {"text": "oss://given/a.txt", **params}, 0, salt)
    return perform(task, world, lambda news: None)


def cut_off(world, after, **given):
    LIMIT[0] = after
    with pytest.raises(MemoryError):
        run(world, **given)
    LIMIT[0] = 99
    told = list(DONE)
    DONE.clear()
    return told


def test_a_run_goes_on_where_the_one_before_was_cut_off(world):
    assert cut_off(world, 2) == ["one", "two"]

    done = run(world, attempt=2)

    assert DONE == ["three"]
    assert done.result["words"] == ["one", "two", "three"]


@pytest.mark.parametrize(
    "other",
    [pytest.param({"loud": True}, id="params"), pytest.param({"salt": "afresh"}, id="a-run-that-is-to-be-fresh")],
)
def test_another_step_finds_none_of_them(world, other):
    cut_off(world, 2)
    run(world, attempt=2, **other)
    assert DONE == ["one", "two", "three"]


def test_once_the_whole_is_saved_its_parts_are_forgotten(world):
    cut_off(world, 2)
    done = run(world, attempt=2)
    assert all(world.memo.find(memo.part_key(done.key, name)) is None for name in ("one", "two", "three"))
    assert world.memo.find(done.key) is not None


def test_without_a_keeper_each_part_is_made():
    made = []
    assert Context.local().once("a", lambda: made.append(1) or "first") == "first"
    assert Context.local().once("a", lambda: made.append(1) or "second") == "second"
    assert len(made) == 2
