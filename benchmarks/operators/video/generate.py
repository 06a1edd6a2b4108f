"""Films from nine prompts: their time against a bound, motion, likeness, and that a seed repeats itself.

    python -m benchmarks.operators.video.generate [--json benchmarks/results/video.generate.json] [--sheet PNG]

The floor is encoding the very same frames, held in memory, with the same settings.
"""

import argparse
import hashlib
import tempfile
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright import operators
from reelwright.media import frames, images, scenes
from reelwright.operators import Context
from reelwright.operators.video.generate import RATE, GenerateParams, GenerateResult

PROMPTS = (
    "a red kite flies over a green meadow on a sunny afternoon",
    "一只橘色的猫坐在窗前，窗外下着雨，夜晚",
    "cyberpunk city street at night in the rain, a woman with a red umbrella walks",
    "清晨薄雾中的湖面上，一叶小舟",
    "a rocket in space near a planet",
    "goldfish swimming in a coral reef",
    "黄昏，老人牵着一匹白马走过沙漠",
    "hot air balloons over mountains at sunrise",
    "snow falls on a quiet village at night",
)
SIZE, SECONDS = (1280, 720), 5.0


def make(prompt: str, folder: Path) -> GenerateResult:
    operator = operators.load("video.generate")
    params = GenerateParams(prompt=prompt, width=SIZE[0], height=SIZE[1], seconds=SECONDS)
    made: GenerateResult = operator(params, Context.local(out=folder, seed=7))
    return made


def floor(result: GenerateResult, out: Path) -> tuple[float, float]:
    """Wall and processor seconds of encoding the film's own pictures again."""
    shown = [np.asarray(frame.rgb) for frame in frames.stream(result.video)]
    return timed(lambda: scenes.film(out, iter(shown), SIZE, RATE, quality="normal", sound=None))


def picture(result: GenerateResult, at: float = 2.5) -> np.ndarray:
    return np.asarray(frames.at(result.video, Fraction(at)).rgb)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--sheet", type=Path, help="also write a contact sheet of the nine films")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        walls, works, floors, results = [], [], [], []
        for number, prompt in enumerate(PROMPTS):
            kept: list[GenerateResult] = []
            wall, cpu = timed(
                lambda kept=kept, prompt=prompt, number=number: kept.append(make(prompt, folder / str(number)))
            )
            walls.append(wall)
            works.append(cpu)
            results.append(kept[0])
            floors.append(floor(kept[0], folder / "floor.mp4")[1])
        again = make(PROMPTS[0], folder / "again")
        same = digest(again.video) == digest(results[0].video)
        pictures = [images.resized(picture(one), 320, 180).astype(int) for one in results]
        likeness = min(float(np.abs(a - b).mean()) for a, b in combinations(pictures, 2))
        if given.sheet:
            cells = [images.resized(picture(one), 480, 270) for one in results]
            images.save(images.contact_sheet(cells, cell=(480, 270), columns=3), given.sheet, quality=85)
    figures = (
        Figure("slowest of nine films of 5 s, 720p", max(walls), "s", reach=15.0, higher=False, note="wall time"),
        Figure(
            "processor time of a film, mean",
            float(np.mean(works)),
            "s",
            higher=False,
            beside={"encoding alone": float(np.mean(floors))},
        ),
        Figure("least motion of the nine", min(one.motion for one in results), "levels a frame", reach=0.3),
        Figure("longest stand of the nine", max(one.longest_stand for one in results), "s", reach=0.5, higher=False),
        Figure("least difference of two films", likeness, "levels", reach=12.0),
        Figure("same seed, same bytes", float(same), "", reach=1.0),
    )
    record("video.generate", figures, command="python -m benchmarks.operators.video.generate", path=given.json)


def digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
