"""`media.keep`: bytes that differ, and how its speed compares with a plain copy.

python -m benchmarks.operators.media.keep [--json FILE]
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.operators import Context
from reelwright.operators.media.keep import KeepParams, keep

COMMAND = "python -m benchmarks.operators.media.keep"
SIZE = 64 << 20
RUNS = 5


def seconds(work: object) -> float:
    assert callable(work)
    best = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "film.mp4"
        source.write_bytes(np.random.default_rng(1).bytes(SIZE))
        ctx = Context.local(out=Path(name) / "out")
        kept = Path(keep(KeepParams(file=str(source)), ctx).file).read_bytes()
        differ = sum(a != b for a, b in zip(kept, source.read_bytes(), strict=False)) + abs(len(kept) - SIZE)
        ours = seconds(lambda: keep(KeepParams(file=str(source)), ctx))
        plain = seconds(lambda: shutil.copyfile(source, Path(name) / "plain"))
    figures = [
        Figure("bytes changed", differ, reach=0, higher=False),
        Figure("time beside a plain copy", ours / plain, "x", reach=1.5, higher=False, note="64 MiB, processor time"),
    ]
    record("media.keep", figures, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
