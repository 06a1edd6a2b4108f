"""Upload passes: credentials that put one object and nothing else, for an hour.

They look like the vendor's temporary ones, and its object libraries use them as such: an AccessKeyId, a secret,
a security token. The server keeps nothing: the token says what may be put and until when, and is signed with one
of the server's own keys, from which the secret of the pass is derived too. So passes survive a restart, and end
with the key that made them.
"""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass

import msgspec

from reelwright.errors import Forbidden
from reelwright.jobs.job import Key

PREFIX = "STS."
SECONDS = 3600


class Grant(msgspec.Struct, frozen=True):
    """What a token says. `issuer` is the AccessKeyId of the key that signed it."""

    issuer: str
    access_key_id: str
    bucket: str
    key: str
    expires: int


@dataclass(frozen=True, slots=True)
class Pass:
    access_key_id: str
    access_key_secret: str
    security_token: str
    expires: int
    """Unix seconds."""


def issue(issuer: Key, bucket: str, key: str, *, now: float, seconds: int = SECONDS) -> Pass:
    access_key_id = PREFIX + os.urandom(12).hex()
    grant = Grant(issuer.access_key_id, access_key_id, bucket, key, int(now) + seconds)
    said = msgspec.json.encode(grant)
    token = f"{_text(said)}.{_text(_signed(issuer, b'token', said))}"
    return Pass(access_key_id, _secret(issuer, access_key_id), token, grant.expires)


def issuer_of(token: str) -> str:
    """The AccessKeyId of the key that a token claims to be signed with. Raises `Forbidden` for what is no token."""
    return _read(token)[0].issuer


def opened(token: str, issuer: Key, access_key_id: str, bucket: str, key: str, *, now: float) -> str:
    """The secret of the pass, if it may be used for this object now; `Forbidden` says why not."""
    grant, said, signature = _read(token)
    if not hmac.compare_digest(signature, _signed(issuer, b"token", said)) or grant.access_key_id != access_key_id:
        raise Forbidden("the security token is not one that this server gave for this AccessKeyId")
    if grant.expires < now:
        raise Forbidden("the upload credentials have expired; ask for fresh ones (RefreshUploadMedia)")
    if (grant.bucket, grant.key) != (bucket, key):
        raise Forbidden(f"the upload credentials are for oss://{grant.bucket}/{grant.key} only")
    return _secret(issuer, access_key_id)


def _read(token: str) -> tuple[Grant, bytes, bytes]:
    said, _, signature = token.partition(".")
    try:
        return msgspec.json.decode(_bytes(said), type=Grant), _bytes(said), _bytes(signature)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise Forbidden("the security token is not one that this server gave") from None


def _signed(issuer: Key, what: bytes, said: bytes) -> bytes:
    return hmac.new(issuer.access_key_secret.encode(), b"upload pass %b\n%b" % (what, said), hashlib.sha256).digest()


def _secret(issuer: Key, access_key_id: str) -> str:
    return _text(_signed(issuer, b"secret", access_key_id.encode()))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
