"""`image.rotate`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.rotate [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image(
        "image.rotate",
        lambda pixels: np.rot90(pixels[:, ::-1], -1),
        lambda given: {"degrees": 90, "flip": "horizontal"},
    )


if __name__ == "__main__":
    main()
