"""Parameters that several operations of the library read: lengths, tags, titles, what is wished of a medium."""

import re
from collections.abc import Mapping
from mimetypes import guess_type

from reelwright.errors import InvalidParameter, UnsupportedOperation
from reelwright.faces.codecs import bad
from reelwright.faces.ice.library.products import BASE_CHANGE, SNAPSHOT, VIDEO_ANALYSIS
from reelwright.faces.request import shown
from reelwright.faces.wire import Document, Table, short_text
from reelwright.jobs.library import Tells, Wants
from reelwright.timing import stamp_seconds

MOST_TITLE, MOST_COVER, MOST_CATEGORY = 128, 128, 64  # bytes
MOST_TEXT = 1024  # bytes of a description, or of UserData
MOST_TAGS, MOST_TAG = 16, 32  # tags; bytes of one
MOST_NAMED = 100  # assets in one request
REFERENCE = re.compile(r"[A-Za-z0-9_-]{6,64}")
KINDS = {kind: kind for kind in ("image", "video", "audio", "text")}
TEXT_BUSINESS = ("subtitles", "font")
BUSINESS = {
    business: business for business in (*TEXT_BUSINESS, "watermark", "opening", "ending", "general", "default", "cover")
}

SAID: Table = {
    "Title": short_text("title", most_bytes=MOST_TITLE),
    "Description": short_text("description", most_bytes=MOST_TEXT),
    "CoverURL": short_text("cover", most_bytes=MOST_COVER),
    "UserData": short_text("user_data", most_bytes=MOST_TEXT),
}


def text_of(given: Document, name: str, default: str = "") -> str:
    return str(given.get(name) or default)


def number_of(given: Document, name: str) -> int | None:
    value = given.get(name)
    assert value is None or isinstance(value, int)  # The table's codec made it one.
    return value


def listed(text: str, *, field: str, most: int = MOST_NAMED) -> list[str]:
    """Ids or addresses of assets with commas between, each once."""
    found = list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if len(found) > most:
        raise InvalidParameter(f"{field} names {len(found)}; give at most {most}", field=field)
    return found


def tags(text: object, *, field: str) -> tuple[str, ...]:
    """Tags of a text with commas, or of a list; each once."""
    given = text if isinstance(text, list) else str(text or "").split(",")
    found = tuple(dict.fromkeys(str(one).strip() for one in given if str(one).strip()))
    check_tags(found, field=field)
    return found


def check_tags(found: tuple[str, ...], *, field: str) -> None:
    if len(found) > MOST_TAGS:
        raise InvalidParameter(f"{field} are {len(found)}; give at most {MOST_TAGS}", field=field)
    for one in found:
        if len(one.encode()) > MOST_TAG:
            told = f"{field}: {shown(one)} is {len(one.encode())} bytes long; a tag has at most {MOST_TAG}"
            raise InvalidParameter(told, field=field)


def reference(given: Document) -> str:
    found = text_of(given, "reference")
    if found and not REFERENCE.fullmatch(found):
        raise bad("ReferenceId", found, "give 6 to 64 letters, digits, '-' and '_'")
    return found


def title(given: Document, now: float) -> str:
    return text_of(given, "title", f"default_title_{stamp_seconds(now)}")


def kind_by_name(name: str) -> str:
    """What the ending of a name tells; empty if it tells nothing, and then the file is looked into."""
    family = (guess_type(name.partition("?")[0])[0] or "").partition("/")[0]
    return family if family in ("video", "audio", "image") else ""


def check_text(kind: str, business: str) -> None:
    if kind == "text" and business not in TEXT_BUSINESS:
        told = f"BusinessType is {shown(business)}, but a text is subtitles or font; name which"
        raise InvalidParameter(told, field="BusinessType")


def wants(config: Mapping[str, object]) -> Wants:
    """Of `RegisterConfig`: a cover and pictures are made unless it says no. The cover is the first of the snapshots."""
    cover = config.get("cover")
    time = cover.get("time") if isinstance(cover, Mapping) else None
    if time is not None and (not isinstance(time, float) or time < 0):
        raise bad("RegisterConfig.CoverConfig.StartTime", time, "give seconds from the beginning")
    snapshots = bool(config.get("snapshots", True))
    return Wants(
        cover=snapshots,
        snapshots=snapshots,
        sprites=bool(config.get("sprites", True)),
        cover_time=time,
    )


def tells(kind: str, wanted: Wants, *, arrived: str = "", described: tuple[str, ...] = (), notify: str = "") -> Tells:
    """Which events there will be: the given ones, and those of a video's analysis and its pictures."""
    if kind in ("video", ""):
        described += (VIDEO_ANALYSIS, SNAPSHOT) if wanted.snapshots else (VIDEO_ANALYSIS,)
    return Tells(arrived=arrived, described=(*described, BASE_CHANGE), notify=notify)


def refuse_extras(given: Document, mends: Mapping[str, str]) -> None:
    """Work that the vendor starts of itself, and this server only when it is asked: said, not passed over."""
    for name, mend in mends.items():
        if given.get(name):
            raise UnsupportedOperation(f"{name} starts nothing on this server; {mend}", field=name)
