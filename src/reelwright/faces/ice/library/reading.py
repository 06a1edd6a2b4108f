"""GetMediaInfo, BatchGetMediaInfos, ListMediaBasicInfos."""

from collections.abc import Iterable

from reelwright.errors import JobNotFound, MissingParameter, NotFound
from reelwright.faces.codecs import bad
from reelwright.faces.ice import paging
from reelwright.faces.ice.library import places, wishes
from reelwright.faces.ice.library.documents import BASIC, FILE, FILE_BASIC, GET_BASIC, STATUS, told
from reelwright.faces.ice.library.wishes import BUSINESS, KINDS
from reelwright.faces.ice.paging import MOST_PAGE, PAGE
from reelwright.faces.ice.tag_results import rough
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    any_object,
    boolean,
    each,
    handled,
    integer,
    json_object,
    one_of,
    text,
)
from reelwright.jobs.library import ASSETS, State, Stored

FILE_INFO, METADATA = "FileInfo", "DynamicMetaData"
SOURCES = {source: source for source in ("oss", "vod", "live", "general")}
ALL_KINDS = {**KINDS, "other": "other"}

ONE: Table = {
    "MediaId": "id",
    "MediaBasicInfo": json_object(GET_BASIC, path="basic"),
    "FileInfoList": each("files", FILE),
    "AiRoughData": "rough",
}
OF_MANY: Table = {
    "MediaId": "id",
    "MediaBasicInfo": json_object(BASIC, path="basic"),
    "FileInfoList": each("files", FILE),
    "MediaDynamicInfo": json_object({"DynamicMetaData": json_object({"Data": "data"})}, path="dynamic"),
}
LISTED: Table = {
    "MediaId": "id",
    "MediaBasicInfo": json_object(BASIC, path="basic"),
    "FileInfoList": each("files", {"FileBasicInfo": json_object(FILE_BASIC)}),
}
LINK = {"AuthTimeout": integer("link_seconds", least=1, most=places.LONGEST_LINK)}


async def get(desk: Desk, given: Document) -> Document:
    asset = await seen(desk, found(desk, given))
    return {"media": {**told(desk, asset, link_seconds=_link_seconds(given)), **_rough(desk, asset)}}


def _rough(desk: Desk, asset: Stored) -> Document:
    """What the last analysis told; nothing once its job is forgotten."""
    try:
        job = desk.service.job(desk.tenant, asset.body.analysed) if asset.body.analysed else None
    except JobNotFound:
        return {}
    return {} if job is None else {"rough": rough(job)}


def found(desk: Desk, given: Document) -> Stored:
    """The asset that an operation is about: by its id, or else by its address."""
    asset_id, text_of_address = given.get("id"), given.get("address")
    if asset_id:
        asset = ASSETS.get(desk.service.kept, desk.tenant, str(asset_id))
    elif text_of_address:
        asset = by_address(desk, str(text_of_address), field="InputURL")
    else:
        raise MissingParameter("MediaId is missing; give it, or the InputURL", field="MediaId")
    if asset is None:
        named = f"MediaId {shown(asset_id)}" if asset_id else f"InputURL {shown(text_of_address)}"
        raise NotFound(f"there is no asset with {named}; register it first", field="MediaId")
    return asset


def by_address(desk: Desk, address: str, *, field: str) -> Stored | None:
    where = places.stored(desk, address, field=field)
    return ASSETS.find(desk.service.kept, desk.tenant, address=str(where))


def by_ids(desk: Desk, asset_ids: Iterable[str]) -> dict[str, Stored | None]:
    """The assets of ids; None for one that is not there."""
    return {asset_id: ASSETS.get(desk.service.kept, desk.tenant, asset_id) for asset_id in asset_ids}


async def seen(desk: Desk, asset: Stored) -> Stored:
    """The asset as it is, after a look whether its upload has come unnoticed."""
    if asset.body.state is not State.AWAITED:
        return asset
    where = places.stored(desk, asset.body.address, field="MediaId")
    await desk.service.uploads.look_for(where.bucket, where.key)
    return ASSETS.get(desk.service.kept, desk.tenant, asset.id) or asset


def _link_seconds(given: Document) -> int:
    seconds = given.get("link_seconds", places.HOUR)
    assert isinstance(seconds, int)  # The table's codec made it one.
    return seconds


async def batch(desk: Desk, given: Document) -> Document:
    wanted = _additions(str(given.get("additions", "")))
    assets = by_ids(desk, wishes.listed(str(given["ids"]), field="MediaIds"))
    documents = [
        told(desk, await seen(desk, asset), link_seconds=_link_seconds(given)) for asset in assets.values() if asset
    ]
    unwanted = {name for name, addition in (("files", FILE_INFO), ("dynamic", METADATA)) if addition not in wanted}
    return {
        "media": [{name: value for name, value in one.items() if name not in unwanted} for one in documents],
        "ignored": [asset_id for asset_id, asset in assets.items() if asset is None],
    }


def _additions(listed: str) -> set[str]:
    wanted = {one.strip() for one in listed.split(",") if one.strip()}
    for one in sorted(wanted - {FILE_INFO, METADATA}):
        raise bad("AdditionType", one, f"give {FILE_INFO}, {METADATA}, or both with a comma")
    return wanted


async def list_all(desk: Desk, given: Document) -> Document:
    size = given.get("most", PAGE)
    assert isinstance(size, int)
    if given.get("id"):
        asset = ASSETS.get(desk.service.kept, desk.tenant, str(given["id"]))
        page, total = ([asset] if asset and _fits(asset, given) else []), int(asset is not None)
    else:
        wanted = {
            "labels": {name: str(given[name]) for name in ("state", "kind", "business", "source") if given.get(name)},
            "created_after": paging.moment(given, "after", "StartTime"),
            "created_until": paging.moment(given, "until", "EndTime"),
            "newest_first": given.get("order") != "asc",
        }
        token = paging.token(given)
        page = ASSETS.page(desk.service.kept, desk.tenant, **wanted, after=token, limit=size + 1)
        total = ASSETS.count(desk.service.kept, desk.tenant, **wanted)
    documents = [told(desk, asset, link_seconds=_link_seconds(given)) for asset in page[:size]]
    if not given.get("with_files", False):
        documents = [{name: value for name, value in one.items() if name != "files"} for one in documents]
    return {
        "media": documents,
        "most": size,
        "total": total,
        "next": page[size - 1].id if len(page) > size else None,
    }


def _fits(asset: Stored, given: Document) -> bool:
    labels = asset.body.labels
    return all(labels.get(name) == given[name] for name in ("state", "kind", "business", "source") if given.get(name))


READINGS = (
    handled(
        "GetMediaInfo",
        get,
        takes={
            **LINK,
            "MediaId": text("id"),
            "InputURL": text("address"),
            "OutputType": one_of("output", {"oss": "oss", "cdn": "cdn"}),
            "ReturnDetailedInfo": any_object("details"),
        },
        gives={"MediaInfo": json_object(ONE, path="media")},
    ),
    handled(
        "BatchGetMediaInfos",
        batch,
        takes={**LINK, "MediaIds": text("ids", required=True), "AdditionType": text("additions")},
        gives={"MediaInfos": each("media", OF_MANY), "IgnoredList": "ignored"},
    ),
    handled(
        "ListMediaBasicInfos",
        list_all,
        takes={
            **LINK,
            "MediaId": text("id"),
            "MediaType": one_of("kind", ALL_KINDS),
            "BusinessType": one_of("business", BUSINESS),
            "Source": one_of("source", SOURCES),
            "Status": one_of("state", STATUS),
            "StartTime": text("after"),
            "EndTime": text("until"),
            "SortBy": one_of("order", {"desc": "desc", "asc": "asc"}),
            "MaxResults": integer("most", least=1, most=MOST_PAGE),
            "NextToken": text("token"),
            "IncludeFileBasicInfo": boolean("with_files"),
        },
        gives={
            "MediaInfos": each("media", LISTED),
            "MaxResults": "most",
            "NextToken": "next",
            "TotalCount": "total",
        },
    ),
)
