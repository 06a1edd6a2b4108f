"""Make docs/pictures/demo.jpg from what `make demo` left in out/demo: a film, its upright version, its covers.

python tools/pictures.py [out/demo]
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from reelwright.media import frames, images

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, GAP = 1200, 300, 12
MOMENTS = (1.0, 4.5)


def row(pictures: list[images.Picture]) -> images.Picture:
    """Pictures of one height beside each other on white, centred."""
    scaled = [
        cv2.resize(one, (round(one.shape[1] * HEIGHT / one.shape[0]), HEIGHT), interpolation=cv2.INTER_AREA)
        for one in pictures
    ]
    gaps = GAP * (len(scaled) - 1)
    shrink = min(1.0, (WIDTH - gaps - len(scaled)) / sum(one.shape[1] for one in scaled))
    scaled = [cv2.resize(one, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) for one in scaled]
    line = np.full((scaled[0].shape[0], WIDTH, 3), 255, np.uint8)
    left = (WIDTH - sum(one.shape[1] for one in scaled) - gaps) // 2
    for one in scaled:
        line[: one.shape[0], left : left + one.shape[1]] = one
        left += one.shape[1] + GAP
    return line


def main(folder: Path) -> int:
    pairs = [
        frames.at(folder / name, moment).rgb
        for moment in MOMENTS
        for name in ("samples/walk.mp4", "VideoH2V/upright.mp4")
    ]
    covers = [images.load(path) for path in sorted((folder / "Cover").glob("*.png"))]
    gap = np.full((GAP, WIDTH, 3), 255, np.uint8)
    path = ROOT / "docs" / "pictures" / "demo.jpg"
    path.parent.mkdir(exist_ok=True)
    images.save(np.concatenate([row(pairs), gap, row(covers)]), path, quality=85)
    print(f"made {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "demo"))
