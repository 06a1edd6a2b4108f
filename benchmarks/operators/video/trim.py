"""`video.trim`: frames by which edges are off, frames copied, and the time beside decoding and encoding.

python -m benchmarks.operators.video.trim [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames

START, END = 0.92, 3.4


def main() -> None:
    nodes.measure("video.trim", lambda given: {"video": str(given.film), "start": START, "end": END}, judged, "film")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    every = [frame.small_gray(64, 36).astype(int) for frame in frames.stream(given.film)]
    found = [frame.small_gray(64, 36).astype(int) for frame in frames.stream(made.video)]
    edges = [int(np.argmin([np.abs(one - other).mean() for other in every])) for one in (found[0], found[-1])]
    off = max(abs(edges[0] - START * nodes.FPS), abs(edges[1] + 1 - END * nodes.FPS))
    return [
        Figure("edge_error_frames", off, reach=0.5, higher=False),
        Figure("frames copied", made.frames_copied / made.frames, note="of a film with key frames two seconds apart"),
    ]


if __name__ == "__main__":
    main()
