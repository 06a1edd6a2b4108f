"""The ICE face's tables agree with the published index, with the operators and with recorded documents."""

import json
import re
from pathlib import Path

import pytest

from reelwright import errors, operators
from reelwright.errors import ReelwrightError
from reelwright.faces import wire
from reelwright.faces.calls import Rendered
from reelwright.faces.ice import coverage
from reelwright.faces.ice.errors import FAULTS, tell
from reelwright.faces.ice.iproduction import STATUS
from reelwright.faces.ice.operations import OFFERED, OPERATIONS
from reelwright.jobs.job import Status

HERE = Path(__file__).parent
INDEX = (HERE / "operations.txt").read_text().split()


def written(gives: wire.Table, domain: dict) -> dict:
    filled = Rendered(wire.write(gives, domain)).filled(
        lambda bucket, key, base, until: f"{base}/{bucket}/{key}", "http://host"
    )
    return json.loads(filled)


@pytest.mark.parametrize("operation", OFFERED, ids=lambda operation: operation.action)
def test_documents_match_the_golden_ones(operation, request):
    path = HERE / "golden" / f"{operation.action}.json"
    golden = json.loads(path.read_text())
    takes, gives = golden["takes"]["wire"], golden["gives"]["domain"]
    domain, told = wire.read(operation.takes, takes), written(operation.gives, gives)
    if request.config.getoption("--rewrite-goldens", default=False):
        now = {"takes": {"wire": takes, "domain": domain}, "gives": {"domain": gives, "wire": told}}
        path.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n")

    assert domain == golden["takes"]["domain"]
    assert told == golden["gives"]["wire"]


def test_the_table_names_every_operation_of_the_index_once():
    actions = [operation.action for operation in OPERATIONS]
    assert sorted(actions) == sorted(INDEX)


def test_every_operation_is_offered_or_says_why_not():
    for operation in OPERATIONS:
        assert (operation.calls == "refuse") == bool(operation.because), operation.action
        assert (operation.calls == "refuse") == (operation not in OFFERED), operation.action


def test_every_state_has_a_word():
    assert set(STATUS) == set(Status)
    assert set(STATUS.values()) == {"Queuing", "Analysing", "Success", "Fail"}


def test_the_parameter_of_every_submission_exists_in_its_operator():
    for operation in OPERATIONS:
        if operation.operator:
            taken = wire.read(operation.takes, dict.fromkeys(operation.takes, 1))
            assert taken.keys() <= operators.load(operation.operator).params.model_fields.keys()


def test_the_coverage_page_shows_every_operation_and_reason():
    page = coverage.page()
    assert re.findall(r"^\| `(\w+)` \| [^|]+ \|$", page, re.MULTILINE) == [one.action for one in OPERATIONS]
    assert all(operation.because in page for operation in OPERATIONS)
    assert "| `Cover` | `video.cover` | .png, .jpg, .jpeg, .gif | offered |" in page


def every_error(kind: type[ReelwrightError] = ReelwrightError) -> list[type[ReelwrightError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in every_error(below))]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_code_and_a_status(kind):
    fault = tell(kind.__new__(kind))  # Some are made of more than a message; only the class counts here.
    assert 400 <= fault.status <= 503
    assert re.fullmatch(r"[A-Za-z]+(\.[A-Za-z]+)?", fault.code)
    if issubclass(kind, errors.InvalidRequest | errors.AddressError | errors.BadMedia):
        assert fault.status < 500, "the caller can mend it, so it is not the server's fault"


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (errors.MissingParameter("x"), "MissingParameter", 400),
        (errors.InvalidParameter("x"), "InvalidParameter", 400),
        (errors.JobNotFound("x"), "InvalidParameter.JobNotFound", 400),
        (errors.FunctionNotSupported("x"), "InvalidParameter.FunctionNotSupported", 400),
        (errors.IdempotentParameterMismatch("x"), "IdempotentParameterMismatch", 400),
        (errors.UnsupportedOperation("x"), "UnsupportedOperation", 400),
        (errors.OperationNotFound("x"), "InvalidAction.NotFound", 404),
        (errors.UnsupportedVersion("x"), "NoSuchVersion", 400),
        (errors.IncompleteSignature("x"), "IncompleteSignature", 400),
        (errors.SignatureDoesNotMatch("x"), "SignatureDoesNotMatch", 400),
        (errors.AccessKeyNotFound("x"), "InvalidAccessKeyId.NotFound", 404),
        (errors.Forbidden("x"), "Forbidden", 403),
        (errors.PipelineNotFound("x"), "InvalidParameter", 400),
        (errors.NotFound("x"), "ResourceNotFound", 404),
        (errors.Conflict("x"), "InvalidParameter", 400),
        (errors.ObjectNotFound("x"), "InvalidParameter", 400),
        (errors.InternalError("x"), "InternalError", 500),
        (errors.StorageFull("x"), "ServiceUnAvailable", 503),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_the_vendors_codes(error, code, status):
    assert (tell(error).code, tell(error).status) == (code, status)
    assert tell(error) in FAULTS.values()
