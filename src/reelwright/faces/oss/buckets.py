"""Operations on a bucket: make, look, list, delete many."""

import base64
import hashlib
from collections.abc import Iterator

from reelwright.errors import ReelwrightError
from reelwright.faces.oss.call import Answer, Call, xml
from reelwright.faces.oss.documents import OWNER, Encoder, Pairs, Value, moment, parsed, written
from reelwright.faces.oss.errors import BadDigest, InvalidArgument, MalformedXML
from reelwright.faces.oss.objects import check_body, need_bucket
from reelwright.faces.oss.transfer import Threads, small_body
from reelwright.storage.port import Listing, ObjectInfo

MOST_KEYS = 1000  # of one page, and of one delete; the vendor's limit
LOCATION = "oss-local"
BEGINNING = moment(0.0)
"""Buckets are folders here, and a folder does not know when it was made."""


async def listed_all(call: Call, threads: Threads) -> Answer:
    names = await threads.run(call.store.buckets)
    prefix = call.params.get("prefix", "")
    shown: Value = tuple(("Bucket", _bucket(name)) for name in names if name.startswith(prefix))
    return xml(written("ListAllMyBucketsResult", (("Owner", OWNER), ("IsTruncated", False), ("Buckets", shown))))


def _bucket(name: str) -> Pairs:
    return (
        ("Name", name),
        ("Location", LOCATION),
        ("CreationDate", BEGINNING),
        ("StorageClass", "Standard"),
        ("ExtranetEndpoint", ""),
        ("IntranetEndpoint", ""),
    )


async def put(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: call.store.create_bucket(call.bucket))
    return Answer(headers={"Location": f"/{call.bucket}"})


async def head(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: need_bucket(call))
    return Answer()


async def info(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: need_bucket(call))
    grant = ("AccessControlList", (("Grant", "private"),))
    return xml(written("BucketInfo", (("Bucket", (*_bucket(call.bucket), ("Owner", OWNER), grant)),)))


async def location(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: need_bucket(call))
    return xml(written("LocationConstraint", LOCATION))


async def acl(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: need_bucket(call))
    return xml(written("AccessControlPolicy", (("Owner", OWNER), ("AccessControlList", (("Grant", "private"),)))))


# ---- listing


async def listed(call: Call, threads: Threads) -> Answer:
    """ListObjects, and ListObjectsV2 (`list-type=2`)."""
    encoder = Encoder(call.params.get("encoding-type", ""))
    limit = call.number("max-keys", 100, least=1, most=MOST_KEYS)
    prefix, delimiter = call.params.get("prefix", ""), call.params.get("delimiter", "")
    is_second = call.params.get("list-type") == "2"
    after = _after(call) if is_second else call.params.get("marker", "")
    found = await threads.run(
        lambda: call.store.listing(call.bucket, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
    )
    pages = _second(call, found, encoder) if is_second else _first(call, found, encoder)
    rows: list[tuple[str, Value]] = [
        ("Name", call.bucket),
        ("Prefix", encoder.write(prefix)),
        ("MaxKeys", limit),
        ("Delimiter", encoder.write(delimiter)),
        ("EncodingType", encoder.name),
        ("IsTruncated", found.next_after is not None),
        *pages,
        *(("Contents", _object(one, encoder)) for one in found.objects),
        *(("CommonPrefixes", (("Prefix", encoder.write(one)),)) for one in found.prefixes),
    ]
    return xml(written("ListBucketResult", rows))


def _after(call: Call) -> str:
    token = call.params.get("continuation-token")
    if not token:
        return call.params.get("start-after", "")
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError:
        raise InvalidArgument("continuation-token is not one that this server gave") from None


def _first(call: Call, found: Listing, encoder: Encoder) -> Iterator[tuple[str, Value]]:
    yield "Marker", encoder.write(call.params.get("marker", ""))
    if found.next_after is not None:
        yield "NextMarker", encoder.write(found.next_after)


def _second(call: Call, found: Listing, encoder: Encoder) -> Iterator[tuple[str, Value]]:
    yield "KeyCount", len(found.objects) + len(found.prefixes)
    if call.params.get("start-after"):
        yield "StartAfter", encoder.write(call.params["start-after"])
    if call.params.get("continuation-token"):
        yield "ContinuationToken", call.params["continuation-token"]
    if found.next_after is not None:
        yield "NextContinuationToken", base64.urlsafe_b64encode(found.next_after.encode()).decode()


def _object(one: ObjectInfo, encoder: Encoder) -> Pairs:
    return (
        ("Key", encoder.write(one.key)),
        ("LastModified", moment(one.modified)),
        ("ETag", f'"{one.etag}"'),
        ("Type", "Multipart" if "-" in one.etag else "Normal"),
        ("Size", one.size),
        ("StorageClass", "Standard"),
        ("Owner", OWNER),
    )


# ---- deleting many


async def delete_many(call: Call, threads: Threads) -> Answer:
    expected = check_body(call)
    body = await small_body(call.receive)
    if expected is not None and hashlib.md5(body, usedforsecurity=False).digest() != expected:
        raise BadDigest("The Content-MD5 you specified did not match what we received.")
    document = parsed(body, "Delete")
    encoder = Encoder(call.params.get("encoding-type", ""))
    keys = [one.findtext("Key") or "" for one in document.iter("Object")]
    if not 1 <= len(keys) <= MOST_KEYS:
        raise MalformedXML(f"Name 1 to {MOST_KEYS} objects to delete.")
    deleted = await threads.run(lambda: _delete(call, keys))
    is_quiet = (document.findtext("Quiet") or "").strip().lower() == "true"
    rows: list[tuple[str, Value]] = [("EncodingType", encoder.name)]
    if not is_quiet:
        rows += [("Deleted", (("Key", encoder.write(key)),)) for key in deleted]
    return xml(written("DeleteResult", rows))


def _delete(call: Call, keys: list[str]) -> list[str]:
    need_bucket(call)
    deleted = []
    for key in keys:
        try:
            call.store.delete(call.bucket, key)
        except ReelwrightError:  # a name no object can have, or a disk that refuses: it is left out of the answer
            continue
        deleted.append(key)
    return deleted
