"""A plan as a picture: SVG, a box a step, from left to right in the order of the work.

A step's column is the longest way to it; within a column steps keep the order of the plan. The picture stands alone: no
script, no font and no style from anywhere else, readable on light and dark ground.
"""

from collections.abc import Iterator, Mapping
from html import escape

from reelwright import v1
from reelwright.jobs.job import Status

WIDTH, HEIGHT = 170, 34  # px of a box
GAP_X, GAP_Y = 56, 10
MARGIN = 16
LETTERS = 24  # that fit into a box
COLOURS: Mapping[Status, str] = {
    Status.QUEUED: "#8a8f98",
    Status.RUNNING: "#2f6fdd",
    Status.SUCCEEDED: "#2d8a4e",
    Status.FAILED: "#c6373c",
    Status.CANCELLED: "#b9a06a",
    Status.SUSPENDED: "#b06ad0",
}
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#fff}.s{font-size:10px;opacity:.85}"
    "path{fill:none;stroke:#8a8f98;stroke-opacity:.6}.found{stroke-dasharray:4 3}"
    ".changed{stroke:#f0b429;stroke-width:3}"
)

Place = tuple[int, int]


def svg(plan: v1.Plan) -> str:
    """The picture of a plan."""
    places = _places(plan)
    right = max((x for x, _ in places.values()), default=0) + WIDTH + MARGIN
    bottom = max((y for _, y in places.values()), default=0) + HEIGHT + MARGIN
    size = f'viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}"'
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<title>{escape(plan.plan)}: {plan.status.lower()}</title><style>{STYLE}</style>",
            *_links(plan, places),
            *(_box(step, places[step.name]) for step in plan.steps),
            "</svg>",
        ]
    )


def _places(plan: v1.Plan) -> dict[str, Place]:
    """Left upper corners, px."""
    columns: dict[str, int] = {}
    rows: dict[int, int] = {}
    places = {}
    for step in plan.steps:
        column = max((columns[name] + 1 for name in step.needs if name in columns), default=0)
        row = rows.get(column, 0)
        columns[step.name], rows[column] = column, row + 1
        places[step.name] = (MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
    return places


def _links(plan: v1.Plan, places: Mapping[str, Place]) -> Iterator[str]:
    for step in plan.steps:
        x, y = places[step.name]
        for name in step.needs:
            if name in places:
                left, top = places[name]
                start, middle = left + WIDTH, (left + WIDTH + x) / 2
                half = HEIGHT // 2
                yield f'<path d="M{start} {top + half}C{middle} {top + half} {middle} {y + half} {x} {y + half}"/>'


def _box(step: v1.PlanStep, place: Place) -> str:
    x, y = place
    marks = " ".join(mark for mark, holds in (("found", step.memo), ("changed", step.is_changed)) if holds)
    ran = "found" if step.memo else f"ran {step.executions}x" if step.executions else step.state.lower()
    return (
        f"<g><title>{escape(step.name)}: {escape(step.title)} ({step.operator}, {step.state.lower()}, {ran})</title>"
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{COLOURS[step.state]}" '
        f'stroke="#0003" class="{marks}"/>'
        f'<text x="{x + 8}" y="{y + 15}">{escape(_cut(step.name))}</text>'
        f'<text x="{x + 8}" y="{y + 28}" class="s">{escape(_cut(step.operator))} · {ran}</text></g>'
    )


def _cut(text: str) -> str:
    return text if len(text) <= LETTERS else text[: LETTERS - 1] + "…"
