"""`image.composite`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.composite [--json FILE]
"""

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure

X, Y = 300, 200


def main() -> None:
    nodes.measure(
        "image.composite",
        lambda given: {"destination": given.picture, "source": given.save(source(), "source.png"), "x": X, "y": Y},
        judged,
        "picture",
    )


def source() -> nodes.Pixels:
    """Half clear, half opaque, and half of each between."""
    pixels = np.full((400, 600, 4), (10, 200, 90, 255), np.uint8)
    pixels[:, :200, 3], pixels[:, 200:400, 3] = 0, 128
    return pixels


def judged(made: object, given: nodes.Given) -> list[Figure]:
    expected = given.pixels.astype(np.float64)
    share = source()[..., 3:] / 255
    part = expected[Y : Y + 400, X : X + 600]
    expected[Y : Y + 400, X : X + 600] = part + share * (source()[..., :3] - part)
    return [nodes.wrong(made.image, np.rint(expected).astype(np.uint8), off=1)]


if __name__ == "__main__":
    main()
