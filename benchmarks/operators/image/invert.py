"""`image.invert`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.invert [--json FILE]
"""

from benchmarks import nodes


def main() -> None:
    nodes.image("image.invert", lambda pixels: 255 - pixels)


if __name__ == "__main__":
    main()
