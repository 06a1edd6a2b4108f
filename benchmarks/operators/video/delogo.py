"""`video.delogo`: how like the clean film is it where the logo was, and what does it cost?

    python -m benchmarks.operators.video.delogo [--json FILE] [--sheets DIR]

PSNR is taken on luma in the logo's true box, the median over the frames. Beside it, with the true box given to them:
the formula of FFmpeg's `delogo` filter (each pixel the mean of the four border pixels in its row and column, weighted
by nearness; borders smoothed over three pixels) and OpenCV's Telea. The operator is told nothing. Where other moments
show what is behind (a pan) 38 dB is the reach; elsewhere 6 dB over the formula. Clean films must come back without a
logo found. Beside the logo, PSNR against the source is compared with that of a plain decode and encode with the same
settings, which is the floor of the time too; times are CPU seconds, in turns, for machines are shared.

The levels of the operator were set on `logo_static`, `multishot`, `dog_training`, `juggle`, `leaf_deer` and made films;
`rocket`, `chelsea`, the faces and the sign language were kept out. Without the shared media only made films are used.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from reelwright.media import encode, frames, images, probe
from reelwright.media.making import marked
from reelwright.media.making.writing import write_video
from reelwright.operators import Context
from reelwright.operators.video.delogo import DelogoParams, DelogoResult, delogo

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
COMMAND = "python -m benchmarks.operators.video.delogo"
REACH_DB, OVER_FORMULA_DB = 38.0, 6.0
CLEAN = ("coffee.mp4", "dog_training.mp4", "juggle.mp4", "multishot.mp4", "sign_book.mkv")
CLEAN += ("greenscreen_talking_head.mp4", "faces_three_standing.mp4", "face_woman_turning.mp4")
TIMED = ("pan, opaque", "logo_static", "chelsea, slow pan")
DEER = "leaf_deer_4shots_watermark.mp4"
EDGE = 16  # px around the box that the peers see
TIMES, REACH_TIME, AIM_TIME = 2, 3.0, 1.5
DRAWN, FOUND = 12, 0.9  # films of words by seed; part of a word that was restored if it was found
BELOW = 0.6  # of the height: from here on no logo of this benchmark is near

Luma = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Case:
    """`seen`: other moments show what is behind the logo."""

    name: str
    path: Path
    clean: Path
    box: Box
    seen: bool


def cases(folder: Path) -> Iterator[Case]:
    box = (500, 16, 110, 44)
    made: dict[str, tuple[marked.Mark, dict[str, int]]] = {
        "pan, opaque": (marked.Mark(box), {"pan": 3}),
        "pan, half, no card": (marked.Mark(box, 0.5, card=False), {"pan": 2}),
        "pan, half": (marked.Mark(box, 0.5), {"pan": 3}),
        "shots, half": (marked.Mark(box, 0.5), {"pan": 0, "shots": 16}),
        "still, opaque": (marked.Mark(box), {"pan": 0}),
        "pan, half of the film": (marked.Mark(box, 0.6, span=(2.4, 4.8)), {"pan": 2, "shots": 2}),
    }
    for seed, (name, (mark, given)) in enumerate(made.items(), start=41):
        film = marked.marked(folder / f"{seed}.mp4", [mark], seconds=4.8, seed=seed, **given)
        yield Case(name, film.path, film.clean, box, name.startswith("pan"))
    if DATA.exists():
        yield from _real(folder)


def _real(folder: Path) -> Iterator[Case]:
    videos = DATA / "video"
    yield Case("logo_static", videos / "logo_static.mp4", videos / "coffee.mp4", (1060, 28, 190, 90), seen=False)
    box = (1080, 30, 150, 60)
    for name, source, mark, seen in (
        ("rocket, panned", _panned(DATA / "image" / "rocket.jpg"), marked.Mark(box), True),
        ("chelsea, slow pan", _slow(DATA / "image" / "chelsea.png"), marked.Mark((1080, 40, 130, 56)), True),
        ("three faces, half", _frames(videos / "faces_three_standing.mp4"), marked.Mark((380, 12, 80, 32), 0.5), False),
        ("leaf and deer, half", _frames(videos / DEER, 500), marked.Mark((60, 40, 150, 60), 0.5), False),
        ("juggle, opaque", _frames(videos / "juggle.mp4"), marked.Mark(box), False),
        ("multishot, half", _frames(videos / "multishot.mp4"), marked.Mark((500, 16, 110, 44), 0.5), False),
    ):
        pictures = list(source)
        size, clean, path = pictures[0].shape[1::-1], folder / f"{name}.clean.mp4", folder / f"{name}.mp4"
        write_video(clean, pictures, size=size, fps=25, crf=16)
        write_video(path, marked.laid_over(pictures, [mark], 25), size=size, fps=25, crf=16)
        yield Case(name, path, clean, mark.box, seen)


def _frames(path: Path, most: int = 320) -> Iterator[NDArray[np.uint8]]:
    for frame in frames.stream(path):
        if frame.index < most:
            yield frame.rgb


def _panned(path: Path) -> Iterator[NDArray[np.uint8]]:
    """A still picture under a camera that moves and turns a little, by parts of a pixel."""
    picture = cv2.resize(images.load(path), (2200, 1400), interpolation=cv2.INTER_CUBIC)
    for index in range(110):
        turn = 0.0003 * index
        matrix = np.array(
            [[np.cos(turn), -np.sin(turn), 60 + 3.3 * index], [np.sin(turn), np.cos(turn), 80 + 0.6 * index]]
        )
        yield cv2.warpAffine(picture, matrix, (1280, 720), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)


def _slow(path: Path) -> Iterator[NDArray[np.uint8]]:
    """The same at a pixel a frame: what is hidden comes out after some seconds."""
    picture = cv2.resize(images.load(path), (2200, 1463), interpolation=cv2.INTER_CUBIC)
    for index in range(200):
        matrix = np.array([[1, 0, 60 + 1.1 * index], [0, 1, 80 + 0.2 * index]])
        yield cv2.warpAffine(picture, matrix, (1280, 720), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)


def lumas(path: str | Path) -> Iterator[Luma]:
    """The Y planes as they are coded: a conversion would depend on tags that made films lack."""
    for frame in frames.stream(path):
        rows = np.frombuffer(memoryview(frame.raw.planes[0]), np.uint8).reshape(-1, frame.raw.planes[0].line_size)
        yield rows[: frame.raw.height, : frame.raw.width].copy()


def formula(luma: Luma, box: Box) -> NDArray[np.float64]:
    """FFmpeg's delogo, in floats: weights of the four borders fall with the distance to each."""
    left, top, width, height = box
    plane = luma.astype(np.float64)
    soft = cv2.blur(plane, (1, 3)), cv2.blur(plane, (3, 1))
    x, y = np.arange(width)[None] + 1.0, np.arange(height)[:, None] + 1.0
    rows, columns = slice(top, top + height), slice(left, left + width)
    west, east = soft[0][rows, left - 1][:, None], soft[0][rows, left + width][:, None]
    north, south = soft[1][top - 1, columns][None], soft[1][top + height, columns][None]
    weights = 1 / x, 1 / (width + 1 - x), 1 / y, 1 / (height + 1 - y)
    mixed = sum(weight * line for weight, line in zip(weights, (west, east, north, south), strict=True))
    plane[rows, columns] = mixed / sum(weights)
    return plane


def telea(luma: Luma, box: Box) -> Luma:
    left, top, width, height = box
    hole = np.zeros_like(luma)
    hole[top : top + height, left : left + width] = 1
    return np.asarray(cv2.inpaint(luma, hole, 5, cv2.INPAINT_TELEA), np.uint8)


def psnr(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, float(np.mean((one.astype(float) - other.astype(float)) ** 2)))))


def measured(case: Case, result: DelogoResult) -> dict[str, float]:
    """Median PSNR in the box: untouched, by the formula, by Telea (every sixth frame), and ours."""
    left, top, width, height = case.box
    x, y = max(0, left - EDGE), max(0, top - EDGE)
    near = slice(y, top + height + EDGE), slice(x, left + width + EDGE)
    place = left - x, top - y, width, height
    box = slice(top - y, top - y + height), slice(left - x, left - x + width)
    found: dict[str, list[float]] = {"none": [], "formula": [], "telea": [], "ours": []}
    for index, films in enumerate(zip(lumas(case.clean), lumas(case.path), lumas(result.video), strict=True)):
        true, worn, ours = (np.ascontiguousarray(one[near]) for one in films)
        found["none"].append(psnr(worn[box], true[box]))
        found["formula"].append(psnr(formula(worn, place)[box], true[box]))
        found["ours"].append(psnr(ours[box], true[box]))
        if index % 6 == 0:
            found["telea"].append(psnr(telea(worn, place)[box], true[box]))
    return {name: float(np.median(values)) for name, values in found.items()}


def recoded(source: Path, path: Path) -> Path:
    """The floor: decoded and encoded, nothing else."""
    video = probe.with_video(source).video
    assert video is not None
    with encode.Writer(path, encode.Picture.like(video), quality="normal", beside=source) as writer:
        for frame in frames.stream(source):
            writer.write(frame.raw)
    return path


def beside(source: Path, ours: str | Path) -> float:
    """Median PSNR far from the logo, against the source."""
    return float(
        np.median(
            [
                psnr(a[int(BELOW * len(a)) :], b[int(BELOW * len(b)) :])
                for a, b in zip(lumas(ours), lumas(source), strict=True)
            ]
        )
    )


def run(path: Path, out: Path, *, preview: bool = False) -> DelogoResult:
    out.mkdir(parents=True, exist_ok=True)
    return delogo(DelogoParams(video=str(path), preview=preview), Context.local(out=out))


def ratio(path: Path, folder: Path) -> float:
    """CPU seconds over those of the floor, the best of each, in turns."""
    ours, floor = [], []
    for _ in range(TIMES):
        start = time.process_time()
        recoded(path, folder / "floor.mp4")
        middle = time.process_time()
        run(path, folder / "timed")
        floor.append(middle - start)
        ours.append(time.process_time() - middle)
    return min(ours) / min(floor)


def figures(folder: Path, sheets: Path | None) -> Iterable[Figure]:
    timed: Path | None = None
    for case in cases(folder):
        result = run(case.path, (sheets or folder) / case.name.replace(", ", "-"), preview=sheets is not None)
        found = measured(case, result)
        peers = {name: found[name] for name in ("none", "formula", "telea")}
        if case.seen:
            yield Figure(f"{case.name}: PSNR in the box", found["ours"], "dB", reach=REACH_DB, beside=peers)
        else:
            gain = found["ours"] - found["formula"]
            told = {**peers, "ours": found["ours"]}
            yield Figure(f"{case.name}: over the formula", gain, "dB", reach=OVER_FORMULA_DB, beside=told)
        if timed is None or case.name == "logo_static":
            timed = case.path
            floor = beside(case.path, recoded(case.path, folder / "floor.mp4"))
            lost = floor - beside(case.path, result.video)
            yield Figure(
                f"{case.name}: lost beside the logo", lost, "dB", reach=0.3, higher=False, beside={"floor": floor}
            )
        if case.name in TIMED:
            cost = ratio(case.path, folder)
            name = f"{case.name}: CPU time to decode and encode"
            yield Figure(name, cost, "x", reach=REACH_TIME, aim=AIM_TIME, higher=False)
    yield from _drawn_figures(folder / "drawn")
    if DATA.exists():
        wrong = sum(bool(run(DATA / "video" / name, folder / "clean").logos) for name in CLEAN)
        yield Figure("logos found in clean films", wrong, f"of {len(CLEAN)}", reach=0, higher=False)


def _drawn_figures(folder: Path) -> Iterator[Figure]:
    """Words drawn by seed, half of them before a camera that stands still; and the same films without them."""
    folder.mkdir(parents=True, exist_ok=True)
    found, wrong = {True: 0, False: 0}, 0
    for seed in range(DRAWN):
        path, cover = _drawn(folder / f"{seed}.mp4", seed)
        found[seed % 2 == 0] += _recall(run(path, folder / "out"), cover) > FOUND
        wrong += bool(run(path.with_suffix(".clean.mp4"), folder / "out").logos)
    for still, name in ((True, "still"), (False, "moving")):
        yield Figure(f"words drawn by seed that are found, {name} camera", found[still], f"of {DRAWN // 2}")
    yield Figure("logos found where no word was drawn", wrong, f"of {DRAWN}", reach=0, higher=False)


def _drawn(path: Path, seed: int) -> tuple[Path, NDArray[np.float32]]:
    """A film with a word near a corner, of any colour, size and opacity; and how much of each pixel it covers."""
    random = np.random.default_rng([7, seed])
    size, pan = (640, 360), 0 if seed % 2 == 0 else int(random.integers(1, 4))
    word = "".join(random.choice(list("ABCDEFGHKLMNPRSTUVXZ"), int(random.integers(3, 7))))
    scale, colour = float(random.uniform(0.6, 1.3)), float(random.choice([20, 190, 240]))
    (wide, high), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_DUPLEX, scale, 2)
    left = 20 if random.random() < 0.5 else size[0] - 20 - wide
    base = 20 + high if random.random() < 0.5 else size[1] - 20
    big = np.zeros((4 * size[1], 4 * size[0]), np.uint8)
    cv2.putText(big, word, (4 * left, 4 * base), cv2.FONT_HERSHEY_DUPLEX, 4 * scale, 255, 8, cv2.LINE_AA)
    cover = cv2.resize(big, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    cover *= np.float32(random.uniform(0.5, 1.0))
    film = marked.marked(path, [], size=size, seconds=4.8, pan=pan, seed=900 + seed)
    pictures = (one + (colour - one) * cover[..., None] for one in _frames(film.clean))
    write_video(path, (np.rint(one).astype(np.uint8) for one in pictures), size=size, fps=25, crf=18)
    return path, cover


def _recall(result: DelogoResult, cover: NDArray[np.float32]) -> float:
    """The part of the word that lies in what was restored."""
    height, width = cover.shape
    inside = np.zeros(cover.shape, bool)
    for one in result.logos:
        rows = slice(round(one.y * height), round((one.y + one.height) * height))
        inside[rows, round(one.x * width) : round((one.x + one.width) * width)] = True
    return float(cover[inside].sum() / cover.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheets", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(figures(Path(folder), given.sheets))
    record("video.delogo", found, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
