"""`video.portrait`: is the subject in view, how calm is the camera, and what does it cost?

    python -m benchmarks.operators.video.portrait [--json FILE] [--sheets DIR]

Where each result frame was cut from is found by comparing pixels with the source, not asked of the operator. A
frame counts as kept when every true box lies in the window (5 % of its width may stick out). Beside it: a crop of
the middle, and the best crop of each frame alone by spectral-residual saliency. Jerk is the mean third difference
of the window's edge, against a crop that is centred on the true box in each frame. The floor of the time is a
crop of the middle with the same decoder and encoder in the same run, best of three; modules and detectors are warm,
as in a worker. `--sheets` writes before/after contact sheets to look at. Without the shared media (REELWRIGHT_DATA)
only made videos are used.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from benchmarks.timing import Installed, least
from reelwright.kernels import camera, faces, saliency
from reelwright.media import encode, frames, images, making, planes, probe
from reelwright.models.port import BUILTIN, NoModels, Provider
from reelwright.operators import Context
from reelwright.operators.video.portrait import PortraitParams, PortraitResult, portrait

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
WEIGHTS = DATA / "models" / "yunet_n_640_640.onnx"
COMMAND = "python -m benchmarks.operators.video.portrait"
SHARE = 9 / 16
OUTSIDE = 0.05  # of a box that may stick out: detectors do not agree closer on where a face ends
EVERY = 6  # frames between those of which a detector tells the truth

Edges = NDArray[np.float64]
Truth = dict[int, list[tuple[float, float]]]
"""Frame number -> (low, high) of each thing that must be seen, in pixels."""


@dataclass(frozen=True)
class Clip:
    name: str
    path: Path
    truth: Truth
    has_faces: bool


def clips(folder: Path) -> Iterator[Clip]:
    for name, seed, size, seconds in (("walk-360p", 0, (640, 360), 6.0), ("walk-1080p", 1, (1920, 1080), 8.0)):
        shots = (making.Shot("scene", seconds / 2), making.Shot("scene", seconds / 2))
        made = making.picture(folder / f"{name}.mp4", shots, size=size, fps=30, seed=seed)
        boxes = {number: [(box.x, box.x + box.width)] for number, box in enumerate(made.boxes) if box}
        yield Clip(name, made.path, boxes, has_faces=False)
    if WEIGHTS.exists():
        yield from real_clips()


def real_clips() -> Iterator[Clip]:
    video = DATA / "video"
    told = json.loads((video / "greenscreen_talking_head_faces.json").read_text())
    step, boxes = told["every_frames"], told["face_xywh_score"]
    head = {number * step: [spread(box)] for number, box in enumerate(boxes) if box and box[2] > 0}
    yield Clip("talking-head", video / "greenscreen_talking_head.mp4", head, has_faces=True)
    told = json.loads((video / "faces_three_standing.json").read_text())["faces_xywh_score"]
    three = {number: [spread(box) for box in group] for number, group in enumerate(told)}
    yield Clip("three-people", video / "faces_three_standing.mp4", three, has_faces=True)
    for name in ("dog_training", "juggle"):
        yield Clip(name, video / f"{name}.mp4", detected(video / f"{name}.mp4"), has_faces=True)


def spread(box: list[float]) -> tuple[float, float]:
    return box[0], box[0] + box[2]


def detected(path: Path) -> Truth:
    """The surest face of every sixth frame, by the network on pictures 640 wide."""
    find, truth = faces.yunet(WEIGHTS), {}
    for frame in frames.stream(path):
        if frame.index % EVERY:
            continue
        factor = frame.size[0] / 640
        found = find(frame.small(640, round(frame.size[1] / factor)))
        if found and (best := max(found, key=lambda one: one.score)).score >= 0.8:
            truth[frame.index] = [(best.x * factor, (best.x + best.width) * factor)]
    return truth


WARM = {"model": Installed(WEIGHTS), "builtin": NoModels()}
"""Detectors stay loaded from run to run, as they do in a worker."""


def run(clip: Clip, tier: str, out: Path) -> PortraitResult:
    provider = Provider("yunet", "model") if tier == "model" else BUILTIN
    context = Context.local(
        phases=portrait.phases, out=out / f"{clip.name}-{tier}", models=WARM[tier], provider=provider
    )
    return portrait(PortraitParams(video=str(clip.path)), context)


def located(clip: Clip, result: PortraitResult) -> tuple[Edges, Edges]:
    """For each frame the window's low and high edge in the source, by template matching."""
    low, high = [], []
    part = 2 if result.width > 300 else 1
    for before, after in zip(frames.stream(clip.path), frames.stream(result.video), strict=True):
        shot = next((one for one in reversed(result.shots) if one.start <= before.time), result.shots[0])
        scale = result.width / shot.window / part
        wide, tall = before.size
        large = before.small_gray(round(wide * scale), round(tall * scale))
        small = after.small_gray(result.width // part, result.height // part)
        inner = min(large.shape[0], small.shape[0]) // 2 * 2 - 4
        middle = [slice((one.shape[0] - inner) // 2, (one.shape[0] + inner) // 2) for one in (large, small)]
        width = min(small.shape[1], large.shape[1])
        score = cv2.matchTemplate(large[middle[0]], small[middle[1], :width], cv2.TM_SQDIFF)
        at = float(score.min(axis=0).argmin()) / scale
        low.append(at)
        high.append(at + shot.window)
    return np.array(low), np.array(high)


def kept(truth: Truth, low: Edges, high: Edges) -> float:
    inside = [
        all(a >= low[number] - OUTSIDE * (b - a) and b <= high[number] + OUTSIDE * (b - a) for a, b in boxes)
        for number, boxes in truth.items()
        if number < len(low)
    ]
    return float(np.mean(inside))


def by_saliency(clip: Clip, window: float) -> Edges:
    """The best crop of each frame alone: where a window holds most of the spectral residual."""
    found = []
    for frame in frames.stream(clip.path):
        columns = saliency.spectral_residual(frame.small_gray(160, 90)).sum(axis=0)
        heap = np.concatenate([[0], columns.cumsum()])
        wide = round(160 * window / frame.size[0])
        found.append(float((heap[wide:] - heap[:-wide]).argmax()) * frame.size[0] / 160)
    return np.array(found)


def plain_path(truth: Truth, count: int) -> Edges:
    numbers = sorted(truth)
    return np.interp(range(count), numbers, [sum(truth[one][0]) / 2 for one in numbers])


def centre_crop(clip: Clip, path: Path) -> None:
    media = probe.with_video(clip.path)
    assert media.video is not None
    picture = encode.Picture.like(media.video)
    width = round(picture.height * SHARE / 2) * 2
    at = (picture.width - width) // 2
    with encode.Writer(path, picture.sized(width, picture.height), beside=clip.path) as writer:
        for frame in frames.stream(clip.path):
            whole = planes.of(planes.to_planar(frame.raw, picture.pixels))
            writer.write_planes(planes.crop(whole, at, 0, width, picture.height), frame.raw)


def sheet(clip: Clip, result: PortraitResult, path: Path) -> None:
    pairs = []
    step = max(1, result.frames // 16)
    for before, after in zip(frames.stream(clip.path), frames.stream(result.video), strict=True):
        if before.index % step == 0:
            pairs += [before.small(320, 180), after.small(round(180 * result.width / result.height), 180)]
    images.save(images.contact_sheet(pairs, columns=8), path)


def measure(clip: Clip, folder: Path, sheets: Path | None) -> list[Figure]:
    tier = "model" if clip.has_faces else "builtin"
    result = run(clip, tier, folder)
    low, high = located(clip, result)
    wide, tall = probe.with_video(clip.path).video.shown
    window = tall * SHARE
    middle = np.full(len(low), (wide - window) / 2)
    alone = by_saliency(clip, window)
    plain = plain_path(clip.truth, len(low))
    wall, cpu = least(lambda: centre_crop(clip, folder / "floor.mp4"), lambda: run(clip, tier, folder))
    if sheets:
        sheet(clip, result, sheets / f"{clip.name}.jpg")
    note = f"{tier}; {', '.join(sorted({f'{shot.mode} by {shot.subject}' for shot in result.shots}))}"
    beside = {"centre": kept(clip.truth, middle, middle + window), "saliency": kept(clip.truth, alone, alone + window)}
    calm = {"per frame on the truth": camera.jerk(plain), "saliency": camera.jerk(alone)}
    ratio = result.path_jerk / max(camera.jerk(plain), 1e-9)
    return [
        Figure(f"{clip.name}: subject kept", kept(clip.truth, low, high), "", 0.98, 1.0, beside=beside, note=note),
        Figure(f"{clip.name}: jerk ratio", ratio, "", 1 / 3, 0.1, higher=False, beside=calm),
        Figure(f"{clip.name}: time ratio", wall[1] / wall[0], "", 1.5, 1.15, higher=False, beside={"floor s": wall[0]}),
        Figure(f"{clip.name}: CPU ratio", cpu[1] / cpu[0], higher=False, beside={"floor s": cpu[0]}),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    if asked.sheets:
        asked.sheets.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        chosen = [clip for clip in clips(Path(name)) if asked.only in clip.name]
        figures = [figure for clip in chosen for figure in measure(clip, Path(name), asked.sheets)]
    record("video.portrait", figures, command=COMMAND, path=asked.json)


if __name__ == "__main__":
    main()
