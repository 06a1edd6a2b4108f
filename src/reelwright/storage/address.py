"""Where a medium lies, in any of the forms that users write.

`oss://bucket/key`, the vendor's `http(s)://bucket.oss-<region>.aliyuncs.com/key` (also
with `oss://`), a link of this server, or any other http(s) address.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from reelwright.errors import InvalidParameter

VENDOR_HOST = re.compile(r"^(?P<bucket>[a-z0-9][a-z0-9-]{1,61}[a-z0-9])\.oss-[a-z0-9-]+\.aliyuncs\.com$")
FORMS = "oss://bucket/key, http(s)://bucket.oss-<region>.aliyuncs.com/key, or another http(s) address"


@dataclass(frozen=True, slots=True)
class Stored:
    """An object of our own store."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"oss://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class Remote:
    """An http(s) address outside; only the guarded fetcher may open it."""

    url: str

    def __str__(self) -> str:
        return self.url


def parse(text: str, *, own_hosts: Collection[str] = (), field: str | None = None) -> Stored | Remote:
    """Read an address. `own_hosts` are `host:port` texts under which this server is known."""
    scheme, _, _ = text.partition("://")
    if scheme not in ("oss", "http", "https"):
        raise InvalidParameter(f"{text!r} is no address; write {FORMS}", field=field)
    if scheme == "oss":
        # Not urlsplit: a key of the store may hold '?' and '#'.
        host, _, key = text.removeprefix("oss://").partition("/")
        vendor = VENDOR_HOST.match(host)
        return _stored(vendor["bucket"] if vendor else host, key, text, field)
    parts = urlsplit(text)
    vendor = VENDOR_HOST.match((parts.hostname or "").lower())
    if vendor:
        return _stored(vendor["bucket"], unquote(parts.path.removeprefix("/")), text, field)
    if parts.netloc.lower() in own_hosts:
        bucket, _, key = unquote(parts.path.removeprefix("/")).partition("/")
        return _stored(bucket, key, text, field)
    if not parts.hostname:
        raise InvalidParameter(f"{text!r} names no host; write {FORMS}", field=field)
    return Remote(text)


def _stored(bucket: str, key: str, text: str, field: str | None) -> Stored:
    if not bucket or not key:
        raise InvalidParameter(
            f"{text!r} names no {'object' if bucket else 'bucket'}; write oss://bucket/key", field=field
        )
    return Stored(bucket, key)
