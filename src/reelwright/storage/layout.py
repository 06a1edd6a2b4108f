"""Where things lie in a store. `objects.py` is one code path over any layout.

A layout tells the place of an object, of our own records and of memos, and the few
things in which a folder and an S3-compatible store truly differ: how a whole object
becomes visible, whose etags are shown, and in which order a listing comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import obstore
from obstore.store import ObjectStore as Store

from reelwright.storage.names import OWN_FOLDER, folder_of, is_key


@dataclass(frozen=True, slots=True)
class Place:
    """A path in one obstore store."""

    store: Store
    path: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a listing finds: an object, or (key ends in '/') a folder that was not entered."""

    key: str
    size: int = 0
    modified: float = 0.0
    etag: str = ""


class Layout(Protocol):
    own_etags: bool
    """The store's etags are the ones users see, so that foreign tools and we agree (S3)."""
    chunk: int
    """Bytes the store is given at a time."""
    concurrency: int
    """Chunks that are on their way at once."""

    def buckets(self) -> list[str]: ...

    def has_bucket(self, bucket: str) -> bool: ...

    def make_bucket(self, bucket: str) -> None: ...

    def place(self, bucket: str, key: str) -> Place:
        """Of an object; bucket and key are checked already."""
        ...

    def own(self, path: str) -> Place:
        """Of a record or part of ours, which no user sees."""
        ...

    def memo(self, path: str) -> Place:
        """Of a file of a memo."""
        ...

    def staging(self) -> Place | None:
        """A fresh place to write an object before it is renamed into view; None if a put itself is atomic."""
        ...

    def flush(self, place: Place) -> None:
        """Have the bytes at a place outlast a power cut, if that is asked for."""
        ...

    def flush_name(self, place: Place) -> None:
        """The same of the name under which they are found now."""
        ...

    def file(self, place: Place) -> str | None:
        """The path of the local file behind a place; None where there is none."""
        ...

    def tidy(self, bucket: str, place: Place) -> None:
        """An object was deleted here: take away folders it leaves empty."""
        ...

    def entries(self, bucket: str, *, prefix: str, after: str, fold: bool) -> Iterator[Entry]:
        """Objects in order of key whose keys begin with `prefix` and follow `after`.

        With `fold` folders below the prefix are told and not entered.
        """
        ...


def tag(etag: str | None) -> str:
    """A store's etag without quotes: it changes whenever the content does."""
    return (etag or "").removeprefix("W/").strip('"')


def remote_entries(store: Store, *, prefix: str, after: str, fold: bool) -> Iterator[Entry]:
    """The entries of a store that lists in order (S3, memory)."""
    folder = folder_of(prefix)
    if folder is None:
        return
    found = _level(store, folder) if fold else _below(store, folder, after)
    for entry in found:
        if entry.key.startswith(OWN_FOLDER + "/"):
            continue
        if entry.key.startswith(prefix) and entry.key > after:
            yield entry


def _level(store: Store, folder: str) -> Iterator[Entry]:
    level = obstore.list_with_delimiter(store, folder or None)
    folders = [Entry(f"{one}/") for one in level["common_prefixes"]]
    yield from sorted([*map(_entry, level["objects"]), *folders], key=lambda entry: entry.key)


def _below(store: Store, folder: str, after: str) -> Iterator[Entry]:
    offset = after.rstrip("/")
    wanted = offset if offset.startswith(folder) and is_key(offset) else None
    for page in obstore.list(store, folder or None, offset=wanted):
        yield from map(_entry, page)


def _entry(meta: "obstore.ObjectMeta") -> Entry:
    return Entry(meta["path"], meta["size"], meta["last_modified"].timestamp(), tag(meta["e_tag"]))
