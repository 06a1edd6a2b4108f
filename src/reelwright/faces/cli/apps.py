"""`reelwright apps`: graphs that do a whole piece of work. Built in, or kept on a server; run here or there.

reelwright apps list
reelwright apps run audiogram --set LoadAudio.1.Sound=talk.wav --out out
reelwright apps run my-graph.json --here --set LoadImage.1.image=in.png --out out
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import flags, objects, remote, run, submit, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    import json as jsons

    import msgspec

    from reelwright import v1
    from reelwright.client import Client
    from reelwright.jobs import apps as kept
    from reelwright.pipelines import apps as builtin
    from reelwright.pipelines import registry
    from reelwright.pipelines.graph import checking, document, keys, nodes, sockets
    from reelwright.pipelines.presets import graph as plans
else:
    jsons = lazy("json")
    msgspec = lazy("msgspec")
    v1 = lazy("reelwright.v1")
    kept = lazy("reelwright.jobs.apps")
    builtin = lazy("reelwright.pipelines.apps")
    registry = lazy("reelwright.pipelines.registry")
    checking = lazy("reelwright.pipelines.graph.checking")
    document = lazy("reelwright.pipelines.graph.document")
    keys = lazy("reelwright.pipelines.graph.keys")
    nodes = lazy("reelwright.pipelines.graph.nodes")
    plans = lazy("reelwright.pipelines.presets.graph")

SHOWN = 60  # characters of a value in a table
AppArgument = Annotated[str, typer.Argument(help="Id of an app.", metavar="APP")]
SetFlag = Annotated[
    list[str] | None,
    typer.Option("--set", help="KEY=VALUE, a key of the app; a file by its path or address.", metavar="KEY=VALUE"),
]

app = typer.Typer(no_args_is_help=True)


@app.callback()
def about() -> None:
    """Apps: graphs of nodes in ComfyUI's API format, run by their keys."""


@app.command("list")
@remote.served
def show_all(
    client: "Client",
    json: terminal.JsonFlag = False,
) -> None:
    """List the apps of a server: those that come with it, then your own."""
    found = client.apps()
    if json:
        terminal.echo_json(msgspec.to_builtins(found))
        return
    rows = [(one.id, "built in" if one.builtin else "", one.title) for one in found]
    terminal.out().print(terminal.table(("id", "", "title"), rows))


@app.command()
@remote.served
def show(
    client: "Client",
    app_id: AppArgument,
    graph: Annotated[bool, typer.Option("--graph", help="Print the graph, as JSON.")] = False,
    json: terminal.JsonFlag = False,
) -> None:
    """Tell of an app: what it does, and the keys that can be set."""
    found = client.app(app_id)
    if json or graph:
        terminal.echo_json(found.graph if graph else msgspec.to_builtins(found))
        return
    _tell(found)


def _tell(found: "v1.App") -> None:
    out = terminal.out()
    out.print(f"{found.id}: {found.title}", style="bold", markup=False)
    if found.summary:
        out.print(found.summary, markup=False)
    rows = [(one.key, one.file or "", _value(one), one.about) for one in found.keys]
    out.print(terminal.table(("key", "file", "value", ""), rows))
    for note in found.notes:
        terminal.note(note)


def _value(key: "v1.AppKey") -> str:
    if key.value is None:
        return "required" if key.required else ""
    told = key.value if isinstance(key.value, str) else jsons.dumps(key.value, ensure_ascii=False)
    return told if len(told) <= SHOWN else told[: SHOWN - 1] + "…"


@app.command()
@remote.served
def add(
    client: "Client",
    graph: Annotated[Path, typer.Argument(help="A graph in API format, as JSON.", metavar="GRAPH.json")],
    app_id: Annotated[str | None, typer.Option("--id", help="Its id; else the name of the file.")] = None,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    json: terminal.JsonFlag = False,
) -> None:
    """Keep a graph as an app, in place of one of the same id. The whole graph is looked at first."""
    wanted = v1.AppWanted(id=app_id or graph.stem, graph=_read(graph), title=title)
    found = client.put_app(wanted)
    if json:
        terminal.echo_json(msgspec.to_builtins(found))
        return
    _tell(found)


@app.command()
@remote.served
def remove(
    client: "Client",
    app_ids: Annotated[list[str], typer.Argument(help="Ids of apps.", metavar="APP…")],
) -> None:
    """Remove apps of your own. Jobs that run them go on."""
    for app_id in app_ids:
        terminal.out().print(client.remove_app(app_id).id, markup=False)


@app.command("run")
def run_app(
    app_id: Annotated[str, typer.Argument(help="Id of an app; with --here also a graph's file.", metavar="APP")],
    given: SetFlag = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder to download the results to.")] = None,
    wait: submit.WaitFlag = False,
    here: Annotated[bool, typer.Option("--here", help="Run it in this process, without a server.")] = False,
    seed: Annotated[int, typer.Option(help="Of the nodes that have none of their own.", min=0)] = 0,
    fresh: Annotated[bool, typer.Option(help="Run even if results of the same steps are known.")] = False,
    json: terminal.JsonFlag = False,
    server: remote.ServerFlag = None,
    home: remote.HomeFlag = None,
    api_key: remote.KeyFlag = None,
) -> None:
    """Run an app with values of its keys. Local files are uploaded first."""
    values = _values(given or [])
    if here:
        _run_here(app_id, values, out or Path("out"), seed=seed, json=json)
        return
    with remote.connect(server, home, api_key) as client:
        wanted = v1.AppRun(params=_uploaded(client, client.app(app_id), values), seed=seed, fresh=fresh)
        submitted = client.run_app(app_id, wanted)
        if not (wait or out):
            submit.tell(client, submitted.id, as_json=json)
            return
        job = submit.follow(client, submitted.id, app_id)
        saved = submit.download(client, job, out) if out and job.status == submit.SUCCEEDED else []
        submit.show(job, saved, as_json=json)
        submit.end(job)


def _values(given: list[str]) -> dict[str, Any]:
    """A value is JSON where it reads as such, else text; a key that is given again has several values."""
    found: dict[str, Any] = {}
    for one in given:
        key, equals, text = one.partition("=")
        if not key or not equals:
            raise InvalidParameter(f"--set is {one!r}; write KEY=VALUE", field="set")
        value = _plain(text)
        if key in found:
            before = found[key] if isinstance(found[key], list) else [found[key]]
            value = [*before, value]
        found[key] = value
    return found


def _plain(text: str) -> Any:
    try:
        return jsons.loads(text)
    except ValueError:
        return text


def _uploaded(client: "Client", found: "v1.App", values: dict[str, Any]) -> dict[str, Any]:
    """The values with an address for each file."""
    kinds = {name: one for one in found.keys for name in (one.key, *one.aliases)}

    def address(key: str, text: Any) -> Any:
        if not isinstance(text, str) or "://" in text or not text:
            return text
        return objects.upload_input(client, flags.local_file(text, key))

    return {
        key: _mapped(value, lambda one, key=key: address(key, one)) if key in kinds and kinds[key].file else value
        for key, value in values.items()
    }


def _mapped(value: Any, change: Any) -> Any:
    return [change(one) for one in value] if isinstance(value, list) else change(value)


def _run_here(app_id: str, values: dict[str, Any], out: Path, *, seed: int, json: bool) -> None:
    found = builtin.find(app_id)
    graph = found.graph if found else _read(Path(app_id))
    plan = registry.find(kept.PLAN)
    assert plan is not None
    named = {name: one for one in keys.keys(document.read(graph)) for name in (one.name, *one.aliases)}
    local = {
        key: _mapped(value, lambda one, key=key: str(flags.local_file(str(one), key)))
        if key in named and named[key].kind
        else value
        for key, value in values.items()
    }
    params = plan.params.model_validate(kept.submission(graph, local, title=app_id))
    checking.checked(params.graph, plans.given(params))
    run.run_plan(plan, params, out=out, seed=seed, json=json, quiet=False)


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        known = ", ".join(builtin.names())
        raise InvalidParameter(f"{str(path)!r} is no file here; mend the path (built-in apps: {known})", field="graph")
    try:
        found = jsons.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidParameter(f"{path} is no JSON ({error}); give a graph in API format", field="graph") from None
    document.read(found)  # says at once what is no graph
    return dict(document.unwrapped(found))


@app.command("nodes")
def show_nodes(
    name: Annotated[str | None, typer.Argument(help="One type; else all of them.", metavar="TYPE")] = None,
) -> None:
    """Tell the types of nodes that a graph may have, or the inputs and outputs of one."""
    if name is None:
        rows = [(one, nodes.get(one).summary) for one in nodes.names()]
        terminal.out().print(terminal.table(("type", ""), rows))
        return
    kind = nodes.find(name)
    if kind is None:
        raise InvalidParameter(f"{name!r} is no type of node: {nodes.hint(name)}", field="name")
    out = terminal.out()
    out.print(kind.summary, markup=False)
    takes = [
        (one.name, " ".join(sorted(one.accepts)), "required" if one.required else "", one.about) for one in kind.inputs
    ]
    out.print(terminal.table(("input", "takes", "", ""), takes))
    gives = [(str(number), one.name, one.type) for number, one in enumerate(kind.outputs)]
    out.print(terminal.table(("slot", "output", "type"), gives))


def _takes(one: "sockets.Input") -> str:
    return " ".join(sorted(one.accepts)) or (f"a file ({one.media})" if one.media else "a value")
