"""Kill a real server and its workers at seeded random instants, restart it, and check that the promises held.

    python tests/acceptance/crashing.py --seeds 1000     a long run; prints the seed of any broken promise

Checked for each seed: every submit that was answered is there and ends well; no job ends twice; what had
ended stays as it was; a finished step is never run again.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))

from serving import Server

JOBS = 6
LONGEST_LIFE = 0.6  # seconds a server lives after the first submit of a seed
SETTINGS = {"workers": 2, "max_attempts": 50, "retry_delay": 0.02, "lease": 2.0}


class Trial:
    """One home that lives through many seeds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder / "home", **SETTINGS)
        self.known: dict[str, str] = {}
        """Label -> job id, for every submit that was answered."""
        self.ended: dict[str, dict[str, object]] = {}
        self.unanswered: set[str] = set()

    def run(self, seed: int) -> None:
        if not self.server.is_running:
            self.server.start()
        chance = random.Random(seed)
        labels = [f"s{seed}-j{number}" for number in range(JOBS)]
        die_at = time.monotonic() + chance.uniform(0.0, LONGEST_LIFE)
        self._submit(labels, chance, die_at)
        while time.monotonic() < die_at:
            time.sleep(0.002)
        self._strike(chance)
        if not self.server.is_running:
            self.server.start()
        self._check(labels)

    def _submit(self, labels: list[str], chance: random.Random, die_at: float) -> None:
        try:
            text = self.server.put("crash", "input.txt", b"the same bytes for all")
            for label in labels:
                if time.monotonic() > die_at:
                    break
                self.unanswered.add(label)
                params = self._params(text, label, chance)
                self.known[label] = self.server.submit("crash.journal", params, idempotency_key=label)
                self.unanswered.discard(label)
        except httpx.TransportError:
            raise AssertionError("the server went away without being killed") from None

    def _params(self, text: str, label: str, chance: random.Random) -> dict[str, object]:
        return {
            "text": text,
            "journal": str(self.folder / "journal"),
            "label": label,
            "ticks": chance.randint(1, 8),
            "tick": chance.choice([0.0, 0.005, 0.02]),
        }

    def _strike(self, chance: random.Random) -> None:
        """Kill the server, or one worker, or a worker and then the server."""
        what = chance.choice(["server", "server", "worker", "both"])
        if what in ("worker", "both"):
            for pid in chance.sample(self.server.workers(), k=min(1, len(self.server.workers()))):
                _kill(pid)
        if what in ("server", "both"):
            if what == "both":
                time.sleep(chance.uniform(0, 0.05))
            self.server.kill()

    # ---- the promises

    def _check(self, labels: list[str]) -> None:
        for label in labels:
            if label in self.known:
                self._check_job(label, self.server.wait(self.known[label]))
        for label, before in self.ended.items():
            assert self.server.job(self.known[label])["finished_at"] == before["finished_at"], f"{label} ended twice"
        runs = self._runs()
        for label in labels:
            assert runs["end", label] >= (label in self.known), f"{label} succeeded without having run"

    def _check_job(self, label: str, job: dict[str, object]) -> None:
        assert job["status"] == "SUCCEEDED", f"{label}: {job}"
        assert job["progress"] == 100, f"{label}: {job['progress']}"
        outputs = job["outputs"]
        assert isinstance(outputs, list)
        content = httpx.get(outputs[0]["url"], trust_env=False)
        assert content.text == f"the same bytes for all{label}", f"{label}: {content.text!r}"
        steps = self.server.steps(self.known[label])
        assert [step["state"] for step in steps] == ["SUCCEEDED"], f"{label}: {steps}"
        endings = [event for event in self._states(label) if event in ("SUCCEEDED", "FAILED", "CANCELLED")]
        assert endings == ["SUCCEEDED"], f"{label}: {endings}"
        self._check_no_second_run(label)
        self.ended[label] = job

    def _check_no_second_run(self, label: str) -> None:
        """The same request again: found, not run."""
        before = self._runs()
        job = self.server.job(self.known[label])
        again = self.server.submit("crash.journal", job["params"])  # type: ignore[arg-type]
        found = self.server.wait(again)
        assert found["status"] == "SUCCEEDED", f"{label} again: {found}"
        step = self.server.steps(again)[0]
        assert step["memo"] is True, f"{label} ran again: {step}"
        assert step["executions"] == 0, f"{label} ran again: {step}"
        assert self._runs()["start", label] == before["start", label], f"{label} ran again"

    def _states(self, label: str) -> list[str]:
        found = []
        with self.server.api.stream("GET", f"/v1/jobs/{self.known[label]}/events") as stream:
            kind = ""
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                if line.startswith("data: ") and kind == "state":
                    found += [
                        word for word in ("SUCCEEDED", "FAILED", "CANCELLED", "QUEUED", "RUNNING") if word in line
                    ]
        return found

    def _runs(self) -> Counter[tuple[str, str]]:
        journal = self.folder / "journal"
        lines = journal.read_text().splitlines() if journal.exists() else []
        return Counter((line.split()[0], line.split()[1]) for line in lines)

    def close(self) -> None:
        if self.server.is_running:
            self.server.stop()


def _kill(pid: int) -> None:
    import contextlib
    import os
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed, to repeat one")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rw-crash-"))
    trial = Trial(folder)
    try:
        for seed in range(asked.first, asked.first + asked.seeds):
            try:
                trial.run(seed)
            except AssertionError as error:
                sys.stdout.write(f"seed {seed}: {error}\nits home is kept: {folder}\n")
                return 1
            if seed % 50 == 49:
                sys.stdout.write(f"{seed + 1 - asked.first} seeds, {len(trial.known)} jobs, nothing lost\n")
                sys.stdout.flush()
    finally:
        trial.close()
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
