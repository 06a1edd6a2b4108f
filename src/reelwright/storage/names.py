"""Which names a bucket and a key may have.

The vendor's rules, plus what a folder on disk can hold. A bucket that shares its name
with one of the server's own paths would be unreachable, so those names are refused.
"""

import re

from reelwright.errors import InvalidParameter

BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
RESERVED_BUCKETS = frozenset(
    {
        "alibailian",
        "api",
        "assets",
        "console",
        "docs",
        "favicon",
        "graph",
        "healthz",
        "metrics",
        "openapi",
        "readyz",
        "redoc",
        "static",
        "v1",
    }
)
OWN_FOLDER = ".reelwright"
"""First segment of our own objects (records, parts, staging); no key of a user may begin with it."""

MAX_KEY = 1023  # bytes of UTF-8, the vendor's limit
MAX_SEGMENT = 255  # bytes, what common file systems allow
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def is_bucket_name(bucket: str) -> bool:
    return BUCKET.fullmatch(bucket) is not None and bucket not in RESERVED_BUCKETS


def check_bucket(bucket: str) -> None:
    """Raise `InvalidParameter` if no bucket may have this name."""
    if bucket in RESERVED_BUCKETS:
        raise InvalidParameter(
            f"{bucket!r} is a path of this server and cannot be a bucket; choose another name", field="bucket"
        )
    if not BUCKET.fullmatch(bucket):
        raise InvalidParameter(
            f"{bucket!r} is no bucket name; give 3 to 63 of a-z, 0-9 and '-', not beginning or ending with '-'",
            field="bucket",
        )


def check_key(key: str) -> None:
    """Raise `InvalidParameter` if no object may have this key."""
    fault = fault_of(key)
    if fault:
        raise InvalidParameter(f"{key[:80]!r} is no object key: {fault}", field="key")


def folder_of(prefix: str) -> str | None:
    """The folders of a prefix of keys, with a '/' at the end; None if no key can begin so."""
    folder = prefix[: prefix.rfind("/") + 1]
    return None if folder and fault_of(folder[:-1]) else folder


def is_key(key: str) -> bool:
    return fault_of(key) is None


def fault_of(key: str) -> str | None:
    """Why no object may have this key, and the mend; None if one may."""
    if not key:
        return "it is empty; name the object"
    if key[0] in "/\\":
        return f"it begins with {key[0]!r}; take that off"
    if CONTROL.search(key):
        return "it holds a control character; take that out"
    try:
        if len(key.encode()) > MAX_KEY:
            return f"it has more than {MAX_KEY} bytes; shorten it"
    except UnicodeEncodeError:
        return "it is not valid UTF-8; mend its encoding"
    return next(filter(None, map(_segment_fault, key.split("/"))), None) or (
        f"{OWN_FOLDER!r} is kept for the server" if key.split("/", 1)[0] == OWN_FOLDER else None
    )


def _segment_fault(segment: str) -> str | None:
    if not segment:
        return "it has an empty segment ('//' or a '/' at the end); take the extra '/' out"
    if segment in (".", ".."):
        return f"it has a segment {segment!r}; write the path without it"
    if len(segment.encode()) > MAX_SEGMENT:
        return f"a segment has more than {MAX_SEGMENT} bytes; shorten it"
    return None
