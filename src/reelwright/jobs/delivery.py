"""What the outbox holds: a word to be told to an http(s) address, and how the telling went.

A delivery has one id for its whole life, however often it is tried, so that a receiver can
know a repeated one. Its payload is what was true when it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

KEPT_ATTEMPTS = 50
"""Of one delivery's log: the last ones. A delivery that is sent again by hand many times must not grow without end."""


class DeliveryState(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try. `status` is the HTTP status of the answer, None if none came; `error` is empty for a good one."""

    at: float
    seconds: float
    status: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """`kind` names who writes the message (`deliverer.Compose`); `job_id` is empty for what no job is behind."""

    id: str
    tenant: str
    kind: str
    target: str
    payload: Mapping[str, Any]
    created_at: float
    job_id: str = ""

    @property
    def receiver(self) -> str:
        """`host[:port]`: what is busy or broken for one delivery is so for all to the same receiver."""
        return urlsplit(self.target).netloc.lower()


@dataclass(frozen=True, slots=True)
class Delivery:
    id: str
    tenant: str
    job_id: str
    kind: str
    target: str
    receiver: str
    payload: Mapping[str, Any]
    state: DeliveryState
    attempts: int
    """Tries since it was written, or since it was last asked for again."""
    created_at: float
    due: float
    settled_at: float | None
    log: tuple[Attempt, ...] = ()
    """All tries, the oldest first; the last `KEPT_ATTEMPTS` of them."""


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    tenant: str
    state: DeliveryState | None = None
    job_id: str | None = None
    after: str | None = None
    """Cursor: the id of the last one of the page before. Newest first."""
    limit: int = 50
