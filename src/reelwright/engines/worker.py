"""The inside of a worker process of the embedded engine: its limits, its reports, the call.

A worker is spawned, never forked. It leads a process group of its own, so that a kill
reaches its children too; it dies with the thread that made it (PDEATHSIG), so that no
server's death leaves work burning; and it speaks of its progress by datagrams on a local
socket, which a killed worker cannot leave half-written or locked.
"""

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from reelwright.errors import MemoryLimitExceeded, ReelwrightError

PR_SET_PDEATHSIG = 1  # linux/prctl.h
THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "OPENCV_FOR_THREADS_NUM",
    "REELWRIGHT_THREADS",
)

Say = Callable[[Mapping[str, Any]], None]

_socket: socket.socket | None = None
_address = ""


def prepare(address: str, parent: int, threads: int, function: str, argument: Mapping[str, Any]) -> None:
    """Once in a new worker: isolate it, cap its threads, open the way back, then call `function(argument)`."""
    global _socket, _address
    _isolate(parent)
    for name in THREAD_SETTINGS:
        os.environ[name] = str(threads)
    # What a library prints must not reach the server's own output, which scripts read.
    os.dup2(sys.stderr.fileno(), 1)
    _address = address
    _socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    resolve(function)(argument)


def _isolate(parent: int) -> None:
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the server died before the line above
            os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def ready() -> int:
    """A call that only shows that the worker is up; its process id."""
    return os.getpid()


def run(call_id: str, function: str, argument: Mapping[str, Any], memory_limit: int) -> dict[str, Any]:
    """Run one call. Returns {"value"} or {"error"}: our errors keep their class on the way out."""
    say = _sayer(call_id)
    say({"kind": "accepted", "pid": os.getpid()})
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, hard))
    try:
        return {"value": resolve(function)(argument, say)}
    except ReelwrightError as error:
        return {"error": error}
    except MemoryError:
        gib = memory_limit / (1 << 30)
        return {
            "error": MemoryLimitExceeded(
                f"the work needs more than the {gib:.1f} GiB a worker may use; "
                "give a smaller input, or raise the setting memory_limit"
            )
        }
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def _sayer(call_id: str) -> Say:
    def say(message: Mapping[str, Any]) -> None:
        data = json.dumps({"call": call_id, **message}).encode()
        # A server that is gone or swamped must not stop the work; reports are news, not results.
        with contextlib.suppress(OSError):
            if _socket is not None:
                _socket.sendto(data, _address)

    return say


def resolve(name: str) -> Callable[..., Any]:
    """`package.module:name` -> the function."""
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
