"""The demo's run: samples, server, jobs, checks, report.

A server of its own is started in a temporary home and stopped at the end. Nothing is downloaded.
"""

import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.progress import Progress, TaskID

from reelwright.errors import WorkFailed
from reelwright.faces.cli import bars, faults, terminal
from reelwright.faces.cli.demo import asked, checks, entries, samples, server, story, vendor


def run(out: Path, *, stay: bool) -> None:
    """Everything; ends with exit code 1 if a job failed or a result is not right."""
    vendor.require()
    out.mkdir(parents=True, exist_ok=True)
    with terminal.err().status("making sample media"):
        made = samples.make(out / "samples")
    with tempfile.TemporaryDirectory(prefix="reelwright-demo-") as home, server.started(Path(home), out) as running:
        terminal.note(f"a server runs at {running.url}; submitting {len(entries.ENTRIES) + 1} jobs to it")
        told, film = _run_all(running, made, out)
        _report(told, film, running.url, out)
        if stay:
            _stay(running.url, Path(home))
    if film.fault or any(one.fault for one in told):
        raise typer.Exit(faults.FAILED)


def _run_all(running: server.Started, made: samples.Samples, out: Path) -> tuple[list[entries.Told], story.Told]:
    with closing(vendor.Vendor(running)) as client, bars.bar() as bar:
        addresses = {path: client.upload(path) for path in made.paths()}
        # All at once, as a real user would: the server decides what runs when.
        started = [
            _start(client, entry, addresses[entry.input(made)] if entry.input else "", bar) for entry in entries.ENTRIES
        ]
        told = [_finish(client, one, bar, made, out) for one in started]
        # By itself: what a resume does is to be seen apart from all else.
        return told, _film(client, addresses[made.photo_path], out, bar)


def _film(client: vendor.Vendor, photo: str, out: Path, bar: Progress) -> story.Told:
    task = bar.add_task(story.TITLE, total=100.0, done="")
    try:
        job = story.submitted(client, out)
        told = story.finished(client, job, photo, out, lambda percent: bar.update(task, completed=percent))
    except WorkFailed as error:
        return story.Told(fault=error.message)
    bar.update(task, completed=100.0)
    return told


@dataclass(frozen=True, slots=True)
class _Job:
    """A submitted entry and its bar. `fault`: why it was refused."""

    entry: entries.Entry
    id: str
    task: TaskID
    fault: str = ""


def _start(client: vendor.Vendor, entry: entries.Entry, media: str, bar: Progress) -> _Job:
    task = bar.add_task(entry.title, total=100.0, done="")
    try:
        return _Job(entry, _submitted(client, entry, media), task)
    except WorkFailed as error:
        return _Job(entry, "", task, error.message)


def _submitted(client: vendor.Vendor, entry: entries.Entry, media: str) -> str:
    if entry.action == entries.TASK:
        return client.submit_task({name: media if one is asked.INPUT else one for name, one in entry.params.items()})
    if entry.action:
        return client.submit_smart(entry.action, entry.params)
    return client.submit(entry.function, media, entry.output, entry.params)


def _finish(client: vendor.Vendor, job: _Job, bar: Progress, made: samples.Samples, out: Path) -> entries.Told:
    if job.fault:
        return entries.Told(job.entry, 0.0, fault=job.fault)
    outcome = client.wait(
        job.id,
        on_progress=lambda percent: bar.update(job.task, completed=percent),
        how=job.entry.how,
    )
    if outcome.fault:
        return entries.Told(job.entry, outcome.seconds, fault=outcome.fault)
    bar.update(job.task, completed=100.0)
    files = client.download(outcome, out / job.entry.function)
    try:
        return entries.Told(job.entry, outcome.seconds, files, seen=job.entry.check(made, files, outcome.result))
    except checks.CheckFailed as fault:
        return entries.Told(job.entry, outcome.seconds, files, fault=str(fault))


def _report(told: list[entries.Told], film: story.Told, url: str, out: Path) -> None:
    console = terminal.out()
    for one in told:
        mark = "[red]✗[/]" if one.fault else "[green]✓[/]"
        console.print(f"{mark} {one.entry.title} ({one.entry.function}, {terminal.seconds_text(one.seconds)})")
        console.print(f"    {one.fault or one.seen}", markup=False, style="red" if one.fault else "")
        for path in one.files:
            console.print(f"    {path}  {terminal.bytes_text(path.stat().st_size)}", style="dim", markup=False)
    story.report(film)
    console.print(f"files: {out.resolve()}", markup=False)
    console.print(f"API:   {url}/docs while a server runs; start one with `reelwright serve`", markup=False)


def _stay(url: str, home: Path) -> None:
    terminal.note(f"the server stays at {url}; its key lies in {home / 'credentials.json'}; Ctrl-C ends it")
    try:
        server.wait_for_ever()
    except KeyboardInterrupt:
        terminal.note("stopping")
