"""Who sent a request: the vendor's signatures checked, version 3 (ACS3-HMAC-SHA256) and the older 1 (HMAC-SHA1).

Pure functions over what was sent. The secret comes from whoever holds the keys. A
temporary credential (STS) signs like any other; its token is one more signed value.
Two other algorithms that clients can be set to, ACS3-HMAC-SM3 and ACS3-RSA-SHA256, are
refused by name. Nonces are not remembered: a signed request can be sent again within
the clock window, and the calls that must not happen twice have tokens of their own.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import quote

from reelwright.errors import AccessKeyNotFound, IncompleteSignature, RequestExpired, SignatureDoesNotMatch
from reelwright.faces.request import Pairs, Request, shown
from reelwright.jobs.job import Key

ACS3 = "ACS3-HMAC-SHA256"
V1 = "HMAC-SHA1"
AUTHORIZATION = re.compile(
    rb"ACS3-HMAC-SHA256\s+Credential=(?P<id>[^,\s]+)\s*,\s*SignedHeaders=(?P<names>[^,\s]+)\s*,"
    rb"\s*Signature=(?P<signature>[0-9A-Fa-f]{64})\s*"
)
EMPTY_HASH = hashlib.sha256(b"").hexdigest().encode()
ONE_PLAIN_PAIR = re.compile(rb"[A-Za-z0-9._~-]+=[A-Za-z0-9._~-]*")  # nearly every query of a poll: JobId=<hex>
MUST_SIGN = (b"x-acs-action", b"x-acs-date")
"""Whoever could change one of these on the way would get another call, or an old one, accepted."""
HOW = "send it with an access key of this server (`reelwright keys create`), by the vendor's client or a bearer token"


class Keys(Protocol):
    """Who may call."""

    def secret(self, access_key_id: str) -> Key | None: ...

    def bearer(self, api_key: str) -> Key | None: ...


def authenticate(request: Request, parameters: Mapping[str, str], keys: Keys, *, now: float, window: float) -> Key:
    """The key that a request was sent with.

    `window` is how many seconds a signature may be old (or ahead); 0 does not ask. Raises
    `IncompleteSignature`, `AccessKeyNotFound`, `SignatureDoesNotMatch` or `RequestExpired`.
    """
    authorization = request.headers.get(b"authorization")
    if authorization is not None:
        if authorization[:7].lower() == b"bearer ":
            return _bearer(authorization[7:], keys)
        return _acs3(request, authorization, keys, now, window)
    token = request.headers.get(b"x-acs-bearer-token") or parameters.get("BearerToken", "").encode()
    if token:
        return _bearer(token, keys)
    if "Signature" in parameters:
        return _v1(request, parameters, keys, now, window)
    raise IncompleteSignature(f"the request carries no credential; {HOW}")


def _bearer(token: bytes, keys: Keys) -> Key:
    key = keys.bearer(token.strip().decode("latin-1"))
    if key is None:
        raise AccessKeyNotFound("the bearer token is not a key of this server; `reelwright keys create` makes one")
    return key


def _known(access_key_id: str, keys: Keys) -> Key:
    key = keys.secret(access_key_id)
    if key is None:
        raise AccessKeyNotFound(
            f"there is no access key {shown(access_key_id)} on this server; `reelwright keys create` makes one"
        )
    return key


# ---- version 3


def _acs3(request: Request, authorization: bytes, keys: Keys, now: float, window: float) -> Key:
    given = AUTHORIZATION.fullmatch(authorization)
    if given is None:
        raise _unreadable(authorization)
    names = given["names"].split(b";")
    _check_coverage(request.headers, names)
    key = _known(given["id"].decode("latin-1"), keys)
    payload = hashlib.sha256(request.body).hexdigest().encode() if request.body else EMPTY_HASH
    if request.headers.get(b"x-acs-content-sha256", payload).lower() != payload:
        raise SignatureDoesNotMatch("x-acs-content-sha256 is not the SHA-256 of the body; sign the body that is sent")
    query = canonical_query(request.query, request.query_pairs)
    headers = canonical_headers(request.headers, names)
    signature = given["signature"].lower().decode()
    # The vendor's client signs `/` even if its endpoint has a path; others sign the path that they send.
    for path in ("/",) if request.path == "/" else ("/", quote(request.path, safe="/~")):
        wanted = acs3_text(request.method, path, query, headers, given["names"], payload)
        if hmac.compare_digest(acs3_sign(wanted, key.access_key_secret), signature):
            if window:
                _check_age(request.headers.get(b"x-acs-date", b"").decode("latin-1"), "x-acs-date", now, window)
            return key
    raise _mismatch(wanted)


def _unreadable(authorization: bytes) -> IncompleteSignature:
    algorithm = authorization.partition(b" ")[0].decode("latin-1")
    if algorithm != ACS3:
        told = f"the signature algorithm {shown(algorithm)} is not known here; set the client to {ACS3}"
        return IncompleteSignature(told, field="Authorization")
    wanted = f"{ACS3} Credential=<id>,SignedHeaders=<names>,Signature=<64 hex digits>"
    return IncompleteSignature(f"the Authorization header cannot be read; write {wanted}", field="Authorization")


def _check_coverage(headers: Mapping[bytes, bytes], names: list[bytes]) -> None:
    for name in names:
        if name not in headers:
            told = f"SignedHeaders names {shown(name.decode('latin-1'))}, which did not arrive; sign what is sent"
            raise IncompleteSignature(told, field="Authorization")
    for name in MUST_SIGN:
        if name in headers and name not in names:
            raise IncompleteSignature(f"{name.decode()} is sent but not among SignedHeaders", field="Authorization")


def canonical_query(raw: bytes, given: Pairs) -> bytes:
    """Parameters sorted by name, values encoded with the unreserved set of RFC 3986."""
    if not given:
        return b""
    if ONE_PLAIN_PAIR.fullmatch(raw):
        return raw
    return "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(given)).encode()


def canonical_headers(headers: Mapping[bytes, bytes], names: list[bytes]) -> bytes:
    """`name:value` lines of the signed headers, in the order in which they were signed."""
    return b"".join([b"%b:%b\n" % (name, headers[name].strip()) for name in names])


def acs3_text(method: str, path: str, query: bytes, headers: bytes, names: bytes, payload: bytes) -> bytes:
    """The string to sign: the algorithm and the digest of the canonical request."""
    canonical = b"\n".join((method.encode(), path.encode(), query, headers, names, payload))
    return b"ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical).hexdigest().encode()


def acs3_sign(text: bytes, secret: str) -> str:
    return hmac.digest(secret.encode(), text, "sha256").hex()


# ---- version 1


def _v1(request: Request, parameters: Mapping[str, str], keys: Keys, now: float, window: float) -> Key:
    method = parameters.get("SignatureMethod", V1)
    if method != V1 or parameters.get("SignatureVersion", "1.0") != "1.0":
        told = f"SignatureMethod is {shown(method)}; only {V1} of SignatureVersion 1.0 is known here"
        raise IncompleteSignature(told, field="SignatureMethod")
    access_key_id = parameters.get("AccessKeyId")
    if not access_key_id:
        raise IncompleteSignature("AccessKeyId is missing beside Signature; send both", field="AccessKeyId")
    key = _known(access_key_id, keys)
    text = v1_text(request.method, request.query_pairs + request.form_pairs)
    if not hmac.compare_digest(v1_sign(text, key.access_key_secret).encode(), parameters["Signature"].encode()):
        raise _mismatch(text)
    if window:
        _check_age(parameters.get("Timestamp", ""), "Timestamp", now, window)
    return key


def v1_text(method: str, given: Pairs) -> bytes:
    """The string to sign: method and all parameters of query and form but `Signature`, encoded twice."""
    canonical = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in sorted(given) if name != "Signature")
    return f"{method}&%2F&{encoded(canonical)}".encode()


def v1_sign(text: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode() + b"&", text, "sha1")).decode()


# ---- both


def encoded(text: str) -> str:
    """Percent-encoded but for the unreserved set of RFC 3986: a space is %20, `/` is %2F, `~` stays."""
    return quote(text, safe="")


def _check_age(stamp: str, name: str, now: float, window: float) -> None:
    try:
        at = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise RequestExpired(f"{name} is {shown(stamp)}; write 2026-01-02T03:04:05Z, in UTC", field=name) from None
    if abs(now - at) > window:
        told = f"{name} is {stamp}, {abs(now - at):.0f} s away from this server's clock; at most {window:.0f}"
        raise RequestExpired(f"{told}: set the caller's clock, or `clock_window`", field=name)


def _mismatch(text: bytes) -> SignatureDoesNotMatch:
    told = "the signature is not the one that this server computes; check the access key secret"
    return SignatureDoesNotMatch(f"{told}. The string that it signs: {text.decode()!r}")
