"""Our errors in the vendor's codes, and those of a body that lacks a part. What is not here counts as its ancestor."""

from collections.abc import Iterator, Mapping

from reelwright import errors
from reelwright.errors import Forbidden, MissingParameter, NotFound, ReelwrightError
from reelwright.faces.rpc import Fault


class EmptyModel(MissingParameter):
    """The body names no model."""


class EmptyInput(MissingParameter):
    """The body has no input."""


class ModelNotFound(NotFound):
    """No model of that name is known."""


class AccessDenied(Forbidden):
    """The operation is not offered in this way."""


FAULTS: Mapping[type[ReelwrightError], Fault] = {
    errors.ReelwrightError: Fault("InternalError", 500),
    errors.InvalidRequest: Fault("InvalidParameter", 400),
    EmptyModel: Fault("BadRequest.EmptyModel", 400),
    EmptyInput: Fault("BadRequest.EmptyInput", 400),
    ModelNotFound: Fault("ModelNotFound", 404),
    AccessDenied: Fault("AccessDenied", 403),
    errors.UnsupportedOperation: Fault("UnsupportedOperation", 400),
    errors.Conflict: Fault("UnsupportedOperation", 400),
    errors.NotFound: Fault("NotFound", 404),
    errors.JobNotFound: Fault("UnsupportedOperation", 400),
    errors.PipelineNotFound: Fault("InvalidParameter", 400),
    errors.MethodNotAllowed: Fault("MethodNotAllowed", 405),
    errors.Unauthorized: Fault("InvalidApiKey", 401),
    errors.Forbidden: Fault("AccessDenied", 403),
    errors.AddressError: Fault("InvalidURL", 400),
    errors.TooLarge: Fault("InvalidParameter", 400),
    errors.BadMedia: Fault("InvalidParameter", 400),
    errors.ModelNotInstalled: Fault("ModelNotFound", 404),
    errors.TimeLimitExceeded: Fault("InternalError.Timeout", 500),
    errors.Throttled: Fault("Throttling.RateQuota", 429),
    errors.StorageFull: Fault("ServiceUnavailable", 503),
}


def tell(error: ReelwrightError) -> Fault:
    return next(FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)


def code_in_a_task(code: str) -> str:
    """A code of ours, as a failed job keeps it, in the vendor's word for `output.code`."""
    return next((tell(kind("")).code for kind in _every(ReelwrightError) if kind.code == code), "InternalError")


def _every(kind: type[ReelwrightError]) -> Iterator[type[ReelwrightError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _every(below)
