"""`audio.concat`: samples changed, and the time beside a plain copy of one of its sounds.

python -m benchmarks.operators.audio.concat [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import samples


def main() -> None:
    nodes.measure("audio.concat", lambda given: {"audio": (given.audio, given.audio), "gap": 0.5}, judged, "sound")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    gap = np.zeros((2, nodes.RATE // 2), np.float32)
    found, wanted = samples.read(made.audio).samples, np.concatenate([given.sound, gap, given.sound], axis=1)
    changed = int((found != wanted).sum()) if found.shape == wanted.shape else wanted.size
    return [Figure("samples_changed", changed, reach=0, higher=False, note=f"of {wanted.size}")]


if __name__ == "__main__":
    main()
