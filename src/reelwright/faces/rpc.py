"""The vendor's RPC protocol: one path, the operation named by a header, JSON out.

    request -> action and version -> who asks -> the operation's table -> reply

An action is looked for in the header `x-acs-action`, then in the query, then in the form.
Parameters of query and form are one set; GET and POST are the same. Every reply of every
layer is a JSON object with a `RequestId`, a crash included. Any path is served as long as
an action is named, because clients put their endpoint's path before the `/` that they sign.

This is raw ASGI: see `benchmarks/faces/ice.py` for what that is worth.
"""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import msgspec
from starlette.types import Receive, Scope, Send

from reelwright import timing
from reelwright.errors import (
    InternalError,
    MethodNotAllowed,
    MissingParameter,
    OperationNotFound,
    ReelwrightError,
    Throttled,
    Unauthorized,
    UnsupportedVersion,
)
from reelwright.faces import request as requests
from reelwright.faces import signature
from reelwright.faces.calls import Caller, Calls
from reelwright.faces.request import Disconnected, Origin, Request, shown
from reelwright.faces.wire import Operation
from reelwright.service import Service

log = logging.getLogger(__name__)

ANONYMOUS = "default"  # tenant of whoever brings no good key to an open server
JSON = (b"content-type", b"application/json;charset=utf-8")
METHODS = ("POST", "GET")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Fault:
    """How a vendor tells an error."""

    code: str
    status: int


Tell = Callable[[ReelwrightError], Fault]


class Rpc:
    """A vendor's API as an ASGI application. `tell` is its table of errors."""

    def __init__(self, service: Service, *, version: str, operations: Iterable[Operation], tell: Tell) -> None:
        self._service = service
        self._version = version
        self._operations = {operation.action: operation for operation in operations}
        self._tell = tell
        self._calls = Calls(service)
        self._open = service.settings.open
        self._window = service.settings.clock_window

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id = _new_id()
        headers = [JSON, (b"x-acs-request-id", request_id.encode())]
        try:
            status, body = 200, _with_id(await self._answer(scope, receive), request_id)
        except Disconnected:
            return
        except ReelwrightError as error:
            status, body = self._told(error, scope, request_id)
            if isinstance(error, Throttled):
                # The client knows a throttled call by this header only, and wants milliseconds.
                headers.append((b"x-acs-retry-after", b"%d" % max(1, round(error.retry_after * 1000))))
        except Exception:  # The border of the face: a fault of ours is told in its shape, and logged.
            log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
            told = f"the server failed on this request; its log has the reason under request {request_id}"
            status, body = self._told(InternalError(told), scope, request_id)
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        request = await requests.read(scope, receive)
        if request.method not in METHODS:
            raise MethodNotAllowed(f"{request.method} is not a method of this API; use POST or GET")
        parameters = requests.merged(request.query_pairs, request.form_pairs)
        operation = self._operation(request, parameters)
        caller = Caller(self._tenant(request, parameters), _origin(request.headers, scope))
        return await self._calls.answer(operation, caller, parameters)

    def _operation(self, request: Request, parameters: Mapping[str, str]) -> Operation:
        action = _named(request, b"x-acs-action", parameters, "Action")
        if not action:
            raise _no_action(request.path)
        version = _named(request, b"x-acs-version", parameters, "Version")
        if version and version != self._version:
            raise UnsupportedVersion(f"the version is {shown(version)}; this is {self._version}", field="Version")
        operation = self._operations.get(action)
        if operation is None:
            raise _unknown(action, self._operations)
        return operation

    def _tenant(self, request: Request, parameters: Mapping[str, str]) -> str:
        now = timing.now() if self._window else 0.0
        try:
            return signature.authenticate(request, parameters, self._service, now=now, window=self._window).tenant
        except Unauthorized:
            if self._open:
                return ANONYMOUS
            raise

    def _told(self, error: ReelwrightError, scope: Scope, request_id: str) -> tuple[int, bytes]:
        fault = self._tell(error)
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        body = {
            "RequestId": request_id,
            "HostId": host.decode("latin-1"),
            "Code": fault.code,
            "Message": error.message,
            "Recommend": "",
        }
        return fault.status, _encode(body)


def _new_id() -> str:
    """A random UUID (version 4) in upper case; the library's own takes three times as long."""
    digits = os.urandom(16).hex().upper()
    variant = "89AB"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _with_id(document: bytes, request_id: str) -> bytes:
    return b'{"RequestId":"%b"%b%b' % (request_id.encode(), b"" if document == b"{}" else b",", document[1:])


def _named(request: Request, header: bytes, parameters: Mapping[str, str], name: str) -> str:
    given = request.headers.get(header)
    return parameters.get(name, "") if given is None else given.decode("latin-1").strip()


def _origin(headers: Mapping[bytes, bytes], scope: Scope) -> Origin:
    server = scope.get("server")
    return requests.origin(headers.get(b"host"), scope["scheme"], tuple(server) if server else None)


def _no_action(path: str) -> ReelwrightError:
    if path != "/":
        return OperationNotFound(f"there is nothing at {shown(path)}; operations are called at /", field="Action")
    told = "Action is missing; name the operation in the header x-acs-action, or in the parameter Action"
    return MissingParameter(told, field="Action")


def _unknown(action: str, known: Iterable[str]) -> OperationNotFound:
    near = get_close_matches(action, known, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(near)}?" if near else "mend its spelling"
    return OperationNotFound(f"there is no operation {shown(action)}; {hint}", field="Action")
