"""Stand-in web servers for the fetcher: each test says in a few lines what goes over the wire."""

import contextlib
import re
import socket
import threading

import pytest

REQUEST = re.compile(rb"GET (\S+) HTTP/1\.1\r\n")


class Wire:
    """A server on 127.0.0.x that answers each connection by `answer(send, path, headers)`."""

    def __init__(self, answer, host="127.0.0.1"):
        self.seen = []
        self._answer = answer
        self._socket = socket.create_server((host, 0))
        self.host, self.port = self._socket.getsockname()[:2]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def url(self, path="/", host=None):
        return f"http://{host or self.host}:{self.port}{path}"

    def _serve(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            path = REQUEST.match(head)[1].decode()
            headers = dict(
                line.decode("latin-1").lower().split(": ", 1) for line in head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
            )
            self.seen.append((path, headers))
            self._answer(connection.sendall, path, headers)

    def close(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._socket.close()


@pytest.fixture
def wire():
    """`wire(answer)` starts a server; all are closed after the test."""
    started = []

    def start(answer, host="127.0.0.1"):
        started.append(Wire(answer, host))
        return started[-1]

    yield start
    for one in started:
        one.close()
