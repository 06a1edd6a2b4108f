"""How the client follows a job though the line breaks: reading the stream, and how long to try again."""

import math
import time
from collections.abc import Iterator

import httpx
import msgspec

from reelwright import v1
from reelwright.errors import Unreachable

SILENCE = 30.0  # seconds without a byte after which a stream is dead; the server says something every 10 s
PATIENCE = 60.0  # seconds that a server may be away while a job is followed
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 3.0  # seconds between two tries to connect again


class Line:
    """How long a line that broke is tried again: `patience` since the server was last heard, `timeout` in all."""

    def __init__(self, patience: float, timeout: float | None) -> None:
        self._patience, self._timeout = patience, timeout
        self._began = self._heard = time.monotonic()
        self._pause = FIRST_PAUSE

    def heard(self) -> None:
        self._heard, self._pause = time.monotonic(), FIRST_PAUSE

    def broke(self, error: Unreachable) -> None:
        """Wait a little, or raise if the server is away for too long."""
        if time.monotonic() - self._heard > self._patience:
            raise error
        self.pause()

    def pause(self) -> None:
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def check(self, job_id: str) -> None:
        if self._left() <= 0:
            raise TimeoutError(f"job {job_id} was not finished after {self._timeout} s; it goes on without us")

    def timeout(self) -> httpx.Timeout:
        return httpx.Timeout(10.0, read=max(0.01, min(SILENCE, self._left())))

    def _left(self) -> float:
        return math.inf if self._timeout is None else self._began + self._timeout - time.monotonic()


def events_of(reply: httpx.Response, line: Line) -> Iterator[v1.Event]:
    """Read a stream. What the line broke off in the middle of is dropped: it comes again."""
    data = ""
    for text in reply.iter_lines():
        line.heard()
        if text.startswith("data:"):
            data += text[5:]
        elif not text and data:
            yield msgspec.json.decode(data, type=v1.Event)
            data = ""


def resume(after: int) -> dict[str, str]:
    return {"accept": "text/event-stream", **({"last-event-id": str(after)} if after else {})}
