"""What the whole server costs beside a Starlette "hello": status queries, durable submits, start, memo, cancel.

    python -m benchmarks.faces.server [--jobs 1000000] [--seconds 12] [--json FILE]

Servers and hello run on core 1 and are asked in turn, the load generator (benchmarks/load.c) is on core 0; what is
compared comes from one run. On a machine with one core the ratios still compare, the absolute rates do not.
"""

import argparse
import contextlib
import hashlib
import hmac
import importlib.util
import json
import os
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from benchmarks.jobs.fill import fill
from benchmarks.recording import Figure, record

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WORK = ROOT / "benchmarks" / ".work"
SERVER_CORE, LOAD_CORE = (1, 0) if (os.cpu_count() or 1) > 1 else (0, 0)
CONNECTIONS = 32
SUBMIT_CONNECTIONS = 128
FEW = 1000
DISTINCT = 4000
ROUNDS = 8


def serving() -> Any:
    path = ROOT / "tests" / "acceptance" / "serving.py"
    spec = importlib.util.spec_from_file_location("serving", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ---- load


def load_generator() -> Path:
    WORK.mkdir(exist_ok=True)
    binary, source = WORK / "load", ROOT / "benchmarks" / "load.c"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-o", str(binary), str(source)], check=True)
    return binary


def load(port: int, requests: list[bytes], seconds: float, connections: int, maximum: int = 0) -> dict[str, float]:
    """Send the requests in turn over keep-alive connections."""
    with tempfile.NamedTemporaryFile(dir=WORK) as file:
        for request in requests:
            file.write(struct.pack("<I", len(request)) + request)
        file.flush()
        words = [str(load_generator()), str(port), str(connections), str(seconds), str(maximum), file.name]
        done = subprocess.run(
            words, check=True, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {LOAD_CORE})
        )
    result: dict[str, float] = json.loads(done.stdout)
    if result["failures"]:
        raise SystemExit(f"{result['failures']} of {result['requests']} requests failed: the figure would be a lie")
    return result


@contextlib.contextmanager
def hello() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(HERE / "hello.py"), str(port)])
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    try:
        for _ in range(200):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def native_get(job_id: str, keys: dict[str, str], host: str) -> bytes:
    return request("GET", f"/v1/jobs/{job_id}", {"host": host, "authorization": f"Bearer {keys['ApiKey']}"})


def ice_query(job_id: str, keys: dict[str, str], host: str) -> bytes:
    """A signed QueryIProductionJob as the vendor's SDK sends it."""
    digest = hashlib.sha256(b"").hexdigest()
    headers = {
        "accept": "application/json",
        "host": host,
        "user-agent": "benchmark",
        "x-acs-action": "QueryIProductionJob",
        "x-acs-content-sha256": digest,
        "x-acs-date": "2026-01-02T03:04:05Z",
        "x-acs-signature-nonce": os.urandom(16).hex(),
        "x-acs-version": "2020-11-09",
    }
    query, names = f"JobId={quote(job_id)}", ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{digest}"
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(keys["AccessKeySecret"].encode(), text.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={keys['AccessKeyId']},SignedHeaders={names},Signature={signature}"
    return request("POST", f"/?{query}", {**headers, "Authorization": f"ACS3-HMAC-SHA256 {credential}"})


def native_submits(count: int, keys: dict[str, str], host: str) -> list[bytes]:
    headers = {"host": host, "authorization": f"Bearer {keys['ApiKey']}", "content-type": "application/json"}
    bodies = (
        {"operator": "video.cover", "params": {"video": "oss://bench/in.mp4", "count": 1 + n % 20}, "pipeline": "held"}
        for n in range(count)
    )
    return [request("POST", "/v1/jobs", headers, json.dumps(body).encode()) for body in bodies]


# ---- the measurements


def filled(home: Path, jobs: int) -> tuple[Any, list[str]]:
    """A server on the measured core whose ledger holds so many finished jobs, and ids of some of them."""
    module = serving()
    module.Server(home, workers=1).start().stop()  # makes the key
    ids = fill(home / "ledger.db", jobs)
    asked = [ids[number * len(ids) // DISTINCT] for number in range(DISTINCT)]
    return module.Server(home, cpu=SERVER_CORE, workers=1).start(), asked


def queries(folder: Path, jobs: int, seconds: float) -> dict[str, dict[str, float]]:
    """Status queries, native and ICE, on an almost empty and on a full ledger, beside hello.

    The five take turns of `seconds / ROUNDS` each, so that a busy minute of the machine falls on all of them;
    each figure is the median of its rounds.
    """
    few, few_ids = filled(folder / "few", FEW)
    many, many_ids = filled(folder / "many", jobs)
    rounds: dict[str, list[dict[str, float]]] = {}
    try:
        with hello() as floor:
            runs: dict[str, tuple[int, list[bytes]]] = {"hello": (floor, [request("GET", "/", {"host": "127.0.0.1"})])}
            for name, server, asked in (("few", few, few_ids), ("many", many, many_ids)):
                host = server.url.removeprefix("http://")
                for face, build in (("native", native_get), ("ice", ice_query)):
                    runs[f"{face} {name}"] = port_of(server), [build(one, server.keys, host) for one in asked]
            for port, asked in runs.values():
                load(port, asked, 1, CONNECTIONS)
            for _ in range(ROUNDS):
                for name, (port, asked) in runs.items():
                    rounds.setdefault(name, []).append(load(port, asked, seconds / ROUNDS, CONNECTIONS))
    finally:
        few.stop()
        many.stop()
    return {name: medians(one) for name, one in rounds.items()}


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def port_of(server: Any) -> int:
    return int(server.url.rpartition(":")[2])


def submits(home: Path, seconds: float) -> dict[str, dict[str, float]]:
    server = serving().Server(home, cpu=SERVER_CORE, workers=1).start()
    try:
        port, host = port_of(server), server.url.removeprefix("http://")
        server.put("bench", "in.mp4", b"never opened")
        server.api.put("/v1/pipelines/held", json={"paused": True}).raise_for_status()
        bodies = native_submits(2000, server.keys, host)
        load(port, bodies, 1, SUBMIT_CONNECTIONS)
        once = [request("GET", "/", {"host": host})]
        rounds: dict[str, list[dict[str, float]]] = {"submit": [], "hello": []}
        with hello() as floor:
            load(floor, once, 1, SUBMIT_CONNECTIONS)
            for _ in range(ROUNDS):
                rounds["submit"].append(load(port, bodies, seconds / ROUNDS, SUBMIT_CONNECTIONS))
                rounds["hello"].append(load(floor, once, seconds / ROUNDS, SUBMIT_CONNECTIONS))
    finally:
        server.stop()
    return {name: medians(one) for name, one in rounds.items()}


def promptness(home: Path) -> dict[str, float]:
    """Submit -> start, a memo's re-run, and a cancel, in milliseconds."""
    module = serving()
    server = module.Server(home, workers=2).start()
    try:
        text = server.put("bench", "in.txt", b"a few bytes")
        journal = str(home / "journal")
        starts = [_start_ms(server, text, journal, f"start-{n}") for n in range(60)][10:]
        again = [_memo_ms(server, text, journal) for _ in range(30)]
        cancels = [_cancel_ms(server, module, text, home / f"burn-{n}") for n in range(5)]
    finally:
        server.stop()
    return {
        "start_p50": statistics.median(starts),
        "memo_p50": statistics.median(again),
        "memo_max": max(again),
        "cancel_max": max(cancels),
    }


def _start_ms(server: Any, text: str, journal: str, label: str) -> float:
    """From the moment the submit is accepted to the worker's first act."""
    params = {"text": text, "journal": journal, "label": label, "ticks": 1, "tick": 0}
    job_id = server.submit("crash.journal", params)
    server.wait(job_id)
    bars = {bar["name"]: bar for bar in server.api.get(f"/v1/jobs/{job_id}/timeline").json()["bars"]}
    return float(1000 * bars["fetch"]["start"])


def _memo_ms(server: Any, text: str, journal: str) -> float:
    params = {"text": text, "journal": journal, "label": "start-0", "ticks": 1, "tick": 0}
    began = time.perf_counter()
    job_id = server.submit("crash.journal", params)
    while server.job(job_id)["status"] != "SUCCEEDED":
        time.sleep(0.001)
    took = 1000 * (time.perf_counter() - began)
    if server.steps(job_id)[0]["executions"]:
        raise SystemExit("an identical request ran again")
    return took


def _cancel_ms(server: Any, module: Any, text: str, journal: Path) -> float:
    job_id = server.submit("crash.burn", {"text": text, "journal": str(journal)}, fresh=True)
    while not journal.exists():
        time.sleep(0.01)
    pids = [int(word) for word in journal.read_text().split()[1:]]
    began = time.perf_counter()
    server.api.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
    while not all(module.is_gone(pid) for pid in pids):
        time.sleep(0.001)
    return 1000 * (time.perf_counter() - began)


def figures(jobs: int, seconds: float, folder: Path) -> list[Figure]:
    asked = queries(folder, jobs, seconds)
    posts, prompt = submits(folder / "posts", seconds), promptness(folder / "prompt")
    hello_rate = {"hello/s": asked["hello"]["rate"]}

    def ratio(which: str) -> float:
        return asked[f"{which} few"]["rate"] / asked["hello"]["rate"]

    def tail(which: str) -> float:
        return asked[f"{which} many"]["p99_us"] / asked[f"{which} few"]["p99_us"]

    return [
        Figure("status query, native / hello", ratio("native"), "", 0.6, 0.85, beside=hello_rate),
        Figure("status query, ICE signed / hello", ratio("ice"), "", 0.35, 0.5, beside=hello_rate),
        Figure(f"native p99, {jobs} jobs / {FEW} jobs", tail("native"), "", 1.2, higher=False),
        Figure(f"ICE p99, {jobs} jobs / {FEW} jobs", tail("ice"), "", 1.2, higher=False),
        Figure("durable submit, native / hello", posts["submit"]["rate"] / posts["hello"]["rate"], "", 0.25, 0.45),
        Figure("durable submits", posts["submit"]["rate"], "/s", 2000, beside={"hello/s": posts["hello"]["rate"]}),
        Figure("submit to start, p50", prompt["start_p50"], "ms", 5, higher=False),
        Figure(
            "identical re-run by memo, p50",
            prompt["memo_p50"],
            "ms",
            50,
            higher=False,
            beside={"max": prompt["memo_max"]},
        ),
        Figure("cancel of a native call, slowest", prompt["cancel_max"], "ms", 2000, higher=False),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=WORK))
    try:
        found = figures(asked.jobs, asked.seconds, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    record("server", found, command="python -m benchmarks.faces.server", path=asked.json)


if __name__ == "__main__":
    main()
