"""A real server in a process of its own, to be asked over HTTP and killed.

Not a test module: `test_*.py` here and the long crash run import it by path.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

PLUGIN = Path(__file__).parent / "plugin"
READY = "reelwright ready "
PATIENCE = 120.0  # seconds until a test gives up on a server that hangs; no figure is taken from it


class Server:
    """`reelwright serve` on a free loopback port. Use `start`, `kill`, `stop`; the home stays."""

    def __init__(self, home: Path, *, cpu: int | None = None, **settings: object) -> None:
        self.home = home
        self._cpu = cpu
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> "Server":
        env = {**os.environ, "PYTHONPATH": str(PLUGIN)}
        env |= {f"REELWRIGHT_{name.upper()}": str(value) for name, value in self._settings.items()}
        self._log = (self.home.parent / f"{self.home.name}.log").open("a")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reelwright", "serve", "--home", str(self.home), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=env,
        )
        if self._cpu is not None:
            os.sched_setaffinity(self._process.pid, {self._cpu})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(READY):
                self.url = line.removeprefix(READY).strip()
                break
        else:
            raise AssertionError(f"the server did not start:\n{Path(self._log.name).read_text()[-4000:]}")
        keys = json.loads((self.home / "credentials.json").read_text())
        self.api = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {keys['ApiKey']}"}, timeout=PATIENCE, trust_env=False
        )
        self.keys = keys
        return self

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def workers(self) -> list[int]:
        """Process ids of the worker processes: children that lead a group of their own."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            pid = int(stat.parent.name)
            if int(fields[1]) == self.pid and int(fields[2]) == pid:
                found.append(pid)
        return found

    def kill(self) -> None:
        """SIGKILL: nothing is said goodbye to."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM: drains. The exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, how: int) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.send_signal(how)
        code = self._process.wait(PATIENCE)
        self._process.stdout.close()
        self._log.close()
        self.api.close()
        self._process = None
        return code

    @property
    def is_running(self) -> bool:
        return self._process is not None

    # ---- asking

    def put(self, bucket: str, key: str, data: bytes) -> str:
        self.api.put(f"/{bucket}/{key}", content=data).raise_for_status()
        return f"oss://{bucket}/{key}"

    def submit(self, operator: str, params: dict[str, object], **more: object) -> str:
        reply = self.api.post("/v1/jobs", json={"operator": operator, "params": params, **more})
        assert reply.is_success, reply.text
        return str(reply.json()["id"])

    def job(self, job_id: str) -> dict[str, object]:
        reply = self.api.get(f"/v1/jobs/{job_id}")
        assert reply.is_success, reply.text
        return dict(reply.json())

    def steps(self, job_id: str) -> list[dict[str, object]]:
        return list(self.api.get(f"/v1/jobs/{job_id}/steps").json()["steps"])

    def wait(self, job_id: str) -> dict[str, object]:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            job = self.job(job_id)
            if job["status"] in ("SUCCEEDED", "FAILED", "CANCELLED", "SUSPENDED"):
                return job
            time.sleep(0.02)
        raise AssertionError(f"job {job_id} did not end: {job}")


def is_gone(pid: int) -> bool:
    """No such process, or only a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
