"""The one door to http(s) addresses that users name: everything is checked, counted and timed.

Only http and https; only addresses the guard lets through, checked again at each redirect;
bytes, seconds, silence and header size have caps; no proxy, no cookie, no password in the
address. A body that breaks off is asked for again from where it broke, if the server can.
"""

import hashlib
import mimetypes
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpcore

from reelwright.errors import AddressError, AddressRefused, FetchFailed, ObjectNotFound, TooLarge
from reelwright.settings import Settings
from reelwright.storage import guard
from reelwright.storage.faults import told
from reelwright.storage.pinned import Deadline, connections

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
GONE = frozenset({404, 410})
RESUMES = 3  # times a broken body is asked for again
PAUSE = 0.2  # seconds before the first of them, doubled for each further one
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
IDENTITY = frozenset({"", "identity", "aws-chunked"})  # the last is left in the metadata of some S3 objects
Headers = dict[bytes | str, bytes | str]
HEADERS: Headers = {"User-Agent": "reelwright", "Accept": "*/*", "Accept-Encoding": "identity"}
BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Limits:
    max_bytes: int
    seconds: float
    stall: float
    redirects: int
    allow: tuple[guard.Network, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(
            settings.fetch_max_bytes,
            settings.fetch_timeout,
            settings.fetch_stall,
            settings.fetch_redirects,
            guard.networks(settings.fetch_allow),
        )


@dataclass(frozen=True, slots=True)
class Fetched:
    size: int
    sha256: str
    media_type: str


def fetcher(settings: Settings) -> Callable[[str, Path], tuple[int, str]]:
    """A fetch with the limits of the settings: (address, file to write) -> (size, SHA-256)."""
    limits = Limits.of(settings)

    def bring(url: str, path: Path) -> tuple[int, str]:
        fetched = fetch(url, path, limits)
        return fetched.size, fetched.sha256

    return bring


def fetch(url: str, path: Path, limits: Limits, *, progress: Progress | None = None) -> Fetched:
    """Bring `url` to the file `path`. `progress` hears (bytes so far, bytes in all or None).

    Errors: `AddressRefused` (not to be fetched at all), `TooLarge`, `ObjectNotFound`,
    `AddressError` (the server refuses), `FetchFailed` (a retry can help).
    """
    run = _Run(url, path, limits, progress)
    try:
        with told("fetched", path.name, writing=True):  # the file's own faults: a full disk
            return run.whole()
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def checked_url(url: str) -> str:
    """The address without its fragment, or `AddressRefused`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{url[:200]!r} is no address ({error}); mend it") from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(f"{url[:200]!r} is not http or https; upload the file instead")
    if "@" in parts.netloc:
        raise AddressRefused(f"the address on {parts.hostname!r} holds a user or password; use a signed link instead")
    if not parts.hostname or "%" in parts.hostname or port == 0:
        raise AddressRefused(f"{url[:200]!r} names no host that can be fetched from; mend it")
    if any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise AddressRefused(f"{url[:200]!r} holds a space or control character; percent-encode it")
    return urlunsplit(
        (parts.scheme, _netloc(parts.hostname, port), _quoted(parts.path or "/"), _quoted(parts.query), "")
    )


def _netloc(host: str, port: int | None) -> str:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise AddressRefused(f"the host {host!r} cannot be written in DNS; mend it") from None
    name = f"[{name}]" if ":" in name else name
    return name if port is None else f"{name}:{port}"


def _quoted(text: str) -> str:
    return "".join(char if char.isascii() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text)


class _Run:
    """One fetch: where it stands in the body, and what the server said of the body."""

    def __init__(self, url: str, path: Path, limits: Limits, progress: Progress | None) -> None:
        self._url = checked_url(url)
        self._limits = limits
        self._progress = progress
        self._deadline = Deadline(limits.seconds)
        self._file = path.open("wb")
        self._digest = hashlib.sha256()
        self._size = 0
        self._total: int | None = None
        self._validator = ""
        self._media_type = ""

    def whole(self) -> Fetched:
        with self._file, connections(self._limits.allow, self._deadline) as pool:
            for attempt in range(RESUMES + 1):
                try:
                    self._go_on(pool)
                except BROKEN as error:
                    self._consider(error, attempt)
                else:
                    return Fetched(self._size, self._digest.hexdigest(), self._media_type)
        raise AssertionError("the last attempt raises")

    def _consider(self, error: Exception, attempt: int) -> None:
        """Raise, unless asking again for the rest has a chance."""
        if self._deadline.left() <= 0:
            raise FetchFailed(
                f"{self._shown} took more than {self._limits.seconds:g} s; retry, or raise `fetch_timeout`"
            ) from None
        silent = isinstance(error, httpcore.TimeoutException)
        told = f"no byte for {self._limits.stall:g} s" if silent else f"{type(error).__name__}: {error}"
        if self._size == 0 or not self._validator or attempt == RESUMES:
            raise FetchFailed(f"{self._shown} broke off after {self._size} bytes ({told}); retry later") from None
        time.sleep(min(PAUSE * 2**attempt, max(self._deadline.left(), 0)))

    @property
    def _shown(self) -> str:
        """The address without its query, which may hold a signature."""
        return self._url.partition("?")[0]

    def _go_on(self, pool: httpcore.ConnectionPool) -> None:
        for _ in range(self._limits.redirects + 1):
            with pool.stream("GET", self._url, headers=self._headers(), extensions=self._timeouts()) as response:
                if response.status in REDIRECTS:
                    self._url = self._next(response)
                    continue
                self._begin(response)
                self._take(response.iter_stream())
                return
        raise AddressRefused(
            f"{self._shown} is behind more than {self._limits.redirects} redirects; give the last address itself"
        )

    def _headers(self) -> Headers:
        if self._size == 0:
            return HEADERS
        return {**HEADERS, "Range": f"bytes={self._size}-", "If-Range": self._validator}

    def _timeouts(self) -> dict[str, dict[str, float]]:
        stall = self._limits.stall
        return {"timeout": {"connect": stall, "read": stall, "write": stall, "pool": stall}}

    def _next(self, response: httpcore.Response) -> str:
        where = _header(response, b"location")
        if not where:
            raise FetchFailed(f"{self._shown} redirects to nowhere; give the last address itself")
        return checked_url(urljoin(self._url, where))

    def _begin(self, response: httpcore.Response) -> None:
        """Check the head of an answer, and stand in the body where it begins."""
        self._check_status(response.status)
        encoding = _header(response, b"content-encoding").lower()
        if encoding not in IDENTITY:
            raise AddressError(f"{self._shown} is sent as {encoding!r} though plain bytes were asked; store it plain")
        length = _header(response, b"content-length")
        start = 0
        if response.status == 206:
            start, self._total = self._resumed(response)
        else:
            self._total = int(length) if length.isdigit() else None
        if self._total is not None and self._total > self._limits.max_bytes:
            raise self._too_large(self._total)
        if start == 0 and self._size:
            self._rewind()
        self._validator = _validator(response)
        self._media_type = _media_type(response, self._url)

    def _check_status(self, status: int) -> None:
        if status == 200 or (status == 206 and self._size):
            return
        if status in GONE:
            raise ObjectNotFound(f"there is nothing at {self._shown} (HTTP {status}); mend the address")
        if status in LATER:
            raise FetchFailed(f"{self._shown} answered HTTP {status}; retry later")
        raise AddressError(f"{self._shown} answered HTTP {status}; the address must be readable without a login")

    def _resumed(self, response: httpcore.Response) -> tuple[int, int | None]:
        found = CONTENT_RANGE.fullmatch(_header(response, b"content-range"))
        if not found or int(found[1]) != self._size:
            raise FetchFailed(f"{self._shown} gave another part than was asked; retry later")
        return self._size, None if found[3] == "*" else int(found[3])

    def _rewind(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._digest = hashlib.sha256()
        self._size = 0

    def _take(self, chunks: Iterator[bytes]) -> None:
        for chunk in chunks:
            if self._deadline.left() <= 0:
                raise httpcore.ReadTimeout
            if self._size + len(chunk) > self._limits.max_bytes:
                raise self._too_large(None)
            self._file.write(chunk)
            self._digest.update(chunk)
            self._size += len(chunk)
            if self._progress:
                self._progress(self._size, self._total)
        if self._total is not None and self._size < self._total:
            raise httpcore.RemoteProtocolError(f"{self._size} of {self._total} bytes came")

    def _too_large(self, size: int | None) -> TooLarge:
        told = f"has {size} bytes" if size is not None else "goes on"
        return TooLarge(
            f"{self._shown} {told}, and at most {self._limits.max_bytes} are fetched; raise `fetch_max_bytes`"
        )


def _header(response: httpcore.Response, name: bytes) -> str:
    for key, value in response.headers:
        if key.lower() == name:
            return value.decode("latin-1").strip()
    return ""


def _validator(response: httpcore.Response) -> str:
    """What tells in `If-Range` that the body is still the same; empty if a part cannot be asked for safely."""
    if _header(response, b"accept-ranges").lower() == "none":
        return ""
    etag = _header(response, b"etag")
    return etag if etag and not etag.startswith("W/") else _header(response, b"last-modified")


def _media_type(response: httpcore.Response, url: str) -> str:
    told = _header(response, b"content-type").partition(";")[0].strip().lower()
    return told or mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
