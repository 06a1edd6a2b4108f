"""`image.blur`: pixels off a Gauss by SciPy, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.blur [--json FILE]
"""

import numpy as np
from scipy import ndimage

from benchmarks import nodes


def main() -> None:
    nodes.image("image.blur", blurred, lambda given: {"radius": 9, "sigma": 3}, off=1)


def blurred(pixels: nodes.Pixels) -> nodes.Pixels:
    soft = ndimage.gaussian_filter(pixels.astype(np.float64), (3, 3, 0), mode="mirror", radius=(9, 9, 0))
    return np.rint(soft).astype(np.uint8)


if __name__ == "__main__":
    main()
