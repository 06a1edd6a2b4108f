"""UpdateMediaInfo and DeleteMediaInfos."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace

from reelwright import timing
from reelwright.errors import AddressError, InvalidParameter, MissingParameter, NotFound
from reelwright.faces.ice.library import places, wishes
from reelwright.faces.ice.library.products import BASE_CHANGE
from reelwright.faces.ice.library.reading import by_address, by_ids, found
from reelwright.faces.ice.library.registering import DELETED
from reelwright.faces.wire import Desk, Document, boolean, handled, integer, one_of, short_text, text
from reelwright.jobs import library
from reelwright.jobs.library import ASSETS, Asset, Stored
from reelwright.jobs.records import Keeping
from reelwright.storage.address import Stored as Place


async def update(desk: Desk, given: Document) -> Document:
    asset = found(desk, given)
    now = timing.now()

    def change(tx: Keeping) -> None:
        kept = ASSETS.get(tx, desk.tenant, asset.id)
        if kept is None:
            raise NotFound(f"there is no asset {asset.id} any more; it was deleted", field="MediaId")
        stored = library.put(tx, desk.tenant, asset.id, _changed(kept.body, given), now)
        library.tell(tx, desk.tenant, BASE_CHANGE, asset.id, stored.body, now)

    await desk.service.keep(change)
    return {"id": asset.id}


def _changed(old: Asset, given: Document) -> Asset:
    named = ("title", "description", "cover", "category", "user_data", "business")
    new = {name: str(given[name]) for name in named if name in given}
    asset = replace(old, **new)
    if "cate_id" in given:
        asset = replace(asset, cate_id=wishes.number_of(given, "cate_id"))
    if given.get("reference"):
        asset = replace(asset, reference=wishes.reference(given))
    if "tags" in given:
        tags = wishes.tags(given["tags"], field="MediaTags")
        if given.get("append_tags", False):
            tags = tuple(dict.fromkeys((*old.tags, *tags)))
            wishes.check_tags(tags, field="MediaTags")
        asset = replace(asset, tags=tags)
    wishes.check_text(asset.kind, asset.business)
    return asset


async def delete(desk: Desk, given: Document) -> Document:
    named = _named(desk, given)
    there = [asset for asset in named.values() if asset is not None]
    await forget(desk, there, whole=bool(given.get("files", False)))
    return {"ignored": [name for name, asset in named.items() if asset is None], "forbidden": []}


async def forget(desk: Desk, assets: Sequence[Stored], *, whole: bool) -> None:
    """Delete assets and the pictures that were made of them; with `whole` the media too."""
    # Files first: what goes wrong then leaves the asset, to be deleted again.
    await asyncio.to_thread(_delete_files, desk, assets, whole=whole)
    now = timing.now()

    def change(tx: Keeping) -> None:
        for asset in assets:
            library.remove(tx, desk.tenant, asset)
            library.tell(tx, desk.tenant, DELETED, asset.id, asset.body, now)

    await desk.service.keep(change)


def _named(desk: Desk, given: Document) -> dict[str, Stored | None]:
    field = "MediaIds" if given.get("ids") else "InputURLs"
    asked = wishes.listed(str(given.get("ids") or given.get("addresses") or ""), field=field)
    if not asked:
        raise MissingParameter("MediaIds is missing; give it, or the InputURLs", field="MediaIds")
    if field == "MediaIds":
        return by_ids(desk, asked)
    return {one: _by_address(desk, one) for one in asked}


def _by_address(desk: Desk, text_of_address: str) -> Stored | None:
    try:
        return by_address(desk, text_of_address, field="InputURLs")
    except (InvalidParameter, AddressError):  # No address at all is an error of this one only.
        return None


def _delete_files(desk: Desk, assets: Sequence[Stored], *, whole: bool) -> None:
    for asset in assets:
        marks = [str(mark) for mark in _pictures(asset)]
        doomed = [places.marked(mark) for mark in marks]
        if whole and asset.body.address:
            doomed.append(places.stored(desk, asset.body.address, field="MediaIds"))
        for one in doomed:
            _delete_object(desk, one)


def _delete_object(desk: Desk, where: Place) -> None:
    if desk.service.objects.has_bucket(where.bucket):
        desk.service.objects.delete(where.bucket, where.key)


def _pictures(asset: Stored) -> list[object]:
    made = asset.body.found or {}
    return [mark for mark in (made.get("cover"), made.get("sprite"), *made.get("snapshots", ())) if mark]


CHANGES = (
    handled(
        "UpdateMediaInfo",
        update,
        takes={
            **wishes.SAID,
            "MediaId": text("id"),
            "InputURL": text("address"),
            "Category": short_text("category", most_bytes=wishes.MOST_CATEGORY),
            "CateId": integer("cate_id"),
            "BusinessType": one_of("business", wishes.BUSINESS),
            "MediaTags": text("tags"),
            "AppendTags": boolean("append_tags"),
            "ReferenceId": text("reference"),
        },
        gives={"MediaId": "id"},
    ),
    handled(
        "DeleteMediaInfos",
        delete,
        takes={"MediaIds": text("ids"), "InputURLs": text("addresses"), "DeletePhysicalFiles": boolean("files")},
        gives={"IgnoredList": "ignored", "ForbiddenList": "forbidden"},
    ),
)
