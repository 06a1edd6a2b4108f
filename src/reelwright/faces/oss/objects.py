"""Operations on one object: put, get, look, copy, delete."""

import base64
import binascii
import hashlib
from collections.abc import Iterator
from urllib.parse import unquote

from reelwright.errors import BucketNotFound, Conflict
from reelwright.faces.oss.call import Answer, Call, xml
from reelwright.faces.oss.conditions import byte_range, is_unchanged, range_still_holds
from reelwright.faces.oss.documents import OWNER, moment, written
from reelwright.faces.oss.errors import (
    BadDigest,
    EntityTooLarge,
    InvalidArgument,
    InvalidDigest,
    MissingContentLength,
    PreconditionFailed,
)
from reelwright.faces.oss.headers import crc_header, described, metadata_of, served
from reelwright.faces.oss.transfer import Threads, take_body
from reelwright.storage.port import ObjectInfo

COPY_SOURCE = "x-oss-copy-source"


async def put(call: Call, threads: Threads) -> Answer:
    expected = check_body(call)
    metadata, media_type = metadata_of(call), call.headers.get("content-type", "")
    await threads.run(lambda: make_bucket(call))

    def store(chunks: Iterator[bytes]) -> ObjectInfo:
        return call.store.put(
            call.bucket,
            call.key,
            with_md5(chunks, expected),
            media_type=media_type,
            metadata=metadata,
            if_absent=forbids_overwrite(call),
        )

    return stored(await take_body(call.receive, threads, store))


def stored(info: ObjectInfo) -> Answer:
    headers = {"ETag": f'"{info.etag}"', **crc_header(info)}
    if "-" not in info.etag and len(info.etag) == 32:
        headers["Content-MD5"] = base64.b64encode(bytes.fromhex(info.etag)).decode()
    return Answer(headers=headers)


def check_body(call: Call) -> bytes | None:
    """Look at what is told of a body before a byte of it is taken; returns the MD5 it must have."""
    length = call.headers.get("content-length")
    if length is None and "transfer-encoding" not in call.headers:
        raise MissingContentLength("You must provide the Content-Length HTTP header.")
    most = call.service.settings.max_object_bytes
    if length is not None and int(length) > most:
        raise EntityTooLarge(f"The body has {length} bytes, and at most {most} are taken; raise `max_object_bytes`.")
    return _md5(call.headers.get("content-md5"))


def _md5(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise InvalidDigest("The Content-MD5 you specified is not the Base64 of an MD5.")
    return digest


def with_md5(chunks: Iterator[bytes], expected: bytes | None) -> Iterator[bytes]:
    """The same chunks; `BadDigest` at the end, before the store can show the object, if they are not as told."""
    if expected is None:
        return chunks

    def checked() -> Iterator[bytes]:
        found = hashlib.md5(usedforsecurity=False)
        for chunk in chunks:
            found.update(chunk)
            yield chunk
        if found.digest() != expected:
            raise BadDigest("The Content-MD5 you specified did not match what we received.")

    return checked()


def make_bucket(call: Call) -> None:
    """A put to a bucket that is not there makes it, if the settings say so."""
    if call.service.settings.auto_create_buckets and not call.store.has_bucket(call.bucket):
        call.store.create_bucket(call.bucket)


def forbids_overwrite(call: Call) -> bool:
    return call.headers.get("x-oss-forbid-overwrite", "").lower() == "true"


async def get(call: Call, threads: Threads) -> Answer:
    return await threads.run(lambda: _get(call))


def _get(call: Call) -> Answer:
    info = call.store.head(call.bucket, call.key)
    while True:
        answer = _opened(call, info)
        again = call.store.head(call.bucket, call.key)
        if again.etag == info.etag and again.modified == info.modified:
            return answer
        info = again  # replaced between the look and the opening


def _opened(call: Call, info: ObjectInfo) -> Answer:
    headers = served(call, info)
    if is_unchanged(call.headers, info):
        return Answer(304, b"", headers)
    wanted = byte_range(call.headers.get("range", ""), info.size) if range_still_holds(call.headers, info) else None
    start, end = wanted or (0, info.size)
    status = 200
    if wanted:
        status, headers["Content-Range"] = 206, f"bytes {start}-{end - 1}/{info.size}"
    return Answer(status, call.store.read(call.bucket, call.key, start=start, end=end), headers, end - start)


async def head(call: Call, threads: Threads) -> Answer:
    info = await threads.run(lambda: call.store.head(call.bucket, call.key))
    headers = served(call, info)
    if is_unchanged(call.headers, info):
        return Answer(304, b"", headers)
    return Answer(200, b"", headers, info.size)


async def meta(call: Call, threads: Threads) -> Answer:
    info = await threads.run(lambda: call.store.head(call.bucket, call.key))
    return Answer(200, b"", described(info), info.size)


async def delete(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: call.store.delete(call.bucket, call.key))
    return Answer(204)


async def copy(call: Call, threads: Threads) -> Answer:
    info = await threads.run(lambda: _copied(call))
    told = (("LastModified", moment(info.modified)), ("ETag", f'"{info.etag}"'))
    return xml(written("CopyObjectResult", told), headers={"ETag": f'"{info.etag}"', **crc_header(info)})


def _copied(call: Call) -> ObjectInfo:
    bucket, key = copy_source(call)
    check_copy_conditions(call, bucket, key)
    make_bucket(call)
    check_absent(call)
    replaces = call.headers.get("x-oss-metadata-directive", "COPY").upper() == "REPLACE"
    return call.store.copy(
        bucket,
        key,
        call.bucket,
        call.key,
        media_type=call.headers.get("content-type", "") if replaces else None,
        metadata=metadata_of(call) if replaces else None,
    )


def copy_source(call: Call) -> tuple[str, str]:
    """Bucket and key of `x-oss-copy-source`."""
    bucket, _, key = unquote(call.headers[COPY_SOURCE].partition("?")[0]).removeprefix("/").partition("/")
    if not bucket or not key:
        raise InvalidArgument(f"{COPY_SOURCE} must be /<bucket>/<key>, percent-encoded")
    return bucket, key


def check_copy_conditions(call: Call, bucket: str, key: str) -> None:
    if is_unchanged(call.headers, call.store.head(bucket, key), f"{COPY_SOURCE}-"):
        raise PreconditionFailed("The source of the copy is not as you want it.")


def check_absent(call: Call) -> None:
    """For writes that the store cannot make conditional: look a moment before."""
    if forbids_overwrite(call) and call.store.exists(call.bucket, call.key):
        raise Conflict(f"oss://{call.bucket}/{call.key} is there already; delete it first, or choose another key")


async def acl(call: Call, threads: Threads) -> Answer:
    """Every holder of a key may do everything, and nobody else anything: that is `private`."""
    await threads.run(lambda: call.store.head(call.bucket, call.key))
    return xml(written("AccessControlPolicy", (("Owner", OWNER), ("AccessControlList", (("Grant", "default"),)))))


def need_bucket(call: Call) -> None:
    if not call.store.has_bucket(call.bucket):
        raise BucketNotFound(f"there is no bucket {call.bucket!r}; create it (PUT /{call.bucket}) or mend the name")
