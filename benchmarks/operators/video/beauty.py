"""`video.beauty`: does only the face change, does it flicker, is skin still skin, and what does it cost?

    python -m benchmarks.operators.video.beauty [--json FILE] [--sheets DIR]

Films are drawn heads (four tones of skin, grain) and, with the shared media (REELWRIGHT_DATA), photographs before a
moving camera with grain, and real clips. "Outside" is what lies farther from a face than half its breadth again, by
boxes of another run of the detector. Flicker is the mean absolute difference from frame to frame of what was added to
a face; of moving photographs the known motion is taken out first. Everything is measured on the encoded file
(quality `high`), and what encoding alone does, the floor, is taken from it: as a difference of the change outside, and
of the squares for flicker, for it adds up like noise. Beside it: what was measured; the floor; and the usual recipe, a
cascade in every frame, a fixed box of CrCb as skin, OpenCV's bilateral filter and more light, less the floor too.
Times are the least of three turns at quality `normal`.
`talking_head` was not looked at until all constants were chosen; `woman_turning` only to see that its track holds.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from benchmarks.timing import Installed, least
from reelwright.kernels import faces, landmarks, reshaping
from reelwright.media import encode, frames, images, making, planes, probe
from reelwright.media.making import portraits
from reelwright.models import face_mesh
from reelwright.operators import Context
from reelwright.operators.video.beauty import BeautyParams, BeautyResult, beauty

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
WEIGHTS = DATA / "models" / "yunet_n_640_640.onnx"
COMMAND = "python -m benchmarks.operators.video.beauty"
PHOTOS = {
    "astronaut": ("face_astronaut.png", 1.5, (230, 190)),
    "obama": ("face_obama_official_720p.jpg", 1.0, (640, 330)),
}
CLIPS = {"woman_turning": "face_woman_turning.mp4", "talking_head": "greenscreen_talking_head.mp4"}
CLIPS |= {"sign_book": "sign_book.mkv", "juggle": "juggle.mp4", "three": "faces_three_standing.mp4"}
SIZE, RATE, FRAMES = (1280, 720), 30, 45
MOST_FRAMES = 120  # of a real clip
TONES = {"fair": portraits.FAIR, "tan": portraits.TAN, "brown": portraits.BROWN, "dark": portraits.DARK}
SKIN = ((0, 133, 77), (255, 173, 127))  # the box of YCrCb in circulation

Gray = NDArray[np.float32]
Mask = NDArray[np.bool_]


MODELS = Installed(WEIGHTS)


@dataclass(frozen=True)
class Film:
    """`motions`: for each frame the matrix [2, 3] that a photograph was shown by; empty for real motion."""

    name: str
    path: Path
    motions: tuple[NDArray[np.float32], ...] = ()


def photo(name: str, path: Path, *, moves: bool) -> Film:
    file, zoom, (x, y) = PHOTOS[name]
    picture, random = images.load(DATA / "image" / file).astype(np.float32), np.random.default_rng(0)
    motions = []
    for number in range(FRAMES):
        across, down = (16 * np.sin(number / 15), 9 * np.sin(number / 11)) if moves else (0, 0)
        scale = zoom * (1 + 0.03 * np.sin(number / 25) * moves)
        left, top = SIZE[0] / 2 - scale * x + across, SIZE[1] / 2 - scale * y + down
        motions.append(np.array([[scale, 0, left], [0, scale, top]], np.float32))

    def shown() -> Iterator[NDArray[np.uint8]]:
        for motion in motions:
            rgb = cv2.warpAffine(picture, motion, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
            yield np.clip(rgb + random.normal(0, 1.5, (*rgb.shape[:2], 1)), 0, 255).astype(np.uint8)

    return Film(
        f"{name}-{'moving' if moves else 'still'}",
        making.write_video(path, shown(), size=SIZE, fps=RATE, crf=14),
        tuple(motions),
    )


def real(name: str, path: Path) -> Film:
    """The clip's beginning, as it is."""
    media = probe.with_video(DATA / "video" / CLIPS[name])
    assert media.video is not None
    source = DATA / "video" / CLIPS[name]
    with encode.Writer(path, encode.Picture.like(media.video), quality="high") as writer:
        for frame in frames.stream(source):
            if frame.index < MOST_FRAMES:
                writer.write(frame.raw)
    return Film(name, path)


def films(folder: Path) -> Iterator[Film]:
    for name, tone in TONES.items():
        head = portraits.Head(breadth=0.4, tone=tone, sway=0.04)
        made = portraits.portrait(folder / f"{name}.mp4", (head,), seconds=1.5, size=SIZE, fps=RATE, grain=1.5)
        yield Film(f"drawn-{name}", made.path)
    if WEIGHTS.exists():
        for name in PHOTOS:
            for moves in (False, True):
                yield photo(name, folder / f"{name}-{moves}.mp4", moves=moves)
        for name in CLIPS:
            yield real(name, folder / f"{name}.mp4")


# What is compared


def ours(film: Film, folder: Path, **given: object) -> BeautyResult:
    context = Context.local(out=folder / f"{film.name}-ours", models=MODELS)
    return beauty(BeautyParams.model_validate({"video": str(film.path), "quality": "high", **given}), context)


def again(
    film: Film,
    path: Path,
    change: Callable[[frames.Frame], planes.Planes] | None = None,
    quality: encode.Quality = "high",
) -> Path:
    """Decoded and encoded, with `change` making the pictures in between."""
    media = probe.with_video(film.path)
    assert media.video is not None
    with encode.Writer(path, encode.Picture.like(media.video), quality=quality, beside=film.path) as writer:
        for frame in frames.stream(film.path):
            if change is None:
                writer.write(frame.raw)
            else:
                writer.write_planes(change(frame), frame.raw)
    return path


class Recipe:
    """What one finds when one looks for skin smoothing with OpenCV."""

    def __init__(self) -> None:
        self._find = faces.frontal()

    def __call__(self, frame: frames.Frame) -> planes.Planes:
        rgb, (width, height) = frame.rgb.copy(), frame.size
        scale = 400 / max(width, height)
        for face in self._find(frame.small(round(width * scale), round(height * scale))):
            x, y, wide, tall = (round(one / scale) for one in (face.x, face.y, face.width, face.height))
            part = rgb[y : y + tall, x : x + wide]
            skin = cv2.inRange(cv2.cvtColor(part, cv2.COLOR_RGB2YCrCb), *(np.array(one) for one in SKIN))
            smooth = cv2.bilateralFilter(part, 15, 40, 40).astype(np.float32)
            share = cv2.GaussianBlur(skin, (0, 0), 3)[..., None] / np.float32(255)
            part[...] = np.clip(part + share * (smooth + 6 - part), 0, 255).astype(np.uint8)
        matrix = frames.matrix_of(int(frame.raw.colorspace), width, height)
        span = int(frame.raw.color_range) or 1
        return planes.from_rgb(np.ascontiguousarray(rgb[: height & ~1, : width & ~1]), matrix, span)


# What is measured


def lumas(path: Path | str) -> list[Gray]:
    return [frame.gray.astype(np.float32) for frame in frames.stream(path)]


def boxes(film: Film) -> list[list[faces.Face]]:
    """The faces of every frame, by the network on pictures 640 wide; of drawn ones, by the cascade."""
    find = faces.yunet(WEIGHTS) if WEIGHTS.exists() else faces.frontal()
    found = []
    for frame in frames.stream(film.path):
        scale = min(1.0, 640 / max(frame.size))
        here = find(frame.small(round(frame.size[0] * scale), round(frame.size[1] * scale)))
        found.append([one.scaled(1 / scale) for one in here if one.score > 0.5])
    return found


def drawn(shape: Sequence[int], here: list[faces.Face], grown: float) -> Mask:
    mask = np.zeros(shape, np.uint8)
    for one in here:
        middle = (round(one.x + one.width / 2), round(one.y + one.height / 2))
        axes = (round(one.width * grown / 2), round(one.height * grown / 2))
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 1, -1)
    return mask > 0


def outside(before: list[Gray], after: list[Gray], seen: list[list[faces.Face]]) -> float:
    """Mean change beyond the faces, of frames in which there are some."""
    off = [
        float(np.abs(b - a)[~drawn(a.shape, here, 2.0)].mean())
        for a, b, here in zip(before, after, seen, strict=True)
        if here
    ]
    return float(np.mean(off)) if off else 0.0


def flicker(film: Film, before: list[Gray], after: list[Gray], here: list[faces.Face]) -> float:
    """In the coordinates of the first frame."""
    added = []
    first = np.vstack([film.motions[0], [0, 0, 1]])
    for a, b, motion in zip(before, after, film.motions, strict=True):
        to_here = np.vstack([motion, [0, 0, 1]]) @ np.linalg.inv(first)
        shape = (a.shape[1], a.shape[0])
        added.append(cv2.warpAffine(b - a, to_here[:2], shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
    face = drawn(before[0].shape, here, 0.9)
    return float(np.mean([np.abs(b - a)[face].mean() for a, b in pairwise(added)]))


def beyond(measured: float, floor: float) -> float:
    """What is left of a fluctuation without that of the encoding."""
    return float(np.sqrt(max(0.0, measured**2 - floor**2)))


def motion_asked(film: Film, folder: Path) -> dict[str, float]:
    """For each key of shape the share of the asked way that edges in the picture went, the median of its landmarks."""
    before = next(frames.stream(film.path))
    mesh = mesh_of(before)
    told = {}
    for key in reshaping.KEYS:
        result = ours(film, folder, smooth=0, whiten=0, detail=0, **{key: 100})
        after = next(frames.stream(result.video))
        grays = [np.ascontiguousarray(one.gray) for one in (before, after)]
        flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*grays, None)
        steps = reshaping.steps(mesh, {key: 1.0})[: landmarks.COUNT]
        long = np.hypot(*steps.T)
        far = np.flatnonzero(long > 0.6 * long.max())
        seen = [flow[tuple(np.round(mesh[one][::-1]).astype(int))] for one in far]
        told[key] = float(np.median([a @ b / (b @ b) for a, b in zip(seen, steps[far], strict=True)]))
    return told


def mesh_of(frame: frames.Frame) -> landmarks.Points:
    box = faces.yunet(WEIGHTS)(frame.small(640, 360))[0].scaled(2)
    side = round(1.7 * box.height) & ~1
    left, top = max(0, round(box.x + box.width / 2 - side / 2)), max(0, round(box.y + box.height / 2 - side / 2))
    found = face_mesh.mesh(MODELS)(np.ascontiguousarray(frame.rgb[top : top + side, left : left + side]))
    assert found is not None
    return found + np.array([left, top], np.float32)


def features_changed(film: Film, before: list[Gray], after: list[Gray]) -> float:
    """Mean change of eyes, brows and lips by the strongest smoothing."""
    mask = np.zeros(before[0].shape, np.uint8)
    for polygon in landmarks.features(mesh_of(next(frames.stream(film.path)))):
        cv2.fillPoly(mask, [np.round(polygon).astype(np.int32)], 1)
    return float(np.abs(after[0] - before[0])[mask > 0].mean())


# The figures


def measure(film: Film, folder: Path, sheets: Path | None) -> list[Figure]:
    result = ours(film, folder)
    floor, recipe = again(film, folder / "floor.mp4"), again(film, folder / "recipe.mp4", Recipe())
    before, after, plain, usual = map(lumas, (film.path, result.video, floor, recipe))
    seen = boxes(film)
    own, coding, other = (outside(before, one, seen) for one in (after, plain, usual))
    beside = {"measured": own, "floor": coding, "recipe": other - coding}
    told = sum(bool(one) for one in seen)
    figures = [
        Figure(f"{film.name}: change outside", max(0.0, own - coding), "levels", 1.0, 0.1, False, beside),
        Figure(f"{film.name}: frames done", result.frames_with_faces / max(1, told), note="to those with a face seen"),
        Figure(f"{film.name}: skin lift", result.skin_lift, "levels"),
    ]
    if not film.name.startswith("drawn"):
        figures.append(Figure(f"{film.name}: texture kept", result.texture_kept, "", 0.8, 0.9))
    if film.motions:
        own, coding, other = (flicker(film, before, one, seen[0]) for one in (after, plain, usual))
        beside = {"measured": own, "floor": coding, "recipe": beyond(other, coding)}
        figures.append(Figure(f"{film.name}: flicker", beyond(own, coding), "levels", 1.0, 0.5, False, beside))
    if sheets:
        step = max(1, len(before) // 8)
        rgb = [[one.small(480, 270) for one in frames.stream(path)][::step] for path in (film.path, result.video)]
        images.save(
            images.contact_sheet([one for pair in zip(*rgb, strict=True) for one in pair]), sheets / f"{film.name}.jpg"
        )
    return figures


def costs(film: Film, folder: Path) -> list[Figure]:
    wall, cpu = least(
        lambda: again(film, folder / "floor.mp4", quality="normal"),
        lambda: ours(film, folder, quality="normal"),
        lambda: ours(film, folder, quality="normal", face_thin=30, eye_size=30),
        lambda: again(film, folder / "recipe.mp4", Recipe(), quality="normal"),
    )
    beside = {"recipe": cpu[3] / cpu[0], "wall": wall[1] / wall[0]}
    note = "720p, one face, landmarks"
    return [
        Figure("CPU to the floor: skin", cpu[1] / cpu[0], "", 2.0, 1.5, False, beside, note),
        Figure("CPU to the floor: skin and shape", cpu[2] / cpu[0], "", 2.5, 2.0, False, None, note),
    ]


def strengths(film: Film, folder: Path) -> list[Figure]:
    """At full strength, and of the keys of shape."""
    strong = ours(film, folder, smooth=100, whiten=0, detail=0)
    changed = features_changed(film, lumas(film.path), lumas(strong.video))
    floor = features_changed(film, lumas(film.path), lumas(again(film, folder / "floor.mp4")))
    shapes = motion_asked(film, folder)
    beside = {"floor": floor}
    return [
        Figure("full smoothing: texture kept", strong.texture_kept, "", 0.4),
        Figure("full smoothing: eyes, brows, lips", changed, "levels", 2.0, None, False, beside),
        Figure("shape: least share of the asked way", min(shapes.values()), "", 0.4, None, True, shapes),
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
        chosen = [film for film in films(Path(name)) if asked.only in film.name]
        figures = [figure for film in chosen for figure in measure(film, Path(name), asked.sheets)]
        lead = next((film for film in chosen if film.name == "obama-moving"), None)
        if lead is not None and face_mesh.is_installed():
            figures += strengths(lead, Path(name)) + costs(lead, Path(name))
    record("video.beauty", figures, command=COMMAND, path=asked.json)


if __name__ == "__main__":
    main()
