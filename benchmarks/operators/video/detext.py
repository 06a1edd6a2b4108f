"""`video.detext`: is what was behind the text back, is a trace of it left, and what does it cost?

    python -m benchmarks.operators.video.detext [--json FILE] [--only NAME] [--sheets DIR]

PSNR of luma within each line's true box, over its true time; the median of a clip's lines. Beside it the same for
Telea's inpainting of every frame with the mask the operator found (read off the frames it changed), and for the text
left in. Where the camera stands, pixels that other frames of the shot show, and those before which something moves,
are told apart by the clean film: a pixel counts as seen if the median of the frames without text is within eight
levels of it.
Traces are lines that OCR reads, with at least 0.6, inside the true boxes of the result. The floor of the time is
decoding and encoding the same file with the same settings, taking turns, the least of three; modules are warm.

Shared clips carry no colour tags and were made from BT.709 by way of RGB: the truth is brought to their matrix first.
The clips whose names begin with "held" are other footage, other looks, other places. Nothing was tuned on them at
first; since then defects seen on `held-shadow`, `held-cuts` and `held-standing` were mended, and `held-signing`
settled one level (`strokes.SIDED`). `held-standing` showed that smeared pixels are not to be trusted (`kriging.SMEAR`,
whose value is from other clips), and specks of them least of all (`text_clearing.UNLIKELY`, chosen with it in view;
that short runs keep their specks came of a loss on `held-talking`). The rest of them were only watched. The weights of
`kernels.weighing` were learnt on `subtitled_zh` and on other parts and sizes of the shared films, most of them
mirrored, with other letters and times.
Without the shared media (REELWRIGHT_DATA) only made films are used.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.recording import Figure, record
from reelwright.media import encode, frames, images, probe
from reelwright.media.making.captioned import Colour, Cue, Style, captioned
from reelwright.models.ocr import Ocr
from reelwright.operators import Context
from reelwright.operators.video.detext import DetextParams, DetextResult, detext

DATA = Path(os.environ.get("REELWRIGHT_DATA", Path(__file__).parents[4] / "shared" / "data"))
COMMAND = "python -m benchmarks.operators.video.detext"
TIMES = 3
SEEN = 8.0  # grey levels
CHANGED = 6.0  # grey levels of a pixel of the mask
READ = 0.6  # confidence of a trace
YELLOW: Colour = (240, 220, 40)
BLUE: Colour = (60, 120, 250)
NOTHING = (Cue(1000, 1001, "x"),)
SIZE = (1280, 720)
TWO = (Cue(0.6, 2.0, "We never saw the river"), Cue(2.0, 3.6, "until the fog had gone."))
LONG = (Cue(0.6, 3.2, "He left the door open,\nand nobody came in"),)

Lumas = NDArray[np.uint8]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Clip:
    """A film with text, its clean twin, and (first frame, first without, box) of each line."""

    name: str
    path: Path
    truth: Lumas
    lines: tuple[tuple[int, int, Box], ...]
    reach: float | None = 38.0
    timed: bool = False
    stands: bool = True
    """The camera does, in one shot: only then can pixels of several frames be compared."""


def lumas(path: Path, *, as_601: bool = False) -> Lumas:
    """Every frame's luma as it is coded; of BT.709 film through RGB into BT.601, if wanted."""
    found = []
    for frame in frames.stream(path):
        raw = frame.raw
        if as_601:
            rgb = raw.reformat(format="rgb24", src_colorspace=1, src_color_range=1, dst_color_range=2)
            raw = rgb.reformat(format="yuv420p", dst_colorspace=5, dst_color_range=1)
        found.append(raw.to_ndarray(format="gray" if raw.format.name == "gray" else "yuv420p")[: raw.height])
    return np.array(found, np.uint8)


def clips(folder: Path) -> Iterator[Callable[[], Clip]]:
    """Made when asked for: their frames fill memory."""
    if (DATA / "video" / "subtitled_zh.json").exists():
        yield lambda: shared("subtitled_zh", "juggle", reach=None)
        yield lambda: shared("subtitled_en", "dog_training", reach=38.0)
    yield lambda: drawn(folder, "outline-panning", TWO, pan=0.1)
    yield lambda: drawn(folder, "yellow-still", TWO, Style(colour=YELLOW, edge="none"), pan=0)
    yield lambda: drawn(folder, "plate-panning", TWO, Style(edge="box"), pan=0.1)
    yield lambda: drawn(folder, "fading-still", LONG, Style(fade=0.4), pan=0)
    yield lambda: drawn(folder, "always-still", (Cue(0, 3, "It never goes away"),), pan=0, seconds=3.0, reach=None)
    yield lambda: drawn(folder, "held-shadow-panning", TWO, Style(edge="shadow", size=0.05), pan=-0.06, seed=9)
    yield lambda: drawn(folder, "held-blue-left", LONG, Style(colour=BLUE, align="left", edge="none"), pan=0, seed=8)
    if (DATA / "video" / "coffee.mp4").exists():
        yield lambda: on_film(folder, "held-coffee", "coffee.mp4", Style(colour=YELLOW), TWO)
        yield lambda: on_film(folder, "held-karaoke", "coffee.mp4", Style(), sung())
        yield lambda: on_film(folder, "held-cuts", "multishot.mp4", Style(edge="box"), TWO)
        yield lambda: on_film(folder, "held-signing", "sign_book.mkv", Style(), TWO)
        yield lambda: on_film(folder, "held-standing", "faces_three_standing.mp4", Style(edge="shadow"), TWO)
        yield lambda: on_film(folder, "held-talking", "greenscreen_talking_head.mp4", Style(), TWO)


def shared(name: str, clean: str, reach: float | None) -> Clip:
    told = json.loads((DATA / "video" / f"{name}.json").read_text())
    lines = tuple(
        (round(one["start"] * told["fps"]), round(one["end"] * told["fps"]), tuple(one["bbox_xyxy"]))
        for one in told["cues"]
    )
    truth = lumas(DATA / "video" / f"{clean}.mp4", as_601=True)
    return Clip(name, DATA / "video" / f"{name}.mp4", truth, lines, reach, timed=True)


def sung() -> tuple[Cue, ...]:
    """A line whose words change colour one after the other, as those to be sung along do."""
    words, cues = ["Row", "row", "row", "your", "boat"], []
    for count in range(len(words) + 1):
        start = 0.6 + 0.4 * count
        cues.append(Cue(start, start + 0.4, " ".join(words), Style(colour=YELLOW if count % 2 else (250, 250, 250))))
    return tuple(cues)


def drawn(
    folder: Path,
    name: str,
    cues: tuple[Cue, ...],
    style: Style | None = None,
    *,
    reach: float | None = 38.0,
    seconds: float = 4.2,
    **given: Any,
) -> Clip:
    path, bare = folder / f"{name}.mp4", folder / f"{name}-bare.mp4"
    captioned(path, cues, size=SIZE, seconds=seconds, style=style, crf=16, **given)
    captioned(bare, NOTHING, size=SIZE, seconds=seconds, style=style, crf=16, **given)
    return twin(name, path, lumas(bare), cues, 25, reach, stands=not given.get("pan"))


def on_film(folder: Path, name: str, film: str, style: Style, cues: tuple[Cue, ...]) -> Clip:
    source = DATA / "video" / film
    media = probe.with_video(source)
    assert media.video is not None
    rate, (width, height) = media.video.frame_rate.limit_denominator(1001), media.video.shown
    size = (width & ~1, height & ~1)

    def behind() -> Iterator[NDArray[np.uint8]]:
        return (frame.rgb[: size[1], : size[0]] for frame in frames.stream(source, end=Fraction(5)))

    path, bare = folder / f"{name}.mp4", folder / f"{name}-bare.mp4"
    for target, shown in ((path, cues), (bare, NOTHING)):
        captioned(target, shown, size=size, fps=rate, seconds=4.8, style=style, behind=behind(), crf=16)
    return twin(name, path, lumas(bare), cues, float(rate), None, stands=film != "multishot.mp4")


def twin(
    name: str,
    path: Path,
    truth: Lumas,
    cues: tuple[Cue, ...],
    fps: float,
    reach: float | None,
    *,
    stands: bool,
) -> Clip:
    """The lines' boxes are where the twins differ."""
    before, lines = lumas(path), []
    for cue in cues:
        first, end = int(np.ceil(cue.start * fps - 1e-6)), min(len(truth), int(np.ceil(cue.end * fps - 1e-6)))
        middle = slice((first + end) // 2, (first + end) // 2 + 3)
        apart = np.abs(before[middle].astype(int) - truth[middle]).min(axis=0) > 25
        rows, columns = np.flatnonzero(apart.any(axis=1)), np.flatnonzero(apart.any(axis=0))
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        lines.append((first, end, box))
    return Clip(name, path, truth, tuple(lines), reach, stands=stands)


def run(path: Path, out: Path, **given: str) -> DetextResult:
    return detext(DetextParams(video=str(path), **given), Context.local(phases=detext.phases, out=out))


def floor(path: Path, target: Path) -> None:
    """Decoding and encoding alone."""
    media = probe.with_video(path)
    assert media.video is not None
    with encode.Writer(target, encode.Picture.like(media.video), quality="high", beside=path) as writer:
        for frame in frames.stream(path):
            writer.write(frame.raw)


def least_seconds(*works: Callable[[], object]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least wall and CPU seconds of each; they take turns, so that a busy machine hurts all alike."""
    wall = np.full((TIMES, len(works)), np.inf)
    cpu = wall.copy()
    for turn in range(TIMES):
        for index, work in enumerate(works):
            start, used = time.perf_counter(), time.process_time()
            work()
            wall[turn, index], cpu[turn, index] = time.perf_counter() - start, time.process_time() - used
    return wall.min(axis=0), cpu.min(axis=0)


def psnr(error: float) -> float:
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@dataclass
class Errors:
    """Mean squared errors of one line, frame by frame; of pixels under the mask, those others show and the rest."""

    ours: list[float]
    telea: list[float]
    left_in: list[float]
    seen: list[NDArray[np.float32]]
    unseen: list[NDArray[np.float32]]
    unseen_telea: list[NDArray[np.float32]]


def errors_of(clip: Clip, before: Lumas, after: Lumas, line: tuple[int, int, Box]) -> Errors:
    first, end, (left, top, right, bottom) = line
    where = slice(top, bottom), slice(left, right)
    free = [at for at in range(len(before)) if not any(a <= at < b for a, b, _ in clip.lines)]
    plain = np.median(clip.truth[free][:, top:bottom, left:right], axis=0) if free else None
    found = Errors([], [], [], [], [], [])
    apart = np.abs(after[first:end].astype(np.int16) - before[first:end]) > CHANGED
    mask = cv2.dilate((np.mean(apart, axis=0) > 0.5).astype(np.uint8), np.ones((5, 5), np.uint8))
    for at in range(first, end):
        truth = clip.truth[at][where].astype(np.float32)
        telea = cv2.inpaint(before[at], mask, 3, cv2.INPAINT_TELEA)[where]
        ours, theirs, plainly = (np.square(one - truth) for one in (after[at][where], telea, before[at][where]))
        found.ours.append(float(ours.mean()))
        found.telea.append(float(theirs.mean()))
        found.left_in.append(float(plainly.mean()))
        hidden = mask[where] > 0
        shown = hidden & (np.abs(plain - truth) < SEEN) if plain is not None else np.zeros_like(hidden)
        found.seen.append(ours[shown])
        found.unseen.append(ours[hidden & ~shown])
        found.unseen_telea.append(theirs[hidden & ~shown])
    return found


def traces(clip: Clip, video: str) -> int:
    """Lines of the result in which OCR still reads something of a line that was there."""
    ocr, count = Ocr(), 0
    step = probe.with_video(video).video.frame_rate
    for first, end, (left, top, right, bottom) in clip.lines:
        for at in {first, (first + end) // 2, end - 1}:
            picture = frames.at(video, at / step).rgb
            read = ocr.find_and_read(picture)
            count += any(
                said.score >= READ
                and left <= (one.box[0] + one.box[2]) / 2 < right
                and top <= (one.box[1] + one.box[3]) / 2 < bottom
                for one, said in read
            )
    return count


def measure(clip: Clip, folder: Path, sheets: Path | None) -> list[Figure]:
    result = run(clip.path, folder / f"out-{clip.name}")
    before, after = lumas(clip.path), lumas(Path(result.video))
    told = [errors_of(clip, before, after, line) for line in clip.lines]
    ours, telea, left_in = (
        float(np.median([psnr(float(np.mean(getattr(one, name)))) for one in told]))
        for name in ("ours", "telea", "left_in")
    )
    beside = {"telea": telea, "text left in": left_in}
    note = f"{result.filled_from_time:.1%} of the pixels from other frames"
    rest = before[:, : before.shape[1] // 2].astype(np.float32) - after[:, : before.shape[1] // 2]
    figures = [
        Figure(f"{clip.name}: PSNR in the box", ours, "dB", clip.reach, higher=True, beside=beside, note=note),
        Figure(f"{clip.name}: traces", traces(clip, result.video), "", 0, 0, higher=False),
        Figure(f"{clip.name}: PSNR elsewhere", psnr(float(np.square(rest).mean())), "dB"),
        *(where_seen(clip, told) if clip.stands else ()),
    ]
    if clip.timed:
        figures += cost(clip, folder)
    if sheets:
        sheet(clip, before, after, sheets / f"{clip.name}.png")
    return figures


def where_seen(clip: Clip, told: list[Errors]) -> Iterator[Figure]:
    """The same of hidden pixels alone, those apart that other frames show."""
    seen = np.concatenate([pixels for one in told for pixels in one.seen])
    unseen = np.concatenate([pixels for one in told for pixels in one.unseen])
    theirs = np.concatenate([pixels for one in told for pixels in one.unseen_telea])
    share = len(seen) / max(1, len(seen) + len(unseen))
    if share > 0.05:
        value, note = psnr(float(seen.mean())), f"{share:.0%} of the hidden pixels"
        yield Figure(f"{clip.name}: hidden, seen at another time", value, "dB", 38.0, note=note)
    if share < 0.95:
        gain = psnr(float(unseen.mean())) - psnr(float(theirs.mean()))
        yield Figure(f"{clip.name}: hidden, never seen: gain over Telea", gain, "dB", 6.0)


def cost(clip: Clip, folder: Path) -> list[Figure]:
    wall, cpu = least_seconds(
        lambda: floor(clip.path, folder / "floor.mp4"), lambda: run(clip.path, folder / f"out-{clip.name}")
    )
    return [
        Figure(f"{clip.name}: time ratio", wall[1] / wall[0], "", 3.0, 1.5, higher=False, beside={"floor s": wall[0]}),
        Figure(f"{clip.name}: CPU ratio", cpu[1] / cpu[0], "", 3.0, 1.5, higher=False, beside={"floor s": cpu[0]}),
    ]


def sheet(clip: Clip, before: Lumas, after: Lumas, path: Path) -> None:
    """For each line: before, after, truth."""
    rows = []
    for first, end, (left, top, right, bottom) in clip.lines:
        at, rows_seen = (first + end) // 2, slice(max(0, top - 40), bottom + 40)
        columns = slice(max(0, left - 40), right + 40)
        rows += [np.dstack([one[at][rows_seen, columns]] * 3) for one in (before, after, clip.truth)]
    images.save(images.contact_sheet(rows, cell=(640, 140), columns=3), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    if asked.sheets:
        asked.sheets.mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        for make in clips(Path(name)):
            clip = make()
            if asked.only in clip.name:
                figures += measure(clip, Path(name), asked.sheets)
    record("video.detext", figures, command=COMMAND, path=asked.json)


if __name__ == "__main__":
    main()
