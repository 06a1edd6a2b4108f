"""Asking a server elsewhere over HTTP: tried until it answers, never for ever, its key in the header and nowhere else.

What may pass (no connection, a slow answer, 408, 429, 5xx, a reply that is no JSON) is tried again with growing pauses,
as long as the server asks for if it says so. What will not pass ends at once with `UpstreamRefused`.
"""

import email.utils
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from reelwright.errors import UpstreamFailed, UpstreamRefused
from reelwright.loading import lazy
from reelwright.models.port import Endpoint

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy("httpx")

T = TypeVar("T")

CONNECT = 10.0  # seconds
MOST_BYTES = 64 << 20  # of one reply that is JSON; pictures may be in it
MOST_FILE = 8 << 30  # bytes of one result
MOST_SHOWN = 300  # letters of a server's message in an error
FIRST_PAUSE, MOST_PAUSE = 0.5, 60.0  # seconds between two tries; doubled for each further one
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
CHUNK = 1 << 18


class Refused(UpstreamRefused):
    """What a server will not do; `told` is its answer without our advice, `status` that of HTTP."""

    def __init__(self, told: str, status: int, settings: str) -> None:
        super().__init__(f"{told}; see the settings {settings}")
        self.told, self.status = told, status

    def __reduce__(self) -> tuple[Any, ...]:
        # Out of a worker it is what every caller knows.
        return UpstreamRefused, (self.message,)


class Passing(Exception):
    """This try failed; another may not. `wait`: seconds the server asks for."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


@dataclass(slots=True)
class Server:
    """`settings` names what to look at when it refuses; `pause` waits so many seconds."""

    endpoint: Endpoint
    settings: str
    pause: Callable[[float], None] = time.sleep
    _rng: random.Random = field(default_factory=random.Random, init=False, repr=False)

    def get(self, path: str, **params: str) -> Any:
        """A JSON reply."""
        return self._tried(lambda: _json_of(self._reply("GET", self._at(path), with_key=True, params=params)))

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Any:
        """A JSON reply to a JSON request."""
        return self.ask(path, body, _json_of, headers)

    def tell(self, path: str, body: object) -> None:
        """A JSON request whose reply says nothing."""
        self.ask(path, body, lambda reply: None)

    def ask(self, path: str, body: object, read: Callable[[bytes], T], headers: Mapping[str, str] | None = None) -> T:
        """What `read` makes of the reply to a JSON request. It may raise `Passing`, and then it is asked again."""
        content = msgspec.json.encode(body)
        sent = {"content-type": "application/json", **(headers or {})}
        at = self._at(path)
        return self._tried(lambda: read(self._reply("POST", at, with_key=True, content=content, headers=sent)))

    def put_form(self, address: str, fields: Mapping[str, str], file: Path) -> None:
        """Send a file as the last part of a form, without our key: the form has its own."""

        def once() -> None:
            with file.open("rb") as content:
                self._reply("POST", address, with_key=False, data=dict(fields), files={"file": (file.name, content)})

        self._tried(once)

    def download(self, address: str, path: Path) -> Path:
        """Fetch a result to a file, without our key."""
        self._tried(lambda: self._saved(address, path))
        return path

    # ---- one try

    def _tried(self, once: Callable[[], T]) -> T:
        fault = ""
        for number in range(self.endpoint.attempts):
            try:
                return once()
            except Passing as error:
                fault, wait = str(error), error.wait
            if number + 1 < self.endpoint.attempts:
                own = FIRST_PAUSE * float(2**number) * (1 + self._rng.random() / 4)
                self.pause(min(MOST_PAUSE, wait if wait is not None else own))
        where = shown(self.endpoint.address)
        raise UpstreamFailed(f"{where} did not answer, tried {self.endpoint.attempts} times: {fault}")

    def _reply(self, method: str, address: str, *, with_key: bool, **given: Any) -> bytes:
        with self._open(method, address, with_key=with_key, **given) as (status, headers, parts):
            content = b"".join(_limited(parts, MOST_BYTES, self.endpoint.timeout))
        if status == 200:
            return content
        raise self._refusal(status, headers, content)

    def _saved(self, address: str, path: Path) -> None:
        part = path.with_name(f".{path.name}.part")
        with self._open("GET", address, with_key=False) as (status, headers, parts):
            if status != 200:
                raise self._refusal(status, headers, b"".join(_limited(parts, MOST_SHOWN * 4, self.endpoint.timeout)))
            with part.open("wb") as file:
                for chunk in _limited(parts, MOST_FILE, 10 * self.endpoint.timeout):
                    file.write(chunk)
        part.replace(path)

    def _refusal(self, status: int, headers: Mapping[str, str], content: bytes) -> Exception:
        if self.endpoint.key:  # some servers repeat it
            content = content.replace(self.endpoint.key.encode(), b"...")
        where = f"{shown(self.endpoint.address)} answered {status}: {message_of(content)}"
        if status in PASSING:
            return Passing(where, retry_after(headers))
        return Refused(where, status, self.settings)

    def _open(self, method: str, address: str, *, with_key: bool, **given: Any) -> "_Opened":
        key = self.endpoint.key
        if with_key and not (key.isascii() and (key or "-").isprintable()):
            raise UpstreamRefused(f"the key holds a letter that no header may hold; copy it again ({self.settings})")
        return _Opened(self.endpoint, method, address, with_key, given)

    def _at(self, path: str) -> str:
        return f"{self.endpoint.address.rstrip('/')}/{path.lstrip('/')}"


class _Opened:
    """One exchange: gives status, headers and the body's parts; faults of the line are `Passing`."""

    def __init__(self, endpoint: Endpoint, method: str, address: str, with_key: bool, given: Mapping[str, Any]) -> None:
        self._endpoint, self._method, self._address = endpoint, method, address
        self._given = dict(given)
        headers = dict(self._given.pop("headers", None) or {})
        if with_key and endpoint.key:
            headers["authorization"] = f"Bearer {endpoint.key}"
        self._given["headers"] = headers

    def __enter__(self) -> tuple[int, Mapping[str, str], Iterator[bytes]]:
        timeout = httpx.Timeout(self._endpoint.timeout, connect=min(CONNECT, self._endpoint.timeout))
        own = urlsplit(self._address).hostname in LOOPBACK  # a proxy is not asked for what is on this machine
        is_plain = self._address.startswith("http://")
        follows = self._method == "GET"  # what is posted would be lost on the way
        self._client = httpx.Client(timeout=timeout, trust_env=not own, verify=not is_plain, follow_redirects=follows)
        try:
            request = self._client.build_request(self._method, self._address, **self._given)
            self._reply = self._client.send(request, stream=True)
        except httpx.TimeoutException as error:
            self._client.close()
            raise Passing(f"no answer within {self._endpoint.timeout:g} s") from error
        except httpx.TransportError as error:
            self._client.close()
            raise Passing(str(error) or type(error).__name__) from error
        except httpx.InvalidURL as error:
            self._client.close()
            raise UpstreamRefused(f"{shown(self._address)} cannot be asked: {error}") from error
        return self._reply.status_code, self._reply.headers, self._parts()

    def _parts(self) -> Iterator[bytes]:
        try:
            yield from self._reply.iter_bytes(CHUNK)
        except httpx.TimeoutException as error:
            raise Passing("its reply did not go on") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Passing(str(error) or type(error).__name__) from error

    def __exit__(self, *_: object) -> None:
        self._reply.close()
        self._client.close()


def _json_of(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.MsgspecError as error:
        raise Passing(f"its reply is no JSON ({error})") from error


def _limited(parts: Iterator[bytes], most: int, seconds: float) -> Iterator[bytes]:
    """What drips for ever, or never stops, is given up."""
    ends, size = time.monotonic() + seconds, 0
    for part in parts:
        size += len(part)
        if size > most:
            raise Passing(f"its reply is larger than {most >> 20} MiB")
        if time.monotonic() > ends:
            raise Passing("its reply did not end in time")
        yield part


def message_of(content: bytes) -> str:
    """What a server says about its refusal, in one line."""
    try:
        told: Any = msgspec.json.decode(content)
        told = told.get("error", told) if isinstance(told, dict) else told
        told = told.get("message", told) if isinstance(told, dict) else told
        text = told if isinstance(told, str) else msgspec.json.encode(told).decode()
    except (msgspec.MsgspecError, TypeError):
        text = content.decode(errors="replace")
    return short(text) or "nothing"


def short(text: str) -> str:
    """One line of at most `MOST_SHOWN` letters."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}…"


def shown(address: str) -> str:
    """Without a name and password that somebody may have put into it."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    given = headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None
