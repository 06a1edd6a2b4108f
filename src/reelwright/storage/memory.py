"""Objects in memory, for tests: nothing outlives the process."""

from collections.abc import Iterator

from obstore.store import MemoryStore

from reelwright.storage.layout import Entry, Place, remote_entries
from reelwright.storage.memo import MemoStore
from reelwright.storage.objects import Objects

GIB = 1 << 30


def open_store(max_bytes: int = GIB) -> Objects:
    return Objects(Shelves(), max_bytes=max_bytes)


def open_both(max_bytes: int = GIB) -> tuple[Objects, MemoStore]:
    """Objects, and the memo that publishes to them."""
    layout = Shelves()
    objects = Objects(layout, max_bytes=max_bytes)
    return objects, MemoStore(layout, objects)


class Shelves:
    """The layout of a store in memory: one for each bucket."""

    own_etags = False
    chunk = 8 << 20
    concurrency = 1

    def __init__(self) -> None:
        self._stores: dict[str, MemoryStore] = {}
        self._ours = MemoryStore()

    def buckets(self) -> list[str]:
        return sorted(self._stores)

    def has_bucket(self, bucket: str) -> bool:
        return bucket in self._stores

    def make_bucket(self, bucket: str) -> None:
        self._stores.setdefault(bucket, MemoryStore())

    def place(self, bucket: str, key: str) -> Place:
        return Place(self._stores[bucket], key)

    def own(self, path: str) -> Place:
        return Place(self._ours, path)

    def memo(self, path: str) -> Place:
        return Place(self._ours, f"cas/{path}")

    def staging(self) -> None:
        return None

    def flush(self, place: Place) -> None:
        return

    def flush_name(self, place: Place) -> None:
        return

    def file(self, place: Place) -> str | None:
        return None

    def tidy(self, bucket: str, place: Place) -> None:
        return

    def entries(self, bucket: str, *, prefix: str, after: str, fold: bool) -> Iterator[Entry]:
        return remote_entries(self._stores[bucket], prefix=prefix, after=after, fold=fold)
