"""Assets of a production: uploads, registering, what is told of them, the recycle bin.

They are those of the media library (`faces.ice.library`), with a place in a production and folder; what the library
knows of a medium, and how it finds that out, is the same. An asset that was made by the library's own operations
counts as one of the default production.
"""

import uuid

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter, NotFound
from reelwright.faces.ice.library import changing, places, reading, registering, uploading, wishes
from reelwright.faces.ice.library.documents import BASIC, FILE, FILE_BASIC, GET_BASIC, VIDEO, told
from reelwright.faces.ice.yike import studio
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document, Table, always, boolean, each, handled, json_object, one_of, text
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids, library
from reelwright.jobs.library import ASSETS, Asset, Stored
from reelwright.jobs.records import Keeping

KINDS = {kind: kind for kind in ("image", "video", "audio")}
TAKEN = "take that MediaId, or delete that asset for good (LogicDelete false)"
UPLOADED = "file"
"""The name of an uploaded file, for the request tells none."""


# ---- coming


async def create_upload(desk: Desk, given: Document) -> Document:
    """Where to put a file, and with what. It is no asset before it is registered."""
    upload_id = ids.new(timing.now())
    where = uploading.place(desk, {}, upload_id, UPLOADED, str(given["extension"]), field="FileExt")
    return {**uploading.ticket(desk, upload_id, where), "url": places.plain_url(places.base(desk), where)}


async def register(desk: Desk, given: Document) -> Document:
    production, folder = studio.place(desk, given)
    now = timing.now()
    asset = registering.described(desk, given, now)
    asset = msgspec.structs.replace(asset, production=production, folder=folder)
    return {"id": await registering.added(desk, asset, now, mend=TAKEN)}


# ---- told


async def get(desk: Desk, given: Document) -> Document:
    found = ASSETS.get(desk.service.kept, desk.tenant, str(given["id"]))
    if found is None:
        raise NotFound(f"there is no asset with MediaId {shown(given['id'])}; register it first", field="MediaId")
    return {"media": _document(desk, await reading.seen(desk, found))}


async def batch(desk: Desk, given: Document) -> Document:
    assets = reading.by_ids(desk, wishes.listed(str(given["ids"]), field="MediaIds"))
    return {
        "media": [_document(desk, await reading.seen(desk, one)) for one in assets.values() if one],
        "ignored": [asset_id for asset_id, one in assets.items() if one is None],
    }


def _document(desk: Desk, asset: Stored) -> Document:
    body = asset.body
    production = body.production or studio.default_production(desk.tenant)
    place = {
        "production": production,
        "folder": body.folder or studio.folder_of(production),
        "maker": _maker(body),
        "is_binned": body.binned_at is not None,
    }
    return {**told(desk, asset), "place": place}


def _maker(asset: Asset) -> str | None:
    """The job that made it, with the id that its family tells."""
    if not asset.maker:
        return None
    return str(uuid.UUID(asset.maker)) if asset.origin == studio.STORYBOARD else asset.maker


# ---- going


async def delete(desk: Desk, given: Document) -> Document:
    named = wishes.listed(str(given["ids"]), field="MediaIds")
    if not named:
        raise InvalidParameter("MediaIds names no asset; give their ids with commas between", field="MediaIds")
    assets = reading.by_ids(desk, named)
    there = [one for one in assets.values() if one]
    if given.get("to_bin", True):
        await _throw(desk, [one.id for one in there])
    else:
        await changing.forget(desk, there, whole=True)
    return {"ignored": [asset_id for asset_id, one in assets.items() if one is None]}


async def _throw(desk: Desk, asset_ids: list[str]) -> None:
    """Into the recycle bin. What is there already keeps the time at which it came."""
    now = timing.now()

    def change(tx: Keeping) -> None:
        for asset_id in asset_ids:
            kept = ASSETS.get(tx, desk.tenant, asset_id)
            if kept is not None and kept.body.binned_at is None:
                library.put(tx, desk.tenant, asset_id, msgspec.structs.replace(kept.body, binned_at=now), now)

    await desk.service.keep(change)


# ---- tables


def _without(table: Table, *names: str) -> Table:
    return {name: row for name, row in table.items() if name not in names}


TRUE = {"True": "true", "False": "false"}
"""The vendor's booleans in here are texts."""
PLACE: Table = {
    "ProductionId": "production",
    "FolderId": "folder",
    "CreationJobId": "maker",
    "IsFavorite": always("false"),
    "IsLogicalDeleted": one_of("is_binned", TRUE),
}
ONE: Table = {
    "MediaId": "id",
    "BizData": json_object(PLACE, path="place"),
    "MediaBasicInfo": json_object({**GET_BASIC, "DeletedTime": at("binned_at")}, path="basic"),
    "FileInfoList": each("files", {**FILE, "VideoStreamInfoList": each("video", _without(VIDEO, "Nb_frames"))}),
}
OF_MANY: Table = {
    "MediaId": "id",
    "BizData": json_object(PLACE, path="place"),
    "MediaBasicInfo": json_object(
        {**_without(BASIC, "CateId", "ReferenceId", "UploadSource"), "DeletedTime": at("binned_at")}, path="basic"
    ),
    "FileInfoList": each("files", {"FileBasicInfo": json_object(_without(FILE_BASIC, "CreateTime", "ModifiedTime"))}),
}
MEDIA_IDS: Table = {"MediaIds": text("ids", required=True)}
ASSET_OPERATIONS = (
    handled(
        "CreateYikeAssetUpload",
        create_upload,
        takes={"FileExt": text("extension", required=True), "FileType": text("type")},
        gives={**_without(uploading.TICKET, "MediaId"), "FileURL": "url"},
    ),
    handled(
        "RegisterYikeAssetMediaInfo",
        register,
        takes={
            "InputURL": text("address", required=True),
            "MediaType": one_of("kind", KINDS, required=True),
            "ProductionId": text("production"),
            "FolderId": text("folder"),
        },
        gives={"MediaId": "id"},
    ),
    handled(
        "GetYikeAssetMediaInfo",
        get,
        takes={"MediaId": text("id", required=True)},
        gives={"MediaInfo": json_object(ONE, path="media")},
    ),
    handled(
        "BatchGetYikeAssetMediaInfos",
        batch,
        takes=MEDIA_IDS,
        gives={"MediaInfos": each("media", OF_MANY), "IgnoredList": "ignored"},
    ),
    handled(
        "DeleteYikeAssetMediaInfos",
        delete,
        takes={**MEDIA_IDS, "LogicDelete": boolean("to_bin")},
        gives={"IgnoredList": "ignored"},
    ),
)
