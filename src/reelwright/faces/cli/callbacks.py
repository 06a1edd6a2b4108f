"""`reelwright callbacks`: what a server has told, or could not tell, to the addresses that were named for it."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from reelwright.faces.cli import flags, remote, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    import msgspec

    from reelwright import v1
    from reelwright.client import Client
    from reelwright.jobs import delivery
else:
    msgspec = lazy("msgspec")
    v1 = lazy("reelwright.v1")
    delivery = lazy("reelwright.jobs.delivery")

STYLES = {"PENDING": "yellow", "DELIVERED": "green", "GIVEN_UP": "red"}

app = typer.Typer(no_args_is_help=True)


@app.callback()
def about() -> None:
    """Callbacks: their log, sending one again, the secret they are signed with."""


@app.command("list")
@remote.served
def show(
    client: "Client",
    state: Annotated[str | None, typer.Option(help="Only those in this state: pending, delivered, given_up.")] = None,
    job: Annotated[str | None, typer.Option(help="Only those about this job.")] = None,
    limit: Annotated[int, typer.Option(help="Most callbacks shown.", min=1, max=200)] = 20,
    json: terminal.JsonFlag = False,
) -> None:
    """List callbacks, newest first, with what came of the last try."""
    query = v1.CallbacksQuery(state=flags.member(delivery.DeliveryState, state, "state"), job=job, limit=limit)
    page = client.callbacks(query)
    if json:
        terminal.echo_json(msgspec.to_builtins(page))
        return
    columns = ("id", "state", "event", "tries", "last answer", "next try (UTC)", "to")
    terminal.out().print(terminal.table(columns, [_row(one) for one in page.callbacks]))


def _row(one: "v1.Callback") -> tuple[str | Text, ...]:
    last = one.attempts[-1] if one.attempts else None
    answer = "" if last is None else last.error or str(last.status)
    due = one.due[:19].replace("T", " ") if one.due else ""
    return one.id, Text(one.state, style=STYLES[one.state]), one.event, str(one.tries), answer, due, one.target


@app.command()
@remote.served
def redeliver(
    client: "Client",
    callback_ids: Annotated[list[str], typer.Argument(help="Ids of callbacks.", metavar="ID…")],
) -> None:
    """Send callbacks again, whatever came of them; each has all its tries before it."""
    for callback_id in callback_ids:
        again = client.redeliver(callback_id)
        terminal.out().print(Text.assemble(again.id, "  ", Text(again.state, style=STYLES[again.state])))


@app.command()
@remote.served
def secret(
    client: "Client",
    replace: Annotated[bool, typer.Option("--replace", help="Make a new one; the old signs for a day more.")] = False,
    json: terminal.JsonFlag = False,
) -> None:
    """Show the secret that a receiver checks `webhook-signature` with."""
    found = client.callback_secret(replace=replace)
    if json:
        terminal.echo_json(msgspec.to_builtins(found))
        return
    typer.echo(found.secret)
