"""The native face as one raw ASGI application.

The two calls that clients make thousands of times a second, submitting a job and asking for
one, are answered before anything looks into a table: bytes in, bytes out. All else goes
through `operations`. Whatever goes wrong on the way leaves in one shape (`errors`).
"""

import asyncio
import logging
from collections.abc import Mapping

import msgspec
from starlette.types import Receive, Scope, Send

from reelwright import v1
from reelwright.errors import JobNotFound, MethodNotAllowed, NotFound, ReelwrightError, Unauthorized
from reelwright.faces.native import errors, openapi, page, reading, webhook
from reelwright.faces.native.asgi import JSON, Answer, header
from reelwright.faces.native.operation import Call, Operation, Served
from reelwright.faces.native.operations import EVENTS, OPERATIONS, SUBMIT
from reelwright.faces.native.stream import Stream, last_seen
from reelwright.faces.request import Disconnected, Origin, body_of, origin
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Key
from reelwright.service import Service, Submission

log = logging.getLogger(__name__)

JOBS = "/v1/jobs"
ID_AT = len(JOBS) + 1
HOT_LENGTH = ID_AT + 32  # of `/v1/jobs/<id>`
ANONYMOUS = "default"  # tenant of whoever brings no key to an open server
TOKEN_SCOPE = "native"  # namespace of the idempotency keys
LINK_MARK = LINK.encode()

_encode = msgspec.json.Encoder().encode


class Native:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._open = service.settings.open
        self._public = service.settings.public_url
        self._draining = asyncio.Event()
        service.callbacks.composes(webhook.KIND, webhook.Writer(service).write)

    def drain(self) -> None:
        """End the open streams, so that a server that stops need not wait for them. From the event loop."""
        self._draining.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive)
        except Disconnected:
            return
        except MethodNotAllowed as error:
            allow = (b"allow", ", ".join(_methods(scope["path"])).encode())
            answer = errors.answer(error, errors.new_request_id(), allow)
        except ReelwrightError as error:
            answer = errors.answer(error, errors.new_request_id())
        except Exception:  # The border of the face: a fault of ours is told in its shape, and logged.
            request_id = errors.new_request_id()
            log.exception("request failed", extra={"request_id": request_id, "path": scope["path"]})
            answer = errors.crash(request_id)
        await answer.send(receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer | Stream:
        path, method = scope["path"], scope["method"]
        if method == "GET" and len(path) == HOT_LENGTH and path.startswith(JOBS):
            return self._document(scope, path)
        if method == "POST" and path == JOBS:
            return await self._submit(scope, receive)
        if path == "/openapi.json":
            return Answer(await asyncio.to_thread(openapi.rendered))
        if path == "/docs":
            return Answer(await asyncio.to_thread(page.rendered), headers=page.HEADERS)
        return await self._look_up(scope, receive)

    # ---- the hot two

    def _document(self, scope: Scope, path: str) -> Answer:
        tenant = self._tenant(scope)
        rendered = self._service.document(tenant, path[ID_AT:])
        if rendered is None:
            raise JobNotFound(
                f"there is no job {path[ID_AT:]!r}; it may have expired, or belong to another key", field="id"
            )
        if LINK_MARK in rendered:
            rendered = self._service.links.fill(rendered, self._public or _origin(scope).base)
        return Answer(rendered)

    async def _submit(self, scope: Scope, receive: Receive) -> Answer:
        tenant = self._tenant(scope)
        wanted: v1.Submit = reading.body(await body_of(dict(scope["headers"]), receive), SUBMIT.decoder)
        if wanted.callback:
            await webhook.secret(self._service, tenant)  # There must be one to sign with when the job has ended.
        submitted = await self._service.submit(
            tenant,
            Submission(
                operator=wanted.operator,
                params=wanted.params,
                pipeline=wanted.pipeline,
                priority=wanted.priority,
                fresh=wanted.fresh,
                seed=wanted.seed,
                destination=wanted.destination,
                token=wanted.idempotency_key,
                token_scope=TOKEN_SCOPE,
                callback=wanted.callback,
                base=_origin(scope).base,
            ),
            own_hosts=(_origin(scope).host,),
        )
        job_id, created = submitted.job_id, submitted.created
        status = "QUEUED" if created else self._service.job(tenant, job_id).status.value
        url = f"{JOBS}/{job_id}"
        body = {"id": job_id, "status": status, "created": created, "operator": wanted.operator, "url": url}
        return Answer(_encode(body), 201 if created else 200, (JSON, (b"location", url.encode())))

    # ---- everything else

    async def _look_up(self, scope: Scope, receive: Receive) -> Answer | Stream:
        path: str = scope["path"]
        key = self._key(scope)
        operation, parts = _find(scope["method"], path)
        tenant = key.tenant if key else ANONYMOUS
        if operation is EVENTS:
            query = reading.query(scope["query_string"], v1.EventsQuery)
            after = last_seen(header(scope, b"last-event-id"), query)
            return self._stream(tenant, parts["id"], after, self._public or _origin(scope).base)
        if not isinstance(operation, Served):  # a hot one, by HEAD or with an odd id
            return self._document(scope, path)
        raw = await body_of(dict(scope["headers"]), receive) if operation.body else b""
        call = Call(self._service, tenant, key, _origin(scope).base)
        return await operation.answer(call, parts, scope["query_string"], raw)

    def _stream(self, tenant: str, job_id: str, after: int, base: str) -> Answer | Stream:
        stream = Stream(self._service, tenant, job_id, after, self._draining, base)
        return Answer(b"", 204, ()) if stream.is_over() else stream

    def _tenant(self, scope: Scope) -> str:
        key = self._key(scope)
        return key.tenant if key else ANONYMOUS

    def _key(self, scope: Scope) -> Key | None:
        """The caller's key; None for the anonymous caller of an open server."""
        given = header(scope, b"authorization")
        if given is not None and given[:7].lower() == b"bearer ":
            key = self._service.bearer(given[7:].strip().decode("latin-1"))
            if key is not None:
                return key
        if self._open:
            return None
        fault = "is missing" if given is None else "holds no key that is known here"
        raise Unauthorized(
            f"the header Authorization {fault}; send `Authorization: Bearer <ApiKey>` "
            "(`reelwright keys create` makes one)"
        )


def _origin(scope: Scope) -> Origin:
    return origin(header(scope, b"host"), scope["scheme"], scope.get("server"))


def _find(method: str, path: str) -> tuple[Operation, Mapping[str, str]]:
    wanted = "GET" if method == "HEAD" else method
    for operation in OPERATIONS:
        parts = operation.match(path) if operation.method == wanted else None
        if parts is not None:
            return operation, parts
    allowed = _methods(path)
    if allowed:
        raise MethodNotAllowed(f"{method} is not offered at {path}; use {' or '.join(allowed)}")
    raise NotFound(f"there is nothing at {path}; /docs lists what there is")


def _methods(path: str) -> list[str]:
    return [operation.method for operation in OPERATIONS if operation.match(path) is not None]


def build(service: Service) -> Native:
    """The face over a service: serves `/v1/…`, `/openapi.json` and `/docs`."""
    return Native(service)
