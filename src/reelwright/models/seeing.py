"""What is in pictures, by a language model that sees: any server with `POST /chat/completions` that takes pictures.

A few pictures go out as small JPEGs with one question; the answer is a list of things, each with the pictures it is
seen in and how sure that is, and a sentence about all of them. It is read strictly, and asked for once more with the
fault named where it does not fit. A model that does not see refuses such a question, and that is told.
"""

import base64
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from reelwright.errors import ModelNotInstalled, UpstreamFailed, UpstreamRefused
from reelwright.models.asking import short
from reelwright.models.chat import Chat, FormUnknown
from reelwright.models.port import Models

CAPABILITY = "llm"
REPAIRS = 1
MOST_THINGS = 20
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)

QUESTION = (
    "These are {count} pictures from one film, numbered from 1 in order of time. Name what is seen: things, animals, "
    "places, activities; at most {most}, each by one to three common words in English. Answer with one JSON object and "
    'nothing else: {{"things": [{{"name": "…", "pictures": [1, 2], "score": 0.9}}], "summary": "one sentence"}}'
)


class Thing(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """`pictures`: their numbers, from 1. `score`: 0 to 1, as sure as the model says it is."""

    name: str
    pictures: tuple[int, ...]
    score: float


class _Seen(msgspec.Struct, forbid_unknown_fields=True):
    things: list[Thing]
    summary: str


@dataclass(frozen=True, slots=True)
class Seen:
    things: tuple[Thing, ...]
    summary: str
    tokens: int


def look(pictures: Sequence[bytes], models: Models, *, pause: Callable[[float], None] = time.sleep) -> Seen:
    """What is in the pictures, JPEG each. `pause` waits so many seconds between two tries.

    Raises ModelNotInstalled if no language model is set, UpstreamFailed if its answers do not fit, UpstreamRefused
    if it takes no pictures.
    """
    endpoint = models.endpoint(CAPABILITY)
    if endpoint is None:
        raise ModelNotInstalled("no language model is set: give the address of one that sees pictures in `llm_url`")
    chat, tokens, fault = Chat(endpoint, pause), 0, ""
    messages: list[dict[str, Any]] = [{"role": "user", "content": _asked(pictures)}]
    for _ in range(REPAIRS + 1):
        try:
            said = chat.said({"messages": messages, "temperature": 0})
        except FormUnknown as error:
            raise UpstreamRefused(f"{error}; the language model in `llm_url` must be one that sees pictures") from error
        tokens += said.tokens
        try:
            found = _read(said.text, len(pictures))
        except ValueError as error:
            fault = str(error)
            mend = f"That answer cannot be used: {fault}. Give the whole JSON object again."
            messages = [*messages[:1], {"role": "assistant", "content": said.text}, {"role": "user", "content": mend}]
            continue
        return Seen(tuple(found.things), found.summary.strip(), tokens)
    raise UpstreamFailed(f"the language model gave no answer of the right form: {short(fault)}")


def _asked(pictures: Sequence[bytes]) -> list[dict[str, Any]]:
    words = QUESTION.format(count=len(pictures), most=MOST_THINGS)
    shown = [f"data:image/jpeg;base64,{base64.b64encode(one).decode()}" for one in pictures]
    return [{"type": "text", "text": words}, *({"type": "image_url", "image_url": {"url": one}} for one in shown)]


def _read(text: str, count: int) -> _Seen:
    """ValueError tells what is wrong."""
    found = _OBJECT.search(text)
    if found is None:
        raise ValueError("it holds no JSON object")
    seen = msgspec.json.decode(found.group(), type=_Seen)
    if len(seen.things) > MOST_THINGS:
        raise ValueError(f"it names {len(seen.things)} things; {MOST_THINGS} are the most")
    for one in seen.things:
        if not one.name.strip() or not 0 <= one.score <= 1:
            raise ValueError(f"the thing {one.name!r} has no name, or a score that is not within 0 and 1")
        if not one.pictures or not all(1 <= number <= count for number in one.pictures):
            raise ValueError(f"{one.name!r} is in the pictures {list(one.pictures)}; they are numbered 1 to {count}")
    return seen
