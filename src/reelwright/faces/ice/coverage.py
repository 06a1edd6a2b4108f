"""The coverage page of this face: every operation and function, and why one is not offered. Made from the tables."""

from collections.abc import Iterable, Sequence

from reelwright.faces.ice.functions import LIST
from reelwright.faces.ice.operations import OPERATIONS, VERSION

OFFERED = "offered"


def page() -> str:
    """Markdown."""
    operations = [(f"`{one.action}`", one.because or OFFERED) for one in OPERATIONS]
    functions = [
        (f"`{one.name}`", f"`{one.operator}`" if one.operator else "", ", ".join(one.formats), one.because or OFFERED)
        for one in LIST
    ]
    return (
        f"# Coverage of the ICE face\n\nThe operations of version {VERSION}. "
        f"{_count(operations)} are offered; every other one answers `UnsupportedOperation` with its reason.\n\n"
        + _table(("operation", "state"), operations)
        + "\n## Functions of `SubmitIProductionJob`\n\n"
        f"{_count(functions)} are offered; every other one answers `InvalidParameter.FunctionNotSupported`.\n\n"
        + _table(("function", "operator", "output", "state"), functions)
    )


def _count(rows: Sequence[tuple[str, ...]]) -> str:
    return f"{sum(row[-1] == OFFERED for row in rows)} of {len(rows)}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
