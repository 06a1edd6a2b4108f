"""Run every benchmark, one process each, and write its results to benchmarks/results.

python benchmarks/run.py              all of them
python benchmarks/run.py video ledger those whose path holds one of the words
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NOT_ONE = {"run.py", "recording.py", "report.py", "conftest.py", "__init__.py"}


def main(words: list[str]) -> int:
    failed = []
    for path in sorted(HERE.rglob("*.py")):
        name = ".".join(path.relative_to(HERE).with_suffix("").parts)
        is_one = path.name not in NOT_ONE and "--json" in path.read_text()
        if not is_one or (words and not any(word in name for word in words)):
            continue
        print(f"== {name}", flush=True)
        result = HERE / "results" / f"{name.removeprefix('operators.')}.json"
        if subprocess.call([sys.executable, "-m", f"benchmarks.{name}", "--json", str(result)], cwd=HERE.parent):
            failed.append(name)
    for name in failed:
        print(f"failed: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
