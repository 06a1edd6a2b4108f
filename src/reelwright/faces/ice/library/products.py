"""Assets as inputs and outputs of jobs. The package's head tells how it is used."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter
from reelwright.faces.codecs import Codec
from reelwright.faces.ice import storages
from reelwright.faces.ice.library import places
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk
from reelwright.jobs import ids, library
from reelwright.jobs.job import Job
from reelwright.jobs.library import ANALYSES, ASSETS, LANDS, Asset, Landing, State, Stored, Tells, Wants

FACE = "ice"
GENERAL = "general"
IMS = "IMS"
BASE_CHANGE = "MediaBaseChangeComplete"
VIDEO_ANALYSIS = "VideoAnalysisComplete"
SNAPSHOT = "SnapshotComplete"


def address(desk: Desk, media_id: str, *, field: str) -> str:
    """`oss://bucket/key` of the asset's file. Raises `InvalidParameter` if there is no such asset, or no file yet."""
    stored = kept(desk, media_id, field=field)
    asset = stored.body
    if asset.address and asset.size:
        return asset.address
    why = f": {asset.failure.message}" if asset.failure else ""
    told = "its file could not be made" if asset.state is State.FAILED else "its file is not there yet"
    raise InvalidParameter(f"{field} is the asset {media_id}, but {told}{why}; see GetMediaInfo", field=field)


def source(desk: Desk, text: str, *, field: str, kind: str = "") -> str:
    """An address for what is an address or a media id: by the word of an `Input.Type`, or else by its shape."""
    is_media = kind == "Media" or (not kind and ids.SHAPE.match(text) is not None)
    return address(desk, text, field=field) if is_media else text


def kept(desk: Desk, media_id: str, *, field: str) -> Stored:
    stored = ASSETS.get(desk.service.kept, desk.tenant, media_id)
    if stored is None:
        told = f"{field} is {shown(media_id)}, but there is no such asset in the library; register it, or mend the id"
        raise InvalidParameter(told, field=field)
    return stored


def analyses(desk: Desk, source: str) -> dict[str, str]:
    """An entry for the `wire` of a job that tells what the medium at this address shows; none if it is no asset's."""
    stored = ASSETS.find(desk.service.kept, desk.tenant, address=source)
    return {} if stored is None else {ANALYSES: stored.id}


def lands(
    desk: Desk,
    *,
    title: str = "",
    kind: str = "",
    media: int = 0,
    into: str = "",
    roles: tuple[str, ...] = (),
    business: str = GENERAL,
    biz: str = IMS,
    user_data: str = "",
    origin: str = "job",
    production: str = "",
    folder: str = "",
) -> dict[str, Any]:
    """Entries for the `wire` of a job whose outputs become assets: `lands`, and `media_id` if one is known now.

    `kind` is told of a future asset until its file is there. `media`: how many ids to choose now. `into`: an asset
    that is there, whose file the first output becomes; `InvalidParameter` if it is not.
    """
    now = timing.now()
    chosen = [ids.new(now) for _ in range(media)]
    if into:
        chosen = [kept(desk, into, field="Output.Media").id, *chosen[1:]]
    asset = Asset(
        kind=kind,
        title=title,
        business=business,
        biz=biz,
        source="oss",
        origin=origin,
        app=storages.APP,
        user_data=user_data,
        production=production,
        folder=folder,
        wants=Wants(cover=True),
        face=FACE,
        tells=Tells(described=(BASE_CHANGE,), base=places.base(desk)),
    )
    entries: dict[str, Any] = {LANDS: msgspec.to_builtins(Landing(asset, tuple(chosen), roles))}
    return {**entries, "media_id": chosen[0]} if chosen else entries


def destination(desk: Desk, name: str, *, suffix: str = "") -> str:
    """An address in the caller's default location under which nothing lies yet."""
    location = storages.default_location(desk)
    path = PurePosixPath(location.path or places.FOLDER) / f"{name}-{ids.new(timing.now())}{suffix}"
    return f"oss://{location.bucket}/{path}"


@dataclass(frozen=True, slots=True)
class MediaIds(Codec):
    """The assets that a job's outputs have become. Only written."""

    def give(self, value: object) -> list[str]:
        return library.made(value) if isinstance(value, Job) else []
