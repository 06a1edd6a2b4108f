"""What a plan makes of a job's steps, without any ledger: hypothesis plays jobs with edits, failures and kills."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.jobs import planning
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import Failure, Made, Status
from reelwright.operators import Params, param
from reelwright.pipelines.contract import Ref, Seen, Wanted, plan

RAN: list[str] = []


class RowParams(Params):
    count: int = param("How many.", 3)


@plan(version=1, name="row", final="end", concludes="x.y")
def _row(params: RowParams, seen: Seen):
    """First, as many as it says, a second row on them, and an end; what fails is left out."""
    yield Wanted("first", "x.y", {"value": "f"})
    if "first" not in seen.finished:
        return
    for number in range(params.count):
        yield Wanted(f"a{number}", "x.y", {"value": f"a{number}", "of": Ref("first", "made")})
        yield Wanted(f"b{number}", "x.y", {"value": f"b{number}", "of": Ref(f"a{number}", "made")})
    kept = [one for one in range(params.count) if not {f"a{one}", f"b{one}"} & set(seen.failed)]
    yield Wanted("end", "x.y", {"value": "e", "of": [Ref(f"b{one}", "made") for one in kept]})


class Play:
    """A job whose steps are kept here as a ledger would."""

    def __init__(self):
        self.steps, self.edits, self.bad = {}, {}, set()
        self.runs = []

    def look(self):
        outlook = planning.look(_row, RowParams(), "j", list(self.steps.values()), self.edits)
        for step in outlook.changed:
            self.steps[step.name] = replace(step, is_ready=outlook.may_be_claimed(step))
        return outlook

    def ready(self):
        return sorted(name for name, step in self.steps.items() if step.is_ready)

    def run(self, name):
        step = self.steps[name]
        self.runs.append(name)
        if step.params["value"] in self.bad:
            failure = Failure("Bad", "it is bad")
            self.steps[name] = replace(step, state=Status.FAILED, failure=failure, is_ready=False)
        else:
            made = f"{step.params['value']}({step.params.get('of', '')})"
            self.steps[name] = replace(step, state=Status.SUCCEEDED, result={"made": made}, made=Made(), is_ready=False)

    def settle(self):
        while True:
            outlook = self.look()
            ready = self.ready()
            if not ready:
                return outlook
            self.run(ready[0])
            if ready[0] == "end" and self.steps["end"].state is Status.SUCCEEDED:
                return outlook

    def standing(self):
        """What is done, and what has failed."""
        done = {name: step.result["made"] for name, step in self.steps.items() if step.state is Status.SUCCEEDED}
        return done, {name for name, step in self.steps.items() if step.state is Status.FAILED}


def fresh(edits, bad):
    play = Play()
    play.edits, play.bad = edits, bad
    play.settle()
    return play


def test_a_job_runs_each_step_once_in_order():
    play = Play()
    play.settle()

    assert play.runs[0] == "first"
    assert play.runs[-1] == "end"
    assert sorted(play.runs) == ["a0", "a1", "a2", "b0", "b1", "b2", "end", "first"]
    assert play.steps["end"].result == {"made": "e(['b0(a0(f()))', 'b1(a1(f()))', 'b2(a2(f()))'])"}


def test_a_step_whose_neighbour_is_edited_while_it_runs_is_left_alone():
    play = Play()
    play.look()
    play.run("first")
    play.look()
    play.steps["a0"] = replace(play.steps["a0"], state=Status.RUNNING, owner="w", lease_until=9.0, attempt=1)
    play.edits = {"a1": Edit(params={"value": "other"})}

    play.look()

    assert play.steps["a0"].owner == "w"


def test_a_step_that_is_edited_while_it_runs_is_taken_from_its_worker():
    play = Play()
    play.look()
    play.run("first")
    play.look()
    play.steps["a0"] = replace(play.steps["a0"], state=Status.RUNNING, owner="w", lease_until=9.0, attempt=1)
    play.edits = {"a0": Edit(params={"value": "other"})}

    play.look()

    assert play.steps["a0"].state is Status.QUEUED
    assert play.steps["a0"].owner is None
    assert play.steps["a0"].params["value"] == "other"


VALUES = st.sampled_from(["x", "y", "bad"])
NAMES = st.sampled_from(["first", "a0", "a1", "b1", "b2"])
EDIT = VALUES.map(lambda value: Edit(params={"value": value}))


@settings(max_examples=120)
@given(changes=st.lists(st.dictionaries(NAMES, EDIT, max_size=2), min_size=1, max_size=4), stop=st.integers(0, 12))
def test_whatever_was_edited_before_the_end_is_that_of_a_new_job_with_those_edits(changes, stop):
    play = Play()
    play.bad = {"bad"}
    for edits in changes:
        play.edits = {**play.edits, **edits}
        for _ in range(stop):  # edited in the middle of the work
            play.look()
            if not play.ready():
                break
            play.run(play.ready()[-1])
    last = play.settle()
    undisturbed = fresh(play.edits, play.bad)

    assert play.standing() == undisturbed.standing()
    assert (last.cause is None) == (not undisturbed.bad & {edit.params["value"] for edit in undisturbed.edits.values()})


def test_what_failed_waits_again_when_what_it_needs_is_made_anew():
    play = Play()
    play.bad, play.edits = {"bad"}, {"b1": Edit(params={"value": "bad"})}
    play.settle()
    assert play.steps["b1"].state is Status.FAILED

    play.edits = {**play.edits, "a1": Edit(params={"value": "bad"})}
    play.settle()

    assert (play.steps["b1"].state, play.steps["b1"].failure) == (Status.QUEUED, None)
    assert play.standing()[1] == {"a1"}


@given(edited=NAMES)
def test_an_edit_runs_its_step_and_what_hangs_on_it_and_nothing_else(edited):
    play = Play()
    play.settle()
    play.runs.clear()
    play.edits = {edited: Edit(params={"value": "new"})}

    play.settle()

    below = {"a": {f"b{edited[-1]}"}, "b": set(), "f": {f"{row}{one}" for row in "ab" for one in range(3)}}
    assert sorted(play.runs) == sorted({edited, *below[edited[0]], "end"})
