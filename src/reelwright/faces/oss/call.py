"""A request as this face reads it, and the answers it gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_plus, unquote_to_bytes

from starlette.types import Receive, Scope, Send

from reelwright.faces.oss.errors import InvalidArgument, InvalidName
from reelwright.service import Service
from reelwright.storage.port import ObjectStore

XML = "application/xml"


@dataclass(frozen=True)
class Call:
    """Bucket and key are decoded; an empty one was not given."""

    service: Service
    receive: Receive
    send: Send
    method: str
    bucket: str
    key: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]

    @property
    def store(self) -> ObjectStore:
        return self.service.objects

    @cached_property
    def params(self) -> Mapping[str, str]:
        return dict(self.query)

    @property
    def level(self) -> str:
        if self.key:
            return "object"
        return "bucket" if self.bucket else "service"

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number of the query."""
        text = self.params.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
            raise InvalidArgument(f"{name} is {text[:40]!r}; give a whole number from {least} to {most}")
        return int(text)


@dataclass(frozen=True)
class Answer:
    """`body` is whole, or chunks of `length` bytes."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def xml(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, body, {"Content-Type": XML, **(headers or {})})


def read(service: Service, scope: Scope, receive: Receive, send: Send) -> Call:
    """The call that a request is. The key is what follows the bucket, decoded once: `%252e` is the text `%2e`."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    bucket, _, key = raw.removeprefix(b"/").partition(b"/")
    return Call(
        service,
        receive,
        send,
        scope["method"],
        _text(bucket, "bucket"),
        _text(key, "key"),
        _query(scope.get("query_string", b"")),
        _headers(scope),
    )


def _text(raw: bytes, field: str) -> str:
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise InvalidName(f"the {field} is not UTF-8; encode it so, and percent-encode the bytes", field) from None


def _query(raw: bytes) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in raw.decode("latin-1").split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]


def _headers(scope: Scope) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        # The clients send metadata as UTF-8.
        headers.setdefault(name.decode("latin-1"), value.decode("utf-8", "surrogateescape").strip())
    return headers
