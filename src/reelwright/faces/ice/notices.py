"""What is posted to callbacks of this face: the vendor's envelope of an event, and its signature.

    {"EventType", "UserId", "EventTime", "MessageBody": {…}}

One message serves both ways of being told, the tenant's event callback and the
`NotifyAddress` of one job. If the tenant's callback has a key, both are signed with it:
`X-ICE-TIMESTAMP` is the second of the try, `X-ICE-SIGNATURE` the MD5 of address, timestamp and key.

The names of the events at the end of a job, and the separator in the signature, are not
published; what is taken here is in `docs/decisions/0012`.
"""

import hashlib
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter
from reelwright.faces.request import shown
from reelwright.jobs import announcing
from reelwright.jobs.deliverer import Message
from reelwright.jobs.delivery import Delivery
from reelwright.jobs.document import LINK
from reelwright.jobs.records import Keeping
from reelwright.service import Service, check_receiver

log = logging.getLogger(__name__)

KIND = "ice"
IPRODUCTION_COMPLETE = "IProductionComplete"
SMART_JOB_COMPLETE = "SmartJobComplete"
YIKE_STORYBOARD_COMPLETE = "YikeStoryboardJobComplete"
YIKE_APP_COMPLETE = "YikeAIAppJobComplete"
NOTIFY = "NotifyAddress"
QUEUE = "ice-callback"
DELIVERY_ID = "X-Reelwright-Delivery"
"""The vendor's messages carry no id of their own; a receiver that wants to know a repeated one needs it."""
FIRST_USER, USERS = 10**15, 8 * 10**15  # 16 digits, and exact as a float of 64 bits

Facts = Mapping[str, Any]
Body = Callable[[Facts, Facts], dict[str, object]]
"""(the job's native document as it was when it ended, its `wire`) -> `MessageBody`."""

_encode = msgspec.json.Encoder().encode


# ---- what is told


def iproduction(job: Facts, wire: Facts) -> dict[str, object]:
    is_good, error = job["status"] == "SUCCEEDED", job.get("error") or {}
    state = "Success" if is_good else "Fail"
    told = {
        "Type": "IProduction",
        "JobType": "IProduction",
        "JobId": job["id"],
        "FunctionName": wire.get("function"),
        "State": state,
        "Status": state,
        "Code": "Success" if is_good else error.get("code", "Cancelled"),
        "Message": "success" if is_good else error.get("message", "the job was cancelled"),
        "Details": [],
        "UserData": wire.get("user_data"),
    }
    return {name: value for name, value in told.items() if value is not None}


def smart(job: Facts, wire: Facts) -> dict[str, object]:
    is_good, error = job["status"] == "SUCCEEDED", job.get("error") or {}
    told = {
        "JobId": job["id"],
        "JobType": wire.get("type"),
        "Status": "Success" if is_good else "Fail",
        "MediaId": wire.get("media_id"),
        "ErrorCode": None if is_good else error.get("code", "Cancelled"),
        "ErrorMessage": None if is_good else error.get("message", "the job was cancelled"),
        "UserData": wire.get("user_data"),
    }
    return {name: value for name, value in told.items() if value is not None}


def yike_storyboard(job: Facts, wire: Facts) -> dict[str, object]:
    told = smart(job, {**wire, "type": "YikeStoryboard"}) | {"JobId": str(uuid.UUID(job["id"]))}
    return told | ({"Status": "Suspended"} if job["status"] == "SUSPENDED" else {})


def yike_app(job: Facts, wire: Facts) -> dict[str, object]:
    return {**smart(job, {**wire, "type": "YikeAIApp"}), "AppId": wire.get("app")}


BODIES: Mapping[str, Body] = {
    IPRODUCTION_COMPLETE: iproduction,
    SMART_JOB_COMPLETE: smart,
    YIKE_STORYBOARD_COMPLETE: yike_storyboard,
    YIKE_APP_COMPLETE: yike_app,
}
"""By the event. One that is told without a job brings its body along."""


# ---- what is told of an asset of the library


def uploaded(asset: Facts) -> dict[str, object]:
    return {**_about(asset), "FileUrl": _file_url(asset), "Size": str(asset.get("size", 0)), "AppId": asset.get("app")}


def uploaded_by_url(asset: Facts) -> dict[str, object]:
    return {**uploaded(asset), "SourceURL": asset.get("given"), "JobId": asset.get("job")}


def analysed(asset: Facts) -> dict[str, object]:
    """Numbers are texts, in the units of the library's own documents."""
    found = asset.get("found") or {}
    numbers = {
        "Size": found.get("size"),
        "Duration": found.get("duration"),
        "Width": found.get("width"),
        "Height": found.get("height"),
        "Bitrate": round(found["bit_rate"] / 1000, 3) if found.get("bit_rate") else None,
        "Fps": next((one.get("average_frame_rate") for one in found.get("video", ())), None),
    }
    return {**_about(asset), **{name: str(value) for name, value in numbers.items() if value is not None}}


def pictured(asset: Facts) -> dict[str, object]:
    made = asset.get("found") or {}
    snapshots = [_url(asset, mark.removeprefix(LINK)) for mark in made.get("snapshots", ())]
    cover = made["cover"].removeprefix(LINK) if made.get("cover") else None
    return {**_about(asset), "CoverUrl": _url(asset, cover), "SnapshotUrls": snapshots}


def changed(asset: Facts) -> dict[str, object]:
    return {
        **_about(asset),
        "InputURL": asset.get("given"),
        "Title": asset.get("title"),
        "BusinessType": asset.get("business"),
    }


ASSETS: Mapping[str, Callable[[Facts], dict[str, object]]] = {
    "FileUploadComplete": uploaded,
    "ImageUploadComplete": uploaded,
    "UploadByURLComplete": uploaded_by_url,
    "VideoAnalysisComplete": analysed,
    "SnapshotComplete": pictured,
}
"""By the event; of any other one it is told which asset it is about. An asset's document is that of `jobs.library`."""


def _about(asset: Facts) -> dict[str, object]:
    failure = asset.get("failure")
    return {
        "Status": "Fail" if failure else "Success",
        "MediaId": asset["id"],
        "MediaType": asset.get("kind"),
        "ErrorCode": failure["code"] if failure else None,
        "ErrorMessage": failure["message"] if failure else None,
        "UserData": asset.get("user_data"),
    }


def _file_url(asset: Facts) -> str | None:
    address = asset.get("address")
    return _url(asset, address.removeprefix("oss://")) if address else None


def _url(asset: Facts, place: str | None) -> str | None:
    """The http address of a bucket's object as the owner reaches this server; it opens only for those who sign."""
    return f"{asset.get('tells', {}).get('base', '')}/{quote(place)}" if place else None


class Writer:
    def __init__(self, service: Service) -> None:
        self._service = service

    def write(self, delivery: Delivery, at: float) -> Message:
        event = str(delivery.payload["event"])
        envelope = {
            "EventType": event,
            "UserId": user_id(delivery.tenant),
            "EventTime": timing.stamp_seconds(delivery.created_at),
            "MessageBody": self._body(delivery, event),
        }
        headers = {"Content-Type": "application/json;charset=utf-8", DELIVERY_ID: delivery.id}
        found = announcing.SUBSCRIPTIONS.get(self._service.kept, delivery.tenant, KIND)
        if found is not None and found.body.key:
            stamp = str(int(at))
            signature = sign(delivery.target, stamp, found.body.key)
            headers |= {"X-ICE-TIMESTAMP": stamp, "X-ICE-SIGNATURE": signature}
        return Message(_encode(envelope), headers)

    def _body(self, delivery: Delivery, event: str) -> Facts:
        if "body" in delivery.payload:
            given: Facts = delivery.payload["body"]
            return given
        if "asset" in delivery.payload:
            told = ASSETS.get(event, changed)(delivery.payload["asset"])
            return {name: value for name, value in told.items() if value is not None}
        job = self._service.job(delivery.tenant, delivery.job_id)
        return BODIES[event](delivery.payload["job"], job.wire or {})


def sign(url: str, timestamp: str, key: str) -> str:
    return hashlib.md5(f"{url}|{timestamp}|{key}".encode(), usedforsecurity=False).hexdigest()


def user_id(tenant: str) -> int:
    """The vendor's account number: always the same for a tenant."""
    return FIRST_USER + int.from_bytes(hashlib.blake2b(tenant.encode(), digest_size=8).digest()) % USERS


# ---- who is told


def announce(
    tx: Keeping, tenant: str, event: str, body: Mapping[str, object], *, now: float, notify: str | None = None
) -> None:
    """Tell of something that no job is behind: to the tenant's callback if it wants the event, and to `notify`."""
    announcing.announce(tx, tenant, KIND, event, {"event": event, "body": body}, now=now, notify=notify)


def notify_address(user_data: str) -> str | None:
    """The address that a UserData of JSON names. Any other UserData is the caller's own and means nothing here.

    A queue of the vendor's cloud is left out, for there is none. Raises `InvalidParameter` for what is
    no address at all.
    """
    if NOTIFY not in user_data:
        return None
    try:
        given = msgspec.json.decode(user_data)
    except (msgspec.DecodeError, RecursionError):
        return None
    address = given.get(NOTIFY) if isinstance(given, dict) else None
    if address is None or address == "":
        return None
    field = f"UserData.{NOTIFY}"
    if not isinstance(address, str):
        raise InvalidParameter(f"{field} is {shown(address)}; give an http(s) address", field=field)
    if address.startswith(QUEUE):
        log.info("callback queue ignored", extra={"queue": address})
        return None
    check_receiver(address, field)
    return address
