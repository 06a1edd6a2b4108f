"""A storyboard without films on a real server of two workers: how soon it is there, and what a second one costs.

    python -m benchmarks.story.board --text FILE [--json FILE]

The server starts for this run with an empty home: its workers are cold, and the word lists of the reader are loaded
while the clock runs. It is asked as any client asks, 9:16 at 720P. The same request again must run no step.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.faces.server import serving
from benchmarks.recording import Figure, record

COMMAND = "python -m benchmarks.story.board"
REACH = 20.0  # s, for a story of 2,600 Chinese characters
WORKERS = 2


def made(server: Any, text: str) -> tuple[float, list[dict[str, Any]]]:
    """Seconds until it is there, and its steps."""
    began = time.perf_counter()
    job = server.submit("storyboard", {"text": text, "only_storyboard": True})
    done = server.wait(job)
    seconds = time.perf_counter() - began
    assert done["status"] == "SUCCEEDED", done
    return seconds, server.steps(job)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = serving().Server(Path(folder) / "home", workers=WORKERS).start()
        try:
            text = server.put("stories", asked.text.name, asked.text.read_bytes())
            first, steps = made(server, text)
            again, found = made(server, text)
        finally:
            server.stop()
    shots = sum(step["name"].startswith("shot-") for step in steps)
    note = f"{asked.text.name}, {shots} shots, {len(steps)} steps"
    figures = [
        Figure("storyboard without films", first, "s", reach=REACH, higher=False, note=note),
        Figure("the same again", again, "s", higher=False),
        Figure("the same again, steps that ran", sum(step["executions"] for step in found), reach=0, higher=False),
    ]
    record("story.board", figures, command=f"{COMMAND} --text {asked.text.name}", path=asked.json)


if __name__ == "__main__":
    main()
