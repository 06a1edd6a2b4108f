"""Following a job: the ledger's commits wake whoever waits, the events come from the ledger itself.

Nothing is kept here but wake-ups, so a reader that reconnects with the last
sequence number it saw misses nothing.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence

from reelwright.jobs.job import Event, Status
from reelwright.jobs.ledger.port import Ledger

KEEP_ALIVE = 10.0  # seconds without an event after which a reader is told that the line is alive


class Watchers:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        ledger.on_commit(self._committed)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def _committed(self, job_ids: Sequence[str]) -> None:
        if self._loop is not None and self._waiting and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake, job_ids)

    def _wake(self, job_ids: Sequence[str]) -> None:
        for job_id in job_ids:
            for waiting in self._waiting.get(job_id, ()):
                waiting.set()

    async def follow(self, job_id: str, *, after: int) -> AsyncGenerator[Event | None, None]:
        woken = asyncio.Event()
        self._waiting[job_id].add(woken)
        try:
            while True:
                woken.clear()
                job = self._ledger.job(None, job_id)
                events = self._ledger.events(job_id, after=after)
                for event in events:
                    after = event.seq
                    yield event
                if events:
                    continue
                if job is None or Status(job.status).stands_still:
                    return
                try:
                    await asyncio.wait_for(woken.wait(), KEEP_ALIVE)
                except TimeoutError:
                    yield None
        finally:
            self._waiting[job_id].discard(woken)
            if not self._waiting[job_id]:
                del self._waiting[job_id]
