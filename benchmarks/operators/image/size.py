"""`image.size`: sizes told wrong, of pictures of many kinds.

python -m benchmarks.operators.image.size [--json FILE]
"""

from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure

KINDS = [((height, width), channels) for height, width in ((1, 1), (7, 300), (480, 641)) for channels in (0, 3, 4)]


def main() -> None:
    nodes.measure("image.size", lambda given: {"image": given.picture}, judged, "picture")


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    wrong = (made.width, made.height) != (nodes.WIDTH, nodes.HEIGHT)
    for number, (shape, channels) in enumerate(KINDS):
        path = given.save(np.zeros((*shape, channels) if channels else shape, np.uint8), f"{number}.png")
        told: Any = nodes.run("image.size", {"image": path}, given)
        wrong += (told.height, told.width, told.is_grey, told.has_alpha) != (*shape, channels == 0, channels == 4)
    return [Figure("wrong sizes", int(wrong), reach=0, higher=False, note=f"of {len(KINDS) + 1}")]


if __name__ == "__main__":
    main()
