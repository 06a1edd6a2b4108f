"""`video.frames`: pictures that are others than asked for, and the time beside decoding and encoding.

python -m benchmarks.operators.video.frames [--json FILE]
"""

from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import frames, images


def main() -> None:
    nodes.measure("video.frames", lambda given: {"video": str(given.film), "every": 0.25}, judged, "film")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    wanted = [frames.at(given.film, Fraction(number, 4)).rgb for number in range(round(4 * nodes.SECONDS))]
    pairs = zip(made.images, wanted, strict=True)
    wrong = sum(not np.array_equal(images.load(one.image), rgb) for one, rgb in pairs)
    return [Figure("wrong_frames", wrong, reach=0, higher=False, note=f"of {len(wanted)}")]


if __name__ == "__main__":
    main()
