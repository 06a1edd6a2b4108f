"""Where media lie, as this face's callers write it: addresses read, links written."""

from urllib.parse import quote

from reelwright.errors import BucketNotFound, EmptyFile, InvalidParameter, ObjectNotFound
from reelwright.faces.ice import storages
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk
from reelwright.jobs.document import LINK
from reelwright.storage import address
from reelwright.storage.address import Stored

REGION = "local"
"""What the vendor's clients are told for a region; any that they sign with is taken."""
LOCATION = f"oss-{REGION}"
FOLDER = "library"
"""Where new files go in a bucket whose owner named no path."""
VOD = "vod://"
HOUR = 3600
LONGEST_LINK = 86400


def base(desk: Desk) -> str:
    """The front of links, and the endpoint of object clients."""
    return desk.service.settings.public_url or desk.origin.base


def own_hosts(desk: Desk) -> tuple[str, ...]:
    host = desk.service.settings.public_url.rpartition("://")[2].partition("/")[0].lower()
    return (desk.origin.host, host) if host else (desk.origin.host,)


def stored(desk: Desk, text: str, *, field: str) -> Stored:
    """The object of this server that an address names."""
    if text.lower().startswith(VOD):
        told = f"{field} is {shown(text)}, but there is no video-on-demand service here; give oss://bucket/key"
        raise InvalidParameter(told, field=field)
    if text[:6].lower() == "oss://":
        text = f"oss://{text[6:]}"
    where = address.parse(text, own_hosts=own_hosts(desk), field=field)
    if isinstance(where, Stored):
        return where
    told = f"{field} is {shown(text)}, which is no object of this server; bring it here by UploadMediaByURL"
    raise InvalidParameter(told, field=field)


def size_of(desk: Desk, where: Stored, *, field: str) -> int:
    """Bytes of an object that must be there."""
    objects = desk.service.objects
    size = objects.size(where.bucket, where.key)
    if size:
        return size
    if size == 0:
        raise EmptyFile(f"{field}: {where} is empty; upload it again", field=field)
    if not objects.has_bucket(where.bucket):
        told = f"{field}: there is no bucket {where.bucket!r}; upload the object first, or mend the name"
        raise BucketNotFound(told, field=field)
    raise ObjectNotFound(f"{field}: there is no object {where}; upload it first, or mend the key", field=field)


def bucket_for(desk: Desk, wanted: str, *, field: str) -> tuple[str, str]:
    """(bucket, path) of where new files go: what is asked for, or the caller's default location."""
    if not wanted:
        default = storages.default_location(desk)
        return default.bucket, default.path
    bucket = wanted.partition("://")[2] if "://" in wanted else wanted
    bucket = bucket.partition("/")[0].partition(".")[0]  # a host name begins with the bucket
    if not desk.service.objects.has_bucket(bucket):
        raise BucketNotFound(f"{field}: there is no bucket {bucket!r}; create it, or mend the name", field=field)
    return bucket, ""


def plain_url(front: str, where: Stored) -> str:
    """The http address of an object, which opens it only for those who sign."""
    return f"{front}/{where.bucket}/{quote(where.key)}"


def marked(mark: str) -> Stored:
    """The object of a link mark in a result."""
    bucket, _, key = mark.removeprefix(LINK).partition("/")
    return Stored(bucket, key)


def link(desk: Desk, where: Stored, until: float | None = None) -> str:
    return desk.service.link(where.bucket, where.key, desk.origin.base, until)
