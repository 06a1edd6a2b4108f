"""Plans run in this process: the order, what fails, and going on with what an earlier run has finished."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from reelwright.errors import NotMedia
from reelwright.operators import Context, Params, Result, files, operator, param, registry
from reelwright.pipelines import inline
from reelwright.pipelines.contract import Ref, Seen, Wanted, plan


class AddParams(Params):
    one: int = param("A number.")
    other: int = param("A number.", 1)


class AddResult(Result):
    sum: int = param("Their sum.")
    file: files.Text = param("It, written down.")


@operator(version=1, name="test.add")
def _add(params: AddParams, ctx: Context) -> AddResult:
    if params.one < 0:
        raise NotMedia(f"one is {params.one}; give 0 or more")
    out = ctx.output("sum.txt")
    out.write_text(str(params.one + params.other + ctx.seed))
    return AddResult(sum=params.one + params.other, file=str(out))


class ChainParams(Params):
    start: int = param("Where it begins.", 1)
    length: int = param("How long it is.", 3)


@plan(version=1, name="chain", final="end", concludes="test.add")
def _chain(params: ChainParams, seen: Seen):
    yield Wanted("a0", "test.add", {"one": params.start})
    for number in range(1, params.length):
        yield Wanted(f"a{number}", "test.add", {"one": Ref(f"a{number - 1}", "sum")})
    yield Wanted("side", "test.add", {"one": 10}, seed=5)
    yield Wanted("end", "test.add", {"one": Ref(f"a{params.length - 1}", "sum"), "other": Ref("side", "sum")})


@pytest.fixture(autouse=True)
def _operators(monkeypatch):
    monkeypatch.setattr(registry, "_plugins", lambda: {"test.add": SimpleNamespace(load=lambda: _add)})
    for cached in (registry.names, registry.load):
        cached.cache_clear()
    yield
    for cached in (registry.names, registry.load):
        cached.cache_clear()


def test_steps_run_in_order_and_take_what_others_made(tmp_path):
    told = []

    ran = inline.run(_chain, ChainParams(), folder=tmp_path, told=lambda *seen: told.append(seen))

    assert ran.order == ["a0", "a1", "a2", "side", "end"]
    assert ran.finished["end"]["sum"] == 4 + 11
    assert [(step.name, done, known) for step, done, known in told][-1] == ("end", 4, 5)


def test_a_step_may_have_a_seed_of_its_own(tmp_path):
    ran = inline.run(_chain, ChainParams(), folder=tmp_path, seed=100)

    written = [Path(ran.finished[name]["file"]).read_text() for name in ("a0", "side")]
    assert written == ["102", "16"]


def test_a_failure_stops_its_dependants_only(tmp_path):
    ran = inline.run(_chain, ChainParams(start=-1), folder=tmp_path)

    assert set(ran.finished) == {"side"}
    assert {name: error.code for name, error in ran.failed.items()} == {"a0": "NotMedia"}


def test_what_an_earlier_run_has_finished_is_not_run_again(tmp_path):
    first = inline.run(_chain, ChainParams(length=2), folder=tmp_path)
    first.order.clear()
    del first.finished["end"]

    again = inline.run(_chain, ChainParams(length=3), folder=tmp_path, before=first)

    assert again.order == ["a2", "end"]
