"""`image.blend`: pixels off the formula of `multiply`, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.blend [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image(
        "image.blend",
        lambda pixels: np.rint(pixels * (255 - pixels.astype(np.float64)) / 255).astype(np.uint8),
        lambda given: {"other": given.save(255 - given.pixels, "other.png"), "mode": "multiply", "factor": 1},
        off=1,
    )


if __name__ == "__main__":
    main()
