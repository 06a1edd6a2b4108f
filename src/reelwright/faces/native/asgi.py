"""The few pieces of HTTP that this face needs of raw ASGI: a header, a body, an answer.

A framework's request objects cost more than the work of the two hot calls (see
`benchmarks/faces/native.py`); so both they and the rest of the face stand on these.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from reelwright.errors import TooLarge

MAX_BODY = 4 << 20  # bytes; a job names its media by address, so a body is parameters and never a file
HOST = re.compile(rb"[A-Za-z0-9._-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
JSON = (b"content-type", b"application/json")

Headers = Iterable[tuple[bytes, bytes]]


class Disconnected(Exception):
    """The caller went away before the request was whole; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole reply."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = (JSON,)

    async def send(self, receive: Receive, send: Send) -> None:
        await reply(send, self.status, self.body, self.headers)


async def reply(send: Send, status: int, body: bytes, headers: Headers = (JSON,)) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


async def body_of(scope: Scope, receive: Receive) -> bytes:
    """The whole body. Raises `TooLarge` before it holds more than `MAX_BODY`."""
    announced = header(scope, b"content-length")
    if announced is not None and announced.isdigit() and int(announced) > MAX_BODY:
        raise _too_large()
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        whole: bytes = message.get("body", b"")
        return whole
    parts, size = [], 0
    while message["type"] == "http.request":
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    raise Disconnected


def _too_large() -> TooLarge:
    return TooLarge(f"the body is larger than {MAX_BODY} bytes; upload media as objects and name their addresses")


def host_of(scope: Scope) -> str:
    """`host[:port]` as the caller wrote it, or the socket's own if that is not a host: it ends up in links."""
    asked = header(scope, b"host")
    if asked is not None and HOST.fullmatch(asked):
        return asked.decode("ascii")
    host, port = scope.get("server") or ("127.0.0.1", None)
    return f"{host}:{port}" if port else str(host)


def base_of(scope: Scope) -> str:
    """`http://host:port` under which the caller reached this server."""
    return f"{scope['scheme']}://{host_of(scope)}"
