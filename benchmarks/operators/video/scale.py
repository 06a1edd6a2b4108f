"""`video.scale`: PSNR against pictures scaled one by one, and the time beside decoding and encoding.

python -m benchmarks.operators.video.scale [--json FILE]
"""

from benchmarks import nodes
from reelwright.media import pictures


def main() -> None:
    nodes.measure(
        "video.scale",
        lambda given: {"video": str(given.film), "width": 640, "height": 360, "quality": "high"},
        lambda made, given: [
            nodes.film_psnr(made.video, given, lambda rgb: pictures.scaled(rgb, 640, 360), "scaled_psnr_db", 36)
        ],
        "film",
    )


if __name__ == "__main__":
    main()
