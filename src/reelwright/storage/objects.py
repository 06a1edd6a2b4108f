"""The object store: one code path over obstore, for a folder and for S3-compatible stores.

A put is digested in the pass that stores it. Where the store cannot make a long write
visible at once (a folder), it is written to a staging place, its record is kept, and one
rename shows it: at any instant there is the old object or the new one, with its record.
"""

import mimetypes
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath

import obstore

from reelwright.errors import BucketNotFound, Conflict, ObjectNotFound
from reelwright.storage import names
from reelwright.storage.creating import create
from reelwright.storage.digests import Digests
from reelwright.storage.faults import told
from reelwright.storage.folding import fold
from reelwright.storage.layout import Entry, Layout, Place, tag
from reelwright.storage.linking import link_or_copy
from reelwright.storage.port import Listing, ObjectInfo, Upload
from reelwright.storage.reading import ahead, file_chunks, open_range
from reelwright.storage.records import Record, Records
from reelwright.storage.uploads import Uploads

SMALL = 4 << 20  # bytes; up to it an object goes to the store in one call
UNKNOWN_TYPE = "application/octet-stream"


SUBTITLES = {".srt": "application/x-subrip", ".ass": "text/x-ssa", ".ssa": "text/x-ssa", ".vtt": "text/vtt"}
"""Types that Python's table, or the machine's, takes for sound (.ass) or does not know."""


def guess_type(key: str) -> str:
    """The media type that a key's ending tells."""
    told = SUBTITLES.get(PurePosixPath(key).suffix.lower()) or mimetypes.guess_type(key, strict=False)[0]
    return told or UNKNOWN_TYPE


class Objects:
    """`storage.port.ObjectStore` over a layout."""

    def __init__(self, layout: Layout, *, max_bytes: int) -> None:
        self._layout = layout
        self._max_bytes = max_bytes
        self._records = Records(layout)
        self._uploads = Uploads(layout, max_bytes=max_bytes)
        self._uploads.sweep()

    # ---- buckets

    def buckets(self) -> list[str]:
        return self._layout.buckets()

    def has_bucket(self, bucket: str) -> bool:
        return names.is_bucket_name(bucket) and self._layout.has_bucket(bucket)

    def create_bucket(self, bucket: str) -> None:
        names.check_bucket(bucket)
        self._layout.make_bucket(bucket)

    # ---- looking

    def head(self, bucket: str, key: str) -> ObjectInfo:
        place = self._place(bucket, key)
        with told(bucket, key):
            found = obstore.get(place.store, place.path, options={"head": True})
        entry = Entry(key, found.meta["size"], found.meta["last_modified"].timestamp(), tag(found.meta["e_tag"]))
        record = self._records.find(bucket, key, entry.etag)
        native = str(found.attributes.get("Content-Type") or "")
        return self._info(bucket, entry, record, native)

    def exists(self, bucket: str, key: str) -> bool:
        return self.size(bucket, key) is not None

    def size(self, bucket: str, key: str) -> int | None:
        if not names.is_key(key) or not self.has_bucket(bucket):
            return None
        place = self._layout.place(bucket, key)
        file = self._layout.file(place)
        return _size_of_file(file) if file is not None else _size_at(place)

    def listing(
        self, bucket: str, *, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000
    ) -> Listing:
        self._check_bucket(bucket)
        entries = self._layout.entries(bucket, prefix=prefix, after=after, fold=delimiter == "/")
        with told(bucket, prefix):
            found, prefixes, next_after = fold(entries, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        return Listing([self._listed(bucket, entry) for entry in found], prefixes, next_after)

    def _listed(self, bucket: str, entry: Entry) -> ObjectInfo:
        # On S3 a record would cost a request for each line, and the etag is the store's anyway.
        record = None if self._layout.own_etags else self._records.find(bucket, entry.key, entry.etag)
        return self._info(bucket, entry, record)

    def _info(self, bucket: str, entry: Entry, record: Record | None, native_type: str = "") -> ObjectInfo:
        own = entry.etag.upper()
        if record is None:
            media_type = native_type or guess_type(entry.key)
            return ObjectInfo(bucket, entry.key, entry.size, entry.modified, own, media_type)
        return ObjectInfo(
            bucket,
            entry.key,
            entry.size,
            entry.modified,
            own if self._layout.own_etags else record.etag,
            record.media_type,
            record.sha256,
            record.crc64,
            record.metadata,
        )

    # ---- reading

    def read(self, bucket: str, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        place = self._place(bucket, key)
        with told(bucket, key):
            return open_range(self._layout, place, start, end)

    def get_file(self, bucket: str, key: str, path: Path) -> ObjectInfo:
        info = self.head(bucket, key)
        place = self._place(bucket, key)
        with told(bucket, key):
            file = self._layout.file(place)
            if file is not None:
                link_or_copy(Path(file), path)
            else:
                with path.open("wb") as out:
                    out.writelines(open_range(self._layout, place))
        return info

    def digest(self, bucket: str, key: str) -> str:
        info = self.head(bucket, key)
        return info.sha256 or self._learn(bucket, key)

    def _learn(self, bucket: str, key: str) -> str:
        """Digest an object that came another way, and remember it."""
        while True:
            before = self._tag(bucket, key)
            info = self.head(bucket, key)
            digests = Digests()
            for _ in digests.over(self.read(bucket, key)):
                pass
            if self._tag(bucket, key) == before:  # else it was replaced while we read
                break
        # The etag stays what it was: a reader's If-Match must not fail because we looked closer.
        record = Record(key, info.media_type, info.etag, digests.sha256, digests.crc64, info.metadata)
        self._records.keep(bucket, before, record)
        return digests.sha256

    # ---- writing

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes | Iterable[bytes],
        *,
        media_type: str = "",
        metadata: Mapping[str, str] | None = None,
        if_absent: bool = False,
    ) -> ObjectInfo:
        chunks = [data] if isinstance(data, bytes) else data
        digests = Digests(limit=self._max_bytes)
        return self._put(bucket, key, chunks, digests, media_type, metadata or {}, if_absent=if_absent)

    def put_file(
        self, bucket: str, key: str, path: Path, *, media_type: str = "", sha256: str | None = None
    ) -> ObjectInfo:
        digests = Digests(limit=self._max_bytes, sha256=sha256)
        return self._put(bucket, key, file_chunks(path), digests, media_type, {})

    def _put(
        self,
        bucket: str,
        key: str,
        chunks: Iterable[bytes],
        digests: Digests,
        media_type: str,
        metadata: Mapping[str, str],
        *,
        if_absent: bool = False,
        etag: str = "",
    ) -> ObjectInfo:
        place = self._place(bucket, key)
        media_type = media_type or guess_type(key)
        if if_absent and self.exists(bucket, key):
            raise Conflict(f"oss://{bucket}/{key} is there already; delete it first, or choose another key")
        staged = self._layout.staging()
        with told(bucket, key, writing=True):
            written = staged or place
            store_tag = self._write(
                written, digests.over(chunks), media_type, metadata, if_absent=if_absent and staged is None
            )
        record = Record(key, media_type, etag or digests.md5, digests.sha256, digests.crc64, dict(metadata))
        return self._show(bucket, place, staged, store_tag, record, if_absent=if_absent)

    def _write(
        self,
        place: Place,
        chunks: Iterable[bytes],
        media_type: str,
        metadata: Mapping[str, str],
        *,
        if_absent: bool,
    ) -> str:
        """Write whole or not at all; returns the store's tag of what was written."""
        attributes = {"Content-Type": media_type, **metadata} if self._layout.own_etags else None
        first, rest = _begin(chunks)
        if rest is None:
            mode = "create" if if_absent else "overwrite"
            put = obstore.put(place.store, place.path, first, attributes=attributes, mode=mode, use_multipart=False)  # type: ignore[arg-type]
        elif if_absent:
            return create(self._layout, place, chain([first], rest))
        else:
            put = obstore.put(
                place.store,
                place.path,
                chain([first], rest),
                attributes=attributes,
                use_multipart=True,
                chunk_size=self._layout.chunk,
                max_concurrency=self._layout.concurrency,
            )
        return tag(put["e_tag"])

    def _show(
        self, bucket: str, place: Place, staged: Place | None, store_tag: str, record: Record, *, if_absent: bool
    ) -> ObjectInfo:
        """Make a written object visible, its record first, and drop the record of the content before it."""
        try:
            with told(bucket, record.key, writing=True):
                before = self._tag_at(place) if staged is not None else None
                self._records.keep(bucket, store_tag, record)
                if staged is not None:
                    self._layout.flush(staged)
                    obstore.rename(staged.store, staged.path, place.path, overwrite=not if_absent)
                    self._layout.flush_name(place)
                if before and before != store_tag:
                    self._records.forget(bucket, record.key, before)
                meta = obstore.head(place.store, place.path)
        finally:
            if staged is not None:
                # Also after a rename that went well: one onto a link to the same file does nothing.
                _discard(staged)
        modified = meta["last_modified"].timestamp()
        entry = Entry(record.key, meta["size"], modified, store_tag)
        return self._info(bucket, entry, record)

    def copy(
        self,
        bucket: str,
        key: str,
        to_bucket: str,
        to_key: str,
        *,
        media_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> ObjectInfo:
        info = self.head(bucket, key)
        record = Record(
            to_key,
            info.media_type if media_type is None else media_type or guess_type(to_key),
            info.etag,
            info.sha256,
            info.crc64,
            info.metadata if metadata is None else dict(metadata),
        )
        if (bucket, key) == (to_bucket, to_key):
            self._records.keep(bucket, self._tag(bucket, key), record)
            return self.head(bucket, key)
        return self.adopt(self._place(bucket, key), to_bucket, to_key, record)

    def adopt(self, source: Place, bucket: str, key: str, record: Record) -> ObjectInfo:
        """Make what lies at `source` an object; the store copies where it can (a folder: links)."""
        place = self._place(bucket, key)
        if source.store is not place.store:
            digests = Digests(limit=self._max_bytes, sha256=record.sha256)
            with told(bucket, key):
                chunks = open_range(self._layout, source)
            return self._put(bucket, key, chunks, digests, record.media_type, record.metadata)
        staged = self._layout.staging()
        written = staged or place
        with told(bucket, key, writing=True):
            obstore.copy(source.store, source.path, written.path)
            store_tag = self._tag_at(written) or ""
        return self._show(bucket, place, staged, store_tag, record, if_absent=False)

    def delete(self, bucket: str, key: str) -> None:
        place = self._place(bucket, key)
        try:
            store_tag = self._tag(bucket, key)
            with told(bucket, key):
                obstore.delete(place.store, place.path)
        except ObjectNotFound:
            return
        self._records.forget(bucket, key, store_tag)
        self._layout.tidy(bucket, place)

    # ---- uploads in parts

    def start_upload(
        self, bucket: str, key: str, *, media_type: str = "", metadata: Mapping[str, str] | None = None
    ) -> str:
        self._place(bucket, key)
        return self._uploads.start(bucket, key, media_type or guess_type(key), metadata or {})

    def put_part(self, bucket: str, key: str, upload: str, number: int, data: bytes | Iterable[bytes]) -> ObjectInfo:
        with told(bucket, key, writing=True):
            return self._uploads.put(bucket, key, upload, number, [data] if isinstance(data, bytes) else data)

    def parts(self, bucket: str, key: str, upload: str) -> list[tuple[int, ObjectInfo]]:
        return self._uploads.parts(bucket, key, upload)

    def uploads(self, bucket: str, *, prefix: str = "") -> list[Upload]:
        self._check_bucket(bucket)
        return self._uploads.of(bucket, prefix)

    def finish_upload(self, bucket: str, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> ObjectInfo:
        whole = self._uploads.assemble(bucket, key, upload, parts)
        chunks = ahead(chain.from_iterable(open_range(self._layout, place) for place in whole.places))
        digests = Digests(limit=self._max_bytes)
        info = self._put(bucket, key, chunks, digests, whole.media_type, whole.metadata, etag=whole.etag)
        self._uploads.remove(upload)
        return info

    def abort_upload(self, bucket: str, key: str, upload: str) -> None:
        self._uploads.abort(bucket, key, upload)

    # ---- places

    def _place(self, bucket: str, key: str) -> Place:
        names.check_key(key)
        self._check_bucket(bucket)
        return self._layout.place(bucket, key)

    def _check_bucket(self, bucket: str) -> None:
        if not self.has_bucket(bucket):
            names.check_bucket(bucket)
            raise BucketNotFound(f"there is no bucket {bucket!r}; create it (PUT /{bucket}) or mend the name")

    def _tag(self, bucket: str, key: str) -> str:
        with told(bucket, key):
            place = self._place(bucket, key)
            return tag(obstore.head(place.store, place.path)["e_tag"])

    def _tag_at(self, place: Place) -> str | None:
        try:
            return tag(obstore.head(place.store, place.path)["e_tag"])
        except FileNotFoundError:
            return None


def _begin(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes] | None]:
    """The first bytes of a stream, and the rest; None if the first bytes are all."""
    left = iter(chunks)
    gathered, size = [], 0
    for chunk in left:
        gathered.append(chunk)
        size += len(chunk)
        if size > SMALL:
            return b"".join(gathered), left
    return b"".join(gathered), None


def _discard(staged: Place) -> None:
    try:
        obstore.delete(staged.store, staged.path)
    except FileNotFoundError:
        return


def _size_of_file(file: Path | str) -> int | None:
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _size_at(place: Place) -> int | None:
    try:
        return obstore.head(place.store, place.path)["size"]
    except FileNotFoundError:
        return None
