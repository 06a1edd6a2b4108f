"""The HTTP status that each error honestly means, and the one shape in which errors are told.

The table names families; an error that is not named counts as its nearest ancestor. A thing
that was named and is not there is 404, whether it was named in the path or in the body.
"""

import math
import os
from collections.abc import Mapping

import msgspec

from reelwright import errors, v1
from reelwright.errors import ReelwrightError
from reelwright.faces.native.asgi import JSON, Answer

STATUS: Mapping[type[ReelwrightError], int] = {
    errors.InvalidRequest: 400,
    errors.Unauthorized: 401,
    errors.SignatureDoesNotMatch: 403,
    errors.Forbidden: 403,
    errors.UnknownOperator: 404,
    errors.NotFound: 404,
    errors.BucketNotFound: 404,
    errors.ObjectNotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.Conflict: 409,
    errors.IdempotentParameterMismatch: 409,
    errors.Cancelled: 409,
    errors.TooLarge: 413,
    errors.AddressError: 422,
    errors.BadMedia: 422,
    errors.Throttled: 429,
    errors.InternalError: 500,
    errors.WorkFailed: 500,
    errors.Fenced: 500,
    errors.Elsewhere: 503,
    errors.ModelNotInstalled: 501,
    errors.FetchFailed: 502,
    errors.Unreachable: 502,
    errors.UpstreamFailed: 502,
    errors.UpstreamRefused: 502,
    errors.StorageFull: 507,
}

_encode = msgspec.json.Encoder().encode


def status_of(error: ReelwrightError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def new_request_id() -> str:
    return os.urandom(16).hex()


def answer(error: ReelwrightError, request_id: str, *more: tuple[bytes, bytes]) -> Answer:
    """The reply about an error, in the shape of this face, with `more` headers."""
    fault = v1.Fault(error.code, error.message, error.field, error.retryable)
    status = status_of(error)
    headers = [JSON, (b"x-request-id", request_id.encode()), *more]
    if status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="reelwright"'))
    if isinstance(error, errors.Throttled):
        headers.append((b"retry-after", b"%d" % math.ceil(error.retry_after)))
    return Answer(_encode(v1.ErrorReply(fault, request_id)), status, tuple(headers))


def crash(request_id: str) -> Answer:
    """The reply when the fault is ours. What happened is in the log and not in the reply."""
    told = f"the server failed on this request; its log has the reason under request {request_id}"
    return answer(errors.InternalError(told), request_id)
