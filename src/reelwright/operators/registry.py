"""Which operators there are. A file below `operators/` is one; a plug-in names its own by an entry point."""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from reelwright.errors import UnknownOperator
from reelwright.operators.contract import PACKAGE, Operator

GROUP = "reelwright.operators"
FAMILIES = ("audio", "image", "media", "speech", "story", "text", "video")


@cache
def names() -> tuple[str, ...]:
    """Every operator's name, sorted. Imports none of them."""
    found = set(_plugins())
    for family in FAMILIES:
        package = importlib.import_module(PACKAGE + family)
        found |= {
            f"{family}.{module.name}"
            for module in pkgutil.iter_modules(package.__path__)
            if not module.name.startswith("_")
        }
    return tuple(sorted(found))


@cache
def load(name: str) -> Operator[Any, Any]:
    """The operator of that name; `UnknownOperator` names the nearest ones."""
    plugins = _plugins()
    if name in plugins:
        loaded = plugins[name].load()
    elif name in names():
        module = importlib.import_module(PACKAGE + name)
        loaded = next((one for one in vars(module).values() if isinstance(one, Operator) and one.name == name), None)
    else:
        raise UnknownOperator(f"there is no operator {name!r}; {_hint(name)}", field="operator")
    if not isinstance(loaded, Operator):
        raise UnknownOperator(f"{name!r} declares no operator: decorate its function with @operator", field="operator")
    return loaded


@cache
def _plugins() -> dict[str, Any]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _hint(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, names(), n=3, cutoff=0.4)
    return f"did you mean {' or '.join(near)}?" if near else f"`reelwright run --help` lists all {len(names())}"
