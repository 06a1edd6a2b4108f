"""`video.concat`: frames lost, frames copied, and the time beside decoding and encoding one of the films.

python -m benchmarks.operators.video.concat [--json FILE]
"""

from typing import Any

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames


def main() -> None:
    nodes.measure("video.concat", lambda given: {"videos": (str(given.film),) * 3}, judged, "film")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    count, whole = (sum(1 for _ in frames.stream(path)) for path in (given.film, made.video))
    return [
        Figure("frames_lost", abs(3 * count - whole), reach=0, higher=False),
        Figure("frames copied", made.frames_copied / made.frames, reach=1.0),
    ]


if __name__ == "__main__":
    main()
