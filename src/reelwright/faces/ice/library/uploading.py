"""CreateUploadMedia and RefreshUploadMedia: an asset first, its file afterwards, put by an object client.

The reply holds what the vendor's object libraries need: where to put the file (`UploadAddress`) and temporary
credentials that put it there and nothing else (`UploadAuth`), each a JSON text in Base64.
"""

import base64
import re
from dataclasses import dataclass, field

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import Codec
from reelwright.faces.ice import notices, storages
from reelwright.faces.ice.library import places, wishes
from reelwright.faces.ice.library.products import FACE, GENERAL, IMS, kept
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    always,
    any_object,
    handled,
    integer,
    json_object,
    one_of,
    text,
    write,
)
from reelwright.jobs import ids, library
from reelwright.jobs.library import Asset, State
from reelwright.jobs.passes import SECONDS
from reelwright.jobs.records import Keeping
from reelwright.storage.address import Stored
from reelwright.storage.names import check_key

UPLOADED, UPLOADED_PICTURE = "FileUploadComplete", "ImageUploadComplete"
ORIGIN = "upload"
KINDS = {kind: kind for kind in ("video", "image", "audio", "text", "other")}
MOST_TITLE, MOST_TEXT = 128, 1024  # characters, where RegisterMediaInfo counts bytes
MOST_NAME = 120  # characters of a file name that are kept
UNSAFE = re.compile(r"[/\\\x00-\x1f\x7f]")
EXTENSION = re.compile(r"[A-Za-z0-9]{1,16}")

FILE: Table = {
    "Type": one_of("kind", KINDS, required=True),
    "Name": text("name", required=True),
    "Ext": text("extension", required=True),
    "Size": integer("size", least=0),
}
META: Table = {
    "Title": text("title", most=MOST_TITLE, required=True),
    "BusinessType": one_of("business", wishes.BUSINESS, required=True),
    "Description": text("description", most=MOST_TEXT),
    "CateId": integer("cate_id"),
    "Tags": "tags",
    "CoverURL": wishes.SAID["CoverURL"],
    "DynamicMetaData": "metadata",
}
TARGET: Table = {"StorageType": one_of("type", {"oss": "oss"}), "StorageLocation": text("location")}
COMMON: Table = {
    "AppId": text("app"),
    "EntityId": text("entity"),
    "UploadTargetConfig": json_object(TARGET, path="target"),
    "PostProcessConfig": any_object("post_process"),
    "UserData": wishes.SAID["UserData"],
}
EXTRAS = {"post_process": "submit the jobs yourself, with the MediaId as their input"}


@dataclass(frozen=True, slots=True)
class Base64Json(Codec):
    """An object as the vendor hands it to its upload libraries. Only written."""

    table: Table = field(default_factory=dict)

    def give(self, value: object) -> str:
        return base64.b64encode(msgspec.json.encode(write(self.table, value))).decode()


ADDRESS: Table = {"Endpoint": "endpoint", "Bucket": "bucket", "FileName": "key"}
AUTH: Table = {
    "AccessKeyId": "access_key_id",
    "AccessKeySecret": "access_key_secret",
    "SecurityToken": "security_token",
    "ExpireUTCTime": "expires",
    "Expiration": always(str(SECONDS)),
    "Region": always(places.REGION),
}
TICKET: Table = {
    "MediaId": "id",
    "UploadAddress": Base64Json("ticket", table=ADDRESS),
    "UploadAuth": Base64Json("ticket", table=AUTH),
}


async def create(desk: Desk, given: Document) -> Document:
    now = timing.now()
    file = given["file"]
    assert isinstance(file, dict)  # The table's codec made it one.
    asset_id = ids.new(now)
    where = place(desk, given, asset_id, str(file["name"]), str(file["extension"]))
    asset = described(desk, given, given.get("meta", {}), where, now, kind=str(file["kind"]), name=str(file["name"]))

    def change(tx: Keeping) -> None:
        library.put(tx, desk.tenant, asset_id, asset, now)
        library.expect(tx, desk.tenant, asset_id, where.bucket, where.key, etag="", now=now)

    await desk.service.keep(change)
    until = now + places.LONGEST_LINK
    return {
        **ticket(desk, asset_id, where),
        "url": places.plain_url(places.base(desk), where),
        "link": places.link(desk, where, until),
    }


async def refresh(desk: Desk, given: Document) -> Document:
    asset = kept(desk, str(given["id"]), field="MediaId")
    if asset.body.origin != ORIGIN:
        told = f"MediaId is {asset.id}, whose file is not uploaded by you; CreateUploadMedia makes such assets"
        raise InvalidParameter(told, field="MediaId")
    where = places.stored(desk, asset.body.address, field="MediaId")
    objects = desk.service.objects
    etag = objects.head(where.bucket, where.key).etag if objects.exists(where.bucket, where.key) else ""
    now = timing.now()

    def change(tx: Keeping) -> None:
        library.expect(tx, desk.tenant, asset.id, where.bucket, where.key, etag=etag, now=now)

    if asset.body.state is State.AWAITED:
        await desk.service.uploads.look_for(where.bucket, where.key)
    await desk.service.keep(change)
    return ticket(desk, asset.id, where)


def place(
    desk: Desk, given: Document, asset_id: str, name: str, extension: str, *, field: str = "FileInfo.Ext"
) -> Stored:
    """Where a new asset's file goes: a folder of its own, under its own name."""
    target = given.get("target", {})
    assert isinstance(target, dict)
    bucket, path = places.bucket_for(desk, str(target.get("location", "")), field="UploadTargetConfig.StorageLocation")
    extension = extension.removeprefix(".")
    if not EXTENSION.fullmatch(extension):
        told = f"{field.rpartition('.')[2]} is {extension!r}; give the ending of the file's name, like mp4"
        raise InvalidParameter(told, field=field)
    plain = UNSAFE.sub("_", name)[:MOST_NAME].strip(". ") or "file"
    key = f"{path or places.FOLDER}/{asset_id}/{plain}.{extension}"
    check_key(key)
    return Stored(bucket, key)


def described(
    desk: Desk, given: Document, meta: object, where: Stored, now: float, *, kind: str, name: str, origin: str = ORIGIN
) -> Asset:
    """The asset of a file that is yet to come."""
    assert isinstance(meta, dict)
    wishes.refuse_extras(given, EXTRAS)
    business = wishes.text_of(meta, "business", GENERAL)
    wanted = wishes.wants({})
    user_data = wishes.text_of(given, "user_data")
    arrived = UPLOADED_PICTURE if kind == "image" else UPLOADED
    told = wishes.tells(kind, wanted, arrived=arrived, notify=notices.notify_address(user_data) or "")
    return Asset(
        state=State.AWAITED,
        kind=kind,
        address=str(where),
        title=wishes.text_of(meta, "title", name),
        description=wishes.text_of(meta, "description"),
        tags=wishes.tags(meta.get("tags"), field="MediaMetaData.Tags"),
        cate_id=wishes.number_of(meta, "cate_id"),
        cover=wishes.text_of(meta, "cover"),
        business=business,
        biz=IMS,
        source="oss",
        origin=origin,
        app=wishes.text_of(given, "app", storages.APP),
        entity=wishes.text_of(given, "entity"),
        metadata=_metadata(meta.get("metadata")),
        user_data=user_data,
        wants=wanted,
        face=FACE,
        tells=msgspec.structs.replace(told, base=places.base(desk)),
    )


def _metadata(value: object) -> str:
    """The caller's own text; an object is kept as its text."""
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def ticket(desk: Desk, asset_id: str, where: Stored) -> Document:
    """What the rows of `TICKET` are written from: where the file goes, and temporary credentials for that."""
    allowed = desk.service.uploads.allow(desk.tenant, where.bucket, where.key)
    told = {
        "endpoint": places.base(desk),
        "bucket": where.bucket,
        "key": where.key,
        "access_key_id": allowed.access_key_id,
        "access_key_secret": allowed.access_key_secret,
        "security_token": allowed.security_token,
        "expires": timing.stamp_seconds(allowed.expires),
    }
    return {"id": asset_id, "ticket": told}


UPLOADS = (
    handled(
        "CreateUploadMedia",
        create,
        takes={
            **COMMON,
            "FileInfo": json_object(FILE, path="file", required=True),
            "MediaMetaData": json_object(META, path="meta"),
        },
        gives={**TICKET, "FileURL": "url", "MediaURL": "link"},
    ),
    handled("RefreshUploadMedia", refresh, takes={"MediaId": text("id", required=True)}, gives=TICKET),
)
