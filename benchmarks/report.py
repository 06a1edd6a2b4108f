"""`docs/reference/quality.md` from the committed results."""

import json
from pathlib import Path
from typing import Any

TITLE = """# Quality and speed

Measured figures, made from `benchmarks/results/*.json`. `reach` is the least the project asks of itself,
`aim` what it wants.
Speeds are ratios to a peer or a floor in the same run; repeat any of them with the command above its table.
"""


def page(results: Path) -> str:
    sections = [section(json.loads(path.read_text())) for path in sorted(results.glob("*.json"))]
    return TITLE + "".join(sections)


def section(document: dict[str, Any]) -> str:
    machine = document["machine"]
    where = f"`{document['command']}` on {machine['cores']} cores, Python {machine['python']}"
    head = f"\n## {document['name']}\n\n{where}\n\n"
    rows = ["| figure | measured | reach | aim | | beside |", "| --- | --- | --- | --- | --- | --- |"]
    rows += [row(figure) for figure in document["figures"]]
    return head + "\n".join(rows) + "\n"


def row(figure: dict[str, Any]) -> str:
    sign = "≥" if figure["higher"] else "≤"
    beside = ", ".join(f"{peer} {value:.4g}" for peer, value in (figure["beside"] or {}).items())
    note = f" ({figure['note']})" if figure["note"] else ""
    bounds = [f"{sign} {value:g}" if value is not None else "" for value in (figure["reach"], figure["aim"])]
    measured = f"{figure['value']:.4g} {figure['unit']}".strip()
    return f"| {figure['name']}{note} | {measured} | {bounds[0]} | {bounds[1]} | {figure['verdict']} | {beside} |"
