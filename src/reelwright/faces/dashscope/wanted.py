"""From the vendor's `input` and `parameters` to the params of our operators.

Limits of the vendor's models are warnings (`Submission.notes`, which go to the job's log). What has no
meaning here, what the vendor's own client adds to every request for one, is passed over.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reelwright.errors import InvalidParameter, MissingParameter
from reelwright.faces.codecs import bad
from reelwright.faces.dashscope import models
from reelwright.faces.dashscope.errors import EmptyInput, EmptyModel
from reelwright.faces.dashscope.models import Model
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Wanted
from reelwright.service import Submission

__all__ = ["CHOICE", "PICTURE", "VIDEO", "Wanted", "choice", "picture", "video"]

VIDEO, PICTURE, CHOICE = "dashscope.video", "dashscope.picture", "dashscope.choice"
MOST_SEED = 2**31 - 1
MOST_NEGATIVE = 500
LONGEST = 15  # s
SIZE = re.compile(r"(\d{2,4})[*xX](\d{2,4})")
LEAST_SIDE, MOST_SIDE = 128, 2160  # px
TIERS = {"360P": 360, "480P": 480, "540P": 540, "720P": 720, "1080P": 1080}
RATIO = re.compile(r"(\d{1,2}):(\d{1,2})")
EDITS = {
    "video_repainting": "repaint",
    "video_edit": "edit",
    "video_extension": "extend",
    "video_outpainting": "outpaint",
    "image_reference": "reference",
}
FIRST = ("first_frame_url", "img_url", "head_frame", "base_image_url")
LAST = ("last_frame_url", "tail_frame")
REFERENCES = ("reference_urls", "reference_video_urls", "ref_images_url", "images")
MEDIA = {
    "first_frame": "first",
    "last_frame": "last",
    "driving_audio": "audio",
    "reference_audio": "audio",
    "first_clip": "video",
    "video": "video",
    "reference_image": "references",
    "reference_video": "references",
}
MOST_PICTURES = 12


@dataclass(slots=True)
class Reading:
    """One request being read. `names` says where each param came from, `notes` what was bent."""

    name: str
    model: Model
    input: Document
    parameters: Document
    params: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, domain: Document, *, picture: bool) -> "Reading":
        name, given = domain.get("model"), domain.get("input")
        if not isinstance(name, str) or not name:
            raise EmptyModel("model is missing; name one", field="model")
        if not isinstance(given, Mapping) or not given:
            raise EmptyInput("input is missing or empty; give an object with a prompt", field="input")
        parameters = domain.get("parameters")
        if parameters is not None and not isinstance(parameters, Mapping):
            raise bad("parameters", parameters, "give a JSON object")
        return cls(name, models.find(name, picture=picture), given, parameters or {})

    def put(self, param: str, value: object, name: str) -> None:
        self.params[param] = value
        self.names[f"params.{param}"] = name

    def text(self, name: str, most: int) -> str:
        """A text of the input, cut at the vendor's limit."""
        given = self.input.get(name)
        if given is None:
            return ""
        if not isinstance(given, str):
            raise bad(f"input.{name}", given, "give a text")
        if len(given) > most:
            self.notes.append(f"input.{name} is {len(given)} characters long; the first {most} count")
        return given[:most]

    def flag(self, name: str, default: bool) -> bool:
        given = self.parameters.get(name, default)
        if not isinstance(given, bool):
            raise bad(f"parameters.{name}", given, "give true or false")
        return given

    def whole(self, name: str) -> int | None:
        given = self.parameters.get(name)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int):
            raise bad(f"parameters.{name}", given, "give a whole number")
        return given


# ---- films


def video(domain: Document, desk: Desk) -> Submission:
    """The job that a request for a film asks for."""
    reading = Reading.of(domain, picture=False)
    _prompts(reading)
    _sources(reading)
    _require(reading)
    _length(reading)
    _size(reading)
    reading.put("sound", reading.flag("audio", reading.model.sounds), "parameters.audio")
    _style(reading)
    return _submission(reading, "video.generate", VIDEO)


def _prompts(reading: Reading) -> None:
    reading.put("prompt", reading.text("prompt", reading.model.prompt), "input.prompt")
    reading.put("negative_prompt", reading.text("negative_prompt", MOST_NEGATIVE), "input.negative_prompt")
    reading.put("extend_prompt", reading.flag("prompt_extend", True), "parameters.prompt_extend")


def _sources(reading: Reading) -> None:
    given = reading.input
    for param, names in (("first", FIRST), ("last", LAST), ("audio", ("audio_url",)), ("video", ("video_url",))):
        for name in names:
            if given.get(name):
                reading.put(param, _address(given[name], f"input.{name}"), f"input.{name}")
                break
    references = [found for name in (*REFERENCES, "reference_url") for found in _addresses(given.get(name), name)]
    if given.get("mask_image_url"):
        reading.put("mask", _address(given["mask_image_url"], "input.mask_image_url"), "input.mask_image_url")
    references += _media(reading)
    if references:
        reading.put("references", references, "input.reference_urls")
    function = given.get("function")
    if isinstance(function, str) and function in EDITS:  # The client writes "video-synthesis" into every request.
        reading.put("edit", EDITS[function], "input.function")


def _media(reading: Reading) -> list[str]:
    """The newer way of giving sources: `media`, a list of a type and an address each."""
    given = reading.input.get("media")
    if given is None:
        return []
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise bad("input.media", given, 'give a list of {"type", "url"}')
    references = []
    for number, one in enumerate(given):
        name = f"input.media.{number}"
        if not isinstance(one, Mapping):
            raise bad(name, one, 'give {"type", "url"}')
        param = MEDIA.get(str(one.get("type")))
        if param is None:
            reading.notes.append(f"{name}.type is {shown(one.get('type'))}; it has no meaning here and is passed over")
        elif param == "references":
            references.append(_address(one.get("url"), f"{name}.url"))
        else:
            reading.put(param, _address(one.get("url"), f"{name}.url"), f"{name}.url")
    return references


def _addresses(given: object, name: str) -> Iterable[str]:
    if not given:
        return []
    items = given if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    return [_address(one, f"input.{name}.{number}") for number, one in enumerate(items)]


def _address(given: object, name: str) -> str:
    if not isinstance(given, str) or not given:
        raise bad(name, given, "give an http(s) address, an oss:// address of an upload, or a data URI")
    return given


def _require(reading: Reading) -> None:
    """A model without what it is made for is the caller's mistake."""
    needs = {
        "text": ("prompt", "input.prompt"),
        "image": ("first", "input.img_url"),
        "frames": ("first", "input.first_frame_url"),
        "reference": ("references", "input.reference_urls"),
        "edit": ("video", "input.video_url"),
    }
    task = reading.model.task
    if task == "edit" and reading.params.get("references"):
        return  # A new film of a reference needs no film.
    param, name = needs.get(task, ("", ""))
    if param and not reading.params.get(param):
        raise MissingParameter(f"{name} is missing; {reading.name} needs it", field=name)
    if not any(reading.params.get(one) for one in ("prompt", "first", "references", "video")):
        raise MissingParameter("input.prompt is missing; say what to show", field="input.prompt")


def _length(reading: Reading) -> None:
    offered = reading.model.seconds
    seconds = reading.whole("duration")
    if seconds is None:
        seconds = offered[0]
    if seconds not in offered:
        choice = ", ".join(map(str, sorted(set(offered))))
        reading.notes.append(f"parameters.duration is {seconds}; {reading.name} offers {choice} at the vendor")
    kept = min(max(seconds, 1), LONGEST)
    if kept != seconds:
        reading.notes.append(f"parameters.duration is {seconds}; {kept} seconds are made")
    reading.put("seconds", kept, "parameters.duration")


def _size(reading: Reading) -> None:
    given = reading.parameters
    if given.get("size"):
        width, height = _sides(given["size"], "parameters.size")
        reading.put("width", width, "parameters.size")
        reading.put("height", height, "parameters.size")
    reading.put("resolution", _tier(reading), "parameters.resolution")
    ratio = given.get("ratio")
    if ratio and not (isinstance(ratio, str) and RATIO.fullmatch(ratio)):
        raise bad("parameters.ratio", ratio, "give it like 16:9")
    if ratio:
        reading.put("ratio", ratio, "parameters.ratio")


def _sides(given: object, name: str) -> tuple[int, int]:
    found = SIZE.fullmatch(given) if isinstance(given, str) else None
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in sides):
        raise bad(name, given, f"give width*height like 1280*720, each from {LEAST_SIDE} to {MOST_SIDE}")
    return sides


def _tier(reading: Reading) -> int:
    given = reading.parameters.get("resolution")
    if given is None:
        return reading.model.tier
    found = TIERS.get(str(given).upper())
    if found is None:
        raise bad("parameters.resolution", given, f"give one of {', '.join(TIERS)}")
    return found


def _style(reading: Reading) -> None:
    given = reading.parameters
    shots = given.get("shot_type", "single")
    if shots not in ("single", "multi"):
        raise bad("parameters.shot_type", shots, "give single or multi")
    reading.put("shots", shots, "parameters.shot_type")
    reading.put("watermark", reading.flag("watermark", False), "parameters.watermark")


# ---- pictures


def picture(domain: Document, desk: Desk) -> Submission:
    """The job that a request for pictures asks for."""
    reading = Reading.of(domain, picture=True)
    if "messages" in reading.input:
        prompt, references = _messages(reading)
        reading.put("prompt", prompt[: reading.model.prompt], "input.messages")
        reading.put(
            "negative_prompt", str(reading.parameters.get("negative_prompt") or ""), "parameters.negative_prompt"
        )
        reading.put("extend_prompt", reading.flag("prompt_extend", True), "parameters.prompt_extend")
    else:
        _prompts(reading)
        names = (*REFERENCES, "ref_img", "sketch_image_url", "base_image_url", "image_url")
        references = [found for name in names for found in _addresses(reading.input.get(name), name)]
    if references:
        reading.put("references", references, "input.images")
    if not reading.params["prompt"]:
        raise MissingParameter("input.prompt is missing; say what to show", field="input.prompt")
    width, height = _sides(reading.parameters.get("size") or "1024*1024", "parameters.size")
    reading.put("width", width, "parameters.size")
    reading.put("height", height, "parameters.size")
    _count(reading)
    reading.put("watermark", reading.flag("watermark", False), "parameters.watermark")
    return _submission(reading, "image.generate", PICTURE)


def choice(domain: Document, desk: Desk) -> Submission:
    """The same, for the operations that answer with messages of an assistant."""
    return replace(picture(domain, desk), face=CHOICE)


def _messages(reading: Reading) -> tuple[str, list[str]]:
    """Texts and pictures of the user's messages."""
    texts: list[str] = []
    pictures: list[str] = []
    given = reading.input["messages"]
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise bad("input.messages", given, "give a list of messages")
    for number, message in enumerate(given):
        content = message.get("content") if isinstance(message, Mapping) else None
        parts = [{"text": content}] if isinstance(content, str) else content
        if not isinstance(parts, Sequence):
            raise bad(f"input.messages.{number}", message, 'give {"role", "content": [{"text"}, {"image"}]}')
        for part in parts:
            if isinstance(part, Mapping):
                texts += [str(part["text"])] if part.get("text") else []
                pictures += [str(part["image"])] if part.get("image") else []
    return "\n".join(texts), pictures


def _count(reading: Reading) -> None:
    count = reading.whole("n")
    count = 1 if count is None else count
    if not 1 <= count <= MOST_PICTURES:
        raise bad("parameters.n", count, f"give 1 to {MOST_PICTURES}")
    reading.put("count", count, "parameters.n")


# ---- both


def _submission(reading: Reading, operator: str, family: str) -> Submission:
    seed = reading.whole("seed")
    if seed is not None and not 0 <= seed <= MOST_SEED:
        raise InvalidParameter(
            f"parameters.seed is {seed}; give a whole number from 0 to {MOST_SEED}", field="parameters.seed"
        )
    reading.put("model", reading.name, "model")
    return Submission(
        operator,
        reading.params,
        seed=secrets.randbelow(MOST_SEED) if seed is None else seed,
        face=family,
        wire={"model": reading.name, "prompt": reading.params["prompt"]},
        notes=tuple(reading.notes),
        names=reading.names,
    )
