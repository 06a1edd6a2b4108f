"""The one thread that writes: it drains a queue of changes, runs them in one transaction, commits once.

One commit costs one sync to disk, whether it holds one change or two hundred, so what has
come in while the last group was being synced becomes the next group; there is no waiting
for more. A caller hears of its change only after the commit. The interpreter's switch
interval is left alone: with a busy event loop beside the writer 5, 1 and 0.5 ms gave the
same rate, 0.1 ms half of it; what helped was fewer statements (see `group`).

This thread's connection is the only one that writes and the only one that checkpoints:
before SQLite 3.51.3 two connections that did so at the same instant could corrupt the
file. It checkpoints between groups, after the callers have been answered.
"""

import asyncio
import logging
import os
import queue
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from reelwright.errors import InternalError, ReelwrightError, StorageFull
from reelwright.jobs.ledger.group import Changed, Group
from reelwright.jobs.ledger.port import Transaction
from reelwright.jobs.ledger.transaction import SqliteTransaction

log = logging.getLogger(__name__)

MOST_CHANGES = 256  # of one group, so that the first caller does not wait for all the others
LONG_WAL = 8 << 20  # bytes after which a checkpoint is due; larger ones stall the writer longer
OVERGROWN_WAL = 128 << 20  # bytes after which the file is cut, though that waits for readers
IDLE = 1.0  # seconds without a change after which the WAL is brought home
OF_ONE_CHANGE = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError)  # the file is in order
CACHE = 64 << 10  # KiB of pages this connection keeps

Change = Callable[[Transaction], Any]
Listener = Callable[[Sequence[str]], None]
Outcome = tuple["Waiter", Any, Exception | None]


class Waiter(Protocol):
    """Who is told how a change went."""

    change: Change

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None: ...

    def tell(self, value: Any, error: Exception | None) -> None: ...


class ThreadWaiter:
    """A caller on any thread, with a future it may wait on."""

    __slots__ = ("change", "future")
    loop = None

    def __init__(self, change: Change) -> None:
        self.change = change
        self.future: Future[Any] = Future()

    def tell(self, value: Any, error: Exception | None) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(value)


class LoopWaiter:
    """A coroutine; told on its own loop."""

    __slots__ = ("change", "future", "loop")

    def __init__(self, change: Change, loop: asyncio.AbstractEventLoop) -> None:
        self.change = change
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()

    def tell(self, value: Any, error: Exception | None) -> None:
        if self.future.done():
            return
        if error is not None:
            self.future.set_exception(error)
        else:
            self.future.set_result(value)


class Writer:
    def __init__(self, path: Path, listeners: Sequence[Listener], on_told: Sequence[Callable[[], None]]) -> None:
        self._path = path
        self._wal = path.with_name(path.name + "-wal")
        self._listeners = listeners
        self._on_told = on_told
        self._queue: queue.SimpleQueue[Waiter | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()  # nothing may be queued behind the end
        self._connection = connect(path)
        self._group = Group(self._connection)
        self._transaction = SqliteTransaction(self._group)
        self._thread = threading.Thread(target=self._live, name="ledger-writer", daemon=True)
        self._thread.start()

    def put(self, waiter: Waiter) -> None:
        with self._gate:
            if self._closed:
                raise InternalError("the ledger is closed; nothing can be written any more")
            self._queue.put(waiter)

    def close(self) -> None:
        """Commit what is queued, bring the WAL home, stop."""
        with self._gate:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    # ---- the thread

    def _live(self) -> None:
        idle = False
        while True:
            waiters, closing = self._drain(None if idle else IDLE)
            if waiters:
                self._commit(waiters)
                self._checkpoint_if_long()
            elif not closing:
                self._checkpoint("PASSIVE")
            idle = not waiters
            if closing:
                break
        self._checkpoint("TRUNCATE")
        self._connection.close()

    def _drain(self, timeout: float | None) -> tuple[list[Waiter], bool]:
        """What waits now, at least one unless the time is up; and whether the queue is at its end."""
        waiters: list[Waiter] = []
        try:
            waiter = self._queue.get(timeout=timeout)
            while waiter is not None:
                waiters.append(waiter)
                if len(waiters) == MOST_CHANGES:
                    return waiters, False
                waiter = self._queue.get_nowait()
        except queue.Empty:
            return waiters, False
        return waiters, True

    # ---- one group

    def _commit(self, waiters: Sequence[Waiter]) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._run(waiter) for waiter in waiters]
            changed = self._group.finish()
            self._connection.execute("COMMIT")
        except Exception as error:
            # The disk or the file failed, not a change: nothing of the group is kept, and the writer lives on.
            log.exception("ledger could not commit")
            self._roll_back()
            failed = _failed(error)
            _answer([(waiter, None, failed) for waiter in waiters])
            return
        _answer(outcomes)
        self._notify(changed)

    def _run(self, waiter: Waiter) -> Outcome:
        self._group.begin()
        try:
            value = waiter.change(self._transaction)
        except OF_ONE_CHANGE as error:
            self._group.undo()
            return waiter, None, InternalError(f"the ledger refused a row: {error}")
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a change raises is its caller's; the group goes on
            self._group.undo()
            return waiter, None, error
        self._group.keep()
        return waiter, value, None

    def _roll_back(self) -> None:
        self._group.forget()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _notify(self, changed: Changed) -> None:
        calls: list[Callable[[], None]] = []
        if changed.stirred:
            calls += [partial(listener, changed.job_ids) for listener in self._listeners]
        if changed.told:
            calls += self._on_told
        for call in calls:
            try:
                call()
            except Exception:
                # A listener only wakes somebody; its fault must not stop the writer.
                log.exception("ledger listener failed")

    # ---- the WAL

    def _checkpoint_if_long(self) -> None:
        try:
            size = os.stat(self._wal).st_size
        except OSError:
            return
        if size >= OVERGROWN_WAL:
            self._checkpoint("TRUNCATE")
        elif size >= LONG_WAL:
            self._checkpoint("PASSIVE")

    def _checkpoint(self, mode: str) -> None:
        try:
            self._connection.execute(f"PRAGMA wal_checkpoint({mode})").fetchall()
        except sqlite3.Error:
            # The WAL holds everything; the next checkpoint may do better.
            log.exception("ledger checkpoint failed")


def connect(path: Path) -> sqlite3.Connection:
    """The writing connection. FULL: an answered submit survives a power failure too."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "wal_autocheckpoint=0",
        f"cache_size=-{CACHE}",
        # Savepoints copy the pages they touch; those copies need no file.
        "temp_store=MEMORY",
        "busy_timeout=5000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def _answer(outcomes: Iterable[Outcome]) -> None:
    """Tell threads at once, and each event loop by one wake-up for all its coroutines."""
    on_loops: dict[asyncio.AbstractEventLoop, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        waiter, value, error = outcome
        if waiter.loop is None:
            waiter.tell(value, error)
        else:
            on_loops[waiter.loop].append(outcome)
    for loop, theirs in on_loops.items():
        try:
            loop.call_soon_threadsafe(_tell_all, theirs)
        except RuntimeError:
            log.warning("an event loop was closed before %d of its writes were answered", len(theirs))


def _tell_all(outcomes: Sequence[Outcome]) -> None:
    for waiter, value, error in outcomes:
        waiter.tell(value, error)


def _failed(error: Exception) -> ReelwrightError:
    if "full" in str(error):
        return StorageFull(f"the ledger could not be written: {error}; make room on its disk")
    return InternalError(f"the ledger could not be written: {error}")
