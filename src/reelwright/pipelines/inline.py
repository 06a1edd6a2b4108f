"""Run a plan here and now, in this process: for the command line and for tests.

Nothing is kept beyond the run. Steps run one after the other, in the order of the plan; each has a folder of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelwright import operators
from reelwright.errors import ReelwrightError
from reelwright.models.port import Models, NoModels
from reelwright.operators import Context
from reelwright.operators.context import Reporter, Silent
from reelwright.operators.validating import validated
from reelwright.pipelines.contract import Plan, Seen, Wanted, resolved


@dataclass
class Ran:
    """What came of a run. `order`: the steps that ran, in that order."""

    finished: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    failed: dict[str, ReelwrightError] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def seen(self) -> Seen:
        return Seen(self.finished, {name: error.code for name, error in self.failed.items()})


Told = Callable[[Wanted, int, int], None]


def run(
    plan: Plan[Any],
    params: Any,
    *,
    folder: Path,
    models: Models | None = None,
    seed: int = 0,
    reporter: Reporter | None = None,
    told: Told = lambda step, done, known: None,
    before: Ran | None = None,
) -> Ran:
    """Run all steps that can run. What has failed stands in `failed`; the job's result is `finished[plan.final]`.

    `told(step, done, known)` is called before each step with how many are done, and how many are known so far.
    `before`: what an earlier run has finished; none of it runs again.
    """
    ran = before or Ran()
    models = models or NoModels()
    while (ready := _ready(plan, params, ran)) is not None:
        step, known = ready
        told(step, len(ran.finished), known)
        ran.order.append(step.name)
        try:
            ran.finished[step.name] = _result(step, ran, folder / step.name, models, seed, reporter or Silent())
        except ReelwrightError as error:
            ran.failed[step.name] = error
    return ran


def _ready(plan: Plan[Any], params: Any, ran: Ran) -> tuple[Wanted, int] | None:
    wanted = plan.steps(params, ran.seen())
    for step in wanted:
        settled = step.name in ran.finished or step.name in ran.failed
        if not settled and all(one in ran.finished for one in step.needs):
            return step, len(wanted)
    return None


def _result(step: Wanted, ran: Ran, folder: Path, models: Models, seed: int, reporter: Reporter) -> Mapping[str, Any]:
    operator = operators.load(step.operator)
    params = validated(operator.params, resolved(step.params, ran.finished))
    (folder / "out").mkdir(parents=True, exist_ok=True)
    context = Context(
        scratch=folder,
        outputs=folder / "out",
        reporter=reporter,
        models=models,
        provider=operator.provider(params, models),
        seed=seed if step.seed is None else step.seed,
        phases=operator.phases,
    )
    result: dict[str, Any] = operator(params, context).model_dump(mode="json")
    return result
