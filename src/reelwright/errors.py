"""Every error a user can meet, as one tree.

    ReelwrightError
    ├── InvalidRequest            the request is wrong; found before any work starts
    │   ├── MissingParameter
    │   ├── InvalidParameter
    │   │   └── FunctionNotSupported   a vendor's function that this server does not have
    │   ├── UnknownOperator
    │   ├── UnsupportedVersion    of a vendor's API
    │   ├── UnsupportedOperation  a vendor's operation that this server does not have
    │   ├── IdempotentParameterMismatch
    │   ├── NotFound
    │   │   ├── JobNotFound
    │   │   ├── PipelineNotFound
    │   │   └── OperationNotFound  no vendor's operation has that name
    │   ├── MethodNotAllowed      the address is right, the HTTP method is not
    │   ├── Conflict              the job is in a state that does not allow it
    │   └── Unauthorized
    │       ├── IncompleteSignature
    │       ├── SignatureDoesNotMatch
    │       ├── AccessKeyNotFound
    │       ├── RequestExpired    signed too long ago, or in the future
    │       └── Forbidden
    ├── AddressError              an input or output address cannot be used
    │   ├── AddressRefused        the guarded fetcher will not go there
    │   ├── BucketNotFound
    │   ├── ObjectNotFound
    │   ├── TooLarge
    │   └── FetchFailed           (a retry can help)
    ├── BadMedia                  the file is not what the operator needs
    │   ├── EmptyFile
    │   ├── NotMedia
    │   ├── TruncatedMedia
    │   ├── NoVideo
    │   ├── NoAudio
    │   └── NothingFound
    │       └── NoSpeech          nobody says a word that could be told
    ├── ModelNotInstalled
    ├── WorkFailed                the work started and could not end well
    │   ├── WorkerCrashed         (a retry can help)
    │   ├── TimeLimitExceeded
    │   ├── MemoryLimitExceeded
    │   ├── StorageFull           (a retry can help)
    │   ├── StorageFailed         (a retry can help)
    │   ├── MemoLost              a stored result is gone (a retry makes it anew)
    │   ├── UpstreamFailed        a provider elsewhere did not answer, or not sensibly (a retry can help)
    │   ├── UpstreamRefused       a provider elsewhere will not do it: the key, the name, the request
    │   └── Cancelled
    ├── Elsewhere                 no fault: a provider elsewhere is still at work
    ├── Throttled                 too many requests (a retry can help, after `retry_after` seconds)
    ├── Unreachable               no server answers; told by the client (a retry can help)
    ├── Fenced                    a late worker or dispatcher; never shown to a user
    └── InternalError

`code` is stable and part of the API; faces map it to their vendor's codes by table.
The message names the thing and the mend.
"""

from collections.abc import Mapping
from typing import Any


class ReelwrightError(Exception):
    """The root: `code`, `message`, the `field` at fault, and if a retry can help."""

    code = "InternalError"
    retryable = False
    spent: Mapping[str, float] | None = None
    """What the run had used up when it failed, by the names of `jobs.job.Usage`; told by a worker."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        # Keyword-only arguments survive the way out of a worker process only with help.
        return (_rebuild, (type(self), self.message, self.field), {"spent": self.spent})


def _rebuild(kind: type[ReelwrightError], message: str, field: str | None) -> ReelwrightError:
    return kind(message, field=field)


class InvalidRequest(ReelwrightError):
    code = "InvalidRequest"


class MissingParameter(InvalidRequest):
    code = "MissingParameter"


class InvalidParameter(InvalidRequest):
    code = "InvalidParameter"


class FunctionNotSupported(InvalidParameter):
    code = "FunctionNotSupported"


class UnknownOperator(InvalidRequest):
    code = "UnknownOperator"


class UnsupportedVersion(InvalidRequest):
    code = "UnsupportedVersion"


class UnsupportedOperation(InvalidRequest):
    code = "UnsupportedOperation"


class IdempotentParameterMismatch(InvalidRequest):
    code = "IdempotentParameterMismatch"


class NotFound(InvalidRequest):
    code = "NotFound"


class JobNotFound(NotFound):
    code = "JobNotFound"


class PipelineNotFound(NotFound):
    code = "PipelineNotFound"


class OperationNotFound(NotFound):
    code = "OperationNotFound"


class MethodNotAllowed(InvalidRequest):
    code = "MethodNotAllowed"


class Conflict(InvalidRequest):
    code = "Conflict"


class Unauthorized(InvalidRequest):
    code = "Unauthorized"


class IncompleteSignature(Unauthorized):
    code = "IncompleteSignature"


class SignatureDoesNotMatch(Unauthorized):
    code = "SignatureDoesNotMatch"


class AccessKeyNotFound(Unauthorized):
    code = "AccessKeyNotFound"


class RequestExpired(Unauthorized):
    code = "RequestExpired"


class Forbidden(Unauthorized):
    code = "Forbidden"


class AddressError(ReelwrightError):
    code = "AddressError"


class AddressRefused(AddressError):
    code = "AddressRefused"


class BucketNotFound(AddressError):
    code = "BucketNotFound"


class ObjectNotFound(AddressError):
    code = "ObjectNotFound"


class TooLarge(AddressError):
    code = "TooLarge"


class FetchFailed(AddressError):
    code = "FetchFailed"
    retryable = True


class BadMedia(ReelwrightError):
    code = "BadMedia"


class EmptyFile(BadMedia):
    code = "EmptyFile"


class NotMedia(BadMedia):
    code = "NotMedia"


class TruncatedMedia(BadMedia):
    code = "TruncatedMedia"


class NoVideo(BadMedia):
    code = "NoVideo"


class NoAudio(BadMedia):
    code = "NoAudio"


class NothingFound(BadMedia):
    code = "NothingFound"


class NoSpeech(NothingFound):
    code = "NoSpeech"


class ModelNotInstalled(ReelwrightError):
    code = "ModelNotInstalled"


class WorkFailed(ReelwrightError):
    code = "WorkFailed"


class WorkerCrashed(WorkFailed):
    code = "WorkerCrashed"
    retryable = True


class TimeLimitExceeded(WorkFailed):
    code = "TimeLimitExceeded"


class MemoryLimitExceeded(WorkFailed):
    code = "MemoryLimitExceeded"


class StorageFull(WorkFailed):
    code = "StorageFull"
    retryable = True


class StorageFailed(WorkFailed):
    code = "StorageFailed"
    retryable = True


class MemoLost(WorkFailed):
    code = "MemoLost"
    retryable = True


class UpstreamFailed(WorkFailed):
    code = "UpstreamFailed"
    retryable = True


class UpstreamRefused(WorkFailed):
    code = "UpstreamRefused"


class Cancelled(WorkFailed):
    code = "Cancelled"


class Throttled(ReelwrightError):
    """`retry_after` in seconds."""

    code = "Throttled"
    retryable = True

    def __init__(self, message: str, *, field: str | None = None, retry_after: float = 1.0) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after


class Elsewhere(ReelwrightError):
    """No fault: the work goes on at somebody else's, as `task` there; look again `after` seconds from now."""

    code = "Elsewhere"
    retryable = True

    def __init__(self, message: str, *, field: str | None = None, after: float = 1.0, task: str = "") -> None:
        super().__init__(message, field=field)
        self.after = after
        self.task = task

    def __reduce__(self) -> tuple[Any, ...]:
        return (_look_again, (self.message, self.after, self.task), {"spent": self.spent})


def _look_again(message: str, after: float, task: str) -> Elsewhere:
    return Elsewhere(message, after=after, task=task)


class Unreachable(ReelwrightError):
    code = "Unreachable"
    retryable = True


class Fenced(ReelwrightError):
    code = "Fenced"


class InternalError(ReelwrightError):
    code = "InternalError"
