"""`video.crop`: PSNR against the same part of the source, and the time beside decoding and encoding.

python -m benchmarks.operators.video.crop [--json FILE]
"""

from benchmarks import nodes


def main() -> None:
    nodes.measure(
        "video.crop",
        lambda given: {"video": str(given.film), "x": 200, "y": 100, "width": 800, "height": 500, "quality": "high"},
        lambda made, given: [
            nodes.film_psnr(made.video, given, lambda rgb: rgb[100:600, 200:1000], "cropped_psnr_db", 36)
        ],
        "film",
    )


if __name__ == "__main__":
    main()
