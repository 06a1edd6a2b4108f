"""A client of the native face, for Python programs and for the command line.

    with connect("http://127.0.0.1:8710", api_key) as reelwright:
        job = reelwright.submit("video.cover", video="oss://media/in.mp4", count=3)
        done = reelwright.wait(job.id)

What a reply says comes back as a record of `reelwright.v1`; what the server refuses is raised
as the very error of `reelwright.errors` that it named. Following a job survives dropped lines
and restarts of the server: the stream is taken up after the last event that was seen, for as
long as `patience` allows the server to be silent. Nothing else is tried twice, except that a
submit with an `idempotency_key` may be, by the caller.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from reelwright import errors, v1
from reelwright.errors import ReelwrightError, Unreachable
from reelwright.following import PATIENCE, Line, events_of, resume

T = TypeVar("T")

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
CHUNK = 1 << 20  # bytes
SHOWN = 200  # characters of a reply that is not ours
PROXY_ERRORS = (502, 503, 504)
CODE, MESSAGE = re.compile(r"<Code>(.*?)</Code>"), re.compile(r"<Message>(.*?)</Message>", re.DOTALL)

OBJECT_ERRORS: Mapping[str, type[ReelwrightError]] = {
    "NoSuchBucket": errors.BucketNotFound,
    "NoSuchKey": errors.ObjectNotFound,
    "AccessDenied": errors.Forbidden,
    "InvalidAccessKeyId": errors.Unauthorized,
    "EntityTooLarge": errors.TooLarge,
}

OnEvent = Callable[[v1.Event], None]
OnBytes = Callable[[int, int | None], None]
"""(bytes so far, bytes in all or None)"""


def connect(url: str, api_key: str | None = None, *, transport: httpx.BaseTransport | None = None) -> "Client":
    """A client of the server at `url`. Without a key it is anonymous, which only an open server lets in."""
    return Client(url, api_key, transport=transport)


class Client:
    """One server, one key. Not shared between threads while a stream is read."""

    def __init__(self, url: str, api_key: str | None, *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self.url = url.rstrip("/")
        # The environment's proxies are meant for the outside; a server of one's own is not there.
        self._http = httpx.Client(
            base_url=self.url, headers=headers, timeout=TIMEOUT, transport=transport, trust_env=False
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    # ---- jobs

    def submit(self, operator: str, /, **params: Any) -> v1.Submitted:
        """Submit a job with these parameters; `submit_request` takes the rest (priority, pipeline, …)."""
        return self.submit_request(v1.Submit(operator=operator, params=params))

    def submit_request(self, wanted: v1.Submit) -> v1.Submitted:
        return self._ask("POST", "/v1/jobs", v1.Submitted, body=wanted)

    def job(self, job_id: str) -> v1.Job:
        return self._ask("GET", _at(job_id), v1.Job)

    def jobs(self, wanted: v1.JobsQuery | None = None) -> Iterator[v1.Job]:
        """All jobs that fit, newest first, page by page as they are asked for."""
        query = wanted or v1.JobsQuery(limit=v1.MAX_PAGE)
        while True:
            page = self.jobs_page(query)
            yield from page.jobs
            if page.next is None:
                return
            query = msgspec.structs.replace(query, after=page.next)

    def jobs_page(self, wanted: v1.JobsQuery | None = None) -> v1.Jobs:
        return self._ask("GET", "/v1/jobs", v1.Jobs, query=wanted or v1.JobsQuery())

    def cancel(self, job_id: str) -> v1.Job:
        return self._ask("POST", _at(job_id, "cancel"), v1.Job)

    def retry(self, job_id: str) -> v1.Job:
        return self._ask("POST", _at(job_id, "retry"), v1.Job)

    def resume(self, job_id: str) -> v1.Job:
        return self._ask("POST", _at(job_id, "resume"), v1.Job)

    def change_step(self, job_id: str, step: str, change: v1.StepChange) -> v1.Step:
        """Change a step of a job with a plan; it and what hangs on it run again."""
        return self._ask("PATCH", _at(job_id, f"steps/{quote(step, safe='')}"), v1.Step, body=change)

    def plan(self, job_id: str) -> v1.Plan:
        return self._ask("GET", _at(job_id, "plan"), v1.Plan)

    def page(self, job_id: str, name: str) -> bytes:
        """`plan.svg`, the plan drawn, or `storyboard`, the page of one."""
        return self._send("GET", _at(job_id, name)).content

    def steps(self, job_id: str) -> list[v1.Step]:
        return self._ask("GET", _at(job_id, "steps"), v1.Steps).steps

    def timeline(self, job_id: str) -> v1.Timeline:
        return self._ask("GET", _at(job_id, "timeline"), v1.Timeline)

    def log(self, job_id: str) -> list[v1.LogLine]:
        """The whole log so far."""
        lines: list[v1.LogLine] = []
        query = v1.LogQuery()
        while True:
            page = self._ask("GET", _at(job_id, "log"), v1.Log, query=query)
            lines += page.lines
            if page.next is None:
                return lines
            query = v1.LogQuery(after=page.next)

    def events(
        self, job_id: str, *, after: int = 0, patience: float = PATIENCE, timeout: float | None = None
    ) -> Iterator[v1.Event]:
        """The job's events from `after` on, as they come, each once; ends with the job.

        Raises `Unreachable` if the server is away for longer than `patience` seconds, and
        `TimeoutError` if the job is not finished after `timeout` seconds.
        """
        return self._follow(job_id, after, Line(patience, timeout))

    def wait(
        self,
        job_id: str,
        *,
        on_event: OnEvent | None = None,
        patience: float = PATIENCE,
        timeout: float | None = None,
    ) -> v1.Job:
        """Follow a job to its end, however it ends. Errors as for `events`."""
        line = Line(patience, timeout)
        for event in self._follow(job_id, 0, line):
            if on_event is not None:
                on_event(event)
        while True:
            try:
                return self.job(job_id)
            except Unreachable as error:
                line.broke(error)

    # ---- operators, pipelines

    def operators(self) -> list[v1.OperatorSummary]:
        return self._ask("GET", "/v1/operators", v1.Operators).operators

    def operator(self, name: str) -> v1.Operator:
        return self._ask("GET", f"/v1/operators/{quote(name, safe='')}", v1.Operator)

    def pipelines(self) -> list[v1.Pipeline]:
        return self._ask("GET", "/v1/pipelines", v1.Pipelines).pipelines

    def put_pipeline(self, name: str, *, concurrency: int | None = None, paused: bool | None = None) -> v1.Pipeline:
        """Make or change a pipeline; what is None keeps its value."""
        change = v1.PipelineChange(concurrency, paused)
        return self._ask("PUT", f"/v1/pipelines/{quote(name, safe='')}", v1.Pipeline, body=change)

    # ---- apps

    def apps(self) -> list[v1.AppSummary]:
        return self._ask("GET", "/v1/apps", v1.Apps).apps

    def app(self, app_id: str) -> v1.App:
        return self._ask("GET", f"/v1/apps/{quote(app_id, safe='')}", v1.App)

    def put_app(self, wanted: v1.AppWanted) -> v1.App:
        """Keep a graph as an app, in place of one of the same id."""
        return self._ask("POST", "/v1/apps", v1.App, body=wanted)

    def remove_app(self, app_id: str) -> v1.App:
        return self._ask("DELETE", f"/v1/apps/{quote(app_id, safe='')}", v1.App)

    def run_app(self, app_id: str, wanted: v1.AppRun | None = None) -> v1.Submitted:
        """Submit a job that runs an app with these values of its keys."""
        return self._ask("POST", f"/v1/apps/{quote(app_id, safe='')}/jobs", v1.Submitted, body=wanted or v1.AppRun())

    # ---- callbacks

    def callbacks(self, wanted: v1.CallbacksQuery | None = None) -> v1.Callbacks:
        """A page, newest first."""
        return self._ask("GET", "/v1/callbacks", v1.Callbacks, query=wanted or v1.CallbacksQuery())

    def callback(self, callback_id: str) -> v1.Callback:
        return self._ask("GET", f"/v1/callbacks/{quote(callback_id, safe='')}", v1.Callback)

    def redeliver(self, callback_id: str) -> v1.Callback:
        """Send a callback again, under the same id."""
        return self._ask("POST", f"/v1/callbacks/{quote(callback_id, safe='')}/redeliver", v1.Callback)

    def callback_secret(self, *, replace: bool = False) -> v1.CallbackSecret:
        """What callbacks are signed with; with `replace` a new one, beside which the old one signs for a day."""
        return self._ask("POST" if replace else "GET", "/v1/callbacks/secret", v1.CallbackSecret)

    # ---- keys, the server

    def create_key(self) -> v1.Credentials:
        return self._ask("POST", "/v1/keys", v1.Credentials)

    def server(self) -> v1.Server:
        return self._ask("GET", "/v1/server", v1.Server)

    # ---- objects

    def put_object(self, bucket: str, key: str, path: Path | str, *, on_bytes: OnBytes | None = None) -> str:
        """Upload a local file; returns its address, `oss://bucket/key`."""
        with Path(path).open("rb") as file:
            self._send("PUT", _object(bucket, key), content=_Counted(file, on_bytes) if on_bytes else file)
        return f"oss://{bucket}/{key}"

    def get_object(self, bucket: str, key: str, path: Path | str, *, on_bytes: OnBytes | None = None) -> Path:
        """Download an object. The file is there only once it is whole."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            with self._http.stream("GET", _object(bucket, key)) as reply, part.open("wb") as file:
                _refuse(reply)
                for chunk in reply.iter_bytes(CHUNK):
                    file.write(chunk)
                    if on_bytes is not None:
                        on_bytes(file.tell(), _length(reply))
            part.replace(target)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        finally:
            part.unlink(missing_ok=True)
        return target

    # ---- below

    def _ask(
        self,
        method: str,
        path: str,
        gives: type[T],
        *,
        query: msgspec.Struct | None = None,
        body: msgspec.Struct | None = None,
    ) -> T:
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if body is None else {"content-type": "application/json"}
        reply = self._send(method, path, params=_given(query), content=content, headers=headers)
        try:
            return msgspec.json.decode(reply.content, type=gives)
        except msgspec.DecodeError as error:
            raise ReelwrightError(f"{self.url} does not answer like a reelwright server: {error}") from error

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        try:
            reply = self._http.request(method, path, **given)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error
        _refuse(reply)
        return reply

    def _follow(self, job_id: str, after: int, line: Line) -> Iterator[v1.Event]:
        while True:
            line.check(job_id)
            try:
                with self._http.stream(
                    "GET", _at(job_id, "events"), headers=resume(after), timeout=line.timeout()
                ) as reply:
                    _refuse(reply)
                    if reply.status_code == httpx.codes.NO_CONTENT:
                        return
                    for event in events_of(reply, line):
                        after = event.seq
                        yield event
                # Ended, and not yet 204: the job is over, or the server stops. The next try tells.
                line.pause()
            except httpx.TransportError as error:
                line.broke(self._unreachable(error))
            except Unreachable as error:
                line.broke(error)

    def _unreachable(self, error: httpx.TransportError) -> Unreachable:
        return Unreachable(
            f"no answer from {self.url} ({error or type(error).__name__}); is `reelwright serve` running?"
        )


class _Counted:
    """A file that tells how much of it was read; httpx asks it for its length by `fileno`."""

    def __init__(self, file: BinaryIO, on_bytes: OnBytes) -> None:
        self._file, self._on_bytes = file, on_bytes
        self._size = os.fstat(file.fileno()).st_size

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._on_bytes(self._file.tell(), self._size)
        return chunk

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.read(CHUNK):
            yield chunk


def _length(reply: httpx.Response) -> int | None:
    """Bytes of a reply's body, if it says so."""
    told = reply.headers.get("content-length", "")
    return int(told) if told.isdigit() else None


def _given(query: msgspec.Struct | None) -> dict[str, str]:
    """What of a query differs from its defaults, as text."""
    if query is None:
        return {}
    shown = msgspec.structs.asdict(query)
    plain = msgspec.structs.asdict(type(query)())
    return {name: str(value) for name, value in shown.items() if value != plain[name]}


def _at(job_id: str, *below: str) -> str:
    return "/".join(("/v1/jobs", quote(job_id, safe=""), *below))


def _object(bucket: str, key: str) -> str:
    return f"/{quote(bucket, safe='')}/{quote(key)}"


# ---- errors


def _refuse(reply: httpx.Response) -> None:
    """Raise what the server refused with."""
    if not reply.is_success:
        reply.read()
        raise error_of(reply.status_code, reply.content, str(reply.url))


def error_of(status: int, content: bytes, url: str) -> ReelwrightError:
    """The error that a reply tells of, as the class of its code."""
    try:
        fault = msgspec.json.decode(content, type=v1.ErrorReply).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _of_objects(status, content.decode("utf-8", "replace"), url)
    return rebuilt(fault)


def rebuilt(fault: v1.Fault) -> ReelwrightError:
    """The error as it was raised there. A code that a newer server may have becomes a plain one that bears it."""
    kind = _kinds().get(fault.code)
    error = (kind or ReelwrightError)(fault.message, field=fault.field)
    if kind is None:
        error.code, error.retryable = fault.code, fault.retryable
    return error


@cache
def _kinds() -> Mapping[str, type[ReelwrightError]]:
    found: dict[str, type[ReelwrightError]] = {}
    waiting = ReelwrightError.__subclasses__()
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.code, kind)
        waiting += kind.__subclasses__()
    return found


def _of_objects(status: int, text: str, url: str) -> ReelwrightError:
    """The object face tells its errors in XML; a proxy in between, as it likes."""
    code, message = CODE.search(text), MESSAGE.search(text)
    if code:
        kind = OBJECT_ERRORS.get(code[1]) or _kinds().get(code[1], ReelwrightError)
        return kind(unescape(message[1]) if message else code[1])
    told = f"{url} answers {status}: {text[:SHOWN].strip() or 'nothing'}"
    return Unreachable(told) if status in PROXY_ERRORS else ReelwrightError(told)
