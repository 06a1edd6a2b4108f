"""`image.pad`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.pad [--json FILE]
"""

import numpy as np

from benchmarks import nodes

SIDES = {"left": 10, "top": 20, "right": 30, "bottom": 40}


def main() -> None:
    nodes.image("image.pad", padded, lambda given: {**SIDES, "colour": "#808080"})


def padded(pixels: nodes.Pixels) -> nodes.Pixels:
    return np.pad(pixels, ((20, 40), (10, 30), (0, 0)), constant_values=128)


if __name__ == "__main__":
    main()
