"""`reelwright keys`: credentials for a tenant, from the running server or straight into the ledger of a home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reelwright.faces.cli import home as homes
from reelwright.faces.cli import remote, terminal
from reelwright.faces.cli.configured import configured
from reelwright.loading import lazy

if TYPE_CHECKING:
    from reelwright import wiring
else:
    wiring = lazy("reelwright.wiring")

app = typer.Typer(no_args_is_help=True)


@app.callback()
def about() -> None:
    """Make keys for clients."""


@app.command()
def create(
    json: Annotated[bool, typer.Option("--json", help="Print the key as JSON.")] = False,
    home: remote.HomeFlag = None,
    server: remote.ServerFlag = None,
    api_key: remote.KeyFlag = None,
) -> None:
    """Make a key: by the running server if there is one, else in the ledger of the home."""
    folder = (home or remote.default_home()).expanduser()
    is_asked = bool(server or homes.running(folder))
    made = _ask(server, home, api_key) if is_asked else _write(folder)
    if homes.credentials(folder) is None and not server:
        homes.keep(folder, made)
    if json:
        terminal.echo_json(made.document())
        return
    terminal.out().print(terminal.table(("key", "value"), list(made.document().items())))


def _ask(server: str | None, home: Path | None, api_key: str | None) -> homes.Credentials:
    with remote.connect(server, home, api_key) as asked:
        made = asked.create_key()
    return homes.Credentials(made.access_key_id, made.access_key_secret, made.api_key)


def _write(folder: Path) -> homes.Credentials:
    import asyncio

    # The lock keeps a server from starting on this ledger meanwhile: it has one writer.
    with homes.locked(folder):
        runtime = wiring.build(configured(home=folder))
        try:
            key = asyncio.run(runtime.service.create_key())
        finally:
            runtime.close()
    return homes.Credentials(key.access_key_id, key.access_key_secret, key.api_key)
