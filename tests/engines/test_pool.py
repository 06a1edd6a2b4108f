"""The embedded engine with real processes: results, limits, crashes, cancel, and nothing left behind."""

import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reelwright.engines.pool import PoolEngine
from reelwright.engines.port import Call
from reelwright.errors import (
    Cancelled,
    InternalError,
    MemoryLimitExceeded,
    NotMedia,
    TimeLimitExceeded,
    WorkerCrashed,
)

GIB = 1 << 30


class Running:
    """An engine with its outcomes and reports in queues."""

    def __init__(self, workers=1):
        self.outcomes, self.reports = queue.SimpleQueue(), queue.SimpleQueue()
        self.engine = PoolEngine(
            workers=workers, threads=1, tasks_per_worker=0, prepare="calls_for_engines:prepare", argument={"hello": 1}
        )
        self.engine.start(lambda call, said: self.reports.put((call, said)), self.outcomes.put)

    def run(self, name, argument=None, *, call_id="c1", time_limit=60.0, memory_limit=8 * GIB):
        self.engine.run(Call(call_id, f"calls_for_engines:{name}", argument or {}, time_limit, memory_limit))

    def outcome(self):
        return self.outcomes.get(timeout=60)

    def until(self, kind):
        while True:
            _, said = self.reports.get(timeout=60)
            if said["kind"] == kind:
                return said


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    # A spawned worker finds the functions that it is told to call by their name.
    folder = str(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def running():
    one = Running()
    yield one
    one.engine.close()


def gone(pid):
    """Not there, or only a zombie that waits for its parent."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_a_call_returns_its_value_and_its_reports(running):
    running.run("double", {"n": 21})

    assert running.outcome().value == {"n": 42}
    assert running.until("progress") == {"kind": "progress", "percent": 50}


def test_a_worker_stays_warm(running):
    pids = set()
    for turn in range(3):
        running.run("whoami", call_id=f"c{turn}")
        pids.add(running.outcome().value["pid"])

    assert len(pids) == 1


def test_the_worker_was_prepared_and_its_threads_are_capped(running):
    running.run("prepared")

    assert running.outcome().value == {"argument": {"hello": 1}, "threads": "1"}


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        pytest.param("refuse", NotMedia, "no film", id="our-error-keeps-its-class"),
        pytest.param("bug", InternalError, "ZeroDivisionError", id="a-bug-ends-the-call-only"),
        pytest.param("segfault", WorkerCrashed, "SIGSEGV", id="native-crash"),
        pytest.param("leave", WorkerCrashed, "code 3", id="exit"),
        pytest.param("hoard", MemoryLimitExceeded, "memory_limit", id="memory"),
    ],
)
def test_a_failing_call_says_why_and_the_next_one_runs(running, name, error, words):
    running.run(name, memory_limit=GIB)

    outcome = running.outcome()
    assert isinstance(outcome.error, error)
    assert words in outcome.error.message
    running.run("double", {"n": 2}, call_id="c2")
    assert running.outcome().value == {"n": 4}


def test_a_native_call_past_its_time_is_ended(running):
    running.run("native_sleep", {"seconds": 600}, time_limit=0.5)

    assert isinstance(running.outcome().error, TimeLimitExceeded)


def test_cancel_ends_a_native_call_and_its_children(running):
    running.run("native_sleep_with_child", {"seconds": 600})
    child = running.until("child")["pid"]
    worker = running.engine._hosts[0].pid

    running.engine.cancel("c1")

    assert isinstance(running.outcome().error, Cancelled)
    assert gone(worker)
    assert gone(child)


def test_cancel_of_an_unknown_call_is_ignored(running):
    running.engine.cancel("nobody")
    running.run("double", {"n": 1})

    assert running.outcome().value == {"n": 2}


def test_cancel_at_once_never_hangs(running):
    for turn in range(5):
        running.run("native_sleep", {"seconds": 600}, call_id=f"c{turn}")
        time.sleep(turn * 0.02)
        running.engine.cancel(f"c{turn}")
        assert isinstance(running.outcome().error, Cancelled)


def test_a_worker_killed_while_idle_is_replaced(running):
    running.run("whoami")
    pid = running.outcome().value["pid"]

    os.kill(pid, signal.SIGKILL)
    running.run("double", {"n": 5}, call_id="c2")  # at once: the pool may not know yet

    assert running.outcome().value == {"n": 10}


def test_a_crash_leaves_the_neighbour_alone():
    one = Running(workers=2)
    try:
        one.run("native_sleep", {"seconds": 1}, call_id="slow")
        one.run("segfault", call_id="bad")
        outcomes = {outcome.call_id: outcome for outcome in (one.outcome(), one.outcome())}
    finally:
        one.engine.close()

    assert isinstance(outcomes["bad"].error, WorkerCrashed)
    assert outcomes["slow"].value == {"slept": 1}


def test_workers_die_with_a_killed_server(tmp_path):
    script = (
        "import sys, time\n"
        "from reelwright.engines.pool import PoolEngine\n"
        "from reelwright.engines.port import Call\n"
        "if __name__ == '__main__':\n"
        "    said = lambda call, what: print(what['pid'], flush=True) if 'pid' in what else None\n"
        "    engine = PoolEngine(workers=1, threads=1, tasks_per_worker=0,"
        " prepare='calls_for_engines:prepare', argument={})\n"
        "    engine.start(said, lambda outcome: None)\n"
        "    engine.run(Call('c', 'calls_for_engines:burn', {}, 600, 8 << 30))\n"
        "    time.sleep(600)\n"
    )
    (tmp_path / "server.py").write_text(script)
    server = subprocess.Popen([sys.executable, tmp_path / "server.py"], stdout=subprocess.PIPE, text=True)
    try:
        worker = int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()

    assert gone(worker)


def test_close_leaves_no_process_and_no_file():
    one = Running()
    one.run("native_sleep_with_child", {"seconds": 600})
    child = one.until("child")["pid"]
    worker, folder = one.engine._hosts[0].pid, one.engine._folder

    one.engine.close()

    assert gone(worker)
    assert gone(child)
    assert not folder.exists()
