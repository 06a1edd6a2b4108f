"""`media.collect`: bytes that differ, and how its speed compares with plain copies of the same files.

python -m benchmarks.operators.media.collect [--json FILE]
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.operators import Context
from reelwright.operators.media.collect import CollectParams, collect

COMMAND = "python -m benchmarks.operators.media.collect"
FILES, SIZE = 16, 4 << 20
RUNS = 5


def seconds(work: Callable[[Path], object], folder: Path) -> float:
    best = float("inf")
    for run in range(RUNS):
        out = folder / f"{work.__name__}-{run}"
        out.mkdir()
        began = time.process_time()
        work(out)
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, random = Path(name), np.random.default_rng(1)
        sources = [folder / f"film-{number}.mp4" for number in range(FILES)]
        for source in sources:
            source.write_bytes(random.bytes(SIZE))
        params = CollectParams(videos=[{"file": str(source), "node": "1"} for source in sources])

        def ours(out: Path) -> object:
            return collect(params, Context.local(out=out))

        def plain(out: Path) -> object:
            return [shutil.copyfile(source, out / source.name) for source in sources]

        made = collect(params, Context.local(out=folder / "out")).videos
        differ = sum(
            int(
                (
                    np.frombuffer(Path(one.file).read_bytes(), np.uint8) != np.frombuffer(was.read_bytes(), np.uint8)
                ).sum()
            )
            for one, was in zip(made, sources, strict=True)
        )
        ratio = seconds(ours, folder) / seconds(plain, folder)
    figures = [
        Figure("bytes changed", differ, reach=0, higher=False),
        Figure(
            "time beside plain copies", ratio, "x", reach=1.0, higher=False, note="16 films of 4 MiB, processor time"
        ),
    ]
    record("media.collect", figures, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
