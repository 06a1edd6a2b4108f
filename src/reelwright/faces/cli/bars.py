"""Progress bars, on stderr. Apart from `terminal`, for they cost more to import than all its tables."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from reelwright.faces.cli import terminal


class Done(ProgressColumn):
    """How much of what: `120/300 frame`."""

    def render(self, task: Task) -> Text:
        return Text(str(task.fields.get("done", "")), style="dim")


def bar(*, hidden: bool = False) -> Progress:
    """A bar in percent with a phase, real units and the time that is left. Not drawn where nobody looks."""
    console = terminal.err()
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        Done(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
        transient=True,
    )


@contextmanager
def of_bytes(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar for a transfer: what it gives takes (bytes so far, bytes in all or None)."""
    with bar() as shown:
        task = shown.add_task(name, total=None, done="")

        def on_bytes(done: int, total: int | None) -> None:
            whole = "" if total is None else f"/{terminal.bytes_text(total)}"
            shown.update(task, completed=done, total=total, done=terminal.bytes_text(done) + whole)

        yield on_bytes
