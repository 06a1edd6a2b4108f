"""Paint the contact sheet of the 32 styles: one scene with one cast, in each of them. For docs/guide/styles.md."""

import argparse
from dataclasses import replace

import cv2
import numpy as np

from reelwright.kernels.painting import reading, styles
from reelwright.kernels.painting.characters import Member
from reelwright.kernels.painting.pictures import Painting
from reelwright.kernels.painting.stage import Size
from reelwright.media import images

PROMPT = "medium shot, Lin and Old Zhou walk in a village by a lake, pagoda, afternoon"
CAST = (
    Member("Lin", "a young woman with long black hair, red dress"),
    Member("Old Zhou", "a tall old man, white beard, blue gown, straw hat"),
)
PAINTED, SHOWN = Size(1280, 720), (264, 148)
COLUMNS = 6


def cell(name: str, prompt: str, seed: int) -> images.Picture:
    """One style: uint8 [h, w, 3], its id written into it."""
    scene = replace(reading.read(prompt, cast=CAST), preset=name)
    frame = Painting(scene, PAINTED, seed=seed).frame(2.0, 5.0)
    small = images.resized(np.ascontiguousarray(frame[..., :3]), *SHOWN)
    for shade, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(small, name, (5, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.38, shade, thick, cv2.LINE_AA)
    return small


def main() -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", default="docs/pictures/styles.jpg")
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    cells = [cell(name, given.prompt, given.seed) for name in styles.STYLES]
    images.save(images.contact_sheet(cells, cell=SHOWN, columns=COLUMNS), given.out, quality=82)


if __name__ == "__main__":
    main()
