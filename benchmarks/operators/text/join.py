"""`text.join`: characters that are wrong.

python -m benchmarks.operators.text.join [--json FILE]
"""

from typing import Any

from benchmarks import nodes
from benchmarks.recording import Figure

TEXTS = ("one", "", "二", "three  ", " ", "четыре")


def main() -> None:
    nodes.measure("text.join", lambda given: {"texts": TEXTS, "separator": "、"}, judged, "none")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    return [Figure("wrong_characters", int(made.text != "one、二、three  、четыре"), reach=0, higher=False)]


if __name__ == "__main__":
    main()
