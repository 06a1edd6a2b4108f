"""The media library: assets, and how uploads and jobs fill them.

An asset is a record of one medium under an id of its own: where its file lies, what its
owner says of it, what was found in it.

    AWAITED ──the file comes──▶ PREPARING ──it is described──▶ READY
       ▲                            │
       └────a new upload────────────┴──▶ FAILED

Every arrow is part of the ledger's transaction that causes it, so a crash leaves no asset
behind. A file that comes submits, in one change with its asset, the job that describes it
(`media.describe`, on a worker). `ended` stands where jobs end: it gives a description to its
asset, and makes the outputs of a job assets if its `wire` says so:

    wire = {"lands": msgspec.to_builtins(Landing(Asset(title="…"), media=(ids.new(now),)))}

Names of events are a vendor's: the face that makes an asset says which to tell, and `jobs.announcing`
tells whoever wants them.
"""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec.structs import replace

from reelwright.jobs import announcing, ids
from reelwright.jobs.job import MOST_URGENT, Failure, Job, NewJob, Output, Status
from reelwright.jobs.records import Entry, Keeping, Kept, Shelf

DESCRIBE = "media.describe"
DESCRIBES, LANDS, ANALYSES = "describes", "lands", "analyses"
"""Keys in a job's `wire`: the asset that it describes, how its outputs become assets, the asset it says much about."""
KINDS = ("video", "audio", "image", "text", "other")
JOB_KEPT = 30 * 86400.0  # seconds; the asset has all that a job which described it found
LOOKED_FOR = 86400.0  # seconds after its promise that an upload is looked for when a server starts…
MOST_LOOKED_FOR = 1000  # …and so many at most; others are noticed when they are put, or asked for
HOUSE = ""
"""The tenant of records about the store itself, which has none."""


class State(StrEnum):
    AWAITED = "awaited"
    PREPARING = "preparing"
    READY = "ready"
    FAILED = "failed"


class Wants(msgspec.Struct, frozen=True):
    """Which pictures are made of the medium. `cover_time` in seconds; None lets the server choose."""

    cover: bool = False
    snapshots: bool = False
    sprites: bool = False
    cover_time: float | None = None


class Tells(msgspec.Struct, frozen=True):
    """A vendor's names of events about an asset. The first one that happens also goes to `notify`."""

    arrived: str = ""
    described: tuple[str, ...] = ()
    notify: str = ""
    base: str = ""
    """The front of addresses in what is told: under which the asset's owner sees this server."""


class Asset(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the library knows. Texts are empty where nothing was said."""

    state: State = State.PREPARING
    kind: str = ""
    """One of `KINDS`; empty until it is known."""
    address: str = ""
    """`oss://bucket/key`; empty while nobody knows where the file will lie."""
    given: str = ""
    """The address as its owner wrote it."""
    title: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    cate_id: int | None = None
    cover: str = ""
    """A picture that the owner named; without one, the cover that was made serves."""
    business: str = ""
    biz: str = ""
    source: str = ""
    origin: str = ""
    """How it came here: by `register`, `upload`, `url`, `job` or `storyboard`."""
    app: str = ""
    entity: str = ""
    reference: str = ""
    user_data: str = ""
    metadata: str = ""
    token: str = ""
    """Makes the request idempotent that made this asset; `token_digest` is of that request."""
    token_digest: str = ""
    wants: Wants = Wants()
    face: str = ""
    """The family of its events."""
    tells: Tells = Tells()
    job: str = ""
    """The job that it waits for, or that was the last to work on it."""
    size: int = 0
    """Bytes of the file; 0 before it is here."""
    found: Mapping[str, Any] | None = None
    """The result of `media.describe`, with link marks in the places of its pictures."""
    failure: Failure | None = None
    analysed: str = ""
    """The last job that told what it shows."""
    production: str = ""
    """The project of a studio in which it lies, and the folder there."""
    folder: str = ""
    maker: str = ""
    """The job that made it, if one did."""
    binned_at: float | None = None
    """When it was put into the recycle bin. Its file stays."""

    @property
    def labels(self) -> dict[str, str]:
        named = {"state": self.state.value, "kind": self.kind, "business": self.business, "source": self.source}
        return {name: value for name, value in named.items() if value}

    @property
    def sole(self) -> dict[str, str]:
        named = {"address": self.address, "reference": self.reference, "token": self.token}
        return {name: value for name, value in named.items() if value}


ASSETS = Shelf("library.asset", Asset)
Stored = Entry[Asset]


class Landing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the outputs of a job become assets."""

    asset: Asset
    """What is said of each of them; its file, size and kind come of the job."""
    media: tuple[str, ...] = ()
    """Ids that are told at submit. New ones stand for assets that are PREPARING until the job ends; one of an asset
    that is there already says that its file is replaced."""
    roles: tuple[str, ...] = ()
    """Result fields whose files land (`clips` for `clips.3.video`); empty: all outputs do."""


def media_id(job_id: str, number: int) -> str:
    """The id of the asset that an output becomes for which none was told at submit; `number` counts from 0."""
    digest = hashlib.blake2b(f"{job_id}/{number}".encode(), digest_size=16).hexdigest()
    return job_id[:15] + digest[:17]  # the time of the job in front, as in all ids


# ---- keeping


def put(tx: Keeping, tenant: str, asset_id: str, asset: Asset, now: float) -> Stored:
    return ASSETS.put(tx, tenant, asset_id, asset, now=now, labels=asset.labels, sole=asset.sole)


def remove(tx: Keeping, tenant: str, asset: Stored) -> None:
    """Forget an asset, and that its upload is awaited."""
    ASSETS.delete(tx, tenant, asset.id)
    place = asset.body.address.removeprefix("oss://")
    promised = UPLOADS.get(tx, HOUSE, place)
    if promised is not None and promised.body.asset == asset.id:
        UPLOADS.delete(tx, HOUSE, place)


def take_address(tx: Keeping, tenant: str, address: str, *, but: str) -> None:
    """No asset but that one has this file any more: it was replaced."""
    holder = ASSETS.find(tx, tenant, address=address)
    if holder is not None and holder.id != but:
        ASSETS.delete(tx, tenant, holder.id)


def describe(tx: Keeping, tenant: str, asset_id: str, asset: Asset, now: float) -> Stored:
    """The file is there: keep the asset, and submit the job that looks into it."""
    job = NewJob(
        id=ids.new(now),
        tenant=tenant,
        operator=DESCRIBE,
        params={"file": asset.address, "kind": asset.kind or "auto", **msgspec.to_builtins(asset.wants)},
        created_at=now,
        expires_at=now + JOB_KEPT,
        priority=MOST_URGENT,
        face=f"{asset.face or 'native'}.library",
        wire={DESCRIBES: asset_id},
    )
    asset = replace(asset, state=State.PREPARING, job=job.id, found=None, failure=None)
    stored = put(tx, tenant, asset_id, asset, now)
    tx.submit(job)
    return stored


def tell(tx: Keeping, tenant: str, event: str, asset_id: str, asset: Asset, now: float, *, notify: str = "") -> None:
    """Tell of an asset as it is now: to the tenant's subscription if it wants the event, and to `notify`."""
    payload = {"event": event, "asset": {"id": asset_id, **msgspec.to_builtins(asset)}}
    announcing.announce(tx, tenant, asset.face, event, payload, now=now, notify=notify)


# ---- uploads


class Awaited(msgspec.Struct, frozen=True):
    """An upload that was promised. `etag` is that of the object which lay there then, if one did."""

    tenant: str
    asset: str
    etag: str = ""


UPLOADS = Shelf("library.awaited", Awaited)
"""By `bucket/key`, for the whole house: whoever puts an object is not asked for a tenant."""


def expect(tx: Keeping, tenant: str, asset_id: str, bucket: str, key: str, *, etag: str, now: float) -> None:
    UPLOADS.put(tx, HOUSE, f"{bucket}/{key}", Awaited(tenant, asset_id, etag), now=now)


def awaited(kept: Kept, bucket: str, key: str) -> Awaited | None:
    found = UPLOADS.get(kept, HOUSE, f"{bucket}/{key}")
    return found.body if found else None


def promised(kept: Kept, now: float) -> list[tuple[str, str]]:
    """Bucket and key of the uploads that were promised not long ago and have not come."""
    found = UPLOADS.page(kept, HOUSE, created_after=now - LOOKED_FOR, limit=MOST_LOOKED_FOR)
    return [(bucket, key) for bucket, _, key in (one.id.partition("/") for one in found)]


def arrived(tx: Keeping, bucket: str, key: str, size: int, now: float) -> None:
    """An object was put. Does nothing if no asset waits for it."""
    found = awaited(tx, bucket, key)
    if found is None:
        return
    UPLOADS.delete(tx, HOUSE, f"{bucket}/{key}")
    entry = ASSETS.get(tx, found.tenant, found.asset)
    if entry is None:
        return
    stored = describe(tx, found.tenant, entry.id, replace(entry.body, size=size), now)
    _tell_first(tx, found.tenant, stored, (entry.body.tells.arrived,), now)


# ---- jobs


def submitted(tx: Keeping, new: NewJob) -> None:
    """A job was accepted: the assets that its submit answers with are kept in the same change."""
    landing = _landing(new.wire)
    for number, asset_id in enumerate(landing.media if landing else ()):
        assert landing is not None
        if ASSETS.get(tx, new.tenant, asset_id) is None:
            asset = replace(landing.asset, state=State.PREPARING, job=new.id, maker=new.id)
            asset = replace(asset, title=_title(landing, number))
            put(tx, new.tenant, asset_id, asset, new.created_at)


def ended(tx: Keeping, job: Job, now: float) -> None:
    """A job has just come to a final state."""
    if not job.wire:
        return
    described = job.wire.get(DESCRIBES)
    if isinstance(described, str):
        _described(tx, described, job, now)
    analysed = job.wire.get(ANALYSES)
    if isinstance(analysed, str):
        _analysed(tx, analysed, job, now)
    landing = _landing(job.wire)
    if landing is not None:
        _landed(tx, landing, job, now)


def _analysed(tx: Keeping, asset_id: str, job: Job, now: float) -> None:
    """One that did not succeed leaves what an earlier one told."""
    stored = ASSETS.get(tx, job.tenant, asset_id)
    if stored is not None and (job.status is Status.SUCCEEDED or not stored.body.analysed):
        put(tx, job.tenant, asset_id, replace(stored.body, analysed=job.id), now)


def forgotten(tx: Keeping, job: Job, now: float) -> None:
    """A job is deleted. One that had not ended makes nothing any more."""
    if not job.status.is_final:
        ended(tx, dataclasses.replace(job, status=Status.CANCELLED), now)


def made(job: Job) -> list[str]:
    """The ids of the assets that a job's outputs have become, in the order of the outputs."""
    return [asset_id for asset_id, _ in landed(job)]


def landed(job: Job) -> list[tuple[str, Output]]:
    """The same with the outputs themselves."""
    landing = _landing(job.wire)
    return [] if landing is None else list(_landings(landing, job))


def _landing(wire: Mapping[str, Any] | None) -> Landing | None:
    found = wire.get(LANDS) if wire else None
    return None if found is None else msgspec.convert(found, Landing)


def _landings(landing: Landing, job: Job) -> Iterator[tuple[str, Output]]:
    outputs = [one for one in job.outputs if not landing.roles or one.role.partition(".")[0] in landing.roles]
    for number, output in enumerate(outputs):
        yield landing.media[number] if number < len(landing.media) else media_id(job.id, number), output


def _landed(tx: Keeping, landing: Landing, job: Job, now: float) -> None:
    filled = dict(_landings(landing, job))
    for number, (asset_id, output) in enumerate(filled.items()):
        kept = ASSETS.get(tx, job.tenant, asset_id)
        if kept is None and number < len(landing.media):
            continue  # its owner has deleted it meanwhile
        asset = kept.body if kept else replace(landing.asset, maker=job.id, title=_title(landing, number))
        _fill(tx, job.tenant, asset_id, asset, output, now)
    _give_up(tx, job, [asset_id for asset_id in landing.media if asset_id not in filled], now)


def _fill(tx: Keeping, tenant: str, asset_id: str, asset: Asset, output: Output, now: float) -> None:
    address = f"oss://{output.bucket}/{output.key}"
    take_address(tx, tenant, address, but=asset_id)
    kind = asset.kind or kind_of(output.media_type)
    name = asset.title or address.rpartition("/")[2]
    filled = replace(asset, address=address, given=asset.given or address, kind=kind, title=name, size=output.size)
    _tell_first(tx, tenant, describe(tx, tenant, asset_id, filled, now), (asset.tells.arrived,), now)


def _give_up(tx: Keeping, job: Job, asset_ids: Sequence[str], now: float) -> None:
    failure = job.failure or Failure("NoOutput", "the job made no file for this asset")
    if job.status is Status.CANCELLED:
        failure = Failure("Cancelled", "the job that makes this asset was cancelled")
    for asset_id in asset_ids:
        kept = ASSETS.get(tx, job.tenant, asset_id)
        # An asset that had a file before keeps it.
        if kept is not None and kept.body.job == job.id:
            stored = put(tx, job.tenant, asset_id, replace(kept.body, state=State.FAILED, failure=failure), now)
            _tell_first(tx, job.tenant, stored, (kept.body.tells.arrived,), now)


def _described(tx: Keeping, asset_id: str, job: Job, now: float) -> None:
    kept = ASSETS.get(tx, job.tenant, asset_id)
    if kept is None or kept.body.job != job.id:
        return  # deleted, or another file has come since
    if job.status is Status.SUCCEEDED and job.result is not None:
        found = dict(job.result)
        asset = replace(kept.body, state=State.READY, found=found, kind=found["kind"], size=found["size"], failure=None)
    else:
        failure = job.failure or Failure("Cancelled", "the job that looked into the file was cancelled")
        asset = replace(kept.body, state=State.FAILED, failure=failure)
    stored = put(tx, job.tenant, asset_id, asset, now)
    _tell_first(tx, job.tenant, stored, asset.tells.described, now)


def _tell_first(tx: Keeping, tenant: str, stored: Stored, events: Sequence[str], now: float) -> None:
    """Tell of events; the first of an asset's life is its owner's too."""
    tells = stored.body.tells
    for event in filter(None, events):
        is_first = event == (tells.arrived or (tells.described or ("",))[0])
        tell(tx, tenant, event, stored.id, stored.body, now, notify=tells.notify if is_first else "")


def _title(landing: Landing, number: int) -> str:
    title = landing.asset.title
    return f"{title} ({number + 1})" if title and number else title


def kind_of(media_type: str) -> str:
    """The kind of medium that a media type such as `video/mp4` tells."""
    family = media_type.partition("/")[0]
    return family if family in KINDS else "other"
