"""Posting a message to an http(s) address that a user named, as guarded as fetching from one.

One POST, one answer: the address is checked after it was resolved and the connection goes
there; no redirect is followed, no proxy used, no cookie kept. The whole exchange has one
deadline, however slowly bytes drip. Nothing of the answer is read but its head.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpcore

from reelwright.errors import AddressRefused, FetchFailed
from reelwright.settings import Settings
from reelwright.storage import guard
from reelwright.storage.fetch import checked_url
from reelwright.storage.pinned import Deadline, connections

REFUSED = "it is no public address; allow its network by `fetch_allow` if it is meant to be reached"


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_after`: seconds that the receiver asks to be left alone; 0 if it says nothing."""

    status: int
    retry_after: float = 0.0


Post = Callable[[str, bytes, Mapping[str, str]], Answer]


def poster(settings: Settings) -> Post:
    """A post with the limits of the settings: (address, body, headers) -> the answer."""
    allow = guard.networks(settings.fetch_allow)

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        return post(url, body, headers, seconds=settings.callback_timeout, allow=allow)

    return send


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allow: tuple[guard.Network, ...] = ()
) -> Answer:
    """Raises `AddressRefused` (nothing was or will be sent), `FetchFailed` (a retry can help)."""
    target, deadline = checked_url(url), Deadline(seconds)
    sent: list[tuple[bytes, bytes]] = [(b"User-Agent", b"reelwright"), (b"Connection", b"close")]
    sent += [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    try:
        with connections(allow, deadline) as pool, pool.stream("POST", target, headers=sent, content=body) as response:
            return Answer(response.status, _retry_after(response))
    except AddressRefused:
        raise AddressRefused(f"nothing is sent to {_shown(target)}: {REFUSED}") from None
    except httpcore.TimeoutException:
        raise FetchFailed(f"{_shown(target)} did not answer within {seconds:g} s") from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchFailed(f"{_shown(target)} broke off ({type(error).__name__}: {error})") from None


def _shown(url: str) -> str:
    """The address without its query, which may hold a token."""
    return url.partition("?")[0]


def _retry_after(response: httpcore.Response) -> float:
    """Of the two forms of the header the number of seconds is read, the date is not."""
    told = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"").strip()
    return float(told) if told.isdigit() and len(told) < 9 else 0.0
