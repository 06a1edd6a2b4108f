"""`audio.extract`: samples changed, and the time beside a plain copy.

python -m benchmarks.operators.audio.extract [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import samples


def main() -> None:
    nodes.measure("audio.extract", lambda given: {"audio": given.audio, "start": 10, "end": 50.5}, judged, "sound")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    found, wanted = samples.read(made.audio).samples, given.sound[:, 10 * nodes.RATE : round(50.5 * nodes.RATE)]
    changed = int((found != wanted).sum()) if found.shape == wanted.shape else wanted.size
    return [Figure("samples_changed", changed, reach=0, higher=False, note=f"of {np.prod(wanted.shape)}")]


if __name__ == "__main__":
    main()
