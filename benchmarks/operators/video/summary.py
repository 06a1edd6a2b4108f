"""`video.summary`: what its films are worth beside uniform sampling, where it cuts, and what it need not encode.

    python -m benchmarks.operators.video.summary [--json FILE] [--data DIR]

The worth of a summary is planted: a film's takes are known, which of them show one place, in which something happens or
somebody talks, which are bad. A summary gets the weight of each place it shows for two seconds, less the share of its
time that goes into bad takes and repeats; 1 is the most. Uniform sampling gets the same total length, as windows of
which there are as many as ours, or one for each 2 s or 5 s, whichever is best for it in that film.

Films: four kinds on which the choice was tuned; others drawn at random, of another size and rate, held out: seeds 100
to 107 showed that places of unlike colours were taken for one, which was mended, and seeds 200 to 207 were first seen
after that; `multishot.mp4` with the truth beside it (tuned on); and a silent film joined here from five real clips,
three of which were looked at while tuning. A cut is amid words if it lies in a phrase, not in one of its pauses and not
on the edge of a shot; those on such edges amid talk are listed beside (`cuts_amid_words_on_edges`).

Speed: a 1080p film beside decoding every frame of it; excerpts of ten minutes beside copying the file.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import remuxed, repeated_with_sound, timed
from reelwright.media import frames, joining, making, samples
from reelwright.media.making import BLACK, BLURRED, Shot, takes
from reelwright.media.making.takes import Film, Take
from reelwright.operators import Context
from reelwright.operators.video.summary import SummaryParams, SummaryResult, summary

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.summary"
SEEDS, HELD_OUT = range(3), range(200, 208)
EDGE = 0.1  # s: a cut that near to the edge of a take is one on its edge
AROUND = 0.04  # s to each side of a cut that are listened to
PAUSE = 15.0  # dB below the mean of the talk: a cut at such a place spoils no word
WINDOWS = (2.0, 5.0)  # s of one window of uniform sampling
KINDS = {
    "interview": (
        *(Take(0, 5, moves=False), Take(1, 6, talks=True), Take(2, 4), Take(1, 6, talks=True)),
        *(Take(9, 1.5, look=BLACK), Take(3, 6, moves=False), Take(1, 5, talks=True), Take(4, 3)),
        *(Take(5, 2, look=BLURRED), Take(6, 5, talks=True), Take(2, 5), Take(7, 8, moves=False)),
    ),
    "long and still": (
        *(Take(0, 20, moves=False), Take(1, 3), Take(2, 3, talks=True), Take(0, 15, moves=False)),
        *(Take(3, 4, talks=True), Take(4, 2), Take(1, 6)),
    ),
    "many": tuple(Take(number % 8, 3, bool(number % 3), number % 4 == 1) for number in range(20)),
    "talk": (
        *(Take(0, 12, talks=True), Take(1, 4, moves=False), Take(0, 12, talks=True), Take(2, 4)),
        Take(3, 9, talks=True),
    ),
}
REAL = (  # clip, start, seconds; the clip is the place
    *(("coffee", 0, 4), ("greenscreen_talking_head", 3, 6), ("faces_three_standing", 0, 3), ("juggle", 1, 5)),
    *(("coffee", 5, 4), ("sign_book", 0, 4), ("greenscreen_talking_head", 12, 5), ("juggle", 6, 4)),
)
SUFFIX = {"sign_book": ".mkv"}
REAL_SIZE = (480, 270)
LONG_PARTS, LONG_SECONDS = 50, 12.0
ROUNDS, RUNS = 2, 3
CUT_RUNS = (RUNS, 1)  # the second takes ten times as long as the first, and nothing is asked of it
CUTS = {
    "one span": [(Fraction(5), Fraction(595))],
    "ten of 30 s": [(Fraction(60 * n + 5), Fraction(60 * n + 35)) for n in range(10)],
}

Span = tuple[float, float]


def drawn(seed: int) -> list[Take]:
    """A film of 8 to 16 takes of 5 to 9 places, some of them bad."""
    random = np.random.default_rng(seed)
    places = int(random.integers(5, 10))
    found = []
    for _ in range(int(random.integers(8, 17))):
        bad = random.random() < 0.12
        look = (BLACK if random.random() < 0.5 else BLURRED) if bad else "scene"
        place, seconds = int(random.integers(places)), round(float(random.uniform(1.6, 9)), 1)
        found.append(Take(place, seconds, bool(random.random() < 0.6), bool(random.random() < 0.4) and not bad, look))
    return found


def uniform(length: float, total: float, count: int) -> list[Span]:
    each = total / count
    middles = [(number + 0.5) * length / count for number in range(count)]
    return [(max(0.0, middle - each / 2), middle + each / 2) for middle in middles]


def made_films(folder: Path) -> Iterator[tuple[str, Film]]:
    for seed in SEEDS:
        for name, parts in KINDS.items():
            yield f"{name} {seed}", takes.film(folder / f"{name}-{seed}.mp4", parts, seed=seed)


def held_out_films(folder: Path) -> Iterator[tuple[str, Film]]:
    for seed in HELD_OUT:
        yield f"drawn {seed}", takes.film(folder / f"{seed}.mp4", drawn(seed), size=(480, 360), fps=30, seed=seed)


def multishot(clips: Path) -> Film:
    """The second look at the dog is the first one's place; so is the ball in and out of focus."""
    path = clips / "multishot.mp4"
    truth = json.loads(path.with_suffix(".json").read_text())
    names = [one["name"] for one in truth["shots"]]
    places = {name: number for number, name in enumerate(dict.fromkeys(one.removesuffix("_again") for one in names))}
    starts = [*(one["start_frame"] / truth["fps"] for one in truth["shots"]), truth["frames"] / truth["fps"]]
    parts = [
        Take(places[one["name"].removesuffix("_again")], end - start, look=BLACK if one["bad_cover"] else "scene")
        for one, (start, end) in zip(truth["shots"], pairwise(starts), strict=True)
    ]
    return Film(path, tuple(parts), tuple((one["start"], one["end"]) for one in truth["speech"]))


def joined_clips(clips: Path, folder: Path) -> Film:
    """Real clips one after the other, with their own sound left out."""
    places = {name: number for number, name in enumerate(dict.fromkeys(name for name, *_ in REAL))}
    parts = [Take(places[name], seconds) for name, _, seconds in REAL]

    def pictures() -> Iterator[np.ndarray]:
        for name, start, seconds in REAL:
            path = clips / f"{name}{SUFFIX.get(name, '.mp4')}"
            shown = [
                (frame.time, frame.small(*REAL_SIZE)) for frame in frames.stream(path, end=Fraction(start + seconds))
            ]
            for number in range(seconds * 25):
                at = start + Fraction(number, 25)
                yield next(picture for time, picture in reversed(shown) if time <= at or time == shown[0][0])

    path = making.write_video(folder / "real.mp4", pictures(), size=REAL_SIZE, fps=25)
    return Film(path, tuple(parts), ())


def summarised(path: Path, folder: Path) -> SummaryResult:
    out = folder / f"{path.stem}-short"
    return summary(SummaryParams(video=str(path)), Context.local(phases=summary.phases, out=out))


def judged(film: Film, folder: Path, edges: Sequence[float]) -> dict[str, object]:
    """`edges`: of shots, beside those of the takes."""
    result = summarised(film.path, folder)
    shown = [(clip.start, clip.end) for clip in result.clips]
    total = sum(end - start for start, end in shown)
    counts = {len(shown), *(max(1, round(total / window)) for window in WINDOWS)}
    edges = [*(edge for span in film.spans for edge in span), *edges]
    amid = [round(edge, 3) for span in shown for edge in span if _is_amid_words(film, edge)]
    places = {take.place for take in film.takes if take.weight}
    seen = {
        take.place
        for take, (low, high) in zip(film.takes, film.spans, strict=True)
        if take.weight and any(min(high, end) - max(low, start) > 0.5 for start, end in shown)
    }
    return {
        "score": film.score(shown),
        "uniform": max(film.score(uniform(film.seconds, total, count)) for count in counts),
        "places": len(places),
        "places_shown": len(seen),
        "cuts": 2 * len(shown),
        "cuts_amid_words": [edge for edge in amid if min(abs(edge - one) for one in edges) > EDGE],
        "cuts_amid_words_on_edges": [edge for edge in amid if min(abs(edge - one) for one in edges) <= EDGE],
        "seconds": total,
        "of": film.seconds,
        "frames": result.frames,
        "copied": result.frames_copied,
    }


def _is_amid_words(film: Film, cut: float) -> bool:
    """Within a phrase, and not in one of its own pauses: real phrases are told as a whole, pauses and all."""
    phrase = next((one for one in film.phrases if one[0] + 0.02 < cut < one[1] - 0.02), None)
    if phrase is None:
        return False
    sound = samples.read(film.path, channels=1)
    parts = [
        sound.samples[0, round(start * sound.rate) : round(end * sound.rate)]
        for start, end in (phrase, (cut - AROUND, cut + AROUND))
    ]
    talk, here = (10 * np.log10(np.square(part).mean() + 1e-12) for part in parts)
    return bool(here > talk - PAUSE)


def quality(
    name: str, films: Sequence[tuple[str, Film]], folder: Path, edges: Sequence[float] = ()
) -> tuple[list[Figure], dict[str, object]]:
    told = {title: judged(film, folder, edges) for title, film in films}
    rows = list(told.values())

    def total(key: str) -> float:
        return float(sum(row[key] for row in rows))

    ours, theirs = total("score") / len(rows), total("uniform") / len(rows)
    beside = {"score": ours, "uniform sampling": theirs}
    amid = sum(len(row["cuts_amid_words"]) for row in rows)
    note = f"{len(rows)} films; {total('copied'):.0f} of {total('frames'):.0f} frames copied"
    return [
        Figure(f"gain_over_uniform, {name}", ours / max(theirs, 1e-9), reach=1.2, beside=beside, note=note),
        Figure(f"places_shown, {name}", total("places_shown") / total("places"), reach=1.0),
        Figure(f"cuts_amid_words, {name}", amid / total("cuts"), reach=0.0, higher=False),
    ], told


# ---- Speed


def speed(folder: Path) -> list[Figure]:
    film = making.picture(folder / "film.mp4", [Shot("scene", 2.5)] * 6, size=(1920, 1080), crf=23, sound=_voice(15.0))
    spans = [(Fraction(one.start), Fraction(one.end)) for one in summarised(film.path, folder).clips]
    works: dict[str, Callable[[], object]] = {
        "decoding": lambda: sum(1 for _ in frames.stream(film.path)),
        "summary": lambda: summarised(film.path, folder),
        "writing": lambda: joining.cut(film.path, spans, folder / "some.mp4"),
        "encoding it all": lambda: joining.cut(film.path, spans, folder / "all.mp4", copying=False),
    }
    rounds = [{name: timed(work) for name, work in works.items()} for _ in range(ROUNDS)]
    wall, cpu = ({name: min(one[name][which] for one in rounds) for name in works} for which in (0, 1))
    choosing = [one["summary"] - one["writing"] for one in (wall, cpu)]
    long = _long(folder)
    copying = min(timed(lambda: remuxed(long, folder / "same.mp4")) for _ in range(RUNS))
    cuts = {
        name: min(timed(lambda spans=spans: joining.cut(long, spans, folder / "cut.mp4")) for _ in range(runs))
        for (name, spans), runs in zip(CUTS.items(), CUT_RUNS, strict=True)
    }
    return [
        Figure("choosing_to_decode_time", choosing[0] / wall["decoding"], higher=False, beside=wall),
        Figure("choosing_to_decode_cpu", choosing[1] / cpu["decoding"], higher=False, beside=cpu),
        Figure("writing_to_encoding_cpu", cpu["writing"] / cpu["encoding it all"], higher=False),
        *(
            Figure(
                f"excerpts of ten minutes, {name}",
                wall,
                "s",
                reach=3.0 if name == "one span" else None,
                higher=False,
                beside={"cpu": cpu, "copying the file": copying[0], "copying the file, cpu": copying[1]},
            )
            for name, (wall, cpu) in cuts.items()
        ),
    ]


def _voice(seconds: float) -> np.ndarray:
    return making.speech(seconds, rate=48000).clean


def _long(folder: Path) -> Path:
    """Ten minutes: one part again and again, by stream copy."""
    shots = [Shot("scene", 2.4)] * 5
    part = making.picture(folder / "part.mp4", shots, size=(1280, 720), sound=_voice(LONG_SECONDS)).path
    return repeated_with_sound(part, folder / "long.mp4", LONG_PARTS, seconds=LONG_SECONDS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        edges: list[float] = []  # of the dissolve and the fade in multishot
        sets = [("made", list(made_films(folder))), ("made, held out", list(held_out_films(folder)))]
        clips = Path(given.data) / "video"
        if clips.is_dir():
            sets.append(("multishot", [("multishot", multishot(clips))]))
            gradual = [
                one for one in json.loads((clips / "multishot.json").read_text())["transitions"] if "end_frame" in one
            ]
            edges = [one[end] / 25 for one in gradual for end in ("start_frame", "end_frame")]
            sets.append(("real clips joined", [("real", joined_clips(clips, folder))]))
        figures: list[Figure] = []
        more: dict[str, object] = {}
        for title, films in sets:
            found, told = quality(title, films, folder, edges if title == "multishot" else ())
            figures, more = [*figures, *found], more | told
        figures += speed(folder)
    record("video.summary", figures, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
