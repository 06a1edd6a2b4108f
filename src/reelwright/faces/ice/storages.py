"""Storage locations: which bucket, and where in it, the vendor's library puts what is given no address.

Every bucket of this server is a location; the results bucket is the default until another is set.
"""

import asyncio

import msgspec

from reelwright import timing
from reelwright.errors import BucketNotFound
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, boolean, each, handled, one_of, text
from reelwright.faces.wire import moment as at
from reelwright.jobs.records import Entry, Keeping, Shelf

APP = "app-1000000"
"""The vendor's default application; this server has no others."""
USER_BUCKET = "user_oss_bucket"
TYPES = {kind: kind for kind in (USER_BUCKET, "vod_oss_bucket")}
NORMAL, NOT_THERE = "Normal", "notExist"
DEFAULT = "default"


class Location(msgspec.Struct, frozen=True):
    bucket: str
    path: str = ""
    type: str = USER_BUCKET


LOCATIONS = Shelf("ice.storage", Location)

LOCATION: Table = {"Bucket": "bucket", "Path": "path", "StorageType": "type", "Status": "status"}
LISTED: Table = {
    "AppId": "app",
    "StorageLocation": "bucket",
    "StorageType": "type",
    "Path": "path",
    "Status": "status",
    "DefaultStorage": boolean("is_default"),
    "EditingTempFileStorage": boolean("is_for_editing"),
    "CreationTime": at("created_at"),
    "ModifiedTime": at("changed_at"),
}


def default_location(desk: Desk) -> Location:
    """Where the caller's files go that are given no address."""
    found = _kept(desk)
    return found.body if found else Location(desk.service.settings.results_bucket)


async def set_default(desk: Desk, given: Document) -> Document:
    bucket = str(given["bucket"])
    if not desk.service.objects.has_bucket(bucket):
        raise BucketNotFound(f"there is no bucket {shown(bucket)}; create it, or mend the name", field="bucket")
    location = Location(bucket, str(given.get("path", "")).strip("/"), str(given.get("type", USER_BUCKET)))

    def change(tx: Keeping) -> None:
        LOCATIONS.put(tx, desk.tenant, DEFAULT, location, now=timing.now())

    await desk.service.keep(change)
    return {"done": True}


async def get_default(desk: Desk, given: Document) -> Document:
    location = default_location(desk)
    is_there = desk.service.objects.has_bucket(location.bucket)
    return {**msgspec.to_builtins(location), "status": NORMAL if is_there else NOT_THERE}


async def list_all(desk: Desk, given: Document) -> Document:
    default = default_location(desk)
    there = await asyncio.to_thread(desk.service.objects.buckets)
    told = [_told(desk, bucket, default, is_there=bucket in there) for bucket in sorted({*there, default.bucket})]
    wanted = {name: given[name] for name in ("app", "type", "status") if name in given}
    return {"locations": [one for one in told if wanted.items() <= one.items()]}


def _told(desk: Desk, bucket: str, default: Location, *, is_there: bool) -> dict[str, object]:
    is_default = bucket == default.bucket
    kept = _kept(desk) if is_default else None
    location = default if is_default else Location(bucket)
    return {
        **msgspec.to_builtins(location),
        "app": APP,
        "status": NORMAL if is_there else NOT_THERE,
        "is_default": is_default,
        "is_for_editing": False,  # Scratch files of jobs never lie in a bucket here.
        "created_at": kept.created_at if kept else None,
        "changed_at": kept.changed_at if kept else None,
    }


def _kept(desk: Desk) -> Entry[Location] | None:
    return LOCATIONS.get(desk.service.kept, desk.tenant, DEFAULT)


STORAGES = (
    handled(
        "SetDefaultStorageLocation",
        set_default,
        takes={
            "Bucket": text("bucket", required=True),
            "Path": text("path", most=1024),
            "StorageType": one_of("type", TYPES),
        },
        gives={"Success": boolean("done")},
    ),
    handled("GetDefaultStorageLocation", get_default, gives=LOCATION),
    handled(
        "GetStorageList",
        list_all,
        takes={
            "AppId": text("app"),
            "StorageType": one_of("type", TYPES),
            "Status": one_of("status", {NORMAL: NORMAL, NOT_THERE: NOT_THERE}),
        },
        gives={"StorageInfoList": each("locations", LISTED)},
    ),
)
