"""What the store library raises, as errors of our own tree."""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError

from reelwright.errors import (
    Conflict,
    InternalError,
    InvalidParameter,
    ObjectNotFound,
    ReelwrightError,
    StorageFailed,
    StorageFull,
)

OS_ERROR = re.compile(r"\(os error (\d+)\)")
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
COLLISION = {errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY, errno.EEXIST}


@contextmanager
def told(bucket: str, key: str, *, writing: bool = False) -> Iterator[None]:
    """Turn the library's errors about an object into ours."""
    try:
        yield
    except FileNotFoundError:
        raise _absent(bucket, key) from None
    except AlreadyExistsError:
        raise Conflict(f"oss://{bucket}/{key} is there already; delete it first, or choose another key") from None
    except (BaseError, OSError) as error:
        raise _ours(error, bucket, key, writing=writing) from error


def _absent(bucket: str, key: str) -> ObjectNotFound:
    return ObjectNotFound(f"there is no object oss://{bucket}/{key}; upload it first, or mend the key")


def _ours(error: Exception, bucket: str, key: str, *, writing: bool) -> ReelwrightError:
    number = error.errno if isinstance(error, OSError) else _number(str(error))
    if number in COLLISION and not writing:
        return _absent(bucket, key)  # 'a/b' is asked for, and 'a' is an object
    if number in FULL:
        return StorageFull(f"no room to store oss://{bucket}/{key}; free space on the disk of the objects, then retry")
    if number in COLLISION:
        return InvalidParameter(
            f"{key!r} collides with a folder or object of bucket {bucket!r}: "
            "one name cannot be both an object and a folder; choose another key",
            field="key",
        )
    if number == errno.ENAMETOOLONG:
        return InvalidParameter(f"{key[:80]!r} is too long for the file system; shorten it", field="key")
    if isinstance(error, NotSupportedError):
        return InternalError(f"the store cannot do this for oss://{bucket}/{key}: {_first_line(error)}")
    return StorageFailed(f"the store failed at oss://{bucket}/{key}: {_first_line(error)}")


def _number(text: str) -> int | None:
    found = OS_ERROR.search(text)
    return int(found[1]) if found else None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
