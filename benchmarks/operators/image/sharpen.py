"""`image.sharpen`: pixels off an unsharp mask by SciPy, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.sharpen [--json FILE]
"""

import numpy as np
from scipy import ndimage

from benchmarks import nodes


def main() -> None:
    nodes.image("image.sharpen", sharpened, lambda given: {"radius": 4, "sigma": 1, "amount": 1.5}, off=1)


def sharpened(pixels: nodes.Pixels) -> nodes.Pixels:
    plain = pixels.astype(np.float64)
    soft = ndimage.gaussian_filter(plain, (1, 1, 0), mode="mirror", radius=(4, 4, 0))
    return np.rint(np.clip(plain + 1.5 * (plain - soft), 0, 255)).astype(np.uint8)


if __name__ == "__main__":
    main()
