"""The command line: `reelwright COMMAND`. One file for each group of commands.

What a command needs beyond its flags is imported when it runs, so that `--help` and
completion answer at once.
"""

import os
from typing import Annotated

import typer

import reelwright
from reelwright.faces.cli import (
    apps,
    callbacks,
    demo,
    doctor,
    faults,
    jobs,
    keys,
    models,
    objects,
    plans,
    run,
    serve,
    submit,
)

HERE, SERVER, REMOTE = "Without a server", "The server", "Against a server"

app = typer.Typer(
    name="reelwright",
    cls=faults.Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # `faults` tells errors
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reelwright {reelwright.__version__}")
        raise typer.Exit


@app.callback()
def about(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Media jobs on your own machine, through the protocols of the closed clouds."""
    if debug:
        os.environ[faults.DEBUG] = "1"


app.add_typer(run.app, name="run", rich_help_panel=HERE)
app.command(rich_help_panel=HERE)(doctor.doctor)
app.add_typer(models.app, name="models", rich_help_panel=HERE)
app.command(rich_help_panel=HERE)(demo.demo)
app.command(rich_help_panel=SERVER)(serve.serve)
app.add_typer(keys.app, name="keys", rich_help_panel=SERVER)
app.add_typer(submit.app, name="submit", rich_help_panel=REMOTE)
app.command(rich_help_panel=REMOTE)(jobs.jobs)
app.command(rich_help_panel=REMOTE)(jobs.job)
app.command(rich_help_panel=REMOTE)(jobs.logs)
app.command(rich_help_panel=REMOTE)(jobs.cancel)
app.command(rich_help_panel=REMOTE)(jobs.retry)
app.command(rich_help_panel=REMOTE)(plans.resume)
app.command(rich_help_panel=REMOTE)(plans.change)
app.command(rich_help_panel=REMOTE)(plans.plan)
app.command(rich_help_panel=REMOTE)(jobs.pipelines)
app.add_typer(apps.app, name="apps", rich_help_panel=REMOTE)
app.add_typer(callbacks.app, name="callbacks", rich_help_panel=REMOTE)
app.command(rich_help_panel=REMOTE)(objects.cp)


def main() -> None:
    """Entry point of the `reelwright` script."""
    app()
