"""Which plans there are: a file below `pipelines/presets` is one; a plug-in names its own by an entry point.

What a job may name is a plan or an operator.
"""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any, cast

from reelwright import operators
from reelwright.operators import Operator
from reelwright.pipelines import presets
from reelwright.pipelines.contract import Plan

PACKAGE = presets.__name__
GROUP = "reelwright.plans"


@cache
def names() -> tuple[str, ...]:
    """Every plan's name, sorted. Imports none of them."""
    found = (module.name for module in pkgutil.iter_modules(presets.__path__) if not module.name.startswith("_"))
    return tuple(sorted({*found, *_plugins()}))


@cache
def find(name: str) -> Plan[Any] | None:
    """The plan of that name; None if there is none, and the name may be an operator's."""
    if name not in names():
        return None
    plugins = _plugins()
    if name in plugins:
        return cast("Plan[Any]", plugins[name].load())
    module = importlib.import_module(f"{PACKAGE}.{name}")
    return next(one for one in vars(module).values() if isinstance(one, Plan) and one.name == name)


@cache
def _plugins() -> dict[str, Any]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def load(name: str) -> Plan[Any] | Operator[Any, Any]:
    """The plan or the operator of that name; `UnknownOperator` names the nearest ones."""
    return find(name) or operators.load(name)


def all_names() -> tuple[str, ...]:
    return (*operators.names(), *names())
