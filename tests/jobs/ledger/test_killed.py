"""kill -9 at any instant: what was acknowledged is there, and the file is whole."""

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reelwright.jobs import ids
from reelwright.jobs.job import Status
from reelwright.jobs.ledger.sqlite import SqliteLedger

SUBMITTING = Path(__file__).with_name("submitting.py")
ROUNDS = 6
LONGEST = 0.25  # seconds between the first acknowledged job and the kill


def acknowledged_until_killed(path: Path, after: float) -> list[str]:
    with subprocess.Popen([sys.executable, str(SUBMITTING), str(path)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        first = server.stdout.readline()
        time.sleep(after)
        server.kill()
        rest = server.stdout.read()
    # The last line may have been cut by the kill.
    return [line for line in (first + rest).split("\n") if ids.SHAPE.match(line)]


@pytest.mark.crash
@pytest.mark.parametrize("seed", [1, 2])
def test_every_acknowledged_job_survives(tmp_path: Path, seed: int):
    chance, path = random.Random(seed), tmp_path / "ledger.db"
    acknowledged: list[str] = []

    for _ in range(ROUNDS):
        acknowledged += acknowledged_until_killed(path, chance.uniform(0, LONGEST))

        ledger = SqliteLedger(path)
        ledger.open()
        lost = [job_id for job_id in acknowledged if ledger.job("t", job_id) is None]
        counts = ledger.counts()
        ledger.close()
        assert lost == []
        assert sum(counts.values()) >= len(acknowledged)

    assert len(acknowledged) >= ROUNDS
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    by_status = dict(connection.execute("SELECT status, count(*) FROM jobs GROUP BY status").fetchall())
    without_events = "SELECT count(*) FROM jobs WHERE id NOT IN (SELECT job_id FROM events)"
    assert connection.execute(without_events).fetchone() == (0,)
    running_without_lease = (
        "SELECT count(*) FROM jobs WHERE status = 'RUNNING' AND id NOT IN "
        "(SELECT job_id FROM steps WHERE state = 'RUNNING' AND lease_until IS NOT NULL)"
    )
    assert connection.execute(running_without_lease).fetchone() == (0,)
    connection.close()
    assert {status: counts[status] for status in Status if counts[status]} == by_status
