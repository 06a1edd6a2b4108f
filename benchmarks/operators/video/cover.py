"""`video.cover`: no bad cover, no two alike, every scene; and how its time compares with plainly decoding the file.

    python -m benchmarks.operators.video.cover [--json FILE] [--data DIR]

Quality: on clips made here, whose black, white, blurred and mixed spans are known, and on real clips whose
bad spans a person wrote down (`--data`, skipped where the folder is absent). Speed: on a 72 s 1080p video, 12 s
made and repeated by stream copy, against decoding every frame of the same file in the same run.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

from benchmarks.recording import Figure, record
from benchmarks.timing import decoded, least, repeated
from reelwright.kernels import similarity
from reelwright.media import images, making, probe
from reelwright.media.making import BLACK, BLURRED, SCENE, WHITE, Shot
from reelwright.operators import Context
from reelwright.operators.video.cover import Cover, CoverParams, cover

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.cover"
SEEDS = range(6)
SHOTS = (
    Shot(BLACK, 1.0),
    Shot(SCENE, 2.6),
    Shot(SCENE, 2.2, dissolve=0.8),
    Shot(BLURRED, 1.6),
    Shot(SCENE, 2.4),
    Shot(WHITE, 0.8),
    Shot(SCENE, 2.4, dissolve=0.0),
)
# Out of focus for three quarters of its time.
SOFT = (Shot(BLURRED, 3.0), Shot(SCENE, 1.4), Shot(BLURRED, 2.6), Shot(SCENE, 1.6), Shot(BLURRED, 3.2))
SOFT_SEEDS = range(300, 303)
SPEED_SHOTS = (Shot(SCENE, 4), Shot(BLACK, 1), Shot(SCENE, 3, dissolve=0.8), Shot(SCENE, 4))
REPEATS = 6

Span = tuple[float, float]


@dataclass(frozen=True)
class Case:
    """A video, its bad spans, and how many scenes it shows."""

    name: str
    path: Path
    bad: tuple[Span, ...]
    scenes: tuple[Span, ...]


@dataclass(frozen=True)
class Outcome:
    covers: int
    bad: int
    alike: int
    scenes_shown: int
    scenes: int
    seconds: float


def made_cases(folder: Path) -> list[Case]:
    cases = []
    for seed in SEEDS:
        made = making.picture(folder / f"made-{seed}.mp4", SHOTS, size=(640, 360), seed=seed)
        scenes = tuple(span for span, shot in zip(made.shots, SHOTS, strict=True) if shot.look == SCENE)
        cases.append(Case(made.path.stem, made.path, made.bad, scenes))
    return cases


def soft_cases(folder: Path) -> list[Case]:
    cases = []
    for seed in SOFT_SEEDS:
        made = making.picture(folder / f"soft-{seed}.mp4", SOFT, size=(480, 270), seed=seed)
        scenes = tuple(span for span, shot in zip(made.shots, SOFT, strict=True) if shot.look == SCENE)
        cases.append(Case(made.path.stem, made.path, made.bad, scenes))
    return cases


def real_cases(data: Path) -> list[Case]:
    """Clips with truths a person wrote: see the README beside them."""
    truth = json.loads((data / "multishot.json").read_text())
    fps, shots = truth["fps"], truth["shots"]
    starts = [shot["start_frame"] / fps for shot in shots] + [truth["frames"] / fps]
    spans = list(pairwise(starts))
    bad = [span for span, shot in zip(spans, shots, strict=True) if shot["bad_cover"]]
    bad += [(one["start_frame"] / fps, one["end_frame"] / fps) for one in truth["transitions"] if "end_frame" in one]
    good = [span for span, shot in zip(spans, shots, strict=True) if not shot["bad_cover"]]
    return [
        Case("multishot", data / "multishot.mp4", tuple(bad), tuple(good[:-1])),  # the last scene repeats the first
        Case(
            "leaf_deer",
            data / "leaf_deer_4shots_watermark.mp4",
            ((0, 1.0), (6.0, 8.0), (11.0, 14.1), (17.7, 18.5), (22.2, 24.1)),
            ((1.0, 6.0), (8.0, 11.0), (14.1, 17.7), (18.5, 22.2)),
        ),
        Case("dog_training", data / "dog_training.mp4", (), ((0, 9.7),)),
        Case("juggle", data / "juggle.mp4", (), ((0, 10.3),)),
        Case("coffee", data / "coffee.mp4", (), ((0, 9.6),)),
        Case("talking_head", data / "greenscreen_talking_head.mp4", (), ((0, 24.5),)),
    ]


def judged(case: Case) -> Outcome:
    began = time.perf_counter()
    params = CoverParams(video=str(case.path), count=max(3, len(case.scenes)), image_format="jpg")
    covers = cover(params, Context.local(phases=cover.phases)).covers
    seconds = time.perf_counter() - began
    prints = [similarity.of(images.load(one.image)) for one in covers]
    return Outcome(
        covers=len(covers),
        bad=sum(_inside(one, case.bad) for one in covers),
        alike=sum(similarity.is_duplicate(a, b) for a, b in combinations(prints, 2)),
        scenes_shown=sum(any(_inside(one, (scene,)) for one in covers) for scene in case.scenes),
        scenes=len(case.scenes),
        seconds=seconds,
    )


def _inside(one: Cover, spans: Sequence[Span]) -> bool:
    return any(start <= one.time < end for start, end in spans)


def quality(name: str, cases: Sequence[Case]) -> tuple[list[Figure], dict[str, dict[str, float]]]:
    outcomes = {case.name: judged(case) for case in cases}
    covers = sum(one.covers for one in outcomes.values())
    bad = sum(one.bad for one in outcomes.values()) / covers
    alike = sum(one.alike for one in outcomes.values()) / covers
    shown = sum(one.scenes_shown for one in outcomes.values()) / sum(one.scenes for one in outcomes.values())
    figures = [
        Figure(f"bad_cover_rate, {name}", bad, reach=0.0, aim=0.0, higher=False, note=f"{covers} covers"),
        Figure(f"alike_rate, {name}", alike, reach=0.0, aim=0.0, higher=False),
        Figure(f"scenes_shown, {name}", shown, reach=0.8, aim=1.0, note="as many covers as scenes, at least 3"),
    ]
    return figures, {key: vars(one) for key, one in outcomes.items()}


def speed(folder: Path) -> list[Figure]:
    part = making.picture(folder / "part.mp4", SPEED_SHOTS, size=(1920, 1080), crf=23)
    video = repeated(part.path, folder / "long.mp4", REPEATS)
    length = float(probe.probe(video).duration or 0)
    works = (lambda: decoded(video), lambda: _covered(video, "still"), lambda: _covered(video, "gif"))
    wall, cpu = least(*works)
    real = {"decoding, times real time": length / wall[0], "covers, times real time": length / wall[1]}
    return [
        Figure("time_to_decode_time", wall[1] / wall[0], reach=0.5, aim=0.1, higher=False, beside=real),
        Figure("cpu_to_decode_cpu", cpu[1] / cpu[0], reach=0.5, aim=0.1, higher=False),
        Figure("gif_time_to_decode_time", wall[2] / wall[0], reach=0.5, aim=0.25, higher=False),
    ]


def _covered(video: Path, model: str) -> None:
    cover(CoverParams(video=str(video), model=model), Context.local(phases=cover.phases))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures, more = quality("made", made_cases(folder))
        soft, cases = quality("mostly blurred", soft_cases(folder))
        figures, more = figures + soft, more | cases
        clips = Path(given.data) / "video"
        if clips.is_dir():
            real, cases = quality("real", real_cases(clips))
            figures, more = figures + real, more | cases
        figures += speed(folder)
    record("video.cover", figures, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
