"""`story.take`: do words come with the voice, are lengths exact to the frame, does it never stand, and how fast.

    python -m benchmarks.operators.story.take [--json FILE]

Speech is made of tones, so that it is known to the sample when it begins; sentences are real ones in both languages.
When words are in the picture is seen by comparing with the same take without words. Speed is that of a take of 1080p,
against decoding and encoding the same frames with nothing done to them.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.kernels import narration
from reelwright.media import conforming, encode, frames, making
from reelwright.media.chaining import framed
from reelwright.operators import Context
from reelwright.operators.story.take import Sentence, TakeParams, TakeResult, take

COMMAND = "python -m benchmarks.operators.story.take"
RATE = 48000
TEXTS = (
    "鲁镇的酒店的格局，是和别处不同的：都是当街一个曲尺形的大柜台，柜里面预备着热水，可以随时温酒。",
    "孔乙己是站着喝酒而穿长衫的唯一的人。",
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.",
    "“What is the use of a book,” thought Alice “without pictures or conversations?”",
)
PAUSES = ((0.1, 1.4, 1.7, 3.3), (0.3, 2.0), (0.2, 1.9, 2.3, 3.9), (0.15, 1.2, 1.5, 2.6))
"""Where the voice begins and pauses in each, s."""


def clip(path: Path, size: tuple[int, int], seconds: float) -> str:
    def pictures() -> "np.ndarray":
        ground = np.random.default_rng(1).integers(60, 160, (size[1] // 20, size[0] // 20, 3))
        whole = np.kron(ground, np.ones((20, 20, 1))).astype(np.uint8)
        for number in range(round(seconds * 24)):
            yield np.roll(whole, 2 * number, axis=1)

    making.write_video(path, pictures(), size=(size[0] // 20 * 20, size[1] // 20 * 20), fps=Fraction(24))
    return str(path)


def spoken(folder: Path, number: int) -> tuple[str, Sentence]:
    edges = PAUSES[number]
    sound = np.zeros(round((edges[-1] + 0.1) * RATE), np.float32)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        first, last = round(start * RATE), round(end * RATE)
        sound[first:last] = 0.25 * np.sin(np.arange(last - first) * 0.05)
    path = making.write_wav(folder / f"{number}.wav", sound, RATE)
    return str(path), Sentence(text=TEXTS[number], start=edges[0], end=edges[-1])


def run(folder: Path, size: tuple[int, int], **given: object) -> TakeResult:
    params = TakeParams(width=size[0], height=size[1], quality="draft", **given)
    return take(params, Context.local(out=folder, seed=1))


def offsets(folder: Path, size: tuple[int, int], source: str) -> tuple[list[float], list[float], bool]:
    """Seconds from the voice's beginning to its words in the picture, and from each cue to the voice; are all whole?"""
    seen, told, whole = list[float](), list[float](), True
    for number, text in enumerate(TEXTS):
        speech, sentence = spoken(folder, number)
        given = {"clip": source, "speech": speech, "sentences": (sentence,)}
        made = run(folder, size, **given)
        bare = run(folder, size, shot="bare", subtitles=False, **given)
        begins = [made.speech_start + edge for edge in PAUSES[number][::2]]
        apart = [min(abs(cue.start - at) for at in begins) for cue in made.cues]
        told += [one for one in apart if one < narration.NEAR]
        first = first_words(made.video, bare.video)
        seen.append(first - made.voices[0].start)
        whole &= "".join("".join(one.text for one in made.cues).split()) == "".join(text.split())
        whole &= made.frames == narration.frames(PAUSES[number][-1] + 0.1, 24)
    return seen, told, whole


def first_words(path: str, bare: str) -> float:
    for one, other in zip(frames.stream(path), frames.stream(bare), strict=True):
        if np.abs(one.gray.astype(np.int16) - other.gray).max() > 90:
            return float(one.time)
    return 9.0


def speed(folder: Path) -> Figure:
    size = (1080, 1920)
    source = clip(folder / "large.mp4", size, 4.0)
    speech, sentence = spoken(folder, 0)
    ours = seconds(lambda: run(folder, size, clip=source, speech=speech, sentences=(sentence,)))

    def plain() -> None:
        target = conforming.picture((1080, 1920), 24)
        with encode.Writer(folder / "plain.mp4", target, quality="draft") as writer:
            for number, picture in enumerate(conforming.Clip(source, size, 24, 86).pictures()):
                writer.write(framed(picture, target, number))

    return Figure("a take of 1080p", ours, "s", higher=False, beside={"decoded and encoded alone, s": seconds(plain)})


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = (360, 640)
        source = clip(folder / "clip.mp4", size, 3.0)
        seen, told, whole = offsets(folder, size, source)
        still = run(folder, size, clip=source, seconds=4.3, sound=False)
        figures = [
            Figure("voice to words in the picture, worst", 1000 * max(seen), "ms", reach=80, aim=42, higher=False),
            Figure("voice to cue, worst", 1000 * max(told), "ms", reach=80, aim=20, higher=False),
            Figure("texts whole and lengths exact to the frame", float(whole), reach=1.0),
            Figure("longest stand of a clip that was too short", still.longest_stand, "s", reach=0.1, higher=False),
            speed(folder),
        ]
    record("story.take", figures, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
