"""A long object written only where none is, at stores whose long writes take no condition.

It is written aside, in the same bucket, and the store copies it to its place by a multipart upload that is completed
only if nothing is there (`If-None-Match`): of two writers one wins, however late the other began. A server that is
killed in between leaves the piece aside. The copy has no media type at the store; our record of it has.
"""

import contextlib
import uuid
from collections.abc import Iterable

import obstore

from reelwright.storage.layout import Layout, Place, tag
from reelwright.storage.names import OWN_FOLDER
from reelwright.storage.reading import open_range

MOST_COPIED = 5 << 30  # bytes that a store copies at once


def create(layout: Layout, place: Place, chunks: Iterable[bytes]) -> str:
    """Write the chunks; returns the store's tag. Raises obstore's AlreadyExistsError if an object is there."""
    aside = f"{OWN_FOLDER}/aside/{uuid.uuid4().hex}"
    try:
        _write(layout, Place(place.store, aside), chunks)
        if obstore.head(place.store, aside)["size"] <= MOST_COPIED:
            obstore.copy(place.store, aside, place.path, overwrite=False)
        else:
            # Without a condition then: that nothing was there was looked at before the bytes came.
            _write(layout, place, open_range(layout, Place(place.store, aside)))
        return tag(obstore.head(place.store, place.path)["e_tag"])
    finally:
        with contextlib.suppress(FileNotFoundError):  # The stream broke off, and nothing was written.
            obstore.delete(place.store, aside)


def _write(layout: Layout, place: Place, chunks: Iterable[bytes]) -> None:
    obstore.put(
        place.store,
        place.path,
        chunks,
        use_multipart=True,
        chunk_size=layout.chunk,
        max_concurrency=layout.concurrency,
    )
