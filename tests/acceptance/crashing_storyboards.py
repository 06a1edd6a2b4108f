"""Kill a real server at seeded random instants while it makes a film: the film is that of an undisturbed run.

    python tests/acceptance/crashing_storyboards.py --seeds 20     a long run; prints the seed of any broken promise

Checked for each seed: every output has the SHA-256 that it has without any kill, and no step that was finished before
a kill has run again.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from serving import Server

STORY = 'A fox sat beneath a tree in the snow.\n\n"Good day," said the fox to the crow.\n'
ASKED = {"resolution": "360P", "ratio": "4:3", "quality": "draft", "style": "FairyTale2D", "music": True}
SETTINGS = {"workers": 2, "max_attempts": 50, "retry_delay": 0.02, "lease": 2.0}
KILLS = 3
LONGEST_LIFE = 6.0  # seconds a server lives before it is killed


def submitted(server: Server) -> str:
    text = server.put("stories", "story.txt", STORY.encode())
    return server.submit("storyboard", {"text": text, **ASKED})


def outputs(server: Server, job_id: str) -> dict[str, str]:
    job = server.wait(job_id)
    assert job["status"] == "SUCCEEDED", job
    made = job["outputs"]
    assert isinstance(made, list)
    return {one["name"]: one["sha256"] for one in made}


def undisturbed(folder: Path) -> dict[str, str]:
    server = Server(folder / "undisturbed", **SETTINGS).start()
    try:
        return outputs(server, submitted(server))
    finally:
        server.stop()


def disturbed(folder: Path, seed: int) -> dict[str, str]:
    chance = random.Random(seed)
    server = Server(folder / f"seed-{seed}", **SETTINGS).start()
    try:
        job_id = submitted(server)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.0, LONGEST_LIFE))
            before = executions(server, job_id)
            server.kill()
            server.start()
            now = {step["name"]: step["executions"] for step in server.steps(job_id)}
            again = [name for name, count in before.items() if now[name] != count]
            assert not again, f"seed {seed}: {again} ran again though they were finished"
        return outputs(server, job_id)
    finally:
        server.stop()


def executions(server: Server, job_id: str) -> dict[str, object]:
    return {step["name"]: step["executions"] for step in server.steps(job_id) if step["state"] == "SUCCEEDED"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed, to repeat one")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="rw-crash-"))
    expected = undisturbed(folder)
    for seed in range(asked.first, asked.first + asked.seeds):
        made = disturbed(folder, seed)
        if made != expected:
            other = [name for name in expected if made.get(name) != expected[name]]
            sys.stdout.write(f"seed {seed}: {other} are not what an undisturbed run makes; homes are kept: {folder}\n")
            return 1
        sys.stdout.write(f"{seed + 1 - asked.first} seeds, all films the same\n")
        sys.stdout.flush()
        shutil.rmtree(folder / f"seed-{seed}")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
