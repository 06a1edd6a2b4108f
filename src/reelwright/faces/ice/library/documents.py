"""What is told of an asset: the vendor's tables, and the document they are written from.

Every value of a file and its streams is a text to this vendor, numbers too: seconds with six decimals, kbit/s with
three, as its tools print them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import msgspec

from reelwright import timing
from reelwright.errors import AddressError, InvalidParameter
from reelwright.faces.codecs import Codec
from reelwright.faces.ice.library import places
from reelwright.faces.wire import Desk, Document, Table, always, each, json_object, one_of
from reelwright.faces.wire import moment as at
from reelwright.jobs.library import State, Stored
from reelwright.storage import address

STATUS = {
    State.AWAITED: "Init",
    State.PREPARING: "Preparing",
    State.FAILED: "PrepareFail",
    State.READY: "Normal",
}
COUNT = "{Count}"
"""What the vendor writes in a key for the number of a picture, five digits."""


@dataclass(frozen=True, slots=True)
class Word(Codec):
    """Anything as a text. Only written."""

    def give(self, value: object) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Decimal(Codec):
    """A number as a text with so many decimals, in units of `unit`. Only written."""

    decimals: int = 6
    unit: float = 1.0

    def give(self, value: object) -> str:
        return f"{float(value) / self.unit:.{self.decimals}f}"  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Rate(Codec):
    """A rate as a text: `25.0`, `29.97`. Only written."""

    def give(self, value: object) -> str:
        return str(round(float(value), 3))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Hex(Codec):
    """A number as `0x31637661`. Only written."""

    def give(self, value: object) -> str:
        return f"{value:#010x}"


def seconds(path: str) -> Codec:
    return Decimal(path)


def kilobits(path: str) -> Codec:
    return Decimal(path, decimals=3, unit=1000.0)


STREAM: Table = {
    "Index": Word("index"),
    "CodecName": "codec",
    "CodecLongName": "codec_name",
    "CodecTag": Hex("tag_number"),
    "CodecTagString": "tag",
    "CodecTimeBase": "codec_time_base",
    "Timebase": "time_base",
    "StartTime": seconds("start"),
    "Duration": seconds("duration"),
    "Lang": "language",
}
CODED: Table = {**STREAM, "Profile": "profile", "Bitrate": kilobits("bit_rate"), "NumFrames": Word("frames")}
VIDEO: Table = {
    **CODED,
    "AvgFPS": Rate("average_frame_rate"),
    "Fps": Rate("frame_rate"),
    "Nb_frames": Word("frames"),
    "HasBFrames": Word("reorder_depth"),
    "Level": Word("level"),
    "PixFmt": "pix_fmt",
    "Width": Word("width"),
    "Height": Word("height"),
    "Sar": "sample_aspect_ratio",
    "Dar": "display_aspect_ratio",
    "Rotate": Word("rotation"),
}
AUDIO: Table = {
    **CODED,
    "ChannelLayout": "layout",
    "Channels": Word("channels"),
    "SampleFmt": "sample_format",
    "SampleRate": Word("sample_rate"),
    "Fps": Rate("frame_rate"),
}
FILE_BASIC: Table = {
    "FileName": "name",
    "FileStatus": always("Normal"),
    "FileType": always("source_file"),
    "FileSize": Word("size"),
    "FileUrl": "url",
    "Region": always(places.REGION),
    "FormatName": "container",
    "Duration": seconds("duration"),
    "Bitrate": kilobits("bit_rate"),
    "Width": Word("width"),
    "Height": Word("height"),
    "CreateTime": at("created_at"),
    "ModifiedTime": at("changed_at"),
}
FILE: Table = {
    "FileBasicInfo": json_object(FILE_BASIC),
    "AudioStreamInfoList": each("audio", AUDIO),
    "SubtitleStreamInfoList": each("subtitles", STREAM),
    "VideoStreamInfoList": each("video", VIDEO),
}
BASIC: Table = {
    "MediaId": "id",
    "InputURL": "given",
    "MediaType": "kind",
    "BusinessType": "business",
    "Source": "source",
    "UploadSource": "origin",
    "Title": "title",
    "Description": "description",
    "Category": "category",
    "CateId": "cate_id",
    "MediaTags": "tags",
    "CoverURL": "cover",
    "UserData": "user_data",
    "ReferenceId": "reference",
    "Biz": "biz",
    "Snapshots": "snapshots",
    "SpriteImages": "sprites",
    "Status": one_of("state", STATUS),
    # The vendor's model has no field for the reason of a PrepareFail; its libraries pass over these two.
    "ErrorCode": "failure.code",
    "ErrorMessage": "failure.message",
    "TranscodeStatus": always("Init"),  # The vendor's word for an asset that nobody has transcoded.
    "CreateTime": at("created_at"),
    "ModifiedTime": at("changed_at"),
}
# There are no categories but those that owners write: the name of one is what was written.
GET_BASIC: Table = {name: row for name, row in BASIC.items() if name != "TranscodeStatus"} | {"CateName": "category"}


def told(desk: Desk, asset: Stored, *, link_seconds: int = places.HOUR) -> Document:
    """The domain document of an asset; its links are good for `link_seconds`."""
    body, until = asset.body, timing.now() + link_seconds
    found: Mapping[str, Any] = body.found or {}
    where = address.parse(body.address) if body.address else None
    basic = {name: value for name, value in msgspec.to_builtins(body).items() if value not in ("", None)}
    common = {"id": asset.id, "created_at": asset.created_at, "changed_at": asset.changed_at}
    basic |= {
        **common,
        "state": body.state.value,
        "given": body.given or body.address,
        "tags": ",".join(body.tags),
        "cover": _cover(desk, asset, until),
        "snapshots": _snapshots(desk, asset, until),
        "sprites": _sprites(desk, asset, until),
    }
    if not isinstance(where, address.Stored) or not body.size:
        return {"id": asset.id, "basic": basic, "files": []}
    file = {
        **common,
        **{name: found.get(name) for name in ("container", "duration", "bit_rate", "width", "height")},
        **{name: found.get(name, []) for name in ("video", "audio", "subtitles")},
        "name": PurePosixPath(where.key).name,
        "size": body.size,
        "url": places.link(desk, where, until),
    }
    return {"id": asset.id, "basic": basic, "files": [file], "dynamic": {"data": body.metadata or None}}


def _cover(desk: Desk, asset: Stored, until: float) -> str | None:
    """The picture that the owner named, the one that was made, or the asset itself if it is one."""
    body, found = asset.body, asset.body.found or {}
    if body.cover:
        try:
            where = address.parse(body.cover, own_hosts=places.own_hosts(desk))
        except (InvalidParameter, AddressError):
            return body.cover
        return places.link(desk, where, until) if isinstance(where, address.Stored) else body.cover
    if found.get("cover"):
        return places.link(desk, places.marked(found["cover"]), until)
    itself = address.parse(body.address) if body.kind == "image" and body.size else None
    return places.link(desk, itself, until) if isinstance(itself, address.Stored) else None


def _snapshots(desk: Desk, asset: Stored, until: float) -> str | None:
    marks = (asset.body.found or {}).get("snapshots")
    if not marks:
        return None
    return _pictures(desk, asset, marks, until, {"count": str(len(marks)), "snapshotRegular": _regular(marks[0])})


def _sprites(desk: Desk, asset: Stored, until: float) -> str | None:
    found = asset.body.found or {}
    if not found.get("sprite"):
        return None
    more = {"count": str(found["tiles"]), "tileCount": "1", "spriteRegular": _regular(found["sprite"])}
    return _pictures(desk, asset, [found["sprite"]], until, more)


def _pictures(desk: Desk, asset: Stored, marks: list[str], until: float, more: Mapping[str, object]) -> str:
    """The vendor's JSON text about pictures, and links to them, since its keys alone open nothing here."""
    places_of = [places.marked(mark) for mark in marks]
    told = {
        "bucket": places_of[0].bucket,
        "location": places.LOCATION,
        "iceJobId": asset.body.job,
        **more,
        "urls": [places.link(desk, where, until) for where in places_of],
    }
    return msgspec.json.encode([told]).decode()


def _regular(mark: str) -> str:
    return places.marked(mark).key.replace("00001", COUNT)
