"""Download links: signed, expiring, minted when a reply needs one.

The signature is the vendor's presigned form (v1): `OSSAccessKeyId`, `Expires` and
`Signature` in the query, so the object face checks all links by one rule.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

import msgspec

from reelwright.jobs.document import LINK
from reelwright.jobs.job import Key
from reelwright.timing import now

HOUR = 3600.0
MARK = re.compile(rb'"' + LINK.encode() + rb'([^"/]+)/((?:[^"\\]|\\.)+)"')


def presign(method: str, bucket: str, key: str, expires: int, secret: str) -> str:
    """The v1 signature of a link without extra headers or sub-resources: Base64(HMAC-SHA1)."""
    text = f"{method}\n\n\n{expires}\n/{bucket}/{key}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Links:
    def __init__(self, signer: Callable[[], Key | None], seconds: float) -> None:
        self.signer = signer
        self._seconds = seconds
        self._cached = lru_cache(maxsize=65536)(self._mint)

    def mint(self, bucket: str, key: str, base: str, until: float | None = None) -> str:
        # Expiry on whole hours: the same link for an hour, and a cache that hits.
        expires = int(-(-(now() + self._seconds) // HOUR) * HOUR) if until is None else int(until)
        signer = self.signer()
        return self._cached(bucket, key, base, expires, signer)

    def fill(self, document: bytes, base: str) -> bytes:
        """Replace each link mark of a rendered document by a link."""
        if LINK.encode() not in document:
            return document

        def minted(mark: re.Match[bytes]) -> bytes:
            key: str = msgspec.json.decode(b'"' + mark[2] + b'"')
            return b'"' + self.mint(mark[1].decode(), key, base).encode() + b'"'

        return MARK.sub(minted, document)

    @staticmethod
    def _mint(bucket: str, key: str, base: str, expires: int, signer: Key | None) -> str:
        path = f"{base}/{bucket}/{quote(key)}"
        if signer is None:
            return path
        signature = quote(presign("GET", bucket, key, expires, signer.access_key_secret), safe="")
        return f"{path}?OSSAccessKeyId={signer.access_key_id}&Expires={expires}&Signature={signature}"
