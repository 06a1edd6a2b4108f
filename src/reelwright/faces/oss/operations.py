"""Every operation of the object face: level, method and sub-resources -> what does it.

An operation we know of and do not offer stays here with its reason, because the coverage
page is made from this table.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from reelwright.faces.oss import buckets, multipart, objects
from reelwright.faces.oss.call import Answer, Call
from reelwright.faces.oss.errors import MethodNotAllowed, NotImplementedHere
from reelwright.faces.oss.objects import COPY_SOURCE
from reelwright.faces.oss.transfer import Threads

Do = Callable[[Call, Threads], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    level: str
    """`service`, `bucket` or `object`."""
    method: str
    does: Do | None
    sub: frozenset[str] = frozenset()
    """Names in the query that choose it."""
    header: str | None = None
    """A header that chooses it."""
    because: str = ""
    """Why it is not offered."""
    makes: bool = False
    """After it an object is whole that was not there before."""


def _on(
    level: str, method: str, name: str, does: Do, *sub: str, header: str | None = None, makes: bool = False
) -> Operation:
    return Operation(name, level, method, does, frozenset(sub), header, makes=makes)


def _refused(level: str, method: str, name: str, *sub: str, because: str) -> Operation:
    return Operation(name, level, method, None, frozenset(sub), None, because)


PRIVATE = "every holder of a key may do everything here; there is nothing to set"
WHOLE = "objects are whole from their first sight; put it anew"

OPERATIONS = (
    _on("service", "GET", "ListBuckets", buckets.listed_all),
    _on("bucket", "PUT", "PutBucket", buckets.put),
    _on("bucket", "HEAD", "HeadBucket", buckets.head),
    _on("bucket", "GET", "ListObjects", buckets.listed),
    _on("bucket", "GET", "GetBucketInfo", buckets.info, "bucketInfo"),
    _on("bucket", "GET", "GetBucketLocation", buckets.location, "location"),
    _on("bucket", "GET", "GetBucketAcl", buckets.acl, "acl"),
    _on("bucket", "GET", "ListMultipartUploads", multipart.listed_all, "uploads"),
    _on("bucket", "POST", "DeleteMultipleObjects", buckets.delete_many, "delete"),
    _refused("bucket", "DELETE", "DeleteBucket", because="remove the folder or bucket in the store itself"),
    _refused("bucket", "PUT", "PutBucketAcl", "acl", because=PRIVATE),
    _refused("bucket", "POST", "PostObject", because="uploads by an HTML form are not offered; use PutObject"),
    _on("object", "PUT", "PutObject", objects.put, makes=True),
    _on("object", "PUT", "CopyObject", objects.copy, header=COPY_SOURCE, makes=True),
    _on("object", "GET", "GetObject", objects.get),
    _on("object", "HEAD", "HeadObject", objects.head),
    _on("object", "HEAD", "GetObjectMeta", objects.meta, "objectMeta"),
    _on("object", "GET", "GetObjectAcl", objects.acl, "acl"),
    _on("object", "DELETE", "DeleteObject", objects.delete),
    _on("object", "POST", "InitiateMultipartUpload", multipart.start, "uploads"),
    _on("object", "PUT", "UploadPart", multipart.put_part, "partNumber", "uploadId"),
    _on("object", "PUT", "UploadPartCopy", multipart.copy_part, "partNumber", "uploadId", header=COPY_SOURCE),
    _on("object", "GET", "ListParts", multipart.listed, "uploadId"),
    _on("object", "POST", "CompleteMultipartUpload", multipart.finish, "uploadId", makes=True),
    _on("object", "DELETE", "AbortMultipartUpload", multipart.abort, "uploadId"),
    _refused("object", "POST", "AppendObject", "append", because=WHOLE),
    _refused("object", "POST", "AppendObject", "append", "position", because=WHOLE),
    _refused("object", "PUT", "PutObjectAcl", "acl", because=PRIVATE),
    _refused("object", "PUT", "PutSymlink", "symlink", because="copy the object instead"),
    _refused("object", "POST", "RestoreObject", "restore", because="no object here is archived"),
    _refused("object", "GET", "ProcessObject", "x-oss-process", because="submit a job for that"),
)

# Other sub-resources of the vendor's: a request that names one means none of the operations above.
_FOREIGN = """
    asyncFetch callback-status cname cors encryption inventory inventoryId legalHold lifecycle live logging
    metaQuery objectInfo policy policyStatus publicAccessBlock qos qosInfo referer replication
    replicationLocation replicationProgress requestPayment resourceGroup select stat status style styleName
    tagging transferAcceleration versionId versioning versions vod website worm wormExtend wormId
    x-oss-async-process
"""
FOREIGN = frozenset(_FOREIGN.split())
CHOOSING = frozenset().union(*(operation.sub for operation in OPERATIONS)) | FOREIGN

_by_choice: dict[tuple[str, str, frozenset[str]], list[Operation]] = {}
for _operation in OPERATIONS:
    _by_choice.setdefault((_operation.level, _operation.method, _operation.sub), []).append(_operation)


def find(call: Call) -> Operation:
    """The operation that a request means."""
    named = CHOOSING.intersection(call.params)
    candidates = _by_choice.get((call.level, call.method, named), [])
    found = [one for one in candidates if one.header in call.headers] or [one for one in candidates if not one.header]
    if found:
        return found[0]
    if named:
        raise NotImplementedHere(f"{call.method} ?{'&'.join(sorted(named))} of the {call.level} is not offered.")
    raise MethodNotAllowed(f"{call.method} is not allowed on the {call.level}.")


async def run(call: Call, threads: Threads) -> Answer:
    operation = find(call)
    if operation.does is None:
        raise NotImplementedHere(f"{operation.name} is not offered: {operation.because}.")
    answer = await operation.does(call, threads)
    if operation.makes:
        await call.service.uploads.arrived(call.bucket, call.key)
    return answer
