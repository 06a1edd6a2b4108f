"""The bytes of an object as a stream, whole or in part, of one content from first to last.

A local file is opened once and read by its descriptor: a put meanwhile cannot mix two
contents. (The store library reads local files in 8 KiB steps, a tenth of the speed, or
opens them again for every piece.)
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore

from reelwright.storage.layout import Layout, Place

CHUNK = 1 << 20  # bytes read at a time


def open_range(layout: Layout, place: Place, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Chunks of [start, end). Raises `FileNotFoundError` now, not at the first chunk."""
    file = layout.file(place)
    if file is not None:
        return FileRange(file, start, end)
    if end is not None and end <= start:
        obstore.head(place.store, place.path)
        return iter(())
    found = obstore.get(place.store, place.path, options=_options(start, end))
    return ahead(map(bytes, found.stream(min_chunk_size=CHUNK)))


def ahead(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks, each read in a thread of its own while the one before it is used.

    The store library cannot be asked for more while it takes in what it was given (its put
    calls our iterator from inside its event loop), so what is read from one store to be put
    into another must be read in another thread.
    """
    with ThreadPoolExecutor(1, "read-ahead") as beside:
        pending = beside.submit(next, chunks, b"")
        while chunk := pending.result():
            pending = beside.submit(next, chunks, b"")
            yield chunk


def _options(start: int, end: int | None) -> "obstore.GetOptions":
    if end is not None:
        return {"range": (start, end)}
    return {"range": {"offset": start}} if start else {}


def file_chunks(path: Path) -> Iterator[bytes]:
    return FileRange(str(path), 0, None)


class FileRange(Iterator[bytes]):
    """A part of a file; closed at its end, or when nobody holds it any more."""

    def __init__(self, path: str, start: int, end: int | None) -> None:
        try:
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by `close`
        except (IsADirectoryError, NotADirectoryError):
            raise FileNotFoundError(path) from None
        self._file.seek(start)
        self._left = None if end is None else max(0, end - start)

    def __next__(self) -> bytes:
        chunk = b"" if self._file.closed else self._file.read(CHUNK if self._left is None else min(CHUNK, self._left))
        if not chunk:
            self.close()
            raise StopIteration
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self.close()
