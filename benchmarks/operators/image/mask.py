"""`image.mask`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.mask [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image("image.mask", chosen, lambda given: {"channel": "green", "threshold": 128}, field="mask")


def chosen(pixels: nodes.Pixels) -> nodes.Pixels:
    return np.where(pixels[..., 1] >= 128, 255, 0).astype(np.uint8)


if __name__ == "__main__":
    main()
