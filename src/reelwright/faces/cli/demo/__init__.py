"""`reelwright demo`: real jobs through the vendor's own clients, on media made here, with every result checked.

The command is here, what it does in `show`; what is run and how it is checked is the table in
`entries`. Apart, because the one is needed for `--help` and the other loads much.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.faces.cli.demo import show
else:
    show = lazy("reelwright.faces.cli.demo.show")


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the samples and results.")] = Path("out/demo"),
    stay: Annotated[bool, typer.Option("--stay", help="Leave the server running until Ctrl-C.")] = False,
) -> None:
    """Show it at work: make media, submit jobs with the vendor's SDK, check what comes back."""
    show.run(out, stay=stay)
