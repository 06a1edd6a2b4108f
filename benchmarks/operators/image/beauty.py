"""`image.beauty`: pixels changed outside faces, spots that went down, and the time beside reading and writing.

python -m benchmarks.operators.image.beauty [--json FILE]
"""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import nodes
from benchmarks.recording import Figure
from reelwright.media import pictures
from reelwright.media.making import portraits

SIZE = (1280, 960)
TONES = (portraits.FAIR, portraits.TAN, portraits.BROWN, portraits.DARK)
LUMA = np.array([0.299, 0.587, 0.114])


def main() -> None:
    nodes.measure("image.beauty", lambda given: {"image": given.save(head(TONES[1])[1], "head.png")}, judged, "picture")


def head(tone: tuple[int, int, int]) -> tuple[portraits.Portrait, nodes.Pixels]:
    truth = portraits.Portrait(Path("head"), SIZE, Fraction(25), 1, (portraits.Head(breadth=0.5, tone=tone),))
    return truth, next(portraits.drawn(truth))


def judged(made: Any, given: nodes.Given) -> list[Figure]:
    outside, found, kept = 0, 0, []
    for tone in TONES:
        truth, pixels = head(tone)
        shown: Any = nodes.run("image.beauty", {"image": given.save(pixels, "one.png"), "smooth": 80}, given)
        after = pictures.opened(shown.image).pixels
        found += len(shown.faces) == 1
        outside += int((after != pixels).any(axis=2)[~truth.face(0, 1.8)].sum())
        spots, plain = truth.spots(0), truth.skin(0) & ~truth.spots(0)
        depth = [float((one @ LUMA)[plain].mean() - (one @ LUMA)[spots].mean()) for one in (pixels, after)]
        kept.append(depth[1] / depth[0])
    return [
        Figure("pixels_changed_outside", outside, reach=0, higher=False),
        Figure("faces found", found / len(TONES), reach=1.0, note="of four tones of skin"),
        Figure("spots left", float(np.mean(kept)), higher=False, note="share of their contrast, smooth 80"),
    ]


if __name__ == "__main__":
    main()
