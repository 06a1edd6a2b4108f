"""What fetching a task costs while a thousand others wait, beside the same fetch on an empty server.

    python -m benchmarks.faces.dashscope [--json benchmarks/results/dashscope.json]

The face is called directly, without a socket, over the real ledger; the 99th hundredth of the calls counts.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recording import Figure, record
from reelwright.faces import dashscope
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service, Submission, new_key
from reelwright.settings import Settings
from reelwright.storage import memory

WAITING, CALLS, ROUNDS = 1000, 4000, 5


async def receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def ignore(message: Any) -> None:
    pass


def scope_of(task: str, api_key: str) -> dict[str, Any]:
    headers = {"host": "127.0.0.1:8710", "authorization": f"Bearer {api_key}", "accept": "application/json"}
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": f"/api/v1/tasks/{task}",
        "query_string": b"",
        "server": ("127.0.0.1", 8710),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


async def submitted(service: Service, count: int) -> Sequence[str]:
    params = {"prompt": "a lake", "model": "wan2.6-t2v"}
    wire = {"model": "wan2.6-t2v", "prompt": "a lake"}
    jobs = [
        service.submit("default", Submission("video.generate", params, face="dashscope.video", wire=wire))
        for _ in range(count)
    ]
    return [one.job_id for one in await asyncio.gather(*jobs)]


async def tail(face: Any, scopes: Sequence[dict[str, Any]]) -> float:
    """The 99th hundredth of the calls' seconds; the least of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        taken = np.empty(CALLS)
        for number in range(CALLS):
            began = time.perf_counter()
            await face(scopes[number % len(scopes)], receive, ignore)
            taken[number] = time.perf_counter() - began
        rounds.append(float(np.quantile(taken, 0.99)))
    return min(rounds)


async def measure(home: Path) -> tuple[float, float]:
    ledger = SqliteLedger(home / "ledger.db")
    ledger.open()
    try:
        key = new_key()
        await ledger.commit(lambda tx: tx.put_key(key))
        service = Service(settings=Settings(home=home), ledger=ledger, objects=memory.open_store())
        face = dashscope.build(service)
        scopes = [scope_of(task, key.api_key) for task in await submitted(service, 20)]
        alone = await tail(face, scopes)
        await submitted(service, WAITING)
        crowded = await tail(face, scopes)
        return alone, crowded
    finally:
        ledger.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--json", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        alone, crowded = asyncio.run(measure(Path(home)))
    figures = (
        Figure(
            "fetch with 1,000 tasks waiting, p99 over the same without", crowded / alone, "×", reach=1.2, higher=False
        ),
        Figure("fetch, p99", crowded * 1e6, "µs", higher=False, beside={"without waiting tasks": alone * 1e6}),
    )
    record("dashscope", figures, command="python -m benchmarks.faces.dashscope", path=given.json)


if __name__ == "__main__":
    main()
