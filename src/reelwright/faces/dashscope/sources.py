"""What callers bring along: local files, which their clients upload, and pictures written into the request.

An upload goes as the vendor's clients do it: a policy, signed by the server, says where a form
may put a file for the next hours; the address of what was put is `oss://<bucket>/<key>`, its key's first folder the
bucket. A data URI becomes an object too, once for the same bytes.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from mimetypes import guess_extension, guess_type
from typing import BinaryIO

import msgspec
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Receive, Scope

from reelwright import timing
from reelwright.errors import Forbidden, InvalidParameter, MissingParameter
from reelwright.faces.codecs import bad
from reelwright.jobs.job import Job, Key
from reelwright.service import Service

BUCKET = "dashscope-instant"
GOOD_FOR = 3600.0  # seconds, of a policy
MIB = 1 << 20
MOST_UPLOAD = 1024 * MIB
CHUNK = 1 << 20
DATA_URI = re.compile(r"data:(?P<type>[\w.+-]+/[\w.+-]+)?(?:;[\w=.-]+)*;base64,", re.ASCII)
MOST_DATA = 20 * MIB


# ---- uploads


def policy(service: Service, tenant: str, host: str) -> dict[str, object]:
    """What a client needs to put one file: where, and the signature that lets it."""
    key = _signer(service)
    folder = f"{BUCKET}/{hashlib.blake2b(tenant.encode(), digest_size=8).hexdigest()}/{uuid.uuid4()}"
    ends = timing.now() + GOOD_FOR
    most = min(MOST_UPLOAD, service.settings.max_object_bytes)
    text = msgspec.json.encode(
        {
            "expiration": timing.stamp(ends),
            "conditions": [["starts-with", "$key", folder], ["content-length-range", 0, most]],
        }
    )
    encoded = base64.b64encode(text).decode()
    return {
        "policy": encoded,
        "signature": _signature(encoded, key),
        "upload_dir": folder,
        "upload_host": host,
        "expire_in_seconds": int(GOOD_FOR),
        "max_file_size_mb": most // MIB,
        "capacity_limit_mb": service.settings.max_object_bytes // MIB,
        "oss_access_key_id": key.access_key_id,
        "x_oss_object_acl": "private",
        "x_oss_forbid_overwrite": "true",
    }


def _signer(service: Service) -> Key:
    key = service.links.signer()
    if key is None:
        raise Forbidden("this server has no key to sign uploads with; make one with `reelwright keys create`")
    return key


def _signature(encoded: str, key: Key) -> str:
    return base64.b64encode(hmac.new(key.access_key_secret.encode(), encoded.encode(), hashlib.sha1).digest()).decode()


async def take(service: Service, scope: Scope, receive: Receive) -> bytes:
    """Put the file of a form where its policy lets it."""
    request = Request(scope, receive)
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            file, fields = form.get("file"), {name: str(value) for name, value in form.items() if name != "file"}
            if not isinstance(file, UploadFile):
                raise MissingParameter("the form has no part `file`; send the file as the last part", field="file")
            key = _allowed(service, fields)
            media_type = fields.get("x-oss-content-type") or guess_type(key)[0] or "application/octet-stream"
            # Written by a thread: a store blocks.
            await asyncio.to_thread(_put, service, key, file.file, media_type)
    except MultiPartException as error:
        raise InvalidParameter(f"the form cannot be read: {error.message}", field="body") from None
    return b"{}"


def _allowed(service: Service, fields: Mapping[str, str]) -> str:
    """The key of the form, if the policy is ours, still good, and lets the file go there."""
    encoded, given = fields.get("policy", ""), fields.get("Signature", "")
    signer = service.secret(fields.get("OSSAccessKeyId", ""))
    if signer is None or not hmac.compare_digest(_signature(encoded, signer).encode(), given.encode()):
        raise Forbidden("the signature of the form's policy is not this server's; ask for a new policy")
    told = msgspec.json.decode(base64.b64decode(encoded))
    if told["expiration"] < timing.stamp(timing.now()):
        raise Forbidden(f"the form's policy ended at {told['expiration']}; ask for a new one")
    key = fields.get("key", "")
    folder = next(one[2] for one in told["conditions"] if one[0] == "starts-with")
    if not key.startswith(f"{folder}/") or ".." in key.split("/"):
        raise Forbidden(f"the form's key is {key!r}; its policy lets it be below {folder}/")
    return key


def _put(service: Service, key: str, file: BinaryIO, media_type: str) -> None:
    if not service.objects.has_bucket(BUCKET):
        service.objects.create_bucket(BUCKET)
    service.objects.put(BUCKET, key.partition("/")[2], _chunks(file), media_type=media_type)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


# ---- data URIs


async def kept(service: Service, tenant: str, body: Mapping[str, object]) -> Mapping[str, object]:
    """The request with the addresses of objects in the place of data URIs."""
    found: dict[str, bytes] = {}
    folder = hashlib.blake2b(tenant.encode(), digest_size=8).hexdigest()
    changed = _replaced(body, "", folder, found)
    if found:
        await asyncio.to_thread(_keep, service, found)
    assert isinstance(changed, Mapping)
    return changed


def _replaced(value: object, name: str, folder: str, found: dict[str, bytes]) -> object:
    if isinstance(value, str):
        return _address(value, name, folder, found) if value.startswith("data:") else value
    if isinstance(value, Mapping):
        return {key: _replaced(one, f"{name}.{key}".lstrip("."), folder, found) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, f"{name}.{number}", folder, found) for number, one in enumerate(value)]
    return value


def _address(text: str, name: str, folder: str, found: dict[str, bytes]) -> str:
    head = DATA_URI.match(text)
    if head is None:
        return text  # A prompt may begin with "data:".
    try:
        content = base64.b64decode(text[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        raise bad(name, text, "its Base64 cannot be read; encode the file again") from None
    if len(content) > MOST_DATA:
        told = f"{name} holds {len(content)} bytes; at most {MOST_DATA} may stand in a request, upload the file instead"
        raise InvalidParameter(told, field=name)
    suffix = guess_extension(head["type"] or "") or ""
    key = f"{folder}/data/{hashlib.sha256(content).hexdigest()}{suffix}"
    found[key] = content
    return f"oss://{BUCKET}/{key}"


def _keep(service: Service, found: Mapping[str, bytes]) -> None:
    if not service.objects.has_bucket(BUCKET):
        service.objects.create_bucket(BUCKET)
    for key, content in found.items():
        if not service.objects.exists(BUCKET, key):
            service.objects.put(BUCKET, key, content)


# ---- calls that wait


async def ended(service: Service, tenant: str, job_id: str, seconds: float) -> Job:
    """The job once it has ended, or as it is after so many seconds."""
    ends = time.monotonic() + seconds
    async for _ in service.watch(tenant, job_id):
        job = service.job(tenant, job_id)
        if job.status.is_final or time.monotonic() > ends:
            return job
    return service.job(tenant, job_id)
