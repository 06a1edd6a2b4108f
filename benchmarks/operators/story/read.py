"""`story.read`: are the figures and places of known stories found, is every letter kept, and how fast is it.

    python -m benchmarks.operators.story.read [--json FILE] [--data DIR] [--show]

Stories are those of `--data` (skipped where the folder is absent), with the figures and places that a person wrote down
(`truth.json`), and short ones of the tests. Those were written before the reader saw them: what it found at the first
look is told in the notes, what it finds since its rules were mended is measured. Speed is told against cutting the same
text into words. `--show` prints what was found, to be read by a person.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.recording import Figure, record
from reelwright.kernels.story import cutting
from reelwright.kernels.wording import words
from reelwright.operators import Context
from reelwright.operators.story.read import ReadParams, ReadResult, read

HERE = Path(__file__).resolve().parents[3]
TRUTH = json.loads(Path(__file__).with_name("truth.json").read_text(encoding="utf-8"))
SETS = {
    "short stories": HERE / "tests/kernels/story/stories.json",
    "second set": HERE / "tests/kernels/story/held_out.json",
    "talk of strangers": HERE / "tests/kernels/story/strangers.json",
}
FIRST = {
    "short stories": ("12/15", "8/12", "24/36"),
    "second set": ("12/13", "10/10", "28/37"),
    "talk of strangers": ("31/32", "11/16", "145/177"),
}
"""Figures, places, and lines of speech that the reader got right before it was mended on the set."""
COMMAND = "python -m benchmarks.operators.story.read"
RUNS = 3


def stories(data: Path) -> Iterator[tuple[str, Path]]:
    """(name, file) of those that are there."""
    yield from ((name, data / "text" / f"{name}.txt") for name in TRUTH if (data / "text" / f"{name}.txt").exists())


def found(path: Path) -> ReadResult:
    return read(ReadParams(text=str(path)), Context.local())


def share(truth: Sequence[str], told: Sequence[str]) -> float:
    return sum(any(one in other for other in told) for one in truth) / len(truth)


def figures_of(name: str, path: Path, truth: dict[str, list[str]]) -> list[Figure]:
    result = found(path)
    people = [alias for one in result.figures for alias in (one.name, *one.aliases)]
    where = [alias for one in result.places for alias in (one.name, *one.aliases)]
    return [
        Figure(f"figures found, {name}", share(truth["figures"], people), "share", reach=1.0, note=", ".join(people)),
        Figure(f"places found, {name}", share(truth["places"], where), "share", reach=1.0, note=", ".join(where)),
        Figure(f"text kept, {name}", kept(path, result), "share", reach=1.0),
    ]


def kept(path: Path, result: ReadResult) -> float:
    """Share of the letters after title and headings that are in just one board, in order."""
    whole = squeezed(path.read_text(encoding="utf-8")).replace("*", "")
    told = squeezed("".join(one.text for one in result.boards))
    return float(whole.endswith(told)) * min(1.0, len(told) / (len(whole) - 80))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def short_ones(named: str) -> Iterator[dict[str, Any]]:
    yield from json.loads(SETS[named].read_text(encoding="utf-8"))


def short(named: str) -> list[Figure]:
    people, where = [0.0, 0], [0.0, 0]
    with TemporaryDirectory() as folder:
        for one in short_ones(named):
            path = Path(folder) / f"{one['name']}.txt"
            path.write_text(one["text"], encoding="utf-8")
            result = found(path)
            names = [alias for each in result.figures for alias in (each.name, *each.aliases)]
            places = [alias for each in result.places for alias in (each.name, *each.aliases)]
            people = [people[0] + share(one["figures"], names) * len(one["figures"]), people[1] + len(one["figures"])]
            where = [where[0] + share(one["places"], places) * len(one["places"]), where[1] + len(one["places"])]
    return [
        Figure(f"figures found, {named}", people[0] / people[1], "share", note=f"at first {FIRST[named][0]}"),
        Figure(f"places found, {named}", where[0] / where[1], "share", note=f"at first {FIRST[named][1]}"),
    ]


def speed(name: str, path: Path) -> Figure:
    """CPU time, warm, the least of some runs."""
    text = path.read_text(encoding="utf-8")
    floor = least(lambda: len(words.cut(text, words.language(text))))
    return Figure(
        f"reading {name}", least(lambda: found(path)), "s", higher=False, beside={"cutting into words, s": floor}
    )


def least(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(RUNS):
        cutting.words_of.cache_clear()  # the words of a text that was read before would cost nothing
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def arguments(doc: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("REELWRIGHT_DATA", HERE.parent / "shared/data"))
    )
    parser.add_argument("--show", action="store_true")
    return parser


def show(data: Path) -> None:
    for name, path in stories(data):
        result = found(path)
        print(f"== {name}: {result.title}, {len(result.boards)} storyboards")
        for one in (*result.figures, *result.places, *result.props):
            print(f"{one.id:10} {one.name}: {one.look}")


def main() -> None:
    given = arguments(__doc__).parse_args()
    if given.show:
        show(given.data)
        return
    figures = [figure for name, path in stories(given.data) for figure in figures_of(name, path, TRUTH[name])]
    figures += [figure for named in SETS for figure in short(named)]
    figures += [speed(name, path) for name, path in stories(given.data)]
    record("story.read", figures, command=COMMAND, path=given.json)


if __name__ == "__main__":
    main()
