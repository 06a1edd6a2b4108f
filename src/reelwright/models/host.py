"""A program of another licence, kept at work in a process of its own and talked to over pipes.

The GPL's reach ends at the process, so what is under it is never loaded here. A request is one
line of JSON; the answer is one line of JSON and as many bytes as that says. The process is started
by the first request and stays for the next ones. It dies with this one: its input ends, and
it belongs to the same process group. One that crashed is a `WorkerCrashed`, which a retry can mend,
and the next request starts another.
"""

import json
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reelwright.errors import InvalidParameter, ModelNotInstalled, WorkerCrashed

PATIENCE = 2.0  # seconds a process has to end by itself


@dataclass(frozen=True, slots=True)
class Answer:
    told: Mapping[str, Any]
    sound: bytes


@dataclass(eq=False)
class Host:
    """`script` is run by this Python, with `arguments`; `mend` tells what to do if it cannot start."""

    name: str
    script: Path
    mend: str
    arguments: Sequence[str] = ()
    _process: "subprocess.Popen[bytes] | None" = None
    _greeting: Mapping[str, Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def ask(self, **asked: object) -> Answer:
        """Raises `InvalidParameter` with what the program says against it, and `WorkerCrashed`."""
        with self._lock:
            answer = self._asked(self._running(), json.dumps(asked).encode() + b"\n")
        if "fault" in answer.told:
            raise InvalidParameter(f"{self.name}: {answer.told['fault']}")
        return answer

    def greeting(self) -> Mapping[str, Any]:
        """What the program said of itself when it started; `ModelNotInstalled` if it cannot."""
        with self._lock:
            self._running()
            return self._greeting

    @property
    def pid(self) -> int | None:
        """The process, if there is one."""
        return self._process.pid if self._process is not None else None

    def close(self) -> None:
        with self._lock:
            if self._process is not None:
                _end(self._process)
                self._process = None

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            command = [sys.executable, "-I", str(self.script), *self.arguments]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            # Whoever held this forgot it, as a cache does: the process must not stay.
            weakref.finalize(self, _end, process)
            self._process = process
            self._greeting = self._asked(process, b"").told
            if "fault" in self._greeting:
                self.close()
                raise ModelNotInstalled(f"{self.name} cannot speak: {self._greeting['fault']}; {self.mend}")
        return self._process

    def _asked(self, process: "subprocess.Popen[bytes]", line: bytes) -> Answer:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            told = json.loads(process.stdout.readline())
            count = told.get("bytes", 0)
            sound = process.stdout.read(count)
            if len(sound) < count:
                raise EOFError
        except (OSError, EOFError, ValueError) as error:
            self._process = None
            raise WorkerCrashed(f"the process of {self.name} {_ended(process)} while it spoke; try again") from error
        return Answer(told, sound)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close its input, by which it ends; kill it if it does not."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.close()
        process.wait(PATIENCE)
    except (subprocess.TimeoutExpired, OSError):
        process.kill()
        process.wait()
    process.stdout.close()


def _ended(process: "subprocess.Popen[bytes]") -> str:
    try:
        code = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:  # it lives, but what it says is no answer
        process.kill()
        code = process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        try:
            pipe.close()
        except OSError:  # what was not written yet; nobody reads it now
            continue
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended by itself with code {code}"
