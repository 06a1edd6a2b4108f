"""The contract of plans: what a job of many steps is made of.

A plan is a pure function of its params and of what is known so far; it answers with all the steps that it wants, each
one call of one operator. It is asked again whenever a step ends, so it may grow as results come in, and leave out what
hangs on a step that failed. A step takes what another will have made by a `Ref` in its params; that is the only way in
which steps depend on each other. The result of the step named `final` is the result of the job.

    @plan(version=1, final="film", concludes="story.deliver")
    def storyboard(params: StoryboardParams, seen: Seen) -> Iterable[Wanted]:
        yield Wanted("read", "story.read", {"text": params.text})
        for shot in seen.finished.get("read", {}).get("shots", ()):
            yield Wanted(f"shot-{shot['id']}.picture", "image.generate", {"prompt": shot["prompt"]})
            ...

The same params and results must give the same steps: no clock, no randomness, no reading of files. Names of steps are
what editing, resuming and the counters hang on: take them from what the step is for (`shot-12.clip`), not from counting
calls. Results hold addresses in their file fields, as params do, and what stands in a result of a finished step may
also be copied by value.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, get_type_hints

from reelwright import operators
from reelwright.errors import InternalError
from reelwright.operators.contract import Params, Result

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,79}")
"""Of a step: it stands in addresses and file names."""


@dataclass(frozen=True, slots=True)
class Ref:
    """What a step will have made. `path` leads into its result, `images.0.image` say; without one it is all of it."""

    step: str
    path: str = ""


@dataclass(frozen=True)
class Wanted:
    """A step as a plan wants it. `params` are the operator's; anywhere in them a `Ref` may stand for a value."""

    name: str
    operator: str
    params: Mapping[str, Any]
    title: str = ""
    """For people: what this step makes."""
    seed: int | None = None
    """Its own, where that of the job will not do."""
    after: tuple[str, ...] = ()
    """Further steps that must be done before, though nothing of theirs is taken."""

    @cached_property
    def needs(self) -> tuple[str, ...]:
        """The steps that must be done before, each once."""
        return tuple(dict.fromkeys((*(ref.step for ref in refs(self.params)), *self.after)))


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when a plan is asked."""

    finished: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Step -> its result, with addresses in the file fields."""
    failed: Mapping[str, str] = field(default_factory=dict)
    """Step -> code of its failure, for those that will not be tried again by themselves."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What some steps will probably take, for the estimate before a run."""

    operator: str
    steps: int
    media_seconds: float = 0.0
    """Of media made or worked on by all of them."""
    bytes: int = 0
    """Of what they make."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Params of such a step, as far as they decide who does it; without them the built-in provider is taken."""


P = TypeVar("P", bound=Params)
Steps = Callable[[Any, Seen], Iterable[Wanted]]
Check = Callable[[Any], None]
Sizes = Mapping[str, int]
"""Param (dotted) -> bytes of the file that it names, where the server knows."""
Guesses = Callable[[Any, Sizes], Iterable[Guess]]


@dataclass(frozen=True)
class Plan(Generic[P]):
    function: Steps
    name: str
    version: int
    params: type[P]
    final: str
    """Name of the step whose result is the job's."""
    concludes: str
    """Its operator."""
    summary: str
    description: str
    suspends: bool = False
    """A job that a failure stops waits for its mend (SUSPENDED) instead of being FAILED."""
    mends: Callable[[str], bool] = lambda name: True
    """Can a failure of the step of that name be mended? One that cannot fails the job, also where it would suspend."""
    check: Check | None = None
    """Raises what can be known of wrong params beyond their schema, at submit time."""
    guess: Guesses | None = None

    @property
    def result(self) -> type[Result]:
        return operators.load(self.concludes).result

    @property
    def tiers(self) -> tuple[str, ...]:
        """Its steps tell theirs."""
        return ("builtin", "model", "upstream")

    @property
    def quality(self) -> None:
        return None

    @property
    def phases(self) -> Mapping[str, float]:
        return {}

    def steps(self, params: P, seen: Seen) -> list[Wanted]:
        """All steps wanted now, in the order of the plan; `InternalError` for a plan that contradicts itself."""
        wanted = list(self.function(params, seen))
        check(self.name, wanted)
        return wanted


def plan(
    *,
    version: int,
    final: str,
    concludes: str,
    name: str | None = None,
    suspends: bool = False,
    mends: Callable[[str], bool] = lambda name: True,
    check: Check | None = None,
    guess: Guesses | None = None,
) -> Callable[[Steps], Plan[Any]]:
    """Declare the decorated function as the plan of its module; the module's docstring is its description."""

    def declare(function: Steps) -> Plan[Any]:
        module = inspect.getmodule(function)
        summary, _, rest = (inspect.getdoc(module) or inspect.getdoc(function) or "").partition("\n\n")
        return Plan(
            function=function,
            name=name or function.__module__.rpartition(".")[2],
            version=version,
            params=get_type_hints(function)["params"],
            final=final,
            concludes=concludes,
            summary=" ".join(summary.split()),
            description=rest.strip(),
            suspends=suspends,
            mends=mends,
            check=check,
            guess=guess,
        )

    return declare


def check(plan_name: str, wanted: Iterable[Wanted]) -> None:
    """Steps must come after those they need, each once, under a name that can stand in an address."""
    known: set[str] = set()
    for step in wanted:
        if not NAME.fullmatch(step.name) or step.name in known:
            raise InternalError(f"plan {plan_name!r} names a step {step.name!r}, which is no name or stands twice")
        missing = [one for one in step.needs if one not in known]
        if missing:
            raise InternalError(f"plan {plan_name!r}: step {step.name!r} needs {missing[0]!r}, which is not before it")
        known.add(step.name)


# ---- refs

PLAIN = (str, int, float, type(None))
"""Most of what stands in params, and in it is no `Ref`: looked at first."""


def refs(value: Any) -> list[Ref]:
    """Every `Ref` in a step's params, in order."""
    found: list[Ref] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[Ref]) -> None:
    if isinstance(value, PLAIN):
        return
    if isinstance(value, Ref):
        found.append(value)
    elif isinstance(value, (dict, Mapping)):
        for inner in value.values():
            _gather(inner, found)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _gather(inner, found)


def resolved(value: Any, finished: Mapping[str, Mapping[str, Any]]) -> Any:
    """The params with what the finished steps made in place of each `Ref`. `KeyError` for a step not finished."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Ref):
        return _at(finished[value.step], value)
    if isinstance(value, (dict, Mapping)):
        return {name: resolved(inner, finished) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [resolved(inner, finished) for inner in value]
    return value


def _at(result: Any, ref: Ref) -> Any:
    for part in ref.path.split(".") if ref.path else ():
        try:
            result = result[int(part)] if isinstance(result, (list, tuple)) else result[part]
        except (KeyError, IndexError, ValueError, TypeError):
            raise InternalError(f"step {ref.step!r} made nothing called {ref.path!r}") from None
    return result


MARK = "$step"


def told(value: Any) -> Any:
    """Params as JSON: a `Ref` as `{"$step": name, "path": path}`."""
    if isinstance(value, Ref):
        return {MARK: value.step, "path": value.path}
    if isinstance(value, Mapping):
        return {name: told(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [told(inner) for inner in value]
    return value
