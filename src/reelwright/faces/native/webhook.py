"""The messages of this face's callbacks, written and signed as Standard Webhooks (1.0) say.

    webhook-id          the delivery; the same in every try, so that a receiver can drop a repeated one
    webhook-timestamp   Unix seconds of this try
    webhook-signature   `v1,` and Base64 of HMAC-SHA256 over `id.timestamp.body`; more than one, with a
                        space between, while a secret is being replaced

Each tenant has one secret. It is made when it is first wanted; after it was replaced the one
before signs for a day more.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from reelwright import timing
from reelwright.errors import InternalError
from reelwright.jobs.deliverer import Message
from reelwright.jobs.delivery import Delivery
from reelwright.jobs.records import Entry, Keeping, Shelf
from reelwright.service import Service

KIND = "native"
PREFIX = "whsec_"
SECRET_BYTES = 32  # Standard Webhooks: between 24 and 64
OVERLAP = 86400.0  # seconds for which a replaced secret still signs
CURRENT = "current"

_encode = msgspec.json.Encoder().encode


class Secret(msgspec.Struct, frozen=True):
    """Both as they are shown, with the prefix."""

    now: str
    before: str = ""


SECRETS = Shelf("webhook.secret", Secret)


async def secret(service: Service, tenant: str) -> Entry[Secret]:
    """The tenant's secret; made if there is none."""
    return SECRETS.get(service.kept, tenant, CURRENT) or await replace_secret(service, tenant, if_absent=True)


async def replace_secret(service: Service, tenant: str, *, if_absent: bool = False) -> Entry[Secret]:
    def change(tx: Keeping) -> Entry[Secret]:
        old = SECRETS.get(tx, tenant, CURRENT)
        if old is not None and if_absent:
            return old
        made = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        new = Secret(made, old.body.now if old else "")
        return SECRETS.put(tx, tenant, CURRENT, new, now=timing.now())

    return await service.keep(change)


class Writer:
    def __init__(self, service: Service) -> None:
        self._service = service

    def write(self, delivery: Delivery, at: float) -> Message:
        body = self._body(delivery)
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(int(at)),
            "webhook-signature": " ".join(sign(one, delivery.id, int(at), body) for one in self._secrets(delivery, at)),
        }
        return Message(body, headers)

    def _body(self, delivery: Delivery) -> bytes:
        document: Mapping[str, Any] = {
            "type": delivery.payload["event"],
            "timestamp": timing.stamp(delivery.created_at),
            "data": delivery.payload["job"],
        }
        job = self._service.job(delivery.tenant, delivery.job_id)
        base = self._service.settings.public_url or (job.wire or {}).get("base", "")
        return self._service.links.fill(_encode(document), base)

    def _secrets(self, delivery: Delivery, at: float) -> list[str]:
        found = SECRETS.get(self._service.kept, delivery.tenant, CURRENT)
        if found is None:
            raise InternalError("there is no secret to sign with; `reelwright callbacks secret` makes one")
        is_fresh = found.body.before and at < found.changed_at + OVERLAP
        return [found.body.now, found.body.before] if is_fresh else [found.body.now]


def sign(secret: str, delivery_id: str, at: int, body: bytes) -> str:
    """One signature of the header `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{delivery_id}.{at}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()
