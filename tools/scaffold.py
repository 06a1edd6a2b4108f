"""Make the files of a new operator, or say where a new wire operation goes.

python tools/scaffold.py operator video.sharpen
python tools/scaffold.py operation GetThing
"""

import argparse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

OPERATOR = '''"""Say in one line what {name} does.

Say how it does it, and what it does not do.
"""

from reelwright.operators import Context, Params, Result, files, operator, param


class {title}Params(Params):
    {kind}: files.{Kind} = param("{Kind} to work on.")


class {title}Result(Result):
    {kind}: files.{Kind} = param("What was made of it.")


@operator(version=1)
def {leaf}(params: {title}Params, ctx: Context) -> {title}Result:
    raise SystemExit("write me: {path}")
'''

TEST = '''"""`{name}` on media made so that the right answer is known."""

from reelwright.operators.{name} import {title}Params, {leaf}


def test_it_does_what_it_says(make_{kind}):
    result = {leaf}({title}Params({kind}=make_{kind}()))

    assert result.{kind}, "plant a truth and check it"
'''

BENCHMARK = '''"""Quality and speed of `{name}`: ours, a peer and the floor in one run."""

import argparse
from pathlib import Path

from benchmarks.recording import Figure, record


def measure() -> list[Figure]:
    raise SystemExit("measure {name} here")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    record("{name}", measure(), command="python -m benchmarks.operators.{name}", path=parser.parse_args().json)
'''

KINDS = {"video": "Video", "audio": "Audio", "image": "Image", "text": "Text", "speech": "Audio"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("operator", "operation"))
    parser.add_argument("name")
    asked = parser.parse_args()
    return operator(asked.name) if asked.what == "operator" else operation(asked.name)


def operator(name: str) -> int:
    family, _, leaf = name.partition(".")
    if family not in KINDS or not leaf.isidentifier():
        print(f"{name!r} is no operator's name; write <family>.<name> with a family of {', '.join(KINDS)}")
        return 2
    kind = "audio" if family == "speech" else family
    title = "".join(part.title() for part in leaf.split("_"))
    source = ROOT / "src/reelwright/operators" / family / f"{leaf}.py"
    words = {"name": name, "leaf": leaf, "title": title, "kind": kind, "Kind": KINDS[family]}
    words["path"] = str(source.relative_to(ROOT))
    made = {
        source: OPERATOR,
        ROOT / "tests/operators" / family / f"test_{leaf}.py": TEST,
        ROOT / "benchmarks/operators" / family / f"{leaf}.py": BENCHMARK,
    }
    for path, text in made.items():
        if path.exists():
            print(f"{path.relative_to(ROOT)} is there already")
            return 1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words))
        print(f"made {path.relative_to(ROOT)}")
    return 0


def operation(action: str) -> int:
    table = ROOT / "src/reelwright/faces/ice/operations.py"
    known = f'"{action}"' in table.read_text()
    print(f"{action} {'stands in' if known else 'is not in'} {table.relative_to(ROOT)}.")
    print("Offer it with one entry: submit(…), query(…) or another call of faces/wire.py; then `make goldens docs`.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
