"""Running the command line: inside this process, and a real `serve` as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from reelwright.faces.cli import app

READY = "reelwright ready "
ENDS = 120.0  # seconds until a test gives up on a process that hangs


@pytest.fixture
def cli(monkeypatch, tmp_path) -> Callable[..., Result]:
    """`cli("jobs", "--json")`: runs a command with an empty home and nothing from the environment."""
    for name in list(os.environ):
        if name.startswith("REELWRIGHT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("REELWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: object, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments], input=input)

    return run


class Served:
    """A `reelwright serve` process and its home."""

    def __init__(self, home: Path, *flags: str) -> None:
        self.home = home
        self._log = home.parent / f"{home.name}.log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "reelwright", "serve", "--home", str(home), "--port", "0", *flags],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")},
            )
        self.first_line = self.process.stdout.readline()
        self.url = self.first_line.removeprefix(READY).strip()

    @property
    def log(self) -> str:
        return self._log.read_text()

    def end(self, how: int = signal.SIGTERM) -> int:
        """The exit code. Further calls find it ended."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(ENDS)
        self.rest = "" if self.process.stdout.closed else self.process.stdout.read()
        self.process.stdout.close()
        return code


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., Served]]:
    """`serve("--workers", "1")`: a server in a new home; ended with the test."""
    started: list[Served] = []

    def start(*flags: str, home: Path | None = None) -> Served:
        started.append(Served(home or tmp_path / "home", *flags))
        return started[-1]

    yield start
    for one in started:
        one.end(signal.SIGKILL)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Served]:
    """One server for all tests of a module that only ask it."""
    served = Served(tmp_path_factory.mktemp("served") / "home", "--workers", "1")
    assert served.url, served.log
    yield served
    served.end()
