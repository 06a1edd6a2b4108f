"""Plans as they are declared: what a step needs, how refs are filled in, what a plan must not do."""

import pytest

from reelwright.errors import InternalError
from reelwright.operators import Params, param
from reelwright.pipelines.contract import Ref, Seen, Wanted, plan, refs, resolved, told


def test_a_step_needs_what_it_takes_and_what_it_waits_for_each_once():
    step = Wanted("c", "x.y", {"one": Ref("a", "file"), "more": [{"deep": Ref("b")}, Ref("a", "size")]}, after=("z",))

    assert step.needs == ("a", "b", "z")


def test_refs_are_filled_in_at_any_depth():
    finished = {"a": {"images": [{"image": "oss://b/k"}], "size": 3}}
    params = {"one": Ref("a", "images.0.image"), "more": ({"deep": Ref("a", "size")},), "all": Ref("a"), "plain": 1}

    assert resolved(params, finished) == {
        "one": "oss://b/k",
        "more": [{"deep": 3}],
        "all": finished["a"],
        "plain": 1,
    }


def test_a_ref_of_a_step_that_is_not_done_cannot_be_filled_in():
    with pytest.raises(KeyError):
        resolved({"one": Ref("b")}, {"a": {}})


@pytest.mark.parametrize("path", ["sound", "images.1.image", "images.first", "size.deep"])
def test_a_ref_to_what_was_not_made_is_told(path):
    with pytest.raises(InternalError, match="made nothing called"):
        resolved(Ref("a", path), {"a": {"images": [{"image": "x"}], "size": 3}})


def test_refs_are_told_as_json():
    assert told({"one": Ref("a", "file"), "two": (1, Ref("b"))}) == {
        "one": {"$step": "a", "path": "file"},
        "two": [1, {"$step": "b", "path": ""}],
    }
    assert refs({"one": Ref("a", "file"), "two": (1, Ref("b"))}) == [Ref("a", "file"), Ref("b")]


class NoParams(Params):
    name: str = param("Of the step.", "a")


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        pytest.param([Wanted("a", "x.y", {}), Wanted("a", "x.y", {})], "stands twice", id="twice"),
        pytest.param([Wanted("A/b", "x.y", {})], "is no name", id="name"),
        pytest.param([Wanted("a", "x.y", {"v": Ref("b")}), Wanted("b", "x.y", {})], "not before it", id="order"),
        pytest.param([Wanted("a", "x.y", {"v": Ref("a")})], "not before it", id="itself"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(steps, complaint):
    @plan(version=1, name="odd", final="a", concludes="x.y")
    def odd(params: NoParams, seen: Seen):
        return steps

    with pytest.raises(InternalError, match=complaint):
        odd.steps(NoParams(), Seen())


def test_a_plan_is_told_by_its_docstring():
    @plan(version=2, name="told", final="a", concludes="x.y")
    def one(params: NoParams, seen: Seen):
        yield Wanted(params.name, "x.y", {})

    assert (one.name, one.version, one.params) == ("told", 2, NoParams)
    assert (
        one.summary == "Plans as they are declared: what a step needs, how refs are filled in, what a plan must not do."
    )
    assert [step.name for step in one.steps(NoParams(), Seen())] == ["a"]
