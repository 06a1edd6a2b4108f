"""A request as it came: raw headers, query and body, and what they say.

The faces stand on raw ASGI because a framework's request objects cost more than the
answer to a hot call. Values keep the bytes they came in, since signatures are made over
those. Nothing here knows a vendor; sizes are capped before anything is read into memory.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from starlette.types import Receive, Scope

from reelwright.errors import InvalidParameter, TooLarge

MAX_BODY = 4 << 20  # bytes; media go by address, so a body holds parameters only
MAX_QUERY = 1 << 20
MAX_HEADERS = 64 << 10
MAX_PAIRS = 1000  # parameters of one request; the largest operation known has about 40
FORM = b"application/x-www-form-urlencoded"
BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
HOST = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?P<port>:[0-9]{1,5})?")
SHOWN = 80  # characters of a wrong value that a message repeats

Pairs = list[tuple[str, str]]


class Disconnected(Exception):
    """The caller went away before the request was whole; there is nobody to answer."""


class Request(NamedTuple):
    """What a signature may cover. Header names are lower-case, values raw."""

    method: str
    path: str
    headers: Mapping[bytes, bytes]
    query: bytes
    body: bytes
    query_pairs: Pairs
    form_pairs: Pairs


class Origin(NamedTuple):
    """Where the caller thinks that it speaks to. `host` is `host[:port]`, `base` the front of links."""

    host: str
    base: str


async def read(scope: Scope, receive: Receive) -> Request:
    """The whole request. Raises `TooLarge`, `InvalidParameter`, or `Disconnected`."""
    headers = headers_of(scope["headers"])
    query: bytes = scope["query_string"]
    if len(query) > MAX_QUERY:
        raise TooLarge(f"the query is {len(query)} bytes long; at most {MAX_QUERY}, send large parameters as a form")
    body = await body_of(headers, receive)
    form = pairs(body, "form") if body and _is_form(headers) else []
    return Request(scope["method"], scope["path"], headers, query, body, pairs(query, "query"), form)


def headers_of(given: Iterable[tuple[bytes, bytes]]) -> Mapping[bytes, bytes]:
    """Headers by name. A name that came more than once has its stripped values sorted and joined with `,`."""
    given = list(given)
    found = dict(given)
    if len(found) != len(given):
        for name in found:
            found[name] = b",".join(sorted([value.strip() for other, value in given if other == name]))
    # Joining is by far the quickest way to add the lengths up.
    if len(b"".join(found)) + len(b"".join(found.values())) > MAX_HEADERS:
        raise TooLarge(f"the headers are larger than {MAX_HEADERS} bytes; send parameters in the query or as a form")
    return found


async def body_of(headers: Mapping[bytes, bytes], receive: Receive, *, most: int = MAX_BODY) -> bytes:
    """The whole body, never more than `most` bytes of it."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > most:
        raise _too_large(most)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        whole: bytes = message.get("body", b"")
        if len(whole) > most:
            raise _too_large(most)
        return whole
    parts, size = [], 0
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _too_large(most)
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    raise Disconnected


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"the body is larger than {most} bytes; upload media as objects and name their addresses")


def _is_form(headers: Mapping[bytes, bytes]) -> bool:
    # The asynchronous vendor client announces octets on an empty body, so only a form with content counts.
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == FORM


def pairs(encoded: bytes, where: str) -> Pairs:
    """Names and values of a query or form in their order, decoded. Raises `InvalidParameter`."""
    if not encoded:
        return []
    parts = encoded.split(b"&")
    if len(parts) > MAX_PAIRS:
        raise TooLarge(f"the {where} holds {len(parts)} parameters; at most {MAX_PAIRS}")
    found = []
    for part in parts:
        if part:
            name, _, value = part.partition(b"=")
            decoded = _decoded(name, "a name")
            found.append((decoded, _decoded(value, decoded)))
    return found


def _decoded(raw: bytes, name: str) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        if BAD_PERCENT.search(raw):
            raise InvalidParameter(f"{name} is badly percent-encoded: {shown(raw)}; write % as %25", field=name)
        raw = unquote_to_bytes(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise InvalidParameter(f"{name} is no UTF-8: {shown(raw)}; encode text as UTF-8", field=name) from None


def merged(*lists: Pairs) -> dict[str, str]:
    """Parameters by name. One that comes twice must say the same twice."""
    found: dict[str, str] = {}
    for given in lists:
        for name, value in given:
            if found.setdefault(name, value) != value:
                told = f"{name} is given twice, as {shown(found[name])} and {shown(value)}; give it once"
                raise InvalidParameter(told, field=name)
    return found


@lru_cache(maxsize=1024)
def origin(host: bytes | None, scheme: str, server: tuple[str, int | None] | None) -> Origin:
    """Read a Host header: clients with a URL or a path prefix as endpoint really send those as Host."""
    text = (host or b"").decode("latin-1").rpartition("://")[2].partition("/")[0]
    if not HOST.fullmatch(text):
        name, port = server or ("127.0.0.1", None)
        text = f"{name}:{port}" if port else name
    return Origin(text.lower(), f"{scheme}://{text}")


def shown(value: object) -> str:
    """A wrong value as a message repeats it: short, and never with control characters."""
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
