"""What is wrong with a graph, told by node and input, all at once where possible."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.errors import InvalidParameter

MOST_TOLD = 12  # in one message


@dataclass(frozen=True, slots=True)
class Fault:
    """`field`: `graph.<node>.inputs.<name>`, `graph.<node>.class_type`, or `graph`."""

    field: str
    message: str
    is_absence: bool = False
    """A load node was given no file."""


class Faulty(Exception):
    """Raised while a node is looked at; the others are still looked at."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Absent(Faulty):
    """A load node was given no file, and this node needs it. No fault where what hangs on it may be left out."""


def at(node: str, name: str = "") -> str:
    return f"graph.{node}.inputs.{name}" if name else f"graph.{node}.class_type"


def error(faults: Sequence[Fault]) -> InvalidParameter:
    """All of them as one error; `field` is that of the first."""
    told = [one.message for one in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        told.append(f"and {len(faults) - MOST_TOLD} more")
    head = "" if len(faults) == 1 else f"{len(faults)} faults: "
    return InvalidParameter(head + "; ".join(told), field=faults[0].field)
