"""What each kind of operation does with the service, for every face that has a table of them.

A query is answered thousands of times a second, mostly about a job that has not changed
since the last time. So a reply is rendered once for each state of a job and kept; the
job's native document, which costs one indexed read and no parsing, is the key. Only the
download links are new in every reply.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import msgspec

from reelwright import timing
from reelwright.errors import JobNotFound, ReelwrightError, UnsupportedOperation
from reelwright.faces.codecs import find, read, write
from reelwright.faces.objects import Link
from reelwright.faces.request import Origin, shown
from reelwright.faces.wire import Desk, Handler, Operation
from reelwright.jobs.job import Job
from reelwright.service import Service

KEPT = 4096  # rendered replies, about 4 KB each with its key

_encode = msgspec.json.Encoder().encode


class Caller(NamedTuple):
    tenant: str
    origin: Origin


class Rendered:
    """A reply as bytes with gaps for the links."""

    __slots__ = ("_links", "_parts", "until")

    def __init__(self, document: Mapping[str, object], until: float | None = None) -> None:
        self.until = until
        # The mark is new for each rendering: no text of a user can ever stand for a link.
        mark = os.urandom(16).hex()
        links: list[Link] = []

        def marked(value: object) -> str:
            if not isinstance(value, Link):
                raise NotImplementedError(f"{type(value).__name__} has no place in a reply")
            links.append(value)
            return mark

        encoded = msgspec.json.encode(document, enc_hook=marked)
        self._parts = encoded.split(b'"%b"' % mark.encode())
        self._links = links

    def filled(self, mint: Callable[[str, str, str, float | None], str], base: str) -> bytes:
        if not self._links:
            return self._parts[0]
        whole = [self._parts[0]]
        for link, part in zip(self._links, self._parts[1:], strict=True):
            whole += (_encode(mint(link.bucket, link.key, base, link.until)), part)
        return b"".join(whole)


class Calls:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._own_host = service.settings.public_url.rpartition("://")[2].partition("/")[0].lower()
        self._kept = lru_cache(maxsize=KEPT)(self._render)
        self._named: dict[Operation, Mapping[str, str]] = {}

    async def answer(self, operation: Operation, caller: Caller, given: Mapping[str, object]) -> bytes:
        """The reply as a JSON object. Faults found behind the face are told in the wire's names."""
        if operation.calls == "query":
            return self._query(operation, caller, given)
        try:
            if operation.calls == "submit":
                return await self._submit(operation, caller, given)
            if operation.calls == "cancel":
                return await self._cancel(operation, caller, given)
            if operation.handler is not None:
                return await self._handle(operation, operation.handler, caller, given)
        except ReelwrightError as error:
            raise renamed(error, operation.names) from error
        raise UnsupportedOperation(f"{operation.action} is not offered by this server: it {operation.because}")

    async def _submit(self, operation: Operation, caller: Caller, given: Mapping[str, object]) -> bytes:
        wanted = operation.submission(given, Desk(self._service, *caller))
        if wanted.callback:
            wanted = replace(wanted, base=caller.origin.base)
        own = (caller.origin.host, self._own_host) if self._own_host else (caller.origin.host,)
        try:
            submitted = await self._service.submit(caller.tenant, wanted, own_hosts=own)
        except ReelwrightError as error:
            raise renamed(error, wanted.names) from error
        # A repeated submit is answered as the first one was, with what that one had been marked with.
        wire = wanted.wire if submitted.created else self._service.job(caller.tenant, submitted.job_id).wire
        return _encode(write(operation.gives, {"id": submitted.job_id, "wire": wire}))

    async def _handle(
        self, operation: Operation, handler: Handler, caller: Caller, given: Mapping[str, object]
    ) -> bytes:
        done = await handler(Desk(self._service, *caller), read(operation.takes, given))
        return Rendered(write(operation.gives, done)).filled(self._service.link, caller.origin.base)

    async def _cancel(self, operation: Operation, caller: Caller, given: Mapping[str, object]) -> bytes:
        job_id = _id(operation, given)
        self._job(operation, caller.tenant, job_id)
        return _encode(write(operation.gives, await self._service.cancel(caller.tenant, job_id)))

    def _query(self, operation: Operation, caller: Caller, given: Mapping[str, object]) -> bytes:
        job_id = _id(operation, given)
        document = self._service.document(caller.tenant, job_id)
        if document is None:
            raise _unknown(job_id)
        rendered = self._kept(operation, caller.tenant, job_id, document)
        if rendered.until is not None and rendered.until <= timing.now():
            raise _unknown(job_id)
        return rendered.filled(self._service.link, caller.origin.base)

    def _render(self, operation: Operation, tenant: str, job_id: str, document: bytes) -> Rendered:
        job = self._job(operation, tenant, job_id)
        return Rendered(write(operation.gives, job), operation.until(job) if operation.until else None)

    def _job(self, operation: Operation, tenant: str, job_id: str) -> Job:
        job = self._service.job(tenant, job_id)
        if job.face != operation.family and not job.face.startswith(f"{operation.family}."):
            raise _unknown(job_id)
        return job


def _id(operation: Operation, given: Mapping[str, object]) -> str:
    return str(find(read(operation.takes, given), "id"))


def _unknown(job_id: str) -> JobNotFound:
    told = f"there is no job {shown(job_id)} of this kind; it may have expired, or belong to another key"
    return JobNotFound(told, field="id")


def renamed(error: ReelwrightError, names: Mapping[str, str]) -> ReelwrightError:
    """The same fault in the wire's words: `params.video is …` becomes `Input.Media is …`."""
    field = error.field
    while field and field not in names:
        field = field.rpartition(".")[0]
    if not field or error.field is None:
        return error
    name = names[field] + error.field.removeprefix(field)
    says = error.message.startswith(error.field)
    told = name + error.message.removeprefix(error.field) if says else f"{name}: {error.message}"
    error.message, error.field, error.args = told, name, (told,)
    return error
