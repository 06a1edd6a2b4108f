"""Looking after the jobs of a server: `jobs`, `job`, `logs`, `cancel`, `retry`, `pipelines`."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from reelwright.faces.cli import flags, remote, submit, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    import msgspec

    from reelwright import v1
    from reelwright.client import Client
    from reelwright.jobs import job as job_states
else:
    msgspec = lazy("msgspec")
    v1 = lazy("reelwright.v1")
    job_states = lazy("reelwright.jobs.job")

BAR = 48  # columns of the timeline
EIGHTHS = " ▏▎▍▌▋▊▉█"
JobArgument = Annotated[str, typer.Argument(help="Id of the job.", metavar="ID")]


@remote.served
def jobs(
    client: "Client",
    status: Annotated[str | None, typer.Option(help="Only jobs in this state: queued, running, failed, …")] = None,
    operator: Annotated[str | None, typer.Option(help="Only jobs of this operator.")] = None,
    pipeline: Annotated[str | None, typer.Option(help="Only jobs of this pipeline.")] = None,
    limit: Annotated[int, typer.Option(help="Most jobs shown.", min=1, max=200)] = 20,
    json: terminal.JsonFlag = False,
) -> None:
    """List jobs, newest first."""
    query = v1.JobsQuery(
        status=flags.member(job_states.Status, status, "status"), operator=operator, pipeline=pipeline, limit=limit
    )
    page = client.jobs_page(query)
    if json:
        terminal.echo_json(msgspec.to_builtins(page))
        return
    rows = [
        (
            one.id,
            terminal.state_text(one.status),
            one.operator,
            f"{one.progress:.0f} %",
            one.created_at[:19].replace("T", " "),
            one.error.message if one.error else "",
        )
        for one in page.jobs
    ]
    terminal.out().print(terminal.table(("id", "state", "operator", "done", "created (UTC)", "error"), rows))


@remote.served
def job(
    client: "Client",
    job_id: JobArgument,
    json: terminal.JsonFlag = False,
) -> None:
    """Show one job: its state, result, steps and where its time went."""
    found, steps, timeline = client.job(job_id), client.steps(job_id), client.timeline(job_id)
    if json:
        whole = {"steps": steps, "timeline": timeline}
        terminal.echo_json({**msgspec.to_builtins(found), **msgspec.to_builtins(whole)})
        return
    out = terminal.out()
    out.print(Text.assemble(found.id, "  ", terminal.state_text(found.status), f"  {found.progress:.0f} %"))
    out.print(f"{found.operator}, pipeline {found.pipeline}, priority {found.priority}", style="dim")
    if found.error:
        out.print(f"{found.error.message} [{found.error.code}]", style="red", markup=False)
    submit.show(found, [], as_json=False)
    if steps:
        out.print(_steps(steps))
    if timeline.bars:
        out.print(_bars(timeline))


def _steps(steps: "list[v1.Step]") -> Table:
    rows = [
        (
            one.name,
            terminal.state_text(one.state),
            f"{one.provider or ''} {f'({one.tier})' if one.tier else ''}".strip(),
            "found" if one.memo else f"ran {one.executions}x",
            "" if one.seconds is None else terminal.seconds_text(one.seconds),
        )
        for one in steps
    ]
    return terminal.table(("step", "state", "by", "work", "time"), rows)


def _bars(timeline: "v1.Timeline") -> Table:
    whole = max(timeline.seconds, 1e-9)
    rows = [
        (one.name, timeline_bar(one.start / whole, one.seconds / whole), terminal.seconds_text(one.seconds))
        for one in timeline.bars
    ]
    return terminal.table(("timeline", terminal.seconds_text(timeline.seconds), "time"), rows)


def timeline_bar(start: float, part: float, width: int = BAR) -> str:
    """A bar over `part` of the whole from `start` (both 0…1), to an eighth of a column; never invisible."""
    begin = min(width - 1, int(start * width))
    eighths = max(1, round(part * width * 8))
    eighths = min(eighths, (width - begin) * 8)
    return " " * begin + EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


@remote.served
def logs(
    client: "Client",
    job_id: JobArgument,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the job ends.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show a job's log."""
    seen = 0
    for line in client.log(job_id):
        seen = line.seq
        _print_line(line, as_json=json)
    if follow:
        for event in client.events(job_id, after=seen):
            if event.kind == "log":
                _print_line(log_line(event), as_json=json)


def log_line(event: "v1.Event") -> "v1.LogLine":
    """A `log` event of the stream as a line of the log."""
    data = event.data
    level, message, more = data.get("level", "info"), data.get("message", ""), data.get("fields", {})
    return v1.LogLine(event.seq, event.at, level, message, more)


def _print_line(line: "v1.LogLine", *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.encode(line).decode())
        return
    more = " ".join(f"{name}={value}" for name, value in line.fields.items())
    typer.echo(f"{line.at} {line.level:<7} {line.message}{'  ' + more if more else ''}")


@remote.served
def cancel(
    client: "Client",
    job_id: JobArgument,
) -> None:
    """Cancel a job. Nothing of it is published afterwards."""
    _changed(client.cancel(job_id))


@remote.served
def retry(
    client: "Client",
    job_id: JobArgument,
    wait: submit.WaitFlag = False,
) -> None:
    """Run a failed or cancelled job again; steps that had finished are not repeated."""
    again = client.retry(job_id)
    if not wait:
        _changed(again)
        return
    done = submit.follow(client, job_id, again.operator)
    submit.show(done, [], as_json=False)
    submit.end(done)


def _changed(found: "v1.Job") -> None:
    terminal.out().print(Text.assemble(found.id, "  ", terminal.state_text(found.status)))


@remote.served
def pipelines(
    client: "Client",
    json: terminal.JsonFlag = False,
) -> None:
    """List the pipelines, the named queues of jobs."""
    found = client.pipelines()
    if json:
        terminal.echo_json(msgspec.to_builtins(found))
        return
    rows = [
        (one.name, one.title, one.priority, one.concurrency or "as many as fit", "paused" if one.paused else "")
        for one in found
    ]
    terminal.out().print(terminal.table(("pipeline", "title", "priority", "at once", ""), rows))
