"""`docs/reference/quality.md` from the committed results."""

import json
from pathlib import Path
from typing import Any

TITLE = """# Quality and speed

Measured figures, made from `benchmarks/results/*.json`. `reach` is the least the project asks of itself,
`aim` what it wants.
Speeds are ratios to a peer or a floor in the same run; repeat any of them with the command above its table.
"""


MISSED = "missed"
BELOW = """
## Below reach

What was tried for each is told in the decisions that are named.

"""


def page(results: Path, decisions: Path) -> str:
    documents = [json.loads(path.read_text()) for path in sorted(results.glob("*.json"))]
    return TITLE + below(documents, decisions) + "".join(map(section, documents))


def below(documents: list[dict[str, Any]], decisions: Path) -> str:
    """The figures that miss their reach, with the decisions that speak of the operator."""
    texts = {path: path.read_text() for path in sorted(decisions.glob("*.md"))}
    rows = []
    for document in documents:
        name = document["name"]
        told = [path for path, text in texts.items() if name in text]
        links = ", ".join(f"[{path.name[:4]}](../decisions/{path.name})" for path in told)
        for figure in document["figures"]:
            if figure["verdict"] == MISSED:
                bound = f"{'≥' if figure['higher'] else '≤'} {figure['reach']:g}"
                measured = f"{figure['value']:.4g} {figure['unit']}".strip()
                anchor = name.replace(".", "").replace(" ", "-")
                rows.append(f"| [{name}](#{anchor}) | {figure['name']} | {measured} | {bound} | {links} |")
    head = ["| operator | figure | measured | reach | decisions |", "| --- | --- | --- | --- | --- |"]
    return BELOW + "\n".join(head + rows) + "\n"


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
