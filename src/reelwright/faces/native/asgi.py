"""What this face answers with, and how it looks at a header.

A framework's request objects cost more than the work of the two hot calls (see
`benchmarks/faces/native.py`); so both they and the rest of the face stand on raw ASGI.
"""

from typing import NamedTuple

from starlette.types import Receive, Scope, Send

JSON = (b"content-type", b"application/json")

Headers = tuple[tuple[bytes, bytes], ...]


class Answer(NamedTuple):
    """A whole reply."""

    body: bytes
    status: int = 200
    headers: Headers = (JSON,)

    async def send(self, receive: Receive, send: Send) -> None:
        headers = list(self.headers)
        if self.status != 204:  # "no content" has no length either
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of that lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None
