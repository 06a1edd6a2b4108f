"""What a plan makes of a job's steps: which are new, which stand, which have to run again, which may run now.

Pure: steps and edits go in, changed steps come out; the ledger reads and writes them. A step stands if it is done, all
that it needs stands, and the plan (with the user's edits) still wants it with the very same params. One that does not
stand waits with its old result; should its params turn out to be the same in the end, it stands again without a run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from reelwright.jobs import edits
from reelwright.jobs.edits import Edit
from reelwright.jobs.job import Made, Status, Step
from reelwright.pipelines.contract import Plan, Seen, Wanted, resolved, told

BY_USER = Made("user", "user")
"""What made a result that is a user's own file."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """`changed`: steps to be written, new ones among them. `ready`: names of those that run or may run now.

    With nothing ready, the job stands still because of `cause`.
    """

    changed: tuple[Step, ...]
    ready: frozenset[str]
    cause: Step | None = None

    def may_be_claimed(self, step: Step) -> bool:
        return step.state is Status.QUEUED and step.name in self.ready


def look(
    plan: Plan[Any], params: Any, job_id: str, steps: Sequence[Step], changes: Mapping[str, Edit] | None = None
) -> Outlook:
    """How a job goes on that is not finished. Its final step counts as not done, whatever it has made before."""
    view = _View(plan, params, job_id, {step.name: step for step in steps}, changes or {})
    wanted = view.settle()
    new = [view.step(one, position) for position, one in enumerate(wanted)]
    names = {one.name for one in wanted}
    dropped = [_dropped(step) for step in steps if step.name not in names]
    ready = frozenset(one.name for one in wanted if view.is_pending(one.name) and view.may_run(one))
    cause = next((step for step in new if step.name in view.failed), None)
    outlook = Outlook((), ready, cause)
    changed = (
        step
        for step in (*new, *dropped)
        if step != view.known.get(step.name) or step.is_ready != outlook.may_be_claimed(step)
    )
    return replace(outlook, changed=tuple(changed))


@dataclass
class _View:
    plan: Plan[Any]
    params: Any
    job_id: str
    known: Mapping[str, Step]
    changes: Mapping[str, Edit]

    def __post_init__(self) -> None:
        self.finished: dict[str, Mapping[str, Any]] = {
            step.name: step.result
            for step in self.known.values()
            # A user's file that was taken back is no result of the step any more.
            if step.result is not None and step.name != self.plan.final and step.made != BY_USER
        }
        self.given = {name for name, edit in self.changes.items() if edit.result}
        for name in self.given:
            before = self.known[name].result if name in self.known else None
            self.finished[name] = edits.result_of(self.changes[name], before)
        self.failed = {
            step.name: step.failure.code if step.failure else ""
            for step in self.known.values()
            if step.state is Status.FAILED and step.name not in self.finished
        }
        self._made: dict[str, Any] = {}

    def settle(self) -> list[Wanted]:
        """Ask the plan until what it is told is what stands by its answer. Each turn takes something away."""
        while True:
            steps = self.plan.steps(self.params, Seen(self.finished, self.failed))
            wanted = [edits.applied(one, self.changes.get(one.name)) for one in steps]
            self._made = {}
            stale = [one.name for one in wanted if one.name in self.finished and not self._stands(one)]
            mended = [one.name for one in wanted if one.name in self.failed and self._is_mended(one)]
            if not stale and not mended:
                return wanted
            for name in stale:
                del self.finished[name]
            for name in mended:
                del self.failed[name]

    def _stands(self, wanted: Wanted) -> bool:
        return wanted.name in self.given or (self.may_run(wanted) and self._is_same(wanted))

    def _is_mended(self, wanted: Wanted) -> bool:
        """Failed with other params, or before something that it needs was to be made anew: it is to be tried again."""
        return not (self.may_run(wanted) and self._is_same(wanted))

    def _is_same(self, wanted: Wanted) -> bool:
        step = self.known[wanted.name]
        if (step.operator, step.seed) != (wanted.operator, wanted.seed):
            return False
        # Nearly always equal as it is; only odd values (tuples in tuples, enums) look otherwise once they are kept.
        return bool(step.params == self._resolved(wanted)) or bool(step.params == self._final_params(wanted))

    def may_run(self, wanted: Wanted) -> bool:
        return all(name in self.finished for name in wanted.needs)

    def is_pending(self, name: str) -> bool:
        return name not in self.finished and name not in self.failed

    def _final_params(self, wanted: Wanted) -> Any:
        """As they are read back from a ledger."""
        return _as_kept(self._resolved(wanted))

    def _resolved(self, wanted: Wanted) -> Any:
        if wanted.name not in self._made:
            self._made[wanted.name] = resolved(wanted.params, self.finished)
        return self._made[wanted.name]

    def step(self, wanted: Wanted, position: int) -> Step:
        old = self.known.get(wanted.name)
        step = old or Step(f"{self.job_id}-{wanted.name}", self.job_id, position, wanted.name, wanted.operator, {})
        if (step.position, step.needs, step.title) != (position, wanted.needs, wanted.title):
            step = replace(step, position=position, needs=wanted.needs, title=wanted.title)
        if wanted.name in self.given:
            return _given(step, self.finished[wanted.name])
        if wanted.name in self.finished:
            stands = step.state is Status.SUCCEEDED and step.lease_until is None
            return step if stands else replace(_let_go(step), state=Status.SUCCEEDED, progress=100.0)
        return step if wanted.name in self.failed else self._pending(step, wanted, is_new=old is None)

    def _pending(self, step: Step, wanted: Wanted, *, is_new: bool) -> Step:
        if not self.may_run(wanted):
            # What it has made is kept, with the params it was made with: it may come to stand again.
            params = step.params if step.result is not None else _as_kept(told(wanted.params))
            waiting = replace(_let_go(step), state=Status.QUEUED, params=params, failure=None)
            return waiting if step.result is not None else replace(waiting, operator=wanted.operator, seed=wanted.seed)
        if not is_new and step.state in (Status.QUEUED, Status.RUNNING) and self._is_same(wanted):
            return step
        return replace(
            _let_go(step),
            state=Status.QUEUED,
            operator=wanted.operator,
            params=self._final_params(wanted),
            seed=wanted.seed,
            result=None,
            made=None,
            memo=False,
            memo_key=None,
            failure=None,
            progress=0.0,
            phase="",
            run_after=0.0,
            finished_at=None,
        )


def _as_kept(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


def _given(step: Step, result: Mapping[str, Any]) -> Step:
    return replace(
        _let_go(step), state=Status.SUCCEEDED, result=result, made=BY_USER, memo=False, failure=None, progress=100.0
    )


def _dropped(step: Step) -> Step:
    """No part of the plan any more. What it has made stays, in case it is wanted again."""
    return replace(_let_go(step), state=Status.CANCELLED)


def _let_go(step: Step) -> Step:
    return replace(step, owner=None, lease_until=None)
