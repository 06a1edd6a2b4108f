"""`video.tags`: labels against planted truth, and how fast it looks.

    python -m benchmarks.operators.video.tags [--json FILE] [--data DIR]

Planted: films made of takes, matches, songs, portraits and captions, of which it is known which labels must be there
and which must not; rules and thresholds were tuned on the kinds of seed 0, the figures are of seeds 1 to 3 (held out).
F1 counts every label that is known one way or the other. Beside it: a naive tagger that gives every label that more
than half of the films have (the majority).

Real: clips of the shared data with labels written down by eye and ear beforehand; half of them were looked at while
the rules were made (`tuned`), the other half were not (`held out`).

Sound: shares of speech and music beside the truth. Speed: the whole of it beside decoding every frame, in one run.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright.media import frames, making
from reelwright.media.making import BLACK, Shot, matches, portraits, takes
from reelwright.media.making.captioned import Cue, captioned
from reelwright.media.making.takes import Take
from reelwright.operators import Context
from reelwright.operators.video.tags import TagsParams, TagsResult, tags

HERE = Path(__file__).resolve().parents[3]
COMMAND = "python -m benchmarks.operators.video.tags"
SEEDS = (1, 2, 3)
RUNS = 3
NEAR = 0.15  # of a share of sound that counts as right

Truth = tuple[Path, frozenset[str], frozenset[str]]
"""A film, the labels it must have, and those it must not have."""

REAL: Mapping[str, tuple[str, frozenset[str], frozenset[str]]] = {
    "video/coffee.mp4": ("tuned", frozenset({"one take", "no faces"}), frozenset({"speech", "music", "dark"})),
    "video/faces_three_standing.mp4": (
        "tuned",
        frozenset({"several people"}),
        frozenset({"no faces", "words on screen"}),
    ),
    "music/vibe_ace.ogg": ("tuned", frozenset({"music", "music film"}), frozenset({"speech", "cheering"})),
    "speech/en_jfk.flac": ("tuned", frozenset({"speech"}), frozenset({"music", "cheering"})),
    "video/subtitled_en.mp4": (
        "tuned",
        frozenset({"words on screen", "one take"}),
        frozenset({"dark", "black and white"}),
    ),
    "video/juggle.mp4": ("held out", frozenset({"one take", "green"}), frozenset({"words on screen", "dark", "still"})),
    "video/subtitled_zh.mp4": ("held out", frozenset({"words on screen", "one take"}), frozenset({"dark", "speech"})),
    "video/face_woman_turning.mp4": ("held out", frozenset({"one person"}), frozenset({"several people", "no faces"})),
    "video/sign_book.mkv": ("held out", frozenset({"one person"}), frozenset({"no faces", "several people", "music"})),
    "video/leaf_deer_4shots_watermark.mp4": ("held out", frozenset({"no faces"}), frozenset({"one person", "speech"})),
    "music/on_the_run.ogg": ("held out", frozenset({"music"}), frozenset({"cheering"})),
    "music/lets_go_fishin.ogg": ("held out", frozenset({"music"}), frozenset({"cheering"})),
    "speech/zh_aishell_BAC009S0724W0121.wav": ("held out", frozenset({"speech"}), frozenset({"music", "cheering"})),
    "speech/en_LJ001-0003.wav": ("held out", frozenset({"speech"}), frozenset({"music", "cheering"})),
}


def told(path: Path, folder: Path, **given: object) -> TagsResult:
    params = TagsParams(media=str(path), **given)
    return tags(params, Context.local(phases=tags.phases, out=folder / f"{path.stem}-tags"))


def planted(folder: Path, seed: int) -> Iterator[Truth]:
    """One film of each kind."""
    random = np.random.default_rng(seed)
    talk = takes.film(
        folder / f"talk-{seed}.mp4",
        [Take(number, float(random.uniform(4, 7)), talks=True) for number in range(4)],
        seed=seed,
    )
    yield talk.path, frozenset({"speech", "no faces"}), frozenset({"music", "cheering", "silent", "words on screen"})
    still = takes.film(
        folder / f"still-{seed}.mp4",
        [Take(0, 6.0, moves=False), Take(1, float(random.uniform(5, 9)), moves=False)],
        seed=seed,
    )
    yield (
        still.path,
        frozenset({"still", "no faces", "scenery"}),
        frozenset({"speech", "lively", "music", "quick cuts"}),
    )
    dark = takes.film(folder / f"dark-{seed}.mp4", [Take(0, 6.0, look=BLACK), Take(1, 1.0)], seed=seed)
    yield dark.path, frozenset({"dark", "black"}), frozenset({"bright", "colourful", "speech"})
    quick = takes.film(
        folder / f"quick-{seed}.mp4", [Take(number, 1.2) for number in range(int(random.integers(12, 20)))], seed=seed
    )
    yield quick.path, frozenset({"quick cuts"}), frozenset({"one take", "still", "speech"})
    goals = matches.drawn(60, "goal", 3, seed=seed)
    match = matches.match(folder / f"match-{seed}.mp4", 60, goals, seed=seed)
    yield match.path, frozenset({"cheering"}), frozenset({"still", "silent", "one take"})
    song = making.song(seed=seed)
    film = making.picture(
        folder / f"song-{seed}.mp4",
        [Shot("scene", 4.0)] * 3,
        size=(320, 180),
        seed=seed,
        sound=song.mix,
        rate=song.rate,
    )
    yield film.path, frozenset({"music"}), frozenset({"cheering", "silent"})
    face = portraits.portrait(folder / f"face-{seed}.mp4", seconds=4.0, size=(480, 360), seed=seed)
    yield face.path, frozenset({"one person"}), frozenset({"no faces", "several people", "words on screen"})
    cues = [Cue(0.3, 2.6, "The storm is near"), Cue(2.8, 5.2, "Hold the line")]
    text = captioned(folder / f"text-{seed}.mp4", cues, size=(480, 270), seed=seed)
    yield text.path, frozenset({"words on screen"}), frozenset({"speech", "music", "one person"})


def judged(name: str, films: Sequence[Truth], folder: Path) -> tuple[list[Figure], list[dict[str, object]]]:
    rows, hits, wrong, missed = list[dict[str, object]](), 0, 0, 0
    for path, wanted, unwanted in films:
        found = {one.name for one in told(path, folder).labels}
        hits, wrong, missed = hits + len(wanted & found), wrong + len(unwanted & found), missed + len(wanted - found)
        rows.append({"film": path.stem, "missed": sorted(wanted - found), "wrong": sorted(unwanted & found)})
    majority = _majority(films)
    note = f"{len(films)} films; {hits} right, {missed} missed, {wrong} wrong"
    return [
        Figure(
            f"label_f1, {name}",
            _f1(hits, wrong, missed),
            reach=0.85,
            aim=0.95,
            beside={"majority": majority},
            note=note,
        )
    ], rows


def _f1(hits: int, wrong: int, missed: int) -> float:
    return 2 * hits / max(1, 2 * hits + wrong + missed)


def _majority(films: Sequence[Truth]) -> float:
    """What one gets who tells the labels that most of the films have, of every film."""
    every = [label for _, wanted, _ in films for label in wanted]
    usual = {label for label in every if every.count(label) > len(films) / 2} or {max(set(every), key=every.count)}
    hits = sum(len(wanted & usual) for _, wanted, _ in films)
    wrong = sum(len(unwanted & usual) for _, _, unwanted in films)
    return _f1(hits, wrong, len(every) - hits)


def sound(folder: Path) -> Figure:
    """Shares of speech beside the truth of made talk."""
    off = []
    for seed in SEEDS:
        film = takes.film(
            folder / f"share-{seed}.mp4",
            [Take(0, 8.0, talks=True), Take(1, 6.0), Take(2, 5.0, talks=bool(seed % 2))],
            seed=100 + seed,
        )
        spoken = sum(end - start for start, end in film.phrases) / film.seconds
        heard = told(film.path, folder, read="no").sound
        off.append(abs(spoken - (heard.speech if heard else 0.0)))
    return Figure(
        "speech_share_off, worst", max(off), reach=NEAR, aim=0.08, higher=False, note="made syllables, held out"
    )


def speed(folder: Path) -> list[Figure]:
    voice = making.speech(20.0, rate=48000).clean
    film = making.picture(folder / "film.mp4", [Shot("scene", 5.0)] * 4, size=(1920, 1080), crf=23, sound=voice)
    works: dict[str, Callable[[], object]] = {
        "decoding": lambda: sum(1 for _ in frames.stream(film.path)),
        "without reading": lambda: told(film.path, folder, read="no"),
        "with reading": lambda: told(film.path, folder),
    }
    rounds = [{name: timed(work) for name, work in works.items()} for _ in range(RUNS)]
    wall, cpu = ({name: min(one[name][which] for one in rounds) for name in works} for which in (0, 1))
    return [
        Figure("tagging_to_decode_time", wall["with reading"] / wall["decoding"], higher=False, beside=wall),
        Figure("tagging_to_decode_cpu", cpu["with reading"] / cpu["decoding"], higher=False, beside=cpu),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared" / "data"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films = [one for seed in SEEDS for one in planted(folder, seed)]
        figures, more = judged("planted, held out", films, folder)
        for group in ("tuned", "held out"):
            clips = [
                (Path(given.data) / file, wanted, unwanted)
                for file, (part, wanted, unwanted) in REAL.items()
                if part == group and (Path(given.data) / file).is_file()
            ]
            if clips:
                found, rows = judged(f"real, {group}", clips, folder)
                figures, more = [*figures, *found], [*more, *rows]
        figures += [sound(folder), *speed(folder)]
    record("video.tags", figures, command=COMMAND, path=given.json, more=more)


if __name__ == "__main__":
    main()
