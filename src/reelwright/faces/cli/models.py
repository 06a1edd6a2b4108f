"""`reelwright models`: which weights there are, which are here, and getting the others.

Nothing is fetched unless `pull` says so, and only from the official address of the catalogue; what
came is used only if its digest is the published one (`models.hub`).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from reelwright.errors import FetchFailed, InvalidParameter
from reelwright.faces.cli import faults, remote, terminal
from reelwright.faces.cli.configured import configured
from reelwright.loading import lazy

if TYPE_CHECKING:
    import httpx

    from reelwright.faces.cli import bars
    from reelwright.models import catalogue, hub
    from reelwright.models.hub import Hub, Progress
else:
    bars = lazy("reelwright.faces.cli.bars")
    httpx = lazy("httpx")
    catalogue = lazy("reelwright.models.catalogue")
    hub = lazy("reelwright.models.hub")

STATES = {"installed": "green", "partial": "yellow", "damaged": "red", "absent": "dim"}
STALL = 30.0  # seconds without a byte
PARTIAL, UNSATISFIABLE = 206, 416

app = typer.Typer(no_args_is_help=True)
Names = Annotated[
    list[str] | None,
    typer.Argument(help="Names from `reelwright models list`, or of a bundle: whisper_small, …", metavar="[NAME]…"),
]


@app.callback()
def about() -> None:
    """Weights: list them, pull them, check them."""


def opened(home: Path | None) -> "Hub":
    """The models folder of a home."""
    return hub.Hub(configured(home=home).models_folder)


@app.command("list")
def show(json: terminal.JsonFlag = False, home: remote.HomeFlag = None) -> None:
    """List the known weights, with size and licence, and which of them are here."""
    rows = opened(home).list()
    if json:
        terminal.echo_json(
            [
                {"name": row.weights.name, "state": row.state, "path": str(row.path)}
                | {name: getattr(row.weights, name) for name in ("size", "sha256", "licence", "address", "serves")}
                for row in rows
            ]
        )
        return
    cells = [
        (
            row.weights.name,
            Text(row.state, STATES[row.state]),
            row.weights.serves,
            terminal.bytes_text(row.weights.size),
            row.weights.licence,
            row.weights.about,
        )
        for row in rows
    ]
    terminal.out().print(terminal.table(("model", "state", "serves", "size", "licence", "what it is"), cells))


@app.command()
def pull(
    names: Names = None,
    every: Annotated[bool, typer.Option("--all", help="All that are not here.")] = False,
    home: remote.HomeFlag = None,
) -> None:
    """Fetch weights from their official address; a fetch that broke off goes on where it stopped."""
    here = opened(home)
    wanted = [row.weights.name for row in here.list() if row.state != "installed"] if every else names
    if wanted is None:
        raise InvalidParameter("no model is named; give names from `reelwright models list`, or --all", field="name")
    for name in (one for given in wanted for one in catalogue.members(given)):
        with bars.of_bytes(name) as on_bytes:
            path = here.pull(name, fetch, on_bytes)
        terminal.out().print(f"{name}: {path}", markup=False)


def fetch(address: str, file: Path, progress: "Progress") -> None:
    """Bring `address` to `file`, after what already lies there. Raises `FetchFailed`."""
    have = file.stat().st_size if file.exists() else 0
    headers = {"range": f"bytes={have}-"} if have else {}
    try:
        with httpx.stream("GET", address, headers=headers, follow_redirects=True, timeout=STALL) as reply:
            if reply.status_code == UNSATISFIABLE:
                return  # it was whole already; its digest is looked at next
            reply.raise_for_status()
            _write(reply, file, have if reply.status_code == PARTIAL else 0, progress)
    except httpx.HTTPError as error:
        raise FetchFailed(
            f"{address} cannot be fetched ({error or type(error).__name__}); pull again to go on, "
            "or get the file elsewhere and `reelwright models add NAME FILE`"
        ) from error


def _write(reply: "httpx.Response", file: Path, done: int, progress: "Progress") -> None:
    length = reply.headers.get("content-length", "")
    total = done + int(length) if length.isdigit() else None
    with file.open("ab" if done else "wb") as target:
        for chunk in reply.iter_raw():  # as they come: gathering them loses the last ones when the line breaks
            target.write(chunk)
            done += len(chunk)
            progress(done, total)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Name from `reelwright models list`.")],
    file: Annotated[Path, typer.Argument(help="The very file that was published, got by other means.")],
    home: remote.HomeFlag = None,
) -> None:
    """Install a local file as a model, for machines without a way out."""
    terminal.out().print(f"{name}: {opened(home).add(name, file)}", markup=False)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Names from `reelwright models list`.", metavar="NAME…")],
    home: remote.HomeFlag = None,
) -> None:
    """Delete weights from the models folder."""
    here = opened(home)
    for name in (one for given in names for one in catalogue.members(given)):
        terminal.note(f"{name}: {'removed' if here.remove(name) else 'was not here'}")


@app.command("doctor")
def check(home: remote.HomeFlag = None) -> None:
    """Read every installed file and compare its digest with the published one."""
    rows = opened(home).list()
    damaged = [row for row in rows if row.state == "damaged"]
    for row in damaged:
        terminal.note(f"{row.path} is not the published file; `reelwright models pull {row.weights.name}` replaces it")
    installed = sum(row.state == "installed" for row in rows)
    terminal.out().print(f"{installed} of {len(rows)} installed, {len(damaged)} damaged")
    if damaged:
        raise typer.Exit(faults.FAILED)
