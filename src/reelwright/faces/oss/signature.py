"""Who sent this: the vendor's object signatures v1 and v4, in the header or in the query, or a bearer key.

v1: Base64(HMAC-SHA1(secret, method, MD5, type, date, x-oss headers, resource)); v4: hex
HMAC-SHA256 over a canonical request, by a key derived for day, region and product. Links
minted by `jobs.links` are v1 in the query and are checked here by the same rule. Bodies
are not signed (`UNSIGNED-PAYLOAD`), so a request is checked before its body is read.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from reelwright.faces.oss.call import Call
from reelwright.faces.oss.errors import (
    AccessDenied,
    InvalidAccessKeyId,
    InvalidArgument,
    RequestTimeTooSkewed,
    SignatureDoesNotMatch,
)
from reelwright.faces.oss.passes import secret_of_pass
from reelwright.jobs.passes import PREFIX
from reelwright.timing import now

V4 = "OSS4-HMAC-SHA256"
V4_HEADER = re.compile(
    V4 + r" +Credential=(?P<credential>[^,\s]+)(?:, *AdditionalHeaders=(?P<more>[^,\s]*))?"
    r", *Signature=(?P<signature>[0-9a-f]{64})(?:, *AdditionalHeaders=(?P<late>[^,\s]*))?"
)
V4_TIME = "%Y%m%dT%H%M%SZ"
V4_ALWAYS = frozenset({"content-type", "content-md5"})

# Names of the query that v1 signs; the rest of the query it leaves out.
_V1_SIGNED = """
    acl append asyncFetch bucketInfo callback callback-var cname comp continuation-token cors delete encryption
    endTime group inventory inventoryId lifecycle link live location logging metaQuery objectInfo objectMeta
    partNumber policy position qos qosInfo referer regionList replication replicationLocation
    replicationProgress requestPayment resourceGroup response-cache-control response-content-disposition
    response-content-encoding response-content-language response-content-type response-expires restore
    security-token sequential startTime stat status style styleName symlink tagging transferAcceleration
    uploadId uploads versionId versioning versions vod website worm wormExtend wormId x-oss-async-process
    x-oss-process x-oss-request-payer x-oss-traffic-limit x-oss-ac-source-ip x-oss-ac-subnet-mask
    x-oss-ac-vpc-id x-oss-ac-forward-allow
"""
V1_SIGNED = frozenset(_V1_SIGNED.split())


def check(call: Call) -> None:
    """Raise unless the caller may: one good signature opens every bucket."""
    if call.service.settings.open:
        return
    authorization = call.headers.get("authorization", "")
    scheme, _, credentials = authorization.partition(" ")
    if scheme == "OSS":
        _check_v1_header(call, credentials)
    elif scheme == V4:
        _check_v4_header(call, authorization)
    elif scheme.lower() == "bearer":
        if call.service.bearer(credentials.strip()) is None:
            raise AccessDenied("The ApiKey is not one of this server's.")
    elif scheme:
        raise InvalidArgument(
            f"Authorization {scheme[:20]!r} is not understood; sign by OSS v1 or v4, or give a Bearer"
        )
    elif "Signature" in call.params:
        _check_v1_query(call)
    elif "x-oss-signature" in call.params:
        _check_v4_query(call)
    else:
        raise AccessDenied("The request is not signed; sign it, or use a link that the server gave.")


def _secret(call: Call, access_key_id: str) -> str:
    if access_key_id.startswith(PREFIX):
        return secret_of_pass(call, access_key_id)
    key = call.service.secret(access_key_id)
    if key is None:
        raise InvalidAccessKeyId("The OSS Access Key Id you provided does not exist in our records.")
    return key.access_key_secret


def _compare(call: Call, given: str, expected: Iterable[str]) -> None:
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in expected):
        raise SignatureDoesNotMatch(
            "The request signature we calculated does not match the signature you provided. Check your key and method."
        )


def _verbs(call: Call) -> Sequence[str]:
    """A link to get an object also lets a player ask for its head."""
    return ("HEAD", "GET") if call.method == "HEAD" else (call.method,)


# ---- v1


def v1(call: Call, method: str, date: str, secret: str) -> str:
    """Base64(HMAC-SHA1) of the request as v1 sees it."""
    headers = sorted((name, value) for name, value in call.headers.items() if name.startswith("x-oss-"))
    text = "\n".join(
        (
            method,
            call.headers.get("content-md5", ""),
            call.headers.get("content-type", ""),
            date,
            "".join(f"{name}:{value}\n" for name, value in headers) + _v1_resource(call),
        )
    )
    return base64.b64encode(hmac.new(secret.encode(), _bytes(text), hashlib.sha1).digest()).decode()


def _v1_resource(call: Call) -> str:
    signed = sorted((name, value) for name, value in call.query if name in V1_SIGNED)
    told = "&".join(f"{name}={value}" if value else name for name, value in signed)
    path = f"/{call.bucket}/{call.key}" if call.bucket else "/"
    return f"{path}?{told}" if told else path


def _check_v1_header(call: Call, credentials: str) -> None:
    access_key_id, _, given = credentials.strip().partition(":")
    date = call.headers.get("x-oss-date") or call.headers.get("date", "")
    _compare(call, given, [v1(call, call.method, date, _secret(call, access_key_id))])
    window = call.service.settings.clock_window
    if window:
        _check_clock(_http_time(date), window)


def _check_v1_query(call: Call) -> None:
    expires = call.params.get("Expires", "")
    if not expires.isascii() or not expires.isdigit():
        raise AccessDenied("Expires must be a number of Unix seconds.")
    secret = _secret(call, call.params.get("OSSAccessKeyId", ""))
    _compare(call, call.params["Signature"], (v1(call, verb, expires, secret) for verb in _verbs(call)))
    if int(expires[:15]) < now():
        raise AccessDenied("Request has expired.")


# ---- v4


def v4(call: Call, method: str, when: str, scope: str, more: Sequence[str], secret: str) -> str:
    """Hex HMAC-SHA256 of the request as v4 sees it. `scope` is day/region/product/aliyun_v4_request."""
    request = _v4_request(call, method, more)
    text = f"{V4}\n{when}\n{scope}\n{hashlib.sha256(request).hexdigest()}"
    key = f"aliyun_v4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _v4_request(call: Call, method: str, more: Sequence[str]) -> bytes:
    path = f"/{call.bucket}/{call.key}" if call.bucket else "/"
    query = sorted(
        (quote(name, safe=""), quote(value, safe="")) for name, value in call.query if name != "x-oss-signature"
    )
    signed = sorted(name for name in call.headers if name.startswith("x-oss-") or name in V4_ALWAYS or name in more)
    return _bytes(
        "\n".join(
            (
                method,
                quote(path, safe="/"),
                "&".join(f"{name}={value}" if value else name for name, value in query),
                "".join(f"{name}:{call.headers[name]}\n" for name in signed),
                ";".join(more),
                call.headers.get("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
            )
        )
    )


def _check_v4_header(call: Call, authorization: str) -> None:
    found = V4_HEADER.fullmatch(authorization.strip())
    if not found:
        raise InvalidArgument(f"Authorization is not of the form {V4} Credential=…,Signature=…")
    when = call.headers.get("x-oss-date", "")
    access_key_id, scope = _v4_credential(found["credential"], when)
    more = _v4_more(found["more"] or found["late"] or "")
    _compare(call, found["signature"], [v4(call, call.method, when, scope, more, _secret(call, access_key_id))])
    window = call.service.settings.clock_window
    if window:
        _check_clock(_v4_time(when), window)


def _check_v4_query(call: Call) -> None:
    params = call.params
    if params.get("x-oss-signature-version") != V4:
        raise InvalidArgument(f"x-oss-signature-version must be {V4}")
    when, seconds = params.get("x-oss-date", ""), params.get("x-oss-expires", "")
    access_key_id, scope = _v4_credential(params.get("x-oss-credential", ""), when)
    if not seconds.isascii() or not seconds.isdigit():
        raise AccessDenied("x-oss-expires must be a number of seconds.")
    secret = _secret(call, access_key_id)
    more = _v4_more(params.get("x-oss-additional-headers", ""))
    expected = (v4(call, verb, when, scope, more, secret) for verb in _verbs(call))
    _compare(call, params["x-oss-signature"], expected)
    if _v4_time(when) + int(seconds[:12]) < now():
        raise AccessDenied("Request has expired.")


def _v4_credential(credential: str, when: str) -> tuple[str, str]:
    access_key_id, _, scope = credential.partition("/")
    parts = scope.split("/")
    if len(parts) != 4 or parts[3] != "aliyun_v4_request" or parts[0] != when[:8]:
        raise InvalidArgument("The credential must be <AccessKeyId>/<day of x-oss-date>/<region>/oss/aliyun_v4_request")
    return access_key_id, scope


def _v4_more(text: str) -> list[str]:
    return sorted(name.strip().lower() for name in text.split(";") if name.strip())


# ---- time


def _check_clock(at: float, window: float) -> None:
    if abs(at - now()) > window:
        raise RequestTimeTooSkewed("The difference between the request time and the current time is too large.")


def _v4_time(text: str) -> float:
    try:
        return datetime.strptime(text, V4_TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise InvalidArgument("x-oss-date must be like 20260102T030405Z") from None


def _http_time(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        raise AccessDenied("The request needs a Date header like Fri, 02 Jan 2026 03:04:05 GMT.") from None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
