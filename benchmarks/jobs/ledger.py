"""What the ledger costs: submit, claim, finish, document; on an empty ledger and on a full one.

    python -m benchmarks.jobs.ledger [--jobs 200000] [--json FILE]

A rate is of one caller's thread that keeps the writer busy. "CPU" is of the whole process,
so that a shared machine changes it less. "behind a busy loop" submits from an event loop
that also spends its time in Python, as a server's does: there the writer has to fight for
the interpreter lock. The floor beside a submit is the same document in a bare table.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.jobs.fill import fill, new_job
from benchmarks.recording import Figure, record
from reelwright import timing
from reelwright.jobs.job import Job, JobFilter, Made, NewJob, Phase, Usage
from reelwright.jobs.ledger import rows
from reelwright.jobs.ledger.port import Claim, StepResult, Transaction
from reelwright.jobs.ledger.sqlite import SqliteLedger

COUNT = 8000
IN_FLIGHT = 128  # callers that wait at once
SLOTS = 16
MICRO = 1e6
BUSY = 100e-6  # seconds


class Clock:
    """Wall and CPU seconds of the blocks it was around, for each of so many things done."""

    def __init__(self) -> None:
        self.wall = self.spent = 0.0
        self.done = 0

    def __enter__(self) -> "Clock":
        self._wall, self._spent = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._wall
        self.spent += time.process_time() - self._spent

    @property
    def rate(self) -> float:
        return self.done / self.wall

    @property
    def cpu(self) -> float:
        """Microseconds for each."""
        return self.spent / self.done * MICRO


def submits(count: int) -> list[NewJob]:
    return [new_job("video.cover", timing.now()) for _ in range(count)]


def submit(ledger: SqliteLedger, count: int, *, work: float = 0.0) -> Clock:
    """128 coroutines, each waiting for its commit before it sends the next: what a server does.

    `work` seconds of pure Python come before each, as parsing and routing do.
    """
    news = submits(count)

    async def caller(mine: list[NewJob]) -> None:
        for new in mine:
            until = time.perf_counter() + work
            while time.perf_counter() < until:
                pass
            await ledger.commit(lambda tx, new=new: tx.submit(new))

    async def all_callers() -> None:
        await asyncio.gather(*(caller(news[start::IN_FLIGHT]) for start in range(IN_FLIGHT)))

    with Clock() as clock:
        asyncio.run(all_callers())
    clock.done = count
    return clock


def bare_insert(folder: Path, count: int) -> Clock:
    """The floor: the same documents, same durability, same groups, in a table of one index."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY, doc BLOB)")
    documents = [(new.id, rows.new_job_row(new, "default", unplanned=True)[-1]) for new in submits(count)]
    with Clock() as clock:
        for start in range(0, count, IN_FLIGHT):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO bare VALUES (?, ?)", documents[start : start + IN_FLIGHT])
            connection.execute("COMMIT")
    clock.done = count
    connection.close()
    return clock


def work_off(ledger: SqliteLedger, count: int) -> tuple[Clock, Clock, Clock]:
    """Claim 16 at a time, report progress once each, finish and publish each: (claim, progress, finish)."""
    claim, progress, finish = Clock(), Clock(), Clock()
    while claim.done < count:
        with claim:
            claims = ledger.write(_claim).result()
        with progress:
            _all(ledger.write(partial(_progress, one)) for one in claims)
        with finish:
            _all(ledger.write(partial(_finish, one)) for one in claims)
        for clock in (claim, progress, finish):
            clock.done += len(claims)
    return claim, progress, finish


def _all(futures: Iterable[Future[Any]]) -> None:
    for future in list(futures):
        future.result()


def _claim(tx: Transaction) -> list[Claim]:
    return tx.claim(owner="bench", slots=SLOTS, lease=600, now=timing.now())


def _progress(claim: Claim, tx: Transaction) -> None:
    tx.progress(claim.step.id, claim.step.attempt, 50.0, "encode", timing.now())


def _finish(claim: Claim, tx: Transaction) -> Job:
    at = timing.now()
    made = Made()
    bar = (Phase("run", at, 1.0),)
    tx.finish_step(
        claim.step.id,
        claim.step.attempt,
        StepResult({"covers": []}, made, claim.job.id * 2, False, Usage(1.0), bar),
        at,
    )
    return tx.publish(claim.job.id, {"covers": []}, (), made, bar, at)


def reading(read: Callable[[str], Any], job_ids: list[str]) -> Clock:
    with Clock() as clock:
        for job_id in job_ids:
            assert read(job_id) is not None
    clock.done = len(job_ids)
    return clock


def some_ids(path: Path, count: int) -> list[str]:
    """Spread over the whole table, as late queries are."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    found = [row[0] for row in connection.execute("SELECT id FROM jobs ORDER BY random() LIMIT ?", (count,))]
    connection.close()
    return found


def measure(folder: Path, jobs: int) -> list[Figure]:
    path = folder / f"ledger-{jobs}.db"
    if jobs:
        fill(path, jobs)
    held = f"{jobs:,} jobs" if jobs else "empty"
    floor = bare_insert(folder, COUNT) if not jobs else None
    ledger = SqliteLedger(path)
    ledger.open()
    submitted = submit(ledger, COUNT)
    busy = submit(ledger, COUNT // 2, work=BUSY)
    claim, progress, finish = work_off(ledger, COUNT // 4)
    job_ids = some_ids(path, COUNT)
    document = reading(lambda job_id: ledger.document("default", job_id), job_ids)
    job = reading(lambda job_id: ledger.job("default", job_id), job_ids)
    page = reading(lambda _: ledger.jobs(JobFilter("default", operator="video.cover")), job_ids[:400])
    ledger.close()
    beside = {"bare table": floor.rate} if floor is not None else None
    return [
        Figure(f"submit, {held}", submitted.rate, "jobs/s", reach=2000, aim=10000, beside=beside),
        Figure(f"submit CPU, {held}", submitted.cpu, "µs", reach=100, aim=60, higher=False),
        Figure(f"submit behind a busy loop, {held}", busy.rate, "jobs/s", note="100 µs of Python before each"),
        Figure(f"claim, {held}", claim.rate, "steps/s", beside={"CPU µs": claim.cpu}),
        Figure(f"progress, {held}", progress.rate, "reports/s", beside={"CPU µs": progress.cpu}),
        Figure(f"finish and publish, {held}", finish.rate, "jobs/s", beside={"CPU µs": finish.cpu}),
        Figure(f"document, {held}", document.rate, "reads/s", beside={"CPU µs": document.cpu}),
        Figure(f"job, {held}", job.rate, "reads/s", beside={"CPU µs": job.cpu}),
        Figure(f"list of 50, {held}", page.rate, "pages/s", beside={"CPU µs": page.cpu}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--jobs", type=int, default=200_000, help="finished jobs of the full ledger")
    parser.add_argument("--folder", type=Path, help="where the ledgers are made; a fast disk makes a fast ledger")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        figures = measure(Path(folder), 0) + measure(Path(folder), given.jobs)
    command = f"python -m benchmarks.jobs.ledger --jobs {given.jobs}"
    record("jobs.ledger", figures, command=command, path=given.json)


if __name__ == "__main__":
    main()
