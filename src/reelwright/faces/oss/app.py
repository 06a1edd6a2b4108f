"""The object face as an ASGI application: read, check, run, answer, in the vendor's shapes."""

import logging
import os
from collections.abc import Iterator, Mapping

from starlette.types import ASGIApp, Receive, Scope, Send

from reelwright.errors import ReelwrightError
from reelwright.faces.oss import errors, operations, signature
from reelwright.faces.oss.call import XML, Answer, read
from reelwright.faces.oss.errors import OssError
from reelwright.faces.oss.transfer import Threads, send_body
from reelwright.service import Service

log = logging.getLogger(__name__)

SERVER = "reelwright"


def build(service: Service) -> ASGIApp:
    """Everything below `/<bucket>`, and `/` for clients that list buckets."""
    threads = Threads()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request_id = os.urandom(12).hex().upper()
        try:
            call = read(service, scope, receive, send)
            signature.check(call)
            answer = await operations.run(call, threads)
        except Exception as error:  # noqa: BLE001 - the border: a fault of ours is logged and told in its shape
            answer = _refusal(error, scope, request_id)
        await _send(answer, scope, receive, send, request_id, threads)

    return app


def _refusal(error: Exception, scope: Scope, request_id: str) -> Answer:
    if not isinstance(error, (OssError, ReelwrightError)):
        log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
    code, status, message = errors.told(error)
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    document = errors.document(code, message, request_id, host)
    headers = {"Content-Type": XML}
    if scope["method"] == "HEAD":
        headers["x-oss-err"] = errors.in_a_header(document)
        return Answer(status, b"", headers, len(document))
    return Answer(status, document, headers)


async def _send(answer: Answer, scope: Scope, receive: Receive, send: Send, request_id: str, threads: Threads) -> None:
    has_length = answer.status not in (204, 304)
    length = len(answer.body) if answer.length is None and isinstance(answer.body, bytes) else answer.length
    headers = {"x-oss-request-id": request_id, "Server": SERVER, **answer.headers}
    if has_length:
        headers["Content-Length"] = str(length)
    await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(headers)})
    if isinstance(answer.body, Iterator):
        await send_body(answer.body, receive, send, threads)
    else:
        await send({"type": "http.response.body", "body": answer.body})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [
        (name.lower().encode("ascii", "replace"), text.encode("utf-8", "surrogateescape"))
        for name, text in headers.items()
    ]
