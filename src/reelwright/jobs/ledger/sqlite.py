"""The embedded ledger: one SQLite file in WAL mode, one process.

Writes go to the writer's thread. Reads run where they are called, on a connection of the
calling thread that can neither write nor checkpoint, and are quick enough for an event
loop: a job's reply was rendered when the job was written. A lock file keeps a second
process out for as long as the ledger is open.

The statements are SQLAlchemy Core's text run by the standard library's sqlite3. Other
SQLite libraries must not open the file from this process: closing their handle would drop
the locks of this one.
"""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from reelwright import timing
from reelwright.errors import Conflict, InternalError
from reelwright.jobs import ids
from reelwright.jobs.delivery import Delivery, DeliveryFilter
from reelwright.jobs.job import Event, Job, JobFilter, Key, Pipeline, Status, Step
from reelwright.jobs.ledger import kept_statements, migrations, rows, statements
from reelwright.jobs.ledger.port import Transaction
from reelwright.jobs.ledger.rows import MAPPING, Row
from reelwright.jobs.ledger.statements import Sql
from reelwright.jobs.ledger.writer import LoopWaiter, ThreadWaiter, Writer
from reelwright.jobs.records import Record, RecordFilter

T = TypeVar("T")

OWNER_ONLY = 0o600  # the file holds the keys of all tenants
READ_CACHE = 16 << 10  # KiB of pages a reading connection keeps
MILLISECOND = 0.001


class SqliteLedger:
    def __init__(self, path: Path) -> None:
        self._path = Path(path)
        self._listeners: list[Callable[[Sequence[str]], None]] = []
        self._on_told: list[Callable[[], None]] = []
        self._writer: Writer | None = None
        self._lock: int | None = None
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()

    # ---- life

    def open(self) -> None:
        if self._writer is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self._path.with_name(self._path.name + ".lock"))
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, OWNER_ONLY))
            self._path.chmod(OWNER_ONLY)
            if not migrations.is_current(self._path):
                _migrate(self._path)
            self._writer = Writer(self._path, self._listeners, self._on_told)
        except BaseException:
            self._unlock()
            raise

    def close(self) -> None:
        if self._writer is None:
            return
        # The readers first: the last connection to close is the one that checkpoints.
        with self._readers_lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
        self._local = threading.local()
        self._writer.close()
        self._writer = None
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # ---- writing

    def write(self, change: Callable[[Transaction], T]) -> Future[T]:
        waiter = ThreadWaiter(change)
        self._writing().put(waiter)
        return waiter.future

    async def commit(self, change: Callable[[Transaction], T]) -> T:
        waiter = LoopWaiter(change, asyncio.get_running_loop())
        self._writing().put(waiter)
        done: T = await waiter.future
        return done

    def on_commit(self, listener: Callable[[Sequence[str]], None]) -> None:
        self._listeners.append(listener)

    def on_told(self, listener: Callable[[], None]) -> None:
        self._on_told.append(listener)

    def _writing(self) -> Writer:
        if self._writer is None:
            raise InternalError(f"the ledger {self._path} is not open")
        return self._writer

    # ---- reading: jobs

    def document(self, tenant: str, job_id: str) -> bytes | None:
        row = self._one(statements.DOCUMENT, {"job_id": job_id, "tenant": tenant, "now": timing.now()})
        return None if row is None else row[0]

    def job(self, tenant: str | None, job_id: str) -> Job | None:
        row = self._one(statements.JOB, {"job_id": job_id})
        if row is None:
            return None
        job = rows.job(row)
        is_theirs = tenant is None or job.tenant == tenant
        return job if is_theirs and job.expires_at > timing.now() else None

    def jobs(self, wanted: JobFilter) -> list[Job]:
        given: dict[str, Any] = {
            "status": None if wanted.status is None else wanted.status.value,
            "operator": wanted.operator,
            "pipeline": wanted.pipeline,
            "face": wanted.face,
            "created_after": wanted.created_after,
            "created_before": wanted.created_before,
            "after": wanted.after,
        }
        given = {name: value for name, value in given.items() if value is not None}
        text = statements.job_page(frozenset(given), wanted.newest_first)
        if wanted.face is not None:
            given |= {"within": f"{wanted.face}.", "beyond": f"{wanted.face}/"}  # "/" comes next after "."
        if wanted.created_after is not None:
            given["first_id"] = ids.floor(max(0.0, wanted.created_after - MILLISECOND))
        if wanted.created_before is not None:
            given["last_id"] = ids.floor(max(0.0, wanted.created_before + 2 * MILLISECOND))
        given |= {"tenant": wanted.tenant, "now": timing.now(), "limit": wanted.limit, "skip": wanted.skip}
        return [rows.job(row) for row in self._reader().execute(text, given)]

    def counts(self) -> Mapping[str, int]:
        return {status.value: 0 for status in Status} | dict(self._all(statements.TALLIES, {}))

    # ---- reading: what belongs to a job

    def steps(self, job_id: str) -> list[Step]:
        found = self._all(statements.STEPS, {"job_id": job_id})
        if found:
            return [rows.step(row) for row in found]
        job = self.job(None, job_id)
        return [] if job is None else [rows.only_step(job)]

    def step(self, step_id: str) -> Step | None:
        row = self._one(statements.STEP, {"step_id": step_id})
        if row is not None:
            return rows.step(row)
        still_to_be_made = self.steps(step_id.rpartition("-")[0])
        return next((step for step in still_to_be_made if step.id == step_id), None)

    def events(self, job_id: str, *, after: int = 0, kinds: Sequence[str] = (), limit: int = 1000) -> list[Event]:
        values = {"job_id": job_id, "after": after, "limit": limit}
        values |= {f"kind_{number}": kind for number, kind in enumerate(kinds)}
        found = self._reader().execute(statements.event_page(len(kinds)), values)
        return [rows.event(row) for row in found]

    # ---- reading: the rest

    def memo(self, key: str) -> Mapping[str, Any] | None:
        row = self._one(statements.MEMO, {"memo_key": key})
        return None if row is None else MAPPING.decode(row[0])

    def next_due(self, now: float) -> float | None:
        row = self._one(statements.NEXT_DUE, {"now": now})
        return None if row is None else row[0]

    def pipelines(self, tenant: str) -> list[Pipeline]:
        found = [rows.pipeline(row) for row in self._all(statements.PIPELINES, {"tenant": tenant})]
        default = rows.default_pipeline(tenant)
        return found if any(one.name == default.name for one in found) else [default, *found]

    def credentials(self) -> list[Key]:
        return [rows.key(row) for row in self._all(statements.CREDENTIALS, {})]

    # ---- reading: the outbox

    def due_deliveries(self, now: float, *, limit: int, busy: Sequence[str] = ()) -> list[Delivery]:
        values = {"now": now, "limit": limit, **{f"busy_{number}": one for number, one in enumerate(busy)}}
        found = self._reader().execute(kept_statements.due_deliveries(len(busy)), values)
        return [rows.delivery(row) for row in found]

    def next_delivery(self, now: float) -> float | None:
        row = self._one(kept_statements.NEXT_DELIVERY, {"now": now})
        return None if row is None else row[0]

    def pending_deliveries(self) -> tuple[int, float | None]:
        row = self._one(kept_statements.PENDING_DELIVERIES, {})
        return (0, None) if row is None else (row[0], row[1])

    def delivery(self, tenant: str, delivery_id: str) -> Delivery | None:
        row = self._one(kept_statements.DELIVERY, {"delivery_id": delivery_id})
        found = None if row is None else rows.delivery(row)
        return found if found is not None and found.tenant == tenant else None

    def deliveries(self, wanted: DeliveryFilter) -> list[Delivery]:
        state = None if wanted.state is None else wanted.state.value
        given = {"state": state, "job_id": wanted.job_id, "after": wanted.after}
        given = {name: value for name, value in given.items() if value is not None}
        values = {**given, "tenant": wanted.tenant, "limit": wanted.limit}
        found = self._reader().execute(kept_statements.delivery_page(frozenset(given)), values)
        return [rows.delivery(row) for row in found]

    # ---- reading: records

    def record(self, tenant: str, kind: str, record_id: str) -> Record | None:
        row = self._one(kept_statements.RECORD, {"tenant": tenant, "kind": kind, "record_id": record_id})
        return None if row is None else rows.record(row)

    def records(self, wanted: RecordFilter) -> list[Record]:
        text, values = kept_statements.page_of(wanted)
        return [rows.record(row) for row in self._reader().execute(text, values)]

    def record_count(self, wanted: RecordFilter) -> int:
        text, values = kept_statements.count_of(wanted)
        return int(self._reader().execute(text, values).fetchone()[0])

    # ---- connections

    def _one(self, sql: Sql, values: Mapping[str, Any]) -> Row | None:
        row: Row | None = self._reader().execute(sql.text, values).fetchone()
        return row

    def _all(self, sql: Sql, values: Mapping[str, Any]) -> list[Row]:
        return self._reader().execute(sql.text, values).fetchall()

    def _reader(self) -> sqlite3.Connection:
        try:
            reader: sqlite3.Connection = self._local.connection
        except AttributeError:
            reader = self._local.connection = self._new_reader()
        return reader

    def _new_reader(self) -> sqlite3.Connection:
        self._writing()
        # Read-only: such a connection cannot even checkpoint when it is the last to close.
        address = f"file:{quote(str(self._path))}?mode=ro"
        reader = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=128
        )
        for pragma in ("query_only=1", "wal_autocheckpoint=0", f"cache_size=-{READ_CACHE}", "busy_timeout=5000"):
            reader.execute(f"PRAGMA {pragma}").fetchall()
        with self._readers_lock:
            self._readers.append(reader)
        return reader


def _lock(path: Path) -> int:
    """Keep every other process out until the descriptor is closed, which the system does even after kill -9."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Conflict(
            f"the ledger {path.with_suffix('')} is open in another process; stop that server, or send it the request"
        ) from None
    return descriptor


def _migrate(path: Path) -> None:
    """On a connection of its own, closed before the writer's is opened."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path, isolation_level=None), poolclass=NullPool)

    # The driver would begin no transaction before DDL; so each migration begins its own.
    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint=0")
        connection.rollback()
        migrations.upgrade(connection)
    engine.dispose()
