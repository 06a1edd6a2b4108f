"""`image.scale`: pixels off the means of their blocks, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.scale [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image("image.scale", halved, lambda given: {"factor": 0.5, "method": "area"}, off=1)


def halved(pixels: nodes.Pixels) -> nodes.Pixels:
    height, width, channels = pixels.shape
    cells = pixels.reshape(height // 2, 2, width // 2, 2, channels).mean(axis=(1, 3))
    return np.rint(cells).astype(np.uint8)


if __name__ == "__main__":
    main()
