"""`story.join`: are pictures copied, do picture and sound end together, is the loudness met, and how fast.

    python -m benchmarks.operators.story.join [--json FILE]

Takes are made of a moving pattern and of tones for voices, so that it is known when each begins. Speed is told against
encoding the same film anew.
"""

import argparse
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.media import conforming, encode, frames, making, samples
from reelwright.media.chaining import framed
from reelwright.operators import Context
from reelwright.operators.story.join import JoinParams, JoinResult, join
from reelwright.operators.story.take import Sentence, TakeParams, take

COMMAND = "python -m benchmarks.operators.story.join"
SIZE, RATE, TAKES = (360, 640), 48000, 12
LENGTHS = (2.31, 1.07, 3.555, 0.8, 2.9, 1.41)  # s of speech; none is a whole number of frames


def takes(folder: Path) -> list[dict[str, object]]:
    found = []
    for number in range(TAKES):
        length = LENGTHS[number % len(LENGTHS)]
        sound = np.zeros(round(length * RATE), np.float32)
        first = round(0.12 * RATE)
        sound[first : -round(0.1 * RATE)] = 0.2
        sound *= np.sin(np.arange(len(sound)) * 0.05).astype(np.float32)
        speech = making.write_wav(folder / f"{number}.wav", sound, RATE)

        def pictures(count: int, seed: int) -> "np.ndarray":
            ground = np.kron(np.random.default_rng(seed).integers(40, 200, (32, 18, 3)), np.ones((20, 20, 1)))
            for shift in range(count):
                yield np.roll(ground.astype(np.uint8), 2 * shift, axis=1)

        path = folder / f"clip-{number}.mp4"
        making.write_video(path, pictures(round((length + 0.4) * 24), number), size=SIZE, fps=Fraction(24))
        said = Sentence(text=f"第{number + 1}句。", start=0.12, end=length - 0.1)
        params = TakeParams(
            clip=str(path), shot=str(number + 1), speech=str(speech), sentences=(said,), width=SIZE[0], height=SIZE[1]
        )
        told = take(params, Context.local(out=folder, seed=1)).model_dump()
        names = {"take": told["video"], "sound": told["sound"], "cues": told["cues"], "voices": told["voices"]}
        found.append({"shot": str(number + 1), "mood": "calm", **names})
    return found


def voice_error(made: JoinResult) -> float:
    """The worst distance of a voice from its cue in the finished film, s."""
    heard = samples.read(made.video, channels=1).samples[0]
    level = np.sqrt(np.square(heard[: len(heard) // 48 * 48].reshape(-1, 48)).mean(axis=1))  # a millisecond each
    worst = 0.0
    for cue in made.cues:
        at = round(cue.start * 1000)
        around = level[max(0, at - 60) : at + 90]
        begins = int(np.argmax(around > 0.4 * around.max())) - min(60, at)
        worst = max(worst, abs(begins) / 1000)
    return worst


def copied(made: JoinResult, given: list[dict[str, object]]) -> bool:
    """Every picture behind the title is that of its take."""
    whole = [one.gray for one in frames.stream(made.video)][made.card :]
    was = [one.gray for take in given for one in frames.stream(str(take["take"]))]
    return len(whole) == len(was) and all(np.array_equal(a, b) for a, b in zip(whole, was, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shots = takes(folder)
        began = time.process_time()
        made = join(JoinParams(shots=shots, title="题目"), Context.local(out=folder, seed=1))
        ours = time.process_time() - began
        began = time.process_time()
        target = conforming.picture(SIZE, 24)
        with encode.Writer(folder / "plain.mp4", target) as writer:
            for number, picture in enumerate(conforming.Clip(made.video, SIZE, 24, made.frames).pictures()):
                writer.write(framed(picture, target, number))
        plain = time.process_time() - began
        figures = [
            Figure("picture longer than sound", 1000 * made.drift, "ms", reach=0, higher=False),
            Figure("voice to cue in the film, worst", 1000 * voice_error(made), "ms", reach=80, aim=5, higher=False),
            Figure("pictures copied as they were", float(copied(made, shots)), reach=1.0),
            Figure("loudness off its target", abs((made.loudness or 0) + 16), "LU", reach=0.3, higher=False),
            Figure(
                "a second of film",
                ours / made.seconds,
                "s",
                higher=False,
                beside={"encoded anew, s": plain / made.seconds},
            ),
        ]
    record("story.join", figures, command=COMMAND, path=given.json, more={"takes": TAKES})


if __name__ == "__main__":
    main()
