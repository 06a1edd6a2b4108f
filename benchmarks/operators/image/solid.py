"""`image.solid`: wrong pixels.

python -m benchmarks.operators.image.solid [--json FILE]
"""

import numpy as np

from benchmarks import nodes

COLOUR = (16, 32, 48, 128)


def main() -> None:
    expected = np.full((nodes.HEIGHT, nodes.WIDTH, 4), COLOUR, np.uint8)
    nodes.measure(
        "image.solid",
        lambda given: {"width": nodes.WIDTH, "height": nodes.HEIGHT, "colour": "#10203080"},
        lambda made, given: [nodes.wrong(made.image, expected)],
        "none",
    )


if __name__ == "__main__":
    main()
