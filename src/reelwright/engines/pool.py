"""The embedded engine: warm worker processes on this machine, one Pebble pool of one worker each.

One pool a worker, not one pool for all: a call can go to the worker that is warm for it,
a cancelled call's process group can be killed by its known pid, and a worker that dies
while idle (which breaks its Pebble pool) costs that one pool, which is made anew. The
worker's side is `engines.worker`.
"""

import contextlib
import json
import logging
import multiprocessing
import os
import queue
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from reelwright.engines import worker
from reelwright.engines.port import Call, Done, Outcome, Report
from reelwright.errors import Cancelled, InternalError, ReelwrightError, TimeLimitExceeded, WorkerCrashed

LARGEST_REPORT = 1 << 16
log = logging.getLogger(__name__)


@dataclass
class Host:
    """One worker: its pool, its process, what it runs and what it last ran."""

    pool: Any
    pid: int = 0
    call: Call | None = None
    future: "Future[Any] | None" = None
    accepted: bool = False
    cancelled: bool = False
    warm_for: str = ""
    # Reentrant: cancelling a future that has not started runs its callback on the spot.
    lock: Any = field(default_factory=threading.RLock)


class PoolEngine:
    """See `engines.port.Engine`. `prepare` is `module:function` called with `argument` in each new worker."""

    def __init__(
        self, *, workers: int, threads: int, tasks_per_worker: int, prepare: str, argument: Mapping[str, Any]
    ) -> None:
        self._count = workers
        self._threads = threads
        self._tasks = tasks_per_worker
        self._prepare = (prepare, dict(argument))
        self._hosts: list[Host] = []
        self._closing = False
        self._chores: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._report: Report
        self._done: Done

    def start(self, report: Report, done: Done) -> None:
        self._report, self._done = report, done
        # A short path of its own: a Unix socket's address holds 107 bytes, a home may be longer.
        self._folder = Path(tempfile.mkdtemp(prefix="rw-"))
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._folder / "reports"))
        self._threads_of_ours = [
            threading.Thread(target=self._listen, name="engine-reports", daemon=True),
            threading.Thread(target=self._keep, name="engine-keeper", daemon=True),
        ]
        for thread in self._threads_of_ours:
            thread.start()
        self._by_keeper(lambda: self._hosts.extend(Host(self._new_pool()) for _ in range(self._count)))

    def free(self) -> int:
        return sum(host.call is None for host in self._hosts)

    def run(self, call: Call) -> None:
        host = self._choose(call.affinity)
        with host.lock:
            host.call, host.warm_for = call, call.affinity
            host.accepted = host.cancelled = False
        try:
            self._schedule(host, call)
        except RuntimeError:  # its worker died while idle, and the pool with it
            self._chores.put(lambda: self._again(host, call))

    def cancel(self, call_id: str) -> None:
        for host in self._hosts:
            with host.lock:
                if host.call is None or host.call.id != call_id:
                    continue
                host.cancelled = True
                if host.accepted:
                    kill_group(host.pid)
                if host.future is not None:
                    host.future.cancel()

    def close(self) -> None:
        self._closing = True
        self._chores.put(None)
        self._threads_of_ours[1].join()
        for host in self._hosts:
            kill_group(host.pid)
            host.pool.stop()
        for host in self._hosts:
            host.pool.join()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._threads_of_ours[0].join()
        shutil.rmtree(self._folder, ignore_errors=True)

    # ---- the keeper: the one thread that makes pools, because a worker dies with the thread that made it

    def _keep(self) -> None:
        while (chore := self._chores.get()) is not None:
            chore()

    def _by_keeper(self, chore: Callable[[], None]) -> None:
        ready = threading.Event()

        def noted() -> None:
            chore()
            ready.set()

        self._chores.put(noted)
        ready.wait()

    def _new_pool(self) -> Any:
        pool = ProcessPool(
            max_workers=1,
            max_tasks=self._tasks,
            initializer=worker.prepare,
            initargs=(str(self._folder / "reports"), os.getpid(), self._threads, *self._prepare),
            context=multiprocessing.get_context("spawn"),
        )
        pool.schedule(worker.ready)  # starts the process now, not with the first job
        return pool

    def _renew(self, host: Host) -> None:
        old, host.pool, host.pid = host.pool, self._new_pool(), 0
        with contextlib.suppress(RuntimeError):
            old.stop()
            old.join()

    def _again(self, host: Host, call: Call) -> None:
        self._renew(host)
        self._schedule(host, call)

    # ---- calls

    def _choose(self, affinity: str) -> Host:
        idle = [host for host in self._hosts if host.call is None]
        if not idle:
            raise InternalError("no worker is free; ask free() first")
        return next((host for host in idle if host.warm_for == affinity), idle[0])

    def _schedule(self, host: Host, call: Call) -> None:
        arguments = (call.id, call.function, call.argument, call.memory_limit)
        future = host.pool.schedule(worker.run, args=arguments, timeout=call.time_limit)
        with host.lock:
            host.future = future
            if host.cancelled:
                future.cancel()
        future.add_done_callback(lambda done: self._finished(host, call, done))

    def _finished(self, host: Host, call: Call, future: "Future[Any]") -> None:
        """On a thread of the pool: hand the outcome on; what needs a new process goes to the keeper."""
        if self._closing:
            return
        outcome, worker_lives = self._outcome(host, call, future)
        if worker_lives:
            self._settle(host, outcome)
        elif isinstance(outcome.error, WorkerCrashed) and not host.accepted:
            self._chores.put(lambda: self._again(host, call))  # lost before it began: nobody's attempt
        else:
            self._chores.put(lambda: self._bury(host, outcome))

    def _bury(self, host: Host, outcome: Outcome) -> None:
        kill_group(host.pid)  # children of the worker that is gone
        self._renew(host)
        self._settle(host, outcome)

    def _settle(self, host: Host, outcome: Outcome) -> None:
        with host.lock:
            host.call = host.future = None
        self._done(outcome)

    @staticmethod
    def _outcome(host: Host, call: Call, future: "Future[Any]") -> tuple[Outcome, bool]:
        """What came of a call, and whether its worker is still good."""
        try:
            said = future.result()
        except CancelledError:
            return Outcome(call.id, error=Cancelled("the job was cancelled")), False
        except TimeoutError:
            return Outcome(call.id, error=_too_slow(call)), False
        except ProcessExpired as error:
            failed = Cancelled("the job was cancelled") if host.cancelled else _crashed(error.exitcode)
            return Outcome(call.id, error=failed), False
        except BrokenProcessPool:
            return Outcome(call.id, error=WorkerCrashed("the worker process was lost")), False
        except Exception as error:
            log.exception("call %s failed", call.id)
            return Outcome(call.id, error=InternalError(f"{type(error).__name__}: {error}")), True
        return Outcome(call.id, value=said.get("value"), error=said.get("error")), True

    def _listen(self) -> None:
        while True:
            try:
                data = self._socket.recv(LARGEST_REPORT)
            except OSError:
                return
            if not data:
                return
            message = json.loads(data)
            call_id = message.pop("call")
            if message["kind"] == "accepted":
                self._accepted(call_id, message["pid"])
            self._report(call_id, message)

    def _accepted(self, call_id: str, pid: int) -> None:
        for host in self._hosts:
            with host.lock:
                if host.call is not None and host.call.id == call_id:
                    host.pid, host.accepted = pid, True
                    if host.cancelled:
                        kill_group(pid)


def kill_group(pid: int) -> None:
    """SIGKILL a worker and its children. A group that is gone is fine."""
    if pid > 1:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _too_slow(call: Call) -> ReelwrightError:
    return TimeLimitExceeded(
        f"the work took longer than the {call.time_limit:g} s it may; "
        "give a shorter input, or raise the setting time_limit"
    )


def _crashed(exit_code: int | None) -> ReelwrightError:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        why = " (often the machine ran out of memory)" if name == "SIGKILL" else " (a fault in native code)"
        return WorkerCrashed(f"the worker process was ended by {name}{why}")
    return WorkerCrashed(f"the worker process ended by itself with code {exit_code}")
