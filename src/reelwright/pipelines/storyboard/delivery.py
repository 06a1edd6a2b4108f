"""The steps that put a storyboard's takes together: a film for each board, and the delivery of everything."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reelwright.pipelines.contract import Ref, Wanted
from reelwright.pipelines.storyboard import shots, sizes
from reelwright.pipelines.storyboard.shots import RATE, Record, Setting

FINAL = "film"


def board_film(board: Record, alive: Sequence[Record], setting: Setting, title: str) -> Wanted:
    """The film of one board from the takes of its shots."""
    params = setting.params
    number, first = board["number"], alive[0]
    own = board["title"] if board["title"] != title else ""
    told: dict[str, Any] = {
        "name": f"board-{number}",
        "title": title if number == 1 else own,
        "second": own if number == 1 else "",
        "still": Ref(shots.name(first, "take"), "still"),
        "rate": RATE,
        "sound": params.sound,
        "music": params.music,
        "quality": params.quality,
        "shots": [_joined(shot, setting) for shot in alive],
    }
    return Wanted(f"board-{number}.film", "story.join", told, title=f"film of storyboard {number}")


def _joined(shot: Record, setting: Setting) -> dict[str, Any]:
    take = shots.name(shot, "take")
    told: dict[str, Any] = {
        "shot": shot["id"],
        "take": Ref(take, "video"),
        "cues": Ref(take, "cues"),
        "voices": Ref(take, "voices"),
        "mood": shot["mood"],
    }
    return told | ({"sound": Ref(take, "sound")} if setting.params.sound else {})


def delivery(
    read: Record, scripts: Mapping[str, Sequence[Record]], alive: Mapping[str, Sequence[Record]], setting: Setting
) -> Wanted:
    """All of it: `scripts` and `alive` hold each board's shots, all of them and those that can be made, by its id."""
    params = setting.params
    width, height = sizes.size(params.ratio, params.resolution)
    places = {one["id"]: one["name"] for one in read["places"]}
    props = {one["id"]: one["name"] for one in read["props"]}
    told = {
        "title": params.title or read["title"],
        "language": read["language"],
        "about": {"style": params.style, "ratio": params.ratio, "resolution": params.resolution, "mode": params.mode},
        "boards": [
            _board(board, scripts, alive.get(board["id"], ()), setting, places, props) for board in read["boards"]
        ],
        "elements": list(_elements(read, setting)),
        "width": width,
        "height": height,
        "rate": RATE,
        "films": not params.only_storyboard,
        "bundle": params.bundle and not params.only_storyboard,
        "quality": params.quality,
    }
    return Wanted(FINAL, "story.deliver", told, title="the whole film" if told["films"] else "the storyboard")


def _board(
    board: Record,
    scripts: Mapping[str, Sequence[Record]],
    alive: Sequence[Record],
    setting: Setting,
    places: Mapping[str, str],
    props: Mapping[str, str],
) -> dict[str, Any]:
    failed, film = setting.seen.failed, f"board-{board['number']}.film"
    told: dict[str, Any] = {
        "id": board["id"],
        "number": board["number"],
        "title": board["title"],
        "text": board["text"],
        "failed": failed.get(f"board-{board['number']}.script", failed.get(film, "")),
        "shots": [_shot(shot, setting, places, props) for shot in scripts.get(board["id"], ())],
    }
    if alive and not setting.params.only_storyboard:
        told |= {"film": Ref(film, "video"), "placed": Ref(film, "shots"), "cues": Ref(film, "cues")}
        if setting.params.sound:
            told["sound"] = Ref(film, "sound")
    return told


SAME = ("id", "kind", "text", "voice", "seconds")
DETAILS = ("time", "weather", "season", "mood", "size", "camera", "action", "picture_prompt", "clip_prompt")
"""What is told of a shot as its script has it."""


def _shot(shot: Record, setting: Setting, places: Mapping[str, str], props: Mapping[str, str]) -> dict[str, Any]:
    params = setting.params
    code = shots.failure(shot, setting)
    told = {one: shot[one] for one in SAME}
    told |= {
        "details": {one: shot[one] for one in DETAILS if shot[one]},
        "speaker": setting.figures[shot["speaker"]]["name"] if shot["speaker"] else "",
        "place": places.get(shot["place"], ""),
        "figures": [setting.figures[one]["name"] for one in shot["figures"] if one in setting.figures],
        "props": [props[one] for one in shot["props"] if one in props],
        "failed": code,
    }
    if code and (params.skip_failures or params.only_storyboard):
        return told
    take = shots.name(shot, "take")
    if params.only_storyboard:
        return told | {"picture": Ref(shots.name(shot, "picture"), "images.0.image")}
    told["picture"] = Ref(take, "still")
    if shots.is_said(shot, setting):
        speech = shots.name(shot, "speech")
        told |= {"speech_seconds": Ref(speech, "seconds"), "speech_start": Ref(take, "speech_start")}
        if params.bundle:
            told["speech"] = Ref(speech, "audio")
    return told | ({"take": Ref(take, "video")} if params.bundle else {})


def _elements(read: Record, setting: Setting) -> Iterator[dict[str, Any]]:
    for kind in ("figure", "place", "prop"):
        for one in read[f"{kind}s"]:
            told = {"id": one["id"], "name": one["name"], "kind": kind, "look": one["look"]}
            if kind == "figure":
                told["voice"] = one["voice"]
            step = f"element.{one['id']}"
            if not (setting.params.skip_failures and step in setting.seen.failed):
                told["picture"] = Ref(step, "images.0.image")
            yield told
