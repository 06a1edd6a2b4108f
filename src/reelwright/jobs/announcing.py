"""Who is to be told that a job has ended, or was suspended and waits for its user.

The face that took the job says so in its `wire`: `callback`, an address given with this one
job, and `event`, the vendor's name for what happened, which goes to the tenant's
subscription of that face if it wants such events. The words are written in the transaction
that ends the job; `deliverer` brings them out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from reelwright.jobs import document, ids
from reelwright.jobs.delivery import NewDelivery
from reelwright.jobs.job import Job
from reelwright.jobs.records import Keeping, Kept, Shelf


class Subscription(msgspec.Struct, frozen=True):
    """Where a tenant wants to hear of events of a face. No `events`: of all of them."""

    target: str
    events: tuple[str, ...] = ()
    key: str = ""
    """What messages are signed with; empty: they are not."""
    since: float = 0.0

    def wants(self, event: str) -> bool:
        return not self.events or event in self.events


SUBSCRIPTIONS = Shelf("subscription", Subscription)
"""One record for each face that has them; its id is the face's family."""


def about(job: Job, kept: Kept, now: float) -> Iterator[NewDelivery]:
    """The words about a job that has just ended or was suspended."""
    wire = job.wire or {}
    event, callback = wire.get("event"), wire.get("callback")
    payload = {"event": event or f"job.{job.status.lower()}", "job": document.as_dict(job)}
    family = job.face.partition(".")[0]
    if isinstance(callback, str) and callback:
        yield NewDelivery(ids.new(now), job.tenant, family, callback, payload, now, job.id)
    if isinstance(event, str) and (found := wanted(kept, job.tenant, family, event)):
        yield NewDelivery(ids.new(now), job.tenant, family, found.target, payload, now, job.id)


def announce(
    tx: Keeping, tenant: str, family: str, event: str, payload: Mapping[str, Any], *, now: float, notify: str | None
) -> None:
    """Tell of what no job's end is: to the tenant's subscription of a face if it wants the event, and to `notify`."""
    found = wanted(tx, tenant, family, event)
    for target in filter(None, (notify, found.target if found else None)):
        tx.tell(NewDelivery(ids.new(now), tenant, family, target, payload, now))


def wanted(kept: Kept, tenant: str, family: str, event: str) -> Subscription | None:
    """The tenant's subscription of a face, if it wants this event."""
    found = SUBSCRIPTIONS.get(kept, tenant, family)
    return found.body if found is not None and found.body.wants(event) else None
