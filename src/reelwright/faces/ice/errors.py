"""Our errors in the vendor's codes. A class that is not here counts as its nearest ancestor.

A job, pipeline, bucket or object that a submit names and that is not there is a wrong
parameter to this vendor, and so 400. What an operation is itself about is 404.

Faults that only this vendor tells apart are classes here.
"""

from collections.abc import Mapping

from reelwright import errors
from reelwright.errors import ReelwrightError
from reelwright.faces.rpc import Fault


class InvalidFileType(errors.InvalidParameter):
    """Of a story's text."""

    code = "InvalidFileType"


class FileSizeExceed(errors.InvalidParameter):
    code = "FileSizeExceed"


class InvalidStyleId(errors.InvalidParameter):
    code = "InvalidStyleId"


class InvalidVoiceId(errors.InvalidParameter):
    code = "InvalidVoiceId"


FAULTS: Mapping[type[ReelwrightError], Fault] = {
    errors.ReelwrightError: Fault("InternalError", 500),
    errors.InvalidRequest: Fault("InvalidParameter", 400),
    errors.MissingParameter: Fault("MissingParameter", 400),
    errors.InvalidParameter: Fault("InvalidParameter", 400),
    **{kind: Fault(kind.code, 400) for kind in (InvalidFileType, FileSizeExceed, InvalidStyleId, InvalidVoiceId)},
    errors.FunctionNotSupported: Fault("InvalidParameter.FunctionNotSupported", 400),
    errors.IdempotentParameterMismatch: Fault("IdempotentParameterMismatch", 400),
    errors.UnsupportedVersion: Fault("NoSuchVersion", 400),
    errors.UnsupportedOperation: Fault("UnsupportedOperation", 400),
    errors.OperationNotFound: Fault("InvalidAction.NotFound", 404),
    errors.MethodNotAllowed: Fault("UnsupportedHTTPMethod", 405),
    errors.NotFound: Fault("ResourceNotFound", 404),
    errors.PipelineNotFound: Fault("InvalidParameter", 400),
    errors.JobNotFound: Fault("InvalidParameter.JobNotFound", 400),
    errors.IncompleteSignature: Fault("IncompleteSignature", 400),
    errors.SignatureDoesNotMatch: Fault("SignatureDoesNotMatch", 400),
    errors.AccessKeyNotFound: Fault("InvalidAccessKeyId.NotFound", 404),
    errors.RequestExpired: Fault("InvalidTimeStamp.Expired", 400),
    errors.Unauthorized: Fault("Forbidden", 403),
    errors.AddressError: Fault("InvalidParameter", 400),
    errors.BadMedia: Fault("InvalidParameter", 400),
    errors.ModelNotInstalled: Fault("InvalidParameter.FunctionNotSupported", 400),
    errors.Throttled: Fault("Throttling.User", 400),
    errors.StorageFull: Fault("ServiceUnAvailable", 503),
}


def tell(error: ReelwrightError) -> Fault:
    return next(FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)
