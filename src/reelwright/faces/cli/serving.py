"""The server in this process, from settings to the last drained step.

stdout gets one line, `reelwright ready http://HOST:PORT`, once jobs are accepted; the log goes
to stderr. SIGTERM and SIGINT close the door, let running steps finish for `--grace` seconds,
put the others back into the queue and end with 0. A second signal ends at once; nothing is
lost by that either, for the ledger knows what was running.
"""

import asyncio
import ipaddress
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reelwright.errors import InvalidParameter
from reelwright.faces.cli import home as homes
from reelwright.faces.cli import log_lines, terminal
from reelwright.loading import lazy

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn

    from reelwright import wiring
    from reelwright.faces import app as front
    from reelwright.service import Service
    from reelwright.settings import Settings
    from reelwright.wiring import Runtime
else:
    uvicorn = lazy("uvicorn")
    wiring = lazy("reelwright.wiring")
    front = lazy("reelwright.faces.app")

BACKLOG = 2048
STREAM_SECONDS = 5  # that open replies get to end when the server stops


def run(settings: "Settings", grace: float) -> None:
    """Serve until told to stop. Raises `Conflict` if the home has a server, `InvalidParameter` for a bad address."""
    _check_open(settings)
    log_lines.configure(settings.log_level)
    with homes.locked(settings.home), _listening(settings) as listener:
        runtime = wiring.build(settings)
        try:
            make_first_key(runtime.service, settings.home)
            runtime.start()
            _Server(runtime, listener, settings, grace).run()
        finally:
            homes.leave(settings.home)
            runtime.close()


def _check_open(settings: "Settings") -> None:
    if settings.open and not _is_loopback(settings.host):
        raise InvalidParameter(
            f"--open lets anyone in, so it is refused on {settings.host}; listen on 127.0.0.1, or leave --open out",
            field="open",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def _listening(settings: "Settings") -> Iterator[socket.socket]:
    try:
        family, _, _, _, where = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(where[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        mend = "give another by --port (0 takes a free one) or --host"
        raise InvalidParameter(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror or error}); {mend}", field="port"
        ) from error
    with listener:
        yield listener


def make_first_key(service: "Service", folder: Path) -> None:
    """A home without any key gets one, and its owner is told where it lies."""
    if service.has_keys():
        return
    key = asyncio.run(service.create_key())
    kept = homes.keep(folder, homes.Credentials(key.access_key_id, key.access_key_secret, key.api_key))
    terminal.note(f"made the first key of this home; it lies in {kept}")


class _Server:
    """The web server, its signals, and the end of both."""

    def __init__(self, runtime: "Runtime", listener: socket.socket, settings: "Settings", grace: float) -> None:
        self._runtime, self._listener, self._settings, self._grace = runtime, listener, settings, grace
        self._front = front.build(runtime.service)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = False
        config = uvicorn.Config(
            self._front,
            loop="uvloop",
            http="reelwright.faces.long_addresses:LongAddresses",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=STREAM_SECONDS,
        )
        self._uvicorn = _web_server(config)

    def run(self) -> None:
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._stop)
        with asyncio.Runner(loop_factory=_new_loop) as runner:
            runner.run(self._serve())
        if not self._uvicorn.started:
            raise InvalidParameter("the web server did not start; the log above says why")
        self._runtime.drain(self._grace)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        serving = asyncio.ensure_future(self._uvicorn.serve(sockets=[self._listener]))
        while not self._uvicorn.started and not serving.done():
            await asyncio.sleep(0.005)
        if self._uvicorn.started:
            self._announce()
        await serving

    def _announce(self) -> None:
        url = _url(self._settings.host, self._listener.getsockname()[1])
        homes.announce(self._settings.home, url)
        typer.echo(f"reelwright ready {url}")

    def _stop(self, signum: int, frame: "FrameType | None") -> None:
        if self._stopping:
            # The workers die with this process (PDEATHSIG), the lock and the leases are let go.
            homes.leave(self._settings.home)
            os._exit(128 + signum)
        self._stopping = True
        terminal.note("stopping; a second signal ends at once")
        self._uvicorn.should_exit = True
        if self._loop is not None:
            # Open event streams would hold the web server back.
            self._loop.call_soon_threadsafe(self._front.drain)


def _web_server(config: "uvicorn.Config") -> "uvicorn.Server":
    server = uvicorn.Server(config)
    # Signals are ours: uvicorn would raise them again after its own end, before the drain.
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    return server


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


def _new_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


def _url(host: str, port: int) -> str:
    """An address that a client on this machine can use, whatever was listened on."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{reachable}:{port}"
