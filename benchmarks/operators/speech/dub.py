"""`speech.dub`: do lines begin and end where they should, do they never overlap, and how fast is it.

    python -m benchmarks.operators.speech.dub [--json FILE] [--data DIR]

The lines are the subtitles of the shared films (made for people who read them, not for this) and, as `chosen on`, lines
drawn at random with spans of 0.7 to 1.4 times what they take. Where speech lies is measured on the track by energy
alone. The peer says every line at its usual tempo from its start on, as a plain loop over a voice would.
"""

import argparse
import itertools
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.media import samples, subtitles
from reelwright.models.port import NoModels
from reelwright.operators import Context
from reelwright.operators.speech.dub import DubParams, DubResult, dub

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.speech.dub"
RATE = 16000
FILMS = ("video/subtitled_en.srt", "video/subtitled_zh.srt")
TEXTS = (
    "We should leave before the rain comes.",
    "今天天气很好，我们去公园散步。",
    "Did you hear what he said about the boat?",
    "请把门关上，外面太冷了。",
    "There is nothing left to say.",
    "你知道他什么时候回来吗？",
)
NEAR = 0.06  # seconds around an edge that still count as it

Line = dict[str, object]


class Booth:
    def __init__(self, folder: Path) -> None:
        self._models, self._folder, self._numbers = NoModels(), folder, itertools.count()

    def dubbed(self, lines: list[Line], **given: object) -> tuple[DubResult, np.ndarray]:
        context = Context.local(out=self._folder / str(next(self._numbers)), models=self._models)
        result = dub(DubParams(lines=lines, engine="espeak-ng", **given), context)
        return result, samples.read(result.audio).samples[0]


def edge_error(sound: np.ndarray, moment: float, *, begins: bool) -> float:
    """Milliseconds from a moment to the nearest beginning (or end) of sound."""
    frames = sound[: len(sound) // 40 * 40].reshape(-1, 40)  # 2.5 ms
    loud = np.sqrt(np.square(frames, dtype=np.float64).mean(axis=1)) > 0.01 * np.abs(sound).max()
    steps = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)) == (1 if begins else -1))
    return 1000 * float(np.abs(steps * 40 / RATE - moment).min())


def at_random(booth: Booth, count: int = 24) -> list[Line]:
    random = np.random.default_rng(1)
    lines, at = [], 0.5
    for number in range(count):
        text = TEXTS[number % len(TEXTS)]
        usual, _ = booth.dubbed([{"text": text, "start": 0.0, "end": 60.0}], slowest=1.0)
        span = float(usual.lines[0].end * random.uniform(0.7, 1.15))
        lines.append({"text": text, "start": at, "end": at + span})
        at += span + float(random.uniform(0.15, 0.8))
    return lines


def told(label: str, lines: list[Line], booth: Booth) -> list[Figure]:
    result, sound = booth.dubbed(lines)
    plain, _ = booth.dubbed(lines, slowest=1.0, fastest=1.0)
    own = [edge_error(sound, one.start, begins=True) for one in result.lines]
    own += [edge_error(sound, one.end, begins=False) for one in result.lines]
    fitted = [one for one, line in zip(result.lines, lines, strict=True) if abs(one.end - float(line["end"])) < NEAR]
    starts = [1000 * abs(one.start - float(line["start"])) for one, line in zip(result.lines, lines, strict=True)]
    gaps = [after.start - before.end for before, after in itertools.pairwise(result.lines)]
    return [
        Figure(f"told edge off, worst, {label}", max(own), "ms", 40, 10, higher=False),
        Figure(f"start off its cue, worst, {label}", max(starts), "ms", 40, 10, higher=False),
        Figure(f"lines on time, {label}", result.fitted, reach=0.9, aim=1.0, beside={"usual tempo": plain.fitted}),
        Figure(f"lines that fill their span, {label}", len(fitted) / len(lines)),
        Figure(f"least silence between two lines, {label}", min(gaps), "s", reach=0.03),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=HERE.parent / "shared/data")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        booth = Booth(Path(name))
        lines = at_random(booth)
        found = told("chosen on", lines, booth)
        for film in FILMS if given.data.is_dir() else ():
            cues = subtitles.read(given.data / film)
            found += told(
                Path(film).stem, [{"text": one.text, "start": one.start, "end": one.end} for one in cues], booth
            )
        began = time.process_time()
        result, _ = booth.dubbed(lines)
        spent = time.process_time() - began
        found.append(Figure("speed, of its own process", result.seconds / spent, "x real time", reach=50, aim=100))
        record("speech.dub", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
