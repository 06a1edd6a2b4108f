"""Submits without end and prints the id of each job once it is acknowledged. Killed by `test_killed.py`."""

import sys
from pathlib import Path

from reelwright import timing
from reelwright.jobs import ids
from reelwright.jobs.job import NewJob
from reelwright.jobs.ledger.sqlite import SqliteLedger

TOGETHER = 20


def new() -> NewJob:
    at = timing.now()
    return NewJob(ids.new(at), "t", "video.cover", {"video": "oss://in/a.mp4"}, at, at + timing.YEAR)


def main() -> None:
    ledger = SqliteLedger(Path(sys.argv[1]))
    ledger.open()
    while True:
        futures = [ledger.write(lambda tx, job=new(): tx.submit(job)) for _ in range(TOGETHER)]
        for future in futures:
            sys.stdout.write(future.result().job_id + "\n")
            sys.stdout.flush()
        # A worker's writes too, so that the kill meets updates as well as inserts.
        ledger.write(lambda tx: tx.claim(owner="d", slots=3, lease=60, now=timing.now())).result()


if __name__ == "__main__":
    main()
