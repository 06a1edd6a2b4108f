"""Jobs of many steps: their plans, and changes of their steps."""

from typing import Annotated, Any

from msgspec import Meta

from reelwright.jobs.job import Status
from reelwright.v1.base import MAX_SEED, Reply, Request, Seconds


class StepChange(Request, frozen=True):
    """What a step of a plan is to do otherwise. An empty change takes all changes of it back."""

    params: Annotated[dict[str, Any], Meta(description="Params that are set over those of the plan.")] = {}
    result: Annotated[
        dict[str, str],
        Meta(description="Addresses of files of your own, by result field (`images.0.image`); the step need not run."),
    ] = {}
    seed: Annotated[Annotated[int, Meta(ge=0, le=MAX_SEED)] | None, Meta(description="Another seed.")] = None


class PlanShare(Reply, frozen=True):
    """What one operator at one provider takes."""

    operator: str
    provider: str
    steps: int
    seconds: Annotated[float, Meta(description="Of work, all steps added up.")]
    bytes: int
    cost: Annotated[float, Meta(description="At the prices of the settings.")] = 0.0


class PlanCost(Reply, frozen=True):
    steps: int
    seconds: Seconds
    bytes: int
    cost: Annotated[dict[str, float], Meta(description="By provider, at the prices of the settings.")]
    shares: list[PlanShare]


class PlanStep(Reply, frozen=True):
    """A node of the plan's graph; its links are its `needs`."""

    name: str
    title: str
    operator: str
    state: Status
    needs: list[str]
    executions: int
    memo: bool
    is_changed: Annotated[bool, Meta(description="Its user has changed it.")]


class Plan(Reply, frozen=True):
    """A job of many steps as a graph, with what was expected of it and what it took."""

    plan: str
    version: int
    status: Status
    final: Annotated[str, Meta(description="The step whose result is the job's.")]
    steps: list[PlanStep]
    changes: Annotated[dict[str, StepChange], Meta(description="What its user has changed, by step.")]
    estimate: Annotated[PlanCost | None, Meta(description="As it was made before the run.")]
    actual: Annotated[PlanCost, Meta(description="So far; found results cost nothing.")]
