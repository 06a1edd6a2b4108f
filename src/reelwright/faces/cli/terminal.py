"""What the commands show: sizes and times as people read them, tables, JSON.

stdout carries results only, so that it can be piped; whatever moves goes to stderr.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

KIB = 1024
PIPE_WIDTH = 320
JsonFlag = Annotated[bool, typer.Option("--json", help="Print JSON.")]
STATES = {
    "QUEUED": "yellow",
    "RUNNING": "cyan",
    "SUCCEEDED": "green",
    "FAILED": "red",
    "CANCELLED": "magenta",
    "SUSPENDED": "yellow",
}


def out() -> Console:
    # In a pipe there is no edge to wrap a table at.
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(highlight=False, soft_wrap=True, width=width)


def err() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


def echo_json(document: Any) -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def note(text: str) -> None:
    """A line for the user, beside the result."""
    typer.echo(text, err=True)


def bytes_text(size: float) -> str:
    """`1536` -> `1.5 KiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < KIB:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= KIB
    return f"{size:.1f} TiB"


def seconds_text(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3:05`, `1:02:07`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def state_text(state: str) -> Text:
    return Text(state, style=STATES.get(state, ""))


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str | None = None) -> Table:
    made = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else str(cell) for cell in row))
    return made


def units(done: float, total: float | None, unit: str) -> str:
    """`120/300 frame`; `12.5/60 s`."""
    whole = "" if total is None else f"/{total:g}"
    return f"{done:g}{whole} {unit}" if done == int(done) else f"{done:.1f}{whole} {unit}"


def flat(document: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """A nested result as (dotted name, plain value) rows."""
    rows: list[tuple[str, Any]] = []
    for name, value in document.items():
        where = f"{prefix}{name}"
        if isinstance(value, Mapping):
            rows += flat(value, where + ".")
        elif isinstance(value, (list, tuple)) and any(isinstance(one, Mapping) for one in value):
            for index, one in enumerate(value):
                rows += flat(one, f"{where}.{index}.") if isinstance(one, Mapping) else [(f"{where}.{index}", one)]
        else:
            rows.append((where, value))
    return rows
