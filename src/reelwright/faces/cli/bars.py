"""Progress bars, on stderr. Apart from `terminal`, for they cost more to import than all its tables."""

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
