"""One question to an OpenAI-compatible server, `POST /chat/completions`, tried until it is answered.

What may pass (no connection, a slow answer, 429, 5xx, a reply that is no JSON) is tried again with growing pauses, as
long as the server asks for if it says so. What will not pass (a wrong key, an unknown model, a refused request) ends at
once. A reply that drips for ever or never stops is given up. The key stands in the request's header and nowhere else: a
server's message that repeats it is shown without.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import msgspec

from reelwright.errors import UpstreamFailed, UpstreamRefused
from reelwright.loading import lazy
from reelwright.models.asking import (
    CONNECT,
    FIRST_PAUSE,
    LOOPBACK,
    MOST_PAUSE,
    PASSING,
    message_of,
    retry_after,
    short,
    shown,
)
from reelwright.models.port import Endpoint

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy("httpx")

PATH = "/chat/completions"
USUAL_BASE = "/v1"  # of a server that is named without any path
MOST_BYTES = 8 << 20  # of one reply
KEY_REFUSED = frozenset({401, 403})
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


@dataclass(slots=True)
class Chat:
    """`pause` waits so many seconds; a run that may be cancelled looks for it there."""

    endpoint: Endpoint
    pause: Callable[[float], None] = time.sleep
    _rng: random.Random = field(default_factory=random.Random, init=False, repr=False)

    def said(self, request: Mapping[str, Any]) -> Said:
        """Tried until it is answered, as often as the settings allow."""
        body = msgspec.json.encode({"model": self.endpoint.model, **request})
        fault = ""
        for number in range(self.endpoint.attempts):
            try:
                return self._once(body)
            except _Passing as error:
                fault, wait = str(error), error.wait
            if number + 1 < self.endpoint.attempts:
                self.pause(min(MOST_PAUSE, wait if wait is not None else self._back_off(number)))
        raise UpstreamFailed(
            f"the language model at {shown(self.endpoint.address)} did not answer, tried {self.endpoint.attempts} "
            f"times: {fault}"
        )

    def _back_off(self, number: int) -> float:
        """Doubled each time, and up to a quarter more, so that many workers do not come back at once."""
        return FIRST_PAUSE * float(2**number) * (1 + self._rng.random() / 4)

    def _once(self, body: bytes) -> Said:
        status, headers, content = self._posted(body)
        if self.endpoint.key:  # some servers repeat it; hidden before anything is cut off
            content = content.replace(self.endpoint.key.encode(), b"...")
        if status == 200:
            return self._read(content)
        message = message_of(content)
        where = f"{shown(self.endpoint.address)} answered {status}: {message}"
        if status in PASSING:
            raise _Passing(where, retry_after(headers))
        if status in KEY_REFUSED:
            raise UpstreamRefused(f"{where}; see the settings `llm_key` and `llm_model`")
        if status in UNKNOWN_FORM:
            raise FormUnknown(where)
        raise UpstreamRefused(f"{where}; see the settings `llm_url` and `llm_model`")

    def _posted(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        headers = {"content-type": "application/json"}
        if not (self.endpoint.key.isascii() and (self.endpoint.key or "-").isprintable()):
            raise UpstreamRefused("the setting `llm_key` holds a letter that no header may hold; copy it again")
        if self.endpoint.key:
            headers["authorization"] = f"Bearer {self.endpoint.key}"
        ends = time.monotonic() + self.endpoint.timeout
        timeout = httpx.Timeout(self.endpoint.timeout, connect=min(CONNECT, self.endpoint.timeout))
        address = _chat_address(self.endpoint.address)
        own = urlsplit(address).hostname in LOOPBACK  # a proxy is not asked for what is on this machine
        is_plain = address.startswith("http://")  # certificates are not loaded for nothing
        try:
            with (
                httpx.Client(timeout=timeout, trust_env=not own, verify=not is_plain) as client,
                client.stream("POST", address, content=body, headers=headers) as reply,
            ):
                return reply.status_code, reply.headers, _whole(reply.iter_bytes(), ends)
        except httpx.TimeoutException as error:
            raise _Passing(f"no answer within {self.endpoint.timeout:g} s") from error
        except httpx.TransportError as error:
            raise _Passing(str(error) or type(error).__name__) from error
        except (httpx.InvalidURL, httpx.DecodingError) as error:
            raise UpstreamRefused(f"{shown(address)} cannot be asked: {error}; see the setting `llm_url`") from error

    def _read(self, content: bytes) -> Said:
        try:
            reply = msgspec.json.decode(content, type=_Reply)
        except msgspec.MsgspecError as error:
            raise _Passing(f"its reply is no chat completion ({error}): {message_of(content)}") from error
        if not reply.choices:
            raise _Passing("its reply has no choices")
        said = reply.choices[0].message
        if said.refusal:
            raise UpstreamRefused(f"the language model refused: {short(said.refusal)}")
        if said.content is None:
            raise _Passing("its reply has no text")
        tokens = reply.usage.total_tokens if reply.usage else 0
        return Said(said.content, tokens, reply.choices[0].finish_reason == "length")


class _Passing(Exception):
    """This try failed; another may not. `wait`: seconds the server asks for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def _chat_address(base: str) -> str:
    """Where to post. A base without any path is that of the server; its interface is below /v1."""
    base = base.rstrip("/")
    if base.endswith(PATH):
        return base
    return base + ("" if urlsplit(base).path else USUAL_BASE) + PATH


def plain(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": one.role, "content": one.content} for one in messages]


def _whole(parts: Iterator[bytes], ends: float) -> bytes:
    """All of a body; one that drips for ever, or never stops, is given up."""
    found, size = [], 0
    for part in parts:
        found.append(part)
        size += len(part)
        if time.monotonic() > ends:
            raise _Passing("its reply did not end in time")
        if size > MOST_BYTES:
            raise _Passing(f"its reply is larger than {MOST_BYTES >> 20} MiB")
    return b"".join(found)
