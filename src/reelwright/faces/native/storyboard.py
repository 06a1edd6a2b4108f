"""The page of a storyboard: a row a shot, as far as they are known, made from the steps of its job.

No script: while the job runs the page asks the browser to load it again. Pictures come from this server by links that
expire; whoever keeps the page for long takes the contact sheet among the job's outputs instead.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from reelwright.jobs.job import Status, Step
from reelwright.service import View

HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; img-src *; media-src *"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
)
RENEW = 5  # seconds
PARTS = ("picture", "speech", "clip", "take")
"""Of a shot, as far as the plan has such a step."""
MARKS: Mapping[Status, str] = {
    Status.QUEUED: "·",
    Status.RUNNING: "▶",
    Status.SUCCEEDED: "✓",
    Status.FAILED: "✗",
    Status.CANCELLED: "–",
    Status.SUSPENDED: "Ⅱ",
}
STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{vertical-align:top;text-align:left;padding:.5rem;"
    "border-top:1px solid #8885}img,video{max-width:15rem;max-height:12rem;border-radius:6px}small{opacity:.7}"
    ".f{color:#c6373c}progress{width:100%}@media print{tr{break-inside:avoid}}"
)

Link = Callable[[str], str]
Shot = Mapping[str, Any]


def page(view: View, link: Link) -> str:
    """The whole page. `link` makes a download link of an address."""
    steps = {step.name: step for step in view.steps}
    story = _result(steps, "read")
    boards = [step for step in view.steps if step.operator == "story.script"]
    is_open = view.job.status in (Status.QUEUED, Status.RUNNING)
    renew = f'<meta http-equiv=refresh content="{RENEW}">' if is_open else ""
    title = escape(str(story.get("title") or view.job.params.get("title") or "Storyboard"))
    return "".join(
        [
            f"<!doctype html><html><meta charset=utf-8><title>{title}</title>{renew}",
            f'<meta name=viewport content="width=device-width"><style>{STYLE}</style><body><h1>{title}</h1>',
            f"<p>{view.job.status.lower()}, {view.job.progress:.0f} %",
            f' · <a href="plan.svg">plan</a></p><progress max=100 value="{view.job.progress:.0f}"></progress>',
            _failure(view),
            *_cast(story, steps, link),
            *(part for board in boards for part in _board(board, story, steps, link)),
            "</html>",
        ]
    )


def _result(steps: Mapping[str, Step], name: str) -> Mapping[str, Any]:
    step = steps.get(name)
    return step.result or {} if step is not None and step.state is Status.SUCCEEDED else {}


def _failure(view: View) -> str:
    failure = view.job.failure
    return "" if failure is None else f"<p class=f>{escape(failure.message)} [{escape(failure.code)}]</p>"


def _cast(story: Mapping[str, Any], steps: Mapping[str, Step], link: Link) -> Iterator[str]:
    people = _elements(story)
    if people:
        yield "<h2>Cast</h2><table><tr><th>Picture<th>Name<th>Look<th>Voice"
    for one in people:
        image = _picture(_result(steps, f"element.{one['id']}"), link)
        told = "".join(f"<td>{escape(str(one.get(part, '')))}" for part in ("name", "look", "voice"))
        yield f"<tr><td>{image}{told}"
    if people:
        yield "</table>"


def _elements(story: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for kind in ("figures", "places", "props") for one in story.get(kind, ())]


def _board(step: Step, story: Mapping[str, Any], steps: Mapping[str, Step], link: Link) -> Iterator[str]:
    shots: list[Shot] = list((step.result or {}).get("shots", ()))
    number = int(step.name.removeprefix("board-").partition(".")[0])
    told: Mapping[str, Any] = next((board for board in story.get("boards", ()) if board["number"] == number), {})
    yield f"<h2>{escape(str(told.get('title') or number))}</h2>"
    yield "<table><tr><th>Shot<th>Picture<th>Text<th>Speaker<th>Place<th>Time<th>Made"
    at, names = 0.0, {one["id"]: str(one["name"]) for one in _elements(story)}
    for shot in shots:
        yield _row(shot, at, names, steps, link)
        at += _seconds(shot, steps)
    yield "</table>"


def _row(shot: Shot, at: float, names: Mapping[str, str], steps: Mapping[str, Step], link: Link) -> str:
    name = f"shot-{shot['id']}"
    image = _picture(_result(steps, f"{name}.picture"), link)
    parts = [(part, steps[f"{name}.{part}"]) for part in PARTS if f"{name}.{part}" in steps]
    made = " ".join(f"<span title={part}>{MARKS[step.state]}</span>" for part, step in parts)
    faults = (step.failure.message for _, step in parts if step.failure)
    fault = "".join(f"<p class=f>{escape(message)}" for message in faults)
    speaker, place = (escape(names.get(str(shot.get(part)), "")) for part in ("speaker", "place"))
    return (
        f"<tr id={name}><td>{escape(str(shot['id']))}<td>{image}<td>{escape(str(shot.get('text', '')))}"
        f"<br><small>{escape(str(shot.get('picture_prompt', '')))}</small>{fault}"
        f"<td>{speaker}<br><small>{escape(str(shot.get('voice', '')))}</small>"
        f"<td>{place}<td>{at:.1f}–{at + _seconds(shot, steps):.1f} s<td>{made}"
    )


def _seconds(shot: Shot, steps: Mapping[str, Step]) -> float:
    """Of the take where there is one, else as the reader guessed."""
    return float(_result(steps, f"shot-{shot['id']}.take").get("seconds") or shot.get("seconds") or 0.0)


def _picture(result: Mapping[str, Any], link: Link) -> str:
    images = result.get("images") or ()
    address = images[0].get("image", "") if images else ""
    return f'<img loading=lazy src="{escape(link(address))}" alt="">' if address.startswith("oss://") else ""
