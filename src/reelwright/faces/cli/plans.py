"""Jobs of many steps on a server: `plan`, `change`, `resume`."""

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import objects, remote, submit, terminal
from reelwright.faces.cli.jobs import JobArgument
from reelwright.loading import lazy

if TYPE_CHECKING:
    import msgspec

    from reelwright import v1
    from reelwright.client import Client
else:
    msgspec = lazy("msgspec")
    v1 = lazy("reelwright.v1")


@remote.served
def plan(
    client: "Client",
    job_id: JobArgument,
    svg: Annotated[Path | None, typer.Option(help="File to draw the plan into.")] = None,
    page: Annotated[Path | None, typer.Option(help="File for the page of a storyboard: a row a shot.")] = None,
    json: terminal.JsonFlag = False,
) -> None:
    """Show a job of many steps: what each needs, how often it ran, what was expected and what it took."""
    found = client.plan(job_id)
    if svg:
        svg.write_bytes(client.page(job_id, "plan.svg"))
    if page:
        page.write_bytes(client.page(job_id, "storyboard"))
    if json:
        terminal.echo_json(msgspec.to_builtins(found))
        return
    rows = [
        (
            one.name + (" *" if one.is_changed else ""),
            terminal.state_text(one.state),
            one.operator,
            "found" if one.memo else f"ran {one.executions}x",
            ", ".join(one.needs[:3]) + (" …" if len(one.needs) > 3 else ""),
        )
        for one in found.steps
    ]
    out = terminal.out()
    out.print(terminal.table(("step", "state", "operator", "work", "needs"), rows))
    if any(one.is_changed for one in found.steps):
        out.print("* changed by you", style="dim")
    out.print(_costs(found))


def _costs(found: "v1.Plan") -> Any:
    known = [("expected", found.estimate)] if found.estimate else []
    rows = [
        (
            name,
            str(cost.steps),
            terminal.seconds_text(cost.seconds),
            terminal.bytes_text(cost.bytes),
            ", ".join(f"{provider} {amount:g}" for provider, amount in cost.cost.items()) or "nothing",
        )
        for name, cost in [*known, ("so far", found.actual)]
    ]
    return terminal.table(("", "steps run", "work", "made", "cost"), rows)


@remote.served
def change(
    client: "Client",
    job_id: JobArgument,
    step: Annotated[str, typer.Argument(help="Name of the step, as `reelwright plan ID` shows it.")],
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", help="name=value, as JSON or as plain text; repeatable.")
    ] = None,
    result: Annotated[
        list[str] | None,
        typer.Option(help="field=FILE or field=oss://…: a file of yours as the step's result; repeatable."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed: the same step, another throw.", min=0)] = None,
    wait: submit.WaitFlag = False,
) -> None:
    """Change one step of a job; it runs again, and what hangs on it, and nothing else. Without options: take back.

    A job that is suspended waits for `reelwright resume`.
    """
    params = {name: _value(text) for name, text in map(_parted, param or [])}
    given = {name: _address(client, text) for name, text in map(_parted, result or [])}
    changed = client.change_step(job_id, step, v1.StepChange(params, given, seed))
    terminal.out().print(Text.assemble(changed.name, "  ", terminal.state_text(changed.state)))
    if wait:
        _follow(client, job_id)


@remote.served
def resume(
    client: "Client",
    job_id: JobArgument,
    wait: submit.WaitFlag = False,
) -> None:
    """Go on with a suspended job: what failed runs again, what is done stays done."""
    found = client.resume(job_id)
    terminal.out().print(Text.assemble(found.id, "  ", terminal.state_text(found.status)))
    if wait:
        _follow(client, job_id)


def _follow(client: "Client", job_id: str) -> None:
    done = submit.follow(client, job_id, client.job(job_id).operator)
    submit.show(done, [], as_json=False)
    submit.end(done)


def _parted(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidParameter(f"{text!r} is no name=value; write loud=true, or prompt='a red kite'", field="param")
    return name, value


def _value(text: str) -> object:
    """JSON where it is JSON, else the text itself: `3`, `true`, `["a"]`, or a prompt."""
    try:
        value: object = json_text.loads(text)
    except ValueError:
        return text
    return value


def _address(client: "Client", text: str) -> str:
    """The address of a result; a file of this machine is uploaded first."""
    if "://" in text:
        return text
    return objects.upload_input(client, Path(text))
