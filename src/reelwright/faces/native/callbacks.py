"""What `/v1/callbacks` answers: the log of all faces' callbacks, one sent again, the secret that signs."""

from reelwright import timing, v1
from reelwright.errors import InvalidParameter
from reelwright.faces.native import webhook
from reelwright.faces.native.operation import Call
from reelwright.jobs import ids
from reelwright.jobs.delivery import Attempt, Delivery, DeliveryFilter, DeliveryState
from reelwright.jobs.records import Entry


async def callbacks(call: Call, query: v1.CallbacksQuery) -> v1.Callbacks:
    """List callbacks, newest first, with every try and what came of it."""
    if query.after is not None and not ids.SHAPE.match(query.after):
        raise InvalidParameter(f"after is {query.after!r}; give the `next` of the page before", field="after")
    # One more than shown tells whether there is a next page.
    wanted = DeliveryFilter(call.tenant, query.state, query.job, query.after, query.limit + 1)
    found = call.service.deliveries(wanted)
    page = found[: query.limit]
    return v1.Callbacks([_shown(one) for one in page], page[-1].id if len(found) > len(page) else None)


async def callback(call: Call, id: str) -> v1.Callback:
    """Show one callback."""
    return _shown(call.service.delivery(call.tenant, id))


async def redeliver(call: Call, id: str) -> v1.Callback:
    """Send a callback again, under the same id.

    In whatever state it was; it has all its tries before it again.
    """
    return _shown(await call.service.redeliver(call.tenant, id))


async def secret(call: Call) -> v1.CallbackSecret:
    """Show the secret that callbacks of this API are signed with. It is made when it is first wanted."""
    return _told(await webhook.secret(call.service, call.tenant))


async def rotate_secret(call: Call) -> v1.CallbackSecret:
    """Replace the secret. For a day both sign, so that receivers can be changed meanwhile."""
    return _told(await webhook.replace_secret(call.service, call.tenant))


def _told(entry: Entry[webhook.Secret]) -> v1.CallbackSecret:
    return v1.CallbackSecret(entry.body.now, timing.stamp(entry.changed_at))


def _shown(one: Delivery) -> v1.Callback:
    return v1.Callback(
        id=one.id,
        job_id=one.job_id or None,
        event=str(one.payload.get("event", "")),
        kind=one.kind,
        target=one.target,
        state=one.state,
        tries=one.attempts,
        created_at=timing.stamp(one.created_at),
        due=timing.stamp(one.due) if one.state is DeliveryState.PENDING else None,
        settled_at=None if one.settled_at is None else timing.stamp(one.settled_at),
        attempts=[_attempt(attempt) for attempt in one.log],
    )


def _attempt(one: Attempt) -> v1.CallbackAttempt:
    return v1.CallbackAttempt(timing.stamp(one.at), one.seconds, one.status, one.error)
