"""A job's events as a stream (SSE) that can be taken up again where it broke.

The id of an event is its sequence number, so a reader that comes back with
`Last-Event-ID` misses nothing. The stream ends after the job's last event; a reader
that has seen it all gets 204, which tells a browser not to come back. When the reader
goes away or the server drains, the waiting is cancelled at once.
"""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

import msgspec
from starlette.types import Receive, Send

from reelwright import timing, v1
from reelwright.errors import InvalidParameter
from reelwright.jobs.job import Event
from reelwright.service import Service

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # else a reverse proxy keeps events back
)
COME_BACK = b"retry: 1000\n\n"  # milliseconds
ALIVE = b": alive\n\n"

_encode = msgspec.json.Encoder().encode


def last_seen(header: bytes | None, query: v1.EventsQuery) -> int:
    """The sequence number to go on after. The header of a reader that reconnects counts more than the query."""
    if header is None or header == b"":
        return query.after
    if not header.isdigit() or len(header) > 18:
        given = header.decode("latin-1")
        raise InvalidParameter(
            f"Last-Event-ID is {given!r}; give the id of the last event you saw", field="Last-Event-ID"
        )
    return int(header)


def frame(event: Event) -> bytes:
    """One event as it goes over the line."""
    shown = v1.Event(event.seq, event.job_id, timing.stamp(event.at), event.kind, dict(event.data))
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (event.seq, event.kind.encode(), _encode(shown))


@dataclass(frozen=True, slots=True)
class Stream:
    service: Service
    tenant: str
    job_id: str
    after: int
    draining: asyncio.Event
    base: str
    """Where links in events lead: `http://host:port`."""

    def is_over(self) -> bool:
        """Nothing will ever come. Raises `JobNotFound`."""
        job = self.service.job(self.tenant, self.job_id)
        seen = not self.service.events(self.tenant, self.job_id, after=self.after, limit=1)
        return job.status.stands_still and seen

    async def send(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        pump = asyncio.ensure_future(self._pump(send))
        gone = asyncio.ensure_future(_gone(receive))
        draining = asyncio.ensure_future(self.draining.wait())
        try:
            await asyncio.wait({pump, gone, draining}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in (pump, gone, draining):
                one.cancel()
            await asyncio.wait({pump, gone, draining})
        if not pump.cancelled():
            pump.result()  # A fault of the pump goes up, so that the line breaks and the reader comes back.
        if gone.cancelled():
            await send({"type": "http.response.body", "body": b""})

    async def _pump(self, send: Send) -> None:
        await send({"type": "http.response.body", "body": COME_BACK, "more_body": True})
        async with aclosing(self.service.watch(self.tenant, self.job_id, after=self.after)) as events:
            async for event in events:
                text = ALIVE if event is None else self.service.links.fill(frame(event), self.base)
                await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
