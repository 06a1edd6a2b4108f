"""One question to an OpenAI-compatible server, `POST /chat/completions`, tried until it is answered.

How it is tried again, and how the key is kept, is told in `models.asking`. A reply that is no chat completion counts as
none. What will not pass (a wrong key, an unknown model, a refused request) ends at once.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from reelwright.errors import UpstreamRefused
from reelwright.models.asking import Passing, Refused, Server, message_of, short
from reelwright.models.port import Endpoint

PATH = "/chat/completions"
SETTINGS = "`llm_url`, `llm_key` and `llm_model`"
USUAL_BASE = "/v1"  # of a server that is named without any path
UNKNOWN_FORM = frozenset({400, 404, 415, 422, 501})  # what servers answer to a `response_format` they do not know


class FormUnknown(Exception):
    """The server does not take this `response_format`, or this request at all."""


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


# The part of the protocol that is read; whatever else a server sends is passed over.


class _Words(msgspec.Struct):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    message: _Words
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    total_tokens: int = 0


class _Reply(msgspec.Struct):
    choices: list[_Choice]
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    tokens: int
    is_cut: bool


class Chat:
    """`pause` waits so many seconds; a run that may be cancelled looks for it there."""

    def __init__(self, endpoint: Endpoint, pause: Callable[[float], None] = time.sleep) -> None:
        self.endpoint = endpoint
        self._server = Server(replace(endpoint, address=_base(endpoint.address)), SETTINGS, pause)

    def said(self, request: Mapping[str, Any]) -> Said:
        """Tried until it is answered, as often as the settings allow."""
        try:
            return self._server.ask(PATH, {"model": self.endpoint.model, **request}, _said)
        except Refused as error:
            if error.status in UNKNOWN_FORM:
                raise FormUnknown(error.told) from error
            raise


def _said(content: bytes) -> Said:
    try:
        reply = msgspec.json.decode(content, type=_Reply)
    except msgspec.MsgspecError as error:
        raise Passing(f"its reply is no chat completion ({error}): {message_of(content)}") from error
    if not reply.choices:
        raise Passing("its reply has no choices")
    said = reply.choices[0].message
    if said.refusal:
        raise UpstreamRefused(f"the language model refused: {short(said.refusal)}")
    if said.content is None:
        raise Passing("its reply has no text")
    tokens = reply.usage.total_tokens if reply.usage else 0
    return Said(said.content, tokens, reply.choices[0].finish_reason == "length")


def _base(address: str) -> str:
    """Of the interface. An address without any path is that of the server; its interface is below /v1."""
    address = address.rstrip("/").removesuffix(PATH)
    return address if urlsplit(address).path else address + USUAL_BASE


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": one.role, "content": one.content} for one in messages]
