"""RegisterMediaInfo: an object that is here already becomes an asset."""

import hashlib

import msgspec

from reelwright import timing
from reelwright.errors import IdempotentParameterMismatch, InvalidParameter
from reelwright.faces.ice import notices, storages
from reelwright.faces.ice.library import places, wishes
from reelwright.faces.ice.library.products import FACE, GENERAL, IMS
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    boolean,
    handled,
    integer,
    json_object,
    number,
    one_of,
    text,
)
from reelwright.jobs import ids, library
from reelwright.jobs.library import ASSETS, Asset
from reelwright.jobs.records import Keeping

REGISTERED = "RegisterMediaComplete"
DELETED = "DeleteMediaComplete"
MOST_TOKEN = 64
CONFIG: Table = {
    "NeedSnapshot": boolean("snapshots"),
    "NeedSprite": boolean("sprites"),
    "CoverConfig": json_object({"StartTime": number("time")}, path="cover"),
    "SearchLibName": text("search_library"),
}
EXTRAS = {
    "smart_tags": "submit it to SubmitSmarttagJob",
    "workflow": "submit the jobs of the workflow yourself",
    "search_library": "there are no search libraries",
}


async def register(desk: Desk, given: Document) -> Document:
    now = timing.now()
    asset = described(desk, given, now)
    mend = "" if given.get("overwrite", False) else "set Overwrite to register it anew"
    return {"id": await added(desk, asset, now, mend=mend)}


async def added(desk: Desk, asset: Asset, now: float, *, mend: str) -> str:
    """Keep an asset whose file is here, and let a worker look into that; the asset's id.

    A file that is registered already is refused with this `mend`; without one its asset is replaced.
    """

    def change(tx: Keeping) -> str:
        if (known := _repeated(tx, desk.tenant, asset)) is not None:
            return known
        _make_room(tx, desk.tenant, asset, now, mend=mend)
        return library.describe(tx, desk.tenant, ids.new(now), asset, now).id

    return await desk.service.keep(change)


def described(desk: Desk, given: Document, now: float) -> Asset:
    """The asset of what a caller says of an object that is here."""
    where = places.stored(desk, str(given["address"]), field="InputURL")
    config = given.get("config", {})
    assert isinstance(config, dict)  # The table's codec made it one.
    wishes.refuse_extras({**given, "search_library": config.get("search_library")}, EXTRAS)
    kind = wishes.text_of(given, "kind") or wishes.kind_by_name(where.key)
    business = wishes.text_of(given, "business", GENERAL)
    wishes.check_text(kind, business)
    wanted = wishes.wants(config)
    user_data, token = wishes.text_of(given, "user_data"), wishes.text_of(given, "token")
    notify = notices.notify_address(user_data) or ""
    told = wishes.tells(kind, wanted, described=(REGISTERED,), notify=notify)
    return Asset(
        kind=kind,
        address=str(where),
        given=str(given["address"]),
        title=wishes.title(given, now),
        description=wishes.text_of(given, "description"),
        tags=wishes.tags(given.get("tags"), field="MediaTags"),
        cate_id=wishes.number_of(given, "cate_id"),
        cover=wishes.text_of(given, "cover"),
        business=business,
        biz=IMS,
        source="oss",
        origin="register",
        app=storages.APP,
        reference=wishes.reference(given),
        user_data=user_data,
        token=token,
        token_digest=_digest(given) if token else "",
        wants=wanted,
        face=FACE,
        tells=msgspec.structs.replace(told, base=places.base(desk)),
        size=places.size_of(desk, where, field="InputURL"),
    )


def _digest(given: Document) -> str:
    return hashlib.sha256(msgspec.json.encode(given, order="sorted")).hexdigest()


def _repeated(tx: Keeping, tenant: str, asset: Asset) -> str | None:
    """The asset that this very request has made before."""
    known = ASSETS.find(tx, tenant, token=asset.token) if asset.token else None
    if known is None:
        return None
    if known.body.token_digest != asset.token_digest:
        told = f"ClientToken {asset.token!r} was used for another request (asset {known.id}); take a fresh one"
        raise IdempotentParameterMismatch(told, field="ClientToken")
    return known.id


def _make_room(tx: Keeping, tenant: str, asset: Asset, now: float, *, mend: str) -> None:
    holder = ASSETS.find(tx, tenant, address=asset.address)
    if holder is None:
        return
    if mend:
        told = f"InputURL {asset.given!r} is registered already, as {holder.id}; {mend}"
        raise InvalidParameter(told, field="InputURL")
    ASSETS.delete(tx, tenant, holder.id)
    library.tell(tx, tenant, DELETED, holder.id, holder.body, now)


REGISTER = handled(
    "RegisterMediaInfo",
    register,
    takes={
        **wishes.SAID,
        "InputURL": text("address", required=True),
        "MediaType": one_of("kind", wishes.KINDS),
        "BusinessType": one_of("business", wishes.BUSINESS),
        "CateId": integer("cate_id"),
        "MediaTags": text("tags"),
        "ReferenceId": text("reference"),
        "ClientToken": text("token", most=MOST_TOKEN),
        "Overwrite": boolean("overwrite"),
        "RegisterConfig": json_object(CONFIG, path="config"),
        "SmartTagTemplateId": text("smart_tags"),
        "WorkflowId": text("workflow"),
    },
    gives={"MediaId": "id"},
)
