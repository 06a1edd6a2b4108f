"""`image.cutout`: how well the cut-out agrees with things that were drawn, and the time beside reading and writing.

python -m benchmarks.operators.image.cutout [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import pictures

SEEDS = range(12)
SIZE = (540, 720)


def main() -> None:
    nodes.measure("image.cutout", lambda given: {"image": given.save(thing(0)[0], "thing.png")}, judged, "picture")


def thing(seed: int) -> tuple[nodes.Pixels, np.ndarray[Any, np.dtype[np.bool_]]]:
    """An ellipse of one colour before a wall of another with grain, and where it is."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    y, x = SIZE[0] * random.uniform(0.45, 0.65), SIZE[1] * random.uniform(0.38, 0.62)
    inside = ((rows - y) / random.uniform(90, 170)) ** 2 + ((columns - x) / random.uniform(70, 150)) ** 2 < 1
    wall, coat = random.uniform(40, 210, 3), random.uniform(20, 235, 3)
    coat = np.where(np.abs(coat - wall) < 60, (wall + 128) % 255, coat)
    pixels = np.where(inside[..., None], coat, wall) + random.normal(0, 5, (*SIZE, 1))
    return pixels.clip(0, 255).astype(np.uint8), inside


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    shares = []
    for seed in SEEDS:
        pixels, inside = thing(seed)
        cut: Any = nodes.run("image.cutout", {"image": given.save(pixels, "one.png")}, given)
        found = pictures.opened(cut.mask).pixels > 127
        shares.append(float((found & inside).sum() / (found | inside).sum()))
    beside = {"least": round(min(shares), 3)}
    return [Figure("mask_iou", float(np.median(shares)), reach=0.8, beside=beside, note=f"of {len(shares)} things")]


if __name__ == "__main__":
    main()
