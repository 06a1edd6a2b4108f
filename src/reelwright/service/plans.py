"""What a face may ask of jobs that follow a plan: how they stand, what they will take, and that a step be changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright import operators
from reelwright.errors import Conflict, InvalidParameter, NotFound
from reelwright.jobs import edits, estimates
from reelwright.jobs.edits import Edit
from reelwright.jobs.estimates import ESTIMATES, Estimate
from reelwright.jobs.job import Job, NewJob, Step
from reelwright.jobs.ledger.port import Ledger
from reelwright.models.port import BUILTIN, Models
from reelwright.operators import Operator, files
from reelwright.operators.validating import validated
from reelwright.pipelines import registry
from reelwright.pipelines.contract import MARK, Guess, Plan
from reelwright.service.checking import Checks
from reelwright.settings import Settings


@dataclass(frozen=True, slots=True)
class View:
    """A job with its plan. `edits` are what its user has changed, by step."""

    job: Job
    plan: Plan[Any]
    steps: Sequence[Step]
    edits: Mapping[str, Edit]
    estimate: Estimate | None
    actual: Estimate


class Plans:
    def __init__(self, settings: Settings, ledger: Ledger, checks: Checks, models: Models) -> None:
        self._settings, self._ledger, self._checks, self._models = settings, ledger, checks, models

    def view(self, job: Job) -> View:
        """Raises `Conflict` for a job without a plan."""
        plan, steps = _plan_of(job), self._ledger.steps(job.id)
        found = ESTIMATES.get(self._ledger, job.tenant, job.id)
        actual = estimates.actual(steps, self._settings.prices)
        changed = edits.of_job(self._ledger, job.tenant, job.id)
        return View(job, plan, steps, changed, None if found is None else found.body, actual)

    def estimate(self, new: NewJob) -> Estimate | None:
        """What a job will probably take; None for one without a plan, or whose plan does not guess."""
        plan = registry.find(new.operator)
        if plan is None or plan.guess is None:
            return None
        params = plan.params.model_validate(new.params)
        guesses = plan.guess(params, self._checks.sizes(new.operator, new.params))
        return estimates.estimate(guesses, self._ledger, self._provider, self._settings.prices)

    def _provider(self, guess: Guess) -> str:
        operator = operators.load(guess.operator)
        if not guess.params:
            return BUILTIN.name
        return operator.provider(operator.params.model_validate(guess.params), self._models).name

    def checked(self, job: Job, name: str, edit: Edit, own_hosts: Collection[str]) -> Edit:
        """The edit with addresses of our form, if the step can take it."""
        _plan_of(job)
        step = next((one for one in self._ledger.steps(job.id) if one.name == name), None)
        if step is None:
            raise NotFound(f"job {job.id} has no step {name!r}; its steps tell their names", field="step")
        if edit.result and (edit.params or edit.seed is not None):
            told = "give new params (or a seed), so that the step runs, or a result of your own, so that it does not"
            raise InvalidParameter(f"params and result exclude each other; {told}", field="result")
        operator = operators.load(step.operator)
        params = self._checked_params(operator, step, edit.params, own_hosts)
        return _with(edit, params, self._checked_result(operator, edit.result, own_hosts))

    def _checked_params(
        self, operator: Operator[Any, Any], step: Step, given: Mapping[str, Any], own_hosts: Collection[str]
    ) -> dict[str, Any]:
        unknown = next((name for name in given if name not in operator.params.model_fields), None)
        if unknown is not None:
            known = ", ".join(operator.params.model_fields)
            raise InvalidParameter(
                f"params.{unknown} is no param of {operator.name}; it has {known}", field=f"params.{unknown}"
            )
        changed = dict(given)
        if MARK.encode() in msgspec.json.encode(step.params):
            return changed  # It waits for others; its values are checked when they are known.
        whole = validated(operator.params, {**step.params, **given})
        for path, _, text in files.fields(whole):
            if path[0] in given:
                files.replace(changed, path, self._checks.input(text, own_hosts, f"params.{files.dotted(path)}"))
        return changed

    def _checked_result(
        self, operator: Operator[Any, Any], given: Mapping[str, str], own_hosts: Collection[str]
    ) -> dict[str, str]:
        known = operator.result.model_fields
        for path in given:
            if path.partition(".")[0] not in known:
                raise InvalidParameter(
                    f"result.{path} is nothing that {operator.name} makes; it makes {', '.join(known)}",
                    field=f"result.{path}",
                )
        return {path: self._checks.input(text, own_hosts, f"result.{path}") for path, text in given.items()}


def _with(edit: Edit, params: dict[str, Any], result: dict[str, str]) -> Edit:
    return msgspec.structs.replace(edit, params=params, result=result)


def _plan_of(job: Job) -> Plan[Any]:
    plan = registry.find(job.operator)
    if plan is None:
        told = f"job {job.id} is one call of {job.operator}, not a plan with steps to change; submit it anew instead"
        raise Conflict(told)
    return plan
