"""What a signed QueryIProductionJob costs in CPU, beside an ASGI application that only says hello.

    python -m benchmarks.faces.ice [--profile]

The applications are called directly: no socket, no HTTP parser, so the figures are the
face's own (with the ledger's read). Each figure is the best of several rounds of process
CPU time. `same job` polls one job; `new states` polls jobs that were never polled before,
so that no rendered reply is at hand.
"""

import argparse
import asyncio
import cProfile
import hashlib
import hmac
import json
import pstats
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.recording import Figure, record
from reelwright.faces import ice
from reelwright.jobs.document import LINK
from reelwright.jobs.job import Made, Output
from reelwright.jobs.ledger.port import StepResult
from reelwright.jobs.ledger.sqlite import SqliteLedger
from reelwright.service import Service, Submission, new_key
from reelwright.settings import Settings
from reelwright.storage import memory

JOBS, CALLS, ROUNDS = 500, 5000, 5
HOST = "127.0.0.1:8710"
BODY = {"type": "http.request", "body": b"", "more_body": False}


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"17")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'{"hello":"world"}'})


async def receive() -> dict[str, Any]:
    return BODY


def scope_of(action: str, query: str, key: Any) -> dict[str, Any]:
    """A request as the vendor's client signs it, with the headers that it and its HTTP library send."""
    headers = {
        "accept": "application/json",
        "host": HOST,
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.6 TeaDSL/2",
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-credentials-provider": "static_ak",
        "x-acs-date": "2026-01-02T03:04:05Z",
        "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
        "x-acs-version": "2020-11-09",
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    canonical = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    mark = hmac.new(key.access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = f"ACS3-HMAC-SHA256 Credential={key.access_key_id},SignedHeaders={names},Signature={mark}"
    headers |= {"accept-encoding": "identity", "connection": "keep-alive", "content-length": "0"}
    return {
        "type": "http",
        "method": "POST",
        "path": "/",
        "scheme": "http",
        "server": ("127.0.0.1", 8710),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }


async def calls(app: Any, scopes: Sequence[dict[str, Any]]) -> bytes:
    body = b""

    async def send(message: dict[str, Any]) -> None:
        nonlocal body
        body = message.get("body", body)

    for scope in scopes:
        await app(scope, receive, send)
    return body


def cost(make: Callable[[], Any], scopes: Sequence[dict[str, Any]], rounds: int = ROUNDS) -> float:
    """Microseconds of CPU for one call; `make` gives a fresh application for each round."""
    best = float("inf")
    for _ in range(rounds):
        app = make()
        began = time.process_time()
        asyncio.run(calls(app, scopes))
        best = min(best, (time.process_time() - began) / len(scopes))
    return best * 1e6


async def fill(service: Service, ledger: SqliteLedger, tenant: str) -> list[str]:
    """Finished cover jobs, three covers each."""
    wire = {
        "function": "Cover",
        "input": {"type": "OSS", "media": "oss://media/in.mp4"},
        "output": {"type": "OSS", "media": "oss://media/cover/{source}-{sequenceId}.png"},
        "user_data": '{"order":17}',
    }
    made = []
    for number in range(JOBS):
        wanted = Submission(
            "video.cover",
            {"video": "oss://media/in.mp4"},
            destination="oss://media/cover/{source}-{sequenceId}.png",
            face="ice.iproduction",
            wire=wire,
        )
        made.append((await service.submit(tenant, wanted)).job_id)
        claim = (await ledger.commit(lambda tx: tx.claim(owner="b", slots=1, lease=60.0, now=time.time())))[0]
        keys = [f"cover/{number}-{place:05}.png" for place in (1, 2, 3)]
        covers = [{"image": f"{LINK}media/{key}", "time": 4.64, "score": 8.27} for key in keys]
        outputs = [Output(key, "covers.0.image", "media", key, 9, "f" * 64, "image/png") for key in keys]
        done = StepResult({"covers": covers}, Made(), "0" * 64, False)
        step = claim.step
        await ledger.commit(lambda tx, s=step, d=done: tx.finish_step(s.id, s.attempt, d, time.time()))
        await ledger.commit(
            lambda tx, c=claim, r=done.result, o=outputs: tx.publish(c.job.id, r, o, Made(), (), time.time())
        )
    return made


def measure(home: Path, *, profiled: bool) -> list[Figure]:
    ledger = SqliteLedger(home / "ledger.db")
    ledger.open()
    key = new_key()
    ledger.write(lambda tx: tx.put_key(key)).result()
    service = Service(settings=Settings(home=home), ledger=ledger, objects=memory.open_store())
    service.objects.create_bucket("media")
    service.objects.put("media", "in.mp4", b"a film")
    jobs = asyncio.run(fill(service, ledger, key.tenant))
    one, *others = (scope_of("QueryIProductionJob", f"JobId={job}", key) for job in jobs)
    face = ice.build(service)
    told = json.loads(asyncio.run(calls(face, [one])))
    if told["Status"] != "Success" or len(told["OutputUrls"]) != 3:
        raise SystemExit(f"the job that is polled is not whole: {told}")
    if profiled:
        with cProfile.Profile() as profile:
            asyncio.run(calls(face, [one] * CALLS))
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    floor = cost(lambda: hello, [one] * CALLS)
    same, new = cost(lambda: face, [one] * CALLS), cost(lambda: ice.build(service), others)
    ledger.close()
    beside = {"bare ASGI": floor}
    return [
        Figure("signed query, same job", same - floor, "µs", reach=60, higher=False, beside=beside),
        Figure("signed query, new states", new - floor, "µs", higher=False, beside=beside),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=None)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home), profiled=given.profile)
    record("faces.ice", figures, command="python -m benchmarks.faces.ice", path=given.json)


if __name__ == "__main__":
    main()
