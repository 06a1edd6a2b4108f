"""Turn a story into a narrated film, shot by shot.

The text is read and parted into storyboards, each becomes a script of shots; figures, places and things get pictures;
each shot gets its picture, its speech, its clip and its take; the takes become a film of each storyboard, and these
the whole film, with subtitles, a cover, `storyboard.json`, a page of it all and timelines for an editor.

A shot's steps depend on nothing of other shots, so one that failed or changed is made anew by itself, and after it only
the film of its storyboard and the delivery. With `skip_failures` films are made of the shots that can be made. With
`only_storyboard` the storyboard and its pictures are delivered, and no film is made.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from reelwright.pipelines.contract import Guess, Seen, Sizes, Wanted, plan
from reelwright.pipelines.storyboard import delivery, shots
from reelwright.pipelines.storyboard.estimate import guesses
from reelwright.pipelines.storyboard.params import StoryboardParams
from reelwright.pipelines.storyboard.shots import Record, Setting

READ = "read"
NUMBERED = 1000  # shots of a storyboard: the second one's begin at 1001, whatever becomes of the first
ELEMENT = {"figure": (3, 4), "place": (16, 9), "prop": (1, 1)}  # the shape of its picture
ELEMENT_SIDE = 640  # px, the longer side


def guess(params: StoryboardParams, bytes_of: Sizes) -> Iterator[Guess]:
    return guesses(params, bytes_of.get("text", 0))


@plan(
    version=1,
    final=delivery.FINAL,
    concludes="story.deliver",
    suspends=True,
    mends=lambda name: name != READ,
    guess=guess,
)
def storyboard(params: StoryboardParams, seen: Seen) -> Iterator[Wanted]:
    yield Wanted(READ, "story.read", _reading(params), title="the text")
    read = seen.finished.get(READ)
    if read is None:
        return
    setting = Setting(params, seen, read["language"], {one["id"]: one for one in read["figures"]})
    yield from (_script(board, read, params) for board in read["boards"])
    yield from _elements(read, params)
    scripts = {board["id"]: _shots(board, seen) for board in read["boards"]}
    alive: dict[str, Sequence[Record]] = {}
    for board in read["boards"]:
        own = scripts[board["id"]] or ()
        for shot, fades in zip(own, _fades(own), strict=True):
            yield from shots.steps(shot, setting, fades=fades)
        kept = [one for one in own if not (params.skip_failures and shots.failure(one, setting))]
        film = f"board-{board['number']}.film"
        if kept and not params.only_storyboard:
            yield delivery.board_film(board, kept, setting, params.title or read["title"])
            kept = [] if params.skip_failures and film in seen.failed else kept
        alive[board["id"]] = kept
    if all(scripts[board["id"]] is not None or _left_out(board, params, seen) for board in read["boards"]):
        known = {board: own or () for board, own in scripts.items()}
        yield delivery.delivery(read, known, alive, setting)


def _reading(params: StoryboardParams) -> dict[str, object]:
    return params.model_dump(include={"text", "source", "mode", "title", "narrator", "engine"})


def _script(board: Record, read: Record, params: StoryboardParams) -> Wanted:
    told = {
        "board": board,
        "figures": read["figures"],
        "places": read["places"],
        "props": read["props"],
        "source": params.source,
        "mode": params.mode,
        "language": read["language"],
        "narrator": params.narrator,
        "style": params.style,
        "first_shot": (board["number"] - 1) * NUMBERED + 1,
        "engine": params.engine,
    }
    return Wanted(f"board-{board['number']}.script", "story.script", told, title=f"script {board['number']}")


def _shots(board: Record, seen: Seen) -> Sequence[Record] | None:
    """Its shots; None while they are not known."""
    script = seen.finished.get(f"board-{board['number']}.script")
    return None if script is None else script["shots"]


def _left_out(board: Record, params: StoryboardParams, seen: Seen) -> bool:
    return params.skip_failures and f"board-{board['number']}.script" in seen.failed


def _elements(read: Record, params: StoryboardParams) -> Iterator[Wanted]:
    for kind, shape in ELEMENT.items():
        width, height = (round(ELEMENT_SIDE * side / max(shape) / 2) * 2 for side in shape)
        for one in read[f"{kind}s"]:
            told: dict[str, object] = {
                "prompt": _told(one),
                "subject": kind,
                "style": params.style,
                "width": width,
                "height": height,
                "extend_prompt": False,
            }
            if kind == "figure":
                told["cast"] = [{"name": one["name"], "look": one["look"]}]
            yield Wanted(f"element.{one['id']}", "image.generate", told, title=one["name"])


def _told(one: Record) -> str:
    """A name and how it looks; either alone where that says all."""
    return one["look"] if one["name"] in one["look"] else f"{one['name']}, {one['look']}"


def _fades(own: Sequence[Record]) -> list[tuple[bool, bool]]:
    """Which shots come out of black and go into it: the first, the last, and those beside a change of place."""
    changes = [True, *(before["place"] != after["place"] for before, after in pairwise(own)), True]
    return list(pairwise(changes)) if own else []
