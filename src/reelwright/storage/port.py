"""What any object store must do: buckets of keys, streamed, whole or absent.

A put is visible only once it is complete. `digest` is the SHA-256 of the content,
known from the time of the put, or computed once and remembered for files that came
another way. `tests/contracts/test_storage.py` is the suite for adapters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    bucket: str
    key: str
    size: int
    modified: float
    etag: str
    """MD5 in upper-case hex for a plain put; opaque (`…-<parts>`) after a multipart upload."""
    media_type: str = "application/octet-stream"
    sha256: str | None = None
    crc64: int | None = None
    """CRC-64/XZ, the one of `x-oss-hash-crc64ecma`; None if not known."""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    objects: Sequence[ObjectInfo]
    prefixes: Sequence[str]
    """Common prefixes when a delimiter was given."""
    next_after: str | None
    """Key (or prefix) to continue after; None at the end."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart upload that is neither finished nor aborted."""

    id: str
    bucket: str
    key: str
    started: float


class ObjectStore(Protocol):
    """All calls are plain and may block: an event loop runs them in a thread.

    Errors: `BucketNotFound`, `ObjectNotFound`, `InvalidParameter` (a bad bucket or key
    name), `TooLarge`, `StorageFull`.
    """

    def buckets(self) -> list[str]: ...

    def has_bucket(self, bucket: str) -> bool: ...

    def create_bucket(self, bucket: str) -> None:
        """Refuses names that are reserved for the server's own paths."""
        ...

    def head(self, bucket: str, key: str) -> ObjectInfo: ...

    def exists(self, bucket: str, key: str) -> bool:
        """Is there such an object? False also for names that no bucket or key may have."""
        ...

    def size(self, bucket: str, key: str) -> int | None:
        """Bytes of an object, None if there is none. The cheapest look: every submit takes it."""
        ...

    def read(self, bucket: str, key: str, *, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Chunks of [start, end)."""
        ...

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
        """Write whole or not at all. `if_absent` raises `Conflict` when the key is there."""
        ...

    def put_file(
        self, bucket: str, key: str, path: Path, *, media_type: str = "", sha256: str | None = None
    ) -> ObjectInfo: ...

    def get_file(self, bucket: str, key: str, path: Path) -> ObjectInfo:
        """Copy an object to a local file; a local store may link it instead. The file must not be written to."""
        ...

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
        """The copy has the media type and metadata of the source unless others are given."""
        ...

    def delete(self, bucket: str, key: str) -> None:
        """Absent is fine."""
        ...

    def listing(
        self, bucket: str, *, prefix: str = "", delimiter: str = "", after: str = "", limit: int = 1000
    ) -> Listing: ...

    def digest(self, bucket: str, key: str) -> str:
        """SHA-256 in lower-case hex of the content."""
        ...

    def start_upload(
        self, bucket: str, key: str, *, media_type: str = "", metadata: Mapping[str, str] | None = None
    ) -> str:
        """Begin a multipart upload; returns its id."""
        ...

    def put_part(
        self, bucket: str, key: str, upload: str, number: int, data: bytes | Iterable[bytes]
    ) -> ObjectInfo: ...

    def parts(self, bucket: str, key: str, upload: str) -> list[tuple[int, ObjectInfo]]: ...

    def finish_upload(self, bucket: str, key: str, upload: str, parts: Sequence[tuple[int, str]]) -> ObjectInfo:
        """`parts` are (number, etag) in order; `InvalidParameter` if one is unknown or does not match."""
        ...

    def uploads(self, bucket: str, *, prefix: str = "") -> list[Upload]:
        """The open uploads of a bucket, by key and then by age."""
        ...

    def abort_upload(self, bucket: str, key: str, upload: str) -> None: ...


@dataclass(frozen=True, slots=True)
class MemoFile:
    """A file of a memo: its name there, and what it holds."""

    name: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished step's value. It is written last, so whoever finds it finds all of it."""

    key: str
    result: Mapping[str, object]
    files: Sequence[MemoFile]
    made: Mapping[str, object]


class Memo(Protocol):
    """Content-addressed results of steps, outside the users' buckets."""

    def find(self, key: str) -> Manifest | None:
        """The whole memo, or None: also when one of its files is gone or has another size."""
        ...

    def save(
        self, key: str, result: Mapping[str, object], files: Mapping[str, Path], made: Mapping[str, object]
    ) -> Manifest:
        """Store the files, then the manifest, create-if-absent: a loser gets the winner's manifest."""
        ...

    def forget(self, key: str) -> None:
        """Delete a memo that will not be wanted again; absent is fine."""
        ...

    def bring(self, key: str, name: str, path: Path) -> None:
        """Copy a file of a memo to a local file, which must not be written to. Raises `MemoLost`."""
        ...

    def publish(self, key: str, name: str, bucket: str, to_key: str) -> ObjectInfo:
        """Make a file of a memo an object, without moving its bytes through here where the store can."""
        ...
