"""Fill a ledger with finished jobs, as a server that has run for a year would hold them.

    python -m benchmarks.jobs.fill LEDGER.db --jobs 1000000 [--tenant default]

The rows are those the ledger itself writes (document, step, events, tallies), only faster:
one connection, no sync, large transactions. No server may have the file open.
"""

import argparse
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from reelwright import timing
from reelwright.jobs import ids
from reelwright.jobs.job import Job, Made, NewJob, Output, Status, Usage
from reelwright.jobs.ledger import rows, statements
from reelwright.jobs.ledger.rows import JSON
from reelwright.jobs.ledger.sqlite import SqliteLedger

OPERATOR = "video.cover"
ENDINGS = (Status.SUCCEEDED,) * 17 + (Status.FAILED,) * 2 + (Status.CANCELLED,)
IN_ONE = 20_000  # jobs of one transaction
AGE = 300 * 86400.0  # seconds over which they were submitted
KEPT = 365 * 86400.0


def new_job(operator: str, at: float, tenant: str = "default") -> NewJob:
    """A submit of the usual size: some 1 kB of reply."""
    media = "oss://media/inputs/2026/clip-000123.mp4"
    wire = {
        "function": "Cover",
        "input": {"type": "OSS", "media": media},
        "output": {"type": "OSS", "media": "oss://media/out/{source}-{sequenceId}.jpg"},
        "job_params": "{}",
        "user_data": "benchmark",
    }
    params = {"video": media, "count": 3, "min_gap": 2.0}
    return NewJob(ids.new(at), tenant, operator, params, at, at + KEPT, wire=wire, face="ice.iproduction")


def ended(new: NewJob, status: Status) -> Job:
    job = rows.accepted(new, new.pipeline)
    output = Output("cover-01.jpg", "covers.0.image", "media", f"results/{job.id}/1.jpg", 48123, "0" * 64, "image/jpeg")
    done = status is Status.SUCCEEDED
    return replace(
        job,
        status=status,
        started_at=job.created_at + 1,
        finished_at=job.created_at + 9,
        progress=100.0 if done else 40.0,
        result={"covers": [{"image": "covers.0.image", "time": 1.5, "score": 0.8}]} if done else None,
        outputs=(output,) if done else (),
        made=Made() if done else None,
        usage=Usage(7.5, 8.0, 1 << 20, 48123, 60.0),
        revision=4,
    )


def job_row(new: NewJob, job: Job) -> dict[str, Any]:
    first = dict(zip(statements.NEW_JOB_COLUMNS, rows.new_job_row(new, job.pipeline, unplanned=False), strict=True))
    changed = {name.removeprefix("new_"): value for name, value in rows.job_changes(job).items()}
    del changed["job_id"]
    return first | changed


def step_row(job: Job) -> dict[str, Any]:
    step = replace(rows.only_step(job), state=job.status, attempt=1, executions=1, progress=job.progress)
    return rows.new_step(replace(step, started_at=job.started_at, finished_at=job.finished_at), job, ready=False)


def event_rows(job: Job) -> list[dict[str, Any]]:
    moves = ((job.created_at, Status.QUEUED), (job.created_at + 1, Status.RUNNING), (job.created_at + 9, job.status))
    return [
        {"job_id": job.id, "at": at, "kind": "state", "data": JSON.encode({"status": status.value})}
        for at, status in moves
    ]


def jobs_of(count: int, tenant: str) -> Iterator[tuple[NewJob, Job]]:
    chance = random.Random(1)
    start = timing.now() - AGE
    for number in range(count):
        new = new_job(OPERATOR, start + AGE * number / count, tenant)
        yield new, ended(new, chance.choice(ENDINGS))


def fill(path: Path, count: int, tenant: str = "default") -> list[str]:
    """Returns the ids, oldest first."""
    made: list[str] = []
    ledger = SqliteLedger(path)
    ledger.open()  # makes the tables
    ledger.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-262144")
    coming = jobs_of(count, tenant)
    while some := list(islice(coming, IN_ONE)):
        made += [job.id for _, job in some]
        connection.execute("BEGIN")
        insert(connection, "jobs", [job_row(new, job) for new, job in some])
        insert(connection, "steps", [step_row(job) for _, job in some])
        insert(connection, "events", [row for _, job in some for row in event_rows(job)])
        for status, more in Counter(job.status.value for _, job in some).items():
            connection.execute(statements.TALLY.text, {"status": status, "jobs": more})
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return made


def insert(connection: sqlite3.Connection, table: str, some: list[dict[str, Any]]) -> None:
    columns = list(some[0])
    places = ", ".join(f":{name}" for name in columns)
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", some)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--tenant", default="default")
    given = parser.parse_args()
    began = time.perf_counter()
    fill(given.ledger, given.jobs, given.tenant)
    print(f"{given.jobs} jobs, {given.ledger.stat().st_size >> 20} MiB, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
