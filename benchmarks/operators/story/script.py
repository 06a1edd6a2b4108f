"""`story.script`: is every letter told once, does each figure say its own lines, how long are shots, how fast is it.

    python -m benchmarks.operators.story.script [--json FILE] [--data DIR] [--show]

Who says what in the stories of `--data` was written down by a person (`truth.json`), for every line that the text gives
to somebody; lines of the short stories of the tests are told beside. Speed is of reading and script together, warm.
`--show` prints the shot list, to be read as a director would.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.operators.story.read import FIRST, SETS, TRUTH, arguments, found, least, short_ones, squeezed, stories
from benchmarks.recording import Figure, record
from reelwright.operators import Context
from reelwright.operators.story.script import ScriptParams, ShotWritten, script

COMMAND = "python -m benchmarks.operators.story.script"
LEAST, MOST = 3.0, 9.0  # seconds that a shot should last
MODE = "third_person"


def written(path: Path) -> tuple[list[ShotWritten], dict[str, list[str]], str]:
    """The shots of all boards, figure -> its names, and the text of the boards."""
    story = found(path)
    document = story.model_dump()
    shots: list[ShotWritten] = []
    for board in document["boards"]:
        params = ScriptParams(
            board=board,
            **{name: document[name] for name in ("figures", "places", "props", "language")},
            mode=MODE,
            first_shot=len(shots) + 1,
        )
        shots += script(params, Context.local()).shots
    names = {one.id: [one.name, *one.aliases] for one in story.figures}
    return shots, names, "".join(one.text for one in story.boards)


def rightly_said(shots: Sequence[ShotWritten], names: dict[str, list[str]], truth: Sequence[Sequence[str]]) -> float:
    """Share of the lines whose shot is spoken by who says them; one that the narrator tells is half right."""
    score = 0.0
    for words, who in truth:
        shot = next((one for one in shots if squeezed(words) in squeezed(one.text)), None)
        if shot is not None:
            score += 0.5 if not shot.speaker else float(any(who in name for name in names[shot.speaker]))
    return score / len(truth)


def figures_of(name: str, path: Path) -> list[Figure]:
    shots, names, text = written(path)
    seconds = sorted(one.seconds for one in shots)
    told = squeezed("".join(one.text for one in shots))
    fitting = sum(LEAST <= one <= MOST for one in seconds) / len(seconds)
    return [
        Figure(f"text told once and in order, {name}", float(told == squeezed(text)), "share", reach=1.0),
        Figure(f"lines said by who says them, {name}", rightly_said(shots, names, TRUTH[name]["speech"]), "share"),
        Figure(f"shots of 3 to 9 s, {name}", fitting, "share", note=f"{len(shots)} shots"),
        Figure(f"shortest shot, {name}", seconds[0], "s"),
        Figure(f"longest shot, {name}", seconds[-1], "s", higher=False),
    ]


def short(named: str) -> Figure:
    scores = []
    with TemporaryDirectory() as folder:
        for one in short_ones(named):
            path = Path(folder) / f"{one['name']}.txt"
            path.write_text(one["text"], encoding="utf-8")
            shots, names, _ = written(path)
            scores.append(rightly_said(shots, names, list(one["speakers"].items())))
    share = sum(scores) / len(scores)
    return Figure(f"lines said by who says them, {named}", share, "share", note=f"at first {FIRST[named][2]}")


def show(name: str, path: Path) -> None:
    shots, names, _ = written(path)
    print(f"== {name}")
    for one in shots:
        who = names[one.speaker][0] if one.speaker else "-"
        print(f"{one.id:>4} {one.seconds:4.1f} s [{who}] {one.text}\n       {one.clip_prompt}")


def main() -> None:
    given = arguments(__doc__).parse_args()
    if given.show:
        for name, path in stories(given.data):
            show(name, path)
        return
    figures = [figure for name, path in stories(given.data) for figure in figures_of(name, path)]
    figures += [short(named) for named in SETS]
    for name, path in stories(given.data):
        both = least(lambda path=path: written(path))
        figures.append(Figure(f"read and script, {name}", both, "s", reach=2.0, higher=False))
    lines = {name: len(one["speech"]) for name, one in TRUTH.items()}
    record("story.script", figures, command=COMMAND, path=given.json, more={"mode": MODE, "lines": lines})


if __name__ == "__main__":
    main()
