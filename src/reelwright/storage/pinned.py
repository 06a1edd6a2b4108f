"""Connections that go where the guard looked, and that keep to a deadline.

A backend for httpcore: it resolves a host once, checks the answers and connects to one of
them, so nothing can answer differently between the check and the connection. Host header,
SNI and certificate check keep to the name. No proxy of the environment is used.
"""

import ssl
import time
from collections.abc import Iterable, Sequence
from functools import cache

import certifi
import httpcore

from reelwright.storage import guard

CONNECT = 10.0  # seconds for one address


class Deadline:
    """Seconds that a whole fetch may take, counted from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return self._end - time.monotonic()

    def cap(self, timeout: float | None) -> float:
        left = max(self.left(), 0.001)
        return left if timeout is None else min(left, timeout)


class PinnedBackend(httpcore.NetworkBackend):
    def __init__(self, allow: Sequence[guard.Network], deadline: Deadline) -> None:
        self._allow = allow
        self._deadline = deadline
        self._direct = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        answers = guard.checked(host, guard.resolve(host, port), self._allow)
        fault: Exception | None = None
        for answer in answers:
            try:
                stream = self._direct.connect_tcp(answer, port, self._deadline.cap(CONNECT))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return DeadlineStream(stream, self._deadline)
        raise fault or httpcore.ConnectError(f"{host} has no address")


class DeadlineStream(httpcore.NetworkStream):
    """A stream of which no read or write outlives the deadline, however slowly bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._deadline.left() <= 0:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, self._deadline.cap(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.cap(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, self._deadline.cap(timeout))
        return DeadlineStream(secure, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def connections(allow: Sequence[guard.Network], deadline: Deadline) -> httpcore.ConnectionPool:
    """A pool for one fetch."""
    backend = PinnedBackend(allow, deadline)
    return httpcore.ConnectionPool(ssl_context=_trusted(), network_backend=backend, max_connections=1, retries=0)


@cache
def _trusted() -> ssl.SSLContext:
    """Made once: reading all the certificates takes longer than many a fetch."""
    trusted = ssl.create_default_context(cafile=certifi.where())
    trusted.load_default_certs()  # and what the machine's owner trusts
    return trusted
