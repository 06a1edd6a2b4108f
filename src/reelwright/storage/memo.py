"""Results of finished steps, by the key of what made them; outside the users' buckets.

    <key>/<save>/<name>    the files of one save
    <key>/manifest.json    written last, create-if-absent: whoever finds it finds all of it

Two runs of one step may save at the same instant, and may differ: each has a folder of
its own, and the manifest names the winner's. A memo with a missing or changed file is
no memo, and the next save replaces it.
"""

import re
import uuid
from collections.abc import Mapping
from pathlib import Path

import msgspec
import obstore
from obstore.exceptions import AlreadyExistsError

from reelwright.errors import InternalError, MemoLost
from reelwright.storage.digests import Digests
from reelwright.storage.faults import told
from reelwright.storage.layout import Layout, Place, tag
from reelwright.storage.linking import link_or_copy
from reelwright.storage.objects import Objects, guess_type
from reelwright.storage.port import Manifest, MemoFile, ObjectInfo
from reelwright.storage.reading import file_chunks, open_range
from reelwright.storage.records import Record

KEY = re.compile(r"[0-9a-f]{64}")
MANIFEST = "manifest.json"
SMALL = 4 << 20  # bytes; up to it a file is stored in one call


class Kept(msgspec.Struct, frozen=True):
    """A file as the manifest tells of it; `tag` is the store's, and changes with the content."""

    name: str
    size: int
    sha256: str
    md5: str
    crc64: int
    media_type: str
    tag: str


class Document(msgspec.Struct, frozen=True):
    key: str
    folder: str
    result: dict[str, object]
    files: list[Kept]
    made: dict[str, object]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Document).decode


class MemoStore:
    """`storage.port.Memo` over a layout."""

    def __init__(self, layout: Layout, objects: Objects) -> None:
        self._layout = layout
        self._objects = objects

    def find(self, key: str) -> Manifest | None:
        document = self._whole(key)
        return None if document is None else _manifest(document)

    def save(
        self, key: str, result: Mapping[str, object], files: Mapping[str, Path], made: Mapping[str, object]
    ) -> Manifest:
        if not KEY.fullmatch(key):
            raise InternalError(f"{key!r} is no memo key; it has 64 hex digits")
        folder = uuid.uuid4().hex
        kept = [self._keep(key, folder, name, path) for name, path in files.items()]
        document = Document(key, folder, dict(result), kept, dict(made))
        winner = self._settle(document)
        if winner.folder != folder:
            for file in kept:
                _delete(self._file(document, file.name))
        return _manifest(winner)

    def forget(self, key: str) -> None:
        document = self._read(key) if KEY.fullmatch(key) else None
        if document is None:
            return
        # The manifest first: without it the files are nobody's.
        _delete(self._layout.memo(f"{key}/{MANIFEST}"))
        for file in document.files:
            _delete(self._file(document, file.name))

    def bring(self, key: str, name: str, path: Path) -> None:
        document, _ = self._kept(key, name)
        place = self._file(document, name)
        with told("cas", f"{key}/{name}"):
            file = self._layout.file(place)
            if file is not None:
                link_or_copy(Path(file), path)
            else:
                with path.open("wb") as out:
                    out.writelines(open_range(self._layout, place))

    def publish(self, key: str, name: str, bucket: str, to_key: str) -> ObjectInfo:
        document, file = self._kept(key, name)
        record = Record(to_key, file.media_type, file.md5, file.sha256, file.crc64)
        return self._objects.adopt(self._file(document, name), bucket, to_key, record)

    def _kept(self, key: str, name: str) -> tuple[Document, Kept]:
        document = self._whole(key)
        for file in document.files if document else ():
            if document and file.name == name:
                return document, file
        raise MemoLost(f"the stored file {name!r} of result {key[:12]}… is gone; run the job again to make it anew")

    # ---- one save

    def _keep(self, key: str, folder: str, name: str, path: Path) -> Kept:
        place = self._layout.memo(f"{key}/{folder}/{name}")
        digests = Digests()
        media_type = guess_type(name)
        with told("cas", f"{key}/{name}", writing=True):
            put = obstore.put(
                place.store,
                place.path,
                digests.over(file_chunks(path)),
                attributes={"Content-Type": media_type} if self._layout.own_etags else None,
                use_multipart=path.stat().st_size > SMALL,
                chunk_size=self._layout.chunk,
                max_concurrency=self._layout.concurrency,
            )
        return Kept(name, digests.size, digests.sha256, digests.md5, digests.crc64, media_type, tag(put["e_tag"]))

    def _settle(self, document: Document) -> Document:
        """Write the manifest if there is none; else return the one that was quicker."""
        place = self._layout.memo(f"{document.key}/{MANIFEST}")
        while True:
            try:
                obstore.put(place.store, place.path, _encode(document), mode="create")
            except AlreadyExistsError:
                winner = self._whole(document.key)
                if winner is not None:
                    return winner
                _delete(place)  # it points to files that are gone or changed
            else:
                return document

    # ---- what lies in the store

    def _whole(self, key: str) -> Document | None:
        """The memo if all of its files are as they were saved."""
        document = self._read(key) if KEY.fullmatch(key) else None
        if document is None or not all(self._is_sound(document, file) for file in document.files):
            return None
        return document

    def _read(self, key: str) -> Document | None:
        place = self._layout.memo(f"{key}/{MANIFEST}")
        try:
            return _decode(obstore.get(place.store, place.path).bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _is_sound(self, document: Document, file: Kept) -> bool:
        place = self._file(document, file.name)
        try:
            found = obstore.head(place.store, place.path)
        except FileNotFoundError:
            return False
        return found["size"] == file.size and tag(found["e_tag"]) == file.tag

    def _file(self, document: Document, name: str) -> Place:
        return self._layout.memo(f"{document.key}/{document.folder}/{name}")


def _manifest(document: Document) -> Manifest:
    files = tuple(MemoFile(file.name, file.size, file.sha256, file.media_type) for file in document.files)
    return Manifest(document.key, document.result, files, document.made)


def _delete(place: Place) -> None:
    try:
        obstore.delete(place.store, place.path)
    except FileNotFoundError:
        return
