"""Kill a real server at seeded random instants while jobs of many steps run: no finished step may run again.

    python tests/acceptance/crashing_plans.py --seeds 1000     a long run; prints the seed of any broken promise

Checked for each seed: every job ends well; what a step had made before the kill it has not made again (its counter
stands as it stood); the book is the one of an undisturbed run, byte for byte; the same request again runs nothing.
"""

import random
import sys
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))

import crashing

TEXT = b"the same bytes for all"
BOOKS = 2


class PlanTrial(crashing.Trial):
    """One home that lives through many seeds."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.finished: dict[str, dict[str, int]] = {}
        """Label -> executions of the steps that were finished just before the kill."""

    def run(self, seed: int) -> None:
        if not self.server.is_running:
            self.server.start()
        chance = random.Random(seed)
        labels = [f"s{seed}-b{number}" for number in range(BOOKS)]
        text = self.server.put("crash", "input.txt", TEXT)
        pages = chance.randint(2, 8)
        for label in labels:
            params = {
                "text": text,
                "journal": str(self.folder / "journal"),
                "label": label,
                "pages": pages,
                "tick": chance.choice([0.0, 0.005, 0.02]),
            }
            self.known[label] = self.server.submit("crash-book", params, idempotency_key=label)
        time.sleep(chance.uniform(0.0, crashing.LONGEST_LIFE))
        self.finished = {label: self._executions(label) for label in labels}
        self._strike(chance)
        if not self.server.is_running:
            self.server.start()
        for label in labels:
            self._check_book(label, pages)

    def _executions(self, label: str) -> dict[str, int]:
        steps = self.server.steps(self.known[label])
        return {step["name"]: step["executions"] for step in steps if step["state"] == "SUCCEEDED"}

    def _check_book(self, label: str, pages: int) -> None:
        job = self.server.wait(self.known[label])
        assert job["status"] == "SUCCEEDED", f"{label}: {job}"
        outputs = job["outputs"]
        assert isinstance(outputs, list)
        content = httpx.get(outputs[0]["url"], trust_env=False).text
        start = f"{TEXT.decode()} {label}-cover {label}-"
        assert content == "\n".join(f"{start}{one} {label}-{one}-copy" for one in range(pages)), f"{label}: {content!r}"
        now = self._executions(label)
        for step, before in self.finished[label].items():
            assert now[step] == before, f"{label}: {step} ran again ({before} -> {now[step]})"
        again = self.server.submit("crash-book", job["params"])  # type: ignore[arg-type]
        assert self.server.wait(again)["status"] == "SUCCEEDED"
        assert {step["executions"] for step in self.server.steps(again)} == {0}, f"{label} ran again"


if __name__ == "__main__":
    crashing.Trial = PlanTrial  # type: ignore[misc]
    raise SystemExit(crashing.main())
