"""Uploads in parts. They outlive a restart: all that is known of one lies in the store.

    uploads/<id>/upload            bucket, key, media type, metadata, when it began
    uploads/<id>/parts/<number>    what part <number> is now, and which file holds it
    uploads/<id>/files/<name>      the bytes

A part is replaced by replacing its small entry; the bytes of the old one go afterwards.
"""

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
import obstore

from reelwright.errors import InvalidParameter, ObjectNotFound, TooLarge
from reelwright.storage.digests import Digests
from reelwright.storage.layout import Layout, Place
from reelwright.storage.port import ObjectInfo, Upload
from reelwright.timing import now

ABANDONED = 7 * 86400.0  # seconds after which an upload nobody finished is swept
MAX_PARTS = 10_000  # the vendor's limit
UPLOAD_ID = re.compile(r"[0-9A-F]{32}")


class Began(msgspec.Struct, frozen=True):
    bucket: str
    key: str
    media_type: str
    metadata: Mapping[str, str]
    at: float


class Part(msgspec.Struct, frozen=True):
    file: str
    size: int
    md5: str
    crc64: int
    at: float


@dataclass(frozen=True, slots=True)
class Whole:
    """The parts of an upload in order, ready to be stored as one object."""

    places: Sequence[Place]
    etag: str
    media_type: str
    metadata: Mapping[str, str]


_encode = msgspec.json.Encoder().encode
_began = msgspec.json.Decoder(Began).decode
_part = msgspec.json.Decoder(Part).decode


class Uploads:
    def __init__(self, layout: Layout, *, max_bytes: int) -> None:
        self._layout = layout
        self._max_bytes = max_bytes

    def start(self, bucket: str, key: str, media_type: str, metadata: Mapping[str, str]) -> str:
        upload = uuid.uuid4().hex.upper()
        place = self._at(upload, "upload")
        obstore.put(place.store, place.path, _encode(Began(bucket, key, media_type, dict(metadata), now())))
        return upload

    def put(self, bucket: str, key: str, upload: str, number: int, chunks: Iterable[bytes]) -> ObjectInfo:
        if not 1 <= number <= MAX_PARTS:
            raise InvalidParameter(f"part number {number} is not one of 1 to {MAX_PARTS}", field="part_number")
        self._find(bucket, key, upload)
        name = uuid.uuid4().hex
        place = self._at(upload, f"files/{name}")
        digests = Digests(limit=self._max_bytes)
        obstore.put(
            place.store,
            place.path,
            digests.over(chunks),
            chunk_size=self._layout.chunk,
            max_concurrency=self._layout.concurrency,
        )
        part = Part(name, digests.size, digests.md5, digests.crc64, now())
        before = self._part(upload, number)
        entry = self._at(upload, f"parts/{number:05}")
        obstore.put(entry.store, entry.path, _encode(part))
        if before is not None:
            _delete(self._at(upload, f"files/{before.file}"))
        return _info(bucket, key, part)

    def parts(self, bucket: str, key: str, upload: str) -> list[tuple[int, ObjectInfo]]:
        self._find(bucket, key, upload)
        return [(number, _info(bucket, key, part)) for number, part in self._all(upload)]

    def of(self, bucket: str, prefix: str) -> list[Upload]:
        """The open uploads of a bucket, by key and then by age."""
        open_ = [
            Upload(upload, began.bucket, began.key, began.at)
            for upload, began in self._open()
            if began.bucket == bucket and began.key.startswith(prefix)
        ]
        return sorted(open_, key=lambda one: (one.key, one.started))

    def assemble(self, bucket: str, key: str, upload: str, wanted: Sequence[tuple[int, str]]) -> Whole:
        """Check what the caller believes to have uploaded against what is here."""
        began = self._find(bucket, key, upload)
        numbers = [number for number, _ in wanted]
        if not numbers or any(a >= b for a, b in pairwise(numbers)):
            raise InvalidParameter(
                "name at least one part, and each once, in ascending order of number", field="part_order"
            )
        known = dict(self._all(upload))
        parts = [_checked(known, number, etag) for number, etag in wanted]
        if sum(part.size for part in parts) > self._max_bytes:
            raise TooLarge(f"the parts make more than {self._max_bytes} bytes; raise `max_object_bytes`")
        digest = hashlib.md5(b"".join(bytes.fromhex(part.md5) for part in parts), usedforsecurity=False)
        return Whole(
            [self._at(upload, f"files/{part.file}") for part in parts],
            f"{digest.hexdigest().upper()}-{len(parts)}",
            began.media_type,
            began.metadata,
        )

    def abort(self, bucket: str, key: str, upload: str) -> None:
        self._find(bucket, key, upload)
        self.remove(upload)

    def remove(self, upload: str) -> None:
        # The entry that makes it an upload goes first: what a crash leaves is swept by its age.
        _delete(self._at(upload, "upload"))
        place = self._at(upload, "")
        for page in obstore.list(place.store, place.path.rstrip("/")):
            for meta in page:
                _delete(Place(place.store, meta["path"]))

    def sweep(self) -> None:
        """Remove uploads that nobody finished, and what is left of removed ones."""
        oldest = now() - ABANDONED
        for upload in self._ids():
            try:
                stale = self._read(upload).at < oldest
            except ObjectNotFound:
                stale = True
            if stale:
                self.remove(upload)

    # ---- what lies in the store

    def _find(self, bucket: str, key: str, upload: str) -> Began:
        if UPLOAD_ID.fullmatch(upload):
            began = self._read(upload)
            if (began.bucket, began.key) == (bucket, key):
                return began
        raise _unknown(upload)

    def _read(self, upload: str) -> Began:
        place = self._at(upload, "upload")
        try:
            return _began(obstore.get(place.store, place.path).bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            raise _unknown(upload) from None

    def _part(self, upload: str, number: int) -> Part | None:
        place = self._at(upload, f"parts/{number:05}")
        try:
            return _part(obstore.get(place.store, place.path).bytes())
        except FileNotFoundError:
            return None

    def _all(self, upload: str) -> list[tuple[int, Part]]:
        place = self._at(upload, "parts")
        numbers = [
            int(meta["path"].rpartition("/")[2]) for page in obstore.list(place.store, place.path) for meta in page
        ]
        found = ((number, self._part(upload, number)) for number in sorted(numbers))
        return [(number, part) for number, part in found if part is not None]

    def _ids(self) -> list[str]:
        place = self._layout.own("uploads")
        level = obstore.list_with_delimiter(place.store, place.path)
        names = (prefix.rpartition("/")[2] for prefix in level["common_prefixes"])
        return [name for name in names if UPLOAD_ID.fullmatch(name)]

    def _open(self) -> Iterable[tuple[str, Began]]:
        for upload in self._ids():
            try:
                yield upload, self._read(upload)
            except ObjectNotFound:
                continue

    def _at(self, upload: str, path: str) -> Place:
        return self._layout.own(f"uploads/{upload}/{path}")


def _checked(known: Mapping[int, Part], number: int, etag: str) -> Part:
    part = known.get(number)
    if part is None:
        raise InvalidParameter(f"part {number} was not uploaded; upload it, then finish again", field="part")
    if etag.strip('"').upper() != part.md5:
        raise InvalidParameter(f"part {number} has etag {part.md5}, not {etag}; upload it again", field="part")
    return part


def _info(bucket: str, key: str, part: Part) -> ObjectInfo:
    return ObjectInfo(bucket, key, part.size, part.at, part.md5, crc64=part.crc64)


def _unknown(upload: str) -> ObjectNotFound:
    return ObjectNotFound(
        f"there is no upload {upload!r} of this object; it was finished, aborted or swept: start a new one",
        field="upload",
    )


def _delete(place: Place) -> None:
    try:
        obstore.delete(place.store, place.path)
    except FileNotFoundError:
        return
