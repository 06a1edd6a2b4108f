"""The task API as an ASGI application: routes, who asks, the envelope.

    POST <prefix>services/aigc/<group>/<action>   create a task; or, for one of them, answer at once
    GET  <prefix>tasks/<id>                       fetch; an unknown one is no error
    POST <prefix>tasks/<id>/cancel
    GET  <prefix>tasks
    GET  <prefix>uploads?action=getPolicy         where to put a local file
    POST /dashscope-upload                        the file

A slash at the end makes no difference: the vendor's asynchronous client sends one. Errors are
`{"code", "message", "request_id"}` with a status, those of a crash too.
"""

import json
import logging
import uuid
from collections.abc import Mapping, Sequence

import msgspec
from starlette.types import Receive, Scope, Send

from reelwright.errors import (
    InternalError,
    JobNotFound,
    MethodNotAllowed,
    OperationNotFound,
    ReelwrightError,
    Throttled,
    Unauthorized,
)
from reelwright.faces import request as requests
from reelwright.faces.calls import Caller, Calls
from reelwright.faces.codecs import bad, parsed_object
from reelwright.faces.dashscope import listing, sources, tasks
from reelwright.faces.dashscope.errors import AccessDenied, tell
from reelwright.faces.request import Disconnected, shown
from reelwright.faces.throttling import Throttle
from reelwright.faces.wire import Operation
from reelwright.jobs.job import Status
from reelwright.service import Service

log = logging.getLogger(__name__)

UPLOADS = "/dashscope-upload"
ANONYMOUS = "default"  # tenant of whoever brings no good key to an open server
JSON = (b"content-type", b"application/json; charset=utf-8")
MOST_BODY = 64 << 20  # bytes; pictures come as data URIs too
LONGEST_CALL = 600.0  # s; of a call that waits for its task

CREATE: Mapping[str, Operation] = {
    "services/aigc/video-generation/video-synthesis": tasks.VIDEO,
    "services/aigc/image2video/video-synthesis": tasks.VIDEO,
    "services/aigc/text2image/image-synthesis": tasks.IMAGES,
    "services/aigc/image2image/image-synthesis": tasks.IMAGES,
    "services/aigc/image-generation/generation": tasks.CHOICES,
}
AT_ONCE: Mapping[str, Operation] = {"services/aigc/multimodal-generation/generation": tasks.CHOICES}

_encode = msgspec.json.Encoder().encode


class Face:
    def __init__(self, service: Service, prefixes: Sequence[str]) -> None:
        self._service = service
        self._prefixes = prefixes
        self._calls = Calls(service)
        self._throttle = Throttle(service.settings.rate_limit)
        self._open = service.settings.open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id = str(uuid.uuid4())
        headers = [JSON, (b"x-request-id", request_id.encode())]
        try:
            status, document = 200, await self._answer(scope, receive)
        except Disconnected:
            return
        except ReelwrightError as error:
            status, document = _told(error)
            if isinstance(error, Throttled):
                headers.append((b"retry-after", b"%d" % max(1, round(error.retry_after))))
        except Exception:  # The border of the face: a fault of ours is told in its shape, and logged.
            log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
            told = f"the server failed on this request; its log has the reason under request {request_id}"
            status, document = _told(InternalError(told))
        body = _with_id(document, request_id)
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        headers = requests.headers_of(scope["headers"])
        path, method = scope["path"].rstrip("/"), scope["method"]
        if path == UPLOADS:
            return await sources.take(self._service, scope, receive)
        route = self._route(path)
        caller = Caller(self._tenant(headers), _origin(headers, scope))
        if route in CREATE or route in AT_ONCE:
            _need(method, "POST")
            return await self._create(route, caller, headers, receive)
        if route == "uploads":
            _need(method, "GET")
            return self._policy(caller, headers, scope)
        if route == "tasks":
            _need(method, "GET")
            given = requests.merged(requests.pairs(scope["query_string"], "query"))
            return await self._calls.answer(listing.LIST, caller, given)
        return await self._task(route, method, caller)

    def _route(self, path: str) -> str:
        for prefix in self._prefixes:
            if path.startswith(prefix):
                return path.removeprefix(prefix)
        raise _unknown(path)

    # ---- who asks

    def _tenant(self, headers: Mapping[bytes, bytes]) -> str:
        scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        key = self._service.bearer(token.strip()) if scheme.lower() == "bearer" else None
        self._throttle.check(token.strip())
        if key is not None:
            return key.tenant
        if self._open:
            return ANONYMOUS
        told = "no key of this server; send `Authorization: Bearer sk-…`" if token else "Authorization is missing"
        raise Unauthorized(f"{told}; `reelwright keys create` makes a key", field="Authorization")

    # ---- tasks

    async def _create(self, route: str, caller: Caller, headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
        body = await requests.body_of(headers, receive, most=MOST_BODY)
        given = await sources.kept(self._service, caller.tenant, parsed_object(_text(body), "the body"))
        is_async = headers.get(b"x-dashscope-async", b"").lower() == b"enable"
        if route in AT_ONCE:
            if is_async:
                told = "this operation answers at once; leave X-DashScope-Async out, or use image-generation/generation"
                raise AccessDenied(told)
            return await self._at_once(AT_ONCE[route], caller, given)
        if not is_async:
            raise AccessDenied(
                "this operation makes a task and does not answer at once; send X-DashScope-Async: enable"
            )
        return await self._calls.answer(CREATE[route], caller, given)

    async def _at_once(self, operation: Operation, caller: Caller, given: Mapping[str, object]) -> bytes:
        created = msgspec.json.decode(await self._calls.answer(operation, caller, given))
        task = {"task_id": created["output"]["task_id"]}
        job_id = task["task_id"].replace("-", "")
        job = await sources.ended(self._service, caller.tenant, job_id, LONGEST_CALL)
        if job.status is not Status.SUCCEEDED:
            message = job.failure.message if job.failure else "the task was cancelled, or is not done yet"
            raise InternalError(f"{message} (task {task['task_id']})")
        return await self._calls.answer(tasks.FETCH, caller, task)

    async def _task(self, route: str, method: str, caller: Caller) -> bytes:
        parts = route.split("/")
        if parts[0] == "tasks" and len(parts) == 2:
            _need(method, "GET")
            return await self._fetch(parts[1], caller)
        if parts[0] == "tasks" and parts[2:] == ["cancel"]:
            _need(method, "POST")
            return await self._calls.answer(tasks.CANCEL, caller, {"task_id": parts[1]})
        raise _unknown(route)

    async def _fetch(self, task_id: str, caller: Caller) -> bytes:
        try:
            return await self._calls.answer(tasks.FETCH, caller, {"task_id": task_id})
        except JobNotFound:
            return _encode({"output": {"task_id": task_id, "task_status": tasks.UNKNOWN}})

    # ---- files of the caller's own

    def _policy(self, caller: Caller, headers: Mapping[bytes, bytes], scope: Scope) -> bytes:
        given = requests.merged(requests.pairs(scope["query_string"], "query"))
        if given.get("action") != "getPolicy":
            raise bad("action", given.get("action"), "give getPolicy")
        base = self._service.settings.public_url or caller.origin.base
        return _encode({"data": sources.policy(self._service, caller.tenant, f"{base}{UPLOADS}")})


def _origin(headers: Mapping[bytes, bytes], scope: Scope) -> requests.Origin:
    server = scope.get("server")
    return requests.origin(headers.get(b"host"), scope["scheme"], tuple(server) if server else None)


def _text(body: bytes) -> str:
    try:
        return body.decode() or "{}"
    except UnicodeDecodeError:
        raise bad("the body", body[:40], "send JSON in UTF-8") from None


def _need(method: str, wanted: str) -> None:
    if method != wanted:
        raise MethodNotAllowed(f"{method} is not a method of this address; use {wanted}")


def _unknown(path: str) -> OperationNotFound:
    return OperationNotFound(f"there is nothing at {shown(path)}; mend the path", field="path")


def _told(error: ReelwrightError) -> tuple[int, bytes]:
    fault = tell(error)
    return fault.status, _encode({"code": fault.code, "message": error.message})


def _with_id(document: bytes, request_id: str) -> bytes:
    quoted = json.dumps(request_id).encode()
    return b'{"request_id":%b%b%b' % (quoted, b"" if document == b"{}" else b",", document[1:])
