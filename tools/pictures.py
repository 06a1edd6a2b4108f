"""Make pictures of docs/pictures from what `make demo` left in out/demo.

demo.jpg: a film, its upright version, its covers. storyboard.jpg: pictures of the fable's film. plan.svg: its plan.
functions.jpg: before and after of the functions that change pictures, from the sheets that `preview` makes.

python tools/pictures.py [out/demo]
"""

import shutil
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from reelwright import operators
from reelwright.media import frames, images
from reelwright.operators import sheet as sheets

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT, GAP = 1200, 300, 12
MOMENTS = (1.0, 4.5)
FABLE = (1.5, 5.0, 9.5, 16.0, 31.0, 36.0)  # seconds of the fable's film
SHEETS = (
    ("video.delogo", "sign"),
    ("video.detext", "words"),
    ("video.greenscreen", "green"),
    ("video.beauty", "faces"),
)
STRONGLY = {"video.beauty": {"smooth": 90, "whiten": 40}}
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


def sheet(name: str, film: Path) -> images.Picture:
    """The second pair of the contact sheet of a run: before on the left, after on the right."""
    operator = operators.load(name)
    params = operator.params(video=str(film), preview=True, **STRONGLY.get(name, {}))
    with tempfile.TemporaryDirectory() as out:
        made = images.load(Path(operator(params, operators.Context.local(out=Path(out))).sheet))
    height = made.shape[0] // max(1, round(made.shape[0] / sheets.HEIGHT))
    return made[-height:]


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
    pairs = [sheet(name, folder / "samples" / f"{sample}.mp4") for name, sample in SHEETS]
    _save("functions.jpg", np.concatenate([row(pairs[:2]), gap, row(pairs[2:])]))
    shutil.copyfile(folder / "Storyboard" / "plan.svg", PICTURES / "plan.svg")
    return 0


def _save(name: str, picture: images.Picture) -> None:
    PICTURES.mkdir(exist_ok=True)
    images.save(picture, PICTURES / name, quality=85)
    print(f"made {name}")


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out" / "demo"))
