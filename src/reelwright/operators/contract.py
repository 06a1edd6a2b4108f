"""The operator contract: one declaration that feeds Python, the CLI, REST, OpenAPI, the docs and the graph.

An operator is a plain function of (params, context) whose params and result are
pydantic models. Its name is its module's path below `reelwright.operators`. It sees
local files only: never a URL, a bucket, a job or a request.

    @operator(version=1, quality=Quality("psnr_db", at_least=38))
    def blur(params: BlurParams, ctx: Context) -> BlurResult: ...
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field

from reelwright.models.port import BUILTIN, Models, Provider
from reelwright.operators.context import Context

PACKAGE = "reelwright.operators."
REQUIRED: Any = ...


class Params(BaseModel):
    """Base of every operator's parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class Result(BaseModel):
    """Base of every operator's result, and of the records inside one."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def param(
    description: str, default: Any = REQUIRED, *, unit: str | None = None, example: Any = None, **limits: Any
) -> Any:
    """A field of params or result. `limits` are pydantic's (ge, le, gt, lt, max_length, pattern, …)."""
    extra = {name: value for name, value in (("unit", unit), ("example", example)) if value is not None}
    return Field(default, description=description, json_schema_extra=extra or None, **limits)


@dataclass(frozen=True, slots=True)
class Quality:
    """The figure an operator is held to: the metric's name and its floor (or ceiling)."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Resources:
    """What one run needs. `memory` in bytes; `weight` of a phase is its share of the work."""

    threads: int = 1
    memory: int = 1 << 30
    gpu: float = 0.0


P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
Choose = Callable[[Any, Models], Provider]


@dataclass(frozen=True)
class Operator(Generic[P, R]):
    """A declared operator; calling it runs it in this process."""

    function: Callable[[P, Context], R]
    name: str
    version: int
    params: type[P]
    result: type[R]
    summary: str
    description: str
    quality: Quality | None = None
    resources: Resources = Resources()
    phases: Mapping[str, float] = field(default_factory=dict)
    """Phase name -> share of the whole work; progress over all phases is their weighted sum."""
    choose: Choose | None = None
    """Picks the provider for given params; part of the memo's key, so it runs before the work."""
    tiers: tuple[str, ...] = ("builtin",)
    """Tiers this operator can run at, for the docs and the doctor."""

    def __call__(self, params: P, ctx: Context | None = None) -> R:
        """Run here and now. Without a context, outputs go to a new folder (`Context.local()`)."""
        return self.function(params, ctx or Context.local(phases=self.phases))

    def provider(self, params: P, models: Models) -> Provider:
        return self.choose(params, models) if self.choose else BUILTIN


def operator(
    *,
    version: int,
    name: str | None = None,
    quality: Quality | None = None,
    resources: Resources | None = None,
    phases: Mapping[str, float] | None = None,
    choose: Choose | None = None,
    tiers: tuple[str, ...] = ("builtin",),
) -> Callable[[Callable[[P, Context], R]], Operator[P, R]]:
    """Declare the decorated function as the operator of its module.

    `name` is for plug-ins, whose module is not below `reelwright.operators`: that of their entry point.
    `version` rises whenever results change. `phases` are the names used with
    `ctx.track(…, phase=…)`, in order, with their shares of the work.
    """

    def declare(function: Callable[[P, Context], R]) -> Operator[P, R]:
        hints = get_type_hints(function)
        module = inspect.getmodule(function)
        text = inspect.getdoc(module) or inspect.getdoc(function) or ""
        summary, _, rest = text.partition("\n\n")
        return Operator(
            function=function,
            name=name or _name_of(function),
            version=version,
            params=hints["params"],
            result=hints["return"],
            summary=" ".join(summary.split()),
            description=rest.strip(),
            quality=quality,
            resources=resources or Resources(),
            phases=dict(phases or {}),
            choose=choose,
            tiers=tiers,
        )

    return declare


def _name_of(function: Callable[..., Any]) -> str:
    module = function.__module__
    return module.removeprefix(PACKAGE) if module.startswith(PACKAGE) else f"{module}.{function.__name__}"
