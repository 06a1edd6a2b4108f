"""Make pictures of docs/pictures from what `make demo` left in out/demo.

demo.jpg: a film, its upright version, its covers. storyboard.jpg: pictures of the fable's film. plan.svg: its plan.

python tools/pictures.py [out/demo]
"""

import shutil
import sys
from pathlib import Path

import cv2
import numpy as np

from reelwright.media import frames, images

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, GAP = 1200, 300, 12
MOMENTS = (1.0, 4.5)
FABLE = (1.5, 5.0, 9.5, 16.0, 31.0, 36.0)  # seconds of the fable's film
PICTURES = ROOT / "docs" / "pictures"


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
    _save("demo.jpg", np.concatenate([row(pairs), gap, row(covers)]))
    film = folder / "Storyboard" / "film.mp4"
    shown = [frames.at(film, moment).rgb for moment in FABLE]
    half = len(shown) // 2
    _save("storyboard.jpg", np.concatenate([row(shown[:half]), gap, row(shown[half:])]))
    shutil.copyfile(folder / "Storyboard" / "plan.svg", PICTURES / "plan.svg")
    return 0


def _save(name: str, picture: images.Picture) -> None:
    PICTURES.mkdir(exist_ok=True)
    images.save(picture, PICTURES / name, quality=85)
    print(f"made {name}")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "demo"))
