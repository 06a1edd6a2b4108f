"""`video.highlights`: how many planted moments it finds, beside uniform choice, and how fast it looks.

    python -m benchmarks.operators.video.highlights [--json FILE] [--data DIR]

Films are made: calm play or plain talk, with moments at which the crowd cheers or people shout, and with as many
things that only look or sound like one (a quick pan, a jingle, plain talk). A moment is found if one clip shows 60 %
of it. Each film gets as many clips as it has moments; uniform choice gets as many of the same length, and random
choice the mean of a thousand draws. The kinds `sports` and `drama` were tuned on seeds 0 and 1 of films of two
minutes; held out: seeds 100 to 105 of three minutes with four moments, another size and rate.

Speed: looking and listening beside decoding every frame of the same film, in the same run.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.recording import Figure, record
from benchmarks.timing import timed
from reelwright.media import frames, making
from reelwright.media.making import Shot, matches
from reelwright.operators import Context
from reelwright.operators.video.highlights import HighlightsParams, HighlightsResult, highlights

COMMAND = "python -m benchmarks.operators.video.highlights"
CLIP = 10.0
DRAWS = 1000
RUNS = 3
SETS = {
    "tuned": (range(2), 120.0, 3, (256, 144), 25),
    "held out": (range(100, 106), 180.0, 4, (320, 180), 30),
}
KINDS = {"sports": "goal", "drama": "quarrel"}

Span = tuple[float, float]


def looked(path: Path, folder: Path, **given: object) -> HighlightsResult:
    params = HighlightsParams(videos=(str(path),), write="none", **given)
    return highlights(params, Context.local(phases=highlights.phases, out=folder / f"{path.stem}-out"))


def uniform(film: matches.Match, count: int) -> list[Span]:
    middles = [(number + 0.5) * film.seconds / count for number in range(count)]
    return [(middle - CLIP / 2, middle + CLIP / 2) for middle in middles]


def by_chance(film: matches.Match, count: int) -> float:
    random = np.random.default_rng(0)
    starts = random.uniform(0, film.seconds - CLIP, (DRAWS, count))
    return float(np.mean([film.found([(start, start + CLIP) for start in row]) for row in starts]))


def judged(name: str, kind: str, asked: str, folder: Path) -> tuple[Figure, Figure, list[dict[str, object]]]:
    seeds, seconds, count, size, fps = SETS[name]
    rows, edges, in_talk = list[dict[str, object]](), 0, 0
    for seed in seeds:
        happenings = matches.drawn(seconds, KINDS[kind], count, seed=seed)
        path = folder / f"{kind}-{seed}.mp4"
        film = matches.Match(path, seconds, tuple(happenings))
        if not path.exists():
            matches.match(path, seconds, happenings, size=size, fps=fps, seed=seed, crowd=kind == "sports")
        result = looked(path, folder, kind=asked, count=count, clip=CLIP)
        shown = [(one.start, one.end) for one in result.highlights]
        edges, in_talk = edges + 2 * len(shown), in_talk + result.cuts_in_talk
        rows.append(
            {
                "film": f"{kind} {seed} as {asked}",
                "found": film.found(shown),
                "uniform": film.found(uniform(film, count)),
                "by chance": by_chance(film, count),
                "first is one": film.found(shown[:1]) > 0,
                "seconds": result.length,
            }
        )
    ours, even, chance = (float(np.mean([row[key] for row in rows])) for key in ("found", "uniform", "by chance"))
    best = max(even, chance)
    title = f"{kind}{'' if asked == kind else f' as {asked}'}, {name}"
    return (
        Figure(
            f"moments_found, {title}",
            ours,
            reach=2 * best,
            beside={"uniform": even, "by chance": chance},
            note=f"{len(rows)} films; in {sum(bool(row['first is one']) for row in rows)} the best clip shows a moment",
        ),
        Figure(f"cuts_in_talk, {title}", in_talk / max(1, edges), reach=0.05, aim=0.0, higher=False),
        rows,
    )


def speed(folder: Path) -> list[Figure]:
    sound = making.speech(20.0, rate=48000).clean
    film = making.picture(folder / "film.mp4", [Shot("scene", 5.0)] * 4, size=(1920, 1080), crf=23, sound=sound)
    works: dict[str, Callable[[], object]] = {
        "decoding": lambda: sum(1 for _ in frames.stream(film.path)),
        "highlights": lambda: looked(film.path, folder),
    }
    rounds = [{name: timed(work) for name, work in works.items()} for _ in range(RUNS)]
    wall, cpu = ({name: min(one[name][which] for one in rounds) for name in works} for which in (0, 1))
    return [
        Figure("looking_to_decode_time", wall["highlights"] / wall["decoding"], higher=False, beside=wall),
        Figure("looking_to_decode_cpu", cpu["highlights"] / cpu["decoding"], higher=False, beside=cpu),
    ]


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data", type=Path, help="not used: no shared clip has truth about highlights")
    arguments = parser.parse_args(given)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures, more = list[Figure](), list[dict[str, object]]()
        for group in SETS:
            for kind in KINDS:
                for asked in (kind, "any"):
                    found, amid, rows = judged(group, kind, asked, folder)
                    figures, more = [*figures, found, amid], [*more, *rows]
        figures += speed(folder)
    record("video.highlights", figures, command=COMMAND, path=arguments.json, more=more)


if __name__ == "__main__":
    main()
