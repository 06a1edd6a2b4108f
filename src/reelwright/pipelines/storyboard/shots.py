"""The steps of one shot, from its record in a script: picture, speech, clip, take.

The record is what `story.script` tells of a shot. A step's params may change while nothing of it has run: the clip's
length is taken from the speech as soon as that is there.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reelwright.kernels import narration
from reelwright.pipelines.contract import Ref, Seen, Wanted
from reelwright.pipelines.storyboard import sizes
from reelwright.pipelines.storyboard.params import StoryboardParams

Record = Mapping[str, Any]

RATE = 24  # pictures a second of all films
SPEECH_RATE = 48000  # Hz: that of the film, so that nothing is resampled
LEAST, MOST = 1.0, 60.0  # s that a clip can last
FADE = 0.3  # s into black and out of it, where the place changes
WORD = re.compile(r"[^\W_]")
PARTS = ("picture", "speech", "clip", "take")


def name(shot: Record, part: str) -> str:
    return f"shot-{shot['id']}.{part}"


@dataclass(frozen=True, slots=True)
class Setting:
    """What all shots of a job have in common. `figures`: the records of the cast, by id."""

    params: StoryboardParams
    seen: Seen
    language: str
    figures: Mapping[str, Record]

    @property
    def has_speech(self) -> bool:
        return self.params.sound and not self.params.only_storyboard


def steps(shot: Record, setting: Setting, *, fades: tuple[bool, bool]) -> Iterator[Wanted]:
    """The steps that this shot wants; none that hangs on a failed one of its own. `fades`: in, out."""
    params, failed = setting.params, setting.seen.failed
    if params.only_storyboard or params.prompts == "default":
        yield picture(shot, setting)
    if params.only_storyboard:
        return
    if is_said(shot, setting):
        yield speech(shot, setting)
    skips = params.skip_failures
    if not (skips and any(name(shot, part) in failed for part in ("picture", "speech"))):
        yield clip(shot, setting)
        if not (skips and name(shot, "clip") in failed):
            yield take(shot, setting, fades)


def failure(shot: Record, setting: Setting) -> str:
    """Code of what this shot failed by; empty if nothing has failed."""
    return next((setting.seen.failed[one] for part in PARTS if (one := name(shot, part)) in setting.seen.failed), "")


def is_said(shot: Record, setting: Setting) -> bool:
    return setting.has_speech and WORD.search(shot["text"]) is not None


def picture(shot: Record, setting: Setting) -> Wanted:
    width, height = sizes.made(setting.params.ratio, setting.params.resolution)
    told = {
        "prompt": shot["picture_prompt"],
        "style": setting.params.style,
        "cast": cast(shot, setting),
        "width": width,
        "height": height,
        "extend_prompt": False,
    }
    return Wanted(name(shot, "picture"), "image.generate", told, title=f"picture of shot {shot['id']}")


def speech(shot: Record, setting: Setting) -> Wanted:
    told = {
        "text": shot["speech"] or shot["text"],
        "voice": shot["voice"] or setting.params.narrator,
        "sample_rate": SPEECH_RATE,
        "words": True,
    }
    return Wanted(name(shot, "speech"), "speech.speak", told, title=f"speech of shot {shot['id']}")


def clip(shot: Record, setting: Setting) -> Wanted:
    params = setting.params
    width, height = sizes.made(params.ratio, params.resolution)
    told: dict[str, Any] = {
        "prompt": shot["clip_prompt"],
        "style": params.style,
        "width": width,
        "height": height,
        "seconds": seconds(shot, setting),
        "sound": params.sound,
        "extend_prompt": False,
        "model": params.video_model,
        "quality": params.quality,
    }
    if params.prompts == "default":
        told["first"] = Ref(name(shot, "picture"), "images.0.image")
    else:
        told["cast"] = cast(shot, setting)
    # Its length hangs on the speech, whether that stands in it as a Ref or, once known, as a number.
    after = (name(shot, "speech"),) if is_said(shot, setting) else ()
    return Wanted(name(shot, "clip"), "video.generate", told, title=f"clip of shot {shot['id']}", after=after)


def seconds(shot: Record, setting: Setting) -> float | Ref:
    """How long the clip is to be: as long as its take, once the speech is known."""
    if not is_said(shot, setting):
        return _held(float(shot["seconds"]))
    spoken = setting.seen.finished.get(name(shot, "speech"))
    if spoken is None:
        return Ref(name(shot, "speech"), "seconds")
    return _held(narration.frames(float(spoken["seconds"]), RATE) / RATE)


def _held(wanted: float) -> float:
    """Within what can be made, and a whole number of pictures."""
    return math.ceil(min(max(wanted, LEAST), MOST) * RATE) / RATE


def take(shot: Record, setting: Setting, fades: tuple[bool, bool]) -> Wanted:
    params = setting.params
    width, height = sizes.size(params.ratio, params.resolution)
    told: dict[str, Any] = {
        "shot": shot["id"],
        "clip": Ref(name(shot, "clip"), "video"),
        "width": width,
        "height": height,
        "rate": RATE,
        "sound": params.sound,
        "subtitles": params.subtitles,
        "fade_in": FADE if fades[0] else 0.0,
        "fade_out": FADE if fades[1] else 0.0,
        "quality": params.quality,
    }
    if is_said(shot, setting):
        told |= {"speech": Ref(name(shot, "speech"), "audio"), "sentences": Ref(name(shot, "speech"), "sentences")}
    else:
        told |= {"text": shot["text"], "seconds": max(float(shot["seconds"]), LEAST)}
    return Wanted(name(shot, "take"), "story.take", told, title=f"take of shot {shot['id']}")


def cast(shot: Record, setting: Setting) -> list[dict[str, Any]]:
    """Who is in the shot, with the picture that says how they look. One whose picture failed is told in words."""
    players = []
    for one in shot["figures"]:
        figure = setting.figures.get(one)
        if figure is None:
            continue
        player: dict[str, Any] = {"name": figure["name"], "look": figure["look"]}
        element = f"element.{one}"
        if not (setting.params.skip_failures and element in setting.seen.failed):
            player["image"] = Ref(element, "images.0.image")
        players.append(player)
    return players
