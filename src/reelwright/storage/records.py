"""What we know of an object beside its bytes, kept as a small object of our own.

A folder has no media types, metadata or digests. A record holds them and is named by
the key and by the store's etag (on a folder: inode, mtime and size), so it belongs to one
content exactly: for a file that was dropped in or replaced by hand no record is found,
and none has to be trusted. Records of contents that are gone are small, and harmless.
"""

import hashlib
import re
from collections.abc import Mapping

import msgspec
import obstore

from reelwright.storage.layout import Layout, Place

UNSAFE = re.compile(r"[^A-Za-z0-9-]")


class Record(msgspec.Struct, frozen=True):
    key: str
    media_type: str
    etag: str
    sha256: str | None = None
    crc64: int | None = None
    metadata: Mapping[str, str] = msgspec.field(default_factory=dict)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Record).decode


class Records:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def find(self, bucket: str, key: str, tag: str) -> Record | None:
        place = self._place(bucket, key, tag)
        try:
            data = obstore.get(place.store, place.path).bytes()
        except FileNotFoundError:
            return None
        try:
            record = _decode(data)
        except msgspec.DecodeError:
            return None  # cut short by a crash of the machine: as good as none
        return record if record.key == key else None

    def keep(self, bucket: str, tag: str, record: Record) -> None:
        place = self._place(bucket, record.key, tag)
        obstore.put(place.store, place.path, _encode(record))

    def forget(self, bucket: str, key: str, tag: str) -> None:
        place = self._place(bucket, key, tag)
        try:
            obstore.delete(place.store, place.path)
        except FileNotFoundError:
            return

    def _place(self, bucket: str, key: str, tag: str) -> Place:
        # Named by a digest: 'a' and 'a/b' could not both have a file of their own name beside them.
        name = hashlib.sha256(key.encode()).hexdigest()
        return self._layout.own(f"records/{bucket}/{name[:2]}/{name[2:]}-{UNSAFE.sub('_', tag)}")
