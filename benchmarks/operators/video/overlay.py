"""`video.overlay`: frames on which the picture is missing or should not be, and the time beside decoding and encoding.

python -m benchmarks.operators.video.overlay [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames

START, END = 1.0, 3.0


def main() -> None:
    nodes.measure("video.overlay", asked, judged, "film")


def asked(given: nodes.Given) -> dict[str, Any]:
    mark = given.save(np.full((100, 200, 3), (0, 255, 0), np.uint8), "mark.png")
    return {"video": str(given.film), "image": mark, "x": 50, "y": 60, "start": START, "end": END}


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    missed = 0
    for number, frame in enumerate(frames.stream(made.video)):
        missed += _shows(frame.rgb) != (START * nodes.FPS <= number < END * nodes.FPS)
    return [Figure("frames_missed", missed, reach=0, higher=False)]


def _shows(rgb: nodes.Pixels) -> bool:
    part = rgb[70:150, 60:240].astype(int)
    return bool((part[..., 1] - part[..., 0]).mean() > 150)


if __name__ == "__main__":
    main()
