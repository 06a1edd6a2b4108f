"""Uploads in parts."""

from collections.abc import Iterator

from reelwright.faces.oss.call import Answer, Call, xml
from reelwright.faces.oss.conditions import byte_range
from reelwright.faces.oss.documents import OWNER, Encoder, Value, moment, parsed, written
from reelwright.faces.oss.errors import InvalidRange, MalformedXML
from reelwright.faces.oss.headers import crc_header, metadata_of
from reelwright.faces.oss.objects import (
    COPY_SOURCE,
    check_absent,
    check_body,
    check_copy_conditions,
    copy_source,
    make_bucket,
    stored,
    with_md5,
)
from reelwright.faces.oss.transfer import Threads, small_body, take_body
from reelwright.storage.port import ObjectInfo

MOST_PARTS = 10_000
MOST_LISTED = 1000


async def start(call: Call, threads: Threads) -> Answer:
    metadata, media_type = metadata_of(call), call.headers.get("content-type", "")
    encoder = Encoder(call.params.get("encoding-type", ""))

    def begin() -> str:
        make_bucket(call)
        check_absent(call)
        return call.store.start_upload(call.bucket, call.key, media_type=media_type, metadata=metadata)

    upload = await threads.run(begin)
    rows: list[tuple[str, Value]] = [
        ("EncodingType", encoder.name),
        ("Bucket", call.bucket),
        ("Key", encoder.write(call.key)),
        ("UploadId", upload),
    ]
    return xml(written("InitiateMultipartUploadResult", rows))


async def put_part(call: Call, threads: Threads) -> Answer:
    expected = check_body(call)
    number = call.number("partNumber", 0, least=1, most=MOST_PARTS)

    def store(chunks: Iterator[bytes]) -> ObjectInfo:
        return call.store.put_part(call.bucket, call.key, call.params["uploadId"], number, with_md5(chunks, expected))

    return stored(await take_body(call.receive, threads, store))


async def copy_part(call: Call, threads: Threads) -> Answer:
    number = call.number("partNumber", 0, least=1, most=MOST_PARTS)

    def store() -> ObjectInfo:
        bucket, key = copy_source(call)
        check_copy_conditions(call, bucket, key)
        start, end = _part_of_source(call, call.store.head(bucket, key).size)
        chunks = call.store.read(bucket, key, start=start, end=end)
        return call.store.put_part(call.bucket, call.key, call.params["uploadId"], number, chunks)

    info = await threads.upload(store)
    told = (("LastModified", moment(info.modified)), ("ETag", f'"{info.etag}"'))
    return xml(written("CopyPartResult", told), headers={"ETag": f'"{info.etag}"', **crc_header(info)})


def _part_of_source(call: Call, size: int) -> tuple[int, int]:
    text = call.headers.get(f"{COPY_SOURCE}-range")
    if text is None:
        return 0, size
    found = byte_range(text, size)
    if found is None:
        raise InvalidRange(f"{COPY_SOURCE}-range must be like bytes=0-99")
    return found


async def listed(call: Call, threads: Threads) -> Answer:
    """The parts of one upload."""
    upload = call.params["uploadId"]
    limit = call.number("max-parts", MOST_LISTED, least=1, most=MOST_LISTED)
    marker = call.number("part-number-marker", 0, least=0, most=MOST_PARTS)
    encoder = Encoder(call.params.get("encoding-type", ""))
    every = await threads.run(lambda: call.store.parts(call.bucket, call.key, upload))
    left = [(number, part) for number, part in every if number > marker]
    page = left[:limit]
    rows: list[tuple[str, Value]] = [
        ("EncodingType", encoder.name),
        ("Bucket", call.bucket),
        ("Key", encoder.write(call.key)),
        ("UploadId", upload),
        ("PartNumberMarker", marker),
        ("NextPartNumberMarker", page[-1][0] if page else marker),
        ("MaxParts", limit),
        ("IsTruncated", len(left) > limit),
        *(("Part", _part(number, part)) for number, part in page),
    ]
    return xml(written("ListPartsResult", rows))


def _part(number: int, part: ObjectInfo) -> Value:
    return (
        ("PartNumber", number),
        ("LastModified", moment(part.modified)),
        ("ETag", f'"{part.etag}"'),
        ("HashCrc64ecma", part.crc64),
        ("Size", part.size),
    )


async def listed_all(call: Call, threads: Threads) -> Answer:
    """The uploads of a bucket that are open."""
    encoder = Encoder(call.params.get("encoding-type", ""))
    limit = call.number("max-uploads", MOST_LISTED, least=1, most=MOST_LISTED)
    prefix = call.params.get("prefix", "")
    marker = (call.params.get("key-marker", ""), call.params.get("upload-id-marker", ""))
    every = await threads.run(lambda: call.store.uploads(call.bucket, prefix=prefix))
    after = (marker[0], marker[1] or "\U0010ffff")  # a key alone: behind all of its uploads
    left = sorted((one.key, one.id, one.started) for one in every if (one.key, one.id) > after or not marker[0])
    page = left[:limit]
    last = page[-1] if page else ("", "", 0.0)
    rows: list[tuple[str, Value]] = [
        ("EncodingType", encoder.name),
        ("Bucket", call.bucket),
        ("Prefix", encoder.write(prefix)),
        ("KeyMarker", encoder.write(marker[0])),
        ("UploadIdMarker", marker[1]),
        ("NextKeyMarker", encoder.write(last[0])),
        ("NextUploadIdMarker", last[1]),
        ("Delimiter", ""),
        ("MaxUploads", limit),
        ("IsTruncated", len(left) > limit),
        *(
            (
                "Upload",
                (("Key", encoder.write(key)), ("UploadId", upload), ("Initiated", moment(started)), ("Owner", OWNER)),
            )
            for key, upload, started in page
        ),
    ]
    return xml(written("ListMultipartUploadsResult", rows))


async def finish(call: Call, threads: Threads) -> Answer:
    upload = call.params["uploadId"]
    encoder = Encoder(call.params.get("encoding-type", ""))
    takes_all = call.headers.get("x-oss-complete-all", "").lower() == "yes"
    body = await small_body(call.receive)
    wanted = None if takes_all else _wanted(body)

    def join() -> ObjectInfo:
        check_absent(call)
        parts = wanted
        if parts is None:
            parts = [(number, part.etag) for number, part in call.store.parts(call.bucket, call.key, upload)]
        return call.store.finish_upload(call.bucket, call.key, upload, parts)

    info = await threads.upload(join)
    rows: list[tuple[str, Value]] = [
        ("EncodingType", encoder.name),
        ("Location", f"/{call.bucket}/{encoder.write(call.key)}"),
        ("Bucket", call.bucket),
        ("Key", encoder.write(call.key)),
        ("ETag", f'"{info.etag}"'),
    ]
    return xml(written("CompleteMultipartUploadResult", rows), headers={"ETag": f'"{info.etag}"', **crc_header(info)})


def _wanted(body: bytes) -> list[tuple[int, str]]:
    try:
        return [
            (int(part.findtext("PartNumber") or ""), (part.findtext("ETag") or "").strip())
            for part in parsed(body, "CompleteMultipartUpload").iter("Part")
        ]
    except ValueError:
        raise MalformedXML("Each Part needs a PartNumber and an ETag.") from None


async def abort(call: Call, threads: Threads) -> Answer:
    await threads.run(lambda: call.store.abort_upload(call.bucket, call.key, call.params["uploadId"]))
    return Answer(204)
