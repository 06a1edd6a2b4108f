"""Pictures from words: is what the prompt names there, in its colour; and what one costs.

    python -m benchmarks.operators.image.generate [--json benchmarks/results/image.generate.json]

Each prompt names one thing with a colour. The picture with it is compared to the one of the same seed without it: the
pixels that differ are the thing, and the share of them that has the hue that was asked for is measured. The colours of
the second half were not looked at while the painter was made.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright import operators
from reelwright.media import images
from reelwright.operators import Context
from reelwright.operators.image.generate import GenerateParams

THINGS = ("kite", "balloon", "boat", "car", "cat", "umbrella", "tower", "flower")
PLACE = {"boat": "a lake at noon", "car": "the street at noon", "tower": "the sea at noon"}
LOOKED_AT = {"red": (200, 50, 47), "blue": (47, 111, 196)}
HELD_OUT = {"green": (63, 154, 72), "purple": (125, 75, 176), "orange": (232, 130, 43)}
NEAR = 75.0  # distance of two colours of full brightness, all parts added
LEAST = 0.12  # share of what differs that must have the hue: edges, shadows and windows have others
SIZE = (640, 360)


def painted(prompt: str, folder: Path) -> np.ndarray:
    params = GenerateParams(prompt=prompt, width=SIZE[0], height=SIZE[1])
    made = operators.load("image.generate")(params, Context.local(out=folder, seed=3))
    return images.load(made.images[0].image)


def share_of_hue(with_it: np.ndarray, without: np.ndarray, code: tuple[int, int, int]) -> float:
    differs = np.abs(with_it.astype(int) - without).sum(axis=2) > 40
    if differs.mean() < 0.0005:
        return 0.0
    shades = with_it.astype(float) / np.maximum(with_it.max(axis=2, keepdims=True), 1)
    wanted = np.asarray(code, float) / max(code)
    return float((np.abs(shades - wanted).sum(axis=2) * 255 < NEAR)[differs].mean())


def shown(colours: dict[str, tuple[int, int, int]], folder: Path) -> float:
    """Share of prompts whose thing is there in its colour."""
    right = []
    for thing in THINGS:
        place = PLACE.get(thing, "a meadow at noon")
        without = painted(place, folder / f"{thing}-none")
        for name, code in colours.items():
            made = painted(f"a {name} {thing}, {place}", folder / f"{thing}-{name}")
            right.append(share_of_hue(made, without, code) >= LEAST)
    return float(np.mean(right))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        known, held = shown(LOOKED_AT, folder / "known"), shown(HELD_OUT, folder / "held")
        operator = operators.load("image.generate")
        params = GenerateParams(prompt="a boat on a lake at dusk", width=1024, height=1024)
        _, cpu = timed(lambda: operator(params, Context.local(out=folder / "timed", seed=1)))
    figures = (
        Figure("things shown in their colour", known, "", reach=1.0),
        Figure("things shown in their colour, held out", held, "", reach=0.9),
        Figure("processor time of a picture of 1024x1024", cpu, "s", higher=False),
    )
    record("image.generate", figures, command="python -m benchmarks.operators.image.generate", path=given.json)


if __name__ == "__main__":
    main()
