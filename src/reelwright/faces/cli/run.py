"""`reelwright run OPERATOR`: do the work here and now, without any server.

Outputs come to their folder only when the run has succeeded; a run that failed or was
cancelled leaves nothing behind.
"""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from reelwright.errors import Cancelled
from reelwright.faces.cli import flags, offered, terminal
from reelwright.faces.cli.configured import configured
from reelwright.loading import lazy

if TYPE_CHECKING:
    from types import FrameType

    from rich.progress import Progress

    from reelwright.faces.cli import bars
    from reelwright.models import hub, port
    from reelwright.models.port import Models, Provider
    from reelwright.operators import Operator, Params, Result, context, files
    from reelwright.pipelines import inline
    from reelwright.pipelines.contract import Plan, Wanted
else:
    bars = lazy("reelwright.faces.cli.bars")
    files = lazy("reelwright.operators.files")
    context = lazy("reelwright.operators.context")
    hub = lazy("reelwright.models.hub")
    inline = lazy("reelwright.pipelines.inline")
    port = lazy("reelwright.models.port")

SHOWN_ROWS = 24  # of a result, for people; --json has it all
LOUD = ("warning", "error")

COMMON = [
    offered.option("out", Path, Path("out"), "Folder of the outputs; made if it is not there.", "--out", "-o"),
    offered.option("seed", int, 0, "Same seed, same random choices.", min=0),
    offered.option("json", bool, False, "Print the result as JSON."),
    offered.option("quiet", bool, False, "Show no progress.", "--quiet", "-q"),
]


class Runs(offered.Offered):
    def make(self, operator: "Operator[Any, Any] | Plan[Any]") -> Any:
        return offered.command("run", operator, COMMON, run_plan if hasattr(operator, "concludes") else run)


app = typer.Typer(cls=Runs, no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def about() -> None:
    """Run one operator, or a plan of many steps, without a server: `reelwright run NAME --help` tells its flags."""


def run(operator: "Operator[Any, Any]", params: "Params", *, out: Path, seed: int, json: bool, quiet: bool) -> None:
    """Run the operator, move what it made to `out`, and tell of it."""
    params = with_local_files(operator, params)
    models = _models()
    provider = operator.provider(params, models)
    began = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    # On the disk of `out`, so that moving there is a rename.
    scratch = Path(tempfile.mkdtemp(prefix=".reelwright-", dir=out))
    try:
        with bars.bar(hidden=quiet) as bar, _stoppable() as stop:
            ctx = context.Context(
                scratch=scratch,
                outputs=_folder(scratch / "out"),
                reporter=Watch(bar, operator.name, stop),
                models=models,
                provider=provider,
                seed=seed,
                phases=operator.phases,
            )
            result = operator(params, ctx)
        document = _publish(result, out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _show(operator, provider, document, time.monotonic() - began, as_json=json)


def run_plan(plan: "Plan[Any]", params: "Params", *, out: Path, seed: int, json: bool, quiet: bool) -> None:
    """Run a plan's steps one after the other, move what the last one made to `out`, and tell of it."""
    params = with_local_files(plan, params)
    models = _models()
    began = time.monotonic()
    out.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".reelwright-", dir=out))
    try:
        with bars.bar(hidden=quiet) as bar, _stoppable() as stop:
            whole = bar.add_task(plan.name, total=1.0, done="")
            watch = Watch(bar, "", stop)

            def told(step: "Wanted", done: int, known: int) -> None:
                bar.update(whole, completed=done, total=known, done=f"{done} of {known} steps")
                watch.begins(step.name)

            given = inline.run(plan, params, folder=scratch, models=models, seed=seed, reporter=watch, told=told)
        for name, error in given.failed.items():
            terminal.note(f"step {name} failed: {error.message} [{error.code}]")
        if plan.final not in given.finished:
            raise next(iter(given.failed.values()))
        document = _publish(plan.result.model_validate(given.finished[plan.final]), out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _show(plan, port.BUILTIN, document, time.monotonic() - began, as_json=json)


def with_local_files(operator: "Operator[Any, Any] | Plan[Any]", params: "Params") -> "Params":
    dumped: dict[str, Any] = params.model_dump(mode="json", exclude_unset=True)
    for path, _, text in files.fields(params):
        where = files.dotted(path)
        files.replace(dumped, path, str(flags.local_file(text, f"--{where}")))
    checked: Params = operator.params.model_validate(dumped)
    return checked


def _models() -> "Models":
    return hub.open_hub(configured())


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


class Stop:
    """Set by the first Ctrl-C; the operator's next look at it ends the run."""

    def __init__(self) -> None:
        self.wanted = False

    def __call__(self, signum: int, frame: "FrameType | None") -> None:
        if self.wanted:
            raise KeyboardInterrupt
        self.wanted = True
        terminal.note("cancelling; Ctrl-C again ends at once")


@contextmanager
def _stoppable() -> Iterator[Stop]:
    stop = Stop()
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


class Watch:
    """The run's reporter, drawn as a bar."""

    def __init__(self, bar: "Progress", name: str, stop: Stop) -> None:
        self._bar, self._name, self._stop = bar, name, stop
        self._task = bar.add_task(name, total=100.0, done="")

    def begins(self, name: str) -> None:
        """Another step of a plan."""
        self._name = name
        self._bar.update(self._task, description=name, completed=0.0, done="")

    def progress(self, percent: float, phase: str, done: float, total: float | None, unit: str) -> None:
        self._bar.update(self._task, completed=percent, done=terminal.units(done, total, unit))

    def phase(self, name: str) -> None:
        self._bar.update(self._task, description=f"{self._name}: {name}")

    def log(self, level: str, message: str, fields: Mapping[str, Any]) -> None:
        if level in LOUD:
            self._bar.console.print(f"{level}: {message}", markup=False)

    def preview(self, path: Path) -> None:
        """A terminal shows no pictures."""

    def media(self, seconds: float) -> None:
        """Usage is counted by the server only."""

    def check(self) -> None:
        if self._stop.wanted:
            raise Cancelled("cancelled by Ctrl-C")


def _publish(result: "Result", out: Path) -> dict[str, Any]:
    """Move the outputs to their folder; the result as a document that names them there."""
    document: dict[str, Any] = result.model_dump(mode="json")
    for path, _, text in list(files.fields(result)):
        target = out / Path(text).name
        if Path(text).exists():  # two fields may name one file
            Path(text).replace(target)
        files.replace(document, path, str(target))
    outputs = [
        {"path": str(out / Path(text).name), "role": files.dotted(path), "size": (out / Path(text).name).stat().st_size}
        for path, _, text in files.fields(result)
    ]
    return {"result": document, "outputs": outputs}


def _show(
    operator: "Operator[Any, Any] | Plan[Any]",
    provider: "Provider",
    document: dict[str, Any],
    seconds: float,
    *,
    as_json: bool,
) -> None:
    if as_json:
        by = {"provider": provider.name, "tier": provider.tier, "models": dict(provider.models)}
        head = {"operator": operator.name, "version": operator.version, "made_by": by, "seconds": round(seconds, 3)}
        terminal.echo_json({**head, **document})
        return
    out = terminal.out()
    show_result(document["result"])
    if document["outputs"]:
        rows = [(one["path"], terminal.bytes_text(one["size"])) for one in document["outputs"]]
        out.print(terminal.table(("output", "size"), rows))
    out.print(f"{operator.name} in {terminal.seconds_text(seconds)}, by {provider.name} ({provider.tier})", style="dim")


def show_result(result: Mapping[str, Any]) -> None:
    """The result's values as a table, shortened for people."""
    rows = terminal.flat(result)
    if not rows:
        return
    out = terminal.out()
    out.print(terminal.table(("result", "value"), [(name, _short(value)) for name, value in rows[:SHOWN_ROWS]]))
    if len(rows) > SHOWN_ROWS:
        out.print(f"… and {len(rows) - SHOWN_ROWS} more; --json shows all", style="dim")


def _short(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 100 else text[:99] + "…"
