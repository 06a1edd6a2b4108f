"""Ranges and conditions of a request, as RFC 9110 has them."""

import re
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime

from reelwright.faces.oss.errors import InvalidRange, PreconditionFailed
from reelwright.storage.port import ObjectInfo

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def http_date(at: float) -> str:
    return formatdate(at, usegmt=True)


def byte_range(text: str, size: int) -> tuple[int, int] | None:
    """The [start, end) that a Range header asks of `size` bytes; None for the whole.

    What is not one range of bytes is ignored, as the RFC wants; several ranges count as the whole.
    """
    found = RANGE.fullmatch(text.strip())
    if not found or found[1] == found[2] == "":
        return None
    first, last = found[1], found[2]
    if not first:  # the last so many bytes
        start, end = max(0, size - int(last)), size
        satisfiable = int(last) > 0 and size > 0
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
        satisfiable = start < size
    if not satisfiable:
        raise InvalidRange(f"The requested range {text!r} cannot be satisfied: the object has {size} bytes.")
    return start, end


def is_unchanged(headers: Mapping[str, str], info: ObjectInfo, prefix: str = "") -> bool:
    """Whether the caller's copy is still good (304). Raises `PreconditionFailed` if a condition does not hold.

    `prefix` is `x-oss-copy-source-` for the conditions about the source of a copy.
    """
    wanted = headers.get(f"{prefix}if-match")
    since = _time(headers.get(f"{prefix}if-unmodified-since"))
    if wanted is not None:
        if not _names(wanted, info.etag):
            raise PreconditionFailed(f"If-Match is {wanted!r} and the etag {info.etag!r}.")
    elif since is not None and int(info.modified) > since:
        raise PreconditionFailed(f"The object was modified at {http_date(info.modified)}.")

    unwanted = headers.get(f"{prefix}if-none-match")
    if unwanted is not None:
        return _names(unwanted, info.etag)
    since = _time(headers.get(f"{prefix}if-modified-since"))
    return since is not None and int(info.modified) <= since


def range_still_holds(headers: Mapping[str, str], info: ObjectInfo) -> bool:
    """`If-Range`: a part is wanted only of the content the caller began with."""
    wanted = headers.get("if-range")
    if wanted is None:
        return True
    since = _time(wanted)
    return int(info.modified) == since if since is not None else _names(wanted, info.etag)


def _names(listed: str, etag: str) -> bool:
    return any(one.strip() == "*" or one.strip().strip('"').upper() == etag.upper() for one in listed.split(","))


def _time(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return None
