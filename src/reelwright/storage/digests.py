"""MD5, CRC-64/XZ and SHA-256 of a stream, in the one pass that stores it.

MD5 is the slowest of them by far and runs in a thread beside the others: `hashlib`
lets go of the interpreter for chunks of more than 2 KiB.
"""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from fastcrc import crc64 as _crc64

from reelwright.errors import TooLarge

BESIDE = 256 << 10  # bytes; below it a second thread costs more than it saves


def crc64(data: bytes, before: int = 0) -> int:
    """CRC-64/XZ of `data`, going on from the CRC of what stands before it."""
    return int(_crc64.xz(data, before) if before else _crc64.xz(data))


class Digests:
    """Feed `over` with chunks; once it is exhausted the digests are there."""

    def __init__(self, *, limit: int | None = None, sha256: str | None = None) -> None:
        """`limit` in bytes; `sha256` if it is known already and need not be computed."""
        self.size = 0
        self.crc64 = 0
        self._limit = limit
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._known = sha256

    @property
    def md5(self) -> str:
        """Upper-case hex, the form of the vendor's etags."""
        return self._md5.hexdigest().upper()

    @property
    def sha256(self) -> str:
        return self._known or self._sha256.hexdigest()

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks, counted and digested. Raises `TooLarge` before it passes on more than `limit`."""
        beside: ThreadPoolExecutor | None = None
        pending: Future[None] | None = None
        try:
            for chunk in chunks:
                self._count(len(chunk))
                if pending:
                    pending.result()
                if len(chunk) < BESIDE:
                    self._md5.update(chunk)
                    pending = None
                else:
                    beside = beside or ThreadPoolExecutor(1, "md5")
                    pending = beside.submit(self._md5.update, chunk)
                self.crc64 = crc64(chunk, self.crc64)
                if self._known is None:
                    self._sha256.update(chunk)
                yield chunk
        finally:
            if beside:
                beside.shutdown()

    def _count(self, more: int) -> None:
        self.size += more
        if self._limit is not None and self.size > self._limit:
            raise TooLarge(
                f"the object is larger than {self._limit} bytes; raise `max_object_bytes` or store it in parts"
            )
