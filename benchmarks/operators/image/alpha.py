"""`image.alpha`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.alpha [--json FILE]
"""

import numpy as np

from benchmarks import nodes


def main() -> None:
    nodes.image(
        "image.alpha",
        lambda pixels: np.dstack([pixels, pixels[..., 0]]),
        lambda given: {"mask": given.save(given.pixels[..., 0].copy(), "mask.png")},
    )


if __name__ == "__main__":
    main()
