"""What an engine does: run a named call with limits, somewhere, and tell how it went.

The call is a dotted name and a JSON argument, so that an engine on another machine
needs nothing but this package. Reports and the outcome arrive on an engine's own
thread; the callbacks must not block.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from reelwright.errors import ReelwrightError


@dataclass(frozen=True, slots=True)
class Call:
    """`id` is unique for each attempt. `affinity` names what a warm worker may already hold."""

    id: str
    function: str
    """`package.module:name` of a function of (argument, report) -> JSON."""
    argument: Mapping[str, Any]
    time_limit: float
    memory_limit: int
    affinity: str = ""


Report = Callable[[str, Mapping[str, Any]], None]
"""(call id, what the worker said)"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Exactly one of `value` and `error`. A killed or crashed worker is an error too."""

    call_id: str
    value: Mapping[str, Any] | None = None
    error: ReelwrightError | None = None


Done = Callable[[Outcome], None]


class Engine(Protocol):
    def start(self, report: Report, done: Done) -> None:
        """Begin; call it on a thread that lives as long as the engine (its death ends the workers)."""
        ...

    def free(self) -> int:
        """How many more calls can start now."""
        ...

    def run(self, call: Call) -> None:
        """Start a call; its outcome comes to `done` once, whatever happens."""
        ...

    def cancel(self, call_id: str) -> None:
        """End the call's processes now; its outcome is `Cancelled`. Unknown ids are ignored."""
        ...

    def close(self) -> None:
        """Kill what still runs and wait until the processes are gone."""
        ...
