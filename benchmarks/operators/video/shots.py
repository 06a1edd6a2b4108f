"""`video.shots`: F1 of its boundaries, and how its time compares with plainly decoding the file.

    python -m benchmarks.operators.video.shots [--json FILE] [--data DIR]

A found boundary hits a true one within two frames; that of a dissolve or fade anywhere in its span, two frames more.
Truth: clips made here (cuts and dissolves of many seeds, flashes, other encoders), films of edits and of what only
looks like one (`making.edits`: tuned on the first seeds, the others were never looked at), and real clips whose changes
a person wrote down (`--data`, skipped where the folder is absent). Speed: a 1080p video, 8 s made and repeated by
stream copy, against decoding every frame of the same file in the same run.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import decoded, least, repeated
from reelwright.media import frames, making, probe
from reelwright.media.making import BLACK, BLURRED, SCENE, Shot, edits
from reelwright.operators import Context
from reelwright.operators.video.shots import ShotsParams, ShotsResult, shots

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.shots"
TOLERANCE = 2  # frames
SEEDS = range(4)
EDITS, HELD_OUT = range(2), range(210, 213)
SHOTS = (
    Shot(SCENE, 1.6),
    Shot(SCENE, 0.8),
    Shot(SCENE, 2.0, dissolve=0.6),
    Shot(BLURRED, 1.2),
    Shot(BLACK, 1.0),
    Shot(SCENE, 2.0, dissolve=0.4),
    Shot(SCENE, 1.4),
)
CODECS = {
    "x264": ("mp4", "libx264", {}),
    "x264 in one group": ("mp4", "libx264", {"sc_threshold": "0", "g": "900"}),
} | {
    "mpeg4": ("mkv", "mpeg4", {"q:v": "3"}),
    "vp9": ("webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
}
SPEED_SHOTS = (Shot(SCENE, 2.6), Shot(SCENE, 2.4), Shot(SCENE, 3, dissolve=0.8))
REPEATS = 5

Span = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """A video and its changes of shots: the first frame of the new shot, or the span of a gradual change."""

    name: str
    path: Path
    truth: tuple[Span, ...]


def made_cases(folder: Path) -> Iterator[Case]:
    for seed in SEEDS:
        made = making.picture(folder / f"made-{seed}.mp4", SHOTS, size=(320, 180), seed=seed)
        yield Case(made.path.stem, made.path, _truth(made))
    made = making.picture(folder / "source.mp4", SHOTS, size=(320, 180), seed=9)
    for name, (ending, codec, options) in CODECS.items():
        path = folder / f"{name}.{ending}"
        _encoded(path, codec, options, (one.rgb for one in frames.stream(made.path)))
        yield Case(name, path, _truth(made))
    path = folder / "flashes.mp4"
    _encoded(path, "libx264", {}, _flashed(made.path, {20: 1, 70: 3, 115: 2}))
    yield Case("flashes", path, _truth(made))


def _truth(made: making.Picture) -> tuple[Span, ...]:
    rate = float(made.fps)
    gradual = [(round(a * rate), round(b * rate)) for a, b in made.dissolves]
    return tuple(sorted([(round(cut * rate),) * 2 for cut in made.cuts] + gradual))


def _flashed(path: Path, lit: dict[int, int]) -> Iterator[np.ndarray]:
    for one in frames.stream(path):
        is_lit = any(first <= one.index < first + length for first, length in lit.items())
        yield np.maximum(one.rgb, 235) if is_lit else one.rgb


def _encoded(path: Path, codec: str, options: dict[str, str], pictures: Iterator[np.ndarray]) -> None:
    with av.open(str(path), "w") as box:
        stream = box.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        if codec != "libx264":
            stream.bit_rate = 1_500_000
        for number, rgb in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))


def edited_cases(folder: Path, seeds: Sequence[int]) -> list[Case]:
    return [Case(one.name, one.path, one.truth) for seed in seeds for one in edits.films(folder, seed)]


def real_cases(data: Path) -> list[Case]:
    """multishot: the truth beside it. The others: seen frame by frame, and the detectors' goldens in the README."""
    multishot = ((15, 15), (90, 90), (155, 155), (190, 190), (253, 265), (320, 336), (390, 390))
    leaf = ((30, 30), (180, 180), (211, 241), (330, 359), (394, 425), (530, 557), (664, 692))
    one_shot = ("juggle.mp4", "dog_training.mp4", "coffee.mp4", "sign_book.mkv", "greenscreen_talking_head.mp4")
    return [
        Case("multishot", data / "multishot.mp4", multishot),
        Case("leaf_deer", data / "leaf_deer_4shots_watermark.mp4", leaf),
        Case("fades", data / "fades_synthetic.mp4", ((84, 84), (167, 167))),
        *(Case(name, data / name, ()) for name in one_shot),
    ]


def hits(found: Sequence[int], truth: Sequence[Span]) -> int:
    """True boundaries that a found one of their own lies in, each used once."""
    left = list(found)
    count = 0
    for first, last in truth:
        near = next((one for one in left if first - TOLERANCE <= one <= last + TOLERANCE), None)
        if near is not None:
            left.remove(near)
            count += 1
    return count


def quality(name: str, cases: Sequence[Case]) -> tuple[Figure, dict[str, dict[str, object]]]:
    hit = found = true = 0
    told: dict[str, dict[str, object]] = {}
    for case in cases:
        numbers = [one.first_frame for one in _shots(case.path).shots[1:]]
        here = hits(numbers, case.truth)
        hit, found, true = hit + here, found + len(numbers), true + len(case.truth)
        told[case.name] = {"found": numbers, "truth": case.truth, "hits": here}
    note = f"{hit} hits, {found - hit} false, {true - hit} missed in {len(cases)} clips"
    return Figure(f"shot_f1, {name}", 2 * hit / (found + true), reach=0.95, aim=1.0, note=note), told


def _shots(path: Path) -> ShotsResult:
    return shots(ShotsParams(video=str(path)), Context.local(phases=shots.phases))


def speed(folder: Path) -> list[Figure]:
    part = making.picture(folder / "part.mp4", SPEED_SHOTS, size=(1920, 1080), crf=23)
    video = repeated(part.path, folder / "long.mp4", REPEATS)
    length = float(probe.probe(video).duration or 0)
    _shots(part.path)
    (wall, own_wall), (cpu, own_cpu) = least(lambda: decoded(video), lambda: _shots(video))
    real = {"decoding, times real time": length / wall, "shots, times real time": length / own_wall}
    return [
        Figure("time_to_decode_time", own_wall / wall, reach=1.1, aim=0.4, higher=False, beside=real),
        Figure("cpu_to_decode_cpu", own_cpu / cpu, reach=1.1, aim=0.4, higher=False),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figure, more = quality("made", list(made_cases(folder)))
        figures = [figure]
        for title, seeds in (("edits", EDITS), ("edits, held out", HELD_OUT)):
            figure, told = quality(title, edited_cases(folder, seeds))
            figures, more = [*figures, figure], more | told
        clips = Path(given.data) / "video"
        if clips.is_dir():
            figure, told = quality("real", real_cases(clips))
            figures, more = [*figures, figure], more | told
        figures += speed(folder)
    record("video.shots", figures, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
