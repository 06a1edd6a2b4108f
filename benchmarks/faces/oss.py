"""Raw throughput of the object face: GET and PUT of 64 MiB over loopback, beside a plain Starlette server.

The plain server sends a `FileResponse`, and writes a body to a file with no digest, no
signature and no rename: the floor of this machine. Both run in one process of their own,
on the same disk, in turns; the figure is the ratio of the best times.

    python benchmarks/faces/oss.py [--json FILE]
"""

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from reelwright.faces.oss import build
from reelwright.settings import Settings
from reelwright.storage import local

SIZE = 64 << 20
SEND = 1 << 20
ROUNDS = 7
LOOKS = 20_000


def plain(folder: Path) -> ASGIApp:
    """The floor: a file out, a file in."""

    async def get(request: Request) -> Response:
        return FileResponse(folder / "plain.bin")

    async def put(request: Request) -> Response:
        with (folder / "plain.put").open("wb") as file:
            async for chunk in request.stream():
                file.write(chunk)
        return Response()

    return Starlette(routes=[Route("/plain/a", get, methods=["GET"]), Route("/plain/a", put, methods=["PUT"])])


def serve(home: str, port: "multiprocessing.Queue[int]") -> None:
    settings = Settings(home=Path(home), open=True)
    objects = local.open_store(settings)
    ours = build(SimpleNamespace(settings=settings, objects=objects))
    floor = plain(Path(home))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (floor if scope["path"].startswith("/plain/") else ours)(scope, receive, send)

    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    socket = config.bind_socket()
    port.put(socket.getsockname()[1])
    uvicorn.Server(config).run(sockets=[socket])


def get(port: int, path: str) -> float:
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    buffer, size = bytearray(SEND), 0
    while count := answer.readinto(buffer):
        size += count
    connection.close()
    assert (answer.status, size) == (200, SIZE)
    return time.perf_counter() - began


def put(port: int, path: str, data: bytes) -> float:
    view = memoryview(data)
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    chunks = (view[at : at + SEND] for at in range(0, SIZE, SEND))
    connection.request("PUT", path, body=chunks, headers={"Content-Length": str(SIZE)})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    return time.perf_counter() - began


def looks(home: Path) -> dict[str, float]:
    """Microseconds of the calls of the submit path."""
    store = local.open_store(Settings(home=home))
    store.put("films", "folder/c.mp4", b"1")
    figures = {}
    for name, call, count in (("exists", store.exists, LOOKS), ("head", store.head, LOOKS // 10)):
        began = time.perf_counter()
        for _ in range(count):
            call("films", "folder/c.mp4")
        figures[f"{name}_us"] = round((time.perf_counter() - began) / count * 1e6, 1)
    return figures


def measure(home: Path) -> dict[str, float]:
    data = os.urandom(SIZE)
    (home / "plain.bin").write_bytes(data)
    store = local.open_store(Settings(home=home))
    store.create_bucket("films")
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[int] = context.Queue()
    server = context.Process(target=serve, args=(str(home), told), daemon=True)
    server.start()
    port = told.get()
    store.put("films", "a", data)
    times: dict[str, list[float]] = {"plain_get": [], "get": [], "plain_put": [], "put": []}
    try:
        for _ in range(ROUNDS):
            times["plain_get"].append(get(port, "/plain/a"))
            times["get"].append(get(port, "/films/a"))
            times["plain_put"].append(put(port, "/plain/a", data))
            times["put"].append(put(port, "/films/b", data))
    finally:
        server.terminate()
        server.join()
    figures = {f"{name}_mib_s": round(SIZE / min(taken) / (1 << 20)) for name, taken in times.items()}
    ratios = {f"{name}_ratio": round(min(times[f"plain_{name}"]) / min(times[name]), 2) for name in ("get", "put")}
    spread = {f"{name}_median_s": round(statistics.median(taken), 3) for name, taken in times.items()}
    return {**figures, **ratios, **spread, **looks(home)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home))
    print(json.dumps(figures, indent=2))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
