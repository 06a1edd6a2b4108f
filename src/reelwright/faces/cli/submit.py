"""`reelwright submit OPERATOR`: a job on a server, from local files to downloaded results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reelwright.errors import Cancelled, ReelwrightError
from reelwright.faces.cli import faults, flags, objects, offered, remote, run, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    import msgspec

    from reelwright import client as clients
    from reelwright import v1
    from reelwright.client import Client
    from reelwright.faces.cli import bars
    from reelwright.operators import Operator, Params, files
    from reelwright.pipelines.contract import Plan
else:
    bars = lazy("reelwright.faces.cli.bars")
    clients = lazy("reelwright.client")
    files = lazy("reelwright.operators.files")
    msgspec = lazy("msgspec")
    v1 = lazy("reelwright.v1")

WaitFlag = Annotated[bool, typer.Option("--wait", "-w", help="Follow the job to its end.")]
SUCCEEDED, CANCELLED, SUSPENDED = "SUCCEEDED", "CANCELLED", "SUSPENDED"

COMMON = [
    offered.option("wait", bool, False, "Follow the job to its end; the exit code says how it ended.", "--wait", "-w"),
    offered.option("out", Path | None, None, "Folder to download the outputs to; waits for them.", "--out", "-o"),
    offered.option("json", bool, False, "Print the job as JSON."),
    offered.option("seed", int, 0, "Same seed, same random choices.", min=0),
    offered.option("pipeline", str, "default", "Queue that the job waits in."),
    offered.option("priority", int, 6, "1 to 10; larger is more urgent.", min=1, max=10),
    offered.option("fresh", bool, False, "Run even if the result of the same request is known."),
    offered.option("destination", str | None, None, "Address template of the outputs, oss://bucket/key."),
    offered.option("callback", str | None, None, "Address that the end of the job is posted to."),
    *remote.FLAGS,
]


class Submits(offered.Offered):
    def make(self, operator: "Operator[Any, Any] | Plan[Any]") -> Any:
        return offered.command("submit", operator, COMMON, submit)


app = typer.Typer(cls=Submits, no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def about() -> None:
    """Submit a job to a server: `reelwright submit NAME --help` tells its flags. Local files are uploaded first."""


def submit(
    operator: "Operator[Any, Any] | Plan[Any]",
    params: "Params",
    *,
    wait: bool,
    out: Path | None,
    json: bool,
    server: str | None,
    home: Path | None,
    api_key: str | None,
    **rest: Any,
) -> None:
    """Upload, submit, and follow if asked to. `rest` is the request's: seed, pipeline, priority, …"""
    with remote.connect(server, home, api_key) as client:
        wanted = v1.Submit(operator=operator.name, params=with_addresses(client, params), **rest)
        submitted = client.submit_request(wanted)
        if not (wait or out):
            tell(client, submitted.id, as_json=json)
            return
        job = follow(client, submitted.id, operator.name)
        saved = download(client, job, out) if out and job.status == SUCCEEDED else []
        show(job, saved, as_json=json)
        end(job)


def with_addresses(client: "Client", params: "Params") -> dict[str, Any]:
    """The parameters with an address for each file; local ones are uploaded."""
    dumped: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True)
    for path, _, text in files.fields(params):
        if "://" not in text:
            local = flags.local_file(text, f"--{files.dotted(path)}")
            files.replace(dumped, path, objects.upload_input(client, local))
    return dumped


def tell(client: "Client", job_id: str, *, as_json: bool) -> None:
    if as_json:
        terminal.echo_json(msgspec.to_builtins(client.job(job_id)))
        return
    typer.echo(job_id)
    terminal.note(f"submitted; `reelwright job {job_id}` tells of it, `reelwright logs -f {job_id}` follows it")


def follow(client: "Client", job_id: str, name: str) -> "v1.Job":
    """Draw the job's progress until it ends. Ctrl-C cancels the job."""
    with bars.bar() as bar:
        task = bar.add_task(f"{name}: queued", total=100.0, done="")

        def on_event(event: "v1.Event") -> None:
            data = event.data
            if event.kind == "progress":
                bar.update(task, completed=float(data.get("percent", 0.0)))
            told = data.get("phase") or str(data.get("status", "")).lower()
            if told:
                bar.update(task, description=f"{name}: {told}")

        try:
            return client.wait(job_id, on_event=on_event)
        except KeyboardInterrupt:
            client.cancel(job_id)
            raise Cancelled(f"job {job_id} was cancelled") from None


def download(client: "Client", job: "v1.Job", out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    saved = []
    for one in job.outputs:
        bucket, key = objects.split(one.uri, one.name)
        saved.append(objects.get(client, bucket, key, out / Path(one.name).name))
    return saved


def show(job: "v1.Job", saved: list[Path], *, as_json: bool) -> None:
    """The end of a job: its result, its outputs, or its error."""
    if as_json:
        terminal.echo_json({**msgspec.to_builtins(job), "saved": [str(path) for path in saved]})
        return
    out = terminal.out()
    if job.result:
        run.show_result(job.result)
    if job.outputs:
        places = [str(path) for path in saved] or [one.uri for one in job.outputs]
        rows = [(place, terminal.bytes_text(one.size)) for place, one in zip(places, job.outputs, strict=True)]
        out.print(terminal.table(("output", "size"), rows))
    if job.made_by:
        out.print(f"{job.operator} by {job.made_by.provider} ({job.made_by.tier}), job {job.id}", style="dim")


def end(job: "v1.Job") -> None:
    """Exit by the job's outcome: 0, 1 failed, 3 cancelled."""
    if job.status == SUCCEEDED:
        return
    if job.status == CANCELLED:
        raise Cancelled(f"job {job.id} was cancelled")
    fault = clients.rebuilt(job.error) if job.error else ReelwrightError(f"job {job.id} is {job.status}")
    if job.status == SUSPENDED:
        terminal.note(
            f"job {job.id} waits for a mend: `reelwright change {job.id} STEP`, then `reelwright resume {job.id}`"
        )
    terminal.note(f"reelwright: job {job.id} failed: {fault.message} [{fault.code}]")
    raise typer.Exit(faults.FAILED)
