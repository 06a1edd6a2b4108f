"""The front: one ASGI application that sends each request to the face whose path it is.

Nothing here reads a request further than its path and a header or two. The vendor's object
clients ask for the list of buckets at `/` too, where the RPC face lives; their signature
tells them apart. The RPC face's clients may have an endpoint with a path of its own, so a
request that names an operation is theirs wherever it goes. An open server, that asks nobody
for a key, answers only requests that were really meant for this machine: see `_is_strange`.
"""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from uuid import uuid4

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import reelwright
from reelwright.faces.metering import CONTENT_TYPE, Meter
from reelwright.faces.request import origin
from reelwright.service import Service

log = logging.getLogger(__name__)

NATIVE_PAGES = frozenset({"/docs", "/openapi.json"})
LOOPBACK = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?")
JSON, TEXT = b"application/json", b"text/plain; charset=utf-8"

_encode = msgspec.json.Encoder().encode


class Front:
    """All faces behind one address. `drain` ends the open streams when the server stops."""

    def __init__(
        self,
        service: Service,
        *,
        native: ASGIApp,
        ice: ASGIApp,
        is_for_ice: Callable[[Scope], bool],
        dashscope: ASGIApp,
        is_for_dashscope: Callable[[str], bool],
        oss: ASGIApp,
        drain: Callable[[], None],
    ) -> None:
        self._service = service
        self._native, self._ice, self._oss = native, ice, oss
        self._is_for_ice = is_for_ice
        self._dashscope, self._is_for_dashscope = dashscope, is_for_dashscope
        self.drain = drain
        self.meter = Meter(service.counts, service.callbacks.tally)
        self._guards = service.settings.open
        self._logs = service.settings.log_level == "debug"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        face, app = self._route(scope)
        try:
            await app(scope, receive, watched)
        except Exception:  # The last border: whatever a face let through is logged and told, never silent.
            log.exception("face failed", extra={"face": face, "path": scope["path"]})
            if status:
                raise  # The reply had begun: the server breaks the line, so that nobody takes it for whole.
            await _failed(scope, receive, watched)
        finally:
            seconds = perf_counter() - began
            # A caller that went away before it could be answered is 499, as in most servers' logs.
            self.meter.count(face, status or 499, seconds)
            if self._logs:
                fields = {"face": face, "method": scope["method"], "path": scope["path"], "status": status}
                log.debug("request", extra={**fields, "seconds": round(seconds, 6)})

    def _route(self, scope: Scope) -> tuple[str, ASGIApp]:
        path: str = scope["path"]
        if self._guards and _is_strange(scope):
            return "front", _strange
        if path.startswith("/v1/") or path in NATIVE_PAGES:
            return "native", self._native
        if self._is_for_dashscope(path):
            return "dashscope", self._dashscope
        if path == "/":
            return ("oss", self._oss) if _is_signed_for_objects(scope) else ("ice", self._ice)
        if path == "/healthz":
            return "front", self._health
        if path == "/metrics":
            return "front", self._metrics
        return ("ice", self._ice) if self._is_for_ice(scope) else ("oss", self._oss)

    async def _health(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._service.pipelines("default")
            status, said = 200, "ok"
        except Exception:  # Whatever it is, an answer must say that the ledger does not answer.
            log.exception("ledger does not answer")
            status, said = 503, "the ledger does not answer; the server's log says why"
        await _reply(send, status, JSON, _encode({"status": said, "version": reelwright.__version__}))

    async def _metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _reply(send, 200, CONTENT_TYPE, self.meter.rendered())

    async def _live(self, receive: Receive, send: Send) -> None:
        stage = "startup"
        try:
            await receive()
            async with self._service.running():
                await send({"type": "lifespan.startup.complete"})
                await receive()
                stage = "shutdown"
                self.drain()
        except Exception as error:  # The server wants to be told, whatever it is, and prints it.
            log.exception("server failed", extra={"stage": stage})
            await send({"type": f"lifespan.{stage}.failed", "message": f"{type(error).__name__}: {error}"})
        else:
            await send({"type": "lifespan.shutdown.complete"})


def _is_signed_for_objects(scope: Scope) -> bool:
    """`Authorization: OSS …` and `OSS4-HMAC-SHA256 …` are the object clients' signatures."""
    return any(name == b"authorization" and value.startswith(b"OSS") for name, value in scope["headers"])


def _is_strange(scope: Scope) -> bool:
    """Did a web page send this? An open server would let any page in the user's browser give it work.

    A page of another origin says so in `Origin`; a page that had its own host name turned to
    this machine (DNS rebinding) still names that host.
    """
    headers = dict(scope["headers"])
    host = origin(headers.get(b"host"), scope["scheme"], scope.get("server")).host
    page = headers.get(b"origin")
    is_elsewhere = page is not None and page.decode("latin-1").lower().partition("://")[2] != host
    return is_elsewhere or not LOOPBACK.fullmatch(host)


async def _strange(scope: Scope, receive: Receive, send: Send) -> None:
    told = "this server is open (--open) and so answers only callers on this machine, by a loopback address"
    await _refuse(send, 403, "Forbidden", told)


async def _failed(scope: Scope, receive: Receive, send: Send) -> None:
    await _refuse(send, 500, "InternalError", "the server failed on this request; its log says why")


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    """In JSON, with the names that the RPC clients read: their libraries fail on anything else."""
    told = {"Code": code, "Message": message, "RequestId": str(uuid4()).upper()}
    await _reply(send, status, JSON, _encode(told))


async def _reply(send: Send, status: int, media_type: bytes, body: bytes) -> None:
    headers = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def build(service: Service) -> Front:
    """The whole server as an ASGI application."""
    from reelwright.faces import dashscope, ice, native, oss

    face = native.build(service)
    return Front(
        service,
        native=face,
        ice=ice.build(service),
        is_for_ice=ice.is_for_ice,
        dashscope=dashscope.build(service),
        is_for_dashscope=dashscope.is_for_dashscope,
        oss=oss.build(service),
        drain=face.drain,
    )
