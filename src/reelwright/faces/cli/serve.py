"""`reelwright serve`: the flags. What they set going is `serving`, which loads much more than `--help` needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.faces.cli.configured import configured
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright.faces.cli import serving
else:
    serving = lazy("reelwright.faces.cli.serving")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.", show_default="8710")] = None,
    home: Annotated[Path | None, typer.Option(help="Folder of everything.", show_default="~/.reelwright")] = None,
    open: Annotated[
        bool | None, typer.Option("--open", help="Accept requests without a key. Only on a loopback address.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Worker processes; 0 is one for each core, at most 8.", show_default="0")
    ] = None,
    public_url: Annotated[str | None, typer.Option(help="Base of the links in replies.")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.", show_default="info")] = None,
    grace: Annotated[float, typer.Option(help="Seconds that running steps get to finish at a stop.", min=0)] = 20.0,
) -> None:
    """Serve jobs on this machine until SIGTERM or Ctrl-C.

    Everything else is set by the environment (REELWRIGHT_…) or reelwright.toml in the home.
    """
    settings = configured(
        host=host,
        port=port,
        home=home,
        open=open,
        workers=workers,
        public_url=public_url,
        log_level=log_level,
    )
    serving.run(settings, grace)
