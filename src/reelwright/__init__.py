"""reelwright: intelligent media jobs on your own machine.

connect(url, api_key)   a client of a running server
load("video.cover")     an operator, to call here
operator, Params, Result, param, files, Context     what an operator is written with
ReelwrightError         the root of every error
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

if TYPE_CHECKING:
    from reelwright.client import connect as connect
    from reelwright.errors import ReelwrightError as ReelwrightError
    from reelwright.operators import Context as Context
    from reelwright.operators import Params as Params
    from reelwright.operators import Result as Result
    from reelwright.operators import files as files
    from reelwright.operators import load as load
    from reelwright.operators import operator as operator
    from reelwright.operators import param as param

_HOMES = {
    "connect": "reelwright.client",
    "ReelwrightError": "reelwright.errors",
    **dict.fromkeys(("Context", "Params", "Result", "files", "load", "operator", "param"), "reelwright.operators"),
}

__all__ = [
    "Context",
    "Params",
    "ReelwrightError",
    "Result",
    "__version__",
    "connect",
    "files",
    "load",
    "operator",
    "param",
]


def __getattr__(name: str) -> Any:
    """Names are loaded when they are used: importing the package does no work."""
    if name not in _HOMES:
        raise AttributeError(f"module 'reelwright' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
