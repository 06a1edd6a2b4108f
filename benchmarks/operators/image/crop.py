"""`image.crop`: wrong pixels, and the time beside reading and writing a picture.

python -m benchmarks.operators.image.crop [--json FILE]
"""

from benchmarks import nodes


def main() -> None:
    nodes.image(
        "image.crop",
        lambda pixels: pixels[101:900, 77:1400],
        lambda given: {"x": 77, "y": 101, "width": 1323, "height": 799},
    )


if __name__ == "__main__":
    main()
