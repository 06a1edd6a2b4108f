"""Objects in an S3-compatible store: the buckets that the settings name.

Our own records, parts of uploads and the memo lie in the first bucket, below a reserved
prefix. Media types and metadata are also given to the store, and its etags are shown, so
other tools on the same buckets see what our users see.
"""

from collections.abc import Iterator
from typing import Any

from obstore.store import S3Store

from reelwright.errors import InvalidParameter
from reelwright.settings import Settings
from reelwright.storage.layout import Entry, Place, remote_entries
from reelwright.storage.memo import MemoStore
from reelwright.storage.names import OWN_FOLDER
from reelwright.storage.objects import Objects


def open_store(settings: Settings) -> Objects:
    return Objects(Buckets(settings), max_bytes=settings.max_object_bytes)


def open_memo(settings: Settings) -> MemoStore:
    layout = Buckets(settings)
    return MemoStore(layout, Objects(layout, max_bytes=settings.max_object_bytes))


class Buckets:
    """The layout of an S3-compatible store."""

    own_etags = True
    chunk = 8 << 20
    concurrency = 4

    def __init__(self, settings: Settings) -> None:
        if not settings.s3_buckets:
            raise InvalidParameter("storage is s3 and no bucket is named; set `s3_buckets`", field="s3_buckets")
        self._stores = {bucket: _connect(settings, bucket) for bucket in settings.s3_buckets}
        self._first = self._stores[settings.s3_buckets[0]]

    def buckets(self) -> list[str]:
        return sorted(self._stores)

    def has_bucket(self, bucket: str) -> bool:
        return bucket in self._stores

    def make_bucket(self, bucket: str) -> None:
        if bucket not in self._stores:
            raise InvalidParameter(
                f"bucket {bucket!r} is not one of this server's; make it in the store and add it to `s3_buckets`",
                field="bucket",
            )

    def place(self, bucket: str, key: str) -> Place:
        return Place(self._stores[bucket], key)

    def own(self, path: str) -> Place:
        return Place(self._first, f"{OWN_FOLDER}/{path}")

    def memo(self, path: str) -> Place:
        return Place(self._first, f"{OWN_FOLDER}/cas/{path}")

    def staging(self) -> None:
        return None  # a put at S3 shows all of the object or nothing

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


def _connect(settings: Settings, bucket: str) -> S3Store:
    given: dict[str, Any] = {"copy_if_not_exists": "multipart"}
    if settings.s3_endpoint:
        given["endpoint"] = settings.s3_endpoint
        given["client_options"] = {"allow_http": settings.s3_endpoint.startswith("http://")}
    if settings.s3_access_key_id:
        given["access_key_id"] = settings.s3_access_key_id
        given["secret_access_key"] = settings.s3_secret_access_key
    return S3Store(bucket, region=settings.s3_region, virtual_hosted_style_request=settings.s3_virtual_hosted, **given)
