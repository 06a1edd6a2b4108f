"""Bytes between the event loop and the threads in which the store works, a few chunks at a time.

A chunk is handed over only when there is room, so neither a fast client nor a fast disk
fills the memory. Threads for bodies on their way in are limited: a thread waits as long
as its client is slow.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

from starlette.types import Receive, Send

from reelwright.faces.oss.errors import IncompleteBody, MalformedXML, RequestTimeout

T = TypeVar("T")

CHUNK = 1 << 20  # bytes gathered before they change threads
AHEAD = 4  # chunks that may wait for the store
IDLE = 60.0  # seconds a client may send nothing
MAX_DOCUMENT = 2 << 20  # bytes of an XML body


class Threads:
    """Where blocking calls run: quick ones, and ones that wait for a client."""

    def __init__(self) -> None:
        self._quick = ThreadPoolExecutor(16, "objects")
        self._waiting = ThreadPoolExecutor(64, "uploads")

    async def run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._quick, function)

    def upload(self, function: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._waiting, function)

    def soon(self, function: Callable[[], T]) -> asyncio.Future[T]:
        return asyncio.get_running_loop().run_in_executor(self._quick, function)


class Feed(Iterator[bytes]):
    """Given chunks on the event loop, iterated over in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._chunks: SimpleQueue[bytes | Exception] = SimpleQueue()
        self._room = asyncio.Semaphore(AHEAD)

    async def give(self, chunk: bytes) -> None:
        await self._room.acquire()
        self._chunks.put(chunk)

    def end(self, fault: Exception | None = None) -> None:
        """No more is to come; with a fault, what came is worth nothing."""
        self._chunks.put(fault if fault is not None else b"")

    def let_go(self) -> None:
        """Nobody takes chunks any more: whoever waits for room may go on."""
        self._room.release()

    def __next__(self) -> bytes:
        chunk = self._chunks.get()
        if isinstance(chunk, Exception):
            raise chunk
        if not chunk:
            raise StopIteration
        self._loop.call_soon_threadsafe(self._room.release)
        return chunk


async def take_body(receive: Receive, threads: Threads, consume: Callable[[Iterator[bytes]], T]) -> T:
    """Give the body of a request to `consume`, which runs in a thread, and return what it makes of it."""
    feed = Feed()
    work = threads.upload(lambda: consume(feed))
    work.add_done_callback(lambda _: feed.let_go())
    try:
        async for chunk in body(receive):
            await feed.give(chunk)
            if work.done():  # it failed, or wants no more
                return await work
        feed.end()
    except (IncompleteBody, RequestTimeout) as fault:
        feed.end(fault)
    except BaseException:
        feed.end(IncompleteBody("The server stopped while the body came."))
        raise
    return await work


async def body(receive: Receive) -> AsyncIterator[bytes]:
    """The body in pieces of about `CHUNK` bytes."""
    gathered: list[bytes] = []
    size, more = 0, True
    while more:
        try:
            async with asyncio.timeout(IDLE):
                message = await receive()
        except TimeoutError:
            raise RequestTimeout(f"No byte came for {IDLE:g} seconds.") from None
        if message["type"] == "http.disconnect":
            raise IncompleteBody("The connection broke before the body was whole.")
        gathered.append(message.get("body", b""))
        size += len(gathered[-1])
        more = message.get("more_body", False)
        if size >= CHUNK or (size and not more):
            yield b"".join(gathered)
            gathered, size = [], 0


async def small_body(receive: Receive) -> bytes:
    """The whole of a body that is a document."""
    parts, size = [], 0
    async for part in body(receive):
        size += len(part)
        if size > MAX_DOCUMENT:
            raise MalformedXML(f"The document is larger than {MAX_DOCUMENT} bytes.")
        parts.append(part)
    return b"".join(parts)


async def send_body(chunks: Iterator[bytes], receive: Receive, send: Send, threads: Threads) -> None:
    """Send chunks, the next of them being read meanwhile; stop when the client has gone."""
    gone = asyncio.ensure_future(_disconnect(receive))
    coming = threads.soon(lambda: next(chunks, b""))
    try:
        while chunk := await coming:
            if gone.done():
                return
            coming = threads.soon(lambda: next(chunks, b""))
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        close = getattr(chunks, "close", None)
        if close is not None:
            await asyncio.wait([coming])
            await threads.run(close)


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
