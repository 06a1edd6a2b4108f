"""Which server a command speaks to: flags, else the environment, else the one that runs in the home."""

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate

import typer

from reelwright.errors import InvalidParameter, Unreachable
from reelwright.faces.cli import flags
from reelwright.faces.cli import home as homes
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright import client
    from reelwright.client import Client
else:
    client = lazy("reelwright.client")

SERVER, API_KEY, HOME = "REELWRIGHT_SERVER", "REELWRIGHT_API_KEY", "REELWRIGHT_HOME"
PANEL = "Server"

ServerFlag = Annotated[
    str | None,
    typer.Option(
        "--server", help=f"Address of the server; else {SERVER}, else the one of the home.", rich_help_panel=PANEL
    ),
]
KeyFlag = Annotated[
    str | None,
    typer.Option(
        "--api-key", help=f"Bearer key; else {API_KEY}, else the one that lies in the home.", rich_help_panel=PANEL
    ),
]
HomeFlag = Annotated[
    Path | None, typer.Option("--home", help="Home of a server on this machine.", rich_help_panel=PANEL)
]
FLAGS = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=flag)
    for name, flag in (("server", ServerFlag), ("home", HomeFlag), ("api_key", KeyFlag))
]


def served(command: "Callable[Concatenate[Client, ...], None]") -> Callable[..., None]:
    """`command(client, …)` as a command that finds the server by three flags more, and has no client of its own."""

    def run(*, server: str | None, home: Path | None, api_key: str | None, **given: Any) -> None:
        with connect(server, home, api_key) as found:
            command(found, **given)

    own = list(inspect.signature(command).parameters.values())[1:]
    named = flags.command(run, inspect.Signature([one.replace(kind=one.KEYWORD_ONLY) for one in own] + FLAGS))
    named.__name__, named.__doc__ = command.__name__, command.__doc__
    return named


def default_home() -> Path:
    """Where `serve` keeps everything if it is told nothing; spelled out in `settings`, which costs more to import."""
    return Path(os.environ.get(HOME, "~/.reelwright")).expanduser()


def connect(server: str | None, home: Path | None, api_key: str | None) -> "Client":
    """A client of the server that was meant. Raises `Unreachable` if none is named and none runs."""
    folder = (home or default_home()).expanduser()
    # A home that was named outright counts more than the environment.
    url = server or (None if home else os.environ.get(SERVER)) or _running(folder)
    key = api_key or (None if home else os.environ.get(API_KEY)) or _kept(folder)
    if not url.startswith(("http://", "https://")):
        raise InvalidParameter(f"--server is {url!r}; write http://host:port", field="server")
    return client.connect(url, key)


def _running(folder: Path) -> str:
    found = homes.running(folder)
    if found is None:
        raise Unreachable(
            f"no server runs in the home {folder}; start one with `reelwright serve`, or name one by --server"
        )
    return found.url


def _kept(folder: Path) -> str | None:
    found = homes.credentials(folder)
    return found.api_key if found else None
