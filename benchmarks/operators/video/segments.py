"""`video.segments`: is every cut exact, are words spared, and how long does a source of ten minutes take?

    python -m benchmarks.operators.video.segments [--json FILE] [--data DIR]

Exactness: ranges drawn at random are cut from made films (H.264 with open and with distant key frames, HEVC, an
uneven frame rate) and from the real clips of the shared data; what is decoded of each clip is compared with what was
asked for: its length, and its first picture with the source's at that moment. Splits: films of takes with talk, held
out seeds, where shots and phrases are known; a cut amid a phrase counts as amid words.

Speed: ten minutes of 720p with ranges that need no more than their edges encoded; copying the file is the floor.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import remuxed, repeated_with_sound, timed
from reelwright.media import frames, making, probe, samples
from reelwright.media.making import Shot, takes
from reelwright.media.making.takes import Take
from reelwright.operators import Context
from reelwright.operators.video.segments import SegmentsParams, SegmentsResult, segments

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.segments"
REAL = ("coffee.mp4", "dog_training.mp4", "juggle.mp4", "sign_book.mkv", "fades_synthetic.mp4", "multishot.mp4")
RANGES = 4  # of each film
SEEDS = range(300, 304)
LONG_PARTS, LONG_SECONDS = 50, 12.0
RUNS = 3
LOOK = (64, 36)
LONG = {
    "one of 9:50": [(5.0, 595.0)],
    "ten of 30 s": [(60.0 * n + 5.3, 60.0 * n + 35.3) for n in range(10)],
    "sixty that fill it": [(10.0 * n, 10.0 * n + 10.0) for n in range(60)],
}

Span = tuple[float, float]


def cut(path: Path, folder: Path, ranges: Sequence[Span] | None = None, **given: object) -> SegmentsResult:
    asked = None if ranges is None else [{"start": start, "end": end} for start, end in ranges]
    params = SegmentsParams(video=str(path), ranges=asked, **given)
    return segments(params, Context.local(phases=segments.phases, out=folder / f"{path.stem}-clips"))


# ---- Exactness


def films(folder: Path, clips: Path) -> Iterator[tuple[str, Path]]:
    voice = making.speech(12.0, rate=48000).clean
    shots = [Shot("scene", 3.0)] * 4
    for every in (12, 250):
        path = folder / f"h264-{every}.mp4"
        yield path.stem, making.picture(path, shots, sound=voice, size=(320, 180), key_every=every).path
    source = folder / "h264-12.mp4"
    yield "hevc", _recoded(source, folder / "hevc.mp4", "libx265", lambda number: number)
    yield "uneven", _recoded(source, folder / "uneven.mp4", "libx264", lambda number: number + number // 7 * 2)
    for name in REAL:
        if (clips / name).is_file():
            yield name, clips / name


def _recoded(source: Path, target: Path, codec: str, stamp: Callable[[int], int]) -> Path:
    options = {"x265-params": "log-level=error"} if codec == "libx265" else {}
    with av.open(str(target), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number, frame in enumerate(frames.stream(source)):
            picture = frame.raw.reformat(format="yuv420p")
            picture.pts, picture.time_base = stamp(number), Fraction(1, 25)
            picture.pict_type = av.video.frame.PictureType.NONE
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return target


def exactness(folder: Path, clips: Path) -> tuple[list[Figure], list[dict[str, object]]]:
    random, rows = np.random.default_rng(0), list[dict[str, object]]()
    for name, path in films(folder, clips):
        media = probe.with_video(path)
        length, frame = float(media.duration), float(1 / media.video.frame_rate)
        ranges = [sorted(random.uniform(0, length, 2).tolist()) for _ in range(RANGES)]
        ranges = [(start, max(end, min(length, start + 5 * frame))) for start, end in ranges if start < length - 0.5]
        for clip, (start, end) in zip(cut(path, folder, ranges).clips, ranges, strict=True):
            rows.append({"film": name, **_off(path, clip.video, start, end, frame)})
    worst = max(row["length_off"] for row in rows)
    pictures = max(row["picture_off"] for row in rows)
    sound = max(row["sound_off"] for row in rows if row["sound_off"] is not None)
    note = f"{len(rows)} ranges of {len({row['film'] for row in rows})} films"
    return [
        Figure("duration_error_frames, worst", worst, "frames", reach=1.0, aim=1.0, higher=False, note=note),
        Figure("first_picture_off, worst", pictures, "grey levels", higher=False, note="mean over a 64x36 picture"),
        Figure("sound_against_picture, worst", sound, "ms", reach=40.0, higher=False),
    ], rows


def _off(source: Path, clip: str, start: float, end: float, frame: float) -> dict[str, object]:
    shown = sorted(time for time, *_ in frames.packets(clip))
    length = float(shown[-1] - shown[0]) + frame  # how long the last frame stays is not what is measured
    ours = next(frames.stream(clip)).small_gray(*LOOK).astype(float)
    # The frame on the screen then, or the one that begins within half a frame of it.
    theirs = [frames.at(source, Fraction(max(0.0, start + aside))) for aside in (0.0, frame / 2)]
    looks = min(float(np.abs(one.small_gray(*LOOK) - ours).mean()) for one in theirs)
    sound = None
    if probe.probe(clip).audio:
        heard = samples.read(clip)
        sound = 1000 * abs(heard.samples.shape[1] / heard.rate - length)
    return {
        "asked": [start, end],
        "length_off": abs(length - (end - start)) / frame,
        "picture_off": looks,
        "sound_off": sound,
    }


# ---- Splits


def splits(folder: Path) -> tuple[list[Figure], list[dict[str, object]]]:
    rows = list[dict[str, object]]()
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        parts = [
            Take(number, round(float(random.uniform(2, 9)), 1), talks=bool(random.random() < 0.5))
            for number in range(int(random.integers(6, 12)))
        ]
        film = takes.film(folder / f"split-{seed}.mp4", parts, size=(320, 240), fps=30, seed=seed)
        result = cut(film.path, folder, min_clip=2.0, max_clip=15.0, quality="draft")
        cuts = [clip.end for clip in result.clips[:-1]]
        edges = [span[1] for span in film.spans[:-1]]
        silent = [edge for edge in edges if not any(start < edge < end for start, end in film.phrases)]
        rows.append(
            {
                "film": seed,
                "cuts": len(cuts),
                "amid_words": sum(start + 0.02 < one < end - 0.02 for one in cuts for start, end in film.phrases),
                "edges": len(silent),
                "edges_taken": sum(min(abs(edge - one) for one in cuts) < 0.1 for edge in silent) if cuts else 0,
                "longest": max(clip.length for clip in result.clips),
                "shortest": min(clip.length for clip in result.clips),
            }
        )
    total = {key: sum(row[key] for row in rows) for key in ("cuts", "amid_words", "edges", "edges_taken")}
    return [
        Figure("cuts_amid_words, held out", float(total["amid_words"]), reach=0.0, higher=False, note=str(total)),
        Figure("edges_of_shots_taken, held out", total["edges_taken"] / total["edges"], reach=0.9, aim=0.97),
    ], rows


# ---- Speed


def speed(folder: Path) -> list[Figure]:
    long = _long(folder)
    copying = min(timed(lambda: remuxed(long, folder / "same.mp4")) for _ in range(RUNS))
    figures = []
    for name, ranges in LONG.items():
        results = [timed(lambda ranges=ranges: cut(long, folder, ranges)) for _ in range(RUNS)]
        wall, cpu = (min(one[which] for one in results) for which in (0, 1))
        beside = {"cpu": cpu, "copying the file": copying[0], "copying the file, cpu": copying[1]}
        # One span is what stream copy serves; many short ones have their edges and their sound encoded.
        reach = 3.0 if len(ranges) == 1 else None
        figures.append(Figure(f"ten minutes, {name}", wall, "s", reach=reach, higher=False, beside=beside))
    return figures


def _long(folder: Path) -> Path:
    """Ten minutes: one part again and again, by stream copy."""
    voice = making.speech(LONG_SECONDS, rate=48000).clean
    part = making.picture(folder / "part.mp4", [Shot("scene", 2.4)] * 5, size=(1280, 720), sound=voice).path
    return repeated_with_sound(part, folder / "long.mp4", LONG_PARTS, seconds=LONG_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        exact, rows = exactness(folder, Path(given.data) / "video")
        parted, films_split = splits(folder)
        figures = [*exact, *parted, *speed(folder)]
    record("video.segments", figures, command=COMMAND, path=given.json, more={"ranges": rows, "splits": films_split})


if __name__ == "__main__":
    main()
