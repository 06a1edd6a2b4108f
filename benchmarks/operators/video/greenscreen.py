"""`video.greenscreen`: how near is the matte to the true one, and what does it cost?

    python -m benchmarks.operators.video.greenscreen [--json FILE] [--sheets DIR] [--only NAME]

Mattes are compared with the truth by the mean absolute difference of alpha (MAD, 0-1), on the frames as they are
decoded. Beside ours stands ffmpeg's `chromakey` on the same frames, with colour, similarity and blend chosen on the
truth of each clip by a grid search; ours is told nothing. Clips marked "held out" are of kinds, colours, light and
sizes that ours was not tuned on: the lemur before another screen, blur by motion, a lamp's spot, a magenta screen,
dense hair under a falling exposure; of the hard things of `making.studio` those that no constant was chosen on. The
keying stage is timed in memory in turns with the filter, at its quickest settings; CPU seconds count the threads of
both. Ours keeps what hardly changes from frame to frame: one picture again and again, and frames that sway by two
pixels under grain of their own, are timed apart. The figures of files come from the whole operator: alpha decoded
again from VP9 and ProRes, light spilled on the figure before and after, and time against decoding and encoding
alone. `--sheets` writes contact sheets to look at, also of the talking head, which has no truth. Without the shared
media (REELWRIGHT_DATA) only made clips are used.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.chromakey import Chromakey, opaque
from benchmarks.recording import Figure, record
from benchmarks.timing import least, recoded
from reelwright.kernels import keying
from reelwright.kernels import plate as plates
from reelwright.kernels.one_core import one_core
from reelwright.media import frames, images, making, planes
from reelwright.media.making import screens, studio
from reelwright.operators import Context
from reelwright.operators.video.greenscreen import GreenscreenParams, GreenscreenResult, greenscreen

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
LEMUR = DATA / "image" / "greenscreen_lemur.png"
LEMUR_ALPHA = LEMUR.with_name("greenscreen_lemur_alpha.png")
HEAD = DATA / "video" / "greenscreen_talking_head.mp4"
COMMAND = "python -m benchmarks.operators.video.greenscreen"
REACH, AIM = 10.0, 20.0  # times as fast as the filter
HALF, LEAD = 0.5, 1.0  # of the filter's MAD: asked for on the lemur, and what to keep to elsewhere
BT601 = 6
GRAIN = 3.0  # levels, on the lemur's second screen
FINE_GRAIN = 1.5  # on frames that sway
SWAYS = 8  # frames to one side
TURNS, BATCH = 12, 3  # frames at a time
GROUND = (200, 60, 160)

Alpha = NDArray[np.floating]


@dataclass(frozen=True)
class Clip:
    """Frames and their true alphas; `path` where there is a file."""

    name: str
    pictures: list[plates.Picture]
    alphas: list[Alpha]
    held_out: bool = False

    @property
    def size(self) -> tuple[int, int]:
        high, wide = self.alphas[0].shape
        return wide, high


def clips(folder: Path) -> Iterator[Clip]:
    if LEMUR.exists():
        yield from lemurs(folder)
    yield made(folder, "green")
    yield made(folder, "blue", colour=screens.BLUE)
    yield made(folder, "blond-uneven", uneven=0.5, hair=(205, 175, 110))
    yield made(folder, "grainy", grain=6.0)
    yield made(folder, "spilled", spill=0.12)
    yield made(folder, "smeared", held_out=True, seed=21, smear=12, colour=(20, 150, 50))
    spot = {"colour": (0, 177, 64), "uneven": 0.5, "spot": 0.35, "grain": 4.0}
    yield made(folder, "lamp-spot", held_out=True, seed=22, crf=22, **spot)
    magenta = {"colour": (190, 40, 150), "hair": (205, 175, 110)}
    yield made(folder, "magenta", held_out=True, seed=23, **magenta)
    dense = {"strands": 220, "hair": (38, 30, 28), "exposure": (1.0, 0.55), "uneven": 0.4}
    yield made(folder, "dense-hair-dimming", held_out=True, seed=24, size=(960, 540), crf=23, **dense)
    yield from hard(folder)


def hard(folder: Path) -> Iterator[Clip]:
    """Things that are hard to key before screens that are hard to key."""
    person, blue, lime = studio.person, screens.BLUE, (165, 190, 45)
    yield staged(folder, "glass", studio.glass, uneven=0.3, spill=0)
    yield staged(folder, "smoke", studio.smoke, crf=18, spill=0)
    yield staged(folder, "red fan before blue", studio.fan, colour=blue, crf=22)
    yield staged(folder, "wires before lime", studio.wires, colour=lime, crf=23, spill=0, seed=6)
    yield staged(folder, "leaves before blue", studio.leaves, colour=blue, seed=11)
    yield staged(
        folder, "blue coat, walls beside", person(coat=(60, 75, 120)), colour=(30, 60, 200), width=0.75, seed=10
    )
    yield staged(folder, "marks, ten bits", person(), pixels="yuv420p10le", marks=0.5, size=(360, 640), crf=22)
    yield staged(folder, "creases, full range", person(), full_range=True, creases=0.35, crf=26)
    yield staged(folder, "close by", person(near=2.1), crf=22)
    yield staged(folder, "far, dark, grainy", person(near=0.35), colour=(20, 90, 34), grain=7)
    auburn = {"colour": (0, 170, 110), "uneven": 0.45, "grain": 4.0, "crf": 24, "size": (960, 540), "seed": 31}
    yield staged(folder, "auburn, red coat", person((150, 40, 40), (120, 60, 40)), held_out=True, **auburn)
    yield staged(folder, "smoke before lime", studio.smoke, held_out=True, colour=lime, crf=22, spill=0, seed=32)
    yield staged(folder, "red fan, creases", studio.fan, held_out=True, creases=0.2, crf=26, seed=33)
    yield staged(folder, "wires, shadow", studio.wires, held_out=True, colour=blue, shadow=0.3, spill=0, seed=34)
    dim = {"colour": (20, 40, 110), "pixels": "yuv420p10le", "marks": 0.3, "seed": 37}
    yield staged(folder, "far before dim blue", person(near=0.5), **dim)
    green = {"seed": 41, "crf": 22, "uneven": 0.3}
    yield staged(folder, "green coat", person((70, 120, 70)), held_out=True, **green)
    sky = {"colour": (20, 120, 200), "seed": 36}
    yield staged(folder, "leaves before sky blue", studio.leaves, held_out=True, crf=22, **sky)
    yield staged(folder, "glass before lime", studio.glass, held_out=True, colour=lime, spill=0, seed=38)
    if LEMUR.exists():
        rgb, alpha = images.load(LEMUR), images.load(LEMUR_ALPHA)[..., 0] / np.float32(255)
        lemur = studio.cut_out(unmixed(rgb, alpha), alpha)
        yield staged(folder, "lemur before lime", lemur, colour=lime, size=(680, 440), crf=23, uneven=0.35)
        yield staged(folder, "lemur, creases", lemur, size=(680, 440), creases=0.35)
        more = {**sky, "size": (680, 440), "creases": 0.15, "full_range": True}
        yield staged(folder, "lemur before sky blue", lemur, held_out=True, crf=24, **more)


def staged(folder: Path, name: str, subject: studio.Subject, held_out: bool = False, **given: object) -> Clip:
    path, stage = folder / f"{name}.mp4", studio.Stage(**given)
    alphas = studio.film(path, subject, stage)
    return Clip(name, [planar(frame.raw) for frame in frames.stream(path)], list(alphas), held_out)


def made(folder: Path, name: str, held_out: bool = False, **given: object) -> Clip:
    own = {"size": (640, 360), "seconds": 0.2, "seed": 11, **given}
    clip = screens.screen(folder / f"{name}.mp4", **own)
    pictures = decoded(clip.path)
    return Clip(name, pictures, [clip.alpha_of(number) for number in range(len(pictures))], held_out)


def decoded(path: Path) -> list[plates.Picture]:
    return [planar(frame.raw) for frame in frames.stream(path)]


def planar(raw: av.VideoFrame) -> plates.Picture:
    y, u, v = (plane.copy() for plane in planes.of(planes.to_planar(raw, "yuv420p")))
    return y, u, v


def lemurs(folder: Path) -> Iterator[Clip]:
    """The picture as it is, encoded, and its animal before an uneven, grainy blue screen that it never stood at."""
    rgb = images.load(LEMUR)
    alpha = images.load(LEMUR_ALPHA)[..., 0] / 255
    y, u, v = planes.from_rgb(rgb, BT601, 1)
    yield Clip("lemur", [(y, u, v)], [alpha])
    size = (rgb.shape[1], rgb.shape[0])
    path = making.write_video(folder / "lemur.mp4", [rgb] * 3, size=size, fps=25, crf=20)
    yield Clip("lemur-h264", decoded(path), [alpha] * 3)
    blue = making.write_video(folder / "blue-lemur.mp4", moved(rgb, alpha), size=size, fps=25, crf=20)
    yield Clip("lemur-before-blue", decoded(blue), [alpha] * 3, held_out=True)


def moved(rgb: images.Picture, alpha: Alpha) -> Iterator[images.Picture]:
    """The foreground unmixed by the truth, and mixed with another screen."""
    part, fore = alpha[..., None], unmixed(rgb, alpha)
    y, x = np.mgrid[-1 : 1 : alpha.shape[0] * 1j, -1 : 1 : alpha.shape[1] * 1j]
    light = 1 - 0.22 * (x + 0.4) ** 2 - 0.15 * (y - 0.3) ** 2 + 0.06 * np.sin(2 * x + y)
    screen = np.array((36, 84, 196)) * light[..., None]
    random = np.random.default_rng(5)
    for _ in range(3):
        noisy = part * fore + (1 - part) * screen + random.normal(0, GRAIN, rgb.shape)
        yield np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def unmixed(rgb: images.Picture, alpha: Alpha) -> NDArray[np.float32]:
    """The foreground's own colours."""
    part, empty, window = alpha[..., None], (alpha == 0).astype(np.float32), (151, 151)
    old = cv2.blur(rgb * empty[..., None], window) / np.maximum(cv2.blur(empty, window), 1e-3)[..., None]
    # Where hardly anything covers a pixel its colour is that of its neighbours.
    weight = np.where(part > 0.4, part, 0).astype(np.float32)
    own = np.clip((rgb - (1 - part) * old) / np.maximum(part, 0.4), 0, 255)
    near = cv2.blur(own * weight, (15, 15)) / np.maximum(cv2.blur(weight, (15, 15)), 1e-3)[..., None]
    return np.where(part > 0.4, own, near).astype(np.float32)


# Ours


def small(picture: plates.Picture) -> plates.Picture:
    y, u, v = picture
    return images.resized(y, u.shape[1], u.shape[0]), u, v


def keyer(clip: Clip) -> keying.Keyer:
    few = [small(one) for one in clip.pictures]
    found = plates.find_key(few)
    assert found is not None
    assert plates.is_screen(found), f"no screen was found in {clip.name}"
    plate = plates.Plate.fitted(few, found.key)
    assert plate is not None
    made = keying.Keyer(plate, clip.size)
    made.calibrate(clip.pictures)
    return made


def ours(clip: Clip) -> list[Alpha]:
    found = keyer(clip)
    return [1 - found.matte(*one).screen / 255 for one in clip.pictures]


# The peer


def colours(clip: Clip) -> Iterator[tuple[int, int, int]]:
    """The screen's colour by the truth, and some around it."""
    empty = cv2.resize(clip.alphas[0].astype(np.float32), clip.pictures[0][1].shape[::-1]) == 0
    u, v = (float(np.median(plane[empty])) - 128 for plane in clip.pictures[0][1:])
    for strength in (0.7, 0.85, 1.0, 1.2, 1.5, 1.9):
        for turn in (-0.12, 0.0, 0.12):
            both = complex(u, v) * strength * np.exp(1j * turn)
            yield 128, int(np.clip(round(both.real) + 128, 0, 255)), int(np.clip(round(both.imag) + 128, 0, 255))


def tuned(clip: Clip) -> tuple[float, Chromakey]:
    """The least MAD over a grid, then over a finer one around its best."""
    shown = [opaque(one) for one in clip.pictures[:2]]

    def off(colour: tuple[int, int, int], similarity: float, blend: float) -> float:
        key = Chromakey(clip.size, colour, round(similarity, 5), round(blend, 5))
        return float(np.mean([np.abs(key.alpha(a) - b).mean() for a, b in zip(shown, clip.alphas, strict=False)]))

    def best(grid: list[tuple[tuple[int, int, int], float, float]]) -> tuple[tuple[int, int, int], float, float]:
        return min(grid, key=lambda one: off(*one))

    steps = (0.02, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25)
    colour, similarity, blend = best([(c, s, b) for c in colours(clip) for s in steps for b in (0.03, 0.08, 0.15)])
    for step in (0.02, 0.01, 0.005):
        near = [step * turn for turn in (-2, -1, 0, 1, 2)]
        around = [(colour, max(similarity + a, 1e-4), max(blend + b, 0.0)) for a in near for b in near]
        colour, similarity, blend = best(around)
    return off(colour, similarity, blend), Chromakey(clip.size, colour, round(similarity, 5), round(blend, 5))


def quality(clip: Clip) -> Figure:
    found = ours(clip)
    mad = float(np.mean([np.abs(a - b).mean() for a, b in zip(found, clip.alphas, strict=True)]))
    peer, _ = tuned(clip)
    name, beside = f"{clip.name}: MAD to tuned chromakey", {"ours": mad, "chromakey": peer}
    reach, aim = (HALF, None) if clip.name == "lemur" else (LEAD, HALF)
    note = "held out" if clip.held_out else "looked at while building"
    return Figure(name, mad / peer, "", reach, aim, higher=False, beside=beside, note=note)


# Speed


def stage(clip: Clip, sways: bool = False) -> Iterator[Figure]:
    """The matte of one frame, without decoding, mixing or encoding."""
    key, picture = keyer(clip), clip.pictures[-1]
    _, peer = tuned(Clip(clip.name, [picture], [clip.alphas[-1]]))
    shown, pictures = opaque(picture), cycle(swaying(picture) if sways else [picture])
    works = (lambda: [key.matte(*next(pictures)) for _ in range(BATCH)], lambda: [peer(shown) for _ in range(BATCH)])
    with one_core():  # as in the operator
        wall, cpu = ([1000 * one / BATCH for one in clock] for clock in least(*works, turns=TURNS))
    name = f"keying at {clip.size[0]}x{clip.size[1]} ({clip.name}{', swaying' if sways else ''})"
    times = {"ours ms": cpu[0], "chromakey ms": cpu[1]}
    yield Figure(f"{name}: CPU speed to chromakey", cpu[1] / cpu[0], "x", REACH, AIM, beside=times)
    times = {"ours ms": wall[0], "chromakey ms": wall[1]}
    note = f"chromakey works on all {os.cpu_count()} cores"
    yield Figure(f"{name}: wall speed to chromakey", wall[1] / wall[0], "x", beside=times, note=note)


def swaying(picture: plates.Picture) -> list[plates.Picture]:
    """The picture to one side and back, by a pixel of chroma a frame; each frame has grain of its own."""
    random, found = np.random.default_rng(6), []
    for by in (*range(SWAYS), *range(SWAYS, 0, -1)):
        moved = []
        for plane, step in zip(picture, (2, 1, 1), strict=True):
            columns = np.maximum(np.arange(plane.shape[1]) - step * by, 0)
            noisy = plane[:, columns] + random.normal(0, FINE_GRAIN * (0.7 if step == 1 else 1), plane.shape)
            moved.append(np.clip(np.round(noisy), 0, 255).astype(np.uint8))
        found.append((moved[0], moved[1], moved[2]))
    return found


def large(clip: Clip, width: int) -> Clip:
    """The frame scaled to another width."""
    factor = width / clip.size[0]
    size = (width, round(clip.size[1] * factor / 2) * 2)
    halves = (size[0] // 2, size[1] // 2)
    sizes = (size, halves, halves)
    y, u, v = (
        np.asarray(cv2.resize(plane, to, interpolation=cv2.INTER_CUBIC), np.uint8)
        for plane, to in zip(clip.pictures[0], sizes, strict=True)
    )
    return Clip(clip.name, [(y, u, v)], [np.asarray(cv2.resize(clip.alphas[0].astype(np.float32), size), np.float32)])


def speeds(folder: Path) -> Iterator[Figure]:
    if LEMUR.exists():
        lemur = next(lemurs(folder))
        for one in (lemur, large(lemur, 1280), large(lemur, 1920)):
            yield from stage(one)
        yield from stage(lemur, sways=True)
    for size in ((1280, 720), (1920, 1080)):
        yield from stage(made(folder, f"figure-{size[0]}", size=size, seconds=0.1))


# The whole operator


def run(path: Path, out: Path, **given: object) -> GreenscreenResult:
    context = Context.local(phases=greenscreen.phases, out=out)
    return greenscreen(GreenscreenParams(video=str(path), **given), context)


def written_alphas(path: str) -> list[Alpha]:
    with av.open(path) as box:
        coder = box.streams.video[0].codec_context
        coder = av.CodecContext.create("libvpx-vp9", "r") if coder.name == "vp9" else coder
        shown = [frame for packet in box.demux(video=0) for frame in coder.decode(packet)]
        return [frame.reformat(format="rgba").to_ndarray()[..., 3] / 255 for frame in shown]


def written(folder: Path) -> Iterator[Figure]:
    clip = screens.screen(folder / "written.mp4", size=(640, 360), seconds=0.6, seed=31)
    for kind in ("webm", "prores"):
        result = run(clip.path, folder / kind, alpha_format=kind)
        found = written_alphas(result.video)
        off = np.mean([np.abs(a - clip.alpha_of(number)).mean() for number, a in enumerate(found)])
        yield Figure(f"{kind} file: MAD of alpha", float(off), higher=False, note="the whole operator, decoded again")
    grey = screens.screen(folder / "grey.mp4", size=(640, 360), seconds=0.3, seed=32, spill=0.25, hair=(60, 60, 60))
    result = run(grey.path, folder / "grey", alpha_format="webm")
    left = result.spill_after / result.spill_before
    yield Figure("spilled light left on the figure", left, higher=False, beside={"before": result.spill_before})


def whole(folder: Path) -> Iterator[Figure]:
    ground = images.save(np.full((720, 1280, 3), GROUND, np.uint8), folder / "ground.png")
    clip = screens.screen(folder / "whole.mp4", size=(1280, 720), seconds=3.0, seed=41)
    wall, cpu = least(
        lambda: recoded(clip.path, folder / "floor.mp4"),
        lambda: run(clip.path, folder / "whole", background=ground),
    )
    note = "75 frames of 1280x720 before a background; finding the screen included"
    yield Figure("whole operator: time to decode+encode", wall[1] / wall[0], higher=False, note=note)
    yield Figure("whole operator: CPU to decode+encode", cpu[1] / cpu[0], higher=False, beside={"floor s": cpu[0]})


# To look at


def sheets(folder: Path, chosen: Sequence[Clip]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for clip in chosen:
        truth, found = clip.alphas[-1], ours(clip)[-1]
        shown = [planes.to_rgb(clip.pictures[-1], BT601, 1)]
        shown += [np.repeat((one * 255).astype(np.uint8)[..., None], 3, 2) for one in (found, truth)]
        images.save(images.contact_sheet(shown, cell=clip.size, columns=3), folder / f"{clip.name}.png")
    if HEAD.exists():
        ground = images.save(np.full((192, 320, 3), GROUND, np.uint8), folder / "ground.png")
        run(HEAD, folder / "head", background=ground, preview=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = [clip for clip in clips(folder) if asked.only in clip.name]
        if asked.sheets:
            sheets(asked.sheets, chosen)
        figures = [quality(clip) for clip in chosen]
        if not asked.only:
            figures += [*speeds(folder), *written(folder), *whole(folder)]
    record("video.greenscreen", figures, command=COMMAND, path=asked.json)


if __name__ == "__main__":
    main()
