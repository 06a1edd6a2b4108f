"""The event callback: one address for each tenant that the events of this face are posted to.

`notices` writes what is posted there. The vendor's other way, a message queue of its cloud,
is refused: there is none here.
"""

import re

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter, MissingParameter, UnsupportedOperation
from reelwright.faces.codecs import bad
from reelwright.faces.ice.notices import KIND
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, boolean, handled, one_of, text
from reelwright.jobs.announcing import SUBSCRIPTIONS, Subscription
from reelwright.jobs.records import Keeping, Shelf
from reelwright.service import check_receiver

TYPES = {"HTTP": "HTTP", "MNS": "MNS"}
SWITCH = {"on": "on", "off": "off"}
MOST_URL = 256  # bytes
MOST_KEY = 32
CURRENT = "current"
NAME = re.compile(r"[A-Za-z]{1,64}")
KEY = re.compile(rf"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9]{{3,{MOST_KEY}}}")


class Callback(msgspec.Struct, frozen=True):
    """As it was set, to be told again."""

    url: str
    events: str = ""
    switch: str = "off"
    key: str = ""


CALLBACKS = Shelf("ice.event_callback", Callback)

CALLBACK: Table = {
    "CallbackType": one_of("type", TYPES),
    "CallbackURL": text("url"),
    "EventTypeList": text("events"),
    "AuthSwitch": one_of("switch", SWITCH),
    "AuthKey": text("key"),
}


async def set_callback(desk: Desk, given: Document) -> Document:
    callback = _checked(given)

    def change(tx: Keeping) -> None:
        at = timing.now()
        key = callback.key if callback.switch == "on" else ""
        CALLBACKS.put(tx, desk.tenant, CURRENT, callback, now=at)
        SUBSCRIPTIONS.put(tx, desk.tenant, KIND, Subscription(callback.url, _names(callback.events), key), now=at)

    await desk.service.keep(change)
    return {"done": True}


async def get_callback(desk: Desk, given: Document) -> Document:
    found = CALLBACKS.get(desk.service.kept, desk.tenant, CURRENT)
    if found is None:
        return {}
    told = {name: value for name, value in msgspec.to_builtins(found.body).items() if value}
    return {"type": "HTTP", **told}


def _checked(given: Document) -> Callback:
    if given.get("type", "HTTP") == "MNS":
        raise UnsupportedOperation(
            "CallbackType is 'MNS', but a message queue of the vendor's cloud cannot be reached from here; "
            "give HTTP and a CallbackURL",
            field="type",
        )
    callback = Callback(
        str(given.get("url", "")),
        str(given.get("events", "")),
        str(given.get("switch", "off")),
        str(given.get("key", "")),
    )
    if not callback.url:
        raise MissingParameter("CallbackURL is missing; HTTP callbacks need it", field="CallbackURL")
    if len(callback.url.encode()) > MOST_URL:
        told = f"CallbackURL is {len(callback.url.encode())} bytes long; give at most {MOST_URL}"
        raise InvalidParameter(told, field="CallbackURL")
    check_receiver(callback.url, "CallbackURL")
    _check_key(callback)
    _names(callback.events)
    return callback


def _check_key(callback: Callback) -> None:
    if callback.switch == "on" and not callback.key:
        raise MissingParameter("AuthKey is missing; AuthSwitch on needs it", field="AuthKey")
    if callback.key and not KEY.fullmatch(callback.key):
        # The value is a secret, so it is not told again.
        told = f"AuthKey must be up to {MOST_KEY} letters and digits, with upper case, lower case and a digit"
        raise InvalidParameter(told, field="AuthKey")


def _names(events: str) -> tuple[str, ...]:
    """Any name is taken: not all of the vendor's are published, and one that never happens does no harm."""
    names = tuple(name.strip() for name in events.split(",") if name.strip())
    for name in names:
        if not NAME.fullmatch(name):
            raise bad("EventTypeList", name, f"give names of events with commas between, not {shown(name)}")
    return names


EVENTS = (
    handled(
        "SetEventCallback",
        set_callback,
        takes={**CALLBACK, "CallbackQueueName": text("queue")},
        gives={"Success": boolean("done")},
    ),
    handled("GetEventCallback", get_callback, gives=CALLBACK),
)
