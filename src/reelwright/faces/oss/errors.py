"""Our errors in the vendor's words: code and HTTP status, by table."""

import base64
from xml.sax.saxutils import escape

from reelwright import errors
from reelwright.errors import ReelwrightError


class OssError(Exception):
    """An error that only this protocol knows. Subclasses say code and status."""

    code = "InternalError"
    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidName(OssError):
    status = 400

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.code = NAMES[field]


class InvalidArgument(OssError):
    code, status = "InvalidArgument", 400


class MalformedXML(OssError):
    code, status = "MalformedXML", 400


class InvalidDigest(OssError):
    code, status = "InvalidDigest", 400


class BadDigest(OssError):
    code, status = "BadDigest", 400


class IncompleteBody(OssError):
    code, status = "IncompleteBody", 400


class RequestTimeout(OssError):
    code, status = "RequestTimeout", 400


class EntityTooLarge(OssError):
    code, status = "EntityTooLarge", 400


class AccessDenied(OssError):
    code, status = "AccessDenied", 403


class SignatureDoesNotMatch(OssError):
    code, status = "SignatureDoesNotMatch", 403


class InvalidAccessKeyId(OssError):
    code, status = "InvalidAccessKeyId", 403


class RequestTimeTooSkewed(OssError):
    code, status = "RequestTimeTooSkewed", 403


class MethodNotAllowed(OssError):
    code, status = "MethodNotAllowed", 405


class MissingContentLength(OssError):
    code, status = "MissingContentLength", 411


class PreconditionFailed(OssError):
    code, status = "PreconditionFailed", 412


class InvalidRange(OssError):
    code, status = "InvalidRange", 416


class NotImplementedHere(OssError):
    code, status = "NotImplemented", 501


NAMES = {"bucket": "InvalidBucketName", "key": "InvalidObjectName"}

BY_FIELD: dict[tuple[type[ReelwrightError], str], tuple[str, int]] = {
    (errors.InvalidParameter, "bucket"): ("InvalidBucketName", 400),
    (errors.InvalidParameter, "key"): ("InvalidObjectName", 400),
    (errors.InvalidParameter, "part"): ("InvalidPart", 400),
    (errors.InvalidParameter, "part_order"): ("InvalidPartOrder", 400),
    (errors.ObjectNotFound, "upload"): ("NoSuchUpload", 404),
}
BY_TYPE: dict[type[ReelwrightError], tuple[str, int]] = {
    errors.BucketNotFound: ("NoSuchBucket", 404),
    errors.ObjectNotFound: ("NoSuchKey", 404),
    errors.Conflict: ("FileAlreadyExists", 409),
    errors.TooLarge: ("EntityTooLarge", 400),
    errors.StorageFull: ("StorageFull", 507),
    errors.InvalidRequest: ("InvalidArgument", 400),
}


def told(error: Exception) -> tuple[str, int, str]:
    """Code, status and message for the client."""
    if isinstance(error, OssError):
        return error.code, error.status, error.message
    if not isinstance(error, ReelwrightError):
        return "InternalError", 500, "We encountered an internal error; the server's log says more."
    found = BY_FIELD.get((type(error), error.field or ""))
    for kind in type(error).__mro__:
        found = found or BY_TYPE.get(kind)
    code, status = found or ("InternalError", 500)
    return code, status, error.message


def document(code: str, message: str, request_id: str, host: str) -> bytes:
    """The vendor's error document."""
    rows = {"Code": code, "Message": message, "RequestId": request_id, "HostId": host}
    inner = "".join(f"<{name}>{escape(_printable(text))}</{name}>" for name, text in rows.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()


def in_a_header(document: bytes) -> str:
    """For answers without a body: the clients look for the document here."""
    return base64.b64encode(document).decode()


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)
