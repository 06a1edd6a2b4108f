"""`text.replace`: characters that are wrong.

python -m benchmarks.operators.text.replace [--json FILE]
"""

from typing import Any

from benchmarks import nodes
from benchmarks.recording import Figure


def main() -> None:
    text = "the cat sat on The mat; " * 1000
    nodes.measure(
        "text.replace", lambda given: {"text": text, "find": "the", "put": "a", "case": False}, judged, "none"
    )


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    return [Figure("wrong_characters", int(made.text != "a cat sat on a mat; " * 1000), reach=0, higher=False)]


if __name__ == "__main__":
    main()
