"""`image.adjust`: pixels off the formula, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.adjust [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image("image.adjust", adjusted, lambda given: {"brightness": 1.2, "contrast": 0.8, "gamma": 1.5}, off=1)


def adjusted(pixels: nodes.Pixels) -> nodes.Pixels:
    levels = (pixels * 1.2 - 127.5) * 0.8 + 127.5
    return np.rint(255 * (np.clip(levels, 0, 255) / 255) ** (1 / 1.5)).astype(np.uint8)


if __name__ == "__main__":
    main()
