"""What an operation of this face is: a method, a path, and a function whose types say the rest.

A handler is `async def name(call, id, query: SomeQuery, body: SomeRequest) -> SomeReply`; of
`id` (whatever the path names), `query` and `body` it declares what it uses. Reading, refusing
and the OpenAPI document all follow from that one signature. Handlers return a record of
`reelwright.v1`, or `Rendered[record]` where the bytes are there already. The hot calls and the stream are
`Operation`s without a handler: `app` serves them before it looks into the table.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from reelwright.errors import Forbidden
from reelwright.faces.native import reading
from reelwright.faces.native.asgi import Answer, Headers
from reelwright.jobs.job import Key
from reelwright.service import Service

T = TypeVar("T")
Handler = Callable[..., Awaitable[Any]]

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Rendered(Generic[T]):
    """A reply of type `T` that is bytes already."""

    document: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, and under which address they see this server. `key` is None for an anonymous caller."""

    service: Service
    tenant: str
    key: Key | None
    base: str

    @property
    def host(self) -> str:
        """`host:port` of that address."""
        return self.base.partition("://")[2]

    def known_key(self) -> Key:
        if self.key is None:
            raise Forbidden("new keys are made for callers that have one; send `Authorization: Bearer <ApiKey>`")
        return self.key


@dataclass(frozen=True)
class Operation:
    """What the outside may know of an operation."""

    method: str
    path: str
    summary: str
    gives: Any
    description: str = ""
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    status: int = 200
    media_type: str = "application/json"

    def match(self, path: str) -> Mapping[str, str] | None:
        """The named parts of a path of this shape."""
        found = self._shape.fullmatch(path)
        return None if found is None else found.groupdict()

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(self.body)


@dataclass(frozen=True)
class Served(Operation):
    """An operation with the handler that does it."""

    handler: Handler = field(kw_only=True)
    headers: Headers = ()
    """Of the reply, beside its type."""

    async def answer(self, call: Call, parts: Mapping[str, str], query: bytes, raw: bytes) -> Answer:
        """Read what the handler wants, call it, and render what it returns."""
        wanted: dict[str, Any] = dict(parts)
        if self.query is not None:
            wanted["query"] = reading.query(query, self.query)
        if self.body is not None:
            wanted["body"] = reading.body(raw, self.decoder)
        gave = await self.handler(call, **wanted)
        headers = ((b"content-type", self.media_type.encode()), *self.headers)
        return Answer(gave.document if isinstance(gave, Rendered) else _encode(gave), self.status, headers)


def served(
    method: str,
    path: str,
    handler: Handler,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Headers = (),
) -> Served:
    """An operation as its handler declares it: types from the signature, words from the docstring."""
    hints = get_type_hints(handler)
    gives = hints["return"]
    summary, _, description = (inspect.getdoc(handler) or "").partition("\n\n")
    return Served(
        method=method,
        path=path,
        summary=summary,
        description=description,
        gives=get_args(gives)[0] if get_origin(gives) is Rendered else gives,
        handler=handler,
        query=hints.get("query"),
        body=hints.get("body"),
        status=status,
        media_type=media_type,
        headers=headers,
    )
