"""What a request costs inside the native face: CPU microseconds of one GET and one durable POST.

The applications are called directly, without a server or a socket, so that only their own
work is counted; a bare ASGI answer and Starlette's smallest one are called the same way.
The POSTs wait for their commits together, as those of 32 connections do, and the writer
thread's work is counted with them.

python -m benchmarks.faces.native [--json FILE] [--calls N]
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.recording import Figure, record
from reelwright.faces import native
from reelwright.faces.app import Front
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service, new_key
from reelwright.settings import Settings
from reelwright.storage import local

CALLS = 20_000
ROUNDS = 5  # the best one counts: the machine may be shared
AT_ONCE = 32
SERVER = 22.0  # CPU microseconds that uvicorn takes for a bare request (measured: 22 to 27)

Application = Callable[[Any, Any, Any], Awaitable[None]]


async def bare(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def hello(request: Any) -> JSONResponse:
    return JSONResponse({"hello": "world"})


class Caller:
    """Calls an application as a server would."""

    def __init__(self, api_key: str) -> None:
        self._headers = [
            (b"host", b"127.0.0.1:8710"),
            (b"user-agent", b"benchmark"),
            (b"accept", b"*/*"),
            (b"authorization", b"Bearer " + api_key.encode()),
            (b"content-type", b"application/json"),
        ]

    async def call(self, app: Application, method: str, path: str, body: bytes = b"") -> bytes:
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "scheme": "http",
            "headers": self._headers,
            "server": ("127.0.0.1", 8710),
        }
        said: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        await app(scope, receive, send)
        assert said[0]["status"] < 300, said
        answer: bytes = said[-1]["body"]
        return answer

    async def cost(
        self, calls: int, app: Application, method: str, path: str, body: bytes = b"", at_once: int = 1
    ) -> float:
        """CPU microseconds of one call, all threads together."""

        async def one_after_the_other(count: int) -> None:
            for _ in range(count):
                await self.call(app, method, path, body)

        best = float("inf")
        for _ in range(ROUNDS):
            began = time.process_time()
            await asyncio.gather(*(one_after_the_other(calls // ROUNDS // at_once) for _ in range(at_once)))
            best = min(best, (time.process_time() - began) / (calls // ROUNDS // at_once * at_once))
        return best * 1e6


@contextmanager
def opened(home: Path) -> Iterator[tuple[Service, str]]:
    ledger = SqliteLedger(home / "ledger.db")
    ledger.open()
    key = new_key()
    ledger.write(lambda tx: tx.put_key(key)).result()
    service = Service(settings=Settings(home=home), ledger=ledger, objects=local.open_store(Settings(home=home)))
    service.objects.create_bucket("media")
    service.objects.put("media", "in.mp4", b"a film")
    yield service, key.api_key
    ledger.close()


async def measure(service: Service, api_key: str, calls: int) -> dict[str, float]:
    caller = Caller(api_key)
    face = native.build(service)
    front = Front(service, native=face, ice=bare, is_for_ice=lambda scope: False, oss=bare, drain=face.drain)
    starlette = Starlette(routes=[Route("/hello", hello)])
    wanted = {"operator": "video.cover", "params": {"video": "oss://media/in.mp4", "count": 3}}
    body = json.dumps(wanted).encode()
    submitted = json.loads(await caller.call(front, "POST", "/v1/jobs", body))
    return {
        "bare ASGI": await caller.cost(calls, bare, "GET", "/hello"),
        "Starlette hello": await caller.cost(calls, starlette, "GET", "/hello"),
        "GET through the face": await caller.cost(calls, face, "GET", submitted["url"]),
        "GET through the front": await caller.cost(calls, front, "GET", submitted["url"]),
        "POST through the face": await caller.cost(calls, face, "POST", "/v1/jobs", body, AT_ONCE),
        "POST through the front": await caller.cost(calls, front, "POST", "/v1/jobs", body, AT_ONCE),
    }


def figures(told: dict[str, float]) -> list[Figure]:
    floors = {name: told[name] for name in ("bare ASGI", "Starlette hello")}
    served = SERVER + told["Starlette hello"] - told["bare ASGI"]

    def reach(name: str) -> float:
        return served / (SERVER + told[name] - told["bare ASGI"])

    note = f"with {SERVER:g} µs for the server, which both pay"
    return [
        *(Figure(name, value, "µs", higher=False, beside=floors) for name, value in told.items() if name not in floors),
        Figure("GET, of a Starlette hello", reach("GET through the front"), reach=0.85, note=note),
        Figure("POST, of a Starlette hello", reach("POST through the front"), reach=0.45, note=note),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--calls", type=int, default=CALLS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home, opened(Path(home)) as (service, api_key):
        told = asyncio.run(measure(service, api_key, given.calls))
    record("faces.native", figures(told), command="python -m benchmarks.faces.native", path=given.json)


if __name__ == "__main__":
    main()
