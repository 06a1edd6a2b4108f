"""The demo's server: a real process on a free port of this machine, with a home of its own."""

import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reelwright.errors import WorkFailed
from reelwright.faces.cli import home as homes

READY = "reelwright ready "
START_SECONDS = 60.0
STOP_SECONDS = 40.0
LOG_LINES = 15  # shown when the server did not start


@dataclass(frozen=True, slots=True)
class Started:
    url: str
    credentials: homes.Credentials

    @property
    def endpoint(self) -> str:
        """`host:port`."""
        return self.url.partition("://")[2]


@contextmanager
def started(home: Path, out: Path) -> Iterator[Started]:
    """A server in `home`; its log goes to `out`. Raises `WorkFailed` with the log's end if it does not start."""
    log = out / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "reelwright", "serve", "--home", str(home), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,  # our Ctrl-C is not its own; it is stopped below
        )
    try:
        url = _ready(process, log)
        found = homes.credentials(home)
        if found is None:
            raise WorkFailed(f"the server made no key in {home}; its log is {log}")
        yield Started(url, found)
    finally:
        _stop(process)


def _ready(process: "subprocess.Popen[str]", log: Path) -> str:
    assert process.stdout is not None  # it was asked for
    has_said, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    # A process that ended has said its last: an empty line.
    line = process.stdout.readline() if has_said else ""
    if not line.startswith(READY):
        tail = "\n".join(log.read_text().splitlines()[-LOG_LINES:])
        raise WorkFailed(f"the demo's server did not start; its log ({log}) ends:\n{tail}")
    return line.removeprefix(READY).strip()


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def wait_for_ever() -> None:
    threading.Event().wait()
